package season

import (
	"bytes"
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
	camp    string
	offer   string
	tasks   []string // by day
	players []*player
	second  *staff // whose word it takes besides the teacher's
}

// The camp's terms.
const (
	prizePlayers = 8
	prizePrice   = 199_03
	prizePart    = 100_01 // odd, so that something is left to share out
	prizeFee     = 7      // percent
	prizeBack    = 50     // percent of the tuition, for some days
)

// player is one of its learners.
type player struct {
	*learner
	in    *prize
	n     int
	order string
	out   bool // has given the seat back
}

func newPrize(s *season) *prize { return &prize{season: s} }

// needed is how many days win.
func (z *prize) needed() int { return max(1, z.plan.Days*3/5) }

// open makes the camp, its prices, and the rules of its pool.
func (z *prize) open(ctx context.Context, organiser string) error {
	to, err := z.teacher.post(ctx, "/camps", url.Values{
		"organiser": {organiser}, "title": {"早起奖学金营"}, "intro": {"坚持的人分奖学金。"}, "zone": {zone}, "cut_off": {strconv.Itoa(cutOff)},
		"seats": {"20"}, "start": {z.dayOf(1)}, "end": {z.dayOf(z.plan.Days)}, "enrol_by": {z.dayOf(1)}, "closing": {"1"},
	})
	if err != nil {
		return err
	}
	z.camp = part(to, 3)
	base := "/camps/" + z.camp
	for day := 1; day <= z.plan.Days; day++ {
		if _, err := z.teacher.post(ctx, base+"/tasks", url.Values{"day": {z.dayOf(day)}, "title": {"早起"}}); err != nil {
			return err
		}
	}
	for path, form := range map[string]url.Values{"/price": {
		"version": {"0"}, "do": {"save"}, "id": {""}, "kind": {"scholarship"}, "name": {"奖学金名额"}, "price": {yuan(prizePrice)},
		"part": {yuan(prizePart)}, "off": {"no"}, "day": {"1", strconv.Itoa(1 + max(1, z.plan.Days/2))}, "percent": {"100", strconv.Itoa(prizeBack)},
	}, "/pool": {
		"version": {"0"}, "do": {"save"}, "days": {strconv.Itoa(z.needed())}, "make_ups": {"0"}, "grace": {"1"}, "appeal": {"1"}, "decide": {"1"},
		"fee_percent": {strconv.Itoa(prizeFee)},
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
	if offer == nil || len(z.tasks) != z.plan.Days {
		return fmt.Errorf("the scholarship camp has %d tasks, and an offer: %v", len(z.tasks), offer != nil)
	}
	z.offer = string(offer[1])
	z.book.write(func(p *audit.Promises) {
		p.Prize = audit.Prize{
			Camp: z.camp, Price: prizePrice, Part: prizePart, Needed: z.needed(), Fee: prizeFee, Percent: prizeBack,
			Lock: z.clock(2, cutOff*time.Hour), Half: z.clock(2+max(1, z.plan.Days/2), cutOff*time.Hour),
		}
	})
	return nil
}

// gather lets the players agree to the rules, order, and pay; one pays too late, and one never.
func (z *prize) gather(ctx context.Context) error {
	var arriving, joining []func(context.Context) error
	for n := range prizePlayers {
		p := &player{learner: &learner{season: z.season, name: fmt.Sprintf("奖友%02d", n)}, in: z, n: n}
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
	order := call{method: http.MethodPost, path: base + "/orders", key: p.key(), json: map[string]any{"offer": p.in.offer, "amount": prizePrice}}
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
		told.Orders = append(told.Orders, audit.Ordered{ID: p.order, Camp: p.in.camp, Member: p.member, Amount: prizePrice, At: at})
	})
	number, err := (&buyer{learner: p.learner, order: p.order}).askPay(ctx)
	if err != nil || number == "" || p.n == prizePlayers-1 { // one thinks better of it
		return err
	}
	return p.wallet(ctx, "pay", url.Values{"number": {number}})
}

// moment is what there is to do in one moment.
func (z *prize) moment(day int, at Moment) (work []func(context.Context) error) {
	for _, p := range z.players {
		switch {
		case at == Morning && day <= z.plan.Days:
			work = append(work, func(ctx context.Context) error { return p.live(ctx, day) })
		case at == Evening && day == z.plan.Days+1:
			work = append(work, p.appeal)
		}
	}
	if at == Evening && day == z.plan.Days+2 {
		work = append(work, z.decide)
	}
	return work
}

// rate is how many of ten days somebody keeps up.
func (p *player) rate() int { return []int{10, 10, 10, 7, 5, 2, 10, 0}[p.n] }

// live is a morning: most hand in; one gives the seat back before the pool is locked, and one after.
func (p *player) live(ctx context.Context, day int) error {
	if err := p.renew(ctx, 0); err != nil || p.out || p.n == prizePlayers-1 {
		return err
	}
	if p.n == 5 && day == 1 || p.n == 6 && day == 2 {
		return p.quit(ctx)
	}
	if p.plan.dice(330, p.n, day).IntN(10) >= p.rate() {
		return nil
	}
	k := call{method: http.MethodPost, path: "/camps/" + p.in.camp + "/checkins", key: p.key(), json: map[string]any{
		"task": p.in.tasks[day-1], "text": fmt.Sprintf("%s 第 %d 天早起", p.name, day),
	}}
	_, _, err := p.ask(ctx, k, http.StatusCreated)
	return err
}

// quit asks back what the order gives back.
func (p *player) quit(ctx context.Context) error {
	p.out = true
	return (&buyer{learner: p.learner, order: p.order}).giveBack(ctx)
}

// appeal says of the first day that does not count why it should.
func (p *player) appeal(ctx context.Context) error {
	if err := p.renew(ctx, 0); err != nil || p.out || p.n == prizePlayers-1 {
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
	for _, p := range z.players {
		if p.n%2 == 0 || p.out {
			continue
		}
		for day := 1; day <= z.plan.Days; day++ {
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

// settleUp lets two people sign the list and the winners take what is theirs: at once, after they let it go by, or after
// they had refused it.
func (z *prize) settleUp(ctx context.Context) error {
	for _, who := range []*staff{z.teacher, z.second} {
		if err := who.signIn(ctx); err != nil {
			return err
		}
		for range 2 { // the second time says that one person's word counts once
			if _, err := who.post(ctx, "/camps/"+z.camp+"/pool/sign", url.Values{}); err != nil {
				return err
			}
		}
	}
	if err := z.settle(ctx); err != nil {
		return err
	}
	for round := range 7 {
		if err := z.misbehaveAtTransfers(ctx, round); err != nil {
			return err
		}
		var work []func(context.Context) error
		for _, p := range z.players {
			work = append(work, func(ctx context.Context) error { return p.take(ctx, round) })
		}
		if err := z.together(ctx, work); err != nil {
			return err
		}
		if err := z.settle(ctx); err != nil {
			return err
		}
		hours := 1
		if round == 1 {
			hours = 25
		}
		if err := z.setClock(ctx, z.now.Load().Add(time.Duration(hours)*time.Hour)); err != nil {
			return err
		}
		if err := z.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (z *prize) misbehaveAtTransfers(ctx context.Context, round int) error {
	if round > 2 {
		return nil
	}
	for _, f := range [][]Fault{
		{{Path: "transfer-bills", Mode: "lost"}, {Path: "transfer-bills", Mode: "down"}}, {{Path: "transfer-bills", Mode: "unsigned"}}, {{Path: "transfer-bills", Mode: "lost"}},
	}[round] {
		if err := z.wallet(ctx, "fault", url.Values{"path": {f.Path}, "mode": {f.Mode}}); err != nil {
			return err
		}
	}
	return z.wallet(ctx, "notice-fault", url.Values{"fault": {[]string{"drop", "duplicate", "delay"}[round]}})
}

// take confirms the transfers that wait for the player; some let the first one go by, and one refuses it.
func (p *player) take(ctx context.Context, round int) error {
	if err := p.renew(ctx, 0); err != nil {
		return err
	}
	a, ok, err := p.ask(ctx, call{method: http.MethodGet, path: "/transfers"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct{ Items []struct{ ID, State string } }
	if err := a.into(&in); err != nil {
		return err
	}
	for _, t := range in.Items {
		switch {
		case t.State == "expired" || t.State == "failed":
			if _, _, err := p.ask(ctx, call{method: http.MethodPost, path: "/transfers/" + t.ID + "/claim", key: p.key()}, http.StatusOK, http.StatusConflict); err != nil {
				return err
			}
			p.book.chance("transfers_claimed", 1)
		case t.State == "waiting_user_confirm" && !(p.n == 1 && round < 2):
			if err := p.confirm(ctx, t.ID, round == 0 && p.n == 2); err != nil {
				return err
			}
		}
	}
	return nil
}

// confirm opens WeChat's page for a transfer and presses its button, or refuses.
func (p *player) confirm(ctx context.Context, id string, refuse bool) error {
	a, ok, err := p.ask(ctx, call{method: http.MethodPost, path: "/transfers/" + id + "/confirm", key: p.key()}, http.StatusOK, http.StatusConflict)
	if err != nil || !ok || a.status != http.StatusOK {
		return err
	}
	transfers, err := atPay[struct{ Number, Bill, State string }](ctx, p.season, "transfers")
	if err != nil {
		return err
	}
	for _, t := range transfers {
		if t.State != "WAIT_USER_CONFIRM" || !bytes.Contains(a.body, []byte(t.Bill)) {
			continue
		}
		form := url.Values{"number": {t.Number}}
		if refuse {
			form.Set("refused", "REALNAME_CHECK_FAIL")
		}
		p.book.chance("transfers_confirmed", 1)
		return p.wallet(ctx, "confirm", form)
	}
	return nil
}
