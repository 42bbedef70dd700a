package season

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"yingdi/season/audit"
)

// fellow is one person of the circle.
type fellow struct {
	*learner
	in      *circle
	n       int
	state   string // of their place, by the server's last word
	start   string // their own first day
	gone    bool
	revoked bool
	askedAt time.Time // when they asked for their account to be deleted

	mu       sync.Mutex
	works    map[string]*work // by id
	tries    []*try
	learned  map[string]int // the day on which a task of the course was done, by its check-in; -1 once that was deleted
	reported []string       // since the last night
}

// work is something that a fellow handed in.
type work struct {
	audit.Work
	by      *fellow
	since   int // day
	reviews int // that the teacher has released
}

func sortWorks(list []*work) {
	slices.SortFunc(list, func(a, b *work) int { return cmp.Compare(a.ID, b.ID) })
}

// dice of a fellow for a purpose on a day.
func (f *fellow) dice(purpose, day int) *rand.Rand { return f.plan.dice(100+purpose, f.n, day) }

// live plays one moment of a fellow's day.
func (f *fellow) live(ctx context.Context, day int, at Moment) error {
	if at == Night {
		return f.night(ctx, day)
	}
	if err := f.enter(ctx); err != nil {
		return err
	}
	steps := []func(context.Context, int) error{f.seekOn, f.redoAll, f.handInAll, f.sit, f.study}
	if at == Evening {
		steps = []func(context.Context, int) error{f.makeUp, f.meet, f.withdraw, f.lookAtTries}
	}
	for _, step := range steps {
		if err := step(ctx, day); err != nil {
			return err
		}
	}
	return nil
}

// enter opens the mini-program.
func (f *fellow) enter(ctx context.Context) error {
	if err := f.season.visit(ctx, f.name); err != nil {
		return err
	}
	return f.renew(ctx, 0)
}

// night is when people leave, while others sleep.
func (f *fellow) night(ctx context.Context, day int) error {
	if day > f.plan.Days || f.dice(1, day).IntN(6) > 0 {
		return nil
	}
	if err := f.renew(ctx, 0); err != nil || f.state != "active" {
		return err
	}
	leave := call{method: http.MethodDelete, path: "/camps/" + f.in.camp + "/place"}
	if _, err := f.twice(ctx, leave, leave, http.StatusOK); err != nil {
		return err
	}
	return f.stand(ctx)
}

// stand asks how the fellow stands to the camp.
func (f *fellow) stand(ctx context.Context) error {
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/camps/" + f.in.camp + "/place"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct {
		State    string
		Position int
		Start    string
	}
	if err := a.into(&in); err != nil {
		return err
	}
	f.book.check((in.Position > 0) == (in.State == "waiting"), "%s is %s at place %d of the queue", f.name, in.State, in.Position)
	f.state, f.start = in.State, in.Start
	return nil
}

func (f *fellow) seekOn(ctx context.Context, day int) error {
	switch {
	case day > f.plan.Days:
		return f.stand(ctx)
	case f.dice(2, day).IntN(4) == 0: // lets an offer lapse, or does not care today
		return f.stand(ctx)
	}
	return f.seek(ctx)
}

// seek asks for a seat with two taps at once, and queues for one if there is none.
func (f *fellow) seek(ctx context.Context) error {
	if err := f.stand(ctx); err != nil || f.state == "active" || f.state == "waiting" {
		return err
	}
	enrol := call{method: http.MethodPost, path: "/camps/" + f.in.camp + "/enrolments", key: f.key()}
	again := enrol
	again.key = f.key()
	answers, err := f.twice(ctx, enrol, again, http.StatusCreated, http.StatusConflict)
	if err != nil {
		return err
	}
	full := true
	for _, a := range answers {
		full = full && a.status == http.StatusConflict
		f.book.check(a.status == http.StatusCreated || a.code() == "camp_full" || a.code() == "offer_over", "%s was refused a seat with %s", f.name, a.code())
	}
	if full {
		wait := call{method: http.MethodPut, path: "/camps/" + f.in.camp + "/place/waiting"}
		if answers, err = f.twice(ctx, wait, wait, http.StatusOK, http.StatusConflict); err != nil {
			return err
		}
		for _, a := range answers {
			f.book.check(a.status == http.StatusOK || a.code() == "seat_free" || a.code() == "conflict", "%s was refused a place in the queue with %s", f.name, a.code())
		}
	}
	return f.stand(ctx)
}

