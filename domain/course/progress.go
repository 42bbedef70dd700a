package course

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/lesson"
	"yingdi/domain/risk"
)

// Progress is how far one learner has come in one course; its id is camp:member. It only grows: what has opened stays
// open, and what was finished stays finished, whatever becomes of the rules, the tasks or what was handed in.
type Progress struct {
	domain.Doc
	Camp     string    `json:"camp"`
	Member   string    `json:"member"`
	Levels   []Reached `json:"levels"` // in the order in which they opened
	At       string    `json:"at"`     // the level that the learner is at
	Since    time.Time `json:"since"`  // when they came there
	Finished time.Time `json:"finished,omitzero"`
	LookAt   time.Time `json:"look_at"` // when to look again at the latest
}

// Reached is a level that has opened to a learner.
type Reached struct {
	Level    string    `json:"level"`
	Opened   time.Time `json:"opened"`
	Because  []Reason  `json:"because,omitempty"` // the facts that did it; none for a level that is open from the start
	Finished time.Time `json:"finished,omitzero"`
}

// EventAdvanced says that a level has opened or was finished.
const EventAdvanced = "course:advanced"

// ProgressID of a learner in a course.
func ProgressID(camp, member string) string { return domain.Key(camp, member) }

// safety is how long nothing looks at a learner's progress at most.
const safety = 24 * time.Hour

// Reached returns a level as it stands for the learner; the zero one if it has not opened.
func (p Progress) Reached(level string) Reached {
	at := slices.IndexFunc(p.Levels, func(r Reached) bool { return r.Level == level })
	if at < 0 {
		return Reached{}
	}
	return p.Levels[at]
}

// Open reports whether the level has opened.
func (p Progress) Open(level string) bool { return p.Reached(level).Level != "" }

// advance opens and finishes what the facts allow, one thing after the other, until nothing more follows. ErrSame if
// that is nothing.
func (p *Progress) advance(c Course, tasks []lesson.Task, f Facts, now time.Time) error {
	byLevel := map[string][]lesson.Task{}
	for _, t := range tasks {
		byLevel[t.Level] = append(byLevel[t.Level], t)
	}
	moved := false
	for again := true; again; {
		again = false
		f.Finished = p.finished()
		for _, l := range c.Levels {
			if len(byLevel[l.ID]) == 0 { // still being written
				continue
			}
			if !p.Open(l.ID) && l.Rule.Met(f) {
				p.Levels = append(p.Levels, Reached{Level: l.ID, Opened: now, Because: l.Rule.Because(f)})
				again = true
			}
			if p.Open(l.ID) && !f.Finished[l.ID] && allDone(byLevel[l.ID], f.Done) {
				p.finish(l.ID, now)
				again = true
				break // with the facts as they are now
			}
		}
		moved = moved || again
	}
	if at := p.current(c, byLevel); at != p.At {
		p.At, p.Since, moved = at, now, true
	}
	if p.Finished.IsZero() && p.allFinished(c, byLevel) {
		p.Finished, moved = now, true
	}
	if !moved {
		return domain.ErrSame
	}
	p.Emit(EventAdvanced, now, nil)
	return nil
}

func allDone(tasks []lesson.Task, done map[string]bool) bool {
	return !slices.ContainsFunc(tasks, func(t lesson.Task) bool { return !done[t.ID] })
}

// Going is how the learner goes on, by the days of a calendar.
func (p Progress) Going(in domain.Calendar) risk.Going {
	var g risk.Going
	for _, r := range p.Levels {
		if !r.Finished.IsZero() {
			g.Days = append(g.Days, in.Day(r.Finished))
		}
	}
	if !p.Finished.IsZero() {
		g.Finished = in.Day(p.Finished)
	}
	return g
}

func (p Progress) finished() map[string]bool {
	set := map[string]bool{}
	for _, r := range p.Levels {
		if !r.Finished.IsZero() {
			set[r.Level] = true
		}
	}
	return set
}

func (p *Progress) finish(level string, now time.Time) {
	for i := range p.Levels {
		if p.Levels[i].Level == level {
			p.Levels[i].Finished = now
		}
	}
}

// current is the first level, in the course's order, that is open and not finished; the last finished one if there is
// none.
func (p Progress) current(c Course, byLevel map[string][]lesson.Task) string {
	at := ""
	for _, l := range c.Levels {
		switch r := p.Reached(l.ID); {
		case r.Level == "" || len(byLevel[l.ID]) == 0:
		case r.Finished.IsZero():
			return l.ID
		default:
			at = l.ID
		}
	}
	return at
}

func (p Progress) allFinished(c Course, byLevel map[string][]lesson.Task) bool {
	any := false
	for _, l := range c.Levels {
		if len(byLevel[l.ID]) == 0 {
			continue
		}
		if any = true; p.Reached(l.ID).Finished.IsZero() {
			return false
		}
	}
	return any
}

// nextLook is when time alone may open something: the start of the day that a rule waits for, and the next safety look
// at the latest.
func (p Progress) nextLook(c Course, calendar domain.Calendar, enrolled domain.Day, f Facts, now time.Time) time.Time {
	next := now.Add(safety)
	for _, l := range c.Levels {
		if p.Open(l.ID) {
			continue
		}
		l.Rule.each(func(r Rule) {
			if r.Op == OpDays && r.N > f.Days {
				if at := calendar.Start(enrolled.Add(r.N)); at.After(now) && at.Before(next) {
					next = at
				}
			}
		})
	}
	return next
}
