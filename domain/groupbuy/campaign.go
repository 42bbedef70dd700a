package groupbuy

import (
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
)

// Campaign is under which terms seats of a camp are sold to groups.
type Campaign struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Camp      string    `json:"camp"`
	Title     string    `json:"title"`
	Terms     Terms     `json:"terms"`
	Limits    Limits    `json:"limits,omitzero"`
	EndsAt    time.Time `json:"ends_at"` // no group opens after it, and none forms beyond it
	State     State     `json:"state"`
	Stopped   bool      `json:"stopped,omitempty"` // it ended together with its groups
	Version   int       `json:"version"`           // counted by each change
	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at"`
	ChangedBy string    `json:"changed_by"`
}

// State of a campaign.
type State string

// draft → active → paused → active; active | paused → ended. Groups open in an active one only. A paused one takes nobody
// in; who has a seat can pay, and full groups succeed. In one that has ended, groups that are forming may fill, unless it
// was stopped.
const (
	Draft  State = "draft"
	Active State = "active"
	Paused State = "paused"
	Ended  State = "ended"
)

// States in the order in which staff look at them.
var States = []State{Active, Paused, Draft, Ended}

// Terms is what a group is promised when it opens.
type Terms struct {
	Offer     string     `json:"offer"` // of the camp's price list
	Size      int        `json:"size"`
	Leader    domain.Fen `json:"leader"` // the price for who opens the group
	Member    domain.Fen `json:"member"` // and for who joins it
	Hours     int        `json:"hours"`  // until the group must be full
	PerPerson int        `json:"per_person"`
	Coupons   bool       `json:"coupons,omitempty"` // may join the price
}

// Limits of a campaign.
const (
	MinSize      = 2
	MaxSize      = 100
	MaxHours     = 14 * 24
	MaxPerPerson = 20
	MaxRun       = 366 * 24 * time.Hour
)

// Form is what staff can say about a campaign.
type Form struct {
	Camp   string
	Title  string
	Terms  Terms
	Limits Limits
	EndsAt time.Time
}

// Check bounds the form.
func (f Form) Check(now time.Time) error {
	var check domain.Check
	check.Line("title", "名称", f.Title, 2, 20)
	check.That(domain.ValidID(f.Camp), "camp", "请选择训练营")
	f.Terms.check(&check)
	f.Limits.check(&check)
	checkEnd(&check, f.EndsAt, now)
	return check.Err()
}

func checkEnd(check *domain.Check, at, now time.Time) {
	check.That(at.After(now) && at.Before(now.Add(MaxRun)), "ends_at", "活动结束时间应晚于现在，且在一年以内")
}

func (t Terms) check(check *domain.Check) {
	check.That(domain.ValidID(t.Offer), "offer", "请选择名额的种类")
	check.Range("size", "成团人数", t.Size, MinSize, MaxSize)
	check.Range("hours", "成团时限（小时）", t.Hours, 1, MaxHours)
	check.Range("per_person", "每人最多成团次数", t.PerPerson, 1, MaxPerPerson)
	check.That(t.Member >= 0 && t.Member <= product.MaxPrice, "member", "团员价应在 ¥0.00 到 "+product.MaxPrice.String()+" 之间")
	check.That(t.Leader >= 0 && t.Leader <= t.Member, "leader", "团长价不能高于团员价")
}

// fits refuses prices that the offer cannot be sold at.
func (t Terms) fits(o product.Offer) error {
	var check domain.Check
	check.That(t.Member < o.Price, "member", "团员价应低于原价 "+o.Price.String())
	// A pool may lock while a group still waits to be full.
	check.That(o.Kind != product.Scholarship, "offer", "奖学金名额不能拼团，请选择付费名额")
	return check.Err()
}

// Price is what who opens the group pays, or who joins it.
func (t Terms) Price(opens bool) domain.Fen {
	if opens {
		return t.Leader
	}
	return t.Member
}

// Sentence says in plain words what the terms promise.
func (t Terms) Sentence() string {
	coupons := "不能使用优惠券"
	if t.Coupons {
		coupons = "可以再使用一张优惠券"
	}
	return fmt.Sprintf("%d 人成团；开团后 %d 小时内、活动结束前满员即成团；团长 %s，团员 %s；%s；每人最多成团 %d 次；"+
		"没有成团，或付款时团已满、已结束，款项全部原路退回。", t.Size, t.Hours, t.Leader, t.Member, coupons, t.PerPerson)
}

