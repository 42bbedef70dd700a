package season

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yingdi/season/audit"
)

// growth is a camp to which people bring others: they buy seats together, help each other to a lower price, use coupons,
// and earn by whom they recommend. Who does what is fixed, so that each campaign fills, fails, runs out or is stopped.
type growth struct {
	*season
	organiser, camp, offer string
	filling, stopped       string // campaigns of group-buys: one that runs its time, and one that does not
	assists, coupons       string
	gifts                  string   // coupons that one gets by a code or as a gift
	codes                  []string // of them
	friends                []*friend
}

// What the camp offers.
const (
	growthPrice   = 199_05
	groupSize     = 3
	leaderPrice   = 99_07
	memberPrice   = 129_09
	assistPrice   = 89_11
	assistHelpers = 2
	campaignHours = 20 // of a group, and of an assist: from one evening to before the next
	couponOff     = 50_03
	couponStock   = 3
	giftOff       = 40_07
	giftStock     = 4
	giftCodes     = 3
	growthDays    = 4 // of the camp, however short the season is
	rateFirst     = 10_50
	rateSecond    = 3_33 // hundredths of a percent
)

// Who they are.
const (
	whoPromotes = iota // recommends
	whoFollows         // was recommended, recommends others, and buys with a coupon
	whoLeads           // opens a group that fills, and gives the seat back when it has
	whoRaces           // of three, for the last two seats of it
	_
	_
	whoIsAlone    // opens a group that nobody joins
	whoIsStopped  // opens one whose campaign is stopped
	whoIsHelped   // starts an assist that reaches its price
	whoFallsShort // starts one that does not
	whoLeaves     // buys with a coupon and gives the seat back
	whoStays      // buys at the full price, and is given a part back when it has earned a commission
	whoRedeems    // buys with a code
	whoIsGiven    // is given a coupon, and uses it while the campaign stands still
	whoComesLate  // finds every campaign paused, and comes again when they go on
	everybody
)

// friend is one of them.
type friend struct {
	*learner
	in                   *growth
	n                    int
	order, group, assist string
	coupon, scene        string
	off                  int64             // that the coupon takes
	guest                *player           // of the pool of small sums
	wishes               map[string]string // withdrawals, by what they are called
}

func newGrowth(s *season) *growth { return &growth{season: s} }

// open makes the camp, its price and its campaigns.
func (g *growth) open(ctx context.Context, organiser string) error {
	g.organiser = organiser
	to, err := g.teacher.post(ctx, "/camps", url.Values{
		"organiser": {organiser}, "title": {"一起读完一本书"}, "intro": {"和朋友一起。"}, "zone": {zone}, "cut_off": {strconv.Itoa(cutOff)},
		"seats": {"20"}, "start": {g.dayOf(1)}, "end": {g.dayOf(growthDays)}, "enrol_by": {g.dayOf(growthDays)},
	})
	if err != nil {
		return err
	}
	g.camp = part(to, 3)
	base := "/camps/" + g.camp
	if _, err := g.teacher.post(ctx, base+"/tasks", url.Values{"day": {g.dayOf(growthDays)}, "title": {"读完"}}); err != nil {
		return err
	}
	if _, err := g.teacher.post(ctx, base+"/price", url.Values{
		"version": {"0"}, "do": {"save"}, "id": {""}, "kind": {"paid"}, "name": {"普通名额"}, "price": {yuan(growthPrice)}, "part": {""}, "off": {"no"},
		"day": {"0", "2"}, "percent": {"100", strconv.Itoa(halfBack)},
	}); err != nil {
		return err
	}
	page, err := g.teacher.get(ctx, base+"/price")
	if err != nil {
		return err
	}
	offer := offerID.FindSubmatch(page)
	if offer == nil {
		return fmt.Errorf("the camp for friends shows no offer")
	}
	g.offer = string(offer[1])
	if _, err := g.teacher.post(ctx, base+"/publish", url.Values{}); err != nil {
		return err
	}
	return g.campaigns(ctx)
}

