package assist_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

func TestEveryKillOfAHelpEndsInOneHelpOrNone(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			f := w.three()
			f.Limits.Quota = 1
			c := w.active(t, f)
			a, b := w.begun(t, c, "an"), w.begun(t, c, "bo")
			ctx := domain.WithActor(t.Context(), domain.Actor{Member: "cy", Network: "10.0.0.1", Device: "d1"})
			w.power.Cut(n, after)
			_, _, err := w.Help(ctx, a.ID)
			died := w.power.Restore()
			if !died && err != nil {
				t.Fatal(err)
			}
			w.clock.Add(assist.AskFor)
			_, _, err = w.Help(ctx, b.ID) // the one help goes to somebody else now, unless it was given
			helped := w.now(t, a.ID).By("cy") != nil
			if helped != errors.Is(err, assist.ErrQuota) || !helped && err != nil {
				t.Errorf("killed at write %d, after it %v: helped %v, then %v", n, after, helped, err)
			}
			if err := w.right(1, true); err != nil {
				t.Errorf("killed at write %d, after it %v: %v", n, after, err)
			}
			if !died {
				break
			}
		}
	}
}

// A help that hangs for longer than anybody waits has lost its quota to another one: it comes to nothing.
func TestAHelpThatHungForLongDoesNotExceedTheQuota(t *testing.T) {
	t.Parallel()
	w := newWorld()
	f := w.three()
	f.Limits.Quota = 1
	c := w.active(t, f)
	a, b := w.begun(t, c, "an"), w.begun(t, c, "bo")
	w.store.Raced = func(id string) {
		if id != a.ID {
			return
		}
		w.store.Raced = nil
		w.clock.Add(assist.AskFor)
		w.helped(t, b, "cy")
	}
	if _, _, err := w.Help(as(t, "cy"), a.ID); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("it helps after all: %v", err)
	}
	if w.now(t, a.ID).By("cy") != nil || w.now(t, b.ID).By("cy") == nil {
		t.Error("the second help is the one that counts")
	}
	if err := w.right(1, true); err != nil {
		t.Error(err)
	}
}

func TestWhoWasRefusedForTheCrowdCanTryAgainElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld()
	f := w.three()
	f.Limits.PerDevice, f.Limits.Quota = 1, 1
	c := w.active(t, f)
	a := w.begun(t, c, "an")
	on := func(member, device string) context.Context {
		return domain.WithActor(t.Context(), domain.Actor{Member: member, Device: device})
	}
	if _, _, err := w.Help(on("bo", "d1"), a.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Help(on("cy", "d1"), a.ID); !errors.Is(err, assist.ErrCrowd) {
		t.Fatalf("a second account on a phone: %v", err)
	}
	if _, _, err := w.Help(on("cy", "d2"), a.ID); err != nil {
		t.Errorf("on a phone of their own: %v", err)
	}
	if now := w.now(t, a.ID); len(now.Helps) != 2 || len(now.Barred) != 0 {
		t.Errorf("%+v", now)
	}
	if err := w.right(1, true); err != nil {
		t.Error(err)
	}
}

func TestEveryKillOfAStartEndsInOneAssist(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			c := w.active(t, w.three())
			ctx := domain.WithActor(t.Context(), domain.Actor{Member: "an", Network: "10.0.0.1", Device: "d1"})
			w.power.Cut(n, after)
			_, _, err := w.Begin(ctx, c.ID)
			died := w.power.Restore()
			if !died && err != nil {
				t.Fatal(err)
			}
			if _, _, err := w.Begin(ctx, c.ID); err != nil {
				t.Errorf("killed at write %d, after it %v: %v", n, after, err)
			}
			if all := w.store.All(nil); len(all) != 1 {
				t.Errorf("killed at write %d, after it %v: %d assists", n, after, len(all))
			}
			if !died {
				break
			}
		}
	}
}

func TestManyHelpersAtOnceAreNeverMoreThanTheCuts(t *testing.T) {
	t.Parallel()
	w := newWorld()
	f := w.three()
	f.Terms.Helpers = 7
	c := w.active(t, f)
	a := w.begun(t, c, "an")
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			switch _, fresh, err := w.Help(as(t, fmt.Sprint("h", i%100)), a.ID); {
			case err == nil && fresh:
				won.Add(1)
			case err != nil && !errors.Is(err, assist.ErrDone):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if a = w.now(t, a.ID); len(a.Helps) != 7 || a.Price() != 99_00 || won.Load() < 7 {
		t.Errorf("%d helped, %s, %d were told so", len(a.Helps), a.Price(), won.Load())
	}
	if err := w.right(2, true); err != nil {
		t.Error(err)
	}
}

func TestCutsAreExactAndFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		f := w.three()
		f.Terms.Helpers = rapid.IntRange(1, assist.MaxHelpers).Draw(rt, "helpers")
		f.Terms.Floor = domain.Fen(rapid.IntRange(0, 500_00).Draw(rt, "floor"))
		over := rapid.OneOf(rapid.IntRange(f.Terms.Helpers, f.Terms.Helpers+50), rapid.IntRange(f.Terms.Helpers, int(product.MaxPrice-f.Terms.Floor))).Draw(rt, "over")
		w.list.Offers[0].Price = f.Terms.Floor + domain.Fen(over)
		a := w.begun(t, w.active(t, f), "an")
		var sum, least, most domain.Fen = 0, product.MaxPrice, 0
		for _, cut := range a.Cuts {
			sum, least, most = sum+cut, min(least, cut), max(most, cut)
		}
		if len(a.Cuts) != f.Terms.Helpers || sum != domain.Fen(over) || least < 1 || most > 3*least+3 {
			rt.Fatalf("%d cuts of %d from %d to %d", len(a.Cuts), sum, least, most)
		}
	})
}

