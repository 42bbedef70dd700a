package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yingdi/domain"
)

// Holder is one collection that holds something about people.
type Holder interface {
	// Name of the collection.
	Name() string
	// Give hands over what it holds about a member, a value at a time, to be written as JSON.
	Give(ctx context.Context, member string, take func(any) error) error
	// Forget deletes it, or takes out what says who it was. Doing it again changes nothing.
	Forget(ctx context.Context, member string) error
}

// Of lists what a collection holds about a member.
type Of[T any] func(ctx context.Context, member string, page domain.Page) ([]T, domain.Cursor, error)

// Store is what a Part needs of its collection.
type Store[T any] interface {
	domain.Documents[T]
	Delete(ctx context.Context, id string) error
}

// Part is a Holder over a collection of documents.
type Part[T any] struct {
	Collection string
	Store      Store[T]
	Of         Of[T]
	// Copy makes what the person is given of a document; nil gives it as it is stored, Withheld nothing.
	Copy func(context.Context, T) (any, error)
	// First is done before a document is forgotten, such as deleting its file; may be nil.
	First func(context.Context, T) error
	// Erase takes out of a document what says who it was, or returns domain.ErrSame; nil deletes the document.
	Erase func(*T) error
}

// Withheld gives a person nothing of a document: it says nothing that they do not know.
func Withheld[T any](context.Context, T) (any, error) { return nil, nil }

// Name implements Holder.
func (p Part[T]) Name() string { return p.Collection }

// Give implements Holder.
func (p Part[T]) Give(ctx context.Context, member string, take func(any) error) error {
	copied := p.Copy
	if copied == nil {
		copied = func(_ context.Context, doc T) (any, error) { return plain(doc) }
	}
	return p.each(ctx, member, func(doc T) error {
		given, err := copied(ctx, doc)
		if err != nil || given == nil {
			return err
		}
		return take(given)
	})
}

// Forget implements Holder.
func (p Part[T]) Forget(ctx context.Context, member string) error {
	return p.each(ctx, member, func(doc T) error {
		if p.First != nil {
			if err := p.First(ctx, doc); err != nil {
				return err
			}
		}
		id := any(&doc).(interface{ Head() *domain.Doc }).Head().ID
		if p.Erase == nil {
			return p.Store.Delete(ctx, id)
		}
		_, err := p.Store.Update(ctx, id, p.Erase)
		if errors.Is(err, domain.ErrNotFound) {
			return nil
		}
		return err
	})
}

func (p Part[T]) each(ctx context.Context, member string, do func(T) error) error {
	for doc, err := range domain.Each(func(page domain.Page) ([]T, domain.Cursor, error) { return p.Of(ctx, member, page) }) {
		if err == nil {
			err = do(doc)
		}
		if err != nil {
			return fmt.Errorf("%s of member %s: %w", p.Collection, member, err)
		}
	}
	return nil
}

// plain is a document without what only the store needs of it.
func plain(doc any) (any, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	delete(fields, "rev")
	delete(fields, "outbox")
	return fields, nil
}
