package groupbuy_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
)

func TestAGroupSucceedsOnceWithItsLastPayment(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 3)
	w.in(t, "k", "an", "n1")
	w.in(t, "k:n1", "bo", "n2")
	must(t, w.reserve(t.Context(), "k:n1", "cy", "n3"))
	w.stage(t, "k:n1", groupbuy.Forming)
	for range 3 {
		must(t, w.pay(t.Context(), "n3"))
		must(t, w.Drive(t.Context(), "k:n1"))
	}
	w.stage(t, "k:n1", groupbuy.Succeeded)
	must(t, w.settle(t.Context()))
	must(t, w.settled())
	e, err := w.entries.Get(t.Context(), groupbuy.EntryID("k", "cy"))
	must(t, err)
	if len(e.Won) != 1 || e.Open != nil {
		t.Errorf("entry %+v", e)
	}
}

func TestALateGroupFailsAndEachMemberIsRefundedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 3)
	w.in(t, "k", "an", "n1")
	w.in(t, "k:n1", "bo", "n2")
	must(t, w.settle(t.Context()))
	w.stage(t, "k:n1", groupbuy.Failed)
	must(t, w.settled())
	if asked := w.till.all["n1"].asked; asked != 2 { // once to ask, once to see that it is there
		t.Errorf("asked %d times", asked)
	}
}

func TestAFailedGroupIsNeverShownAsFormed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	must(t, w.reserve(t.Context(), "k:n1", "bo", "n2"))
	w.clock.Add(25 * time.Hour)
	must(t, w.Sweep(t.Context()))
	must(t, w.pay(t.Context(), "n2")) // the payment that would have filled it
	v, err := w.Look(as(t, "bo"), "k:n1")
	must(t, err)
	if v.State != groupbuy.Failed || v.Mine.State == groupbuy.Confirmed || len(v.In) != 0 || v.Joinable {
		t.Errorf("shown as %+v", v)
	}
	must(t, w.settle(t.Context()))
	must(t, w.settled())
}

func TestPaidButTheGroupWasFull(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	must(t, w.reserve(t.Context(), "k:n1", "bo", "n2"))
	must(t, w.release(t.Context(), "n2")) // their time to pay was over
	w.in(t, "k:n1", "cy", "n3")
	must(t, w.pay(t.Context(), "n2"))
	if s := w.seat(t, "k:n1", "n2"); s.State != groupbuy.Refunding || s.Why != groupbuy.TooLate {
		t.Errorf("seat %+v", s)
	}
	must(t, w.settle(t.Context()))
	must(t, w.settled())
}

func TestALatePayerTakesTheSeatAgainWhileThereIsRoom(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	must(t, w.reserve(t.Context(), "k:n1", "bo", "n2"))
	must(t, w.release(t.Context(), "n2"))
	must(t, w.pay(t.Context(), "n2"))
	w.stage(t, "k:n1", groupbuy.Succeeded)
	must(t, w.settle(t.Context()))
	must(t, w.settled())
}

func TestWhoPaidInTimeCountsThoughTheNewsComesLate(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	w.clock.Add(24*time.Hour - 10*time.Minute)
	must(t, w.reserve(t.Context(), "k:n1", "bo", "n2"))
	w.till.all["n2"].paidAt = w.clock.Now()
	w.clock.Add(time.Hour)
	must(t, w.Sweep(t.Context()))
	w.stage(t, "k:n1", groupbuy.Succeeded)
}

func TestOneBadMemberNeverBlocksTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 4)
	w.in(t, "k", "an", "n1")
	w.in(t, "k:n1", "bo", "n2")
	w.in(t, "k:n1", "cy", "n3")
	w.till.broken = "n2"
	for range 3 {
		w.clock.Add(25 * time.Hour)
		refused(t, w.Sweep(t.Context()), errBroken)
	}
	if !w.till.all["n1"].back || !w.till.all["n3"].back {
		t.Error("others wait for their money")
	}
	w.till.broken = ""
	must(t, w.settle(t.Context()))
	must(t, w.settled())
}

