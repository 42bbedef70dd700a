package audit

import (
	"slices"
	"time"
)

// Map is what somebody saw of a course.
type Map struct {
	Member string
	Open   []string // levels
	Badges []string
}

// pupil is one learner of the course, with what they have done.
type pupil struct {
	*trial
	course  Course
	tasks   map[string][]string // by level
	handed  map[string]Checkin  // by task
	entered string              // the day of enrolment
}

// pupils are those of the course who have not gone, by member.
func (t *trial) pupils() map[string]pupil {
	facts, course := t.whole.of(t.Circle.Course), Course{}
	for _, c := range t.whole.Courses {
		if c.ID == t.Circle.Course {
			course = c
		}
	}
	tasks, list, gone := map[string][]string{}, map[string]pupil{}, t.gone()
	for _, task := range facts.Tasks {
		tasks[task.Level] = append(tasks[task.Level], task.ID)
	}
	for _, e := range facts.Enrolments {
		if _, is := gone[e.Member]; !is && e.State == "active" {
			list[e.Member] = pupil{t, course, tasks, map[string]Checkin{}, t.courseDay(e.ActiveAt)}
		}
	}
	for _, c := range facts.Checkins {
		if p, ok := list[c.Member]; ok {
			p.handed[c.Task] = c
		}
	}
	return list
}

func (t *trial) courseDay(at time.Time) string {
	c := camps(t.whole.Camps)[t.Circle.Course]
	day, err := dayAt(at, c.Calendar.Zone, c.Calendar.CutOff)
	if err != nil {
		return ""
	}
	return day
}

// done tells whether a task was done by an instant. What was done and has gone since did count once: with ever it does.
func (p pupil) done(task string, by time.Time, ever bool) bool {
	c, ok := p.handed[task]
	return ok && !c.SubmittedAt.After(by) && (ever || c.State != "deleted" && c.State != "rejected")
}

func (p pupil) count(by time.Time, ever bool) (n int) {
	for task := range p.handed {
		if p.done(task, by, ever) {
			n++
		}
	}
	return n
}

// reached works out from nothing but what was handed in which levels are open by an instant, and which are finished.
func (p pupil) reached(by time.Time, ever bool) (open, finished map[string]bool) {
	open, finished = map[string]bool{}, map[string]bool{}
	for again := true; again; {
		again = false
		for _, l := range p.course.Levels {
			if !open[l.ID] && p.met(l.Rule, finished, by, ever) {
				open[l.ID], again = true, true
			}
			left := slices.ContainsFunc(p.tasks[l.ID], func(task string) bool { return !p.done(task, by, ever) })
			if open[l.ID] && !finished[l.ID] && !left {
				finished[l.ID], again = true, true
			}
		}
	}
	return open, finished
}

func (p pupil) met(r Rule, finished map[string]bool, by time.Time, ever bool) bool {
	holds := func(part Rule) bool { return p.met(part, finished, by, ever) }
	switch r.Op {
	case "":
		return true
	case "all":
		return !slices.ContainsFunc(r.Of, func(part Rule) bool { return !holds(part) })
	case "any":
		return slices.ContainsFunc(r.Of, holds)
	case "level":
		return finished[r.ID]
	case "checkins":
		return p.count(by, ever) >= r.N
	case "days":
		return between(p.entered, p.courseDay(by)) >= r.N
	}
	return false
}

// unlocks: a level opens when its rule holds, and only then; it is never locked again.
func unlocks(t *trial, f *finding) {
	progress := map[string]Progress{}
	for _, p := range t.whole.Progress {
		if p.Camp == t.Circle.Course {
			progress[p.Member] = p
		}
	}
	for member, p := range t.pupils() {
		stored := map[string]bool{}
		for _, l := range progress[member].Levels {
			f.expect(!stored[l.Level], "level %s opened twice to %s", l.Level, member)
			stored[l.Level] = true
			open, _ := p.reached(l.Opened, true)
			f.expect(open[l.Level], "level %s opened to %s before its rule was met", l.Level, member)
			if !l.Finished.IsZero() {
				_, finished := p.reached(l.Finished, true)
				f.expect(finished[l.Level], "level %s was finished by %s before all was done", l.Level, member)
			}
		}
		open, _ := p.reached(t.Circle.End, false)
		for level := range open {
			f.expect(stored[level], "the rule of level %s is met for %s and it is locked", level, member)
		}
		t.neverBack(f, member, stored)
	}
}

// neverBack: whatever somebody saw open stays so.
func (t *trial) neverBack(f *finding, member string, stored map[string]bool) {
	had := map[string]bool{}
	for _, m := range t.Maps {
		if m.Member != member {
			continue
		}
		for level := range had {
			f.expect(slices.Contains(m.Open, level), "level %s was open to %s and is locked again", level, member)
		}
		for _, level := range m.Open {
			had[level] = true
			f.expect(stored[level], "%s saw level %s open, which it is not", member, level)
		}
	}
}

// badges: who has earned one has it, once, and nobody else has; and nobody loses one.
func badges(t *trial, f *finding) {
	badge, has := map[string]Badge{}, map[[2]string]bool{}
	for _, b := range t.whole.Badges {
		badge[b.ID] = b
	}
	for _, a := range t.whole.Awards {
		key := [2]string{a.Badge, a.Member}
		f.expect(a.Camp != t.Circle.Course || !has[key], "%s has badge %s twice", a.Member, a.Badge)
		has[key] = true
	}
	for member, p := range t.pupils() {
		for _, b := range badge {
			if b.Camp != t.Circle.Course {
				continue
			}
			held := has[[2]string{b.ID, member}]
			f.expect(held || !p.earned(b, false), "%s has earned badge %s and does not have it", member, b.ID)
			f.expect(!held || p.earned(b, true), "%s has badge %s for nothing", member, b.ID)
		}
	}
	for _, m := range t.Maps {
		seen := map[string]bool{}
		for _, id := range m.Badges {
			f.expect(!seen[id], "%s was shown badge %s twice", m.Member, id)
			_, left := t.gone()[m.Member]
			f.expect(left || has[[2]string{id, m.Member}], "%s has lost badge %s", m.Member, id)
			seen[id] = true
		}
	}
}

// earned tells whether a badge is deserved. Ever counts what was taken away since, too.
func (p pupil) earned(b Badge, ever bool) bool {
	_, finished := p.reached(p.Circle.End, ever)
	switch b.Earn.What {
	case "level":
		return finished[b.Earn.Level]
	case "course":
		return len(finished) == len(p.course.Levels)
	case "checkins":
		days := map[string]bool{}
		for task, c := range p.handed {
			if p.done(task, p.Circle.End, ever) {
				days[c.Day] = true
			}
		}
		return len(days) >= b.Earn.N
	}
	return false
}
