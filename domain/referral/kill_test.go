package referral_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/order"
	"yingdi/domain/referral"
)

// From somebody who becomes a promoter to a commission in the wallet of which some is taken back: wherever the power goes, before
// or after any single write, what is tried again ends as if nothing had happened.
func TestEveryKillOfAReferralEndsInTheSameBooks(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld(t)
			with := terms
			with.Rates = []int{10_00, 5_00}
			w.opened(t, "", with)
			w.power.Cut(n, after)
			died, err := w.played(t)
			died = w.power.Restore() || died
			if err == nil {
				err = w.ended(t)
			}
			if err != nil {
				t.Fatalf("killed at write %d, after it %v: %v", n, after, err)
			}
			if !died {
				break
			}
		}
	}
}

// played is the whole story, each step tried again by whoever does it if the power went.
func (w world) played(t testing.TB) (died bool, err error) {
	t.Helper()
	ctx := t.Context()
	arrive := func(who, promoter string) func() error {
		from := domain.WithActor(ctx, domain.Actor{Member: who, Network: "net-" + who, Device: "phone-" + who})
		return func() error {
			_, err := w.Arrive(from, "c1-"+promoter)
			return err
		}
	}
	join := func(who string) func() error {
		return func() error {
			_, _, err := w.Join(as(t, who), "c1")
			return err
		}
	}
	refund := func(amount domain.Fen, key string) func() error {
		return func() error {
			_, err := w.orders.Update(ctx, "n0", func(o *order.Order) error {
				return o.GiveBack(key, order.CauseStaff, amount, false, "", "退款", w.clock.Now())
			})
			return err
		}
	}
	reckon := func() error { return errors.Join(w.Reckon(ctx, "n0"), w.posted(t)) }
	for _, s := range []step{
		{"a joins", join("a")}, {"b comes", arrive("b", "a")}, {"b joins", join("b")}, {"x comes", arrive("x", "b")},
		{"x buys", func() error { return w.sold(t, "x") }}, {"earn", func() error { return w.Earn(ctx, "n0") }},
		{"a part goes back", refund(49_00, "k1")}, {"reckon", reckon},
		{"it thaws", func() error {
			w.clock.Set(domaintest.NewClock(thawed).Now().Add(7 * 24 * time.Hour))
			return errors.Join(w.Sweep(ctx), w.posted(t))
		}},
		{"more goes back", refund(50_00, "k2")}, {"reckon again", reckon},
		{"the sweep", func() error { return errors.Join(w.Sweep(ctx), w.posted(t)) }},
	} {
		if err = s.do(); err == nil {
			continue
		}
		if !w.power.Restore() {
			return died, fmt.Errorf("%s: %w", s.name, err)
		}
		died = true
		if err = s.do(); err != nil {
			return died, fmt.Errorf("%s, once more: %w", s.name, err)
		}
	}
	return died, nil
}

type step struct {
	name string
	do   func() error
}

// sold is a seat that x paid, with what is promised for it.
func (w world) sold(t testing.TB, who string) error {
	c, err := w.camps.Get(t.Context(), "c1")
	if err != nil {
		return err
	}
	shares, err := w.Shares(t.Context(), who, c)
	if err != nil {
		return err
	}
	err = w.orders.Insert(t.Context(), paidOrder("n0", who, 199_00, 0, shares, c, w.clock.Now()))
	if errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

// posted does what the events of commissions ask for.
func (w world) posted(t testing.TB) (err error) {
	for _, c := range w.store.All(nil) {
		err = errors.Join(err, w.Post(t.Context(), c.ID))
	}
	return err
}

// ended checks how the story ends: of ¥100 that are kept, a tenth is b's and a twentieth a's.
func (w world) ended(t testing.TB) error {
	if err := w.exact(); err != nil {
		return err
	}
	for level, want := range map[int]struct {
		who    string
		amount domain.Fen
	}{1: {"b", 10_00}, 2: {"a", 5_00}} {
		c, err := w.store.Get(t.Context(), referral.CommissionID("n0", level))
		switch {
		case err != nil:
			return err
		case c.Member != want.who || c.Net() != want.amount || c.Stage != referral.Available || len(c.Backs) != 2 || !c.WakeAt.IsZero():
			return fmt.Errorf("level %d: %+v", level, c)
		case w.balance(t, want.who) != want.amount:
			return fmt.Errorf("%s has %s", want.who, w.balance(t, want.who))
		}
	}
	if bound := w.bindings.All(nil); len(bound) != 2 {
		return fmt.Errorf("%d are bound", len(bound))
	}
	return nil
}
