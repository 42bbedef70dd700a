package order_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/order"
)

// coupons is one coupon a member, worth ¥50, in one document, with the rules of domain/coupon: it comes back when its order
// ends unpaid or is refunded whole.
type coupons struct{ book *domaintest.Store[wallet] }

type wallet struct {
	domain.Doc
	Held map[string]voucher // by member
}

type voucher struct {
	Order string
	Used  bool
}

func newCoupons(power *domaintest.Power) *coupons {
	c := &coupons{domaintest.NewStore[wallet](power)}
	if err := c.book.Insert(context.Background(), wallet{Doc: domain.Doc{ID: "w"}, Held: map[string]voucher{"an": {}, "bo": {}, "cy": {}}}); err != nil {
		panic(err)
	}
	return c
}

var errNoCoupon = domain.Refusal(domain.KindConflict, "coupon_locked", "")

func (c *coupons) change(ctx context.Context, member string, f func(v *voucher) error) error {
	_, err := c.book.Update(ctx, "w", func(w *wallet) error {
		v, ok := w.Held[member]
		if !ok {
			return domain.ErrNotFound
		}
		err := f(&v)
		w.Held[member] = v
		return err
	})
	return err
}

func (c *coupons) of(member string) voucher { return c.book.All(nil)[0].Held[member] }

func (c *coupons) Usable(_ context.Context, member string, _ camp.Camp) ([]order.Coupon, error) {
	return []order.Coupon{{ID: member, Text: "券", Off: 50_00}, {ID: "later", Text: "券", Off: 60_00, Over: 300_00}}, nil
}

func (c *coupons) Priced(ctx context.Context, id, member, orderID string, _ camp.Camp) (order.Coupon, error) {
	w, err := c.book.Get(ctx, "w")
	v, ok := w.Held[id]
	switch {
	case err != nil:
		return order.Coupon{}, err
	case !ok || id != member:
		return order.Coupon{}, domain.ErrNotFound
	case v.Order != "" && v.Order != orderID:
		return order.Coupon{}, errNoCoupon
	}
	return order.Coupon{ID: id, Text: "券", Off: 50_00}, nil
}

func (c *coupons) Lock(ctx context.Context, id, _, orderID string) error {
	return c.change(ctx, id, func(v *voucher) error {
		switch v.Order {
		case orderID:
			return domain.ErrSame
		case "":
			v.Order = orderID
			return nil
		}
		return errNoCoupon
	})
}

func (c *coupons) Use(ctx context.Context, id, orderID string, took, paid domain.Fen) error {
	return c.change(ctx, id, func(v *voucher) error {
		if v.Order != orderID {
			return domain.ErrConflict
		}
		v.Used = true
		return nil
	})
}

func (c *coupons) Free(ctx context.Context, id, orderID string, whole bool) error {
	return c.change(ctx, id, func(v *voucher) error {
		if v.Order != orderID || v.Used && !whole {
			return domain.ErrSame
		}
		*v = voucher{}
		return nil
	})
}

// with orders a seat with the member's coupon.
func (w world) with(t testing.TB, member string) order.Order {
	t.Helper()
	p, err := w.Preview(as(t, member), order.Wish{Camp: "c1", Offer: "seat", Coupon: member})
	if err != nil || order.Sum(p.Lines) != 149_00 {
		t.Fatalf("%+v %v", p.Lines, err)
	}
	o, _, err := w.Place(as(t, member), order.Wish{Camp: "c1", Offer: "seat", Amount: 149_00, Coupon: member})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestACouponIsLockedWithTheOrderAndUsedWithTheMoney(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.with(t, "an")
	if v := w.coupons.of("an"); v.Order != o.ID || v.Used {
		t.Fatalf("before paying %+v", v)
	}
	w.bank.pay(w.askPay(t, o))
	w.told(t, order.Number(o.ID, 1))
	o = w.drive(t, o.ID)
	if v := w.coupons.of("an"); !v.Used || w.exact(o) != nil || o.Held() != 149_00 {
		t.Fatalf("%+v %v %s", v, w.exact(o), o.Held())
	}
}

// Pitfall: coupon not given back on cancel.
func TestCouponNotGivenBackOnCancel(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w world, o order.Order){
		"by the learner": func(w world, o order.Order) { _, _ = w.Cancel(as(t, "an"), o.ID) },
		"by the clock":   func(w world, o order.Order) { w.clock.Add(time.Hour); _ = w.Sweep(t.Context()) },
		"for want of a seat": func(w world, o order.Order) {
			w.bank.pay(w.askPay(t, o))
			_ = w.places.Free(t.Context(), "c1", "an", o.ID)
			w.told(t, order.Number(o.ID, 1))
			_, _ = w.Drive(t.Context(), o.ID)
		},
		"refunded whole": func(w world, o order.Order) {
			w.bank.pay(w.askPay(t, o))
			w.told(t, order.Number(o.ID, 1))
			_, _ = w.Drive(t.Context(), o.ID)
			_, _ = w.AskBack(as(t, "an"), o.ID, 149_00)
			_, _ = w.Drive(t.Context(), o.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(1)
			o := w.with(t, "an")
			end(w, o)
			if v := w.coupons.of("an"); v != (voucher{}) || w.get(t, o.ID).EndedAt.IsZero() {
				t.Fatalf("%+v, the order %+v", v, w.get(t, o.ID))
			}
		})
	}
}

