package assist_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/camp"
	"yingdi/domain/order"
	"yingdi/domain/product"
)

func TestFriendsBringAPriceDownToItsFloor(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a := w.begun(t, c, "an")
	for i, friend := range []string{"bo", "cy", "di"} {
		before := a.Price()
		a = w.helped(t, a, friend)
		if did := a.By(friend); did == nil || did.Cut < 1 || a.Price() != before-did.Cut || did.Cut != a.Cuts[i] {
			t.Fatalf("help %d: %+v", i, did)
		}
	}
	if a.State != assist.Reached || a.Price() != 99_00 || !a.LockedUntil.Equal(w.clock.Now().Add(48*time.Hour)) {
		t.Fatalf("%+v", a)
	}
	if _, _, err := w.Help(as(t, "ed"), a.ID); !errors.Is(err, assist.ErrDone) {
		t.Errorf("a fourth: %v", err)
	}
	again, fresh, err := w.Help(as(t, "bo"), a.ID)
	if err != nil || fresh || len(again.Helps) != 3 {
		t.Errorf("the first once more: %v %v", fresh, err)
	}
	if had, fresh, err := w.Begin(as(t, "an"), c.ID); err != nil || fresh || had.ID != a.ID {
		t.Errorf("started twice: %v %v", fresh, err)
	}
}

