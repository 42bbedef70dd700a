// Package product is what the seats of a camp cost, and under which promise they can be given back.
package product

import (
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Product is the price list of a camp; its id is the camp's. A camp without one is free.
type Product struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Offers    []Offer   `json:"offers"` // in the order shown
	Policy    Policy    `json:"policy"`
	Version   int       `json:"version"` // of all of the above, counted by each change
	ChangedAt time.Time `json:"changed_at"`
}

// Offer is one kind of seat.
type Offer struct {
	ID        string     `json:"id"` // short and lasting: orders name it
	Kind      Kind       `json:"kind"`
	Title     string     `json:"title"`
	Price     domain.Fen `json:"price"`
	EarlyBird []Window   `json:"early_bird,omitempty"` // the first to end first
	Part      domain.Fen `json:"part,omitempty"`       // of the price, that goes into the scholarship pool
	Off       bool       `json:"off,omitempty"`        // no longer sold
}

// Kind of a seat.
type Kind string

// The kinds.
const (
	Free        Kind = "free"
	Paid        Kind = "paid"
	Scholarship Kind = "scholarship"
)

// Window is a lower price until an instant.
type Window struct {
	Until time.Time  `json:"until"`
	Price domain.Fen `json:"price"`
}

// Policy says how much of the tuition a learner gets back who asks for it, by when they ask. What went into the pool
// follows the pool's rules: all of it before the lock, none after.
type Policy struct {
	Steps []Step `json:"steps"` // the earliest first; after the last nothing comes back
}

// Step of a policy: until the end of a day of the camp, this many percent. Day 0 is the day before the camp starts.
type Step struct {
	Day     int `json:"day"`
	Percent int `json:"percent"`
}

// Deadline is a step with its instant, as an order keeps it: days that move later do not move a promise.
type Deadline struct {
	Until   time.Time `json:"until"`
	Percent int       `json:"percent"`
}

// Limits of a price list.
const (
	MaxOffers  = 6
	MaxWindows = 5
	MaxSteps   = 6
	MaxPrice   = domain.Fen(50_000_00) // far below what WeChat takes; a typing error should not get further
)

// The refusals of this feature.
var (
	ErrNoOffer = domain.Refusal(domain.KindNotFound, "offer_not_found", "没有这种名额，请刷新后再选")
	ErrOff     = domain.Refusal(domain.KindConflict, "offer_off", "这种名额已经停售")
)

// Form is what staff can say about the prices of a camp.
type Form struct {
	Offers []Offer
	Policy Policy
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.That(len(f.Offers) > 0, "offers", "请至少设置一种名额")
	check.That(len(f.Offers) <= MaxOffers, "offers", fmt.Sprintf("名额最多 %d 种", MaxOffers))
	seen := map[string]bool{}
	for i, o := range f.Offers {
		o.check(&check, fmt.Sprintf("offers[%d]", i))
		check.That(o.ID == "" || !seen[o.ID], "offers", "名额种类重复")
		seen[o.ID] = true
	}
	f.Policy.check(&check)
	return check.Err()
}

