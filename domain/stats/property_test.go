package stats_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/risk"
	"yingdi/domain/stats"
)

// Facts come, change and go, also while they are being counted; events about them come late, twice and in any order;
// whoever counts dies at any write. Once it is quiet, the numbers are those that counting from nothing gives.
func TestTheRunningNumbersAreThoseOfARebuild(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		if rapid.Bool().Draw(rt, "course") {
			in := w.camps["c1"]
			in.Kind, in.End = camp.KindCourse, camp.Forever
			w.camps["c1"] = in
		}
		var events []func() error // that are on their way
		heard := func(f func() error) { events = append(events, f) }
		people := []string{"an", "bo", "cy", "di", "ed"}
		who := func() string { return rapid.SampledFrom(people).Draw(rt, "who") }
		today := func() int { return min(int(w.clock.Now().Sub(at(1, 2)).Hours()/24)+1, 7) }
		change := func() {
			m, now := who(), w.clock.Now()
			switch rapid.IntRange(0, 8).Draw(rt, "fact") {
			case 0:
				w.facts.enter(m, now, rapid.IntRange(0, 2).Draw(rt, "shift"))
			case 1:
				if w.facts.stays[m].State == enrolment.Active {
					w.facts.leave(m, now)
				}
			case 2, 3:
				w.facts.hand(m, rapid.IntRange(1, today()).Draw(rt, "for"), now)
			case 4: // deleted, or hidden
				w.facts.marks[m] = w.facts.marks[m][:len(w.facts.marks[m])/2]
			case 5:
				w.facts.passes["c1:q:"+m] = now
			case 6:
				id := fmt.Sprint("n", len(w.facts.notices))
				w.facts.notices[id] = notice.Notice{Camp: "c1", At: now, Outcome: notice.Refused, Reason: rapid.SampledFrom(notice.Reasons).Draw(rt, "reason")}
				heard(func() error { return w.HeardNotice(t.Context(), id) })
				return
			case 8:
				w.facts.advance(m, rapid.IntRange(1, 3).Draw(rt, "level"), now)
			case 7:
				o := order.Order{Camp: "c1", Attempts: []order.Attempt{{Amount: 9900, PaidAt: now}}}
				if paid, ok := w.facts.orders[m]; ok {
					o = paid
					o.Refunds = append(o.Refunds, order.Refund{Amount: 100, State: order.RefundSucceeded, DoneAt: now})
				}
				w.facts.orders[m] = o
				heard(func() error { return w.HeardOrder(t.Context(), m) })
				return
			}
			heard(func() error { return w.Heard(t.Context(), domain.Key("c1", m)) })
		}
		deliver := func() {
			if len(events) == 0 {
				return
			}
			i := rapid.IntRange(0, len(events)-1).Draw(rt, "event")
			if err := events[i](); err == nil && rapid.IntRange(0, 3).Draw(rt, "again") > 0 {
				events = append(events[:i:i], events[i+1:]...)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"fact":  func(*rapid.T) { change() },
			"event": func(*rapid.T) { deliver() },
			"time": func(rt *rapid.T) {
				w.clock.Add(time.Duration(rapid.IntRange(1, 700).Draw(rt, "minutes")) * time.Minute)
			},
			"rebuild": func(*rapid.T) { _ = w.Rebuild(t.Context(), "c1", func(string) {}) },
			"count": func(rt *rapid.T) {
				w.facts.meanwhile = func() {
					switch rapid.IntRange(0, 9).Draw(rt, "meanwhile") {
					case 0:
						change()
					case 1:
						deliver()
					case 2: // another worker, once this one seems dead
						again := w.facts.meanwhile
						w.facts.meanwhile = nil
						w.clock.Add(time.Hour)
						_ = w.Work(t.Context())
						w.facts.meanwhile = again
					}
				}
				if n := rapid.IntRange(0, 3).Draw(rt, "killed at"); n > 0 {
					w.power.Cut(n, rapid.Bool().Draw(rt, "after the write"))
				}
				_ = w.Work(t.Context())
				w.power.Restore()
				w.facts.meanwhile = nil
			},
		})
		for _, e := range events {
			if err := e(); err != nil {
				rt.Fatal(err)
			}
		}
		for range 3 { // a lease, a rest, and the count of what was asked then
			w.clock.Add(time.Hour)
			if err := w.Work(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		want, err := w.Count(t.Context(), w.camps["c1"], w.clock.Now())
		if err != nil {
			rt.Fatal(err)
		}
		got := stats.Count{Completion: want.Completion, Streaks: want.Streaks, AsOf: want.AsOf, Levels: want.Levels}
		if f, err := w.store.Get(t.Context(), "c1"); err == nil {
			got = f.Count
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("(-rebuilt +running)\n%s", diff)
		}
	})
}

// Ten thousand people who enrol at once ask for one count, not for ten thousand.
func TestWhatComesTogetherIsCountedTogether(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for i := range 100 {
		if err := w.Heard(t.Context(), domain.Key("c1", fmt.Sprint("m", i))); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.store.Get(t.Context(), "c1")
	if err != nil || f.Rev != 1 {
		t.Fatalf("%d writes, %v", f.Rev, err)
	}
	if err := w.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f, _ = w.store.Get(t.Context(), "c1"); f.Run != 0 {
		t.Error("it is counted at once, while more is coming")
	}
	w.clock.Add(time.Minute)
	if err := w.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f, _ = w.store.Get(t.Context(), "c1"); f.Run != 1 || !f.DueAt.Equal(at(2, 2)) {
		t.Errorf("run %d, and next at %s", f.Run, f.DueAt)
	}
}

// BenchmarkCount counts the learners of a camp of 300 days from memory: what the rules alone cost.
func BenchmarkCount(b *testing.B) {
	w := newWorld()
	in := w.camps["c1"]
	in.End = in.Start.Add(299)
	var days []domain.Day
	var marks []checkin.Mark
	for i := range 300 {
		d := in.Start.Add(i)
		days = append(days, d)
		if i%7 < 5 {
			marks = append(marks, checkin.Mark{Day: d, At: in.Calendar.Start(d).Add(time.Hour)})
		}
	}
	e := enrolment.Enrolment{State: enrolment.Active, ActiveAt: at(1, 9)}
	for b.Loop() {
		c := stats.NewCounter(in, days, risk.Default, at(1, 9).AddDate(2, 0, 0))
		for range 100 {
			c.Stay(e, marks, course.Progress{})
		}
		c.Result()
	}
}
