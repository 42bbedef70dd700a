package order

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/product"
)

// Quote is the price of a seat at an instant, line by line, with what the buyer brings. It is the one place where a price
// is computed; discount.go says which discounts may meet.
func Quote(c camp.Camp, p product.Product, offer string, pool Pool, deal Deal, now time.Time) (Promise, error) {
	o, err := p.Offer(offer)
	if err != nil {
		return Promise{}, fmt.Errorf("offer %s of camp %s: %w", offer, c.ID, err)
	}
	if err := pool.sells(o, now); err != nil {
		return Promise{}, fmt.Errorf("offer %s of camp %s: %w", offer, c.ID, err)
	}
	promise := Promise{
		Offer: o.ID, Kind: o.Kind, Title: c.Title + " · " + o.Title, Version: p.Version, Part: o.Part,
		Deadlines: slices.DeleteFunc(p.Policy.Deadlines(c), func(d product.Deadline) bool { return !now.Before(d.Until) }),
	}
	var early *domain.Fen
	if price, window := o.At(now); window != nil {
		early = &price
	}
	promise.Lines, promise.Skipped = combine(o, early, deal)
	if promise.part() != (Ref{}) {
		promise.Until = deal.Special.Until
	}
	if o.Kind == product.Scholarship {
		promise.Rules, promise.LockAt = pool.Rules, pool.LockAt
	}
	if err := promise.Check(); err != nil { // the form refuses a price list of which this could come
		return Promise{}, fmt.Errorf("offer %s of camp %s: %w", offer, c.ID, err)
	}
	return promise, nil
}

// Check holds a price against the rules of combination; what it returns is for staff and logs.
func (p Promise) Check() error {
	amount := Sum(p.Lines)
	seen := map[LineKind]bool{}
	for i, l := range p.Lines {
		switch {
		case (i == 0) != (l.Kind == LinePrice):
			return fmt.Errorf("line %d is of kind %s: %w", i, l.Kind, domain.ErrInvalid)
		case i > 0 && l.Amount >= 0:
			return fmt.Errorf("line %s takes nothing off: %w", l.Kind, domain.ErrInvalid)
		case seen[l.Kind]:
			return fmt.Errorf("line %s comes twice: %w", l.Kind, domain.ErrInvalid)
		}
		seen[l.Kind] = true
	}
	firsts := 0
	for _, kind := range []LineKind{LineEarlyBird, LineGroup, LineAssist} {
		if seen[kind] {
			firsts++
		}
	}
	switch {
	case len(p.Lines) == 0 || firsts > 1:
		return fmt.Errorf("%d prices in the place of one: %w", firsts, domain.ErrInvalid)
	case amount < 0 || p.Part < 0 || amount < p.Part:
		return fmt.Errorf("%s with %s for the pool: %w", amount, p.Part, domain.ErrInvalid)
	}
	return nil
}

// Used is the id of what a discount of a kind used up, empty if none did.
func (p Promise) Used(kind LineKind) string {
	if l := lineOf(p.Lines, kind); l != nil {
		return l.Ref
	}
	return ""
}

// Discount is what the line of a kind takes off.
func (p Promise) Discount(kind LineKind) domain.Fen {
	if l := lineOf(p.Lines, kind); l != nil {
		return -l.Amount
	}
	return 0
}

// china is the zone in which people are told of instants that belong to no camp's day.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// Sentence says in plain words what comes back to whoever gives up.
func (p Promise) Sentence() string {
	if Sum(p.Lines) == 0 {
		return "免费名额，无需付款。"
	}
	var s strings.Builder
	tuition := "已付金额"
	if p.Part > 0 {
		tuition = "学费部分（" + (Sum(p.Lines) - p.Part).String() + "）"
	}
	for _, d := range p.Deadlines {
		fmt.Fprintf(&s, "%s前申请，%s退 %d%%；", d.Until.In(china).Format("1月2日 15:04"), tuition, d.Percent)
	}
	if len(p.Deadlines) == 0 {
		s.WriteString("付款后" + tuition + "不退。")
	} else {
		s.WriteString("之后不退。")
	}
	if p.Part > 0 {
		fmt.Fprintf(&s, "奖学金部分（%s）在%s前申请全额退回，之后进入奖学金池，按规则结算。", p.Part, p.LockAt.In(china).Format("1月2日 15:04"))
	}
	return s.String()
}
