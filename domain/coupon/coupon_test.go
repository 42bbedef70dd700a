package coupon_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/coupon"
	"yingdi/domain/order"
)

func TestEveryKillEndsInOneCouponOrNone(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			template := w.active(t, fifty())
			ctx := domain.WithActor(t.Context(), domain.Actor{Member: "an", Network: "10.0.0.1", Device: "d1"})
			w.power.Cut(n, after)
			_, _, err := w.Claim(ctx, template.ID, 1)
			if !w.power.Restore() {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			w.clock.Add(coupon.AskFor + time.Second)
			if err := w.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, _, err := w.Claim(ctx, template.ID, 1); err != nil { // and the person tries again
				t.Fatal(err)
			}
			if _, err := w.Recount(t.Context(), template.ID); err != nil {
				t.Fatal(err)
			}
			if err := w.right(template); err != nil {
				t.Fatalf("killed at write %d, after it %v: %v", n, after, err)
			}
		}
	}
}

func TestWhatWentBackOfItsOrderIsTakenFromWhatACouponBrought(t *testing.T) {
	t.Parallel()
	w := newWorld()
	template := w.active(t, fifty())
	c := w.claimed(t, template.ID, "an")
	if err := errors.Join(w.Lock(t.Context(), c.ID, "an", "n1"), w.Use(t.Context(), c.ID, "n1", 50_00, 149_00)); err != nil {
		t.Fatal(err)
	}
	o := order.Order{
		Doc: domain.Doc{ID: "n1"}, Amount: 149_00, Promise: order.Promise{Lines: []order.Line{{Kind: order.LineCoupon, Ref: c.ID, Amount: -50_00}}},
		Attempts: []order.Attempt{{Number: "n1-1", State: order.Succeeded, Amount: 149_00}},
	}
	for _, back := range []domain.Fen{40_00, 40_00, 60_00} {
		o.Refunds = []order.Refund{{Attempt: "n1-1", Amount: back}}
		w.orders.were["n1"] = o
		if err := w.Refunded(t.Context(), "n1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Ask(t.Context(), c.ID), w.Count(t.Context())); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Hour)
	if err := w.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	tally, err := w.Tallies.Get(t.Context(), template.ID)
	if sum := tally.Sum(); err != nil || sum.Used != 1 || sum.Paid != 149_00 || sum.Net() != 89_00 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestEveryKillOfACodeEndsInOneCoupon(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			template := w.active(t, fifty())
			b, err := w.MakeBatch(manager(t), template.ID, coupon.BatchForm{Key: "k", Size: 2, Note: "书展"})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Fill(t.Context(), b.ID); err != nil {
				t.Fatal(err)
			}
			b, _ = w.BatchForStaff(manager(t), template.ID, b.ID)
			list, err := w.Written(t.Context(), b, 0)
			if err != nil || len(list) != 2 {
				t.Fatal(list, err)
			}
			w.power.Cut(n, after)
			_, err = w.Redeem(as(t, "an"), list[0].Text)
			died := w.power.Restore()
			if !died && err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := w.Redeem(as(t, "an"), list[0].Text); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.Redeem(as(t, "bo"), list[0].Text); !errors.Is(err, coupon.ErrCodeUsed) {
				t.Fatalf("a second person: %v", err)
			}
			if _, err := w.Recount(t.Context(), template.ID); err != nil {
				t.Fatal(err)
			}
			if err := w.right(template); err != nil {
				t.Fatalf("killed at write %d, after it %v: %v", n, after, err)
			}
			if !died {
				break
			}
		}
	}
}

func TestACouponIsOneOrdersAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.claimed(t, w.active(t, fifty()).ID, "an")
	ctx := t.Context()
	for _, step := range []struct {
		name string
		err  error
		want error
	}{
		{"somebody else's", w.Lock(ctx, c.ID, "bo", "n1"), coupon.ErrUnknown},
		{"lock", w.Lock(ctx, c.ID, "an", "n1"), nil},
		{"again", w.Lock(ctx, c.ID, "an", "n1"), nil},
		{"another order", w.Lock(ctx, c.ID, "an", "n2"), coupon.ErrLocked},
		{"use by another", w.Use(ctx, c.ID, "n2", 50_00, 149_00), domain.ErrConflict},
		{"freed by another", w.Free(ctx, c.ID, "n2", false), nil},
		{"use", w.Use(ctx, c.ID, "n1", 50_00, 149_00), nil},
		{"use again", w.Use(ctx, c.ID, "n1", 50_00, 149_00), nil},
		{"an unpaid end that comes late", w.Free(ctx, c.ID, "n1", false), nil},
		{"for another order", w.Lock(ctx, c.ID, "an", "n3"), coupon.ErrUsed},
		{"all the money goes back", w.Free(ctx, c.ID, "n1", true), nil},
		{"for another order now", w.Lock(ctx, c.ID, "an", "n3"), nil},
	} {
		if !errors.Is(step.err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, step.err, step.want)
		}
	}
}