func TestWhoMayHelp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	f := w.three()
	f.Limits.PerNetwork, f.Limits.PerDevice = 3, 1
	c := w.active(t, f)
	from := func(member, network, device string) context.Context {
		return domain.WithActor(t.Context(), domain.Actor{Member: member, Network: network, Device: device})
	}
	a, _, err := w.Begin(from("an", "n1", "d1"), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	bo, co, do := w.begun(t, c, "bo"), w.begun(t, c, "co"), w.begun(t, c, "do")
	for _, step := range []struct {
		name string
		ctx  context.Context
		id   string
		want error
	}{
		{"nobody", t.Context(), a.ID, domain.ErrUnauthenticated},
		{"oneself", from("an", "n1", "d1"), a.ID, assist.ErrSelf},
		{"a second account on one's own phone", from("an2", "n2", "d1"), a.ID, assist.ErrCrowd},
		{"somebody at the same address", from("h1", "n1", "h1"), a.ID, nil},
		{"another", from("h2", "n1", "h2"), a.ID, nil},
		{"one too many there", from("h3", "n1", "h3"), a.ID, assist.ErrCrowd},
		{"who has helped, for somebody else", from("h1", "n1", "h1"), bo.ID, nil},
		{"and for a third", from("h1", "n1", "h1"), co.ID, assist.ErrQuota},
		{"who was refused still has their quota", from("h3", "n3", "h3"), do.ID, nil},
		{"no such assist", from("h4", "", ""), "nothing", assist.ErrUnknown},
	} {
		if _, _, err := w.Help(step.ctx, step.id); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
	if err := w.right(2, true); err != nil {
		t.Error(err)
	}
}

func TestAnAssistEndsInTime(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a, late := w.helped(t, w.begun(t, c, "an"), "bo"), w.reached(t, c, "lu")
	w.clock.Add(24*time.Hour - time.Second)
	w.helped(t, a, "cy")
	w.clock.Add(time.Second)
	if _, _, err := w.Help(as(t, "di"), a.ID); !errors.Is(err, assist.ErrOver) {
		t.Errorf("help after the end: %v", err)
	}
	w.sweep(t)
	if a = w.now(t, a.ID); a.State != assist.Expired || a.Cause != assist.NotEnough {
		t.Errorf("%+v", a)
	}
	w.clock.Add(24 * time.Hour)
	if err := w.lock(t, late.ID, "lu", "n1"); !errors.Is(err, assist.ErrLapsed) {
		t.Errorf("a price that is no longer locked: %v", err)
	}
	w.sweep(t)
	if late = w.now(t, late.ID); late.State != assist.Expired || late.Cause != assist.Unused {
		t.Errorf("%+v", late)
	}
	second, fresh, err := w.Begin(as(t, "an"), c.ID)
	if err != nil || !fresh || second.N != 2 {
		t.Fatalf("a second try: %+v %v", second, err)
	}
	w.clock.Add(24*time.Hour + time.Second)
	w.sweep(t)
	if _, _, err := w.Begin(as(t, "an"), c.ID); !errors.Is(err, assist.ErrLimit) {
		t.Errorf("a third try: %v", err)
	}
}

func (w *world) sweep(t testing.TB) {
	t.Helper()
	for range 2 { // of the second nothing is due
		w.clock.Add(time.Millisecond)
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestThePriceIsOneOrdersAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	open, a := w.begun(t, c, "bo"), w.reached(t, c, "an")
	for _, step := range []struct {
		name string
		do   func() error
		want error
		then assist.Stage
	}{
		{"not reached", func() error { return w.lock(t, open.ID, "bo", "n1") }, assist.ErrNotYet, assist.Reached},
		{"somebody else's", func() error { return w.lock(t, a.ID, "bo", "n1") }, assist.ErrUnknown, assist.Reached},
		{"lock", func() error { return w.lock(t, a.ID, "an", "n1") }, nil, assist.Ordered},
		{"again", func() error { return w.lock(t, a.ID, "an", "n1") }, nil, assist.Ordered},
		{"another order", func() error { return w.lock(t, a.ID, "an", "n2") }, assist.ErrInOrder, assist.Ordered},
		{"a payment for another", func() error { return w.use(t, a.ID, "an", "n2") }, errBack, assist.Ordered},
		{"freed by another", func() error { return w.free(t, a.ID, "n2", false) }, nil, assist.Ordered},
		{"the order is cancelled", func() error { return w.free(t, a.ID, "n1", false) }, nil, assist.Reached},
		{"and paid after all", func() error { return w.use(t, a.ID, "an", "n1") }, nil, assist.Used},
		{"the other order is cancelled", func() error { return w.free(t, a.ID, "n2", false) }, nil, assist.Used},
		{"paid, heard again", func() error { return w.use(t, a.ID, "an", "n1") }, nil, assist.Used},
		{"an unpaid end that comes late", func() error { return w.free(t, a.ID, "n1", false) }, nil, assist.Used},
		{"for another order", func() error { return w.lock(t, a.ID, "an", "n4") }, assist.ErrUsed, assist.Used},
		{"all the money goes back", func() error { return w.free(t, a.ID, "n1", true) }, nil, assist.Reached},
		{"for another order now", func() error { return w.lock(t, a.ID, "an", "n4") }, nil, assist.Ordered},
		{"which ends with some of its money kept, before its place was open", func() error {
			return w.Service.Free(t.Context(), order.Claim{Ref: a.ID, Member: "an", Order: "n4", PaidAt: w.clock.Now(), Amount: 99_00, Kept: 1})
		}, nil, assist.Used},
		{"and then all of it", func() error { return w.free(t, a.ID, "n4", true) }, nil, assist.Reached},
		{"for a last order", func() error { return w.lock(t, a.ID, "an", "n5") }, nil, assist.Ordered},
	} {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
		if got := w.now(t, a.ID); got.State != step.then {
			t.Errorf("%s: %s, want %s", step.name, got.State, step.then)
		}
	}
	w.clock.Add(48*time.Hour + time.Second)
	if err := w.free(t, a.ID, "n5", false); err != nil {
		t.Fatal(err)
	}
	if a = w.now(t, a.ID); a.State != assist.Expired || a.Cause != assist.Unused || a.Order != "" {
		t.Errorf("given back after its lock: %+v", a)
	}
	if err := w.use(t, a.ID, "an", "n5"); !errors.Is(err, errBack) {
		t.Errorf("a payment that comes even later: %v", err)
	}
}

func TestAPriceWhoseOrderIsGoneIsFreed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	gone, there := w.reached(t, c, "an"), w.reached(t, c, "bo")
	w.orders.known["n2"] = func() error { return nil }
	if err := errors.Join(w.lock(t, gone.ID, "an", "n1"), w.lock(t, there.ID, "bo", "n2")); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(assist.OrderFor + time.Minute)
	w.sweep(t)
	gone, there = w.now(t, gone.ID), w.now(t, there.ID)
	if gone.State != assist.Reached || there.State != assist.Ordered || !there.WakeAt.After(w.clock.Now()) {
		t.Fatalf("%s, %s", gone.State, there.State)
	}
}

func TestAPauseStopsEverythingAtOnceAndItsTimeIsGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a, b := w.helped(t, w.begun(t, c, "an"), "bo"), w.reached(t, c, "lu")
	w.turn(t, c, assist.Paused)
	if _, _, err := w.Help(as(t, "cy"), a.ID); !errors.Is(err, assist.ErrPaused) {
		t.Errorf("help: %v", err)
	}
	if _, _, err := w.Begin(as(t, "ed"), c.ID); !errors.Is(err, assist.ErrPaused) {
		t.Errorf("start: %v", err)
	}
	if err := w.lock(t, b.ID, "lu", "n1"); err != nil {
		t.Errorf("what was promised: %v", err)
	}
	w.clock.Add(30 * time.Hour)
	w.sweep(t)
	if got := w.now(t, a.ID); got.State != assist.Open {
		t.Errorf("it ended in the pause: %+v", got)
	}
	if v, err := w.Look(t.Context(), a.ID); err != nil || !v.Paused || !v.ExpiresAt.After(w.clock.Now().Add(23*time.Hour)) {
		t.Errorf("%+v %v", v, err)
	}
	w.turn(t, c, assist.Active)
	w.clock.Add(23 * time.Hour)
	w.helped(t, a, "cy")
	w.clock.Add(time.Hour)
	if _, _, err := w.Help(as(t, "di"), a.ID); !errors.Is(err, assist.ErrOver) {
		t.Errorf("help after its time: %v", err)
	}
}

