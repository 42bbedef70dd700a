package stats

import (
	"yingdi/domain"
	"yingdi/domain/course"
	"yingdi/domain/risk"
)

// Levels tells of the levels of a course that have a task, before anybody's stay.
func (c *Counter) Levels(levels []course.Level) {
	c.levels = levels
	for _, l := range levels {
		c.count.Levels = append(c.count.Levels, Level{ID: l.ID, Title: l.Title})
	}
}

// walked counts how far a learner of a course is, and the days on which they stood still. Only those who are here now are
// counted by level.
func (c *Counter) walked(l learner, p course.Progress, here bool) (done, due int) {
	c.still(l, p.Going(c.in.Calendar))
	if !here {
		return 0, 0
	}
	for i, level := range c.levels {
		r := p.Reached(level.ID)
		row := &c.count.Levels[i]
		if r.Level != "" {
			row.Opened++
		}
		if !r.Finished.IsZero() {
			row.Finished++
			done++
		}
		if p.At == level.ID && p.Finished.IsZero() {
			row.At++
		}
	}
	if !p.Finished.IsZero() {
		c.count.Finished++
	}
	return done, len(c.levels)
}

// still counts the days on which a learner of a course was at risk, each by what was known on it, as far back as days are kept.
func (c *Counter) still(l learner, going risk.Going) {
	active := l.active
	for _, d := range going.Days {
		if d >= l.from {
			active[d] = true
		}
	}
	var done []domain.Day
	for d := range active {
		if first := c.count.AsOf.Add(1 - MaxDays); d < first && (done == nil || d > done[0]) {
			done = []domain.Day{d}
		}
	}
	for d := max(l.from, c.count.AsOf.Add(1-MaxDays)); d <= c.count.AsOf && l.there(d); d = d.Add(1) {
		if active[d] {
			done = []domain.Day{d}
		}
		f := risk.Facts{Free: true, Finished: going.Finished != "" && going.Finished <= d, Done: done, Joined: l.from, Today: d}
		if len(c.limits.Reasons(f)) > 0 {
			c.day(d).AtRisk++
		}
	}
}
