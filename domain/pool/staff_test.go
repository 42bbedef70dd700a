package pool_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/organiser"
	"yingdi/domain/pool"
)

// Pitfall: a learner who is made a co-admin judges their own days.
func TestWhoBecomesStaffAfterTheyJoinedHasTheirPartBackAndNoMore(t *testing.T) {
	t.Parallel()
	for name, compute := range map[string]func(t *testing.T, w world){
		"by the clock": func(t *testing.T, w world) {
			w.goes(t, at("2026-03-10", 0))
			w.paid(t)
		},
		"by a person": func(t *testing.T, w world) {
			w.goes(t, at("2026-03-06", 0))
			w.clock.Set(at("2026-03-10", 0))
			_, err := w.Compute(staff(t, "bo"), "c1")
			must(t, err)
			w.settles(t)
			_, err = w.Sign(staff(t, "boss"), "c1")
			must(t, err)
			w.settles(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := played(t, theRules)
			w.staff.Staff = append(w.staff.Staff, organiser.Post{Member: "bo", Role: domain.RoleManager})
			compute(t, w)
			want := map[string]string{"an": "qualified ¥100.00 ¥200.00", "bo": "withdrawn ¥0.00 ¥0.00", "ci": "failed ¥0.00 ¥0.00", "di": "quit ¥0.00 ¥0.00", "ed": "withdrawn ¥0.00 ¥0.00"}
			if diff := cmp.Diff(want, w.outcome()); diff != "" {
				t.Error(diff)
			}
			o, err := w.orders.Get(t.Context(), "o-bo")
			must(t, err)
			if len(o.Refunds) != 1 || o.Refunds[0].Amount != 100_00 {
				t.Errorf("%+v", o.Refunds)
			}
			w.exact(t)
		})
	}
}

// An admin of the platform is no organiser's staff, and may be in a pool.
func TestNobodyJudgesAListThatTheyAreIn(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.goes(t, at("2026-03-07", 0))
	_, err := w.Appeal(as(t, "ci"), "c1", days[1], "那天停电了")
	must(t, err)
	own := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, pool.ErrOwn) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ci, before := staff(t, "ci"), len(w.pool(t).Log)
	_, err = w.DecideAppeal(ci, "c1", "ci", days[1], true, "计入")
	own("their own appeal", err)
	_, err = w.Disqualify(ci, "c1", "ci", "", false)
	own("their own disqualification", err)
	if log := w.pool(t).Log; len(log) != before {
		t.Errorf("the log says that they did: %+v", log[before:])
	}
	_, err = w.DecideAppeal(staff(t, "boss"), "c1", "ci", days[1], false, "没有停电")
	must(t, err)
	w.clock.Set(at("2026-03-10", 0))
	_, err = w.Compute(ci, "c1")
	own("the computation", err)
	_, err = w.Compute(staff(t, "boss"), "c1")
	must(t, err)
	w.settles(t)
	_, err = w.Sign(ci, "c1")
	own("the signature", err)
	_, err = w.Sign(staff(t, "accountant"), "c1")
	must(t, err)
	w.settles(t)
	if p := w.pool(t); p.State != pool.Settled {
		t.Error(p.State)
	}
	w.exact(t)
}

func TestTheLogTellsOfNothingThatWasRefused(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.goes(t, at("2026-03-07", 0))
	_, err := w.Appeal(as(t, "ci"), "c1", days[1], "那天停电了")
	must(t, err)
	answer := func(ctx context.Context, grant bool) error {
		_, err := w.DecideAppeal(ctx, "c1", "ci", days[1], grant, "看过了")
		return err
	}
	before := len(w.pool(t).Log)
	must(t, answer(staff(t, "boss"), true), answer(staff(t, "boss"), true)) // with two clicks
	if err := answer(staff(t, "accountant"), false); !errors.Is(err, pool.ErrDecided) {
		t.Errorf("another answer: %v", err)
	}
	if log := w.pool(t).Log[before:]; len(log) != 1 || log[0].By != "boss" || log[0].Member != "ci" {
		t.Errorf("%+v", log)
	}
}
