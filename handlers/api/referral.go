package api

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
	"yingdi/domain/referral"
)

// ReferralOffer is what there is to earn by a camp.
type ReferralOffer struct {
	Open     bool    `json:"open" doc:"Whether recommending the camp earns anything now"`
	Rates    []int   `json:"rates" nullable:"false" doc:"By level, at most two, in hundredths of a percent of the tuition"`
	Says     string  `json:"says" doc:"The terms in words, to be read before one takes part"`
	Promoter bool    `json:"promoter" doc:"Whether I am a promoter"`
	Barred   string  `json:"barred" doc:"Why I am no longer one; empty if I am"`
	Why      string  `json:"why" doc:"Why it earns nothing now, for me to read; empty if it does"`
	Link     *Shared `json:"link" doc:"With what I share the camp; null unless I am a promoter. The poster with my code is the operation invite-card"`
}

func (a *api) referralOffer(ctx context.Context, in *CampPath) (*Answer[ReferralOffer], error) {
	o, err := a.Referrals.Look(ctx, in.Camp)
	var refusal *domain.Error
	if errors.Is(err, referral.ErrNoPlan) || errors.Is(err, referral.ErrStopped) {
		errors.As(err, &refusal)
		return answer(ReferralOffer{Rates: []int{}, Why: said(refusal)}), nil
	}
	return answer(a.referralOfferOf(o)), err
}

func (a *api) referralOfferOf(o referral.Offer) ReferralOffer {
	if o.Plan.ID == "" {
		return ReferralOffer{Rates: []int{}}
	}
	v := ReferralOffer{Open: true, Rates: o.Plan.Terms.Rates, Says: o.Plan.Terms.Sentence(), Promoter: o.Scene != ""}
	if o.Promoter != nil {
		v.Barred = o.Promoter.Reason
	}
	if o.Scene != "" {
		shared := a.shared(o.Scene)
		v.Link = &shared
	}
	return v
}

func (a *api) joinReferral(ctx context.Context, in *CampPath) (*Made[ReferralOffer], error) {
	o, fresh, err := a.Referrals.Join(ctx, in.Camp)
	return made(a.referralOfferOf(o), fresh), err
}

// ReferralBinding says whether I am recommended.
type ReferralBinding struct {
	Bound bool       `json:"bound"`
	Until *time.Time `json:"until" doc:"How long that counts; null if I am not"`
	Why   string     `json:"why" doc:"Why I am not, in words"`
}

func (a *api) bindReferral(ctx context.Context, in *ScenePath) (*Answer[ReferralBinding], error) {
	b, err := a.Referrals.Arrive(ctx, in.Scene)
	var refusal *domain.Error
	switch {
	case err == nil:
		return answer(ReferralBinding{Bound: true, Until: moment(b.Until)}), nil
	case errors.As(err, &refusal) && referral.Refuses(refusal):
		return answer(ReferralBinding{Why: refusal.Message}), nil
	}
	return nil, err
}

// Referral is what I recommend of one organiser, and what that brought.
type Referral struct {
	Organiser string     `json:"organiser" doc:"Id of the organiser"`
	Name      string     `json:"name" doc:"Of the organiser"`
	JoinedAt  time.Time  `json:"joined_at"`
	Barred    string     `json:"barred" doc:"Why new orders no longer earn me anything; empty if they do"`
	People    int64      `json:"people" doc:"Who came by me"`
	Orders    int        `json:"orders" doc:"That earned me something"`
	Frozen    domain.Fen `json:"frozen" doc:"Of all amounts, in fen: not in the wallet yet"`
	Available domain.Fen `json:"available" doc:"In the wallet"`
	Withdrawn domain.Fen `json:"withdrawn"`
	Reversed  domain.Fen `json:"reversed" doc:"Went back with refunds"`
}

func (a *api) referrals(ctx context.Context, in *Page) (*Answer[List[Referral]], error) {
	list, next, err := a.Referrals.Mine(ctx, in.page())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.Organiser
	}
	names, err := a.Organisers.Names(ctx, ids)
	return listOf(list, next, func(m referral.Mine) Referral {
		return Referral{
			Organiser: m.Organiser, Name: names[m.Organiser], JoinedAt: m.JoinedAt, Barred: m.Reason, People: m.Bound, Orders: m.Sums.Orders,
			Frozen: m.Sums.Frozen, Available: m.Sums.Available, Withdrawn: m.Sums.Withdrawn, Reversed: m.Sums.Reversed,
		}
	}), err
}

