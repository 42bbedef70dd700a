package season

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingdi/season/audit"
)

// shop is a camp whose seats are sold: fewer than there are buyers, at a lower price to the early ones, and with all that
// can happen between a price and a place.
type shop struct {
	*season
	camp       string
	seat, gift string // the offers: one that costs, and one that does not
	buyers     []*buyer
	wrong      []string // orders of which WeChat took a wrong amount
	stuck      []string // refunds that somebody must help
}

// What the shop sells.
const (
	shopSeats  = 7
	shopBuyers = 11
	fullPrice  = 199_01 // odd, so that its parts must be rounded
	earlyPrice = 99_03
	halfBack   = 50 // percent, from the first day on
)

func newShop(s *season) *shop { return &shop{season: s} }

// halfUntil is the last day on which half of the price comes back; before the first day all of it does.
func (s *shop) halfUntil() int { return max(1, s.plan.Days/2) }

// early ends on the evening before the first day.
func (s *shop) earlyUntil() time.Time { return s.clock(0, 22*time.Hour) }

// clock is an instant of a day of the camp, after midnight.
func (s *season) clock(day int, after time.Duration) time.Time {
	d := eve.AddDate(0, 0, day)
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, s.place).Add(after).UTC()
}

func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

var offerID = regexp.MustCompile(`name="id" value="([0-9a-zA-Z_-]+)"`)

// open makes the camp and its prices.
func (s *shop) open(ctx context.Context, organiser string) error {
	to, err := s.teacher.post(ctx, "/camps", url.Values{
		"organiser": {organiser}, "title": {"写作精修营"}, "intro": {"收费的营。"}, "zone": {zone}, "cut_off": {strconv.Itoa(cutOff)},
		"seats": {strconv.Itoa(shopSeats)}, "start": {s.dayOf(1)}, "end": {s.dayOf(s.plan.Days)}, "enrol_by": {s.dayOf(s.plan.Days)},
	})
	if err != nil {
		return err
	}
	s.camp = part(to, 3)
	base := "/camps/" + s.camp
	for day := 1; day <= s.plan.Days; day++ {
		if _, err := s.teacher.post(ctx, base+"/tasks", url.Values{"day": {s.dayOf(day)}, "title": {"写一段"}}); err != nil {
			return err
		}
	}
	if _, err := s.teacher.post(ctx, base+"/price", url.Values{
		"version": {"0"}, "do": {"save"}, "id": {"", ""}, "kind": {"paid", "free"}, "name": {"普通名额", "公益名额"}, "price": {yuan(fullPrice), ""},
		"of": {"0"}, "early": {yuan(earlyPrice)}, "until": {s.earlyUntil().In(s.place).Format("2006-01-02T15:04")}, "part": {"", ""}, "off": {"no", "no"},
		"day": {"0", strconv.Itoa(s.halfUntil())}, "percent": {"100", strconv.Itoa(halfBack)},
	}); err != nil {
		return err
	}
	page, err := s.teacher.get(ctx, base+"/price")
	if err != nil {
		return err
	}
	offers := offerID.FindAllSubmatch(page, -1)
	if len(offers) != 2 {
		return fmt.Errorf("the shop shows %d offers of 2", len(offers))
	}
	s.seat, s.gift = string(offers[0][1]), string(offers[1][1])
	s.book.write(func(p *audit.Promises) {
		p.Shop = audit.Shop{
			Camp: s.camp, Price: fullPrice, Early: earlyPrice, EarlyUntil: s.earlyUntil(), Gift: s.gift,
			All: s.clock(1, cutOff*time.Hour), Half: s.clock(s.halfUntil()+1, cutOff*time.Hour), Percent: halfBack,
		}
	})
	_, err = s.teacher.post(ctx, base+"/publish", url.Values{})
	return err
}

