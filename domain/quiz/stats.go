package quiz

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"yingdi/domain"
)

// Statistics is how a quiz was answered, counted over first attempts that are finished: later ones have seen it before.
type Statistics struct {
	Attempts int
	Passed   int
	Share    float64 // of the points, on average, 0 to 1
	Items    []ItemStatistics
	Cut      bool // there are more attempts than were counted
}

// ItemStatistics is how one question was answered.
type ItemStatistics struct {
	Question string
	Content  // as it was asked last
	Asked    int
	Blank    int
	Full     int     // answers that got all points
	Share    float64 // of its points, on average: 1 is a question that everybody knows
	Given    []Given // options in their order with how often each was chosen; of fill-ins, the most frequent wrong answers
}

// Given is one answer and how often it was given.
type Given struct {
	Text  string
	Right bool
	Count int
}

// Limits of one count.
const (
	maxCounted = 5000
	maxGiven   = 8
)

// Tally counts attempts one by one.
type Tally struct {
	attempts, passed int
	share            float64
	order            []string
	items            map[string]*itemTally
}

type itemTally struct {
	last               Entry
	asked, blank, full int
	graded             int
	share              float64
	given              map[string]int
}

// Add counts one finished attempt.
func (t *Tally) Add(a Attempt) {
	t.attempts++
	if a.Passed() {
		t.passed++
	}
	if full := a.Full(); full > 0 {
		t.share += float64(a.Mark) / float64(full)
	}
	for _, e := range a.Entries {
		if t.items[e.Question] == nil {
			if t.items == nil {
				t.items = map[string]*itemTally{}
			}
			t.items[e.Question] = &itemTally{given: map[string]int{}}
			t.order = append(t.order, e.Question)
		}
		t.items[e.Question].add(e)
	}
}

func (t *itemTally) add(e Entry) {
	t.asked++
	if e.Version >= t.last.Version {
		t.last = e
	}
	if e.Answer.Blank() {
		t.blank++
	}
	if e.Graded {
		t.graded++
		t.share += float64(e.Mark) / float64(max(e.Full, 1))
		if e.Mark == e.Full {
			t.full++
		}
	}
	for _, o := range e.Answer.Options {
		t.given[e.Options[o]]++
	}
	if e.Kind == FillIn && e.Mark == 0 && !e.Answer.Blank() {
		t.given[Normalise(e.Answer.Text)]++
	}
}

// Statistics sums up.
func (t *Tally) Statistics() Statistics {
	s := Statistics{Attempts: t.attempts, Passed: t.passed, Share: t.share / float64(max(t.attempts, 1))}
	for _, id := range t.order {
		s.Items = append(s.Items, t.items[id].statistics(id))
	}
	return s
}

func (t *itemTally) statistics(id string) ItemStatistics {
	s := ItemStatistics{
		Question: id, Content: t.last.Content, Asked: t.asked, Blank: t.blank, Full: t.full, Share: t.share / float64(max(t.graded, 1)),
	}
	for i, o := range s.Options {
		s.Given = append(s.Given, Given{o, slices.Contains(s.Right, i), t.given[o]})
	}
	if s.Kind == FillIn {
		wrong := slices.SortedFunc(maps.Keys(t.given), func(a, b string) int { return cmp.Or(t.given[b]-t.given[a], cmp.Compare(a, b)) })
		for _, text := range wrong[:min(len(wrong), maxGiven)] {
			s.Given = append(s.Given, Given{Text: text, Count: t.given[text]})
		}
	}
	return s
}

// Statistics counts a quiz's first attempts for the camp's staff.
func (s *Service) Statistics(ctx context.Context, campID, id string) (Paper, Statistics, error) {
	p, err := s.Paper(ctx, campID, id, domain.RightCampView)
	if err != nil {
		return p, Statistics{}, err
	}
	var tally Tally
	var cut bool
	for a, err := range domain.Each(func(page domain.Page) ([]Attempt, domain.Cursor, error) { return s.Attempts.First(ctx, id, page) }) {
		if err != nil {
			return p, Statistics{}, err
		}
		if cut = tally.attempts >= maxCounted; cut {
			break
		}
		tally.Add(a)
	}
	sum := tally.Statistics()
	sum.Cut = cut
	return p, sum, nil
}
