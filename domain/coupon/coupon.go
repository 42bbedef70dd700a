// Package coupon lowers the price of seats: templates say what a coupon takes off and how many there are, and each coupon
// of one is somebody's, to be used in one order.
package coupon

import (
	"fmt"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Coupon has the natural id template:member:n, so that nobody has more than the template allows.
type Coupon struct {
	domain.Doc
	Template  string     `json:"template"`
	Organiser string     `json:"organiser"`
	Member    string     `json:"member"`
	N         int        `json:"n"`
	Title     string     `json:"title"`
	Terms     Terms      `json:"terms"` // as they were when it was got
	Way       Way        `json:"way"`
	Cause     string     `json:"cause,omitempty"` // the code that it came by, or the key of the gift
	By        string     `json:"by,omitempty"`    // who gave it
	State     Stage      `json:"state"`
	From      time.Time  `json:"from,omitzero"`
	Until     time.Time  `json:"until,omitzero"`
	AskedAt   time.Time  `json:"asked_at"`
	GotAt     time.Time  `json:"got_at,omitzero"`
	Order     string     `json:"order,omitempty"` // that it is locked for, or was used in
	UsedAt    time.Time  `json:"used_at,omitzero"`
	Took      domain.Fen `json:"took,omitempty"` // off the order that it was used in
	Paid      domain.Fen `json:"paid,omitempty"` // for that order
	Back      domain.Fen `json:"back,omitempty"` // of that, refunded
	WarnAt    time.Time  `json:"warn_at,omitzero"`
	WakeAt    time.Time  `json:"wake_at,omitzero"` // when somebody must look again
	EndedAt   time.Time  `json:"ended_at,omitzero"`
	EndedBy   string     `json:"ended_by,omitempty"`
	Reason    string     `json:"reason,omitempty"` // why it was revoked
	Trail     []Trace    `json:"trail,omitempty"`  // the last of what became of it
}

// Way by which a coupon is got.
type Way string

// The ways.
const (
	ByClaim Way = "claim"
	ByCode  Way = "code"
	ByGift  Way = "gift"
)

// Stage of a coupon.
type Stage string

// asking → unused | refused (nothing left), from where one can ask again. unused → locked (for an order) → used;
// locked → unused | expired when the order ends unpaid; used → unused | expired when it is refunded whole and the terms say
// so; unused → expired | revoked.
const (
	Asking  Stage = "asking"
	Refused Stage = "refused"
	Unused  Stage = "unused"
	Locked  Stage = "locked"
	Used    Stage = "used"
	Expired Stage = "expired"
	Revoked Stage = "revoked"
)

// Trace is one thing that happened to a coupon.
type Trace struct {
	To    Stage     `json:"to"`
	Order string    `json:"order,omitempty"`
	At    time.Time `json:"at"`
}

const maxTrail = 20

// Events of this feature.
const (
	EventGot      = "coupon:got"
	EventUsed     = "coupon:used"
	EventReturned = "coupon:returned" // after use
	EventRefunded = "coupon:refunded" // some of what was paid for its order went back
	EventWarned   = "coupon:warned"   // its end is near
	EventRevoked  = "coupon:revoked"
	EventBatch    = "coupon:batch" // codes are to be made
)

// Times of a coupon.
const (
	AskFor   = 2 * time.Minute  // how long a claim that nobody finished is left alone
	LockFor  = 45 * time.Minute // how long a lock is left alone; the order itself ends sooner
	warnTime = 48 * time.Hour   // before its end
)

// The refusals of this feature.
var (
	ErrPaused   = domain.Refusal(domain.KindConflict, "coupon_paused", "这个优惠活动暂停了，已经领到的券照常可用")
	ErrEnded    = domain.Refusal(domain.KindConflict, "coupon_ended", "这个优惠活动已经结束，已经领到的券照常可用")
	ErrPromised = domain.Refusal(domain.KindConflict, "coupon_promised", "发放过的优惠券，面额、门槛、范围和有效期不能再改；可以结束它，另建一个")
	ErrOut      = domain.Refusal(domain.KindConflict, "coupon_out", "优惠券已经领完")
	ErrLimit    = domain.Refusal(domain.KindConflict, "coupon_limit", "你已经领过了，不能再领")
	ErrCrowd    = domain.Refusal(domain.KindConflict, "coupon_crowd", "同一网络或同一设备领取的人太多了，请换个网络，或联系机构")
	ErrUnknown  = domain.Refusal(domain.KindNotFound, "coupon_not_found", "没有这张优惠券")
	ErrLocked   = domain.Refusal(domain.KindConflict, "coupon_locked", "这张优惠券正用在另一个待支付的订单里，请先支付或取消那个订单")
	ErrUsed     = domain.Refusal(domain.KindConflict, "coupon_used", "这张优惠券已经用过了")
	ErrExpired  = domain.Refusal(domain.KindConflict, "coupon_expired", "优惠券已经过期")
	ErrNotYet   = domain.Refusal(domain.KindConflict, "coupon_not_yet", "优惠券还没有到可以使用的日期")
	ErrRevoked  = domain.Refusal(domain.KindConflict, "coupon_revoked", "优惠券已被机构收回")
	ErrScope    = domain.Refusal(domain.KindConflict, "coupon_scope", "优惠券不适用于这个训练营")
)

// ID of the nth coupon of a template that somebody gets.
func ID(template, member string, n int) string {
	return domain.Key(template, member, strconv.Itoa(n))
}

// ask is the claim of a coupon for which there may be no stock any more.
func ask(t Template, member string, n int, way Way, cause, by string, now time.Time) Coupon {
	return Coupon{
		Doc: domain.Doc{ID: ID(t.ID, member, n)}, Template: t.ID, Organiser: t.Organiser, Member: member, N: n, Way: way, Cause: cause, By: by,
		State: Asking, AskedAt: now, WakeAt: now.Add(AskFor),
	}
}

// askAgain is another try of who was refused.
func (c *Coupon) askAgain(way Way, cause, by string, now time.Time) error {
	if c.State != Refused {
		return domain.ErrSame
	}
	c.State, c.Way, c.Cause, c.By, c.AskedAt, c.WakeAt = Asking, way, cause, by, now, now.Add(AskFor)
	return nil
}

// get makes it the person's: with the promise of the template as it is now.
func (c *Coupon) get(t Template, now time.Time) error {
	if c.State != Asking {
		return domain.ErrSame
	}
	c.Title, c.Terms, c.GotAt = t.Title, t.Terms, now
	c.From, c.Until = t.Terms.Spans(now)
	if warn := c.Until.Add(-warnTime); warn.After(now.Add(warnTime / 2)) {
		c.WarnAt = warn
	}
	c.become(Unused, "", now)
	c.Emit(EventGot, now, nil)
	return nil
}

func (c *Coupon) refuse() error {
	if c.State != Asking {
		return domain.ErrSame
	}
	c.State, c.WakeAt = Refused, time.Time{}
	return nil
}

// become moves on, notes it, and says when somebody must look again.
func (c *Coupon) become(to Stage, order string, now time.Time) {
	c.State, c.Order, c.WakeAt = to, order, time.Time{}
	switch to {
	case Unused:
		if c.WakeAt = c.Until; !c.WarnAt.IsZero() {
			c.WakeAt = c.WarnAt
		}
	case Locked:
		c.WakeAt = now.Add(LockFor)
	case Expired, Revoked:
		c.EndedAt = now
	}
	c.Trail = append(c.Trail, Trace{to, order, now})
	if extra := len(c.Trail) - maxTrail; extra > 0 {
		c.Trail = c.Trail[extra:]
	}
}

// usable says why the coupon cannot be used in an order now, or nil. One that is the order's already holds beyond its end:
// the price was promised.
func (c Coupon) usable(order string, now time.Time) error {
	mine := order != "" && c.Order == order
	switch c.State {
	case Unused:
		switch {
		case now.Before(c.From):
			return ErrNotYet
		case !now.Before(c.Until):
			return ErrExpired
		}
		return nil
	case Locked:
		if !mine {
			return ErrLocked
		}
		return nil
	case Used:
		if !mine {
			return ErrUsed
		}
		return nil
	case Expired:
		return ErrExpired
	case Revoked:
		return ErrRevoked
	}
	return ErrUnknown
}

// Lock keeps the coupon for an order; again changes nothing.
func (c *Coupon) Lock(member, order string, now time.Time) error {
	if c.Member != member {
		return ErrUnknown
	}
	if err := c.usable(order, now); err != nil {
		return err
	}
	if c.State != Unused {
		return domain.ErrSame
	}
	c.become(Locked, order, now)
	return nil
}

// Use notes that the order it is locked for is paid. Returns domain.ErrConflict if it is not the order's any more.
func (c *Coupon) Use(order string, took, paid domain.Fen, now time.Time) error {
	switch {
	case c.Order != order || c.State != Locked && c.State != Used:
		return fmt.Errorf("coupon %s of order %s is %s: %w", c.ID, order, c.State, domain.ErrConflict)
	case c.State == Used:
		return domain.ErrSame
	}
	c.become(Used, order, now)
	c.UsedAt, c.Took, c.Paid = now, took, paid
	c.Emit(EventUsed, now, nil)
	return nil
}

// Free gives the coupon back when its order ends: one that is locked in any case, one that was used only if all the money
// goes back and the terms say so. It is never given back expired.
func (c *Coupon) Free(order string, whole bool, now time.Time) error {
	switch {
	case c.Order != order || c.State != Locked && c.State != Used:
		return domain.ErrSame
	case c.State == Used && !(whole && c.Terms.Returns):
		return domain.ErrSame
	}
	used := c.State == Used
	c.UsedAt, c.Took, c.Paid, c.Back = time.Time{}, 0, 0, 0
	to := Unused
	if !now.Before(c.Until) {
		to = Expired
	}
	c.become(to, "", now)
	if used {
		c.Emit(EventReturned, now, nil)
	}
	return nil
}

// Refund notes how much of what was paid for its order went back; a word that is older changes nothing.
func (c *Coupon) Refund(order string, back domain.Fen, now time.Time) error {
	if c.Order != order || c.State != Used || back <= c.Back {
		return domain.ErrSame
	}
	c.Back = back
	c.Emit(EventRefunded, now, nil)
	return nil
}

// age warns of the end that is near, and ends what is over.
func (c *Coupon) age(now time.Time) error {
	switch {
	case c.State != Unused:
		return domain.ErrSame
	case !now.Before(c.Until):
		c.become(Expired, "", now)
		return nil
	case !c.WarnAt.IsZero() && !now.Before(c.WarnAt):
		c.WarnAt, c.WakeAt = time.Time{}, c.Until
		c.Emit(EventWarned, now, nil)
		return nil
	}
	return domain.ErrSame
}

// Revoke takes back what was not used. One that waits in an order stays: its price was promised.
func (c *Coupon) Revoke(by, reason string, now time.Time) error {
	switch c.State {
	case Revoked:
		return domain.ErrSame
	case Unused:
	case Locked:
		return ErrLocked
	case Used:
		return ErrUsed
	case Expired:
		return ErrExpired
	default:
		return ErrUnknown
	}
	c.become(Revoked, "", now)
	c.EndedBy, c.Reason = by, reason
	c.Emit(EventRevoked, now, nil)
	return nil
}

// Check holds what became of a coupon against its rules; o is the order that it names, if there is one.
func (c Coupon) Check(o *order.Order) error {
	wrong := func(why string) error { return fmt.Errorf("coupon %s is %s: %s", c.ID, c.State, why) }
	switch c.State {
	case Locked, Used:
		if o == nil || o.ID != c.Order || o.Member != c.Member || o.Promise.Used(order.LineCoupon) != c.ID {
			return wrong("not with an order of its own")
		}
		if c.State == Used && o.PaidAt.IsZero() {
			return wrong("its order is not paid")
		}
		if c.State == Locked && o.State == order.Cancelled {
			return wrong("its order was cancelled")
		}
	default:
		if c.Order != "" {
			return wrong("with an order")
		}
	}
	if c.State == Used && c.Took != o.Promise.Discount(order.LineCoupon) {
		return wrong("it took another amount than its line")
	}
	return nil
}
