// Package assist lets friends bring down the price of a camp's seat: who starts an assist gets a lower price once enough
// others have helped in time, each by a cut that was drawn at the beginning. What counts is the friend's own act, never
// that something was shared.
package assist

import (
	"math/rand/v2"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
)

// Assist is one person's try to reach the lower price. All its help is in its one document, so that there can never be too
// much. Its id is a hash of campaign, member and number, so that a link says nothing of who started it.
type Assist struct {
	domain.Doc
	Campaign  string       `json:"campaign"`
	Organiser string       `json:"organiser"`
	Camp      string       `json:"camp"`
	Offer     string       `json:"offer"`
	Seat      string       `json:"seat"` // what the offer is called
	Member    string       `json:"member"`
	N         int          `json:"n"`     // which of the person's in the campaign, from 1
	Start     domain.Fen   `json:"start"` // the list price when it was started
	Terms     Terms        `json:"terms"` // as they were then
	Cuts      []domain.Fen `json:"cuts"`  // of each helper, in the order in which they come; nobody sees those to come
	Helps     []Help       `json:"helps"`
	Barred    []Bar        `json:"barred,omitempty"` // the last of the tries that came to nothing
	State     Stage        `json:"state"`
	Cause     Cause        `json:"cause,omitempty"` // why it expired

	StartedAt   time.Time     `json:"started_at"`
	ExpiresAt   time.Time     `json:"expires_at"`
	Idle        time.Duration `json:"idle,omitempty"` // of the campaign's pauses, that ExpiresAt knows of
	ReachedAt   time.Time     `json:"reached_at,omitzero"`
	LockedUntil time.Time     `json:"locked_until,omitzero"` // until when the price that was reached holds
	Order       string        `json:"order,omitempty"`       // that has the price, or paid it
	OrderedAt   time.Time     `json:"ordered_at,omitzero"`
	UsedAt      time.Time     `json:"used_at,omitzero"`
	Took        domain.Fen    `json:"took,omitempty"` // off the order
	Paid        domain.Fen    `json:"paid,omitempty"` // for it
	Back        domain.Fen    `json:"back,omitempty"` // of that, refunded
	EndedAt     time.Time     `json:"ended_at,omitzero"`
	EndedBy     string        `json:"ended_by,omitempty"`
	Reason      string        `json:"reason,omitempty"` // why staff ended it
	WarnAt      time.Time     `json:"warn_at,omitzero"`
	WakeAt      time.Time     `json:"wake_at,omitzero"` // when somebody must look again
}

// Help is what one friend did.
type Help struct {
	Member string     `json:"member"`
	Cut    domain.Fen `json:"cut"`
	At     time.Time  `json:"at"`
}

// Bar keeps out what is still under way of somebody's tries to help, up to one: their quota has gone elsewhere meanwhile.
type Bar struct {
	Member string `json:"member"`
	Try    int    `json:"try"`
}

// maxBarred bounds how many of them an assist remembers: far more than can be under way.
const maxBarred = 100

// Stage of an assist.
type Stage string

// open → reached → ordered → used; open → expired. An order that ends unpaid, or is refunded whole, gives reached back while
// the price is locked, and expired after.
const (
	Open    Stage = "open"
	Reached Stage = "reached"
	Ordered Stage = "ordered"
	Used    Stage = "used"
	Expired Stage = "expired"
)

// Stages in the order in which staff look at them.
var Stages = []Stage{Open, Reached, Ordered, Used, Expired}

// Cause of an end without a seat.
type Cause string

// The causes.
const (
	NotEnough Cause = "not_enough" // not enough friends came in time
	Unused    Cause = "unused"     // the price was reached and not used in time
	Stopped   Cause = "stopped"    // the organiser stopped the campaign
	Revoked   Cause = "revoked"    // staff ended it
	Departed  Cause = "departed"   // the account was deleted
)

// Events of this feature.
const (
	EventStarted  = "assist:started"
	EventHelped   = "assist:helped" // data HelpedData
	EventReached  = "assist:reached"
	EventWarned   = "assist:warned" // its end is near
	EventExpired  = "assist:expired"
	EventOrdered  = "assist:ordered"
	EventUsed     = "assist:used"
	EventReturned = "assist:returned" // from an order
	EventRefunded = "assist:refunded" // some of what was paid for its order went back
	EventStopped  = "assist:stopped"  // a campaign: what is open is to expire
)

