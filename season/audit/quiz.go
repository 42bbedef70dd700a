package audit

import "time"

// Try is an attempt that somebody began.
type Try struct {
	ID     string
	Quiz   string
	Member string
	Words  string // the last answer that was acknowledged, empty for none
}

// Peek is one answer of the server's that has to do with a quiz.
type Peek struct {
	Quiz    string
	Member  string
	Attempt string // that it shows, if it does
	Start   string // the learner's own first day
	At      time.Time
	Leaks   bool // it says what is right, or why
}

// inTime: nobody is shown what is right before the quiz's rule says so, and everybody afterwards.
func inTime(t *trial, f *finding) {
	facts := t.whole.of(t.Circle.Camp)
	camp := camps(facts.Camps)[t.Circle.Camp]
	quizzes, days := map[string]Quiz{}, map[string]string{}
	for _, q := range t.whole.Quizzes {
		quizzes[q.ID] = q
	}
	for _, task := range facts.Tasks {
		days[task.Quiz] = task.Day
	}
	over, first := map[string]time.Time{}, map[[2]string]time.Time{}
	for _, a := range t.whole.Attempts {
		over[a.ID] = a.FinishedAt
		key := [2]string{a.Quiz, a.Member}
		if at := first[key]; !a.FinishedAt.IsZero() && (at.IsZero() || a.FinishedAt.Before(at)) {
			first[key] = a.FinishedAt
		}
	}
	for _, p := range t.Peeks {
		q := quizzes[p.Quiz]
		from := first[[2]string{p.Quiz, p.Member}] // an answer may show any attempt that is over
		if p.Attempt != "" {
			from = over[p.Attempt]
		}
		if q.Reveal == "close" {
			if closed := closing(camp, days[p.Quiz], q.Days, p.Start); closed.After(from) && !from.IsZero() {
				from = closed
			}
		}
		may := !from.IsZero() && !p.At.Before(from)
		f.expect(may || !p.Leaks, "%s was shown the answers of quiz %s at %s", p.Member, p.Quiz, p.At.Format(time.RFC3339))
		f.expect(!may || p.Leaks || p.Attempt == "", "%s was not shown the answers of attempt %s at %s", p.Member, p.Attempt, p.At.Format(time.RFC3339))
	}
}

// closing is when a quiz closes to somebody who begins the camp on a day of their own: at the end of the last of its days,
// which is never after their own last day.
func closing(camp Camp, day string, days int, start string) time.Time {
	shift := between(camp.Start, start)
	last := min(later(day, shift+days-1), later(camp.End, shift))
	place, err := time.LoadLocation(camp.Calendar.Zone)
	if err != nil {
		return time.Time{}
	}
	end, err := time.ParseInLocation(layout, later(last, 1), place)
	if err != nil {
		return time.Time{}
	}
	return end.Add(time.Duration(camp.Calendar.CutOff) * time.Hour)
}

// between counts the days from one to another.
func between(from, to string) int {
	a, err := time.Parse(layout, from)
	if err != nil {
		return 0
	}
	b, err := time.Parse(layout, to)
	if err != nil {
		return 0
	}
	return int(b.Sub(a) / (24 * time.Hour))
}

// attempts: each is over in time, nobody has more of them than allowed in their present stay, what was kept is there, and
// the points are those of the right answers.
func attempts(t *trial, f *finding) {
	quizzes, tries, used := map[string]Quiz{}, map[string]Try{}, map[[2]string]int{}
	for _, q := range t.whole.Quizzes {
		quizzes[q.ID] = q
	}
	for _, try := range t.Circle.Tries {
		tries[try.ID] = try
	}
	gone, joined := t.gone(), map[string]string{}
	for _, e := range t.whole.of(t.Circle.Camp).Enrolments {
		joined[e.Member] = t.circleDay(e.ActiveAt)
	}
	found := map[string]bool{}
	for _, a := range t.whole.Attempts {
		found[a.ID] = true
		key := [2]string{a.Quiz, a.Member}
		if t.circleDay(a.StartedAt) >= joined[a.Member] {
			used[key]++
		}
		f.expect(used[key] <= quizzes[a.Quiz].Attempts, "%s tried quiz %s %d times", a.Member, a.Quiz, used[key])
		f.expect(a.State == "finished" || a.State == "abandoned", "attempt %s is still %s", a.ID, a.State)
		f.expect(!a.FinishedAt.After(a.GraceAt), "attempt %s ended after its time", a.ID)
		try, ok := tries[a.ID]
		f.expect(ok, "nobody began attempt %s", a.ID)
		if _, is := gone[a.Member]; is {
			continue
		}
		var points int64
		for _, e := range a.Entries {
			if e.Kind != "fill_in" {
				continue
			}
			f.expect(e.Answer.Text == try.Words, "attempt %s does not hold the answer that was kept", a.ID)
			if e.Answer.Text == t.Circle.Password {
				points += e.Full
			}
		}
		f.expect(a.Mark == points, "attempt %s has %d hundredths of points and deserves %d", a.ID, a.Mark, points)
	}
	for id := range tries {
		f.expect(found[id], "attempt %s was begun and is gone", id)
	}
}

// circleDay is the day of the circle's calendar that an instant belongs to.
func (t *trial) circleDay(at time.Time) string {
	c := camps(t.whole.Camps)[t.Circle.Camp]
	day, err := dayAt(at, c.Calendar.Zone, c.Calendar.CutOff)
	if err != nil {
		return ""
	}
	return day
}
