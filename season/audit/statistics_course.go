package audit

import "slices"

// walk counts the levels of a course that a learner has finished, of those that have a task, and the days on which they
// stood still: two without a beginning, or five after what they did last.
func (c *tally) walk(member string, active map[string]bool, from, gone string) (due, done int) {
	var p Progress
	if at := slices.IndexFunc(c.facts.Progress, func(p Progress) bool { return p.Member == member }); at >= 0 {
		p = c.facts.Progress[at]
	}
	levels, did := map[string]bool{}, map[string]bool{}
	for _, task := range c.facts.Tasks {
		if task.RemovedAt.IsZero() {
			levels[task.Level] = true
		}
	}
	for day := range active {
		did[day] = true
	}
	for _, l := range p.Levels {
		if l.Finished.IsZero() {
			continue
		}
		if did[c.on(l.Finished)] = true; levels[l.Level] {
			done++
		}
	}
	last := ""
	for day := from; day < gone && day <= c.today; day = later(day, 1) {
		if !p.Finished.IsZero() && day >= c.on(p.Finished) {
			break
		}
		if did[day] {
			last = day
		}
		if last == "" && between(from, day) >= 2 || last != "" && between(last, day) >= 5 {
			c.day(day).AtRisk++
		}
	}
	return len(levels), done
}
