// Package storage holds every adapter to something outside this process. This file is what the document store asks
// of an engine; Collection[T] in collection.go is what the features see of it, and the two engines are in
// storage/sqlite and storage/mongo.
package storage

import (
	"context"
	"hash/fnv"
)

// Record is a document as an engine sees it: its JSON and the values of its indexed fields.
type Record struct {
	ID     string
	Rev    int64
	Body   []byte         // JSON
	Fields map[string]any // string, int64 or nil; only Find gives them back, and only those of its index
	Outbox int64          // when the oldest unacknowledged event was emitted, Unix microseconds; 0 when there is none
}

// Engine keeps records. Both implementations pass storagetest whole.
//
// Errors: domain.ErrNotFound, domain.ErrExists, domain.ErrConflict, domain.ErrExhausted, domain.ErrTooLarge, the
// context's own error, and domain.ErrUnavailable wrapped around what the database said. A context that is done
// before its write begins writes nothing; once a write has begun, the call waits for its true outcome.
type Engine interface {
	// Ensure creates what the schema needs and may be called at every start. When the schema has a field that the
	// stored records were not written with, every record is given what reindex computes for it.
	Ensure(ctx context.Context, s Schema, reindex func(Record) (map[string]any, error)) error
	Get(ctx context.Context, collection, id string) (Record, error)
	GetMany(ctx context.Context, collection string, ids []string) ([]Record, error)
	// Insert returns domain.ErrExists if the id, or what a unique index holds, is taken.
	Insert(ctx context.Context, collection string, r Record) error
	// Update replaces the record by what change returns, atomically, and returns change's error as it is. The new
	// record must have the same id and the next revision, else domain.ErrConflict. change may run again after a lost
	// race; it must not use the engine. Its panic goes on in the caller, and nothing is written.
	Update(ctx context.Context, collection, id string, change func(Record) (Record, error)) error
	// Delete of what is not there is no error.
	Delete(ctx context.Context, collection, id string) error
	Find(ctx context.Context, collection string, p Plan) ([]Record, error)
	Count(ctx context.Context, collection string, p Plan) (int64, error)
	Counters
	Ping(ctx context.Context) error
	// Close finishes the writes that were accepted and refuses those that come later.
	Close() error
}

// Counters are bounded numbers that many touch at once: seats, stock.
type Counters interface {
	// Stamp is to be read before the caller looks whether what op stands for is done already, and then handed to Add.
	// It moves when op is settled or undone; as a counter has but Stripes of them, also when some other op is.
	Stamp(ctx context.Context, counter, op string) (int64, error)
	// Add changes the counter by delta and returns the value. A rise must end at most at max and a fall at least at
	// 0, else it returns domain.ErrExhausted and changes nothing; a counter that is over a max which was lowered
	// meanwhile can still fall. op names the reason; while it is remembered, the same op adds nothing again. Once it is
	// no longer, only a stamp that was read since adds: with an older one Add changes nothing and returns
	// domain.ErrConflict, and the caller looks again. So whoever was overtaken, however long ago, never adds twice.
	Add(ctx context.Context, counter, op string, stamp, delta, max int64) (int64, error)
	// Undo takes back what op added, if it is remembered, and forgets it. Either way it moves the stamp: an Add that was
	// under way comes too late.
	Undo(ctx context.Context, counter, op string) error
	// Settle forgets op and leaves what it added; to be called once the op's cause is durable elsewhere.
	Settle(ctx context.Context, counter, op string) error
	// Value of a counter; 0 if nothing was ever added.
	Value(ctx context.Context, counter string) (int64, error)
	// Recount sets the counter to what facts counts plus the remembered ops that facts does not include yet:
	// facts is told the remembered ops and returns the whole value. It runs again if the counter moved meanwhile,
	// and gives up with domain.ErrConflict if it always does.
	Recount(ctx context.Context, counter string, facts func(ops []string) (int64, error)) (int64, error)
}

// Stripes is how many stamps one counter has. More of them cost room, fewer cost calls that must look again in vain.
const Stripes = 256

// Stripe tells which of its counter's stamps is the op's.
func Stripe(op string) int64 {
	h := fnv.New32a()
	h.Write([]byte(op))
	return int64(h.Sum32() % Stripes)
}

// RecountTries is how often an engine lets Recount run again.
const RecountTries = 100

// Schema declares a collection to an engine.
type Schema struct {
	Name    string
	Fields  []FieldType
	Indexes []Index // without IDIndex and OutboxIndex, which every collection has
}

// FieldType is an indexed field and the type of its values.
type FieldType struct {
	Name string
	Type Type
}

// Type of an indexed field. Any field may also have no value: nil, which sorts before every value.
type Type int

// The types that can be indexed. Instants are Int: Unix microseconds.
const (
	String Type = iota
	Int
	Any // not known beforehand; one of the two all the same
)

// Index is an ordered list of fields; every index ends in the id, so that its order is total.
type Index struct {
	Name   string
	Fields []string
	Unique bool // two records never hold the same values; one that lacks any of them never collides
}

// Keys are the fields that the index is ordered by, the closing id included.
func (i Index) Keys() []string {
	if n := len(i.Fields); n > 0 && i.Fields[n-1] == "id" {
		return i.Fields
	}
	return append(i.Fields[:len(i.Fields):len(i.Fields)], "id")
}

// The indexes that every collection has without declaring them.
var (
	// IDIndex holds everything in the order of the ids. As natural ids begin with what they belong to, a range
	// over it finds what belongs together: Range("camp:", "camp;").
	IDIndex = Index{Name: "id", Fields: []string{"id"}}
	// OutboxIndex holds the documents with unacknowledged events, the oldest first.
	OutboxIndex = Index{Name: "outbox", Fields: []string{"outbox"}}
)

// The bounds of what can be stored, beyond which Collection answers domain.ErrTooLarge. MongoDB ends at 16 MB of
// BSON, and BSON can be larger than JSON.
const (
	MaxBody = 8 << 20 // bytes of JSON
	MaxID   = 200     // bytes of an id
	MaxText = 512     // bytes of an indexed string
	MaxIn   = 200     // values of In
)