// campaigns sets the campaigns up and starts them.
func (g *growth) campaigns(ctx context.Context) (err error) {
	base, seat, ends := "/organisers/"+g.organiser, g.camp+"/"+g.offer, g.clock(growthDays, 12*time.Hour).In(g.place).Format("2006-01-02T15:04")
	group := url.Values{
		"seat": {seat}, "size": {strconv.Itoa(groupSize)}, "leader": {yuan(leaderPrice)}, "member": {yuan(memberPrice)},
		"hours": {strconv.Itoa(campaignHours)}, "per_person": {"1"}, "ends_at": {ends},
	}
	for _, c := range []struct {
		id          *string
		path, title string
		form        url.Values
	}{
		{&g.filling, "/groupbuys", "三人同行", group},
		{&g.stopped, "/groupbuys", "提前结束的拼团", group},
		{&g.assists, "/assists", "好友助力", url.Values{
			"seat": {seat}, "floor": {yuan(assistPrice)}, "helpers": {strconv.Itoa(assistHelpers)}, "hours": {strconv.Itoa(campaignHours)}, "lock": {"48"},
			"per_person": {"1"}, "quota": {"1"}, "per_network": {"100"}, "per_device": {"100"}, "ends_at": {ends},
		}},
		{&g.coupons, "/coupons", "新人立减", url.Values{
			"kind": {"fixed"}, "off": {yuan(couponOff)}, "returns": {"yes"}, "camps": {g.camp}, "valid": {"days"}, "days": {"7"}, "public": {"yes"},
			"stock": {strconv.Itoa(couponStock)}, "per_person": {"1"}, "per_network": {"100"}, "per_device": {"100"},
		}},
		{&g.gifts, "/coupons", "老友赠券", url.Values{
			"kind": {"fixed"}, "off": {yuan(giftOff)}, "returns": {"yes"}, "camps": {g.camp}, "valid": {"days"}, "days": {"7"},
			"stock": {strconv.Itoa(giftStock)}, "per_person": {"1"}, "per_network": {"100"}, "per_device": {"100"},
		}},
	} {
		if *c.id, err = g.campaign(ctx, base+c.path, c.title, c.form); err != nil {
			return err
		}
	}
	if _, err := g.teacher.post(ctx, base+"/referral/plan", url.Values{
		"camp": {g.camp}, "rate1": {yuan(rateFirst)}, "rate2": {yuan(rateSecond)}, "bind_days": {"30"}, "freeze_days": {"1"},
		"per_network": {"100"}, "per_device": {"100"}, "do": {"save"},
	}); err != nil {
		return err
	}
	g.book.write(func(p *audit.Promises) {
		p.Growth = audit.Growth{
			Camp: g.camp, Price: growthPrice, All: g.clock(1, cutOff*time.Hour), Half: g.clock(3, cutOff*time.Hour), Percent: halfBack,
			Groups: map[string]audit.GroupTerms{}, Coupons: map[string]audit.CouponTerms{
				g.coupons: {Off: couponOff, Stock: couponStock, PerPerson: 1, Public: true}, g.gifts: {Off: giftOff, Stock: giftStock, PerPerson: 1},
			},
			Assist: audit.AssistTerms{ID: g.assists, Price: assistPrice, Helpers: assistHelpers, PerPerson: 1, Quota: 1},
			Rates:  []int64{rateFirst, rateSecond}, Brought: map[string]string{},
		}
		for _, id := range []string{g.filling, g.stopped} {
			p.Growth.Groups[id] = audit.GroupTerms{Size: groupSize, Leader: leaderPrice, Member: memberPrice}
		}
	})
	if err := g.makeCodes(ctx); err != nil {
		return err
	}
	_, err = g.teacher.post(ctx, base+"/referral/turn", url.Values{"camp": {g.camp}, "to": {"active"}})
	return err
}

// campaign saves one, twice as a double click does, and starts it.
func (g *growth) campaign(ctx context.Context, path, title string, form url.Values) (id string, err error) {
	page, err := g.teacher.get(ctx, path+"/new")
	if err != nil {
		return "", err
	}
	found := offerID.FindSubmatch(page)
	if found == nil {
		return "", fmt.Errorf("the form of %s has no id", path)
	}
	id = string(found[1])
	form.Set("id", id)
	form.Set("title", title)
	form.Set("do", "save")
	if _, err := g.teacher.post(ctx, path, form); err != nil {
		return "", err
	}
	for range 2 {
		if _, err := g.teacher.post(ctx, path+"/"+id+"/turn", url.Values{"to": {"active"}}); err != nil {
			return "", err
		}
	}
	return id, nil
}

// gather signs the friends in and lets those who are recommended come: one after the other where one brings the next.
func (g *growth) gather(ctx context.Context) error {
	var arriving, coming []func(context.Context) error
	for n := range everybody {
		f := &friend{learner: &learner{season: g.season, name: fmt.Sprintf("朋友%02d", n)}, in: g, n: n}
		g.friends = append(g.friends, f)
		arriving = append(arriving, f.arrive)
	}
	if err := g.together(ctx, arriving); err != nil {
		return err
	}
	if err := g.readCodes(ctx); err != nil {
		return err
	}
	first, next := g.friends[whoPromotes], g.friends[whoFollows]
	for _, f := range []*friend{first, next} {
		if err := f.touch(ctx, g.funnel.blog.scene, g.funnel.blog.id); err != nil {
			return err
		}
	}
	if err := first.recommend(ctx); err != nil {
		return err
	}
	if err := next.come(ctx, first); err != nil {
		return err
	}
	if err := next.recommend(ctx); err != nil {
		return err
	}
	for _, n := range []int{whoLeads, whoRaces, whoRaces + 1, whoRaces + 2, whoLeaves, whoStays} {
		coming = append(coming, func(ctx context.Context) error { return g.friends[n].come(ctx, next) })
	}
	coming = append(coming, func(ctx context.Context) error { return g.funnel.leadNowhere(ctx, g.friends[whoIsAlone].learner) })
	for _, f := range []*friend{first, next} {
		f.guest = &player{learner: f.learner, in: g.small, habit: habit{rate: 10}}
		coming = append(coming, f.guest.join)
	}
	return g.together(ctx, coming)
}

