package audit

import "slices"

// written finds the levels of a course that have a task.
func (c *tally) written(courses []Course) {
	for _, course := range courses {
		if course.ID != c.camp.ID {
			continue
		}
		for _, l := range course.Levels {
			if slices.ContainsFunc(c.facts.Tasks, func(task Task) bool { return task.Level == l.ID && task.RemovedAt.IsZero() }) {
				c.levels = append(c.levels, l.ID)
			}
		}
	}
	c.into.Levels = make([]LevelCount, len(c.levels))
}

// walked counts how far somebody is in a course, and the days on which they stood still: two without having begun, or five
// since they last did something, while they are not through with it.
func (c *tally) walked(e Enrolment, from, gone string, active map[string]bool) (due, done int) {
	through := "9999-12-31"
	for _, p := range c.facts.Progress {
		if p.Member != e.Member {
			continue
		}
		if !p.Finished.IsZero() {
			through = c.on(p.Finished)
		}
		for _, l := range p.Levels {
			at := slices.Index(c.levels, l.Level)
			if day := c.on(l.Finished); !l.Finished.IsZero() && day >= from {
				active[day] = true
			}
			if at < 0 || e.State != "active" {
				continue
			}
			c.into.Levels[at].Opened++
			if !l.Finished.IsZero() {
				c.into.Levels[at].Finished++
				done++
			}
		}
	}
	if e.State == "active" && through <= c.today {
		c.into.Finished++
	}
	last := ""
	for day := from; day <= c.today && day < gone; day = later(day, 1) {
		if active[day] {
			last = day
		}
		if day < through && (last == "" && between(from, day) >= 2 || last != "" && between(last, day) >= 5) {
			c.day(day).AtRisk++
		}
	}
	return len(c.levels), done
}
