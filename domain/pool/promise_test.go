package pool_test

import (
	"errors"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/pool"
)

func TestTheRulesStayOnceSomebodyOrdered(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	other := theRules
	other.Days = 4
	if _, err := w.Save(staff(t, "boss"), "c1", 1, other); err != nil {
		t.Fatalf("nobody has ordered: %v", err)
	}
	if _, err := w.Save(staff(t, "boss"), "c1", 1, theRules); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("by a version that is gone: %v", err)
	}
	stale, err := w.Quoted(t.Context(), "c1")
	must(t, err)
	if _, err := w.Agree(as(t, "an"), "c1", 2, true); err != nil {
		t.Fatal(err)
	}
	promise := order.Promise{Part: 100_00, Rules: stale.Rules, LockAt: stale.LockAt}
	must(t, w.Promised(t.Context(), "an", promise, "c1"))
	if _, err := w.Save(staff(t, "boss"), "c1", 2, theRules); !errors.Is(err, pool.ErrOrdering) {
		t.Errorf("an order may just be coming: %v", err)
	}
	w.clock.Add(4 * time.Minute)
	if _, err := w.Save(staff(t, "boss"), "c1", 2, theRules); err != nil {
		t.Errorf("it did not come: %v", err)
	}
	if err := w.Promised(t.Context(), "an", promise, "c1"); !errors.Is(err, pool.ErrAgree) && !errors.Is(err, order.ErrPrice) {
		t.Errorf("by the rules of before: %v", err)
	}
	w.joins(t, "bo", 100_00)
	w.clock.Add(time.Hour)
	if _, err := w.Save(staff(t, "boss"), "c1", 3, other); !errors.Is(err, pool.ErrFixed) || !w.camp.Pinned {
		t.Errorf("after the first payment: %v", err)
	}
}

func TestWhoMayTakePart(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	quoted, err := w.Quoted(t.Context(), "c1")
	must(t, err)
	promise := order.Promise{Part: 100_00, Rules: quoted.Rules, LockAt: quoted.LockAt}
	if err := w.Promised(t.Context(), "an", promise, "c1"); !errors.Is(err, pool.ErrAgree) {
		t.Errorf("without having agreed: %v", err)
	}
	if _, err := w.Agree(as(t, "an"), "c1", 1, false); !errors.Is(err, pool.ErrAgree) {
		t.Errorf("a minor: %v", err)
	}
	if _, err := w.Agree(as(t, "an"), "c1", 7, true); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("to rules that are not: %v", err)
	}
	for _, who := range []string{"boss", "teacher"} {
		if _, err := w.Agree(as(t, who), "c1", 1, true); !errors.Is(err, pool.ErrStaff) {
			t.Errorf("%s: %v", who, err)
		}
	}
	w.ordered(t, "bo", 100_00)
	w.staff.Staff = append(w.staff.Staff, w.staff.Staff[1])
	w.staff.Staff[2].Member = "bo" // became a co-admin between paying and our hearing of it
	must(t, w.Follow(t.Context(), "o-bo"))
	o, err := w.orders.Get(t.Context(), "o-bo")
	must(t, err)
	if m := w.member(t, "bo"); m.State != pool.Withdrawn || o.Tied() != 0 {
		t.Errorf("staff is %s with %s in the pool", m.State, o.Tied())
	}
	w.Limits.On = false
	if q, err := w.Quoted(t.Context(), "c1"); err != nil || q.Rules != 0 {
		t.Errorf("switched off, yet %+v %v", q, err)
	}
}

func TestWhoGaveUpBeforeTheLockMayComeAgain(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	w.joins(t, "an", 100_00)
	w.clock.Add(time.Hour)
	_, err := w.orders.Update(t.Context(), "o-an", func(o *order.Order) error { o.EndedAt = w.clock.Now(); return nil })
	must(t, err) // nobody hears of it
	w.clock.Add(time.Hour)
	o, err := w.orders.Get(t.Context(), "o-an")
	must(t, err)
	o.Doc, o.EndedAt, o.FulfilledAt, o.Promise.Part = domain.Doc{ID: "o-again"}, time.Time{}, w.clock.Now(), 50_00
	must(t, w.orders.Insert(t.Context(), o), w.Follow(t.Context(), "o-again"), w.Follow(t.Context(), "o-an"), w.Follow(t.Context(), "o-again"))
	if m := w.member(t, "an"); m.State != pool.In || m.Order != "o-again" || m.Part != 50_00 {
		t.Errorf("%+v", m)
	}
}