// HelpedData says which help it was, from 1.
type HelpedData struct {
	Nth int `json:"nth"`
}

// Times of an assist.
const (
	OrderFor  = 45 * time.Minute // how long an order is left alone; it ends sooner by itself
	warnTime  = 3 * time.Hour    // before an end
	pauseLook = 30 * time.Minute // how often one whose time stands still is looked at
	keepNews  = 24 * time.Hour   // in which it is worth a message that it ended
)

// The refusals of this feature.
var (
	ErrPaused    = domain.Refusal(domain.KindConflict, "assist_paused", "这个助力活动暂停了，暂停的时间不计入时限；已经助力成功的价格不受影响")
	ErrEnded     = domain.Refusal(domain.KindConflict, "assist_ended", "这个助力活动已经结束")
	ErrPromised  = domain.Refusal(domain.KindConflict, "assist_promised", "已经开始的助力活动，训练营、名额、价格、人数和时限不能再改；可以结束它，另建一个")
	ErrUnknown   = domain.Refusal(domain.KindNotFound, "assist_not_found", "没有这个助力")
	ErrLimit     = domain.Refusal(domain.KindConflict, "assist_limit", "你在这个活动里发起助力的次数已经用完")
	ErrIn        = domain.Refusal(domain.KindConflict, "assist_in", "你已经是这个训练营的学员，不需要再助力")
	ErrPrice     = domain.Refusal(domain.KindConflict, "assist_price", "训练营的价格有调整，这个助力活动暂时不能发起，请联系机构")
	ErrSelf      = domain.Refusal(domain.KindConflict, "assist_self", "不能为自己助力，请让好友来帮忙")
	ErrDone      = domain.Refusal(domain.KindConflict, "assist_done", "这个助力已经完成，不需要更多好友了")
	ErrOver      = domain.Refusal(domain.KindConflict, "assist_over", "这个助力已经结束")
	ErrQuota     = domain.Refusal(domain.KindConflict, "assist_quota", "你在这个活动里帮助好友的次数已经用完")
	ErrCrowd     = domain.Refusal(domain.KindConflict, "assist_crowd", "同一网络或同一设备参加的人太多了，请换个网络，或联系机构")
	ErrNotYet    = domain.Refusal(domain.KindConflict, "assist_not_reached", "助力还没有完成，暂时不能用助力价下单")
	ErrLapsed    = domain.Refusal(domain.KindConflict, "assist_lapsed", "助力价的保留时间已过")
	ErrInOrder   = domain.Refusal(domain.KindConflict, "assist_in_order", "这个助力价正用在另一个待支付的订单里，请先支付或取消那个订单")
	ErrUsed      = domain.Refusal(domain.KindConflict, "assist_used", "这个助力价已经用过了")
	ErrOtherSeat = domain.Refusal(domain.KindConflict, "assist_other_seat", "助力价不适用于这种名额")
)

// draw shares total out into n cuts of at least 1 fen, none of which is more than about three times another.
func draw(total domain.Fen, n int, r *rand.Rand) []domain.Fen {
	weights := make([]int64, n)
	for i := range weights {
		weights[i] = 50 + r.Int64N(101)
	}
	cuts := domain.Split(total-domain.Fen(n), weights)
	for i := range cuts {
		cuts[i]++
	}
	return cuts
}