// step is one of the play, in each morning and evening of the first days: what the friends do at once, and what staff do when
// they have.
func (g *growth) step(day int, at Moment) (work map[int]func(*friend, context.Context) error, then func(context.Context) error) {
	all := func(do func(*friend, context.Context) error, who ...int) {
		if work == nil {
			work = map[int]func(*friend, context.Context) error{}
		}
		for _, n := range who {
			before := work[n]
			work[n] = func(f *friend, ctx context.Context) error {
				if before != nil {
					if err := before(f, ctx); err != nil {
						return err
					}
				}
				return do(f, ctx)
			}
		}
	}
	switch [2]int{day, int(at)} {
	case [2]int{1, int(Morning)}:
		all((*friend).claim, whoFollows, whoLeaves)
		all((*friend).persevere, whoPromotes, whoFollows)
		all((*friend).redeemFirst, whoRedeems)
		then = g.give
	case [2]int{1, int(Evening)}:
		all((*friend).startAssist, whoIsHelped, whoFallsShort)
		all((*friend).claimLast, whoPromotes, whoIsHelped, whoFallsShort)
		all((*friend).openGroup, whoLeads, whoIsAlone, whoIsStopped)
		all((*friend).buy, whoFollows, whoLeaves, whoStays, whoRedeems)
		then = g.pause
	case [2]int{1, int(Night)}:
		all((*friend).findPaused, whoComesLate)
		all((*friend).useGift, whoIsGiven)
		then = g.resume
	case [2]int{2, int(Morning)}:
		all((*friend).race, whoRaces, whoRaces+1, whoRaces+2)
		all((*friend).help, whoPromotes, whoLeaves, whoStays)
		all((*friend).helpShort, whoFollows, whoFallsShort)
		all((*friend).redeemLate, whoComesLate)
		then = g.stop
	case [2]int{2, int(Evening)}:
		all((*friend).useAssist, whoIsHelped)
		all((*friend).leave, whoLeaves)
		all((*friend).buy, whoComesLate)
	case [2]int{3, int(Morning)}:
		all((*friend).tooLate, whoIsAlone, whoIsStopped, whoFallsShort)
	case [2]int{3, int(Evening)}:
		all((*friend).cashIn, whoPromotes)
		then = func(ctx context.Context) error {
			if err := g.decide(ctx, whoPromotes, "early", "approve"); err != nil {
				return err
			}
			return g.giveBack(ctx)
		}
	case [2]int{4, int(Morning)}:
		all((*friend).confirmEarly, whoPromotes)
	}
	return work, then
}

// moment is what there is to do in one moment.
func (g *growth) moment(day int, at Moment) (work []func(context.Context) error) {
	step, _ := g.step(day, at)
	for n := range everybody {
		if do := step[n]; do != nil {
			work = append(work, func(ctx context.Context) error {
				f := g.friends[n]
				if err := f.renew(ctx, 0); err != nil {
					return err
				}
				return do(f, ctx)
			})
		}
	}
	return work
}

// afterwards lets time pass until the product has heard of what was paid, whatever WeChat Pay had, and staff act.
func (g *growth) afterwards(ctx context.Context, day int, at Moment) error {
	work, then := g.step(day, at)
	if len(work) > 0 {
		for range 2 {
			if err := g.setClock(ctx, g.now.Load().Add(soon)); err != nil {
				return err
			}
			if err := g.settle(ctx); err != nil {
				return err
			}
		}
	}
	if then == nil {
		return nil
	}
	if err := g.teacher.signIn(ctx); err != nil {
		return err
	}
	if err := then(ctx); err != nil {
		return err
	}
	return g.settle(ctx)
}

// giveBack lets staff return money when commissions have been earned by it: a part to one, and all to another, who leaves.
func (g *growth) giveBack(ctx context.Context) error {
	for _, back := range []struct {
		who    int
		amount int64
		ends   string
	}{{whoStays, 33_33, "no"}, {whoLeads, leaderPrice, "yes"}} {
		order := g.friends[back.who].order
		grant := url.Values{"key": {"growth"}, "amount": {yuan(back.amount)}, "ends": {back.ends}, "reason": {"老师同意退款"}}
		for range 2 {
			a, err := g.shop.send(ctx, order, "refund", grant)
			if err != nil {
				return err
			}
			g.book.expect(a, call{method: http.MethodPost, path: "refund of a friend"}, http.StatusSeeOther)
		}
		g.book.write(func(p *audit.Promises) {
			p.Refunds = append(p.Refunds, audit.RefundAsked{Order: order, Key: "growth", Amount: back.amount, Ends: back.ends == "yes"})
		})
		g.book.count("growth_refunds", 1)
	}
	return nil
}
