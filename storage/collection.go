package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"sync"

	"yingdi/domain"
)

// DB joins an engine with the outbox.
type DB struct {
	Engine
	mu      sync.Mutex
	boxes   map[string]outbox
	onWrite func(domain.Posted)
}

// NewDB wraps an engine.
func NewDB(e Engine) *DB {
	return &DB{Engine: e, boxes: map[string]outbox{}, onWrite: func(domain.Posted) {}}
}

// OnWrite sets who is told of each event right after the write that carried it became durable. It must not block;
// what it misses, the sweeper finds. Set it before the first write.
func (db *DB) OnWrite(told func(domain.Posted)) { db.onWrite = told }

// Collection keeps documents of one type.
type Collection[T any] struct {
	db     *DB
	schema Schema
	keys   Keys[T]
}

// NewCollection declares a collection and creates its indexes; documents that were stored before an index got a new
// field are brought up to it. *T must embed domain.Doc. A key named "x" can be indexed by naming it in an index;
// unique indexes refuse a second document with the same values. IDIndex and OutboxIndex are there without being
// declared. A key gives values of one type, or nil.
func NewCollection[T any](ctx context.Context, db *DB, name string, keys Keys[T], indexes ...Index) (*Collection[T], error) {
	schema, err := declare(name, keys, indexes)
	if err != nil {
		return nil, fmt.Errorf("collection %s: %w", name, err)
	}
	c := &Collection[T]{db, schema, keys}
	db.mu.Lock()
	_, twice := db.boxes[name]
	if !twice {
		db.boxes[name] = c
	}
	db.mu.Unlock()
	if twice {
		return nil, fmt.Errorf("collection %s is declared twice", name)
	}
	reindex := func(r Record) (map[string]any, error) {
		doc, err := c.decode(r)
		if err != nil {
			return nil, err
		}
		fields, err := c.fieldsOf(&doc)
		return fields, c.wrap(r.ID, err)
	}
	if err := db.Ensure(ctx, schema, reindex); err != nil {
		return nil, fmt.Errorf("collection %s: %w", name, err)
	}
	return c, nil
}