// open begins an assist at the list price of an offer; enrolUntil is when the camp takes nobody in any more.
func open(id string, c Campaign, member string, n int, o product.Offer, enrolUntil, now time.Time, r *rand.Rand) Assist {
	a := Assist{
		Doc: domain.Doc{ID: id}, Campaign: c.ID, Organiser: c.Organiser, Camp: c.Camp, Offer: o.ID, Seat: o.Title, Member: member, N: n, Start: o.Price,
		Terms: c.Terms, Cuts: draw(o.Price-c.Terms.Floor, c.Terms.Helpers, r), State: Open, StartedAt: now, Idle: c.idle(now),
		ExpiresAt: earlier(now.Add(time.Duration(c.Terms.Hours)*time.Hour), earlier(c.EndsAt, enrolUntil)),
	}
	a.endsAt(a.ExpiresAt, now)
	a.Emit(EventStarted, now, nil)
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// endsAt plans the warning of an end, if it is not near already, and then the end.
func (a *Assist) endsAt(end, now time.Time) {
	a.WarnAt, a.WakeAt = time.Time{}, end
	if warn := end.Add(-warnTime); warn.After(now.Add(warnTime)) {
		a.WarnAt, a.WakeAt = warn, warn
	}
}

// Price that the helps so far have brought it to. It holds for an order only once all have come.
func (a Assist) Price() domain.Fen { return a.Start - a.Cut() }

// Cut is what the helps so far took off.
func (a Assist) Cut() (sum domain.Fen) {
	for _, h := range a.Helps {
		sum += h.Cut
	}
	return sum
}

// By is the help of somebody, nil if they did not help.
func (a Assist) By(member string) *Help {
	if i := slices.IndexFunc(a.Helps, func(h Help) bool { return h.Member == member }); i >= 0 {
		return &a.Helps[i]
	}
	return nil
}

// Live reports whether the assist is, or can still become, a price.
func (a Assist) Live() bool { return a.State == Open || a.State == Reached || a.State == Ordered }

// catchUp moves the end of an open assist by the pauses of its campaign.
func (a *Assist) catchUp(c Campaign, now time.Time) {
	by := c.idle(now) - a.Idle
	if a.State != Open || by <= 0 {
		return
	}
	a.Idle += by
	a.ExpiresAt = a.ExpiresAt.Add(by)
	if !a.WarnAt.IsZero() {
		a.WarnAt = a.WarnAt.Add(by)
	}
	a.WakeAt = a.ExpiresAt
	if !a.WarnAt.IsZero() {
		a.WakeAt = a.WarnAt
	}
}

// Help takes the next cut for a friend; again changes nothing. The last one locks the price.
func (a *Assist) Help(c Campaign, helper string, enrolUntil, now time.Time) error {
	if a.By(helper) != nil {
		return domain.ErrSame
	}
	a.catchUp(c, now)
	switch {
	case helper == a.Member:
		return ErrSelf
	case a.State == Reached || a.State == Ordered || a.State == Used:
		return ErrDone
	case a.State != Open || !now.Before(a.ExpiresAt):
		return ErrOver
	}
	a.Helps = append(a.Helps, Help{helper, a.Cuts[len(a.Helps)], now})
	a.Barred = slices.DeleteFunc(a.Barred, func(b Bar) bool { return b.Member == helper })
	a.Emit(EventHelped, now, HelpedData{len(a.Helps)})
	if len(a.Helps) < len(a.Cuts) {
		return nil
	}
	a.State, a.ReachedAt = Reached, now
	a.LockedUntil = earlier(now.Add(time.Duration(a.Terms.Lock)*time.Hour), enrolUntil)
	a.endsAt(a.LockedUntil, now)
	a.Emit(EventReached, now, nil)
	return nil
}

// bar ends somebody's tries up to one, unless one of them has helped or none can any more.
func (a *Assist) bar(member string, try int) error {
	if a.By(member) != nil || a.State != Open || a.barred(member, try) {
		return domain.ErrSame
	}
	a.Barred = append(slices.DeleteFunc(a.Barred, func(b Bar) bool { return b.Member == member }), Bar{member, try})
	a.Barred = a.Barred[max(len(a.Barred)-maxBarred, 0):]
	return nil
}

func (a Assist) barred(member string, try int) bool {
	return slices.ContainsFunc(a.Barred, func(b Bar) bool { return b.Member == member && try <= b.Try })
}

// usable says why the price cannot be had in an order now, or nil. One that is the order's already holds beyond its end: it
// was promised.
func (a Assist) usable(order string, now time.Time) error {
	mine := order != "" && a.Order == order
	switch a.State {
	case Open:
		return ErrNotYet
	case Reached:
		if !now.Before(a.LockedUntil) {
			return ErrLapsed
		}
		return nil
	case Ordered:
		if !mine {
			return ErrInOrder
		}
		return nil
	case Used:
		if !mine {
			return ErrUsed
		}
		return nil
	}
	if a.Cause == Unused {
		return ErrLapsed
	}
	return ErrOver
}
