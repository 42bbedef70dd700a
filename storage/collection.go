// Package storage holds every adapter to something outside this process. This file is the document store that the
// features see, Collection[T]; the engines below it are in storage/sqlite and storage/mongo.
package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"yingdi/domain"
)

// Record is a document as an engine sees it: its JSON and the values of its indexed fields.
type Record struct {
	ID     string
	Rev    int64
	Body   []byte         // JSON
	Fields map[string]any // string, int64, bool or nil; nil never collides in a unique index
	Outbox int64          // when the oldest unacknowledged event was emitted, Unix microseconds; 0 when there is none
}

// Engine keeps records. Both implementations pass storagetest whole. Errors: domain.ErrNotFound, domain.ErrExists,
// domain.ErrExhausted, and domain.ErrUnavailable wrapped around what the database said.
type Engine interface {
	// Ensure creates what the schema needs and may be called at every start.
	Ensure(ctx context.Context, s Schema) error
	Get(ctx context.Context, collection, id string) (Record, error)
	GetMany(ctx context.Context, collection string, ids []string) ([]Record, error)
	Insert(ctx context.Context, collection string, r Record) error
	// Update replaces the record by what change returns, atomically; the engine guards the revision.
	Update(ctx context.Context, collection, id string, change func(Record) (Record, error)) error
	// Delete of what is not there is no error.
	Delete(ctx context.Context, collection, id string) error
	Find(ctx context.Context, collection string, p Plan) ([]Record, error)
	Count(ctx context.Context, collection string, p Plan) (int64, error)
	Counters
	Ping(ctx context.Context) error
	Close() error
}

// Counters are bounded numbers that many touch at once: seats, stock.
type Counters interface {
	// Add changes the counter by delta if the result lies within 0 and max, else returns domain.ErrExhausted.
	// op names the reason; while it is remembered, the same op adds nothing again. Returns the value.
	Add(ctx context.Context, counter, op string, delta, max int64) (int64, error)
	// Undo takes back what op added, if it is remembered, and forgets it.
	Undo(ctx context.Context, counter, op string) error
	// Settle forgets op and leaves what it added; to be called once the op's cause is durable elsewhere.
	Settle(ctx context.Context, counter, op string) error
	// Value of a counter; 0 if nothing was ever added.
	Value(ctx context.Context, counter string) (int64, error)
	// Recount sets the counter to what facts counts plus the remembered ops that facts does not include yet:
	// facts is told the remembered ops and returns the whole value. It runs again if the counter moved meanwhile.
	Recount(ctx context.Context, counter string, facts func(ops []string) (int64, error)) (int64, error)
}

// Schema declares a collection to an engine.
type Schema struct {
	Name    string
	Fields  []FieldType
	Indexes []Index
}

// FieldType is an indexed field and the type of its values.
type FieldType struct {
	Name string
	Type Type
}

// Type of an indexed field.
type Type int

// The types that can be indexed. Instants are Int: Unix microseconds.
const (
	String Type = iota
	Int
)

// Index is an ordered list of fields; every index ends in the id, so that its order is total.
type Index struct {
	Name   string
	Fields []string
	Unique bool
}

// Plan is a checked query: fixed values for the first fields of an index, then at most one set or range on the next.
type Plan struct {
	Index  Index
	Equal  []any // for Index.Fields[:len(Equal)]
	In     []any // for the next field, if not nil
	From   any   // for the next field, inclusive, if not nil
	Before any   // for the next field, exclusive, if not nil
	Desc   bool
	After  []any // keyset: values of Index.Fields[len(Equal):] and the id of the last one seen
	Limit  int   // 0 in Count
}

// OutboxIndex is the index that every collection has without declaring it: documents with unacknowledged events.
var OutboxIndex = Index{Name: "outbox", Fields: []string{"outbox"}}

// Key extracts the value of an indexed field: a string, an int, an int64, a bool, a time.Time, or nil for none.
type Key[T any] func(*T) any

// Keys names the indexed fields of a collection.
type Keys[T any] map[string]Key[T]

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
	head   func(*T) *domain.Doc
}

// NewCollection declares a collection and creates its indexes. *T must embed domain.Doc. A key named "x" can be
// indexed by naming it in an index; unique indexes refuse a second document with the same values.
func NewCollection[T any](ctx context.Context, db *DB, name string, keys Keys[T], indexes ...Index) (*Collection[T], error) {
	head := func(doc *T) *domain.Doc { return any(doc).(interface{ Head() *domain.Doc }).Head() }
	var zero T
	if _, ok := any(&zero).(interface{ Head() *domain.Doc }); !ok {
		return nil, fmt.Errorf("collection %s: %T does not embed domain.Doc", name, zero)
	}
	schema := Schema{Name: name, Indexes: indexes}
	seen := map[string]bool{}
	for _, index := range indexes {
		for _, field := range index.Fields {
			key, ok := keys[field]
			if !ok {
				return nil, fmt.Errorf("collection %s: index %s names the unknown key %s", name, index.Name, field)
			}
			if !seen[field] {
				seen[field] = true
				schema.Fields = append(schema.Fields, FieldType{field, typeOf(key(&zero))})
			}
		}
	}
	if err := db.Ensure(ctx, schema); err != nil {
		return nil, fmt.Errorf("collection %s: %w", name, err)
	}
	c := &Collection[T]{db, schema, keys, head}
	db.mu.Lock()
	defer db.mu.Unlock()
	if _, twice := db.boxes[name]; twice {
		return nil, fmt.Errorf("collection %s is declared twice", name)
	}
	db.boxes[name] = c
	return c, nil
}

