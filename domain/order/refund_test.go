package order_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

func owner(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{
		{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner},
	}})
}

func TestWhatALearnerGetsBackFollowsThePolicyTheyWereShown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		when  string
		offer string
		want  domain.Fen
	}{
		{"2026-02-28T15:59:59Z", "seat", 199_00}, // the last second before the camp starts
		{"2026-02-28T16:00:00Z", "seat", 99_50},  // day 1
		{"2026-03-03T15:59:59Z", "seat", 99_50},  // the last second of day 3
		{"2026-03-03T16:00:00Z", "seat", 0},
		{"2026-02-28T15:59:59Z", "pool", 159_00},         // 59 of tuition, 100 of the pool
		{"2026-03-01T00:00:00Z", "pool", 29_50 + 100_00}, // half of the tuition, and all of the part before the lock
		{"2026-03-03T16:00:00Z", "pool", 0},              // locked: the part stays, and the tuition's time is over
	} {
		w := newWorld(5)
		o := w.bought(t, "an", tt.offer)
		w.list.Policy.Steps = nil // the list changes; the promise does not
		w.clock.Set(at(tt.when))
		if got := o.Refundable(w.clock.Now()); got != tt.want {
			t.Errorf("%s at %s: %s, want %s", tt.offer, tt.when, got, tt.want)
		}
		back, err := w.AskBack(as(t, "an"), o.ID, tt.want)
		if tt.want == 0 {
			if !errors.Is(err, order.ErrNothingBack) {
				t.Errorf("%s at %s: %v", tt.offer, tt.when, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		back = w.drive(t, back.ID)
		if err := w.exact(back); err != nil || back.Returned() != tt.want {
			t.Errorf("%s at %s: %s went back, %v", tt.offer, tt.when, back.Returned(), err)
		}
		if _, ok := w.places.of("an"); ok {
			t.Errorf("%s at %s: the place is still theirs", tt.offer, tt.when)
		}
	}
}

// Pitfall: a failed refund could never be retried.
func TestAFailedRefundCouldNeverBeRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	w.bank.fault = func(call string) (bool, bool) { return call == "refund", false }
	if _, err := w.AskBack(as(t, "an"), o.ID, 199_00); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Drive(t.Context(), o.ID); !errors.Is(err, wechatpay.ErrUnreachable) {
		t.Fatal(err)
	}
	w.bank.fault = nil
	w.clock.Add(time.Hour)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.exact(w.get(t, o.ID)); err != nil || w.get(t, o.ID).State != order.Refunded {
		t.Fatal(err)
	}
}

// Pitfall: a new refund number refunded twice.
func TestANewRefundNumberRefundedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	w.bank.fault = func(call string) (bool, bool) { return false, call == "refund" } // it arrives, its answer is lost
	if _, err := w.AskBack(as(t, "an"), o.ID, 199_00); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		_, _ = w.Drive(t.Context(), o.ID)
		w.clock.Add(12 * time.Hour)
	}
	w.bank.fault = nil
	w.clock.Add(12 * time.Hour)
	o = w.drive(t, o.ID)
	if err := w.exact(o); err != nil || len(w.bank.refunds) != 1 {
		t.Fatalf("%d refunds, %v", len(w.bank.refunds), err)
	}
}

func TestManyAskForTheSameRefund(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	boss := owner(t)
	var race sync.WaitGroup
	for range 10 {
		race.Go(func() {
			_, _ = w.AskBack(as(t, "an"), o.ID, 199_00)
			_, _ = w.GiveBack(boss, o.ID, order.Grant{Key: "k1", Amount: 150_00, Reason: "补偿"})
			_, _ = w.Drive(t.Context(), o.ID)
		})
	}
	race.Wait()
	w.clock.Add(time.Hour)
	o = w.drive(t, o.ID)
	if err := w.exact(o); err != nil || len(o.Refunds) > 2 || o.Returned() > 199_00 {
		t.Fatalf("%+v %v", o.Refunds, err)
	}
}

func TestStaffRefundInPartsAndNeverMoreThanWasPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	give := func(key string, amount domain.Fen, ends bool) error {
		_, err := w.GiveBack(owner(t), o.ID, order.Grant{Key: key, Amount: amount, Ends: ends, Reason: "补偿"})
		return err
	}
	if err := errors.Join(give("a", 50_00, false), give("b", 49_00, false), give("a", 50_00, false)); err != nil {
		t.Fatal(err)
	}
	if err := give("c", 100_01, false); !errors.Is(err, order.ErrOverPaid) {
		t.Errorf("more than was paid: %v", err)
	}
	if err := give("a", 49_99, false); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("another amount under the same key: %v", err)
	}
	got := w.drive(t, o.ID)
	if err := w.exact(got); err != nil || got.State != order.PartRefunded || got.Held() != 100_00 {
		t.Fatalf("%s holds %s, %v", got.State, got.Held(), err)
	}
	if err := give("d", 100_00, true); err != nil {
		t.Fatal(err)
	}
	got = w.drive(t, o.ID)
	if err := w.exact(got); err != nil || got.State != order.Refunded {
		t.Fatalf("%s, %v", got.State, err)
	}
}

