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

// Pool is what a price depends on of a scholarship pool: which rules are shown, and until when all of the part comes back.
type Pool struct {
	Rules  int
	LockAt time.Time
}

// Quote is the price of a seat at an instant, line by line. It is the one place where a price is computed.
func Quote(c camp.Camp, p product.Product, offer string, pool Pool, now time.Time) (Promise, error) {
	o, err := p.Offer(offer)
	if err != nil {
		return Promise{}, fmt.Errorf("offer %s of camp %s: %w", offer, c.ID, err)
	}
	price, window := o.At(now)
	promise := Promise{
		Offer: o.ID, Kind: o.Kind, Title: c.Title + " · " + o.Title, Version: p.Version,
		Lines:     []Line{{LinePrice, o.Title, o.Price}},
		Part:      o.Part,
		Deadlines: slices.DeleteFunc(p.Policy.Deadlines(c), func(d product.Deadline) bool { return !now.Before(d.Until) }),
	}
	if window != nil {
		promise.Lines = append(promise.Lines, Line{LineEarlyBird, "早鸟优惠", price - o.Price})
	}
	if o.Kind == product.Scholarship {
		promise.Rules, promise.LockAt = pool.Rules, pool.LockAt
	}
	if promise.Part > Sum(promise.Lines) { // the form refuses such a price list
		return Promise{}, fmt.Errorf("part of offer %s: %w", offer, domain.ErrInvalid)
	}
	return promise, nil
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