// Whatever dies, is repeated or comes late: no assist has more help than it has cuts, nobody helps twice, themselves, or more
// often than they may, and a price is one order's at most.
func TestNoAssistBreaksItsRulesWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		f := w.three()
		f.Terms.Helpers = rapid.IntRange(1, 4).Draw(rt, "helpers")
		f.Limits = assist.Limits{
			PerPerson: rapid.IntRange(1, 3).Draw(rt, "starts"), Quota: rapid.IntRange(1, 3).Draw(rt, "quota"),
			PerNetwork: rapid.IntRange(2, 5).Draw(rt, "network"), PerDevice: rapid.IntRange(1, 3).Draw(rt, "device"),
		}
		c := w.active(t, f)
		killed := func(f func()) {
			if n := rapid.IntRange(0, 6).Draw(rt, "killed at"); n > 0 {
				w.power.Cut(n, rapid.Bool().Draw(rt, "after the write"))
			}
			f()
			w.power.Restore()
		}
		who := func() context.Context {
			return domain.WithActor(t.Context(), domain.Actor{
				Member:  rapid.SampledFrom([]string{"an", "bo", "cy", "di", "ed"}).Draw(rt, "who"),
				Network: rapid.SampledFrom([]string{"", "n1", "n2"}).Draw(rt, "network"), Device: rapid.SampledFrom([]string{"", "d1", "d2"}).Draw(rt, "device"),
			})
		}
		any := func(f func(a assist.Assist)) {
			if all := w.store.All(nil); len(all) > 0 {
				f(all[rapid.IntRange(0, len(all)-1).Draw(rt, "assist")])
			}
		}
		order := func() string { return rapid.SampledFrom([]string{"n1", "n2", "n3"}).Draw(rt, "order") }
		help := func(*rapid.T) {
			any(func(a assist.Assist) { killed(func() { _, _, _ = w.Help(who(), a.ID) }) })
		}
		rt.Repeat(map[string]func(*rapid.T){
			"start":      func(*rapid.T) { killed(func() { _, _, _ = w.Begin(who(), c.ID) }) },
			"help":       help,
			"more help":  help,
			"still more": help,
			"lock": func(*rapid.T) {
				any(func(a assist.Assist) { killed(func() { _ = w.lock(t, a.ID, a.Member, order()) }) })
			},
			"use": func(*rapid.T) {
				any(func(a assist.Assist) { killed(func() { _ = w.use(t, a.ID, a.Member, order()) }) })
			},
			"free": func(rt *rapid.T) {
				whole := rapid.Bool().Draw(rt, "whole")
				any(func(a assist.Assist) { killed(func() { _ = w.free(t, a.ID, order(), whole) }) })
			},
			"revoke": func(*rapid.T) {
				any(func(a assist.Assist) { killed(func() { _, _ = w.Revoke(manager(t), c.ID, a.ID, "异常") }) })
			},
			"pause": func(rt *rapid.T) {
				to := rapid.SampledFrom([]assist.State{assist.Paused, assist.Active}).Draw(rt, "to")
				killed(func() { _, _ = w.Turn(manager(t), c.ID, to) })
			},
			"time passes": func(rt *rapid.T) {
				w.clock.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
				killed(func() { _ = w.Sweep(t.Context()) })
			},
			"": func(rt *rapid.T) {
				if err := w.right(f.Limits.Quota, false); err != nil {
					rt.Fatal(err)
				}
				for _, x := range w.sources.All(nil) {
					if most := map[source.Kind]int{source.Network: f.Limits.PerNetwork, source.Device: f.Limits.PerDevice}[x.Kind]; len(x.Takes) > most {
						rt.Fatalf("%d people at one %s", len(x.Takes), x.Kind)
					}
				}
			},
		})
		if _, err := w.Close(manager(t), c.ID, true); err != nil && !errors.Is(err, domain.ErrConflict) {
			rt.Fatal(err)
		}
		if err := w.Stop(t.Context(), c.ID); err != nil {
			rt.Fatal(err)
		}
		for _, a := range w.store.All(nil) {
			if a.State == assist.Open {
				rt.Fatalf("still open in a campaign that was stopped: %+v", a)
			}
		}
	})
}
