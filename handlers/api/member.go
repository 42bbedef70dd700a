package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Member is the acting person.
type Member struct {
	ID       string    `json:"id"`
	Nickname string    `json:"nickname"`
	Avatar   string    `json:"avatar" doc:"Short-lived link; empty if there is none"`
	Wish     string    `json:"wish,omitempty" doc:"A nickname that waits for a person's word; the old one stays until then"`
	Phone    string    `json:"phone" doc:"Masked; empty if none is bound" example:"138****0000"`
	Staff    bool      `json:"staff" doc:"May sign in to the console"`
	JoinedAt time.Time `json:"joined_at"`
}

// Person is what others see of somebody.
type Person struct {
	ID       string `json:"id"`
	Nickname string `json:"nickname"`
	Avatar   string `json:"avatar" doc:"Short-lived link; empty if there is none to show"`
}

func (a *api) me(ctx context.Context, _ *none) (*Answer[Member], error) {
	return a.answerSelf(ctx)(a.Members.Me(ctx))
}

type changeMeInput struct {
	Body struct {
		Nickname *string `json:"nickname,omitempty" maxLength:"30"`
		Avatar   *string `json:"avatar,omitempty" maxLength:"64" doc:"Id of a picture of one's own"`
	}
}

func (a *api) changeMe(ctx context.Context, in *changeMeInput) (*Answer[Member], error) {
	return a.answerSelf(ctx)(a.Members.SetProfile(ctx, member.Profile(in.Body)))
}

type bindPhoneInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"128" doc:"What the getPhoneNumber button gave"`
	}
}

func (a *api) bindPhone(ctx context.Context, in *bindPhoneInput) (*Answer[Member], error) {
	return a.answerSelf(ctx)(a.Members.BindPhone(ctx, in.Body.Code))
}

func (a *api) answerSelf(ctx context.Context) func(member.Member, error) (*Answer[Member], error) {
	return func(m member.Member, err error) (*Answer[Member], error) {
		if err != nil {
			return nil, err
		}
		me, err := a.self(ctx, m)
		return answer(me), err
	}
}

// self is a person as they see themselves.
func (a *api) self(ctx context.Context, m member.Member) (Member, error) {
	links, err := a.pictures(ctx, true, m.Avatar)
	wish := ""
	if m.Wish.Waits() {
		wish = m.Wish.Nickname
	}
	return Member{
		ID: m.ID, Nickname: m.Nickname, Avatar: links[m.Avatar], Wish: wish, Phone: a.Members.MyPhone(m), JoinedAt: m.JoinedAt,
		Staff: domain.Actor{Member: m.ID, Grants: m.Grants}.Has(domain.RightConsole, domain.Place{}),
	}, err
}

// people prepares what others see of these persons, their avatars in one round trip.
func (a *api) people(ctx context.Context, cards ...member.Card) (map[string]Person, error) {
	ids := make([]string, len(cards))
	for i, card := range cards {
		ids[i] = card.Avatar
	}
	links, err := a.pictures(ctx, false, ids...)
	if err != nil {
		return nil, err
	}
	people := make(map[string]Person, len(cards))
	for _, card := range cards {
		people[card.ID] = Person{card.ID, card.Nickname, links[card.Avatar]}
	}
	return people, nil
}