// A goodwill of staff takes nothing of what the learner was promised.
func TestWhoWasGivenSomethingBackCanStillGiveTheirPlaceBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		when, offer string
		goodwill    domain.Fen
		pooled      domain.Fen // that the pool has sent back
		want        domain.Fen
	}{
		{"2026-02-28T15:00:00Z", "seat", 10_00, 0, 189_00}, // all that is left
		{"2026-02-28T16:00:00Z", "seat", 10_00, 0, 99_50},  // half of what was paid, as the policy says
		{"2026-03-03T16:00:00Z", "seat", 10_00, 0, 0},
		{"2026-02-28T15:00:00Z", "pool", 9_00, 0, 150_00}, // and the whole part
		{"2026-03-01T00:00:00Z", "pool", 9_00, 100_00, 29_50},
		{"2026-03-03T16:00:00Z", "pool", 9_00, 0, 0},
	} {
		w := newWorld(5)
		o := w.bought(t, "an", tt.offer)
		if _, err := w.GiveBack(owner(t), o.ID, order.Grant{Key: "sorry", Amount: tt.goodwill, Reason: "补偿"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AskBack(as(t, "an"), o.ID, 0); !errors.Is(err, order.ErrUnderWay) {
			t.Errorf("%s at %s: while it is on its way: %v", tt.offer, tt.when, err)
		}
		if tt.pooled > 0 {
			if _, err := w.PayBackPart(t.Context(), o.ID, "pool-staff", tt.pooled, "工作人员"); err != nil {
				t.Fatal(err)
			}
		}
		o = w.drive(t, o.ID)
		w.clock.Set(at(tt.when))
		if got := o.Refundable(w.clock.Now()); o.State != order.PartRefunded || got != tt.want {
			t.Errorf("%s at %s: %s, %s can be had, want %s", tt.offer, tt.when, o.State, got, tt.want)
		}
		_, err := w.AskBack(as(t, "an"), o.ID, tt.want)
		if tt.want == 0 {
			if !errors.Is(err, order.ErrNothingBack) {
				t.Errorf("%s at %s: %v", tt.offer, tt.when, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s at %s: %v", tt.offer, tt.when, err)
		}
		o = w.drive(t, o.ID)
		if err := w.exact(o); err != nil || o.Returned() != tt.want+tt.goodwill+tt.pooled {
			t.Errorf("%s at %s: %s went back, %v", tt.offer, tt.when, o.Returned(), err)
		}
		if _, ok := w.places.of("an"); ok || o.Refundable(w.clock.Now()) != 0 {
			t.Errorf("%s at %s: the place is still theirs, or more can be had", tt.offer, tt.when)
		}
	}
}

func TestManyStaffRefundInPartsAtOnceAndNeverMoreThanWasPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	var race sync.WaitGroup
	results := make([]error, 20)
	for i := range results {
		race.Go(func() {
			_, results[i] = w.GiveBack(owner(t), o.ID, order.Grant{Key: fmt.Sprint("key", i), Amount: 30_00, Ends: i%2 == 0, Reason: "补偿"})
		})
	}
	race.Go(func() { _, _ = w.AskBack(as(t, "an"), o.ID, 199_00) })
	race.Wait()
	for _, err := range results {
		if err != nil && !errors.Is(err, order.ErrOverPaid) {
			t.Error(err)
		}
	}
	got := w.drive(t, o.ID)
	if err := w.exact(got); err != nil || got.Returned() > 199_00 || got.Returned() < 180_00 {
		t.Errorf("%s went back, %v", got.Returned(), err)
	}
}

// The notice got lost, and the refund is asked for again a day later: the books say when the money was there.
func TestARefundHeardOfLateCountsOnTheDayOnWhichItArrived(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ says, want string }{
		{"2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z"}, {"", "2026-03-01T10:00:00Z"}, {"2026-03-01T10:00:01Z", "2026-03-01T10:00:00Z"},
	} {
		w := newWorld(5)
		o := w.bought(t, "an", "seat")
		w.clock.Set(at("2026-02-28T09:00:00Z"))
		back, err := w.AskBack(as(t, "an"), o.ID, 199_00)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Set(at("2026-03-01T10:00:00Z"))
		seen := wechatpay.Refund{Number: back.Refunds[0].Number, Trade: back.Refunds[0].Attempt, State: wechatpay.RefundSuccess, Amount: 199_00}
		if tt.says != "" {
			seen.At = at(tt.says)
		}
		if back, err = w.RefundSeen(t.Context(), seen); err != nil {
			t.Fatal(err)
		}
		if got := back.Refunds[0].DoneAt; !got.Equal(at(tt.want)) {
			t.Errorf("WeChat says %q, the order %s", tt.says, got)
		}
	}
}

func TestARefundThatWeChatCannotDeliverReachesAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	w.bank.slow = true
	o := w.bought(t, "an", "seat")
	if _, err := w.AskBack(as(t, "an"), o.ID, 199_00); err != nil {
		t.Fatal(err)
	}
	o = w.drive(t, o.ID)
	number := o.Refunds[0].Number
	for range 2 {
		if _, err := w.RefundSeen(t.Context(), wechatpay.Refund{Number: number, Trade: o.Refunds[0].Attempt, State: wechatpay.RefundAbnormal}); err != nil {
			t.Fatal(err)
		}
	}
	if o = w.get(t, o.ID); len(o.Trouble) != 1 || !o.Troubled() || o.State != order.Refunding {
		t.Fatalf("%s, %+v", o.State, o.Trouble)
	}
	told := slices.DeleteFunc(slices.Clone(o.Outbox), func(e domain.Event) bool { return e.Type != order.EventStuck })
	if len(told) != 1 { // whoever waits for the money hears that it does not come
		t.Errorf("told of %d times", len(told))
	}
	w.bank.refunds[number].State = wechatpay.RefundSuccess
	if _, err := w.Again(owner(t), o.ID, number); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(12 * time.Hour)
	if o = w.drive(t, o.ID); o.State != order.Refunded || o.Troubled() {
		t.Fatalf("%s, %+v", o.State, o.Trouble)
	}
}

