package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/channel"
	"yingdi/domain/member"
)

// AssistCampaignPath is where an assist campaign lies.
type AssistCampaignPath struct {
	Campaign string `path:"campaign" pattern:"^[0-9A-Za-z_-]{1,40}$" patternDescription:"id" doc:"Id of the assist campaign"`
}

// AssistPath is where an assist lies.
type AssistPath struct {
	Assist string `path:"assist" pattern:"^[0-9A-Za-z_-]{1,40}$" patternDescription:"id" doc:"Id of the assist"`
}

// AssistCampaign is under which terms friends can bring a price down.
type AssistCampaign struct {
	ID       string     `json:"id"`
	Camp     string     `json:"camp"`
	Offer    string     `json:"offer" doc:"Id of the kind of seat"`
	Title    string     `json:"title"`
	Floor    domain.Fen `json:"floor" doc:"In fen, the price once all have helped"`
	Helpers  int        `json:"helpers" doc:"How many must help"`
	Hours    int        `json:"hours" doc:"In which they must"`
	Lock     int        `json:"lock_hours" doc:"For which the price then holds"`
	Coupons  bool       `json:"coupons" doc:"A coupon may be used besides"`
	EndsAt   time.Time  `json:"ends_at"`
	Sentence string     `json:"sentence" doc:"All of the terms in words"`
	Mine     string     `json:"mine" doc:"Id of my own assist that is under way; empty if there is none"`
	Left     int64      `json:"seconds_left" doc:"Until nobody can start any more, by the server's clock"`
	Why      string     `json:"why" doc:"Why I cannot start, for me to read; empty if I can"`
}

func (a *api) assistCampaigns(ctx context.Context, in *CampPath) (*Answer[List[AssistCampaign]], error) {
	list, err := a.Assists.Offers(ctx, in.Camp)
	now := a.Clock.Now()
	return listOf(list, "", func(o assist.Offer) AssistCampaign {
		t := o.Terms
		return AssistCampaign{
			ID: o.ID, Camp: o.Camp, Offer: t.Offer, Title: o.Title, Floor: t.Floor, Helpers: t.Helpers, Hours: t.Hours, Lock: t.Lock, Coupons: t.Coupons,
			EndsAt: o.EndsAt, Sentence: t.Sentence(), Mine: o.Mine, Left: secondsTo(o.EndsAt, now), Why: said(o.Why),
		}
	}), err
}

// Assist is one person's try to bring a price down with the help of friends.
type Assist struct {
	ID          string     `json:"id" doc:"Once it has reached the price, previews and orders take it"`
	Campaign    string     `json:"campaign"`
	Camp        string     `json:"camp"`
	CampTitle   string     `json:"camp_title"`
	Offer       string     `json:"offer"`
	Seat        string     `json:"seat" doc:"What the kind of seat is called"`
	Owner       Friend     `json:"owner" doc:"Who started it; left out of my own list"`
	State       string     `json:"state" enum:"open,reached,ordered,used,expired"`
	Says        string     `json:"says" doc:"The same in words"`
	Start       domain.Fen `json:"start" doc:"In fen, where the price began"`
	Price       domain.Fen `json:"price" doc:"In fen, where it is; it can be had only once it is the floor"`
	Floor       domain.Fen `json:"floor" doc:"In fen, where it will be"`
	Helpers     int        `json:"helpers" doc:"How many must help"`
	Missing     int        `json:"missing" doc:"How many are still to come"`
	Until       time.Time  `json:"until" doc:"By when they must"`
	Left        int64      `json:"seconds_left" doc:"Until then, or until the price that was reached ends, by the server's clock; stands still while paused"`
	Paused      bool       `json:"paused" doc:"The campaign is paused, and its time with it"`
	LockedUntil *time.Time `json:"locked_until" doc:"Until when the price that was reached holds"`
	Order       string     `json:"order" doc:"Id of my order that has the price; empty without one, and for others"`
	Mine        bool       `json:"mine" doc:"I started it"`
	MyCut       domain.Fen `json:"my_cut" doc:"In fen, what my own help took off; 0 if I have not helped"`
	MayHelp     bool       `json:"may_help"`
	Why         string     `json:"why" doc:"Why I cannot help, for me to read"`
	Helps       []Helped   `json:"helps" nullable:"false" doc:"What friends did, the first first; left out of my own list"`
	Sentence    string     `json:"sentence" doc:"The terms in words"`
}

