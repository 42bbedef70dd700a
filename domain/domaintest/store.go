package domaintest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
)

// Store keeps documents of one type as JSON, so that what is not stored is lost, as in a real one. A feature's test
// adds its named queries with Find.
type Store[T any] struct {
	Power  *Power
	Unique func(*T) []string // values that no two documents share
	// Raced, if set, runs right before each change is applied, outside the lock: what a test puts in between.
	Raced func(id string)

	docs map[string][]byte
	keys []string // of the documents, as they came
}

// NewStore is empty. *T must embed domain.Doc.
func NewStore[T any](p *Power) *Store[T] { return &Store[T]{Power: p, docs: map[string][]byte{}} }

func head[T any](doc *T) *domain.Doc { return any(doc).(interface{ Head() *domain.Doc }).Head() }

func decode[T any](raw []byte) T {
	var doc T
	if err := json.Unmarshal(raw, &doc); err != nil {
		panic(err)
	}
	return doc
}

// put checks a document for its next revision, names its new events, and returns what stores it.
func (s *Store[T]) put(doc *T) (commit func(), err error) {
	h := head(doc)
	if s.Unique != nil {
		for _, key := range s.keys {
			other := decode[T](s.docs[key])
			if key != h.ID && slices.ContainsFunc(s.Unique(&other), func(v string) bool { return v != "" && slices.Contains(s.Unique(doc), v) }) {
				return nil, domain.ErrExists
			}
		}
	}
	h.Rev++
	for i := range h.Outbox {
		if h.Outbox[i].ID == "" {
			h.Outbox[i].ID = fmt.Sprintf("%s:%d:%d", h.ID, h.Rev, i)
		}
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return func() {
		if _, there := s.docs[h.ID]; !there {
			s.keys = append(s.keys, h.ID)
		}
		s.docs[h.ID] = raw
	}, nil
}

// Get implements domain.Documents.
func (s *Store[T]) Get(ctx context.Context, id string) (doc T, err error) {
	if ctx.Err() != nil {
		return doc, ctx.Err()
	}
	var found bool
	if err := s.Power.look(func() {
		raw, ok := s.docs[id]
		if found = ok; ok {
			doc = decode[T](raw)
		}
	}); err != nil {
		return doc, err
	}
	if !found {
		return doc, fmt.Errorf("%s: %w", id, domain.ErrNotFound)
	}
	return doc, nil
}

// GetMany implements domain.Many.
func (s *Store[T]) GetMany(ctx context.Context, ids []string) (map[string]T, error) {
	found := map[string]T{}
	for _, id := range ids {
		doc, err := s.Get(ctx, id)
		if err == nil {
			found[id] = doc
		} else if !errors.Is(err, domain.ErrNotFound) {
			return nil, err
		}
	}
	return found, nil
}

// Insert implements domain.Documents.
func (s *Store[T]) Insert(ctx context.Context, doc T) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.Power.write(func() (func(), error) {
		h := head(&doc)
		if _, taken := s.docs[h.ID]; taken || h.ID == "" {
			return nil, fmt.Errorf("%s: %w", h.ID, domain.ErrExists)
		}
		h.Rev, h.Outbox = 0, slices.Clone(h.Outbox)
		return s.put(&doc)
	})
}

// Update implements domain.Documents. Each change is run twice, on two copies, as after a lost race: it panics if the
// second run comes to another answer.
func (s *Store[T]) Update(ctx context.Context, id string, change func(*T) error) (doc T, err error) {
	if ctx.Err() != nil {
		return doc, ctx.Err()
	}
	if s.Raced != nil {
		s.Raced(id)
	}
	var zero T
	err = s.Power.write(func() (func(), error) {
		raw, ok := s.docs[id]
		if !ok {
			return nil, fmt.Errorf("%s: %w", id, domain.ErrNotFound)
		}
		lost := decode[T](raw)
		first := change(&lost)
		doc = decode[T](raw)
		err := change(&doc)
		if (first == nil) != (err == nil) {
			panic(fmt.Sprintf("a change of %s answers %v, and %v the second time", id, first, err))
		}
		if errors.Is(err, domain.ErrSame) {
			doc = decode[T](raw)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return s.put(&doc)
	})
	if err != nil {
		return zero, err
	}
	return doc, nil
}

// Delete removes a document; it is no error if there is none.
func (s *Store[T]) Delete(_ context.Context, id string) error {
	return s.Power.write(func() (func(), error) {
		return func() {
			delete(s.docs, id)
			s.keys = slices.DeleteFunc(s.keys, func(k string) bool { return k == id })
		}, nil
	})
}

// All returns the documents that match, as they came; all of them if match is nil. It works without power too.
func (s *Store[T]) All(match func(T) bool) []T {
	s.Power.mu.Lock()
	defer s.Power.mu.Unlock()
	list := []T{}
	for _, key := range s.keys {
		if doc := decode[T](s.docs[key]); match == nil || match(doc) {
			list = append(list, doc)
		}
	}
	return list
}

// Find pages through the documents that match, in the order of compare, or as they came if it is nil.
func (s *Store[T]) Find(match func(T) bool, compare func(a, b T) int, page domain.Page) ([]T, domain.Cursor, error) {
	if err := s.Power.look(func() {}); err != nil {
		return nil, "", err
	}
	list := s.All(match)
	if compare != nil {
		slices.SortStableFunc(list, compare)
	}
	after := slices.IndexFunc(list, func(d T) bool { return head(&d).ID == string(page.After) })
	list = list[after+1:]
	size := page.Size(20)
	if len(list) <= size {
		return list, "", nil
	}
	return list[:size], domain.Cursor(head(&list[size-1]).ID), nil
}

// Count counts the documents that match.
func (s *Store[T]) Count(match func(T) bool) (int64, error) {
	if err := s.Power.look(func() {}); err != nil {
		return 0, err
	}
	return int64(len(s.All(match))), nil
}

// Events lists the types of the events that wait in the outbox of a document, in order.
func (s *Store[T]) Events(id string) []string {
	types := []string{}
	for _, doc := range s.All(func(d T) bool { return head(&d).ID == id }) {
		for _, event := range head(&doc).Outbox {
			types = append(types, event.Type)
		}
	}
	return types
}