// CommissionBack is a part of a commission that went back.
type CommissionBack struct {
	Amount domain.Fen `json:"amount" doc:"In fen"`
	Why    string     `json:"why"`
	At     time.Time  `json:"at"`
}

// Commission is what one order earned me.
type Commission struct {
	ID     string           `json:"id"`
	Camp   string           `json:"camp" doc:"Id of the camp"`
	Title  string           `json:"title" doc:"Of the camp"`
	Level  int              `json:"level" doc:"1: somebody whom I recommended; 2: somebody whom one of these recommended"`
	Rate   int              `json:"rate" doc:"In hundredths of a percent"`
	Base   domain.Fen       `json:"base" doc:"The tuition that was paid, in fen"`
	Amount domain.Fen       `json:"amount" doc:"What it earned, in fen"`
	Net    domain.Fen       `json:"net" doc:"What is left of it, in fen"`
	Stage  string           `json:"stage" enum:"frozen,available,withdrawn,reversed" doc:"Of what is left of it"`
	At     time.Time        `json:"at" doc:"When it was paid"`
	Until  time.Time        `json:"until" doc:"When it comes into the wallet, at the earliest"`
	Backs  []CommissionBack `json:"backs" nullable:"false" doc:"What went back, and why"`
}

type commissionsInput struct {
	WalletPath
	Page
	Stage string `query:"stage" enum:"frozen,available,withdrawn,reversed" doc:"Only these; all if left out"`
}

func (a *api) commissions(ctx context.Context, in *commissionsInput) (*Answer[List[Commission]], error) {
	list, next, err := a.Referrals.Statement(ctx, in.Organiser, referral.Stage(in.Stage), in.page())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.Camp
	}
	titles, err := a.Camps.Titles(ctx, ids)
	return listOf(list, next, func(c referral.Commission) Commission {
		v := Commission{
			ID: c.ID, Camp: c.Camp, Title: titles[c.Camp], Level: c.Level, Rate: c.Rate, Base: c.Base, Amount: c.Amount, Net: c.Net(),
			Stage: string(c.Stage), At: c.At, Until: c.Until, Backs: []CommissionBack{},
		}
		for _, b := range c.Backs {
			v.Backs = append(v.Backs, CommissionBack{b.Amount, b.Why(), b.At})
		}
		return v
	}), err
}

// RecommendedPerson is somebody who came by me.
type RecommendedPerson struct {
	Name  string    `json:"name" doc:"Masked"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until" doc:"How long their orders earn me something"`
}

type referralInput struct {
	WalletPath
	Page
}

func (a *api) recommended(ctx context.Context, in *referralInput) (*Answer[List[RecommendedPerson]], error) {
	list, next, err := a.Referrals.Brought(ctx, in.Organiser, in.page())
	return listOf(list, next, func(r referral.Recommended) RecommendedPerson { return RecommendedPerson{r.Name, r.At, r.Until} }), err
}

// ReferralRanking is how the promoters of an organiser stand.
type ReferralRanking struct {
	Rule   string          `json:"rule" doc:"By what they are ranked, and what decides between equals"`
	Places []ReferralPlace `json:"places" nullable:"false" doc:"The first twenty, and mine if it is among the first hundred"`
}

// ReferralPlace is a place in the ranking.
type ReferralPlace struct {
	Place  int        `json:"place"`
	Name   string     `json:"name" doc:"Masked, except for mine"`
	Mine   bool       `json:"mine"`
	Orders int        `json:"orders"`
	Net    domain.Fen `json:"net" doc:"In fen"`
}

func (a *api) referralRanking(ctx context.Context, in *WalletPath) (*Answer[ReferralRanking], error) {
	list, err := a.Referrals.Ranking(ctx, in.Organiser)
	v := ReferralRanking{Rule: referral.TieRule, Places: []ReferralPlace{}}
	for _, p := range list {
		v.Places = append(v.Places, ReferralPlace{p.N, p.Name, p.Mine, p.Orders, p.Net})
	}
	return answer(v), err
}
