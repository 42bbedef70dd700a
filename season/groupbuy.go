package season

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"yingdi/season/audit"
)

// place orders a seat, and again if the order got lost with the server.
func (f *friend) place(ctx context.Context, price int64, with url.Values, refusals ...string) (ok bool, err error) {
	for range 3 {
		var lost bool
		if ok, lost, err = f.placeOnce(ctx, price, with, refusals...); err != nil || !lost || f.options.Kills == 0 {
			break
		}
	}
	return ok, err
}

// placeOnce orders a seat with two taps, at a price that is shown first, with what it takes part in; the refusals are those
// that may be. Without an order the answer is false; lost is one that nobody refused.
func (f *friend) placeOnce(ctx context.Context, price int64, with url.Values, refusals ...string) (ok, lost bool, err error) {
	base := "/camps/" + f.in.camp
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: base + "/offers/" + f.in.offer + "/preview?" + with.Encode()}, http.StatusOK, http.StatusConflict)
	if err != nil || !ok {
		return false, false, err
	}
	if a.status == http.StatusConflict {
		f.book.check(slices.Contains(refusals, a.code()), "%s was refused a price with %s", f.name, a.code())
	} else {
		var shown struct{ Amount int64 }
		if err := a.into(&shown); err != nil {
			return false, false, err
		}
		f.book.check(shown.Amount == price, "%s was shown %d, not %d", f.name, shown.Amount, price)
	}
	order := func() call {
		body := map[string]any{"offer": f.in.offer, "amount": price}
		for name := range with {
			body[name] = with.Get(name)
		}
		return call{method: http.MethodPost, path: base + "/orders", key: f.key(), json: body}
	}
	at := *f.now.Load()
	answers, err := f.twice(ctx, order(), order(), http.StatusCreated, http.StatusOK, http.StatusConflict)
	if err != nil {
		return false, false, err
	}
	refused := []string{}
	f.order = ""
	for _, a := range answers {
		var in struct{ ID, Group string }
		switch {
		case a.status == http.StatusConflict:
			refused = append(refused, a.code())
			continue
		case a.status > http.StatusCreated:
			continue // noted as unexpected
		}
		if err := a.into(&in); err != nil {
			return false, false, err
		}
		f.book.check(f.order == "" || f.order == in.ID, "%s got two orders for one wish", f.name)
		f.order, f.group = in.ID, in.Group
	}
	if f.order != "" {
		f.book.write(func(p *audit.Promises) {
			p.Orders = append(p.Orders, audit.Ordered{ID: f.order, Camp: f.in.camp, Member: f.member, Amount: price, At: at})
		})
		if placed, err := f.placed(ctx); placed || err != nil {
			return placed, false, err
		}
	}
	for _, code := range refused { // the tap that came second may also be told of the order that the first one was about to lose
		f.book.check(code == "conflict" || slices.Contains(refusals, code), "%s was refused an order with %s", f.name, code)
	}
	f.order = ""
	return false, !slices.ContainsFunc(refused, func(code string) bool { return slices.Contains(refusals, code) }), nil
}

// placed tells whether the order is still there now that both taps are answered: until the first one is refused what it
// takes part in, the second one is given its order.
func (f *friend) placed(ctx context.Context) (bool, error) {
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/orders/" + f.order}, http.StatusOK)
	if err != nil || !ok {
		return false, err
	}
	var in struct{ State string }
	if err := a.into(&in); err != nil {
		return false, err
	}
	if in.State == "cancelled" {
		return false, nil
	}
	f.book.count("growth_orders", 1)
	return true, nil
}

// pay pays the order, with two taps.
func (f *friend) pay(ctx context.Context) error {
	number, err := (&buyer{learner: f.learner, order: f.order}).askPay(ctx)
	if err != nil || number == "" {
		return err
	}
	pay := func(ctx context.Context) error { return f.wallet(ctx, "pay", url.Values{"number": {number}}) }
	return f.together(ctx, []func(context.Context) error{pay, pay})
}

// openGroup opens a group and pays for its first seat.
func (f *friend) openGroup(ctx context.Context) error {
	campaign := f.in.filling
	if f.n == whoIsStopped {
		campaign = f.in.stopped
	}
	ok, err := f.place(ctx, leaderPrice, url.Values{"group": {campaign}})
	if err != nil || !f.book.check(ok, "%s cannot open a group", f.name) {
		return err
	}
	f.book.count("groups_opened", 1)
	return f.pay(ctx)
}

// race is for the last seats of the leader's group; who gets one pays.
func (f *friend) race(ctx context.Context) error {
	ok, err := f.place(ctx, memberPrice, url.Values{"group": {f.in.friends[whoLeads].group}}, "groupbuy_full", "groupbuy_over")
	if err != nil || !ok {
		return err
	}
	f.book.count("groups_joined", 1)
	return f.pay(ctx)
}

// effectField is what the form that ends a campaign says that it will do.
var effectField = regexp.MustCompile(`name="(groups|paid|reserved)" value="(\d+)"`)

// stop ends a campaign together with its groups. The second click is on a page that no longer says what is so.
func (g *growth) stop(ctx context.Context) error {
	path := "/organisers/" + g.organiser + "/groupbuys/" + g.stopped
	page, err := g.teacher.get(ctx, path)
	if err != nil {
		return err
	}
	form := url.Values{"stop": {"yes"}}
	for _, found := range effectField.FindAllSubmatch(page, -1) {
		form.Set(string(found[1]), string(found[2]))
	}
	g.book.check(form.Get("groups") == "1" && form.Get("paid") == "1", "a campaign with a group of one says that it has %v", form)
	for range 2 {
		if _, err := g.teacher.post(ctx, path+"/end", form); err != nil {
			return err
		}
	}
	return nil
}

// tooLate tries what is over: a group that failed, a campaign that was stopped, an assist whose friends did not come.
func (f *friend) tooLate(ctx context.Context) error {
	with, refusals := url.Values{"group": {f.in.stopped}}, []string{"groupbuy_ended"}
	switch f.n {
	case whoIsStopped:
		with, refusals = url.Values{"group": {f.in.friends[whoIsAlone].group}}, []string{"groupbuy_over"}
	case whoFallsShort:
		with, refusals = url.Values{"assist": {f.assist}}, []string{"assist_over"}
	}
	ok, err := f.place(ctx, leaderPrice, with, refusals...)
	f.book.check(!ok, "%s got something that is over", f.name)
	f.book.count("growth_refused", 1)
	return err
}

// look tells how the groups ended.
func (g *growth) look(ctx context.Context) error {
	for _, n := range []int{whoLeads, whoIsAlone, whoIsStopped} {
		a, ok, err := g.friends[n].ask(ctx, call{method: http.MethodGet, path: "/groups/" + g.friends[n].group}, http.StatusOK)
		if err != nil || !ok {
			return err
		}
		var in struct{ State string }
		if err := a.into(&in); err != nil {
			return err
		}
		g.book.count("groups_"+in.State, 1)
		g.book.check(in.State == map[bool]string{true: "succeeded", false: "failed"}[n == whoLeads], "the group of %s has %s", g.friends[n].name, in.State)
	}
	return nil
}