func (w *world) turn(t testing.TB, c assist.Campaign, to assist.State) {
	t.Helper()
	if _, err := w.Turn(manager(t), c.ID, to); err != nil {
		t.Fatal(err)
	}
}

func TestHowACampaignEnds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stop bool
		help error
		then assist.Stage
	}{
		"what is open may go on": {false, nil, assist.Open},
		"it is stopped at once":  {true, assist.ErrEnded, assist.Expired},
	} {
		w := newWorld()
		c := w.active(t, w.three())
		a, b := w.begun(t, c, "an"), w.reached(t, c, "lu")
		if _, err := w.Close(manager(t), c.ID, tc.stop); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Help(as(t, "bo"), a.ID); !errors.Is(err, tc.help) {
			t.Errorf("%s: help %v, want %v", name, err, tc.help)
		}
		if _, _, err := w.Begin(as(t, "ed"), c.ID); !errors.Is(err, assist.ErrEnded) {
			t.Errorf("%s: start %v", name, err)
		}
		if err := w.Stop(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
		if a = w.now(t, a.ID); a.State != tc.then || tc.stop && a.Cause != assist.Stopped {
			t.Errorf("%s: %+v", name, a)
		}
		if err := w.lock(t, b.ID, "lu", "n1"); err != nil {
			t.Errorf("%s: a price that was reached: %v", name, err)
		}
		if _, err := w.Turn(manager(t), c.ID, assist.Active); !errors.Is(err, assist.ErrEnded) {
			t.Errorf("%s: it began again: %v", name, err)
		}
	}
}

// What an assist promised stays; what the camp no longer sells, nobody starts or helps for.
func TestWhatBecomesOfAnAssistWhenTheCampChanges(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change            func(w *world)
		start, help, lock error
	}{
		"a higher price":          {func(w *world) { w.list.Offers[0].Price = 299_00 }, nil, nil, nil},
		"a price below the floor": {func(w *world) { w.list.Offers[0].Price = 59_00 }, assist.ErrPrice, nil, nil},
		"a pool part above it": {func(w *world) {
			w.list.Offers[0].Kind, w.list.Offers[0].Part = product.Scholarship, 150_00
		}, assist.ErrPrice, nil, nil},
		"the offer is off":  {func(w *world) { w.list.Offers[0].Off = true }, product.ErrOff, product.ErrOff, nil},
		"the offer is gone": {func(w *world) { w.list.Offers = nil }, product.ErrNoOffer, product.ErrNoOffer, nil},
		"full":              {func(w *world) { *w.taken = 30 }, camp.ErrFull, nil, nil},
		"closed":            {func(w *world) { w.camp.State = camp.Closed }, camp.ErrClosed, camp.ErrClosed, nil},
		"enrolment is over": {func(w *world) { w.camp.EnrolBy = "2026-02-28" }, camp.ErrEnrolOver, camp.ErrEnrolOver, nil},
		"one is in already": {func(w *world) { w.in["ed"] = true }, assist.ErrIn, nil, nil},
	} {
		w := newWorld()
		c := w.active(t, w.three())
		a, b := w.begun(t, c, "an"), w.reached(t, c, "lu")
		tc.change(w)
		if _, _, err := w.Begin(as(t, "ed"), c.ID); !errors.Is(err, tc.start) {
			t.Errorf("%s: start %v, want %v", name, err, tc.start)
		}
		helped, _, err := w.Help(as(t, "bo"), a.ID)
		if !errors.Is(err, tc.help) {
			t.Errorf("%s: help %v, want %v", name, err, tc.help)
		}
		if err == nil && (helped.Start != 199_00 || helped.Terms.Floor != 99_00) {
			t.Errorf("%s: the promise became %+v", name, helped)
		}
		if err := w.lock(t, b.ID, "lu", "n1"); !errors.Is(err, tc.lock) {
			t.Errorf("%s: lock %v, want %v", name, err, tc.lock)
		}
	}
}