func (o Offer) check(check *domain.Check, at string) {
	check.That(o.ID == "" || domain.ValidID(o.ID) && len(o.ID) <= 24, at+".id", "名额编号无效")
	check.Line(at+".title", "名称", o.Title, 1, 20)
	check.That(len(o.EarlyBird) <= MaxWindows, at+".early_bird", fmt.Sprintf("早鸟价最多 %d 档", MaxWindows))
	for i, w := range o.EarlyBird {
		check.That(!w.Until.IsZero(), at+".early_bird", "请填写早鸟价的截止时间")
		check.That(i == 0 || w.Until.After(o.EarlyBird[i-1].Until), at+".early_bird", "早鸟价的截止时间应一档晚于一档")
		check.That(w.Price >= 1 && w.Price < o.Price, at+".early_bird", "早鸟价应低于原价，且至少 ¥0.01")
	}
	lowest := o.lowest()
	switch o.Kind {
	case Free:
		check.That(o.Price == 0 && o.Part == 0 && len(o.EarlyBird) == 0, at+".price", "免费名额不能有价格")
	case Paid:
		check.That(o.Price >= 1 && o.Price <= MaxPrice, at+".price", "价格应在 ¥0.01 到 "+MaxPrice.String()+" 之间")
		check.That(o.Part == 0, at+".part", "只有奖学金名额可以设置奖学金部分")
	case Scholarship:
		check.That(o.Price >= 1 && o.Price <= MaxPrice, at+".price", "价格应在 ¥0.01 到 "+MaxPrice.String()+" 之间")
		check.That(o.Part >= 1 && o.Part <= lowest, at+".part", "奖学金部分至少 ¥0.01，且不超过最低的价格 "+lowest.String())
	default:
		check.That(false, at+".kind", "请选择名额的种类")
	}
}

func (o Offer) lowest() domain.Fen {
	lowest := o.Price
	for _, w := range o.EarlyBird {
		lowest = min(lowest, w.Price)
	}
	return lowest
}

func (p Policy) check(check *domain.Check) {
	check.That(len(p.Steps) <= MaxSteps, "policy", fmt.Sprintf("退款规则最多 %d 档", MaxSteps))
	for i, s := range p.Steps {
		check.Range("policy", "退款规则的天数", s.Day, -365, camp.MaxDays)
		check.Range("policy", "退款的百分比", s.Percent, 1, 100)
		if i > 0 {
			before := p.Steps[i-1]
			check.That(s.Day > before.Day, "policy", "退款规则应一档晚于一档")
			check.That(s.Percent < before.Percent, "policy", "越晚退款，比例应越低")
		}
	}
}

// Apply changes the price list; orders keep what they were promised. New offers are named by name.
func (p *Product) Apply(f Form, now time.Time, name func() string) error {
	if err := f.Check(); err != nil {
		return err
	}
	offers := slices.Clone(f.Offers)
	for i := range offers {
		if offers[i].ID == "" {
			offers[i].ID = name()
		}
	}
	p.Offers, p.Policy, p.Version, p.ChangedAt = offers, f.Policy, p.Version+1, now
	return nil
}

// Offer finds what is sold by its id.
func (p Product) Offer(id string) (Offer, error) {
	i := slices.IndexFunc(p.Offers, func(o Offer) bool { return o.ID == id })
	switch {
	case i < 0:
		return Offer{}, ErrNoOffer
	case p.Offers[i].Off:
		return Offer{}, ErrOff
	}
	return p.Offers[i], nil
}

// Sold is what can be bought now.
func (p Product) Sold() []Offer {
	return slices.DeleteFunc(slices.Clone(p.Offers), func(o Offer) bool { return o.Off })
}

// Costs reports whether any of its seats is to be paid for.
func (p Product) Costs() bool {
	return slices.ContainsFunc(p.Offers, func(o Offer) bool { return o.Kind != Free })
}

// At is the price at an instant, and the window that lowers it, if one does.
func (o Offer) At(now time.Time) (domain.Fen, *Window) {
	for _, w := range o.EarlyBird {
		if now.Before(w.Until) {
			return w.Price, &w
		}
	}
	return o.Price, nil
}

// Deadlines are the policy's steps as instants of the camp.
func (p Policy) Deadlines(c camp.Camp) []Deadline {
	list := make([]Deadline, len(p.Steps))
	for i, s := range p.Steps {
		list[i] = Deadline{c.Calendar.End(c.Start.Add(s.Day - 1)), s.Percent}
	}
	return list
}

// Percent that comes back to who asks at an instant.
func Percent(deadlines []Deadline, now time.Time) int {
	for _, d := range deadlines {
		if now.Before(d.Until) {
			return d.Percent
		}
	}
	return 0
}