// Pitfall: the template's id in the place of the coupon's.
func TestTemplateIDUsedAsCouponID(t *testing.T) {
	t.Parallel()
	w := newWorld()
	template := w.active(t, fifty())
	c := w.claimed(t, template.ID, "an")
	in, _ := camps{}.Get(t.Context(), "c1")
	if _, err := w.Priced(t.Context(), template.ID, "an", "n1", in); !errors.Is(err, coupon.ErrUnknown) {
		t.Errorf("priced: %v", err)
	}
	if err := w.Lock(t.Context(), template.ID, "an", "n1"); !errors.Is(err, coupon.ErrUnknown) {
		t.Errorf("locked: %v", err)
	}
	if got, err := w.Store.Get(t.Context(), c.ID); err != nil || got.State != coupon.Unused {
		t.Errorf("the coupon itself is %s, %v", got.State, err)
	}
}

// Pitfall: coupon given back expired.
func TestWhatEndsWhileItIsLockedIsNotGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.claimed(t, w.active(t, fifty()).ID, "an")
	if err := w.Lock(t.Context(), c.ID, "an", "n1"); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(30 * 24 * time.Hour)
	if _, err := w.Priced(t.Context(), c.ID, "an", "n1", camp.Camp{Organiser: "o1"}); err != nil {
		t.Fatalf("the price that was promised to the order holds: %v", err)
	}
	if err := w.Free(t.Context(), c.ID, "n1", false); err != nil {
		t.Fatal(err)
	}
	if c, _ = w.Store.Get(t.Context(), c.ID); c.State != coupon.Expired || c.Order != "" {
		t.Fatalf("%+v", c)
	}
	if err := w.Lock(t.Context(), c.ID, "an", "n2"); !errors.Is(err, coupon.ErrExpired) {
		t.Fatal(err)
	}
}

func TestALockWhoseOrderIsGoneIsFreed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	template := w.active(t, fifty())
	gone, there := w.claimed(t, template.ID, "an"), w.claimed(t, template.ID, "bo")
	w.orders.known["n2"] = func() error { return nil }
	for id, c := range map[string]coupon.Coupon{"n1": gone, "n2": there} {
		if err := w.Lock(t.Context(), c.ID, c.Member, id); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Add(coupon.LockFor + time.Minute)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone, _ = w.Store.Get(t.Context(), gone.ID)
	there, _ = w.Store.Get(t.Context(), there.ID)
	if gone.State != coupon.Unused || there.State != coupon.Locked || !there.WakeAt.After(w.clock.Now()) {
		t.Fatalf("%s, %s", gone.State, there.State)
	}
}

