package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/channel"
	"yingdi/domain/groupbuy"
	"yingdi/domain/member"
)

// GroupbuyPath is where a group-buy campaign lies.
type GroupbuyPath struct {
	Groupbuy string `path:"groupbuy" pattern:"^[0-9A-Za-z_-]{1,40}$" patternDescription:"id" doc:"Id of the group-buy campaign"`
}

// GroupPath is where a group lies.
type GroupPath struct {
	Group string `path:"group" pattern:"^[0-9A-Za-z_-]{1,40}:[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the group"`
}

// Groupbuy is a campaign under which seats are sold to groups.
type Groupbuy struct {
	ID        string     `json:"id" doc:"Ordering with it opens a group"`
	Camp      string     `json:"camp"`
	Offer     string     `json:"offer" doc:"Id of the kind of seat"`
	Title     string     `json:"title"`
	Size      int        `json:"size" doc:"How many make a group"`
	Leader    domain.Fen `json:"leader" doc:"In fen, for who opens a group"`
	Member    domain.Fen `json:"member" doc:"In fen, for who joins one"`
	Hours     int        `json:"hours" doc:"Until a group must be full"`
	Coupons   bool       `json:"coupons" doc:"A coupon may be used besides"`
	PerPerson int        `json:"per_person" doc:"How many groups one person can succeed with"`
	EndsAt    time.Time  `json:"ends_at"`
	Sentence  string     `json:"sentence" doc:"All of the terms in words"`
	Mine      string     `json:"mine" doc:"Id of the group that I am in and that still forms; empty if there is none"`
	Left      int64      `json:"seconds_left" doc:"Until its end, by the server's clock"`
	Why       string     `json:"why" doc:"Why I cannot open a group, for me to read; empty if I can"`
}

func (a *api) groupbuys(ctx context.Context, in *CampPath) (*Answer[List[Groupbuy]], error) {
	list, err := a.Groupbuys.OfCamp(ctx, in.Camp)
	now := a.Clock.Now()
	return listOf(list, "", func(o groupbuy.Offered) Groupbuy {
		t := o.Terms
		return Groupbuy{
			ID: o.ID, Camp: o.Camp, Offer: t.Offer, Title: o.Title, Size: t.Size, Leader: t.Leader, Member: t.Member, Hours: t.Hours, Coupons: t.Coupons,
			PerPerson: t.PerPerson, EndsAt: o.EndsAt, Sentence: t.Sentence(), Mine: o.Mine, Left: secondsTo(o.EndsAt, now), Why: said(o.Why),
		}
	}), err
}

// Group is some people who buy together.
type Group struct {
	ID       string     `json:"id" doc:"Ordering with it joins the group"`
	Groupbuy string     `json:"groupbuy" doc:"Id of the campaign"`
	Camp     string     `json:"camp"`
	Offer    string     `json:"offer"`
	State    string     `json:"state" enum:"forming,succeeded,failed"`
	Cause    string     `json:"cause" enum:"expired,empty,stopped," doc:"Of a failure"`
	Size     int        `json:"size"`
	Free     int        `json:"free" doc:"Seats that nobody holds"`
	Missing  int        `json:"missing" doc:"Payments until it is full"`
	Price    domain.Fen `json:"price" doc:"In fen, for who joins"`
	Until    time.Time  `json:"until" doc:"When it must be full"`
	Left     int64      `json:"seconds_left" doc:"Until then, by the server's clock"`
	People   []Fellow   `json:"people" nullable:"false" doc:"Who has paid, the first first"`
	Mine     string     `json:"mine" enum:"reserved,paid,confirmed,released,refunding,refunded," doc:"How my own seat stands; empty without one"`
	Says     string     `json:"says" doc:"How it stands for me and what happens next, in words"`
	Order    string     `json:"order" doc:"Id of my order that the seat is of; empty without one"`
	PayBy    *time.Time `json:"pay_by" doc:"Of my reserved seat: until when it is kept for me"`
	Paused   bool       `json:"paused" doc:"The campaign takes nobody in; who has a seat keeps it"`
	Joinable bool       `json:"joinable" doc:"I could ask for a seat now"`
	Why      string     `json:"why" doc:"Why I cannot join, for me to read; empty if I can, or have a seat"`
	Sentence string     `json:"sentence" doc:"The terms in words"`
}

// Fellow is somebody in a group, as all who have its link see them.
type Fellow struct {
	Nickname string `json:"nickname"`
	Avatar   string `json:"avatar" doc:"Address, or empty; ends after a while"`
	Leader   bool   `json:"leader"`
}

func (a *api) groupsOf(ctx context.Context, views ...groupbuy.View) ([]Group, error) {
	var cards []member.Card
	for _, v := range views {
		cards = append(cards, v.In...)
	}
	people, err := a.people(ctx, cards...)
	if err != nil {
		return nil, err
	}
	now := a.Clock.Now()
	groups := make([]Group, len(views))
	for i, v := range views {
		g := Group{
			ID: v.ID, Groupbuy: v.Campaign, Camp: v.Camp, Offer: v.Offer, State: string(v.State), Cause: string(v.Cause), Size: v.Size, Free: v.Free,
			Missing: v.Missing, Price: v.Price, Until: v.ExpiresAt, Left: secondsTo(v.ExpiresAt, now), People: []Fellow{},
			Mine: string(v.Mine.State), Says: v.Says(), Order: v.Mine.Order, Paused: v.Paused, Joinable: v.Joinable, Why: said(v.Why), Sentence: v.Sentence,
		}
		if v.Mine.State == groupbuy.Reserved {
			g.PayBy = moment(v.Mine.PayBy)
		}
		for _, card := range v.In {
			p := people[card.ID]
			g.People = append(g.People, Fellow{p.Nickname, p.Avatar, card.ID == v.Leader})
		}
		groups[i] = g
	}
	return groups, nil
}

func (a *api) shareGroup(ctx context.Context, in *GroupPath) (*Answer[Shared], error) {
	v, err := a.Groupbuys.Look(ctx, in.Group)
	if err != nil {
		return nil, err
	}
	scene, err := a.Channels.For(ctx, channel.Target{Kind: channel.ToGroup, Camp: v.Camp, Ref: v.ID, Member: domain.ActorFrom(ctx).Member})
	return answer(a.shared(scene)), err
}

type groupsInput struct {
	GroupbuyPath
	Page
}

func (a *api) groups(ctx context.Context, in *groupsInput) (*Answer[List[Group]], error) {
	views, next, err := a.Groupbuys.Joinable(ctx, in.Groupbuy, in.page())
	if err != nil {
		return nil, err
	}
	list, err := a.groupsOf(ctx, views...)
	return listOf(list, next, func(g Group) Group { return g }), err
}

func (a *api) group(ctx context.Context, in *GroupPath) (*Answer[Group], error) {
	v, err := a.Groupbuys.Look(ctx, in.Group)
	if err != nil {
		return nil, err
	}
	list, err := a.groupsOf(ctx, v)
	if err != nil {
		return nil, err
	}
	return answer(list[0]), nil
}
