package groupbuy

import (
	"context"
	"errors"
	"fmt"
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
	Mine      Seat          // of who looks; the zero one without a seat
	Paused    bool          // the campaign takes nobody in
	Joinable  bool
	Why       *domain.Error // why who looks cannot join; nil if they can, or have a seat
	Sentence  string        // of the terms
	over      bool          // its time is up, and nobody has noted it yet
}

// Offered is a campaign as learners see it.
type Offered struct {
	Campaign
	Mine string        // the group of it that who looks is in; empty if none
	Why  *domain.Error // why they cannot open a group; nil if they can
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
		e := entries[ids[i]]
		if e.Open != nil {
			offered[i].Mine = e.Open.Group
		}
		errors.As(e.free("", list[i].Terms.PerPerson, now), &offered[i].Why)
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
	v, me := views[0], domain.ActorFrom(ctx).Member
	if v.Why == nil && me != "" && !v.Mine.Live() {
		e, err := s.entry(ctx, g.Campaign, me)
		if err != nil {
			return View{}, err
		}
		errors.As(e.free("", g.Terms.PerPerson, s.Clock.Now()), &v.Why)
		v.Joinable = v.Joinable && v.Why == nil
	}
	return v, nil
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
		Paused: g.State == Forming && c.State == Paused, over: g.State == Forming && !now.Before(g.ExpiresAt),
	}
	if g.State == Succeeded { // also if somebody left after
		v.Free, v.Missing = 0, 0
	}
	for _, seat := range g.Seats {
		if seat.State == Paid || seat.State == Confirmed {
			v.In = append(v.In, cards[seat.Member])
		}
		if me != "" && seat.Member == me {
			v.Mine = seat
		}
	}
	if v.Mine.Live() {
		return v
	}
	err := c.MayEnter(false, now)
	if g.Seats = slices.Clone(g.Seats); err == nil { // a try on our own copy
		err = g.Reserve(me, "try", now, now)
	}
	errors.As(err, &v.Why)
	return v
}

// Says tells in plain words how the group stands for who looks, and what happens next.
func (v View) Says() string {
	goes := fmt.Sprintf("还差 %d 人，%s前拼满即成团，没有拼满全额退款", v.Missing, when(v.ExpiresAt))
	switch {
	case v.Mine.State == Refunding:
		return v.Mine.Why.Text() + "，退款正在路上"
	case v.Mine.State == Refunded:
		return v.Mine.Why.Text() + "，退款已到账"
	case v.Mine.State == Confirmed:
		return "拼团成功，名额已经为你保留"
	case v.State == Succeeded:
		return "这个团已经拼满"
	case v.State == Failed:
		return "没有成团：" + v.Cause.text()
	case v.over:
		return "时间到了，正在确认最后的付款，很快就有结果"
	case v.Mine.State == Reserved:
		return "席位为你保留到" + when(v.Mine.PayBy) + "，请在这之前付款"
	case v.Paused && v.Mine.State != Paid:
		return "活动暂停中，现在不能参团"
	case v.Mine.State == Released:
		return "没有按时付款，席位已经让出；" + goes
	}
	return goes
}
