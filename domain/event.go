package domain

import (
	"context"
	"encoding/json"
	"time"
)

// Doc is the head of every aggregate: embed it. Rev counts the writes, Outbox holds what must still follow from them.
type Doc struct {
	ID     string  `json:"id"`
	Rev    int64   `json:"rev"`
	Outbox []Event `json:"outbox,omitempty"`
}

// Head gives the store its way to the document's head.
func (d *Doc) Head() *Doc { return d }

// Emit notes a fact that others act upon. It is written together with the change that caused it, or not at all;
// the store gives it its id. data must be small and hold ids, never anything personal.
func (d *Doc) Emit(eventType string, at time.Time, data any) {
	event := Event{Type: eventType, At: at}
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			panic("domain: event data of " + eventType + ": " + err.Error())
		}
		event.Data = raw
	}
	d.Outbox = append(d.Outbox, event)
}

// Event is one fact in a document's outbox. It stays there until each of its consumers has acknowledged it, so
// that losing the queue loses nothing. Consumers may see it more than once and must not mind.
type Event struct {
	ID   string          `json:"id"`
	Type string          `json:"type"` // feature:what, such as checkin:submitted
	At   time.Time       `json:"at"`
	Data json.RawMessage `json:"data,omitempty"`
	Done []string        `json:"done,omitempty"` // the consumers that have acknowledged it
}

// Posted is an event together with the document that it happened to.
type Posted struct {
	Collection string `json:"collection"`
	ID         string `json:"id"` // of the document
	Event      Event  `json:"event"`
}

// Documents is what nearly every feature needs of its store. A feature's own Store adds named queries to it.
type Documents[T any] interface {
	// Get returns ErrNotFound if there is none.
	Get(ctx context.Context, id string) (T, error)
	// Insert returns ErrExists if the id, or a value that must be unique, is taken.
	Insert(ctx context.Context, doc T) error
	// Update is the only way to change a document: an atomic read-modify-write. change may run again after a lost
	// race, and must do nothing but look at the document and alter it; its error is returned as it is and nothing is
	// written. ErrSame from change writes nothing and is not an error. Returns ErrNotFound if there is none.
	Update(ctx context.Context, id string, change func(*T) error) (T, error)
}

// Many fetches documents by their ids in one round trip; those that do not exist are left out.
type Many[T any] interface {
	GetMany(ctx context.Context, ids []string) (map[string]T, error)
}

// ErrSame is returned by a change that finds its work already done.
var ErrSame = Refusal(KindConflict, "same", "没有变化")

// DeadJob is a job that failed as often as it may.
type DeadJob struct {
	ID       string // of the task in the queue
	Kind     string // event type and consumer
	Document string // collection and id
	Error    string // of the last try
	FailedAt time.Time
	Tries    int
}