// Apply changes the campaign. Once a group can have opened, only its name and limits do; see Extend for its end.
func (c *Campaign) Apply(f Form, by string, now time.Time) error {
	switch {
	case c.State == Ended:
		return ErrEnded
	case c.State != Draft && (c.Terms != f.Terms || c.Camp != f.Camp || !c.EndsAt.Equal(f.EndsAt)):
		return ErrPromised
	}
	c.Camp, c.Title, c.Terms, c.Limits, c.EndsAt = f.Camp, f.Title, f.Terms, f.Limits, f.EndsAt
	c.changed(by, now)
	return nil
}

func (c *Campaign) changed(by string, now time.Time) {
	c.Version, c.ChangedAt, c.ChangedBy = c.Version+1, now, by
}

// Turn activates or pauses the campaign; Close ends it.
func (c *Campaign) Turn(to State, by string, now time.Time) error {
	switch {
	case c.State == to:
		return domain.ErrSame
	case c.State == Ended, to == Active && !now.Before(c.EndsAt):
		return ErrEnded
	case to != Active && (to != Paused || c.State != Active):
		return domain.ErrConflict
	}
	c.State = to
	c.changed(by, now)
	return nil
}

// Extend moves the end of a campaign that runs, for groups that open from now on: those that are forming keep the deadline
// by which their people were promised their money back.
func (c *Campaign) Extend(until time.Time, by string, now time.Time) error {
	var check domain.Check
	checkEnd(&check, until, now)
	check.That(until.After(c.EndsAt), "ends_at", "新的结束时间应晚于原来的")
	switch {
	case c.State != Active && c.State != Paused:
		return ErrEnded
	case until.Equal(c.EndsAt):
		return domain.ErrSame
	case check.Err() != nil:
		return check.Err()
	}
	c.EndsAt = until
	c.changed(by, now)
	return nil
}

// Close ends the campaign. Its groups may still fill in their time, or, if stop, fail at once; one that was closed without
// can still be stopped.
func (c *Campaign) Close(stop bool, by string, now time.Time) error {
	switch {
	case c.State == Draft:
		return domain.ErrConflict
	case c.State == Ended && (!stop || c.Stopped):
		return domain.ErrSame
	}
	c.State, c.Stopped = Ended, stop
	c.changed(by, now)
	if stop {
		c.Emit(EventStopped, now, nil)
	}
	return nil
}

// MayEnter says why nobody can open a group now, or join one, or nil.
func (c Campaign) MayEnter(opens bool, now time.Time) error {
	switch {
	case c.State == Draft:
		return ErrUnknown
	case c.State == Paused:
		return ErrPaused
	case c.Stopped, opens && (c.State == Ended || !now.Before(c.EndsAt.Add(-MinPay))):
		return ErrEnded
	}
	return nil
}

// Fact is what counting needs of a group.
type Fact struct {
	State                      Stage
	Opened                     time.Time
	Reserved, Paid, Confirmed  int
	Refunding, Refunded, Taken int
}

// Fact of the group.
func (g Group) Fact() Fact {
	return Fact{
		State: g.State, Opened: g.OpenedAt, Reserved: g.Count(Reserved), Paid: g.Count(Paid), Confirmed: g.Count(Confirmed),
		Refunding: g.Count(Refunding), Refunded: g.Count(Refunded), Taken: g.Taken(),
	}
}

// Effect is what extending or ending a campaign would do, told before it is done.
type Effect struct {
	Groups   int // that are forming
	Paid     int // people in them who have paid
	Reserved int // and who have not
}

// Add counts a group.
func (e *Effect) Add(f Fact) {
	if f.State == Forming {
		e.Groups, e.Paid, e.Reserved = e.Groups+1, e.Paid+f.Paid, e.Reserved+f.Reserved
	}
}

// Extending says what a later end would do.
func (e Effect) Extending() string {
	return fmt.Sprintf("延长后可以继续开新团；正在拼的 %d 个团仍按各自原来的时限成团或退款。", e.Groups)
}

// Closing says what ending the campaign would do.
func (e Effect) Closing(stop bool) string {
	if stop {
		return fmt.Sprintf("立即结束：正在拼的 %d 个团全部失败，已付款的 %d 人原路退款，待付款的 %d 人失去席位；已成团的不受影响。", e.Groups, e.Paid, e.Reserved)
	}
	return fmt.Sprintf("不再开新团；正在拼的 %d 个团（已付款 %d 人）可以在各自时限内继续拼满，没有拼满的自动退款；已成团的不受影响。", e.Groups, e.Paid)
}
