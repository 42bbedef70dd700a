// Package export takes a camp's learners, answers, check-ins and marks away in a spreadsheet, which a worker writes. What
// was asked for stays as the record of who took what away.
package export

import (
	"time"

	"yingdi/domain"
)

// Export is one file that somebody asked for, and the record of it.
type Export struct {
	domain.Doc
	Organiser  string     `json:"organiser"`
	Camp       string     `json:"camp"` // empty for what is the organiser's
	Template   string     `json:"template,omitempty"`
	Batch      string     `json:"batch,omitempty"` // of codes
	Kind       Kind       `json:"kind"`
	From       domain.Day `json:"from,omitempty"` // of check-ins and their marks; empty: from the first
	To         domain.Day `json:"to,omitempty"`   // included; empty: to the last
	By         string     `json:"by"`
	Names      bool       `json:"names,omitempty"`  // names and answers are whole, as who asked may see them
	Phones     bool       `json:"phones,omitempty"` // phone numbers are whole
	State      State      `json:"state"`
	Slot       int        `json:"slot"` // of those that a person has: 1 … MaxOpen
	Turn       int        `json:"turn"` // counts the workers that took it up; an earlier one that still lives says nothing more
	Done       int64      `json:"done"` // documents read
	Total      int64      `json:"total"`
	Rows       int64      `json:"rows"` // written
	Key        string     `json:"key"`  // of the file in the bucket; nobody can guess it; empty if it never lay there
	Size       int64      `json:"size,omitempty"`
	At         time.Time  `json:"at"`
	HeardAt    time.Time  `json:"heard_at"` // when something was last heard of it
	FinishedAt time.Time  `json:"finished_at,omitzero"`
	ExpiresAt  time.Time  `json:"expires_at,omitzero"` // when the file goes
	Failure    string     `json:"failure,omitempty"`   // why there is no file, for people
	Fetches    []Fetch    `json:"fetches,omitempty"`   // the last of them
	Fetched    int        `json:"fetched"`
}

// Fetch says that somebody was given a link to the file.
type Fetch struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Kind is what a file holds.
type Kind string

// The kinds.
const (
	Learners Kind = "learners"
	Forms    Kind = "forms"
	Checkins Kind = "checkins"
	Marks    Kind = "marks"    // of reviews and of quizzes, a sheet each
	Money    Kind = "money"    // each payment and refund, for the accountant
	Codes    Kind = "codes"    // of a batch of coupon codes; chosen where the batch is
	Channels Kind = "channels" // what came of an organiser's channels; made at once, where they are listed
)

// Kinds of a camp, in the order in which staff choose among them.
var Kinds = []Kind{Learners, Forms, Checkins, Marks, Money}

// Dated reports whether days narrow what the file holds.
func (k Kind) Dated() bool { return k == Checkins || k == Marks }

// State of an export.
type State string

// waiting → running → done → expired; waiting | running → cancelled | failed.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Expired   State = "expired" // the file is gone, the record stays
	Cancelled State = "cancelled"
	Failed    State = "failed"
)

// EventAsked says that a file is to be written.
const EventAsked = "export:asked"

// Limits.
const (
	MaxOpen    = 2                  // of one person at a time
	MaxRows    = 3_000_000          // of one file
	Keep       = 7 * 24 * time.Hour // how long a file lies there
	LinkLife   = 5 * time.Minute
	Patience   = 2 * time.Hour // after which an export that nothing is heard of has failed
	noteEvery  = 1000          // documents after which a worker says how far it is
	maxFetches = 100
)

// The refusals of this feature.
var (
	ErrBusy    = domain.Refusal(domain.KindConflict, "exports_busy", "你有两个导出还没完成，请等它们完成或取消其中一个")
	ErrGone    = domain.Refusal(domain.KindConflict, "export_gone", "文件已经过期删除，请重新导出")
	ErrNotDone = domain.Refusal(domain.KindConflict, "export_not_done", "文件还没有准备好")
)

// Form is what staff ask for.
type Form struct {
	Kind     Kind
	From, To domain.Day // empty: no bound
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	known := false
	for _, k := range Kinds {
		known = known || k == f.Kind
	}
	check.That(known, "kind", "请选择要导出的内容")
	check.That(f.From == "" || f.From.Valid(), "from", "开始日期无效")
	check.That(f.To == "" || f.To.Valid(), "to", "结束日期无效")
	check.That(f.From == "" || f.To == "" || f.From <= f.To, "to", "结束日期不能早于开始日期")
	return check.Err()
}

// Open reports whether the file is still to come.
func (e Export) Open() bool { return e.State == Waiting || e.State == Running }

// WakeAt is when time next changes the export; zero if it never does.
func (e Export) WakeAt() time.Time {
	switch {
	case e.Open():
		return e.HeardAt.Add(Patience)
	case e.State == Done:
		return e.ExpiresAt
	}
	return time.Time{}
}

// begin gives the export to another worker, which starts from nothing.
func (e *Export) begin(now time.Time) error {
	if !e.Open() {
		return domain.ErrSame
	}
	e.State, e.Done, e.Rows, e.HeardAt = Running, 0, 0, now
	e.Turn++
	return nil
}

// errStopped tells a worker that its export is no longer its own.
var errStopped = domain.Refusal(domain.KindConflict, "export_stopped", "导出已经停止")

func (e *Export) of(turn int) error {
	if e.State != Running || e.Turn != turn {
		return errStopped
	}
	return nil
}

func (e *Export) note(turn int, p progress, now time.Time) error {
	if err := e.of(turn); err != nil {
		return err
	}
	e.Done, e.Rows, e.Total, e.HeardAt = p.done, p.rows, max(p.total, p.done), now
	return nil
}

func (e *Export) finish(turn int, p progress, size int64, now time.Time) error {
	if err := e.note(turn, p, now); err != nil {
		return err
	}
	e.State, e.Total, e.Size, e.FinishedAt, e.ExpiresAt = Done, p.done, size, now, now.Add(Keep)
	return nil
}

func (e *Export) stop(to State, why string, now time.Time) error {
	if !e.Open() {
		return domain.ErrSame
	}
	e.State, e.Failure, e.FinishedAt = to, why, now
	return nil
}

// expire notes that the file is gone.
func (e *Export) expire(now time.Time) error {
	if e.State != Done || e.ExpiresAt.After(now) {
		return domain.ErrSame
	}
	e.State = Expired
	return nil
}

func (e *Export) fetch(by string, now time.Time) error {
	switch {
	case e.State == Expired || e.State == Done && !now.Before(e.ExpiresAt):
		return ErrGone
	case e.State != Done:
		return ErrNotDone
	}
	e.Fetched++
	e.Fetches = append(e.Fetches, Fetch{by, now})
	if extra := len(e.Fetches) - maxFetches; extra > 0 {
		e.Fetches = e.Fetches[extra:]
	}
	return nil
}