// task of a day, as the fellow is shown it.
type dayTask struct {
	ID, Kind, State string
	Quiz            *struct{ ID string }
}

// byCheckin tells whether a check-in does the task.
func (t dayTask) byCheckin() bool { return t.Kind == "checkin" || t.Kind == "homework" }

func (f *fellow) tasksOf(ctx context.Context, day string) ([]dayTask, error) {
	path := "/camps/" + f.in.camp + "/today"
	if day != "" {
		path += "?day=" + day
	}
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: path}, http.StatusOK)
	if err != nil || !ok {
		return nil, err
	}
	var in struct{ Tasks []dayTask }
	return in.Tasks, a.into(&in)
}

// handInAll does the day's tasks, or forgets to.
func (f *fellow) handInAll(ctx context.Context, day int) error {
	if f.state != "active" {
		return nil
	}
	tasks, err := f.tasksOf(ctx, "")
	if err != nil {
		return err
	}
	r := f.dice(3, day)
	for _, task := range tasks {
		if task.State != "open" || !task.byCheckin() || r.IntN(3) == 0 {
			continue
		}
		text := fmt.Sprintf("%s 第 %d 天的共读 %s", f.name, day, task.Kind)
		if err := f.hand(ctx, day, task, text, r.IntN(3) == 0); err != nil {
			return err
		}
	}
	return nil
}

// hand hands in for a task, with two different texts at once if twice; only one of them may stay.
func (f *fellow) hand(ctx context.Context, day int, task dayTask, text string, twice bool) error {
	texts := []string{text, text + "（另一部手机）"}
	calls := f.handCalls(task, texts, false)
	if !twice {
		calls = calls[:1]
	}
	answers, err := f.atOnce(ctx, calls, http.StatusCreated, http.StatusOK)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if err := f.note(a, day, task.Kind == "homework", texts); err != nil {
			return err
		}
	}
	return nil
}

func (f *fellow) handCalls(task dayTask, texts []string, makeUp bool) []call {
	calls := make([]call, len(texts))
	for i, text := range texts {
		calls[i] = call{method: http.MethodPost, path: "/camps/" + f.in.camp + "/checkins", key: f.key(), json: map[string]any{
			"task": task.ID, "text": text, "make_up": makeUp,
		}}
	}
	return calls
}

// atOnce sends several requests at once.
func (f *fellow) atOnce(ctx context.Context, calls []call, statuses ...int) ([]answer, error) {
	answers := make([]answer, len(calls))
	work := make([]func(context.Context) error, len(calls))
	for i, k := range calls {
		work[i] = func(ctx context.Context) (err error) {
			answers[i], _, err = f.ask(ctx, k, statuses...)
			return err
		}
	}
	return answers, f.together(ctx, work)
}

// note writes down what was acknowledged.
func (f *fellow) note(a answer, day int, homework bool, texts []string) error {
	if a.status == http.StatusConflict {
		f.book.check(slices.Contains([]string{"make_ups_spent", "conflict"}, a.code()), "%s could not make a day up: %s", f.name, a.code())
		return nil
	}
	if a.status >= 300 {
		return nil // noted as unexpected
	}
	var r receipt
	if err := a.into(&r); err != nil {
		return err
	}
	f.book.check(slices.Contains(texts, r.Text), "check-in %s was acknowledged with another text", r.ID)
	f.mu.Lock()
	defer f.mu.Unlock()
	had, ok := f.works[r.ID]
	f.book.check(!ok || had.Deleted || had.Text == r.Text, "check-in %s was acknowledged twice and differently", r.ID)
	w := &work{Work: audit.Work{ID: r.ID, Text: r.Text, Homework: homework}, by: f, since: day}
	if ok && !had.Deleted {
		return nil
	}
	f.works[r.ID] = w
	return nil
}
