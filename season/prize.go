package season

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"yingdi/season/audit"
)

// prize is a scholarship camp: a part of each fee goes into a pool, and in the end those who persevered share the part of
// those who gave up.
type prize struct {
	*season
	terms
	camp    string
	offer   string
	tasks   []string // by day
	players []*player
	second  *staff // whose word it takes besides the teacher's
}

// player is one of its learners.
type player struct {
	*learner
	in *prize
	habit
	order string
	out   bool // has given the seat back
}

// open makes the camp, its prices, and the rules of its pool.
func (z *prize) open(ctx context.Context, organiser string) error {
	to, err := z.teacher.post(ctx, "/camps", url.Values{
		"organiser": {organiser}, "title": {z.title}, "intro": {"坚持的人分奖学金。"}, "zone": {zone}, "cut_off": {strconv.Itoa(cutOff)},
		"seats": {"20"}, "start": {z.dayOf(1)}, "end": {z.dayOf(z.days)}, "enrol_by": {z.dayOf(1)}, "closing": {"1"},
	})
	if err != nil {
		return err
	}
	z.camp = part(to, 3)
	base := "/camps/" + z.camp
	for day := 1; day <= z.days; day++ {
		if _, err := z.teacher.post(ctx, base+"/tasks", url.Values{"day": {z.dayOf(day)}, "title": {"早起"}}); err != nil {
			return err
		}
	}
	for path, form := range map[string]url.Values{"/price": {
		"version": {"0"}, "do": {"save"}, "id": {""}, "kind": {"scholarship"}, "name": {"奖学金名额"}, "price": {yuan(z.price)},
		"part": {yuan(z.part)}, "off": {"no"}, "day": {"1", strconv.Itoa(1 + max(1, z.days/2))}, "percent": {"100", strconv.Itoa(prizeBack)},
	}, "/pool": {
		"version": {"0"}, "do": {"save"}, "days": {strconv.Itoa(z.needed())}, "make_ups": {"0"}, "grace": {"1"}, "appeal": {"1"}, "decide": {"1"},
		"fee_percent": {strconv.Itoa(z.fee)},
	}} {
		if _, err := z.teacher.post(ctx, base+path, form); err != nil {
			return err
		}
	}
	for _, path := range []string{"/publish", "/pool/open"} {
		if _, err := z.teacher.post(ctx, base+path, url.Values{}); err != nil {
			return err
		}
	}
	return z.read(ctx, base)
}

// read finds the tasks and the offer on the camp's pages.
func (z *prize) read(ctx context.Context, base string) error {
	page, err := z.teacher.get(ctx, base+"/tasks")
	if err != nil {
		return err
	}
	for _, found := range taskLink.FindAllSubmatch(page, -1) {
		if id := string(found[1]); !slices.Contains(z.tasks, id) {
			z.tasks = append(z.tasks, id)
		}
	}
	if page, err = z.teacher.get(ctx, base+"/price"); err != nil {
		return err
	}
	offer := offerID.FindSubmatch(page)
	if offer == nil || len(z.tasks) != z.days {
		return fmt.Errorf("the scholarship camp has %d tasks, and an offer: %v", len(z.tasks), offer != nil)
	}
	z.offer = string(offer[1])
	z.book.write(func(p *audit.Promises) {
		p.Prizes = append(p.Prizes, audit.Prize{
			Camp: z.camp, Price: z.price, Part: z.part, Needed: z.needed(), Fee: int64(z.fee), Percent: prizeBack, Cancelled: z.cancelled > 0,
			Lock: z.clock(2, cutOff*time.Hour), Half: z.clock(2+max(1, z.days/2), cutOff*time.Hour),
		})
	})
	return nil
}

// gather lets the players agree to the rules, order, and pay; one pays too late, and one never.
func (z *prize) gather(ctx context.Context) error {
	var arriving, joining []func(context.Context) error
	for n, habit := range z.habits {
		p := &player{learner: &learner{season: z.season, name: fmt.Sprintf("%s%02d", z.title, n)}, in: z, habit: habit}
		z.players = append(z.players, p)
		arriving, joining = append(arriving, p.arrive), append(joining, p.join)
	}
	if err := z.together(ctx, arriving); err != nil {
		return err
	}
	return z.together(ctx, joining)
}