func TestWhereACouponHolds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		terms coupon.Terms
		want  string
	}{
		"everywhere":       {coupon.Terms{}, "c1 c2 "},
		"one camp":         {coupon.Terms{Camps: []string{"c2"}}, "c2 "},
		"a tag":            {coupon.Terms{Tags: []string{"阅读"}}, "c1 "},
		"a camp and a tag": {coupon.Terms{Camps: []string{"c2"}, Tags: []string{"阅读"}}, "c1 c2 "},
		"a tag of nothing": {coupon.Terms{Tags: []string{"书法"}}, ""},
	} {
		got := ""
		for _, id := range []string{"c1", "c2", "c3"} {
			if c.terms.Covers("o1", camps{}.all()[id]) {
				got += id + " "
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestHowLongACouponHolds(t *testing.T) {
	t.Parallel()
	got := time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC) // 23:00 in Shanghai
	for name, c := range map[string]struct {
		terms       coupon.Terms
		from, until string
	}{
		"days after it was got": {coupon.Terms{Days: 1}, "2026-03-01T15:00:00Z", "2026-03-02T16:00:00Z"},
		"dates":                 {coupon.Terms{From: "2026-03-05", Until: "2026-03-06"}, "2026-03-04T16:00:00Z", "2026-03-06T16:00:00Z"},
	} {
		from, until := c.terms.Spans(got)
		if from.Format(time.RFC3339) != c.from || until.Format(time.RFC3339) != c.until {
			t.Errorf("%s: from %s until %s", name, from, until)
		}
	}
}

func TestWhatWasGivenOutKeepsItsPromise(t *testing.T) {
	t.Parallel()
	w := newWorld()
	template := w.active(t, fifty())
	c := w.claimed(t, template.ID, "an")
	worse := fifty()
	worse.Terms.Off = 1
	if _, err := w.Save(manager(t), "o1", template.ID, template.Version, worse); !errors.Is(err, coupon.ErrPromised) {
		t.Fatal(err)
	}
	more := fifty()
	more.Stock = 20
	if _, err := w.Save(manager(t), "o1", template.ID, template.Version, more); err != nil {
		t.Fatal(err)
	}
	for _, to := range []coupon.State{coupon.Paused, coupon.Ended} {
		if _, err := w.Turn(manager(t), template.ID, to); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Claim(as(t, "bo"), template.ID, 1); err == nil {
			t.Fatalf("a template that is %s gives out", to)
		}
		if got, err := w.Priced(t.Context(), c.ID, "an", "", camps{}.all()["c1"]); err != nil || got.Off != 50_00 {
			t.Fatalf("%+v %v", got, err)
		}
	}
	if _, err := w.Turn(manager(t), template.ID, coupon.Active); !errors.Is(err, coupon.ErrEnded) {
		t.Fatal(err)
	}
}

func TestOnlyThoseWhoRunCampaignsMay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	template := w.active(t, fifty())
	c := w.claimed(t, template.ID, "an")
	for name, err := range map[string]error{
		"save":   func() error { _, err := w.Save(as(t, "an"), "o1", "x", 0, fifty()); return err }(),
		"turn":   func() error { _, err := w.Turn(as(t, "an"), template.ID, coupon.Paused); return err }(),
		"revoke": func() error { _, err := w.Revoke(as(t, "an"), template.ID, c.ID, "x"); return err }(),
		"give": func() error {
			_, err := w.Give(as(t, "an"), template.ID, coupon.GiftForm{Key: "k", Members: []string{"an"}})
			return err
		}(),
		"codes": func() error {
			_, err := w.MakeBatch(as(t, "an"), template.ID, coupon.BatchForm{Key: "k", Size: 1, Note: "x"})
			return err
		}(),
		"look":   func() error { _, err := w.Campaign(as(t, "an"), template.ID, "", domain.Page{}); return err }(),
		"list":   func() error { _, _, _, err := w.List(as(t, "an"), "o1", "", domain.Page{}); return err }(),
		"source": func() error { _, err := w.SeeSource(as(t, "an"), template.ID, "x"); return err }(),
	} {
		if !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	stranger := fifty()
	stranger.Terms.Camps = []string{"c3"}
	if _, err := w.Save(manager(t), "o1", "x", 0, stranger); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("another organiser's camp: %v", err)
	}
}

func TestFastClaimsFromOneDeviceAreSeen(t *testing.T) {
	t.Parallel()
	w := newWorld()
	template := w.active(t, fifty())
	for _, who := range []string{"an", "bo", "cy"} {
		ctx := domain.WithActor(t.Context(), domain.Actor{Member: who, Device: "phone"})
		if _, _, err := w.Claim(ctx, template.ID, 1); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(time.Second)
	}
	v, err := w.Campaign(manager(t), template.ID, "", domain.Page{})
	if err != nil || len(v.Odd) != 1 || len(v.Odd[0].Signals) != 2 {
		t.Fatalf("%+v %v", v.Odd, err)
	}
}

func TestTheTallyIsAPureCount(t *testing.T) {
	t.Parallel()
	w := newWorld()
	template := w.active(t, fifty())
	for i, who := range []string{"an", "bo", "cy"} {
		c := w.claimed(t, template.ID, who)
		if i < 2 {
			if err := errors.Join(w.Lock(t.Context(), c.ID, who, "n"+who), w.Use(t.Context(), c.ID, "n"+who, 50_00, 149_00)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Ask(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(24 * time.Hour)
	}
	if err := w.Free(t.Context(), coupon.ID(template.ID, "an", 1), "nan", true); err != nil {
		t.Fatal(err)
	}
	if err := w.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err := w.Campaign(manager(t), template.ID, "", domain.Page{})
	sum := v.Tally.Sum()
	if err != nil || len(v.Tally.Days) != 3 || sum.Got != 3 || sum.Used != 1 || sum.Paid != 149_00 || sum.Took != 50_00 || v.Given != 3 {
		t.Fatalf("%+v %v", v.Tally, err)
	}
}

// Whatever dies or is repeated: the stock and everybody's limit hold, every coupon is one order's at most, and none is
// given back after its end.
func TestStockAndLimitsHoldWhateverHappens(t *testing.T) {
	t.Parallel()
	people := []string{"an", "bo", "cy", "di"}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		f := fifty()
		f.Stock, f.PerPerson, f.Terms.Returns = rapid.IntRange(1, 5).Draw(rt, "stock"), rapid.IntRange(1, 2).Draw(rt, "each"), rapid.Bool().Draw(rt, "returns")
		template := w.active(t, f)
		killed := func(f func()) {
			if n := rapid.IntRange(0, 8).Draw(rt, "killed at"); n > 0 {
				w.power.Cut(n, rapid.Bool().Draw(rt, "after the write"))
			}
			f()
			w.power.Restore()
		}
		any := func() (coupon.Coupon, bool) {
			all := w.store.All(nil)
			if len(all) == 0 {
				return coupon.Coupon{}, false
			}
			return all[rapid.IntRange(0, len(all)-1).Draw(rt, "coupon")], true
		}
		order := func() string { return rapid.SampledFrom([]string{"n1", "n2", "n3"}).Draw(rt, "order") }
		rt.Repeat(map[string]func(*rapid.T){
			"claim": func(rt *rapid.T) {
				who, n := rapid.SampledFrom(people).Draw(rt, "who"), rapid.IntRange(1, 3).Draw(rt, "n")
				killed(func() { _, _, _ = w.Claim(as(t, who), template.ID, n) })
			},
			"gift": func(rt *rapid.T) {
				key := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "key")
				killed(func() { _, _ = w.Give(manager(t), template.ID, coupon.GiftForm{Key: key, Members: people[:2]}) })
			},
			"lock": func(rt *rapid.T) {
				if c, ok := any(); ok {
					killed(func() { _ = w.Lock(t.Context(), c.ID, c.Member, order()) })
				}
			},
			"use": func(rt *rapid.T) {
				if c, ok := any(); ok {
					killed(func() { _ = w.Use(t.Context(), c.ID, order(), 50_00, 149_00) })
				}
			},
			"free": func(rt *rapid.T) {
				if c, ok := any(); ok {
					killed(func() { _ = w.Free(t.Context(), c.ID, order(), rapid.Bool().Draw(rt, "whole")) })
				}
			},
			"revoke": func(rt *rapid.T) {
				if c, ok := any(); ok {
					killed(func() { _, _ = w.Revoke(manager(t), template.ID, c.ID, "发错了") })
				}
			},
			"time passes": func(rt *rapid.T) {
				w.clock.Add(time.Duration(rapid.IntRange(1, 50).Draw(rt, "hours")) * time.Hour)
				killed(func() { _ = w.Sweep(t.Context()) })
			},
			"recount": func(*rapid.T) { killed(func() { _, _ = w.Recount(t.Context(), template.ID) }) },
			"": func(rt *rapid.T) {
				for _, c := range w.store.All(nil) {
					switch holds := c.State == coupon.Locked || c.State == coupon.Used; {
					case holds != (c.Order != ""), c.State == coupon.Used != !c.UsedAt.IsZero():
						rt.Fatalf("%+v", c)
					case len(c.Trail) > 0 && c.Trail[len(c.Trail)-1].To == coupon.Unused && !c.Trail[len(c.Trail)-1].At.Before(c.Until):
						rt.Fatalf("given back after its end: %+v", c)
					}
				}
			},
		})
		w.clock.Add(coupon.AskFor + time.Second)
		if err := w.Sweep(t.Context()); err != nil {
			rt.Fatal(err)
		}
		if _, err := w.Recount(t.Context(), template.ID); err != nil {
			rt.Fatal(err)
		}
		if err := w.right(template); err != nil {
			rt.Fatal(err)
		}
	})
}