func TestOneOpenGroupPerMemberAndCampaign(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 3)
	w.in(t, "k", "an", "n1")
	w.in(t, "k", "bo", "n2")
	refused(t, w.reserve(t.Context(), "k:n1", "bo", "n3"), groupbuy.ErrInGroup)
	refused(t, w.reserve(t.Context(), "k:n1", "an", "n4"), groupbuy.ErrInGroup)
	refused(t, w.reserve(t.Context(), "k", "an", "n5"), groupbuy.ErrInGroup)
	must(t, w.leave(t.Context(), "n2"))
	w.in(t, "k:n1", "bo", "n6")
}

func TestAReservationThatIsRepeatedLateLocksNobodyOut(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	w.in(t, "k:n1", "bo", "n2")
	must(t, w.reserve(t.Context(), "k", "an", "n1"))
	must(t, w.Drive(t.Context(), "k:n1"))
	e, err := w.entries.Get(t.Context(), groupbuy.EntryID("k", "an"))
	must(t, err)
	if e.Open != nil {
		t.Errorf("%+v is open", *e.Open)
	}
}

func TestTheLimitPerPersonCountsGroupsThatSucceeded(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	for i := range 2 {
		a, b := fmt.Sprint("a", i), fmt.Sprint("b", i)
		w.in(t, "k", "an", a)
		w.in(t, "k:"+a, fmt.Sprint("m", i), b)
		must(t, w.Drive(t.Context(), "k:"+a))
	}
	must(t, w.leave(t.Context(), "a0")) // what was left after counts, too
	refused(t, w.reserve(t.Context(), "k", "an", "a9"), groupbuy.ErrLimit)
}

func TestWhoLeavesAfterSuccessLeavesTheGroupAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	w.in(t, "k:n1", "bo", "n2")
	must(t, w.Drive(t.Context(), "k:n1"))
	must(t, w.leave(t.Context(), "n1"))
	w.stage(t, "k:n1", groupbuy.Succeeded)
	refused(t, w.reserve(t.Context(), "k:n1", "cy", "n3"), groupbuy.ErrOver)
	if s := w.seat(t, "k:n1", "n2"); s.State != groupbuy.Confirmed {
		t.Errorf("seat %+v", s)
	}
	must(t, w.settle(t.Context()))
	if b := w.till.all["n1"]; !b.back {
		t.Error("no money back")
	}
}

func TestNobodyJoinsBeforeTheLeaderHasPaid(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	must(t, w.reserve(t.Context(), "k", "an", "n1"))
	refused(t, w.reserve(t.Context(), "k:n1", "bo", "n2"), groupbuy.ErrNotYet)
	must(t, w.release(t.Context(), "n1"))
	w.stage(t, "k:n1", groupbuy.Failed)
	refused(t, w.reserve(t.Context(), "k:n1", "bo", "n3"), groupbuy.ErrOver)
}

func TestTheKillSwitchTakesNobodyInAndHonoursWhatWasPromised(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	must(t, w.reserve(t.Context(), "k:n1", "bo", "n2"))
	w.in(t, "k", "cy", "n3")
	must(t, second(w.Turn(manager(t), "k", groupbuy.Paused)))
	refused(t, w.reserve(t.Context(), "k", "di", "n4"), groupbuy.ErrPaused)
	refused(t, w.reserve(t.Context(), "k:n3", "di", "n5"), groupbuy.ErrPaused)
	must(t, w.pay(t.Context(), "n2"))
	w.stage(t, "k:n1", groupbuy.Succeeded)
}

func TestEndingACampaignSaysItsConsequencesAndKeepsThem(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.in(t, "k", "an", "n1")
	w.in(t, "k", "bo", "n2")
	must(t, w.reserve(t.Context(), "k:n2", "cy", "n3"))
	e, err := w.Effects(manager(t), "k")
	must(t, err)
	if e != (groupbuy.Effect{Groups: 2, Paid: 2, Reserved: 1}) || !strings.Contains(e.Closing(true), "已付款的 2 人原路退款") {
		t.Fatalf("%+v: %s", e, e.Closing(true))
	}
	must(t, second(w.Close(manager(t), "k", false, groupbuy.Effect{})))
	refused(t, w.reserve(t.Context(), "k", "di", "n4"), groupbuy.ErrEnded)
	w.in(t, "k:n1", "di", "n5") // it may still fill
	w.stage(t, "k:n1", groupbuy.Succeeded)
	refused(t, second(w.Close(manager(t), "k", true, e)), groupbuy.ErrMoved)
	must(t, second(w.Close(manager(t), "k", true, groupbuy.Effect{Groups: 1, Paid: 1, Reserved: 1})))
	for range 2 {
		must(t, w.Stop(t.Context(), "k"))
	}
	w.stage(t, "k:n1", groupbuy.Succeeded)
	w.stage(t, "k:n2", groupbuy.Failed)
	must(t, w.settle(t.Context()))
	must(t, w.settled())
}

