// Package bill holds what WeChat Pay says each morning of the day before against what we know, line by line and in both
// directions. Each difference is a case for a person; one that a later bill or a late notice explains closes itself.
package bill

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// Day is the reconciliation of one day in China; its id is that day.
type Day struct {
	domain.Doc
	State     State     `json:"state"`
	Trade     File      `json:"trade"`
	Fund      File      `json:"fund"`
	Tally     Tally     `json:"tally"`
	Tries     int       `json:"tries,omitempty"`
	Problem   string    `json:"problem,omitempty"` // why it is not done yet, a code
	NextAt    time.Time `json:"next_at,omitzero"`  // not before then again
	CreatedAt time.Time `json:"created_at"`
	MatchedAt time.Time `json:"matched_at,omitzero"`
}

// State of a day.
type State string

// waiting → matched | absent; absent → waiting once a person asks again.
const (
	Waiting State = "waiting"
	Matched State = "matched"
	Absent  State = "absent" // given up: WeChat never made the bill, or it cannot be read
)

// File is a bill as it is kept, in the private bucket.
type File struct {
	Key    string `json:"key,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Size   int64  `json:"size,omitempty"`
	None   bool   `json:"none,omitempty"` // nothing happened that day
}

func (f File) fetched() bool { return f.Key != "" || f.None }

// Tally is what a day's bills add up to.
type Tally struct {
	Lines    int        `json:"lines"`
	Foreign  int        `json:"foreign,omitempty"` // lines of other apps of the merchant
	Paid     domain.Fen `json:"paid"`              // of our app's lines whose money moved
	Refunded domain.Fen `json:"refunded"`
	In       domain.Fen `json:"in"` // to the merchant's account, whatever for
	Out      domain.Fen `json:"out"`
	Moves    []Move     `json:"moves,omitempty"` // of the merchant's account, by name
}

// Move is the sum of the movements of one name.
type Move struct {
	Name  string     `json:"name"`
	Count int        `json:"count"`
	In    domain.Fen `json:"in"`
	Out   domain.Fen `json:"out"`
}

// maxMoves bounds the names; WeChat has about twenty.
const maxMoves = 50

// Case is one difference. Its id is made of the day, what is different and the number, so that it is found once.
type Case struct {
	domain.Doc
	Day       domain.Day `json:"day"`
	Kind      Kind       `json:"kind"`
	Number    string     `json:"number"` // of the payment, refund or transfer
	Book      BookName   `json:"book,omitempty"`
	Organiser string     `json:"organiser,omitempty"` // empty: the merchant's own, of no organiser that we know of
	Camp      string     `json:"camp,omitempty"`
	Order     string     `json:"order,omitempty"`
	Said      *Said      `json:"said,omitempty"` // the line of the bill, if there is one
	Amount    domain.Fen `json:"amount"`         // at stake: of the line, or of what we know
	Story     []Chapter  `json:"story"`
	OpenedAt  time.Time  `json:"opened_at"`
	ClosedAt  time.Time  `json:"closed_at,omitzero"`
	ClosedBy  string     `json:"closed_by,omitempty"` // empty if it explained itself
}

// Kind says what differs.
type Kind string

// The kinds.
const (
	MissingHere  Kind = "missing_here"  // WeChat has it, we do not
	MissingThere Kind = "missing_there" // we have it, no bill does
	OtherAmount  Kind = "amount"
	OtherState   Kind = "state"
	Double       Kind = "double" // two lines for one movement
	NoBill       Kind = "no_bill"
)

// Said is what a line of a bill says.
type Said struct {
	Line   int        `json:"line"`
	At     time.Time  `json:"at"`
	Back   bool       `json:"back,omitempty"` // money that goes back
	Amount domain.Fen `json:"amount"`
	Done   bool       `json:"done,omitempty"`   // it moved, as far as the line says
	Failed bool       `json:"failed,omitempty"` // it will not move
}

// Chapter is one thing that happened to a case.
type Chapter struct {
	At   time.Time `json:"at"`
	By   string    `json:"by,omitempty"`
	Text string    `json:"text"`
}

// maxStory bounds a case's story.
const maxStory = 50

// Open reports whether somebody must still look.
func (c Case) Open() bool { return c.ClosedAt.IsZero() }

func (c *Case) tell(by, text string, now time.Time) {
	if len(c.Story) < maxStory {
		c.Story = append(c.Story, Chapter{now, by, text})
	}
}

func (c *Case) close(by, text string, now time.Time) error {
	if !c.Open() {
		return domain.ErrSame
	}
	c.ClosedAt, c.ClosedBy = now, by
	c.tell(by, text, now)
	return nil
}

// reopen after the difference was found again; what a person has decided stays decided.
func (c *Case) reopen(text string, now time.Time) error {
	if c.Open() || c.ClosedBy != "" {
		return domain.ErrSame
	}
	c.ClosedAt = time.Time{}
	c.tell("", text, now)
	return nil
}

// china is the zone of the bills' days.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

func dayOf(t time.Time) domain.Day { return domain.Day(t.In(china).Format(time.DateOnly)) }

func startOf(d domain.Day) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, string(d), china)
	return t.UTC()
}

// dueAt is when a day's bill should be there.
func dueAt(d domain.Day) time.Time {
	return startOf(d).Add((24 + wechatpay.BillsFrom) * time.Hour)
}

// lastDue is the last day whose bill should be there.
func lastDue(now time.Time) domain.Day {
	return dayOf(now.Add(-(24 + wechatpay.BillsFrom) * time.Hour))
}

// The times of a reconciliation.
const (
	MaxBehind  = 60             // days that are caught up with; WeChat keeps bills for three months
	AlarmAfter = 12 * time.Hour // that a bill is overdue: a person is told
	GiveUp     = 72 * time.Hour // that it is overdue: the next days go on without it
	retryFirst = 10 * time.Minute
	retryLast  = time.Hour
)

func retry(tries int) time.Duration { return min(retryFirst<<min(tries, 6), retryLast) }