func TestOnlyThosePersonsMaySendMoneyBack(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.bought(t, "an", "seat")
	g := order.Grant{Key: "k", Amount: 1, Reason: "补偿"}
	if _, err := w.GiveBack(as(t, "an"), o.ID, g); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner refunds to themselves: %v", err)
	}
	if _, err := w.AskBack(as(t, "bo"), o.ID, 199_00); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("somebody else's order: %v", err)
	}
}

func TestThePartInThePoolGoesBackByThePoolAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	o := w.bought(t, "an", "pool") // 159: 59 of tuition, 100 for the pool
	give := func(key string, amount domain.Fen, ends bool) error {
		_, err := w.GiveBack(owner(t), o.ID, order.Grant{Key: key, Amount: amount, Ends: ends, Reason: "补偿"})
		return err
	}
	if err := give("a", 59_01, false); !errors.Is(err, order.ErrTied) {
		t.Errorf("a fen of the part: %v", err)
	}
	if err := give("b", 99_99, true); !errors.Is(err, order.ErrPartBack) {
		t.Errorf("out before the lock without the whole part: %v", err)
	}
	w.clock.Set(at("2026-03-03T16:00:00Z"))
	if err := give("c", 59_01, true); !errors.Is(err, order.ErrTied) {
		t.Errorf("a fen of the part after the lock: %v", err)
	}
	if err := give("d", 50_00, false); err != nil {
		t.Fatal(err)
	}
	back := func(key string, amount domain.Fen) error {
		_, err := w.PayBackPart(t.Context(), o.ID, key, amount, "奖学金")
		return err
	}
	if err := errors.Join(back("pool", 100_00), back("pool", 100_00)); err != nil {
		t.Fatal(err)
	}
	if got := w.get(t, o.ID); got.Tied() != 0 || got.Left() != 9_00 || got.Spare(false, w.clock.Now()) != 9_00 {
		t.Errorf("tied %s, left %s", got.Tied(), got.Left())
	}
}

func TestAnOrderForThePoolIsPaidBeforeTheLock(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	w.clock.Set(at("2026-03-03T15:50:00Z"))
	o := w.place(t, "an", "pool")
	if want := at("2026-03-03T16:00:00Z"); !o.PayBy.Equal(want) {
		t.Errorf("to be paid by %s", o.PayBy)
	}
	w.clock.Set(o.PayBy)
	if _, err := w.Preview(as(t, "bo"), order.Wish{Camp: "c1", Offer: "pool"}); !errors.Is(err, order.ErrPoolLocked) {
		t.Errorf("bought after the lock: %v", err)
	}
}
