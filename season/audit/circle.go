package audit

import (
	"slices"
	"strings"
	"time"
)

// Circle is the small camp in which people come and go.
type Circle struct {
	Camp    string
	Course  string
	Seats   int
	Quota   int // of make-ups
	Window  int // days in which they can be made
	End     time.Time
	Fellows []Fellow

	Password string // the right answer of the quizzes' question that is answered in words
	Tries    []Try
}

// Fellow is one person of the circle.
type Fellow struct {
	Name    string // at WeChat, and part of everything that they wrote
	Member  string
	State   string // of their place, by the last answer
	Gone    bool   // does nothing any more
	Revoked bool   // at WeChat
	AskedAt time.Time
	Works   []Work
}

// Work is something that a fellow handed in.
type Work struct {
	ID       string
	Text     string   // as it was acknowledged last
	Earlier  []string // what it was before, the oldest first
	Redone   int
	Homework bool
	Deleted  bool
	Passed   bool
	Ruled    string // how it stands by the last decision, empty for none
}

// Private is whom nothing may be found of.
func (p Promises) Private() (names []string) {
	for _, f := range p.Circle.Fellows {
		if f.Gone {
			names = append(names, f.Name)
		}
	}
	return names
}

// of returns what of the facts belongs to a camp; what belongs to none stays.
func (f Facts) of(camp string) Facts {
	beneath := func(id string) bool { return strings.HasPrefix(id, camp+":") }
	f.Camps = keep(f.Camps, func(c Camp) bool { return c.ID == camp })
	f.Tasks = keep(f.Tasks, func(t Task) bool { return t.Camp == camp })
	f.Enrolments = keep(f.Enrolments, func(e Enrolment) bool { return e.Camp == camp })
	f.Checkins = keep(f.Checkins, func(c Checkin) bool { return c.Camp == camp })
	f.Likes = keep(f.Likes, func(l Like) bool { return beneath(l.Checkin) })
	f.Comments = keep(f.Comments, func(c Comment) bool { return beneath(c.Checkin) })
	f.Reviews = keep(f.Reviews, func(r Review) bool { return beneath(r.ID) })
	f.Cards = keep(f.Cards, func(c Card) bool { return c.Camp == camp })
	return f
}

// only is of, without what belongs to no camp.
func (f Facts) only(camp string) Facts {
	f = f.of(camp)
	f.Notices = keep(f.Notices, func(n Notice) bool { return n.Camp == camp })
	f.Attempts = keep(f.Attempts, func(a Attempt) bool { return a.Camp == camp })
	f.Progress = keep(f.Progress, func(p Progress) bool { return p.Camp == camp })
	f.Orders = keep(f.Orders, func(o Order) bool { return o.Camp == camp })
	return f
}

func keep[T any](list []T, is func(T) bool) (kept []T) {
	for _, one := range list {
		if is(one) {
			kept = append(kept, one)
		}
	}
	return kept
}

// places: those who hold a seat are never more than there are, the counter says how many, whoever waits does so because
// there is none, and those who were offered one had waited longer than those who still do.
func places(t *trial, f *finding) {
	facts := t.whole.of(t.Circle.Camp)
	state, seated := map[string]string{}, 0
	var lastOffer, firstWaiting time.Time
	waiting := 0
	for _, e := range facts.Enrolments {
		state[e.Member] = e.State
		switch e.State {
		case "active", "offered", "held":
			seated++
		case "waiting":
			waiting++
			if firstWaiting.IsZero() || e.QueuedAt.Before(firstWaiting) {
				firstWaiting = e.QueuedAt
			}
		}
		if e.State == "offered" && e.QueuedAt.After(lastOffer) {
			lastOffer = e.QueuedAt
		}
		f.expect(e.State != "reserving", "enrolment %s is still being made", e.ID)
	}
	f.expect(seated <= t.Circle.Seats, "%d seats are taken of %d", seated, t.Circle.Seats)
	f.expect(t.Counters["seats:"+t.Circle.Camp] == int64(seated), "the counter says %d of %d seats", t.Counters["seats:"+t.Circle.Camp], seated)
	f.expect(waiting == 0 || seated == t.Circle.Seats, "%d people wait while %d of %d seats are taken", waiting, seated, t.Circle.Seats)
	f.expect(lastOffer.IsZero() || firstWaiting.IsZero() || !lastOffer.After(firstWaiting), "somebody was offered a seat before those who had waited longer")
	for _, who := range t.Circle.Fellows {
		if who.Gone {
			late := !who.Revoked && camps(facts.Camps)[t.Circle.Camp].overBy(who.AskedAt.Add(grace)) // whose seat is nobody's use any more
			f.expect(state[who.Member] != "active" || !t.isForgotten(who) || late, "%s is gone and keeps a seat", who.Member)
			continue
		}
		got := state[who.Member]
		moved := who.State == "waiting" && (got == "offered" || got == "lapsed") || who.State == "offered" && got == "lapsed"
		f.expect(got == who.State || moved || who.State == "none" && got == "" || who.State == "", "%s was told %q about their place and it is %q", who.Member, who.State, got)
	}
}

