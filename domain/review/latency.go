package review

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
)

// Latency is how long learners waited for their reviews, by reviewer.
type Latency struct {
	Camp      camp.Camp
	Reviewers []Pace // who reviewed the most first
	People    map[string]member.Card
}

// Pace is how fast one reviewer was.
type Pace struct {
	Reviewer string
	All      Waits
	Days     []DayWaits // the newest first
}

// DayWaits is one day of it, by the camp's calendar.
type DayWaits struct {
	Day domain.Day
	Waits
}

// Waits sums up how long it took from handing in to the release.
type Waits struct {
	Count       int
	Median, P90 time.Duration // nearest rank
}

// Answered is one hand-in that was answered: the first release about it. What changed the mark later is no answer.
type Answered struct {
	Reviewer          string
	HandedAt, Release time.Time
}

// Answers lists what a review has answered, that can no longer be undone.
func (r Review) Answers(now time.Time) (list []Answered) {
	last := -1
	for _, p := range r.Told(now) {
		if p.Judged.Redo > last && !p.Judged.HandedAt.IsZero() {
			list = append(list, Answered{p.Reviewer, p.Judged.HandedAt, p.At})
		}
		last = p.Judged.Redo
	}
	return list
}

// Paces groups answers by reviewer and by the day of the release.
func Paces(answers []Answered, in domain.Calendar) []Pace {
	type key struct {
		reviewer string
		day      domain.Day
	}
	waits, days := map[key][]time.Duration{}, map[string][]domain.Day{}
	for _, a := range answers {
		k, took := key{a.Reviewer, in.Day(a.Release)}, max(0, a.Release.Sub(a.HandedAt))
		if len(waits[k]) == 0 {
			days[a.Reviewer] = append(days[a.Reviewer], k.day)
		}
		waits[k] = append(waits[k], took)
		waits[key{reviewer: a.Reviewer}] = append(waits[key{reviewer: a.Reviewer}], took)
	}
	paces := make([]Pace, 0, len(days))
	for _, reviewer := range slices.Sorted(maps.Keys(days)) {
		p := Pace{Reviewer: reviewer, All: sumUp(waits[key{reviewer: reviewer}])}
		slices.Sort(days[reviewer])
		for _, day := range slices.Backward(days[reviewer]) {
			p.Days = append(p.Days, DayWaits{day, sumUp(waits[key{reviewer, day}])})
		}
		paces = append(paces, p)
	}
	slices.SortStableFunc(paces, func(a, b Pace) int { return cmp.Compare(b.All.Count, a.All.Count) })
	return paces
}

func sumUp(waits []time.Duration) Waits {
	slices.Sort(waits)
	rank := func(part float64) time.Duration { return waits[int(math.Ceil(part*float64(len(waits))))-1] }
	return Waits{Count: len(waits), Median: rank(0.5), P90: rank(0.9)}
}

// MaxLatencyDays is how far back latency is told.
const MaxLatencyDays = 30

// Latency of a camp's reviews in the last days, from the reviews themselves, for its staff.
func (s *Service) Latency(ctx context.Context, campID string, days int) (Latency, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Latency{}, err
	}
	var check domain.Check
	check.Range("days", "天数", days, 1, MaxLatencyDays)
	if err := check.Err(); err != nil {
		return Latency{}, err
	}
	now := s.Clock.Now()
	from := in.Calendar.Start(in.Calendar.Day(now).Add(1 - days))
	var answers []Answered
	for r, err := range domain.Each(func(page domain.Page) ([]Review, domain.Cursor, error) {
		return s.Store.ReleasedSince(ctx, campID, from, page)
	}) {
		if err != nil {
			return Latency{}, err
		}
		for _, a := range r.Answers(now) {
			if !a.Release.Before(from) {
				answers = append(answers, a)
			}
		}
	}
	l := Latency{Camp: in, Reviewers: Paces(answers, in.Calendar)}
	people := make([]string, len(l.Reviewers))
	for i, p := range l.Reviewers {
		people[i] = p.Reviewer
	}
	l.People, err = s.Members.Cards(ctx, people)
	return l, err
}