func TestAPriceIsNotPromisedBeyondTheEndOfEnrolment(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.camp.EnrolBy = "2026-03-01" // ends at 16:00Z, in fifteen hours
	a := w.reached(t, w.active(t, w.three()), "an")
	if end := w.camp.EnrolUntil(); !a.ExpiresAt.Equal(end) || !a.LockedUntil.Equal(end) {
		t.Errorf("expires %s, locked until %s, want %s", a.ExpiresAt, a.LockedUntil, end)
	}
}

func TestWhatWasPromisedByACampaignStays(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	for name, change := range map[string]func(*assist.Form){
		"floor":   func(f *assist.Form) { f.Terms.Floor = 120_00 },
		"helpers": func(f *assist.Form) { f.Terms.Helpers = 5 },
		"lock":    func(f *assist.Form) { f.Terms.Lock = 1 },
	} {
		f := w.three()
		change(&f)
		if _, err := w.Save(manager(t), "o1", c.ID, c.Version, f); !errors.Is(err, assist.ErrPromised) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := w.three()
	f.Limits.Quota, f.EndsAt = 1, f.EndsAt.Add(time.Hour)
	if _, err := w.Save(manager(t), "o1", c.ID, c.Version, f); err != nil {
		t.Errorf("limits: %v", err)
	}
	if _, err := w.Save(manager(t), "o1", c.ID, c.Version, f); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("a change that was not seen: %v", err)
	}
}

