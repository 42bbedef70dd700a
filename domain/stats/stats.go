// Package stats is a camp's numbers by day: who enrolled, who handed in, how fast reviews came, what was sent. They are a
// projection: every fact asks for its camp to be counted anew, and a count is a pure function of the facts. So a fact that
// comes twice, late, in another order or is taken back leaves nothing behind, and counting from nothing gives the same.
package stats

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Figures are a camp's numbers and whether they are to be counted anew. The id is the camp's.
type Figures struct {
	domain.Doc
	Organiser string     `json:"organiser"`
	Count     Count      `json:"count"`
	Last      domain.Day `json:"last,omitempty"` // the last day with a number in it
	CountedAt time.Time  `json:"counted_at,omitzero"`
	Asked     int64      `json:"asked"`           // counts what asked for a count
	Counting  int64      `json:"counting"`        // Asked, as the newest count began
	Run       int64      `json:"run"`             // counts counts; of two at once, the one that began later holds
	DueAt     time.Time  `json:"due_at,omitzero"` // when the next count may begin
}

// Count is what the facts come to on a day of the camp.
type Count struct {
	AsOf       domain.Day `json:"as_of"`              // today, or the last day of the plan once that is over
	Learners   int        `json:"learners"`           // who have a place now
	Earlier    int        `json:"earlier,omitempty"`  // who had one before the first of Days
	Days       []Day      `json:"days,omitempty"`     // those with anything to count, in order
	Completion []int      `json:"completion"`         // learners by CompletionSteps
	Finished   int        `json:"finished,omitempty"` // learners who are through with the course
	Levels     []Level    `json:"levels,omitempty"`   // of a course, in its order
	Streaks    []int      `json:"streaks"`            // learners by StreakSteps, of the longest that each had
	Reviewers  []Reviewer `json:"reviewers,omitempty"`
}

// Level is how many of those who have a place are how far with a level of a course.
type Level struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Opened   int    `json:"opened"`
	Finished int    `json:"finished"`
	At       int    `json:"at"` // are at it now
}

// Day is one day of a camp, by its calendar.
type Day struct {
	Day      domain.Day     `json:"day"`
	Joined   int            `json:"joined,omitempty"`  // stays that began; of each person the last one counts
	Left     int            `json:"left,omitempty"`    // stays that ended
	Due      int            `json:"due,omitempty"`     // learners who had a task that day
	Done     int            `json:"done,omitempty"`    // those of them who have handed something in for it
	MadeUp   int            `json:"made_up,omitempty"` // those of them who only did so afterwards
	Active   int            `json:"active,omitempty"`  // learners who handed something in on that day, for whichever
	AtRisk   int            `json:"at_risk,omitempty"` // as far as one knew that day
	Passed   int            `json:"passed,omitempty"`  // quizzes, once per learner
	Reviewed int            `json:"reviewed,omitempty"`
	Median   int            `json:"median,omitempty"` // minutes from handing in to the review
	P90      int            `json:"p90,omitempty"`
	Sent     int            `json:"sent,omitempty"` // messages
	Refused  map[string]int `json:"refused,omitempty"`
	Received domain.Fen     `json:"received,omitempty"`
	Returned domain.Fen     `json:"returned,omitempty"`
}

// Reviewer is how fast one person reviewed, in minutes.
type Reviewer struct {
	Member   string `json:"member"`
	Reviewed int    `json:"reviewed"`
	Median   int    `json:"median"`
	P90      int    `json:"p90"`
}

// CompletionSteps are the ends of the steps of Count.Completion, in percent of the days that were due, in a course of the levels: none, below 25 …, all.
var CompletionSteps = []string{"0%", "1–24%", "25–49%", "50–74%", "75–99%", "100%"}

// StreakSteps are those of Count.Streaks, in days.
var StreakSteps = []string{"0", "1–2", "3–6", "7–13", "14–20", "21+"}

func completionStep(done, due int) int {
	switch {
	case done == 0:
		return 0
	case done >= due:
		return 5
	}
	return 1 + done*4/due
}

func streakStep(days int) int {
	step := 0
	for _, from := range []int{1, 3, 7, 14, 21} {
		if days >= from {
			step++
		}
	}
	return step
}

// When a count begins.
const (
	settle = 15 * time.Second // after something asked for it, so that what comes together is counted together
	lease  = 10 * time.Minute // for one that has begun; then another may
	rest   = 20               // times as long as a count took lie between two of a camp
	// MaxDays is how many days are kept: three years.
	MaxDays = 1100
)

// owed reports whether a count is to come that has not begun.
func (f Figures) owed() bool { return f.Asked > f.Counting && !f.DueAt.IsZero() }

// ask makes a count due soon that begins after now.
func (f *Figures) ask(now time.Time) error {
	if f.owed() {
		return domain.ErrSame
	}
	f.Asked++
	if soon := now.Add(settle); f.DueAt.IsZero() || soon.Before(f.DueAt) {
		f.DueAt = soon
	}
	return nil
}

// begin starts a count.
func (f *Figures) begin(now time.Time) {
	f.Counting, f.Run, f.DueAt = f.Asked, f.Run+1, now.Add(lease)
}

// finish keeps what a count came to, unless a later one has begun. next is when the clock will ask for another.
func (f *Figures) finish(run int64, c Count, next, now time.Time, took time.Duration) error {
	if f.Run != run {
		return domain.ErrSame
	}
	f.Count, f.CountedAt, f.DueAt, f.Last = c, now, next, ""
	if n := len(c.Days); n > 0 {
		f.Last = c.Days[n-1].Day
	}
	if again := now.Add(max(settle, rest*took)); f.Asked > f.Counting && (next.IsZero() || again.Before(next)) {
		f.DueAt = again
	}
	return nil
}

// asOf is the day up to which a camp's plan has been lived, and whether that day still lasts.
func asOf(in camp.Camp, now time.Time) (day domain.Day, lasts bool) {
	today, last := in.Calendar.Day(now), in.LastDay()
	if in.State == camp.Closed {
		today = min(today, in.Calendar.Day(in.Closed))
	}
	return max(min(today, last), in.Start.Add(-1)), today <= last && in.State == camp.Published
}

// next is when the clock alone changes a camp's numbers; zero if it never does.
func next(in camp.Camp, now time.Time) time.Time {
	at, lasts := asOf(in, now)
	if !lasts {
		return time.Time{}
	}
	return in.Calendar.End(at)
}