// gather signs the buyers in.
func (s *shop) gather(ctx context.Context) error {
	var arriving, buying []func(context.Context) error
	for n := range shopBuyers {
		b := &buyer{learner: &learner{season: s.season, name: fmt.Sprintf("买家%02d", n)}, in: s, n: n}
		s.buyers = append(s.buyers, b)
		arriving = append(arriving, b.arrive)
		buying = append(buying, func(ctx context.Context) error { return b.live(ctx, -1) })
	}
	if err := s.together(ctx, arriving); err != nil {
		return err
	}
	return s.together(ctx, buying)
}

// dice of the shop for a purpose at a moment.
func (s *shop) dice(purpose, day int, at Moment) *rand.Rand {
	return s.plan.dice(300+purpose, 0, day*3+int(at))
}

// moment is what there is to do in one moment.
func (s *shop) moment(day int, at Moment) (work []func(context.Context) error) {
	if day > s.plan.Days {
		return nil
	}
	seenTo := -1
	if at == Evening { // staff see to one buyer, who does nothing meanwhile
		r := s.dice(2, day, at)
		seenTo = r.IntN(len(s.buyers))
		wrong := s.wrong
		s.wrong = nil
		work = append(work, func(ctx context.Context) error { return s.tend(ctx, day, s.buyers[seenTo], wrong, r) })
	}
	for i, b := range s.buyers {
		if i != seenTo {
			work = append(work, func(ctx context.Context) error { return b.live(ctx, day*3+int(at)) })
		}
	}
	return work
}

// soon is how much later people try again what did not work: enough for the product to have asked WeChat meanwhile.
const soon = 2 * time.Minute

