package season

import (
	"context"
	"net/http"
	"net/url"

	"yingdi/season/audit"
)

// Withdrawals of a season: what is more than DecideAbove waits for staff.
const (
	DecideAbove = 30_00
	largeWish   = 35_00
	smallWish   = 2_00
	leastWish   = 1_00
)

// purse is what somebody is shown of their wallet.
func (f *friend) purse(ctx context.Context) (p audit.Purse, err error) {
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/wallets"}, http.StatusOK)
	if err != nil || !ok {
		return p, err
	}
	var in struct{ Items []audit.Purse }
	if err := a.into(&in); err != nil {
		return p, err
	}
	f.book.check(len(in.Items) <= 1, "%s has %d wallets with one organiser", f.name, len(in.Items))
	if len(in.Items) > 0 {
		p = in.Items[0]
	}
	p.Member = f.member
	return p, nil
}

func (f *friend) wishCall(amount int64) call {
	return call{method: http.MethodPost, path: "/wallets/" + f.in.organiser + "/withdrawals", key: f.key(), json: map[string]any{"amount": amount}}
}

// withdraw asks for a part of the wallet, the same request twice at once; ends is what becomes of it.
func (f *friend) withdraw(ctx context.Context, name string, amount int64, ends string) error {
	k := f.wishCall(amount)
	answers, err := f.twice(ctx, k, k, http.StatusCreated)
	if err != nil || answers[0].status != http.StatusCreated {
		return err
	}
	f.book.same(answers[0].body, answers[1].body, "a withdrawal of "+f.name)
	var in struct{ ID string }
	if err := answers[0].into(&in); err != nil {
		return err
	}
	if f.wishes == nil {
		f.wishes = map[string]string{}
	}
	f.wishes[name] = in.ID
	f.book.write(func(p *audit.Promises) {
		p.Withdrawn = append(p.Withdrawn, audit.Withdrawn{ID: in.ID, Member: f.member, Amount: amount, Ends: ends})
	})
	f.book.count("withdrawals", 1)
	return nil
}

// withdrawAll asks for all that can be had.
func (f *friend) withdrawAll(ctx context.Context, name, ends string) error {
	p, err := f.purse(ctx)
	if err != nil || !f.book.check(p.Available >= leastWish, "%s has only %d to withdraw", f.name, p.Available) {
		return err
	}
	return f.withdraw(ctx, name, p.Available, ends)
}

// cannotWithdraw tries what is refused.
func (f *friend) cannotWithdraw(ctx context.Context, amount int64, code string) error {
	k := f.wishCall(amount)
	a, _, err := f.ask(ctx, k, http.StatusConflict)
	f.book.check(err != nil || a.code() == code, "%s was refused a withdrawal with %s, not with %s", f.name, a.code(), code)
	f.book.count("withdrawals_refused", 1)
	return err
}

// cannotOverdraw tries to take more than there is, be it that a reversal has left less than nothing.
func (f *friend) cannotOverdraw(ctx context.Context) error {
	p, err := f.purse(ctx)
	if err != nil {
		return err
	}
	return f.cannotWithdraw(ctx, p.Available+leastWish, "wallet_short")
}

// transfer is the one that pays a withdrawal.
func (f *friend) transfer(name string) string { return "withdrawal:" + f.wishes[name] }

// takeBack gives a withdrawal up that has not arrived.
func (f *friend) takeBack(ctx context.Context, name string) error {
	_, _, err := f.ask(ctx, call{method: http.MethodPost, path: "/withdrawals/" + f.wishes[name] + "/cancel", key: f.key()}, http.StatusOK)
	f.book.count("withdrawals_cancelled", 1)
	return err
}

// cashIn is for who takes all there is before a part of it is reversed.
func (f *friend) cashIn(ctx context.Context) error { return f.withdrawAll(ctx, "early", "done") }

// confirmEarly takes it in the morning after.
func (f *friend) confirmEarly(ctx context.Context) error {
	return f.confirm(ctx, f.transfer("early"), false)
}

// decide is what staff say about somebody's withdrawal, with two clicks.
func (g *growth) decide(ctx context.Context, who int, name, what string) error {
	for range 2 {
		form := url.Values{}
		if what == "reject" {
			form.Set("reason", "请先核对收款信息")
		}
		if _, err := g.teacher.post(ctx, "/organisers/"+g.organiser+"/withdrawals/"+g.friends[who].wishes[name]+"/"+what, form); err != nil {
			return err
		}
	}
	g.book.count("withdrawals_decided", 1)
	return nil
}

// withdraw is one round of what those who have earned something do, and what staff do then: one withdrawal is rejected, one
// approved, let go by and claimed again, one let go by and taken back, one taken back in time, and the last one, of all that
// is left, is refused by WeChat at first.
func (g *growth) withdraw(round int) (work, then func(context.Context) error) {
	f, other := g.friends[whoFollows], g.friends[whoPromotes]
	steps := [][]func(context.Context) error{
		{
			func(ctx context.Context) error { return f.cannotWithdraw(ctx, leastWish-1, "wallet_under_minimum") },
			func(ctx context.Context) error { return f.cannotWithdraw(ctx, 2*largeWish, "wallet_short") },
			func(ctx context.Context) error { return f.withdraw(ctx, "rejected", largeWish, "rejected") },
			func(ctx context.Context) error { return other.renew(ctx, 0) },
			func(ctx context.Context) error { return other.cannotOverdraw(ctx) },
		},
		{
			func(ctx context.Context) error { return f.withdraw(ctx, "large", largeWish, "done") },
			func(ctx context.Context) error { return f.withdraw(ctx, "late", smallWish, "cancelled") },
		},
		{
			func(ctx context.Context) error { return f.claimAgain(ctx, f.transfer("large")) },
			func(ctx context.Context) error { return f.takeBack(ctx, "late") },
		},
		{
			func(ctx context.Context) error { return f.confirm(ctx, f.transfer("large"), false) },
			func(ctx context.Context) error { return f.withdraw(ctx, "stopped", smallWish, "cancelled") },
		},
		{
			func(ctx context.Context) error { return f.takeBack(ctx, "stopped") },
			func(ctx context.Context) error { return f.withdraw(ctx, "slow", leastWish, "done") },
		},
		{
			func(ctx context.Context) error { return f.claimAgain(ctx, f.transfer("slow")) },
			func(ctx context.Context) error { return f.withdrawAll(ctx, "rest", "done") },
		},
		{
			func(ctx context.Context) error { return f.confirm(ctx, f.transfer("slow"), false) },
			func(ctx context.Context) error { return f.confirm(ctx, f.transfer("rest"), true) },
		},
		{func(ctx context.Context) error { return f.confirm(ctx, f.transfer("rest"), false) }},
	}
	work = func(ctx context.Context) error {
		if err := f.renew(ctx, 0); err != nil {
			return err
		}
		for _, do := range steps[round] {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	switch round {
	case 0:
		then = func(ctx context.Context) error { return g.decide(ctx, whoFollows, "rejected", "reject") }
	case 1:
		then = func(ctx context.Context) error { return g.decide(ctx, whoFollows, "large", "approve") }
	case 6:
		then = func(ctx context.Context) error { return g.decide(ctx, whoFollows, "rest", "again") }
	}
	return work, then
}
