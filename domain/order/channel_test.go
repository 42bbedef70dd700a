package order_test

import (
	"context"
	"errors"
	"testing"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
)

// on is a member with a phone.
func on(t testing.TB, member string, p domain.Platform) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member, Platform: p})
}

func TestWhereVirtualGoodsMayNotBeSoldNothingCanBePaidAndThePreviewSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	w.Channels = order.Channels{{Kind: camp.KindDated, Platform: domain.IOS}: order.Shut, {Kind: camp.KindCourse, Platform: domain.Android}: order.Shut}
	wish := order.Wish{Camp: "c1", Offer: "seat"}
	for platform, shut := range map[domain.Platform]bool{domain.IOS: true, domain.Android: false, domain.Other: false, "": false} {
		ctx := on(t, "m-"+string(platform), platform)
		v, err := w.Look(ctx, wish)
		shelf, err2 := w.Shelf(ctx, "c1")
		if err != nil || err2 != nil || (v.Closed != "") != shut || order.Sum(v.Lines) != 199_00 {
			t.Errorf("%s: %+v, %v, %v", platform, v, err, err2)
		}
		for _, o := range shelf {
			if (o.Closed != "") != (shut && o.Price > 0) {
				t.Errorf("%s, %s: %q", platform, o.Title, o.Closed)
			}
		}
		buy := wish
		buy.Amount = 199_00
		if _, _, err := w.Place(ctx, buy); errors.Is(err, order.ErrClosed) != shut || !shut && err != nil {
			t.Errorf("%s buys: %v", platform, err)
		}
	}
	if n := len(w.ClosedOn(camp.KindDated)); n != 1 {
		t.Errorf("closed on %d platforms", n)
	}
}

func TestAnOrderThatWasPlacedOnAnotherPhoneIsNotPaidWhereItMayNotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	o := w.place(t, "an", "seat")
	w.Channels = order.Channels{{Kind: camp.KindDated, Platform: domain.IOS}: order.Shut}
	if _, err := w.AskPay(on(t, "an", domain.IOS), o.ID); !errors.Is(err, order.ErrClosed) {
		t.Errorf("on iOS: %v", err)
	}
	if _, err := w.AskPay(on(t, "an", domain.Android), o.ID); err != nil {
		t.Errorf("on Android: %v", err)
	}
}

func TestWhatCostsNothingIsOpenEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	w.Channels = order.Channels{{Kind: camp.KindDated, Platform: domain.IOS}: order.Shut}
	o, _, err := w.Place(on(t, "an", domain.IOS), order.Wish{Camp: "c1", Offer: "gift"})
	if err != nil || o.State != order.Fulfilled || o.Channel != order.Nothing {
		t.Errorf("%s by %s, %v", o.State, o.Channel, err)
	}
}
