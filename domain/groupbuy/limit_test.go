package groupbuy_test

import (
	"context"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
)

// from is somebody at a network and a device.
func from(t testing.TB, member, network, device string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member, Network: network, Device: device})
}

func TestTooManyFromOnePlaceAreRefusedAndWhatIsOddIsListed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	f := w.form(4)
	f.Limits = groupbuy.Limits{PerNetwork: 3, PerDevice: 2}
	must(t, second(w.Save(manager(t), "o1", "k", 0, f)))
	must(t, second(w.Turn(manager(t), "k", groupbuy.Active)))
	must(t, w.reserve(from(t, "an", "net", "phone"), "k", "an", "n1"))
	must(t, w.pay(t.Context(), "n1"))
	must(t, w.reserve(from(t, "bo", "net", "phone"), "k:n1", "bo", "n2"))
	refused(t, w.reserve(from(t, "cy", "net", "phone"), "k:n1", "cy", "n3"), groupbuy.ErrCrowd) // a third account on the phone
	must(t, w.reserve(from(t, "cy", "net", "own"), "k:n1", "cy", "n4"))
	refused(t, w.reserve(from(t, "di", "net", "other"), "k:n1", "di", "n5"), groupbuy.ErrCrowd)
	if s := w.seat(t, "k:n1", "n5"); s.Order != "" {
		t.Errorf("who was refused has a seat: %+v", s)
	}
	must(t, w.reserve(from(t, "di", "elsewhere", "other"), "k:n1", "di", "n6"))
	watched, err := w.Watch(manager(t), "k", "", domain.Page{})
	must(t, err)
	if len(watched.Odd) != 2 { // the phone of two, and the address at which three came at once
		t.Fatalf("%d are odd: %+v", len(watched.Odd), watched.Odd)
	}
	for _, odd := range watched.Odd {
		refused(t, second(w.SeeSource(as(t, "an"), "k", odd.ID)), domain.ErrForbidden)
		refused(t, second(w.SeeSource(manager(t), "k", "another:"+odd.ID)), domain.ErrNotFound)
		must(t, second(w.SeeSource(manager(t), "k", odd.ID)))
	}
	watched, err = w.Watch(manager(t), "k", "", domain.Page{})
	must(t, err)
	if len(watched.Odd) != 0 {
		t.Errorf("what was looked at is still there: %+v", watched.Odd)
	}
	f.Limits = groupbuy.Limits{} // limits may change while it runs
	must(t, second(w.Save(manager(t), "o1", "k", 2, f)))
	w.clock.Add(91 * 24 * time.Hour)
	must(t, w.SweepSources(t.Context()))
	if left := w.sources.All(nil); len(left) != 0 {
		t.Errorf("%d places are still known", len(left))
	}
}

func TestAGroupShowsARefundWhenItArrives(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	w.clock.Add(25 * time.Hour)
	must(t, w.Sweep(t.Context()))
	if s := w.seat(t, "k:n1", "n1"); s.State != groupbuy.Refunding {
		t.Fatalf("%+v", s)
	}
	must(t, w.Returned(t.Context(), "n1")) // and not when it is looked at again
	if s := w.seat(t, "k:n1", "n1"); s.State != groupbuy.Refunded {
		t.Errorf("%+v", s)
	}
	must(t, w.Returned(t.Context(), "n1"))
}

func TestAGroupThatDoesNotSettleNeedsAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	w.till.broken = "n1"
	w.clock.Add(25 * time.Hour)
	if w.Sweep(t.Context()) == nil {
		t.Fatal("an order that does not answer is no error")
	}
	late := func() int {
		t.Helper()
		owner := domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner}}})
		list, _, err := w.Late(owner, domain.Page{})
		must(t, err)
		return len(list)
	}
	if late() != 0 {
		t.Error("it had no time yet")
	}
	w.clock.Add(groupbuy.Patience + time.Second)
	if late() != 1 {
		t.Error("nobody hears of it")
	}
	refused(t, second(second2(w.Late(as(t, "an"), domain.Page{}))), domain.ErrForbidden)
	refused(t, w.Again(as(t, "an"), "k:n1"), domain.ErrForbidden)
	w.till.broken = ""
	must(t, w.Again(manager(t), "k:n1"))
	if late() != 0 {
		t.Error("its refund is on its way, and may take days")
	}
	must(t, w.settle(t.Context()))
	must(t, w.settled())
}

func second2[T, U any](_ T, _ U, err error) (struct{}, error) { return struct{}{}, err }
