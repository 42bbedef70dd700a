package season

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPlanFollowsFromItsSeed(t *testing.T) {
	t.Parallel()
	one, same, other := NewPlan(40, 10, 7), NewPlan(40, 10, 7), NewPlan(40, 10, 8)
	if diff := cmp.Diff(one, same); diff != "" {
		t.Errorf("the same seed gives two plans:\n%s", diff)
	}
	if cmp.Equal(one.Seats, other.Seats) {
		t.Error("another seed gives the same plan")
	}
	for day := 1; day <= 10; day++ {
		for _, s := range one.Seats {
			first, ok := one.Visit(s, day)
			again, okAgain := one.Visit(s, day)
			if diff := cmp.Diff(first, again); ok != okAgain || diff != "" {
				t.Fatalf("seat %d on day %d is asked twice and does two things:\n%s", s.N, day, diff)
			}
		}
	}
}

func TestAPlanHoldsEverythingThatPeopleDo(t *testing.T) {
	t.Parallel()
	p := NewPlan(200, 21, 1)
	seen := map[string]bool{}
	note := func(what string, is bool) {
		if is {
			seen[what] = true
		}
	}
	for day := 1; day <= p.Days; day++ {
		for _, s := range p.Seats {
			v, ok := p.Visit(s, day)
			if !ok {
				note("absence", true)
				continue
			}
			if s.Quits > 0 && day >= s.Quits {
				t.Errorf("seat %d has quit and comes on day %d", s.N, day)
			}
			for what, is := range map[string]bool{
				"morning": v.At == Morning, "evening": v.At == Evening, "night": v.At == Night, "picture": v.Picture,
				"recording": v.Recording, "spoilt file": v.Spoilt, "abandoned file": v.Abandoned, "double tap": v.Twice && v.SameKey,
				"double tap with two keys": v.Twice && !v.SameKey, "two phones": v.Other != "", "edit": v.Edit != "", "yesterday's task": v.Late,
				"own date": v.OwnDate, "unseen": v.Unseen, "new sign-in": v.Login, "unlike": v.Unlike && len(v.Likes) > 0,
				"comment": v.Comment && len(v.Likes) > 0, "consent": v.Consents > 0, "topic": len(v.Topics) > 0, "topic in the text": strings.Contains(v.Text, "#"), "risky": v.Risk == risky, "suspicious": v.Risk == suspicious,
			} {
				note(what, is)
			}
			for _, liked := range v.Likes {
				if _, comes := p.Visit(p.Seats[liked], day-1); !comes || liked == s.N {
					t.Errorf("seat %d likes on day %d what seat %d has not handed in", s.N, day, liked)
				}
			}
			m, ok := p.Mark(s, day)
			note("review", ok)
			note("changed review", ok && m.Again)
		}
	}
	if len(seen) != 25 {
		t.Errorf("a long season shows only %d of 25 habits: %v", len(seen), seen)
	}
}

func TestWeChatHasEveryFaultInALongSeason(t *testing.T) {
	t.Parallel()
	p, seen := NewPlan(8, 100, 1), map[Fault]bool{}
	for day := 1; day <= p.Days; day++ {
		for _, at := range []Moment{Morning, Evening, Night} {
			for _, f := range p.Faults(day, at) {
				seen[f] = true
			}
		}
	}
	for _, f := range callFaults {
		if !seen[f] {
			t.Errorf("never: %+v", f)
		}
	}
	for _, push := range pushFaults {
		if !seen[Fault{Push: push}] {
			t.Errorf("never: %s", push)
		}
	}
}
