package groupbuy

import (
	"context"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
)

// View is what anybody may see of a group: who is in, how many are missing, and until when.
type View struct {
	ID        string
	Campaign  string
	Camp      string
	Offer     string
	State     Stage
	Cause     Cause
	Size      int
	Free      int // places that nobody has
	Missing   int // payments until it is full
	Price     domain.Fen
	ExpiresAt time.Time
	In        []member.Card // who has paid, the first first
	Leader    string        // the member who opened it
	Mine      SeatState     // of who looks; empty without a seat
	Joinable  bool
	Sentence  string // of the terms
}

// Offered is a campaign as learners see it.
type Offered struct {
	Campaign
	Mine string // the group of it that who looks is in; empty if none
}

// OfCamp lists the campaigns that a camp's seats are sold under now, the newest first. Returns domain.ErrNotFound for a camp
// that cannot be seen.
func (s *Service) OfCamp(ctx context.Context, campID string) ([]Offered, error) {
	if _, err := s.Camps.Get(ctx, campID); err != nil {
		return nil, err
	}
	list, _, err := s.Campaigns.Running(ctx, campID, domain.Page{})
	if err != nil {
		return nil, err
	}
	now, me := s.Clock.Now(), domain.ActorFrom(ctx).Member
	list = slices.DeleteFunc(list, func(c Campaign) bool { return c.MayEnter(true, now) != nil })
	offered, ids := make([]Offered, len(list)), make([]string, len(list))
	for i, c := range list {
		offered[i].Campaign = c
		if me != "" {
			ids[i] = EntryID(c.ID, me)
		}
	}
	if me == "" {
		return offered, nil
	}
	entries, err := s.Entries.GetMany(ctx, ids)
	for i := range offered {
		if e := entries[ids[i]]; e.Open != nil {
			offered[i].Mine = e.Open.Group
		}
	}
	return offered, err
}

// Look shows a group to anybody.
func (s *Service) Look(ctx context.Context, id string) (View, error) {
	g, err := s.Store.Get(ctx, id)
	if err != nil {
		return View{}, unknown(err, id)
	}
	views, err := s.views(ctx, []Group{g})
	if err != nil {
		return View{}, err
	}
	return views[0], nil
}

// Joinable lists the groups of a campaign that one can join now, the one that ends first first.
func (s *Service) Joinable(ctx context.Context, campaign string, page domain.Page) ([]View, domain.Cursor, error) {
	c, err := s.campaign(ctx, campaign)
	if err != nil || c.MayEnter(false, s.Clock.Now()) != nil {
		return nil, "", err
	}
	list, next, err := s.Store.Joinable(ctx, campaign, s.Clock.Now().Add(MinPay), page)
	if err != nil {
		return nil, "", err
	}
	views, err := s.views(ctx, list)
	return views, next, err
}

func (s *Service) views(ctx context.Context, groups []Group) ([]View, error) {
	campaigns, people := make([]string, 0, len(groups)), []string{}
	for _, g := range groups {
		campaigns = append(campaigns, g.Campaign)
		for _, seat := range g.Seats {
			if seat.State == Paid || seat.State == Confirmed {
				people = append(people, seat.Member)
			}
		}
	}
	of, err := s.Campaigns.GetMany(ctx, campaigns)
	if err != nil {
		return nil, err
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, err
	}
	now, me := s.Clock.Now(), domain.ActorFrom(ctx).Member
	views := make([]View, len(groups))
	for i, g := range groups {
		views[i] = g.view(of[g.Campaign], cards, me, now)
	}
	return views, nil
}

func (g Group) view(c Campaign, cards map[string]member.Card, me string, now time.Time) View {
	paid := g.Count(Paid, Confirmed)
	v := View{
		ID: g.ID, Campaign: g.Campaign, Camp: g.Camp, Offer: g.Terms.Offer, State: g.State, Cause: g.Cause, Size: g.Terms.Size,
		Free: max(g.Terms.Size-g.Taken(), 0), Missing: max(g.Terms.Size-paid, 0), Price: g.Terms.Member, ExpiresAt: g.ExpiresAt,
		Leader: g.Leader, Joinable: g.Joinable() && g.soonEnough(now) && c.MayEnter(false, now) == nil, Sentence: g.Terms.Sentence(),
	}
	if g.State == Succeeded { // also if somebody left after
		v.Free, v.Missing = 0, 0
	}
	for _, seat := range g.Seats {
		if seat.State == Paid || seat.State == Confirmed {
			v.In = append(v.In, cards[seat.Member])
		}
		if me != "" && seat.Member == me {
			v.Mine = seat.State
		}
	}
	return v
}
