package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/coupon"
)

// CouponTemplatePath is where what coupons are made of lies.
type CouponTemplatePath struct {
	Template string `path:"template" pattern:"^[0-9A-Za-z_-]{1,40}$" patternDescription:"id" doc:"Id of the coupon template"`
}

// Coupon is a coupon of mine.
type Coupon struct {
	ID     string     `json:"id"`
	Title  string     `json:"title"`
	Says   string     `json:"says" doc:"What it takes off, in words"`
	State  string     `json:"state" enum:"unused,locked,used,expired,revoked"`
	From   *time.Time `json:"from" doc:"From when it holds; null: at once"`
	Until  time.Time  `json:"until" doc:"When it ends"`
	GotAt  time.Time  `json:"got_at"`
	Order  string     `json:"order" doc:"Id of the order that it waits in, or was used in"`
	Reason string     `json:"reason" doc:"Why it was revoked"`
	Camps  []string   `json:"camps" nullable:"false" doc:"Ids of the camps that it holds for; with no camps and no tags all of the organiser's"`
	Tags   []string   `json:"tags" nullable:"false" doc:"Or those with one of these tags"`
	Took   domain.Fen `json:"took" doc:"In fen, what it took off the order that it was used in"`
	Hint   string     `json:"hint" doc:"How it stands and what happens next, in words"`
}

func (a *api) couponOf(c coupon.Coupon) Coupon {
	now := a.Clock.Now()
	return Coupon{
		ID: c.ID, Title: c.Title, Says: c.Terms.Short(), State: string(c.State), From: moment(c.From), Until: c.Until, GotAt: c.GotAt, Order: c.Order,
		Took: c.Took, Hint: c.Hint(now), Reason: c.Reason, Camps: append([]string{}, c.Terms.Camps...), Tags: append([]string{}, c.Terms.Tags...),
	}
}

type myCouponsInput struct {
	Page
	State string `query:"state" enum:"unused,locked,used,expired,revoked" doc:"Only these; all if left out"`
}

func (a *api) coupons(ctx context.Context, in *myCouponsInput) (*Answer[List[Coupon]], error) {
	list, next, err := a.Coupons.Mine(ctx, coupon.Stage(in.State), in.page())
	return listOf(list, next, a.couponOf), err
}

// CouponOffer is what can be claimed.
type CouponOffer struct {
	ID        string `json:"id" doc:"Of the template; the coupon that one gets has an id of its own"`
	Title     string `json:"title"`
	Says      string `json:"says" doc:"What it takes off, in words"`
	Left      int64  `json:"left"`
	PerPerson int    `json:"per_person"`
	Mine      int    `json:"mine" doc:"How many of them I have got"`
	Valid     string `json:"valid" doc:"For how long one holds once one has it, in words"`
	Why       string `json:"why" doc:"Why I cannot claim one, for me to read; empty if I can"`
}

func (a *api) couponOffers(ctx context.Context, in *CampPath) (*Answer[List[CouponOffer]], error) {
	list, err := a.Coupons.Offers(ctx, in.Camp)
	return listOf(list, "", func(o coupon.Offer) CouponOffer {
		return CouponOffer{ID: o.ID, Title: o.Title, Says: o.Terms.Short(), Left: o.Left, PerPerson: o.PerPerson, Mine: o.Mine, Valid: o.Terms.Valid(), Why: said(o.Why)}
	}), err
}

type claimInput struct {
	CouponTemplatePath
	Body struct {
		Number int `json:"number,omitempty" minimum:"1" maximum:"20" default:"1" doc:"Which of those that one person may have: the first if left out; the same number again gives the same coupon"`
	}
}

func (a *api) claimCoupon(ctx context.Context, in *claimInput) (*Made[Coupon], error) {
	c, fresh, err := a.Coupons.Claim(ctx, in.Template, max(in.Body.Number, 1))
	return made(a.couponOf(c), fresh), err
}

type redeemInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"40" doc:"As it is printed; blanks, dashes and case do not matter"`
	}
}

func (a *api) redeemCode(ctx context.Context, in *redeemInput) (*Answer[Coupon], error) {
	c, err := a.Coupons.Redeem(ctx, in.Body.Code)
	return answer(a.couponOf(c)), err
}
