package groupbuy

import (
	"cmp"
	"context"
	"slices"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/source"
)

// Watched is a campaign as who runs it looks at it.
type Watched struct {
	Campaign
	Tally  Tally
	Effect Effect // of ending it now
	Days   []DayTally
	Odd    []source.Source
	Groups []Group // a page of them, the newest first
	People map[string]member.Card
	Next   domain.Cursor
}

// Tally counts groups by what became of them, and the people in them.
type Tally struct {
	Groups    map[Stage]int
	Paid      int // who wait for their group
	Confirmed int // who are in by one
	Refunding int
	Refunded  int
}

// All is how many groups there are.
func (t Tally) All() (n int) {
	for _, of := range t.Groups {
		n += of
	}
	return n
}

// DayTally is what became of the groups that opened on a day.
type DayTally struct {
	Day    domain.Day
	Groups map[Stage]int
}

// calendar is whose days are counted, and in whose time people are told of instants.
var calendar = domain.Calendar{Zone: "Asia/Shanghai"}

// Watch shows a campaign to those who may run it, with a page of its groups in a stage, or of all for an empty one.
func (s *Service) Watch(ctx context.Context, id string, in Stage, page domain.Page) (Watched, error) {
	c, err := s.ForStaff(ctx, id)
	if err != nil {
		return Watched{}, err
	}
	w := Watched{Campaign: c, Tally: Tally{Groups: map[Stage]int{}}}
	days := map[domain.Day]map[Stage]int{}
	for _, stage := range Stages {
		for f, err := range s.Store.Facts(ctx, id, stage) {
			if err != nil {
				return w, err
			}
			w.Effect.Add(f)
			w.Tally.add(f)
			day := calendar.Day(f.Opened)
			if days[day] == nil {
				days[day] = map[Stage]int{}
			}
			days[day][f.State]++
		}
	}
	for day, groups := range days {
		w.Days = append(w.Days, DayTally{day, groups})
	}
	slices.SortFunc(w.Days, func(a, b DayTally) int { return cmp.Compare(a.Day, b.Day) })
	if w.Odd, _, err = s.Sources.Odd(ctx, id, domain.Page{Limit: 20}); err != nil {
		return w, err
	}
	if w.Groups, w.Next, err = s.Store.OfCampaign(ctx, id, in, page); err != nil {
		return w, err
	}
	var people []string
	for _, g := range w.Groups {
		people = append(people, g.Leader)
		for _, seat := range g.Seats {
			people = append(people, seat.Member)
		}
	}
	for _, odd := range w.Odd {
		for _, take := range odd.Takes {
			people = append(people, take.Member)
		}
	}
	w.People, err = s.Members.Cards(ctx, people)
	return w, err
}

func (t *Tally) add(f Fact) {
	t.Groups[f.State]++
	t.Paid, t.Confirmed = t.Paid+f.Paid, t.Confirmed+f.Confirmed
	t.Refunding, t.Refunded = t.Refunding+f.Refunding, t.Refunded+f.Refunded
}
