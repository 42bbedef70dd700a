// Package groupbuy sells seats of a camp at a lower price to people who buy them together: a campaign says how many and by
// when, a group is some of them, and the price of each holds only if the group is full in time; otherwise all money goes back.
package groupbuy

import (
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Group is some people who buy together. All its seats are in its one document, so that it can never be over its size. Its
// id is campaign:order, by the order that opened it.
type Group struct {
	domain.Doc
	Campaign  string    `json:"campaign"`
	Organiser string    `json:"organiser"`
	Camp      string    `json:"camp"`
	Leader    string    `json:"leader"` // who opened it
	Terms     Terms     `json:"terms"`  // as they were when it was opened
	State     Stage     `json:"state"`
	Cause     Cause     `json:"cause,omitempty"` // why it failed
	Seats     []Seat    `json:"seats"`
	OpenedAt  time.Time `json:"opened_at"`
	ExpiresAt time.Time `json:"expires_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"` // it succeeded or failed
	WakeAt    time.Time `json:"wake_at,omitzero"`  // when somebody must look again
}

// Stage of a group.
type Stage string

// forming → succeeded | failed, each exactly once.
const (
	Forming   Stage = "forming"
	Succeeded Stage = "succeeded"
	Failed    Stage = "failed"
)

// Stages in the order in which staff look at them.
var Stages = []Stage{Forming, Succeeded, Failed}

// Cause of a failure.
type Cause string

// The causes.
const (
	Expired Cause = "expired" // not full in time
	Empty   Cause = "empty"   // everybody left
	Stopped Cause = "stopped" // by the organiser
)

// Seat is one order in a group.
type Seat struct {
	Order    string    `json:"order"`
	Member   string    `json:"member"`
	State    SeatState `json:"state"`
	Why      Why       `json:"why,omitempty"` // its money goes back
	At       time.Time `json:"at"`            // when it was taken
	PayBy    time.Time `json:"pay_by"`
	PaidAt   time.Time `json:"paid_at,omitzero"`
	TryAt    time.Time `json:"try_at,omitzero"` // when the refund is to be looked at
	EndedAt  time.Time `json:"ended_at,omitzero"`
	Won      bool      `json:"won,omitempty"`      // it was there when the group succeeded
	Unsaid   bool      `json:"unsaid,omitempty"`   // the person's entry does not know yet what became of it
	Unopened bool      `json:"unopened,omitempty"` // the order does not know yet that the group is full
	OwedAt   time.Time `json:"owed_at,omitzero"`   // since when its money is to go back, or its place to be opened
	Asked    bool      `json:"asked,omitempty"`    // the order has said that its money is on its way back
}

// SeatState is how a seat stands.
type SeatState string

// reserved → paid → confirmed; reserved → released; paid | confirmed → refunding → refunded. A payment that comes after the
// release takes the seat again if there is still room and time, and otherwise goes back.
const (
	Reserved  SeatState = "reserved"
	Paid      SeatState = "paid"
	Confirmed SeatState = "confirmed"
	Released  SeatState = "released"
	Refunding SeatState = "refunding"
	Refunded  SeatState = "refunded"
)

// Why the money of a seat goes back.
type Why string

// The reasons.
const (
	NotFull Why = "not_full" // the group failed
	TooLate Why = "too_late" // paid when there was no seat any more
	Left    Why = "left"     // the order was refunded by itself
)

// Text is the reason as the payer reads it.
func (w Why) Text() string {
	switch w {
	case NotFull:
		return "没有成团，原路退回"
	case Left:
		return "已退出拼团，原路退回"
	}
	return "付款时团已满或已结束，原路退回"
}

// Events of this feature.
const (
	EventJoined    = "groupbuy:joined" // a seat was paid, and others are missing; data SeatData
	EventSucceeded = "groupbuy:succeeded"
	EventFailed    = "groupbuy:failed"
	EventRefund    = "groupbuy:refund"  // money of a single seat must go back; data SeatData
	EventStopped   = "groupbuy:stopped" // a campaign: its groups are to fail
)

// SeatData names the seat that an event is about.
type SeatData struct {
	Order string `json:"order"`
}

// Times of a group.
const (
	AskFor      = 2 * time.Minute  // how long a reservation that nobody finished is left alone
	LapseAfter  = 15 * time.Minute // how long after its time to pay an unpaid seat is left to its order
	RefundEvery = 10 * time.Minute // how often a refund is looked at
	MinPay      = 5 * time.Minute  // whoever comes later than this before a group's end is not let in: WeChat wants time to be paid
	soon        = time.Minute      // until what a crash left undone is done
)

// maxGone bounds how many seats that ended a group remembers beside those that count.
const maxGone = 100

// The refusals of this feature.
var (
	ErrPaused   = domain.Refusal(domain.KindConflict, "groupbuy_paused", "这个拼团活动暂停了，已经付款的团不受影响")
	ErrEnded    = domain.Refusal(domain.KindConflict, "groupbuy_ended", "这个拼团活动已经结束")
	ErrPromised = domain.Refusal(domain.KindConflict, "groupbuy_promised", "已经开始的拼团，人数、价格和时限不能再改；可以结束它，另建一个")
	ErrMoved    = domain.Refusal(domain.KindConflict, "groupbuy_moved", "刚刚又有人参团或付款，请看过新的影响后再确认一次")
	ErrFull     = domain.Refusal(domain.KindConflict, "groupbuy_full", "这个团已经满员，可以参加别的团，或自己开团")
	ErrOver     = domain.Refusal(domain.KindConflict, "groupbuy_over", "这个团已经结束，可以参加别的团，或自己开团")
	ErrNotYet   = domain.Refusal(domain.KindConflict, "groupbuy_not_yet", "团长还没有付款，请稍后再来")
	ErrInGroup  = domain.Refusal(domain.KindConflict, "groupbuy_in_group", "你在这个活动里已经有一个正在拼的团")
	ErrLimit    = domain.Refusal(domain.KindConflict, "groupbuy_limit", "你参加这个拼团活动的次数已经用完")
	ErrLapsed   = domain.Refusal(domain.KindConflict, "groupbuy_lapsed", "为你保留的席位已经过期，请重新下单")
	ErrCrowd    = domain.Refusal(domain.KindConflict, "groupbuy_crowd", "同一网络或同一设备参团的人太多了，请换个网络，或联系机构")
	ErrUnknown  = domain.Refusal(domain.KindNotFound, "groupbuy_not_found", "没有这个拼团")
)

// ref takes apart what an order names: a campaign to open a group of, or a group to join.
func ref(named, order string) (campaign, group string, opens bool) {
	campaign, _, joins := strings.Cut(named, ":")
	if joins {
		return campaign, named, false
	}
	return campaign, domain.Key(named, order), true
}

// GroupOf is the id of the group that an order is in, by what it names.
func GroupOf(named, order string) string {
	_, group, _ := ref(named, order)
	return group
}

// open makes a group whose first seat is reserved for the order.
func open(c Campaign, member, order string, payBy, now time.Time) Group {
	g := Group{
		Doc: domain.Doc{ID: domain.Key(c.ID, order)}, Campaign: c.ID, Organiser: c.Organiser, Camp: c.Camp, Leader: member, Terms: c.Terms,
		State: Forming, OpenedAt: now, ExpiresAt: earlier(now.Add(time.Duration(c.Terms.Hours)*time.Hour), c.EndsAt),
	}
	g.sit(member, order, payBy, now)
	g.rest(now)
	return g
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Live reports whether a seat takes one of the group's places.
func (s Seat) Live() bool {
	return s.State == Reserved || s.State == Paid || s.State == Confirmed
}

// Count counts the seats in some states.
func (g Group) Count(in ...SeatState) (n int) {
	for _, s := range g.Seats {
		if slices.Contains(in, s.State) {
			n++
		}
	}
	return n
}

// Paid is how many have paid for their seats and keep them.
func (g Group) Paid() int { return g.Count(Paid, Confirmed) }

// Taken is how many places are not free.
func (g Group) Taken() int { return g.Count(Reserved, Paid, Confirmed) }

// soonEnough reports whether there is time left to come in and pay.
func (g Group) soonEnough(now time.Time) bool { return now.Before(g.ExpiresAt.Add(-MinPay)) }

// Joinable reports whether people may be led into the group: it is forming, somebody has paid, and there is room. Whether
// there is time left its deadline says.
func (g Group) Joinable() bool {
	return g.State == Forming && g.Count(Paid) > 0 && g.Taken() < g.Terms.Size
}

// Of is the seat of an order, nil if there is none.
func (g *Group) Of(order string) *Seat {
	for i := range g.Seats {
		if g.Seats[i].Order == order {
			return &g.Seats[i]
		}
	}
	return nil
}

// seated is the live seat of a person, nil if there is none.
func (g *Group) seated(member string) *Seat {
	for i := range g.Seats {
		if g.Seats[i].Member == member && g.Seats[i].Live() {
			return &g.Seats[i]
		}
	}
	return nil
}
