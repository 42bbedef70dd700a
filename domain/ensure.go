package domain

import (
	"context"
	"errors"
)

// Ensure updates the document that fresh would be, or begins it: what is not there yet is fresh after the change. The
// change keeps the rules of Documents.Update; ErrSame of a document that is not there makes none.
func Ensure[T any, P interface {
	*T
	Head() *Doc
}](ctx context.Context, docs Documents[T], fresh T, change func(*T) error) (T, error) {
	id := P(&fresh).Head().ID
	doc, err := docs.Update(ctx, id, change)
	if !errors.Is(err, ErrNotFound) {
		return doc, err
	}
	if err := change(&fresh); errors.Is(err, ErrSame) {
		return fresh, nil
	} else if err != nil {
		return doc, err
	}
	if err = docs.Insert(ctx, fresh); errors.Is(err, ErrExists) {
		return docs.Update(ctx, id, change)
	}
	return fresh, err
}
