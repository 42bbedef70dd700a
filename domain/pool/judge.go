package pool

import (
	"cmp"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

// Judge is the published predicate: it depends on nothing but the facts, whatever the clock and their order.
func (r Rules) Judge(f Facts) Verdict {
	v := Verdict{Needed: r.Needed(len(f.Scheduled)), Homework: f.Passed + f.Waiting}
	best := bestMarks(f)
	days, counted := make([]byte, len(f.Scheduled)), make([]time.Time, 0, len(f.Scheduled))
	var madeUp []int
	for i, day := range f.Scheduled {
		m, done := best[day]
		switch {
		case done && !m.MadeUp:
			days[i] = byte(DayDone)
			counted = append(counted, m.At)
		case granted(f.Granted, day) != nil:
			days[i] = byte(DayGranted)
			counted = append(counted, granted(f.Granted, day).At)
		case done:
			days[i] = byte(DayOver)
			madeUp = append(madeUp, i)
		case day < f.Joined:
			days[i] = byte(DayBefore)
		default:
			days[i] = byte(DayMissed)
		}
	}
	// Of those made up, the first ones count.
	slices.SortStableFunc(madeUp, func(a, b int) int { return best[f.Scheduled[a]].At.Compare(best[f.Scheduled[b]].At) })
	for _, i := range madeUp[:min(len(madeUp), r.MakeUps)] {
		days[i] = byte(DayMadeUp)
		counted = append(counted, best[f.Scheduled[i]].At)
		v.MadeUp++
	}
	v.Days, v.Done = string(days), len(counted)
	slices.SortFunc(counted, time.Time.Compare)
	if v.Done >= v.Needed && v.Needed > 0 {
		v.At = counted[v.Needed-1].UTC().Truncate(time.Microsecond)
	}
	v.Qualified = v.Done >= v.Needed && v.Homework >= r.Homework
	return v
}

// bestMarks are the marks that stand for their days: the earliest that is on time, else the earliest.
func bestMarks(f Facts) map[domain.Day]checkin.Mark {
	best := make(map[domain.Day]checkin.Mark, len(f.Marks))
	for _, m := range f.Marks {
		had, ok := best[m.Day]
		switch {
		case m.Day < f.Joined:
		case !ok, had.MadeUp && !m.MadeUp, had.MadeUp == m.MadeUp && m.At.Before(had.At):
			best[m.Day] = m
		}
	}
	return best
}

func granted(list []Grant, day domain.Day) *Grant {
	if i := slices.IndexFunc(list, func(g Grant) bool { return g.Day == day }); i >= 0 {
		return &list[i]
	}
	return nil
}

// rank orders winners: who qualified earlier comes first, then by id. It is how ties for the last fen are broken.
func rank(a, b winner) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.member, b.member))
}