// Friend is somebody who takes part, as all who have the link see them.
type Friend struct {
	Nickname string `json:"nickname"`
	Avatar   string `json:"avatar" doc:"Address, or empty; ends after a while"`
}

// Helped is what one friend did.
type Helped struct {
	Friend
	Cut domain.Fen `json:"cut" doc:"In fen"`
	At  time.Time  `json:"at"`
}

func (a *api) assistOf(v assist.View) Assist {
	end := v.ExpiresAt
	if v.State == assist.Reached {
		end = v.LockedUntil
	}
	shown := Assist{
		ID: v.ID, Campaign: v.Campaign, Camp: v.Camp, CampTitle: v.In.Title, Offer: v.Offer, Seat: v.Seat, State: string(v.State), Says: v.Says(),
		Start: v.Start, Price: v.Price(), Floor: v.Terms.Floor, Helpers: v.Terms.Helpers, Missing: v.Missing(), Until: v.ExpiresAt,
		Left: secondsTo(end, a.Clock.Now()), Paused: v.Paused, LockedUntil: moment(v.LockedUntil), Mine: v.Mine,
		MayHelp: v.Why == nil && v.Did == nil, Why: said(v.Why), Helps: []Helped{}, Sentence: v.Terms.Sentence(),
	}
	if v.Mine {
		shown.Order = v.Order
	}
	if v.Did != nil {
		shown.MyCut = v.Did.Cut
	}
	return shown
}

// assisted is an assist with the people who take part.
func (a *api) assisted(ctx context.Context, id string) (Assist, error) {
	v, err := a.Assists.Look(ctx, id)
	if err != nil {
		return Assist{}, err
	}
	cards := make([]member.Card, 0, len(v.People))
	for _, card := range v.People {
		cards = append(cards, card)
	}
	people, err := a.people(ctx, cards...)
	if err != nil {
		return Assist{}, err
	}
	friend := func(id string) Friend { return Friend{people[id].Nickname, people[id].Avatar} }
	shown := a.assistOf(v)
	shown.Owner = friend(v.Member)
	for _, h := range v.Helps {
		shown.Helps = append(shown.Helps, Helped{friend(h.Member), h.Cut, h.At})
	}
	return shown, nil
}

func (a *api) assist(ctx context.Context, in *AssistPath) (*Answer[Assist], error) {
	shown, err := a.assisted(ctx, in.Assist)
	return answer(shown), err
}

func (a *api) startAssist(ctx context.Context, in *AssistCampaignPath) (*Made[Assist], error) {
	begun, fresh, err := a.Assists.Begin(ctx, in.Campaign)
	if err != nil {
		return nil, err
	}
	shown, err := a.assisted(ctx, begun.ID)
	return made(shown, fresh), err
}

func (a *api) helpAssist(ctx context.Context, in *AssistPath) (*Answer[Assist], error) {
	if _, _, err := a.Assists.Help(ctx, in.Assist); err != nil {
		return nil, err
	}
	shown, err := a.assisted(ctx, in.Assist)
	return answer(shown), err
}

func (a *api) shareAssist(ctx context.Context, in *AssistPath) (*Answer[Shared], error) {
	v, err := a.Assists.Look(ctx, in.Assist)
	if err != nil {
		return nil, err
	}
	scene, err := a.Channels.For(ctx, channel.Target{Kind: channel.ToAssist, Camp: v.Camp, Ref: v.ID, Member: domain.ActorFrom(ctx).Member})
	return answer(a.shared(scene)), err
}

func (a *api) myAssists(ctx context.Context, in *Page) (*Answer[List[Assist]], error) {
	list, next, err := a.Assists.Mine(ctx, in.page())
	return listOf(list, next, a.assistOf), err
}