func TestACampaignFitsItsCamp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for field, change := range map[string]func(*assist.Form){
		"camp":    func(f *assist.Form) { f.Camp = "c9" },
		"offer":   func(f *assist.Form) { f.Terms.Offer = "none" },
		"floor":   func(f *assist.Form) { f.Terms.Floor = 199_00 },
		"helpers": func(f *assist.Form) { f.Terms.Floor, f.Terms.Helpers = 198_90, 11 },
		"hours":   func(f *assist.Form) { f.Terms.Hours = 0 },
		"quota":   func(f *assist.Form) { f.Limits.Quota = assist.MaxQuota + 1 },
		"ends_at": func(f *assist.Form) { f.EndsAt = w.clock.Now() },
		"title":   func(f *assist.Form) { f.Title = "" },
	} {
		f := w.three()
		change(&f)
		_, err := w.Save(manager(t), "o1", "k1", 0, f)
		var refused *domain.Error
		if !errors.As(err, &refused) || len(refused.Fields) == 0 || refused.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestOnlyThoseWhoRunCampaignsMay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a := w.begun(t, c, "an")
	for name, err := range map[string]error{
		"save":   second(w.Save(as(t, "an"), "o1", "x", 0, w.three())),
		"turn":   second(w.Turn(as(t, "an"), c.ID, assist.Paused)),
		"close":  second(w.Close(as(t, "an"), c.ID, true)),
		"revoke": second(w.Revoke(as(t, "an"), c.ID, a.ID, "x")),
		"report": second(w.Report(as(t, "an"), c.ID, "", domain.Page{})),
		"source": second(w.SeeSource(as(t, "an"), c.ID, "x")),
		"list":   func() error { _, _, _, err := w.List(as(t, "an"), "o1", "", domain.Page{}); return err }(),
	} {
		if !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestStaffEndWhatCameAboutUnfairly(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a, b := w.reached(t, c, "an"), w.reached(t, c, "bo")
	if err := w.lock(t, b.ID, "bo", "n1"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Revoke(manager(t), c.ID, b.ID, "异常助力"); !errors.Is(err, assist.ErrInOrder) {
		t.Errorf("in an order: %v", err)
	}
	if _, err := w.Revoke(manager(t), c.ID, a.ID, "异常助力"); err != nil {
		t.Fatal(err)
	}
	if err := w.lock(t, a.ID, "an", "n2"); !errors.Is(err, assist.ErrOver) {
		t.Errorf("its price: %v", err)
	}
	if err := w.TellExpired(t.Context(), a.ID); err != nil || !slices.Equal(*w.told, []string{"助力结束了：这个助力已被机构结束，原因：异常助力"}) {
		t.Errorf("%v %v", *w.told, err)
	}
}

func TestFastHelpFromOneAddressIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld()
	f := w.three()
	f.Terms.Helpers = 6
	c := w.active(t, f)
	a := w.begun(t, c, "an")
	for _, who := range []string{"b", "c", "d", "e", "f"} {
		if _, _, err := w.Help(domain.WithActor(t.Context(), domain.Actor{Member: who, Network: "10.0.0.1"}), a.ID); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(time.Second)
	}
	r, err := w.Report(manager(t), c.ID, "", domain.Page{})
	if err != nil || len(r.Odd) != 1 || len(r.Odd[0].Takes) != 5 || r.People["b"].Nickname == "" {
		t.Fatalf("%+v %v", r.Odd, err)
	}
	want := []string{"同一网络地址有 5 个账号参加了同一个助力", "5 个账号在 5 秒内接连参加，快得不像人在操作"}
	if got := r.Odd[0].Signals; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if strings.Contains(r.Odd[0].ID, "10.0.0.1") {
		t.Error("the address can be read")
	}
	if _, err := w.SeeSource(manager(t), c.ID, r.Odd[0].ID); err != nil {
		t.Fatal(err)
	}
	if r, err = w.Report(manager(t), c.ID, "", domain.Page{}); err != nil || len(r.Odd) != 0 {
		t.Errorf("what was looked at is still shown: %v", err)
	}
}

func TestWhatPeopleAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a := w.helped(t, w.begun(t, c, "an"), "bo", "cy", "di")
	for nth := 1; nth <= 3; nth++ {
		if err := w.TellHelped(t.Context(), a.ID, assist.HelpedData{Nth: nth}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.TellReached(t.Context(), a.ID), w.TellEnding(t.Context(), a.ID)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"好友帮你助力了：减了 " + a.Cuts[0].String() + "，还差 2 位好友，3月2日 09:00前有效",
		"好友帮你助力了：减了 " + a.Cuts[1].String() + "，还差 1 位好友，3月2日 09:00前有效",
		"助力成功：标准已经降到 ¥99.00，3月3日 09:00前报名有效",
		"助力价快到期了：标准 ¥99.00，3月3日 09:00前报名有效",
	}
	if !slices.Equal(*w.told, want) {
		t.Errorf("got %q", *w.told)
	}
}

func TestTheTallyIsAPureCount(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a := w.reached(t, c, "an")
	w.clock.Add(24 * time.Hour)
	b := w.begun(t, c, "bo")
	if err := errors.Join(w.lock(t, a.ID, "an", "n1"), w.use(t, a.ID, "an", "n1")); err != nil {
		t.Fatal(err)
	}
	o := order.Order{
		Doc: domain.Doc{ID: "n1"}, Amount: 99_00, Promise: order.Promise{Lines: []order.Line{{Kind: order.LineAssist, Ref: a.ID, Amount: -100_00}}},
		Attempts: []order.Attempt{{Number: "n1-1", State: order.Succeeded, Amount: 99_00}},
	}
	for _, back := range []domain.Fen{40_00, 30_00} { // the later word comes first
		o.Refunds = []order.Refund{{Attempt: "n1-1", Amount: back}}
		w.orders.were["n1"] = o
		if err := w.Refunded(t.Context(), "n1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Ask(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Minute)
	if err := w.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := w.Report(manager(t), c.ID, "", domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	want := []assist.TallyDay{{Day: "2026-03-01", Started: 1, Reached: 1}, {Day: "2026-03-02", Started: 1, Ordered: 1, Used: 1, Took: 100_00, Paid: 99_00, Back: 40_00}}
	if !slices.Equal(r.Tally.Days, want) || r.Tally.Helps != 3 || r.Open != 1 || r.Reached != 0 || r.Tally.Sum().Net() != 59_00 {
		t.Errorf("%+v, open %d, reached %d", r.Tally, r.Open, r.Reached)
	}
}

func TestWhoLooksSeesWhetherTheyCanHelp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.active(t, w.three())
	a := w.helped(t, w.begun(t, c, "an"), "bo")
	w.helped(t, w.begun(t, c, "x"), "cy")
	w.helped(t, w.begun(t, c, "y"), "cy")
	for who, want := range map[string]*domain.Error{"": nil, "an": assist.ErrSelf, "bo": nil, "cy": assist.ErrQuota, "di": nil} {
		v, err := w.Look(as(t, who), a.ID)
		if err != nil || v.Why != want || v.Mine != (who == "an") || (v.Did != nil) != (who == "bo") || v.Owner.Nickname != "an" || v.Missing() != 2 {
			t.Errorf("%q: %+v %v", who, v.Why, err)
		}
	}
}