// afterwards lets those go on who have something unfinished, a little later.
func (s *shop) afterwards(ctx context.Context, day int) error {
	var work []func(context.Context) error
	for _, b := range s.buyers {
		if b.again != nil {
			again := b.again
			b.again = nil
			work = append(work, again)
		}
	}
	if len(work) == 0 || day > s.plan.Days {
		return nil
	}
	if err := s.setClock(ctx, s.now.Load().Add(soon)); err != nil {
		return err
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	if err := s.together(ctx, work); err != nil {
		return err
	}
	return s.settle(ctx)
}

// misbehave lets WeChat Pay have faults in a moment.
func (s *shop) misbehave(ctx context.Context, day int, at Moment) error {
	r := s.dice(1, day, at)
	for range r.IntN(4) {
		f := payFaults[r.IntN(len(payFaults))]
		if err := s.wallet(ctx, "fault", url.Values{"path": {f.Path}, "mode": {f.Mode}, "code": {f.Code}}); err != nil {
			return err
		}
	}
	for range r.IntN(4) {
		if err := s.wallet(ctx, "notice-fault", url.Values{"fault": {noticeFaults[r.IntN(len(noticeFaults))]}}); err != nil {
			return err
		}
	}
	return nil
}

const pathPay = "/dev/pay"

// wallet does something that people do at WeChat Pay. What cannot be done, because it is over, is left.
func (s *season) wallet(ctx context.Context, act string, form url.Values) error {
	a, err := s.client.do(ctx, call{method: http.MethodPost, path: pathPay + "/" + act, form: form})
	if err != nil {
		return err
	}
	if a.status != http.StatusOK && a.status != http.StatusUnprocessableEntity {
		return fmt.Errorf("%s at WeChat Pay: %d %s", act, a.status, a.body)
	}
	s.book.chance("pay_"+strings.ReplaceAll(act, "-", "_"), 1)
	return nil
}

// atPay lists what WeChat Pay knows of: trades, refunds or transfers.
func atPay[T any](ctx context.Context, s *season, what string) (list []T, err error) {
	a, err := s.client.do(ctx, call{method: http.MethodGet, path: pathPay + "/" + what})
	if err != nil {
		return nil, err
	}
	return list, json.Unmarshal(a.body, &list)
}

// tend is what staff do about the money of an evening: they give some back of their own accord to a buyer, help refunds
// that are stuck, and deal with amounts that were wrong.
func (s *shop) tend(ctx context.Context, day int, b *buyer, wrong []string, r *rand.Rand) error {
	if err := s.help(ctx, r.IntN(3) > 0); err != nil {
		return err
	}
	for _, order := range wrong {
		if err := s.press(ctx, order, "dismiss", url.Values{"at": {"0"}, "outcome": {"已电话说明"}}); err != nil {
			return err
		}
	}
	order, amount := b.paid(), int64(1+r.IntN(fullPrice))
	if order == "" {
		return nil
	}
	ends := map[bool]string{true: "yes", false: "no"}[r.IntN(2) == 0]
	grant := url.Values{"key": {fmt.Sprintf("day%d", day)}, "amount": {yuan(amount)}, "ends": {ends}, "reason": {"老师同意退款"}}
	for range 2 {
		a, err := s.send(ctx, order, "refund", grant)
		if err != nil {
			return err
		}
		if !s.book.expect(a, call{method: http.MethodPost, path: "refund by staff"}, http.StatusSeeOther, http.StatusUnprocessableEntity, http.StatusConflict) || a.status != http.StatusSeeOther {
			return nil
		}
	}
	s.book.write(func(p *audit.Promises) {
		p.Refunds = append(p.Refunds, audit.RefundAsked{Order: order, Key: grant.Get("key"), Amount: amount, Ends: ends == "yes"})
	})
	s.book.chance("refunds_by_staff", 1)
	return nil
}

// send sends a form about an order.
func (s *shop) send(ctx context.Context, order, act string, form url.Values) (answer, error) {
	form.Set("csrf", s.teacher.csrf)
	return s.client.do(ctx, call{
		method: http.MethodPost, path: "/console/camps/" + cmp.Or(s.book.campOf(order), s.camp) + "/orders/" + order + "/" + act, cookie: s.teacher.cookie, form: form,
	})
}

// press presses a button of an order's page, which may be about something that is over.
func (s *shop) press(ctx context.Context, order, act string, form url.Values) error {
	a, err := s.send(ctx, order, act, form)
	s.book.check(err != nil || slices.Contains([]int{http.StatusSeeOther, http.StatusNotFound}, a.status), "%s of an order was answered with %d", act, a.status)
	return err
}

// help decides at WeChat what waits there: most refunds arrive after all, and of some the card is gone, which somebody
// mends the evening after, there and here.
func (s *shop) help(ctx context.Context, arrive bool) error {
	refunds, err := atPay[struct{ Number, Trade, State string }](ctx, s.season, "refunds")
	if err != nil {
		return err
	}
	for _, r := range refunds {
		if r.State == "ABNORMAL" || r.State == "PROCESSING" && arrive {
			if err := s.wallet(ctx, "settle", url.Values{"number": {r.Number}, "state": {"SUCCESS"}}); err != nil {
				return err
			}
		} else if r.State == "PROCESSING" {
			if err := s.wallet(ctx, "settle", url.Values{"number": {r.Number}, "state": {"ABNORMAL"}}); err != nil {
				return err
			}
			s.stuck = append(s.stuck, r.Number)
			continue
		}
		if i := slices.Index(s.stuck, r.Number); i >= 0 {
			s.stuck = slices.Delete(s.stuck, i, i+1)
			order, _, _ := strings.Cut(r.Trade, "-")
			if err := s.press(ctx, order, "again", url.Values{"number": {r.Number}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// close lets everything that waits at WeChat end, and time pass until the product has heard of it.
func (s *shop) close(ctx context.Context) error {
	if err := s.teacher.signIn(ctx); err != nil {
		return err
	}
	for range 3 {
		if err := s.help(ctx, true); err != nil {
			return err
		}
		if err := s.setClock(ctx, s.now.Load().Add(7*time.Hour)); err != nil {
			return err
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	buyers := slices.Clone(s.buyers)
	for _, z := range s.prizes {
		for _, p := range z.players {
			buyers = append(buyers, &buyer{learner: p.learner})
		}
	}
	for _, b := range buyers {
		if err := b.lookAtOrders(ctx); err != nil {
			return err
		}
	}
	return nil
}