func (p *player) join(ctx context.Context) error {
	base := "/camps/" + p.in.camp
	order := call{method: http.MethodPost, path: base + "/orders", key: p.key(), json: map[string]any{"offer": p.in.offer, "amount": p.in.price}}
	a, _, err := p.ask(ctx, order, http.StatusConflict)
	if err != nil {
		return err
	}
	p.book.check(a.code() == "pool_not_agreed", "an order without consent was refused with %s", a.code())
	for range 2 {
		if _, _, err := p.ask(ctx, call{method: http.MethodPut, path: base + "/pool/consent", json: map[string]any{"rules": 1, "adult": true}}, http.StatusOK); err != nil {
			return err
		}
	}
	again := order
	again.key, order.key = p.key(), p.key()
	at := *p.now.Load()
	answers, err := p.twice(ctx, order, again, http.StatusCreated, http.StatusOK)
	if err != nil {
		return err
	}
	var in struct{ ID string }
	if err := answers[0].into(&in); err != nil {
		return err
	}
	p.order = in.ID
	p.book.write(func(told *audit.Promises) {
		told.Orders = append(told.Orders, audit.Ordered{ID: p.order, Camp: p.in.camp, Member: p.member, Amount: p.in.price, At: at})
	})
	number, err := (&buyer{learner: p.learner, order: p.order}).askPay(ctx)
	if err != nil || number == "" || p.never {
		return err
	}
	return p.wallet(ctx, "pay", url.Values{"number": {number}})
}

// moment is what there is to do in one moment.
func (z *prize) moment(day int, at Moment) (work []func(context.Context) error) {
	for _, p := range z.players {
		switch {
		case at == Morning && day <= z.days:
			work = append(work, func(ctx context.Context) error { return p.live(ctx, day) })
		case at == Evening && day == z.days+1 && z.appeals:
			work = append(work, p.appeal)
		}
	}
	switch {
	case at == Evening && day == z.days+2 && z.appeals:
		work = append(work, z.decide)
	case at == Evening && day == z.cancelled:
		work = append(work, z.cancel)
	}
	return work
}

// live is a morning: most hand in; one gives the seat back before the pool is locked, and one after.
func (p *player) live(ctx context.Context, day int) error {
	if err := p.renew(ctx, 0); err != nil || p.out || p.never {
		return err
	}
	if day == p.quits {
		return p.quit(ctx)
	}
	if p.plan.dice(330, slices.Index(p.in.players, p), day).IntN(10) >= p.rate {
		return nil
	}
	k := call{method: http.MethodPost, path: "/camps/" + p.in.camp + "/checkins", key: p.key(), json: map[string]any{
		"task": p.in.tasks[day-1], "text": fmt.Sprintf("%s 第 %d 天早起", p.name, day),
	}}
	_, _, err := p.ask(ctx, k, http.StatusCreated, http.StatusOK) // the second where the server died before it answered
	return err
}

// quit asks back what the order gives back.
func (p *player) quit(ctx context.Context) error {
	p.out = true
	return (&buyer{learner: p.learner, order: p.order}).giveBack(ctx)
}

// appeal says of the first day that does not count why it should.
func (p *player) appeal(ctx context.Context) error {
	if err := p.renew(ctx, 0); err != nil || p.out || p.never {
		return err
	}
	base := "/camps/" + p.in.camp + "/pool"
	a, ok, err := p.ask(ctx, call{method: http.MethodGet, path: base + "/evidence"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct {
		Qualified bool
		Days      []struct {
			Day string
			May bool `json:"may_appeal"`
		}
	}
	if err := a.into(&in); err != nil {
		return err
	}
	for _, d := range in.Days {
		if d.May && !in.Qualified {
			_, _, err := p.ask(ctx, call{method: http.MethodPost, path: base + "/appeals", key: p.key(), json: map[string]any{"day": d.Day, "text": "那天停电了"}}, http.StatusOK)
			return err
		}
	}
	return nil
}

// decide answers every second appeal; the others are answered by the rules once their time is over.
func (z *prize) decide(ctx context.Context) error {
	for n, p := range z.players {
		if n%2 == 0 || p.out {
			continue
		}
		for day := 1; day <= z.days; day++ {
			form := url.Values{"csrf": {z.teacher.csrf}, "day": {z.dayOf(day)}, "answer": {"那天没有停电"}, "do": {"refuse"}}
			a, err := z.client.do(ctx, call{method: http.MethodPost, path: "/console/camps/" + z.camp + "/pool/members/" + p.member + "/appeal", cookie: z.teacher.cookie, form: form})
			if err != nil {
				return err
			}
			z.book.check(a.status < 500, "a decision about an appeal was answered with %d", a.status)
		}
	}
	return nil
}

// cancel ends the pool before there is a list: everybody's part goes back. The second click does nothing more.
func (z *prize) cancel(ctx context.Context) error {
	for range 2 {
		if _, err := z.teacher.post(ctx, "/camps/"+z.camp+"/pool/cancel", url.Values{"reason": {"报名的人太少"}}); err != nil {
			return err
		}
	}
	return nil
}