func typeOf(v any) Type {
	switch v.(type) {
	case string, nil:
		return String
	}
	return Int
}

func plain(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case time.Time:
		if v.IsZero() {
			return int64(0)
		}
		return v.UnixMicro()
	}
	return v
}

func (c *Collection[T]) encode(doc *T) (Record, error) {
	head := c.head(doc)
	record := Record{ID: head.ID, Rev: head.Rev, Fields: make(map[string]any, len(c.schema.Fields))}
	for i := range head.Outbox {
		event := &head.Outbox[i]
		if event.ID == "" {
			event.ID = fmt.Sprintf("%s:%s:%d:%d", c.schema.Name, head.ID, head.Rev, i)
		}
		if at := event.At.UnixMicro(); record.Outbox == 0 || at < record.Outbox {
			record.Outbox = at
		}
	}
	for _, field := range c.schema.Fields {
		record.Fields[field.Name] = plain(c.keys[field.Name](doc))
	}
	var err error
	record.Body, err = json.Marshal(doc)
	if err != nil {
		return record, fmt.Errorf("%s %s: %w", c.schema.Name, head.ID, err)
	}
	return record, nil
}

func (c *Collection[T]) decode(r Record) (T, error) {
	var doc T
	if err := json.Unmarshal(r.Body, &doc); err != nil {
		return doc, fmt.Errorf("%s %s: %w", c.schema.Name, r.ID, err)
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
	for len(ids) > 0 {
		n := min(len(ids), domain.MaxPage)
		records, err := c.db.Engine.GetMany(ctx, c.schema.Name, ids[:n])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.schema.Name, err)
		}
		for _, r := range records {
			if docs[r.ID], err = c.decode(r); err != nil {
				return nil, err
			}
		}
		ids = ids[n:]
	}
	return docs, nil
}

// Insert implements domain.Documents.
func (c *Collection[T]) Insert(ctx context.Context, doc T) error {
	head := c.head(&doc)
	if head.ID == "" {
		return fmt.Errorf("%s: a document without an id", c.schema.Name)
	}
	head.Rev = 1
	record, err := c.encode(&doc)
	if err != nil {
		return err
	}
	if err := c.db.Engine.Insert(ctx, c.schema.Name, record); err != nil {
		return c.wrap(head.ID, err)
	}
	c.post(*head, 0)
	return nil
}

// Update implements domain.Documents.
func (c *Collection[T]) Update(ctx context.Context, id string, change func(*T) error) (T, error) {
	var doc T
	var before int
	err := c.db.Engine.Update(ctx, c.schema.Name, id, func(r Record) (Record, error) {
		var err error
		if doc, err = c.decode(r); err != nil {
			return r, err
		}
		head := c.head(&doc)
		before = len(head.Outbox)
		if err := change(&doc); err != nil {
			return r, err
		}
		if head.ID != id {
			return r, fmt.Errorf("a change of the id to %q", head.ID)
		}
		head.Rev = r.Rev + 1
		return c.encode(&doc)
	})
	switch {
	case err == domain.ErrSame:
		return doc, nil
	case err != nil:
		return doc, c.wrap(id, err)
	}
	c.post(*c.head(&doc), before)
	return doc, nil
}

// Delete removes a document for good; it is no error if there is none. Events it still held go with it.
func (c *Collection[T]) Delete(ctx context.Context, id string) error {
	return c.wrap(id, c.db.Engine.Delete(ctx, c.schema.Name, id))
}

func (c *Collection[T]) post(head domain.Doc, from int) {
	for _, event := range head.Outbox[min(from, len(head.Outbox)):] {
		c.db.onWrite(domain.Posted{Collection: c.schema.Name, ID: head.ID, Event: event})
	}
}

// Find returns one page of what the query matches and the cursor of the next page, empty at the end.
func (c *Collection[T]) Find(ctx context.Context, q Query, page domain.Page) ([]T, domain.Cursor, error) {
	plan, err := c.plan(q)
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
	return func(yield func(T, error) bool) {
		page := domain.Page{Limit: domain.MaxPage}
		for {
			docs, next, err := c.Find(ctx, q, page)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, doc := range docs {
				if !yield(doc, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			page.After = next
		}
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
	plan, err := c.plan(q)
	if err != nil {
		return 0, err
	}
	n, err := c.db.Engine.Count(ctx, c.schema.Name, plan)
	if err != nil {
		return 0, fmt.Errorf("%s by %s: %w", c.schema.Name, q.index, err)
	}
	return n, nil
}

var errNoIndex = errors.New("no declared index serves this query")