var goodName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,39}$`)

func declare[T any](name string, keys Keys[T], indexes []Index) (Schema, error) {
	var zero T
	if _, ok := any(&zero).(interface{ Head() *domain.Doc }); !ok {
		return Schema{}, fmt.Errorf("%T does not embed domain.Doc", zero)
	}
	if !goodName.MatchString(name) {
		return Schema{}, errors.New("a name is made of at most 40 letters, digits and _")
	}
	schema := Schema{Name: name}
	for _, index := range indexes {
		if _, taken := schema.index(index.Name); taken || !goodName.MatchString(index.Name) || len(index.Fields) == 0 {
			return schema, fmt.Errorf("index %q has a bad name, one that is taken, or no field", index.Name)
		}
		schema.Indexes = append(schema.Indexes, index)
		for _, field := range index.Fields {
			key, ok := keys[field]
			if !ok || !goodName.MatchString(field) || field == "id" || field == "outbox" {
				return schema, fmt.Errorf("index %s names the unknown key %q", index.Name, field)
			}
			if slices.ContainsFunc(schema.Fields, func(f FieldType) bool { return f.Name == field }) {
				continue
			}
			t, err := typeOf(key(&zero))
			if err != nil {
				return schema, fmt.Errorf("key %s: %w", field, err)
			}
			schema.Fields = append(schema.Fields, FieldType{field, t})
		}
	}
	return schema, nil
}

func (c *Collection[T]) head(doc *T) *domain.Doc {
	return any(doc).(interface{ Head() *domain.Doc }).Head()
}

// encode makes the record of a document whose head already has its new revision, and gives ids to the events that
// this write adds. It returns those.
func (c *Collection[T]) encode(doc *T) (Record, []domain.Event, error) {
	head := c.head(doc)
	record := Record{ID: head.ID, Rev: head.Rev}
	var added []domain.Event
	for i := range head.Outbox {
		event := &head.Outbox[i]
		if event.ID == "" {
			event.ID = fmt.Sprintf("%s:%s:%d:%d", c.schema.Name, head.ID, head.Rev, i)
			added = append(added, *event)
		}
		if at := max(event.At.UnixMicro(), 1); record.Outbox == 0 || at < record.Outbox {
			record.Outbox = at
		}
	}
	var err error
	if record.Fields, err = c.fieldsOf(doc); err != nil {
		return record, nil, err
	}
	if record.Body, err = json.Marshal(doc); err != nil {
		return record, nil, err
	}
	if len(record.Body) > MaxBody || len(record.ID) > MaxID {
		return record, nil, fmt.Errorf("%d bytes: %w", len(record.Body), domain.ErrTooLarge)
	}
	return record, added, nil
}

func (c *Collection[T]) decode(r Record) (T, error) {
	var doc T
	if err := json.Unmarshal(r.Body, &doc); err != nil {
		return doc, c.wrap(r.ID, err)
	}
	head := c.head(&doc)
	head.ID, head.Rev = r.ID, r.Rev
	return doc, nil
}

func (c *Collection[T]) wrap(id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", c.schema.Name, id, err)
}

// Get implements domain.Documents.
func (c *Collection[T]) Get(ctx context.Context, id string) (T, error) {
	record, err := c.db.Engine.Get(ctx, c.schema.Name, id)
	if err != nil {
		var zero T
		return zero, c.wrap(id, err)
	}
	return c.decode(record)
}

// GetMany implements domain.Many. At most domain.MaxPage ids make one round trip; more are fetched in turns.
func (c *Collection[T]) GetMany(ctx context.Context, ids []string) (map[string]T, error) {
	docs := make(map[string]T, len(ids))
	for chunk := range slices.Chunk(ids, domain.MaxPage) {
		records, err := c.db.Engine.GetMany(ctx, c.schema.Name, chunk)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.schema.Name, err)
		}
		for _, r := range records {
			if docs[r.ID], err = c.decode(r); err != nil {
				return nil, err
			}
		}
	}
	return docs, nil
}

// Insert implements domain.Documents. The revision and the ids of the events are the store's to give, whatever the
// document came with.
func (c *Collection[T]) Insert(ctx context.Context, doc T) error {
	head := c.head(&doc)
	if head.ID == "" {
		return fmt.Errorf("%s: a document without an id", c.schema.Name)
	}
	head.Rev, head.Outbox = 1, slices.Clone(head.Outbox) // the caller's events stay as they are
	for i := range head.Outbox {
		head.Outbox[i].ID, head.Outbox[i].Done = "", nil
	}
	record, added, err := c.encode(&doc)
	if err == nil {
		err = c.db.Engine.Insert(ctx, c.schema.Name, record)
	}
	if err != nil {
		return c.wrap(head.ID, err)
	}
	c.post(head.ID, added)
	return nil
}

// Update implements domain.Documents. Refused, it returns the zero document; after domain.ErrSame, the one stored.
func (c *Collection[T]) Update(ctx context.Context, id string, change func(*T) error) (T, error) {
	var doc, zero T
	var stored Record
	var added []domain.Event
	var refusal error
	err := c.db.Engine.Update(ctx, c.schema.Name, id, func(r Record) (next Record, err error) {
		stored, refusal = r, nil
		if doc, err = c.decode(r); err != nil {
			return r, err
		}
		if refusal = change(&doc); refusal != nil {
			return r, refusal
		}
		head := c.head(&doc)
		if head.ID != id {
			return r, fmt.Errorf("a change of the id to %q", head.ID)
		}
		head.Rev = r.Rev + 1
		next, added, err = c.encode(&doc)
		return next, err
	})
	switch {
	case err == nil:
		c.post(id, added)
		return doc, nil
	case refusal == nil || !errors.Is(err, refusal):
		return zero, c.wrap(id, err)
	case errors.Is(refusal, domain.ErrSame):
		return c.decode(stored)
	}
	return zero, refusal
}

// Delete removes a document for good; it is no error if there is none. Events it still held go with it.
func (c *Collection[T]) Delete(ctx context.Context, id string) error {
	return c.wrap(id, c.db.Engine.Delete(ctx, c.schema.Name, id))
}

func (c *Collection[T]) post(id string, added []domain.Event) {
	for _, event := range added {
		c.db.onWrite(domain.Posted{Collection: c.schema.Name, ID: id, Event: event})
	}
}

// Find returns one page of what the query matches and the cursor of the next page, empty at the end.
func (c *Collection[T]) Find(ctx context.Context, q Query, page domain.Page) ([]T, domain.Cursor, error) {
	plan, err := c.schema.plan(q)
	if err != nil {
		return nil, "", err
	}
	size := page.Size(20)
	plan.Limit = size + 1
	if plan.After, err = parseCursor(page.After, c.schema, plan); err != nil {
		return nil, "", err
	}
	records, err := c.db.Engine.Find(ctx, c.schema.Name, plan)
	if err != nil {
		return nil, "", fmt.Errorf("%s by %s: %w", c.schema.Name, q.index, err)
	}
	var next domain.Cursor
	if len(records) > size {
		records = records[:size]
		next = makeCursor(records[size-1], plan)
	}
	docs := make([]T, len(records))
	for i, r := range records {
		if docs[i], err = c.decode(r); err != nil {
			return nil, "", err
		}
	}
	return docs, next, nil
}

// Each walks through everything that the query matches, page by page; for workers and exports.
func (c *Collection[T]) Each(ctx context.Context, q Query) iter.Seq2[T, error] {
	return domain.Each(func(page domain.Page) ([]T, domain.Cursor, error) { return c.Find(ctx, q, page) })
}

// Entry is one document as an index holds it: its id and the values of the index's fields by name, each a string, an
// int64 or nil.
type Entry struct {
	ID     string
	Fields map[string]any
}

const entryPage = 500

// Entries walks through everything that the query matches without reading a document: what is asked of many of them at
// once and stands in the index is answered by the index alone.
func (c *Collection[T]) Entries(ctx context.Context, q Query) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		plan, err := c.schema.plan(q)
		plan.Bare, plan.Limit = true, entryPage
		for err == nil {
			var found []Record
			if found, err = c.db.Engine.Find(ctx, c.schema.Name, plan); err != nil {
				break
			}
			for _, r := range found {
				if !yield(Entry{r.ID, r.Fields}, nil) {
					return
				}
			}
			if len(found) < entryPage {
				return
			}
			if plan.After, err = parseCursor(makeCursor(found[entryPage-1], plan), c.schema, plan); err != nil {
				break
			}
		}
		yield(Entry{}, fmt.Errorf("%s by %s: %w", c.schema.Name, q.index, err))
	}
}

// First returns the first match, or domain.ErrNotFound.
func (c *Collection[T]) First(ctx context.Context, q Query) (T, error) {
	docs, _, err := c.Find(ctx, q, domain.Page{Limit: 1})
	if err == nil && len(docs) == 0 {
		err = fmt.Errorf("%s by %s: %w", c.schema.Name, q.index, domain.ErrNotFound)
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return docs[0], nil
}

// Count returns how many documents the query matches.
func (c *Collection[T]) Count(ctx context.Context, q Query) (int64, error) {
	plan, err := c.schema.plan(q)
	if err != nil {
		return 0, err
	}
	n, err := c.db.Engine.Count(ctx, c.schema.Name, plan)
	if err != nil {
		return 0, fmt.Errorf("%s by %s: %w", c.schema.Name, q.index, err)
	}
	return n, nil
}