// makeUps: only days that had gone by, of the learner's own stay, soon enough, and not more of them than allowed.
func makeUps(t *trial, f *finding) {
	facts := t.whole.of(t.Circle.Camp)
	camp := camps(facts.Camps)[t.Circle.Camp]
	joined, made := map[string]string{}, map[string][]string{}
	for _, e := range facts.Enrolments {
		joined[e.Member], _ = dayAt(e.ActiveAt, camp.Calendar.Zone, camp.Calendar.CutOff)
	}
	for _, c := range facts.Checkins {
		if !c.MadeUp || c.State == "deleted" {
			continue
		}
		on, err := dayAt(c.SubmittedAt, camp.Calendar.Zone, camp.Calendar.CutOff)
		f.expect(err == nil && c.Day < on && on <= later(c.Day, t.Circle.Window), "%s was made up on %s", c.ID, on)
		if c.State != "rejected" && c.Day >= joined[c.Member] && !slices.Contains(made[c.Member], c.Day) {
			made[c.Member] = append(made[c.Member], c.Day)
		}
	}
	for member, days := range made {
		f.expect(len(days) <= t.Circle.Quota, "%s has made up %d days of %d", member, len(days), t.Circle.Quota)
	}
}

func camps(list []Camp) map[string]Camp {
	byID := map[string]Camp{}
	for _, c := range list {
		byID[c.ID] = c
	}
	return byID
}

func later(day string, days int) string {
	at, err := time.Parse(layout, day)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, days).Format(layout)
}

// works: what was acknowledged is there as it was last, with everything that it was before; what was deleted is empty;
// and what a teacher returned was done again once for each return.
func works(t *trial, f *finding) {
	facts := t.whole.of(t.Circle.Camp)
	found, known, reviews := map[string]Checkin{}, map[string]bool{}, map[string]Review{}
	for _, c := range facts.Checkins {
		found[c.ID] = c
	}
	for _, r := range facts.Reviews {
		reviews[r.ID] = r
	}
	for _, who := range t.Circle.Fellows {
		for _, w := range who.Works {
			known[w.ID] = true
			c, ok := found[w.ID]
			f.expect(ok && c.Member == who.Member, "%s was acknowledged and is gone", w.ID)
			if t.isForgotten(who) || !ok {
				continue
			}
			if w.Deleted {
				f.expect(c.State == "deleted" && c.Text == "" && c.Likes == 0 && c.Comments == 0, "%s was deleted and is %s", w.ID, c.State)
				continue
			}
			var before []string
			for _, s := range c.Submissions {
				before = append(before, s.Text)
			}
			f.expect(c.State != "deleted" && c.Text == w.Text && slices.Equal(before, w.Earlier), "%s is not what was acknowledged", w.ID)
			r := reviews[w.ID]
			f.expect(r.Round >= w.Redone, "%s was done again %d times and returned %d times", w.ID, w.Redone, r.Round)
			f.expect(w.Passed == (r.State == "released" && r.Released.Return == nil && r.Round > 0), "%s has passed: %v, by its review %s", w.ID, w.Passed, r.State)
		}
	}
	for _, c := range facts.Checkins {
		f.expect(known[c.ID], "check-in %s was never acknowledged", c.ID)
	}
}

// ruled: content stands as the last decision about it says, or as it stood before one that was taken back.
func ruled(t *trial, f *finding) {
	stands := map[string]string{}
	for _, who := range t.Circle.Fellows {
		for _, w := range who.Works {
			if w.Ruled != "" && !w.Deleted && !t.isForgotten(who) {
				stands[w.ID] = w.Ruled
			}
		}
	}
	cases := map[string]Case{}
	for _, c := range t.whole.Cases {
		cases[c.Target] = c
		f.expect(len(slices.Compact(slices.Sorted(slices.Values(c.Heard)))) == len(c.Heard), "case %s counts somebody's report twice", c.ID)
	}
	for _, c := range t.whole.Checkins {
		want, ok := stands[c.ID]
		if !ok {
			continue
		}
		f.expect(c.State == want, "%s is %s and was decided to be %s", c.ID, c.State, want)
		rulings := cases[c.ID].Rulings
		f.expect(len(rulings) == 1 && rulings[0].UndoneAt.IsZero() == (want == "hidden"), "the case of %s does not say that it is %s", c.ID, want)
	}
}
