package pool_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/pool"
)

func TestABadMemberNeverBlocksTheRest(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.bank.state["an"] = pool.LegFailed
	w.goes(t, at("2026-03-10", 0))
	w.bank.down = true
	for _, who := range []string{"boss", "accountant"} {
		_, err := w.Sign(staff(t, who), "c1")
		must(t, err)
	}
	for range 3 {
		_ = w.Drive(t.Context(), "c1")
	}
	if p := w.pool(t); p.State != pool.Paying {
		t.Fatalf("%s while the line is down", p.State)
	}
	w.bank.down = false
	w.settles(t)
	p, an := w.pool(t), w.member(t, "an")
	if p.State != pool.Settled || an.Gain.State != pool.LegFailed || an.Gain.Note == "" || w.member(t, "bo").Gain.State != pool.LegPaid {
		t.Fatalf("%s, an %+v, bo %+v", p.State, an.Gain, w.member(t, "bo").Gain)
	}
	delete(w.bank.state, "an") // a person has helped
	must(t, w.PayAgain(staff(t, "boss"), "c1", "an"))
	if an = w.member(t, "an"); an.Gain.State != pool.LegPaid {
		t.Errorf("%+v", an.Gain)
	}
	w.exact(t)
}

func TestWhatOnlyAPersonCanPayIsListedUntilTheySayWhatTheyDid(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.bank.refuses = map[string]error{"o-bo": order.ErrTooLate} // WeChat takes no refund of it any more
	w.goes(t, at("2026-03-10", 0))
	waiting := func() (list []string) {
		t.Helper()
		pools, _, err := w.Waiting(staff(t, "boss"), domain.Page{})
		must(t, err)
		people, _, err := w.Helpless(staff(t, "boss"), domain.Page{})
		must(t, err)
		for _, p := range pools {
			list = append(list, p.ID)
		}
		for _, m := range people {
			list = append(list, m.ID)
		}
		return list
	}
	if got := waiting(); !slices.Equal(got, []string{"c1"}) {
		t.Errorf("a list to be signed: %v", got)
	}
	w.paid(t)
	bo := w.member(t, "bo")
	if got := waiting(); !slices.Equal(got, []string{"c1:bo"}) || bo.Own.State != pool.LegFailed || bo.Own.Note == "" {
		t.Fatalf("%v, %+v", got, bo.Own)
	}
	for name, ctx := range map[string]context.Context{"nobody": t.Context(), "a learner": as(t, "bo")} {
		if err := w.Helped(ctx, "c1", "bo", "线下转账"); err == nil {
			t.Errorf("%s helps", name)
		}
		if _, _, err := w.Helpless(ctx, domain.Page{}); err == nil {
			t.Errorf("%s sees whom to help", name)
		}
	}
	if err := w.Helped(staff(t, "boss"), "c1", "bo", ""); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("without a word: %v", err)
	}
	must(t, w.Helped(staff(t, "boss"), "c1", "bo", "线下转账 ¥100"), w.Pay(t.Context(), "c1:bo"))
	if bo = w.member(t, "bo"); len(waiting()) > 0 || bo.Own.Help.By != "boss" || bo.Own.State != pool.LegFailed {
		t.Errorf("%v, %+v", waiting(), bo.Own)
	}
	must(t, w.PayAgain(staff(t, "boss"), "c1", "bo"))
	if got := waiting(); !slices.Equal(got, []string{"c1:bo"}) {
		t.Errorf("tried again in vain: %v", got)
	}
}

func TestAPayoutOfWhichNothingIsHeardIsLookedAtEverMoreSeldomAndNeverLeft(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.bank.state["an"] = pool.LegWaiting
	w.goes(t, at("2026-03-10", 0))
	w.paid(t)
	passes := func(d time.Duration) { // and the pool is driven once in ten minutes
		for end := w.clock.Now().Add(d); w.clock.Now().Before(end); {
			w.clock.Add(10 * time.Minute)
			must(t, w.Drive(t.Context(), "c1"))
		}
	}
	before := w.bank.asked["an"]
	passes(48 * time.Hour)
	if often := w.bank.asked["an"] - before; often < 10 || often > 14 { // after 10, 20, 40 … minutes, and then every six hours
		t.Errorf("looked at %d times in two days", often)
	}
	if p := w.pool(t); p.State != pool.Paying || w.bank.asked["bo"] != 1 {
		t.Errorf("%s, bo was looked at %d times", p.State, w.bank.asked["bo"])
	}
	w.bank.state["an"] = pool.LegPaid // and nobody says so
	passes(7 * time.Hour)
	if p := w.pool(t); p.State != pool.Settled || w.member(t, "an").Gain.State != pool.LegPaid {
		t.Errorf("%s, %+v", p.State, w.member(t, "an").Gain)
	}
	w.exact(t)
}

func TestAPayoutThatEarlierVersionsLeftOnItsWayIsLookedAt(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.bank.state["an"] = pool.LegWaiting
	w.goes(t, at("2026-03-10", 0))
	w.paid(t)
	_, err := w.people.Update(t.Context(), "c1:an", func(m *pool.Member) error { m.LookAt = time.Time{}; return nil })
	must(t, err)
	w.bank.state["an"] = pool.LegPaid
	w.settles(t)
	if p := w.pool(t); p.State != pool.Settled {
		t.Error(p.State)
	}
}
