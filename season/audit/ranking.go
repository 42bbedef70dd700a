package audit

import (
	"cmp"
	"slices"
	"time"
)

// line is what somebody's check-ins come to.
type line struct {
	Ranked
	reached time.Time // when the last of the days was done
}

// ranking: everybody who has done something stands in it once: more days first, then the longer run of days, then whoever
// was done earlier, then the smaller id.
func ranking(t *trial, f *finding) {
	first := map[[2]string]time.Time{}
	for _, c := range t.Facts.Checkins {
		key := [2]string{c.Member, c.Day}
		if at, ok := first[key]; c.State != "rejected" && c.State != "deleted" && (!ok || c.SubmittedAt.Before(at)) {
			first[key] = c.SubmittedAt
		}
	}
	var lines []line
	for _, e := range t.Enrolments {
		l, run := line{Ranked: Ranked{Member: e.Member}}, 0
		for _, day := range t.taskDays {
			at, done := first[[2]string{e.Member, day}]
			if !done {
				run = 0
				continue
			}
			run++
			l.Days, l.Streak = l.Days+1, max(l.Streak, run)
			if at.After(l.reached) {
				l.reached = at
			}
		}
		if l.Days > 0 {
			lines = append(lines, l)
		}
	}
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(b.Days-a.Days, b.Streak-a.Streak, a.reached.Compare(b.reached), cmp.Compare(a.Member, b.Member))
	})
	f.expect(len(t.Ranking) == len(lines), "the ranking has %d lines and should have %d", len(t.Ranking), len(lines))
	for i, l := range lines[:min(len(lines), len(t.Ranking))] {
		l.Rank = i + 1
		f.expect(t.Ranking[i] == l.Ranked, "line %d of the ranking says %+v and should say %+v", i+1, t.Ranking[i], l.Ranked)
	}
}

// perDay is how many messages one person gets on one day at most, where nothing else is configured.
const perDay = 5

// allowed: no message is sent at night, more often than allowed, or of a kind that the person has switched off.
func allowed(t *trial, f *finding) {
	place, err := time.LoadLocation("Asia/Shanghai")
	f.expect(err == nil, "there is no clock for messages")
	sent := map[[2]string]int{}
	for _, n := range t.Notices {
		if n.Outcome != "sent" || err != nil {
			continue
		}
		wall := n.SentAt.In(place)
		clock := wall.Format("15:04")
		f.expect(clock >= "07:30" && clock < "22:00", "notice %s was sent at %s", n.ID, clock)
		f.expect(n.Kind != "reminder" || !slices.Contains(t.Hushed, n.Member), "reminder %s was sent to somebody who wants none", n.ID)
		key := [2]string{n.Member, wall.Format(layout)}
		sent[key]++
		f.expect(sent[key] <= perDay, "%s got %d messages on %s", n.Member, sent[key], key[1])
	}
}