func TestExtendingACampaignKeepsTheDeadlineOfItsGroups(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	w.clock.Add(60 * time.Hour)
	w.in(t, "k", "an", "n1")
	before, err := w.groups.Get(t.Context(), "k:n1")
	must(t, err)
	end := w.clock.Now().Add(12 * time.Hour)
	if !before.ExpiresAt.Equal(end) {
		t.Fatalf("ends at %s, want the campaign's end %s", before.ExpiresAt, end)
	}
	must(t, second(w.Extend(manager(t), "k", end.Add(48*time.Hour))))
	refused(t, second(w.Extend(manager(t), "k", end)), domain.ErrInvalid)
	after, err := w.groups.Get(t.Context(), "k:n1")
	must(t, err)
	if !after.ExpiresAt.Equal(end) {
		t.Errorf("the group's deadline moved to %s", after.ExpiresAt)
	}
}

func TestTermsOfACampaignThatRanAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 2)
	f := w.form(3)
	refused(t, second(w.Save(manager(t), "o1", "k", 2, f)), groupbuy.ErrPromised)
	f.Terms.Size = 2
	f.Title = "两人成团"
	must(t, second(w.Save(manager(t), "o1", "k", 2, f)))
	refused(t, second(w.Save(manager(t), "o1", "k", 2, f)), domain.ErrConflict)
	refused(t, second(w.Save(as(t, "an"), "o1", "x", 0, f)), domain.ErrForbidden)
}

func TestACampaignIsRefusedThatBreaksItsBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field  string
		breaks func(*groupbuy.Form)
	}{
		{"size", func(f *groupbuy.Form) { f.Terms.Size = 1 }},
		{"size", func(f *groupbuy.Form) { f.Terms.Size = 101 }},
		{"leader", func(f *groupbuy.Form) { f.Terms.Leader = f.Terms.Member + 1 }},
		{"member", func(f *groupbuy.Form) { f.Terms.Member = 199_00 }},
		{"hours", func(f *groupbuy.Form) { f.Terms.Hours = 0 }},
		{"per_person", func(f *groupbuy.Form) { f.Terms.PerPerson = 21 }},
		{"ends_at", func(f *groupbuy.Form) { f.EndsAt = time.Time{} }},
		{"ends_at", func(f *groupbuy.Form) { f.EndsAt = f.EndsAt.AddDate(0, 0, 10) }}, // nobody can enrol so late
		{"offer", func(f *groupbuy.Form) { f.Terms.Offer = "pool" }},
		{"camp", func(f *groupbuy.Form) { f.Camp = "c9" }},
		{"title", func(f *groupbuy.Form) { f.Title = "" }},
		{"per_network", func(f *groupbuy.Form) { f.Limits.PerNetwork = -1 }},
		{"per_device", func(f *groupbuy.Form) { f.Limits.PerDevice = 201 }},
	} {
		w := newWorld()
		f := w.form(3)
		c.breaks(&f)
		err := second(w.Save(manager(t), "o1", "k", 0, f))
		if err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: %v", c.field, err)
		}
	}
}

func TestManyRaceForTheLastSeats(t *testing.T) {
	t.Parallel()
	w := newWorld()
	const size, racers = 5, 60
	w.active(t, size)
	w.in(t, "k", "an", "n1")
	var wg sync.WaitGroup
	var won atomic.Int64
	for i := range racers {
		wg.Go(func() {
			who, order := fmt.Sprint("m", i/2), fmt.Sprint("r", i) // each twice
			claim := (&bought{named: "k:n1", member: who, paidAt: w.clock.Now()}).claim(order)
			if w.Reserve(t.Context(), claim) != nil {
				return
			}
			won.Add(1)
			if _, err := w.Paid(t.Context(), claim); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.stage(t, "k:n1", groupbuy.Succeeded)
	if won.Load() != size-1 {
		t.Errorf("%d got a seat", won.Load())
	}
	must(t, w.right())
}
