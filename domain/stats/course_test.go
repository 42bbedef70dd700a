package stats_test

import (
	"testing"

	"yingdi/domain/camp"
	"yingdi/domain/stats"
)

func newCourse() *world {
	w := newWorld()
	in := w.camps["c1"]
	in.Kind, in.End = camp.KindCourse, camp.Forever
	w.camps["c1"] = in
	return w
}

func TestACourseCountsWhoIsHowFarWithItsLevels(t *testing.T) {
	t.Parallel()
	w := newCourse()
	for _, m := range []string{"an", "bo", "cy", "di"} {
		w.facts.enter(m, at(1, 9), 0)
	}
	w.facts.advance("an", 0, at(1, 9))
	w.facts.advance("bo", 1, at(1, 10))
	w.facts.advance("cy", 3, at(1, 11))
	w.facts.advance("di", 2, at(1, 11))
	w.facts.leave("di", at(1, 12)) // is counted no more
	c := w.count(t, at(1, 20))
	same(t, []stats.Level{
		{ID: "l1", Title: "第一关", Opened: 3, Finished: 2, At: 1},
		{ID: "l2", Title: "第二关", Opened: 2, Finished: 1, At: 1},
		{ID: "l3", Title: "第三关", Opened: 1, Finished: 1},
	}, c.Levels)
	same(t, 1, c.Finished)
	same(t, []int{1, 0, 1, 0, 0, 1}, c.Completion) // none, a third, all
}

func TestWhoStandsStillInACourseIsAtRisk(t *testing.T) {
	t.Parallel()
	w := newCourse() // two days without a beginning, or five of quiet
	w.facts.enter("an", at(1, 9), 0)
	w.facts.enter("bo", at(1, 9), 0)
	w.facts.enter("cy", at(1, 9), 0)
	w.facts.advance("cy", 3, at(2, 9)) // is through
	w.facts.advance("bo", 1, at(2, 9))
	w.facts.hand("bo", 3, at(3, 9))
	got := map[int]int{}
	for _, d := range w.count(t, at(9, 20)).Days {
		if d.AtRisk > 0 {
			got[d.Day.Since("2026-03-01")+1] = d.AtRisk
		}
	}
	same(t, map[int]int{3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 2, 9: 2}, got)
}
