package assist

import (
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// Campaign is under which terms friends can bring down the price of a camp's seat.
type Campaign struct {
	domain.Doc
	Organiser string        `json:"organiser"`
	Camp      string        `json:"camp"`
	Title     string        `json:"title"`
	Terms     Terms         `json:"terms"`
	Limits    Limits        `json:"limits"`
	EndsAt    time.Time     `json:"ends_at"` // nobody starts after it
	State     State         `json:"state"`
	Stopped   bool          `json:"stopped,omitempty"` // it ended together with what was still open
	PausedAt  time.Time     `json:"paused_at,omitzero"`
	Idle      time.Duration `json:"idle,omitempty"` // of all pauses that are over
	Version   int           `json:"version"`        // counted by each change
	CreatedAt time.Time     `json:"created_at"`
	ChangedAt time.Time     `json:"changed_at"`
	ChangedBy string        `json:"changed_by"`
}

// State of a campaign.
type State string

// draft → active → paused → active; active | paused → ended. Assists start in an active one only. In a paused one nobody
// helps either, and the time of those that are open stands still. In one that has ended, those that are open can still
// be helped, unless it was stopped. A price that was reached holds whatever becomes of the campaign.
const (
	Draft  State = "draft"
	Active State = "active"
	Paused State = "paused"
	Ended  State = "ended"
)

// States in the order in which staff look at them.
var States = []State{Active, Paused, Draft, Ended}

// Terms is what is promised to whoever starts.
type Terms struct {
	Offer   string     `json:"offer"` // of the camp's price list
	Floor   domain.Fen `json:"floor"` // the price once all have helped
	Helpers int        `json:"helpers"`
	Hours   int        `json:"hours"`             // in which they must have
	Lock    int        `json:"lock"`              // hours for which the price then holds
	Coupons bool       `json:"coupons,omitempty"` // may join the price
}

// Limits bound who takes part. They can be changed at any time, for what happens from then on.
type Limits struct {
	PerPerson  int `json:"per_person"`  // how often one can start
	Quota      int `json:"quota"`       // how many others one can help
	PerNetwork int `json:"per_network"` // people at one address
	PerDevice  int `json:"per_device"`  // people at one device
}

// Bounds of a campaign.
const (
	MaxHelpers   = 50
	MaxHours     = 14 * 24
	MaxLock      = 7 * 24
	MaxPerPerson = 5
	MaxQuota     = 20
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
	check.That(plain(f.Camp), "camp", "请选择训练营")
	check.That(plain(f.Terms.Offer), "offer", "请选择名额的种类")
	check.That(f.Terms.Floor >= 0 && f.Terms.Floor <= product.MaxPrice, "floor", "助力价应在 ¥0.00 到 "+product.MaxPrice.String()+" 之间")
	check.Range("helpers", "助力人数", f.Terms.Helpers, 1, MaxHelpers)
	check.Range("hours", "助力时限（小时）", f.Terms.Hours, 1, MaxHours)
	check.Range("lock", "价格保留（小时）", f.Terms.Lock, 1, MaxLock)
	check.Range("per_person", "每人最多发起次数", f.Limits.PerPerson, 1, MaxPerPerson)
	check.Range("quota", "每人最多帮几位好友", f.Limits.Quota, 1, MaxQuota)
	check.Range("per_network", "同一网络最多几人", f.Limits.PerNetwork, 1, source.Max)
	check.Range("per_device", "同一设备最多几人", f.Limits.PerDevice, 1, source.Max)
	check.That(f.EndsAt.After(now) && f.EndsAt.Before(now.Add(MaxRun)), "ends_at", "活动结束时间应晚于现在，且在一年以内")
	return check.Err()
}

// fits refuses terms that the offer cannot be sold at.
func (t Terms) fits(o product.Offer) error {
	var check domain.Check
	check.That(t.Floor < o.Price, "floor", "助力价应低于原价 "+o.Price.String())
	check.That(t.Floor >= o.Part, "floor", "助力价不能低于进入奖学金池的 "+o.Part.String())
	check.That(domain.Fen(t.Helpers) <= o.Price-t.Floor, "helpers", "每位好友至少要减 ¥0.01，请减少人数或降低助力价")
	return check.Err()
}

// Sentence says in plain words what the terms promise.
func (t Terms) Sentence() string {
	coupons := "不能再用优惠券"
	if t.Coupons {
		coupons = "可以再用一张优惠券"
	}
	return fmt.Sprintf("%d 小时内有 %d 位好友助力，价格就降到 %s；助力成功后价格保留 %d 小时（不超过报名截止时间）；%s；没有集齐则按原价报名，不收任何费用。",
		t.Hours, t.Helpers, t.Floor, t.Lock, coupons)
}

// Apply changes the campaign. Once anybody can have started, what was promised stays, and only its name, its limits and
// its end change.
func (c *Campaign) Apply(f Form, by string, now time.Time) error {
	switch {
	case c.State == Ended:
		return ErrEnded
	case c.State != Draft && (c.Terms != f.Terms || c.Camp != f.Camp):
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
	c.Idle = c.idle(now)
	if c.State, c.PausedAt = to, (time.Time{}); to == Paused {
		c.PausedAt = now
	}
	c.changed(by, now)
	return nil
}

// Close ends the campaign. What is open can still be helped in its time, or, if stop, expires at once; one that was closed
// without can still be stopped.
func (c *Campaign) Close(stop bool, by string, now time.Time) error {
	switch {
	case c.State == Draft:
		return domain.ErrConflict
	case c.State == Ended && (!stop || c.Stopped):
		return domain.ErrSame
	}
	c.Idle = c.idle(now)
	c.State, c.PausedAt, c.Stopped = Ended, time.Time{}, stop
	c.changed(by, now)
	if stop {
		c.Emit(EventStopped, now, nil)
	}
	return nil
}

// idle is how long the campaign has been paused so far.
func (c Campaign) idle(now time.Time) time.Duration {
	if c.PausedAt.IsZero() {
		return c.Idle
	}
	return c.Idle + max(now.Sub(c.PausedAt), 0)
}

// MayStart says why nobody can start now, or nil.
func (c Campaign) MayStart(now time.Time) error {
	switch {
	case c.State == Draft:
		return ErrUnknown
	case c.State == Paused:
		return ErrPaused
	case c.State == Ended, !now.Before(c.EndsAt):
		return ErrEnded
	}
	return nil
}

// MayHelp says why nobody can help now, or nil.
func (c Campaign) MayHelp() error {
	switch {
	case c.State == Draft:
		return ErrUnknown
	case c.State == Paused:
		return ErrPaused
	case c.Stopped:
		return ErrEnded
	}
	return nil
}

// Closing says what ending the campaign would do to so many that are open and so many that have reached their price.
func Closing(stop bool, open, reached int64) string {
	kept := fmt.Sprintf("已经助力成功的 %d 个，价格照常保留到各自的时间。", reached)
	if stop {
		return fmt.Sprintf("立即停止：正在进行的 %d 个助力马上结束，不能再助力；%s", open, kept)
	}
	return fmt.Sprintf("不再接受新的发起；正在进行的 %d 个助力可以在各自时限内继续；%s", open, kept)
}
