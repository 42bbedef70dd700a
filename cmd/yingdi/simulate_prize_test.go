//go:build e2e

package main

import (
	"testing"
	"time"

	"yingdi/season"
)

// The whole product as a process of its own, which is killed between the steps of a scholarship camp and in the middle of
// what follows from them: order, payment, refund, appeal, list, signatures, transfers. In the end every fen is where the
// facts say that it belongs.
func TestAScholarshipCampIsSettledToTheFenHoweverOftenTheServerDies(t *testing.T) {
	t.Parallel()
	addr, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	folder, began := t.TempDir(), time.Now()
	server := &outside{addr: addr, folder: folder, env: []string{mainEnv + "=1"}}
	t.Cleanup(func() { _ = server.kill() }) // where it did not get as far as its end
	o := season.Options{Learners: 1, Days: 3, Seed: 1, Kills: 1}
	story, facts, err := played(t.Context(), season.PlayPrize, server, folder, addr, o)
	if err != nil {
		t.Fatal(err)
	}
	proven, err := proveFolder(t.Context(), folder, facts.Pools)
	if err != nil {
		t.Fatal(err)
	}
	report := season.NewMoneyReport(o, story, facts, time.Since(began))
	report.Add(proven...)
	for _, inv := range report.Invariants {
		if !inv.OK {
			t.Errorf("%s: %s", inv.Name, inv.Detail)
		}
	}
	if report.Kills < 20 || report.Money.PaidOut == 0 || report.Money.Refunded == 0 || report.Money.Difference != 0 {
		t.Errorf("%d kills, %+v", report.Kills, report.Money)
	}
	t.Logf("%d kills, %+v, %.1f s", report.Kills, report.Money, report.Elapsed)
}