func TestACouponStaysUsedWhileAnyOfTheMoneyIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.with(t, "an")
	w.bank.pay(w.askPay(t, o))
	w.told(t, order.Number(o.ID, 1))
	w.drive(t, o.ID)
	w.clock.Set(at("2026-03-02T00:00:00Z"))
	if _, err := w.AskBack(as(t, "an"), o.ID, 74_50); err != nil { // half of what was paid
		t.Fatal(err)
	}
	w.drive(t, o.ID)
	if v := w.coupons.of("an"); !v.Used {
		t.Fatal("half the money is kept, and the coupon is back")
	}
	if _, err := w.GiveBack(owner(t), o.ID, order.Grant{Key: "rest", Amount: 74_50, Reason: "补偿"}); err != nil {
		t.Fatal(err)
	}
	w.drive(t, o.ID)
	if v := w.coupons.of("an"); v != (voucher{}) {
		t.Fatalf("all of the money went back, and the coupon is %+v", v)
	}
}

func TestOneCouponServesOneOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	w.with(t, "an")
	if err := w.coupons.Lock(t.Context(), "bo", "bo", "another order"); err != nil {
		t.Fatal(err)
	}
	o, fresh, err := w.Place(as(t, "bo"), order.Wish{Camp: "c1", Offer: "seat", Amount: 149_00, Coupon: "bo"})
	if !errors.Is(err, errNoCoupon) || fresh {
		t.Fatalf("%+v %v", o, err)
	}
	w.coupons.book.Raced = func(string) { // locked elsewhere between the price and the lock
		w.coupons.book.Raced = nil
		if err := w.coupons.Lock(t.Context(), "cy", "cy", "another order"); err != nil {
			t.Error(err)
		}
	}
	o, _, err = w.Place(as(t, "cy"), order.Wish{Camp: "c1", Offer: "seat", Amount: 149_00, Coupon: "cy"})
	if !errors.Is(err, errNoCoupon) || o.State != order.Cancelled || o.Cause != order.NoCoupon || len(w.places.all()) != 1 {
		t.Fatalf("%s by %s, %v, %d places", o.State, o.Cause, err, len(w.places.all()))
	}
}

// A late payment asks for its coupon again; used elsewhere meanwhile, the money goes back.
func TestALatePaymentTakesItsCouponAgainOrGoesBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		elsewhere bool
		want      order.State
	}{"still there": {false, order.Fulfilled}, "used elsewhere": {true, order.Refunded}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(1)
			o := w.with(t, "an")
			number := w.askPay(t, o)
			w.bank.pay(number)
			w.bank.fault = func(call string) (before, after bool) { return call == "query", false }
			trade := *w.bank.trades[number]
			unpaid := trade
			unpaid.State = "CLOSED"
			if _, err := w.Seen(t.Context(), unpaid); err != nil { // WeChat said so, wrongly
				t.Fatal(err)
			}
			if _, err := w.Cancel(as(t, "an"), o.ID); err != nil {
				t.Fatal(err)
			}
			w.bank.fault = nil
			if c.elsewhere {
				if err := w.coupons.Lock(t.Context(), "an", "an", "another order"); err != nil {
					t.Fatal(err)
				}
			}
			w.told(t, number)
			o = w.drive(t, o.ID)
			if v := w.coupons.of("an"); o.State != c.want || w.exact(o) != nil || v.Used != (c.want == order.Fulfilled) {
				t.Fatalf("%s, %v, the coupon %+v", o.State, w.exact(o), v)
			}
		})
	}
}

func TestTheBestCouponComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	v, err := w.Look(as(t, "an"), order.Wish{Camp: "c1", Offer: "seat"})
	list := v.Choices
	if err != nil || len(list) != 2 || list[0].ID != "an" || list[0].Saves != 50_00 || list[1].Saves != 0 || list[1].Why == "" {
		t.Fatalf("%+v %v", list, err)
	}
}

// books checks that no coupon is used by what is no paid order, or locked by one that is over.
func (w world) books() error {
	all := w.store.All(nil)
	for member, v := range w.coupons.book.All(nil)[0].Held {
		if v.Order == "" {
			continue
		}
		i := slices.IndexFunc(all, func(o order.Order) bool { return o.ID == v.Order })
		if i < 0 {
			return errors.New("the coupon of " + member + " is with no order")
		}
		o := all[i]
		kept := o.State == order.Fulfilled || o.State == order.PartRefunded || o.State == order.Refunded && o.EndedAt.IsZero()
		if !v.Used || !kept || o.Promise.Used(order.LineCoupon) != member {
			return errors.New("the coupon of " + member + " is with order " + o.ID + ", " + string(o.State))
		}
	}
	for _, o := range all {
		coupon := o.Promise.Used(order.LineCoupon)
		if coupon != "" && (o.State == order.Fulfilled || o.State == order.PartRefunded && !o.FulfilledAt.IsZero()) && w.coupons.of(coupon).Order != o.ID {
			return errors.New("order " + o.ID + " was cheaper by a coupon that it has not used")
		}
	}
	return nil
}
