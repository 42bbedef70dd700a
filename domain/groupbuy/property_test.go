package groupbuy_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/groupbuy"
)

// Whatever people, the clock and crashes do: no group is over its size, a full group succeeds exactly once, nobody has paid
// in two open groups, and in the end everybody who paid has a seat or their money.
func TestEveryPaidSeatEndsConfirmedOrRefunded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		w.active(t, rapid.IntRange(2, 4).Draw(rt, "size"))
		ctx := t.Context()
		ok := func(err error) {
			var refusal *domain.Error
			if err != nil && !errors.Is(err, domaintest.ErrDead) && !errors.As(err, &refusal) {
				rt.Fatal(err)
			}
		}
		person := func() string { return fmt.Sprint("m", rapid.IntRange(1, 5).Draw(rt, "person")) }
		order := func() (string, *bought) {
			all := slices.Sorted(maps.Keys(w.till.all))
			if len(all) == 0 {
				return "", nil
			}
			id := rapid.SampledFrom(all).Draw(rt, "order")
			return id, w.till.all[id]
		}
		rt.Repeat(map[string]func(*rapid.T){
			"": func(rt *rapid.T) {
				if err := w.right(); err != nil {
					rt.Fatal(err)
				}
			},
			"open": func(*rapid.T) { ok(w.reserve(ctx, "k", person(), fmt.Sprint("n", len(w.till.all)))) },
			"join": func(*rapid.T) {
				if all := w.groups.All(nil); len(all) > 0 {
					ok(w.reserve(ctx, rapid.SampledFrom(all).Draw(rt, "group").ID, person(), fmt.Sprint("n", len(w.till.all))))
				}
			},
			"reserve again": func(*rapid.T) {
				if id, b := order(); b != nil && !b.cancelled {
					ok(w.Reserve(ctx, b.claim(id)))
				}
			},
			"pay": func(*rapid.T) {
				if id, b := order(); b != nil && paying(w, b) {
					ok(w.pay(ctx, id))
				}
			},
			"pay again": func(*rapid.T) {
				if id, b := order(); b != nil && !b.paidAt.IsZero() && !b.left {
					ok(w.pay(ctx, id))
				}
			},
			"leave": func(*rapid.T) {
				if id, b := order(); b != nil && !b.paidAt.IsZero() {
					ok(w.leave(ctx, id))
				}
			},
			"cancel": func(*rapid.T) {
				if id, b := order(); b != nil && b.paidAt.IsZero() {
					ok(w.release(ctx, id))
				}
			},
			"wait":  func(*rapid.T) { w.clock.Add(time.Duration(rapid.IntRange(1, 600).Draw(rt, "minutes")) * time.Minute) },
			"sweep": func(*rapid.T) { ok(w.Sweep(ctx)) },
			"turn": func(*rapid.T) {
				ok(second(w.Turn(manager(t), "k", rapid.SampledFrom([]groupbuy.State{groupbuy.Active, groupbuy.Paused}).Draw(rt, "to"))))
			},
			"close": func(*rapid.T) {
				if rapid.IntRange(0, 9).Draw(rt, "really") == 0 {
					e, err := w.Effects(manager(t), "k")
					ok(err)
					ok(second(w.Close(manager(t), "k", rapid.Bool().Draw(rt, "stop"), e)))
				}
			},
			"stop": func(*rapid.T) {
				if c, err := w.campaigns.Get(ctx, "k"); err == nil && c.Stopped {
					ok(w.Stop(ctx, "k"))
				}
			},
			"kill": func(*rapid.T) {
				w.power.Cut(rapid.IntRange(1, 6).Draw(rt, "write"), rapid.Bool().Draw(rt, "after"))
			},
			"restart": func(*rapid.T) { w.power.Restore() },
		})
		w.power.Restore()
		if err := w.settle(ctx); err != nil {
			rt.Fatal(err)
		}
		if err := w.settled(); err != nil {
			rt.Fatal(err)
		}
	})
}

// paying reports whether WeChat can be paid for the order at all: it was asked for after the seat was there.
func paying(w world, b *bought) bool {
	for _, g := range w.groups.All(nil) {
		for _, s := range g.Seats {
			if w.till.all[s.Order] == b {
				return true
			}
		}
	}
	return false
}

func TestEveryKillOfAPaymentEndsInAConfirmedSeat(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			w.active(t, 2)
			w.in(t, "k", "an", "n1")
			must(t, w.reserve(t.Context(), "k:n1", "bo", "n2"))
			w.power.Cut(n, after)
			_ = w.pay(t.Context(), "n2")
			_ = w.Drive(t.Context(), "k:n1")
			died := w.power.Restore()
			if err := errors.Join(w.pay(t.Context(), "n2"), w.settle(t.Context()), w.settled()); err != nil {
				t.Fatalf("killed at write %d, after it %v: %v", n, after, err)
			}
			w.stage(t, "k:n1", groupbuy.Succeeded)
			if !died {
				break
			}
		}
	}
}

func TestEveryKillOfAReservationLeavesNobodyLockedOut(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			w.active(t, 3)
			w.in(t, "k", "an", "n1")
			w.power.Cut(n, after)
			_ = w.reserve(from(t, "bo", "net", "phone"), "k:n1", "bo", "n2")
			died := w.power.Restore()
			must(t, w.till.Settle(t.Context(), "n2")) // the order was never paid
			w.clock.Add(groupbuy.AskFor)
			if err := w.reserve(t.Context(), "k:n1", "bo", "n3"); err != nil {
				t.Fatalf("killed at write %d, after it %v: %v", n, after, err)
			}
			must(t, w.right())
			if !died {
				break
			}
		}
	}
}

func TestEveryKillOfAFailureEndsInRefunds(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			w.active(t, 3)
			w.in(t, "k", "an", "n1")
			w.in(t, "k:n1", "bo", "n2")
			w.clock.Add(25 * time.Hour)
			w.power.Cut(n, after)
			_ = w.Sweep(t.Context())
			died := w.power.Restore()
			if err := errors.Join(w.settle(t.Context()), w.settled()); err != nil {
				t.Fatalf("killed at write %d, after it %v: %v", n, after, err)
			}
			w.stage(t, "k:n1", groupbuy.Failed)
			if !died {
				break
			}
		}
	}
}
