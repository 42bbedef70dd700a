package referral_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/order"
	"yingdi/domain/referral"
)

func TestAPlanIsBoundedByLaw(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*referral.Terms)
		field  string
	}{
		"as it is":              {func(*referral.Terms) {}, ""},
		"two levels":            {func(x *referral.Terms) { x.Rates = []int{10_00, 5_00} }, ""},
		"three levels":          {func(x *referral.Terms) { x.Rates = []int{10_00, 5_00, 1_00} }, "rates"},
		"no level":              {func(x *referral.Terms) { x.Rates = nil }, "rates"},
		"more than half":        {func(x *referral.Terms) { x.Rates = []int{30_00, 20_01} }, "rates"},
		"more for the second":   {func(x *referral.Terms) { x.Rates = []int{5_00, 6_00} }, "rates[1]"},
		"nothing":               {func(x *referral.Terms) { x.Rates = []int{0} }, "rates[0]"},
		"bound for ever":        {func(x *referral.Terms) { x.BindDays = 366 }, "bind_days"},
		"frozen for ever":       {func(x *referral.Terms) { x.FreezeDays = 181 }, "freeze_days"},
		"nobody from a network": {func(x *referral.Terms) { x.PerNetwork = 0 }, "per_network"},
		"a whole device farm":   {func(x *referral.Terms) { x.PerDevice = 201 }, "per_device"},
	} {
		with := terms
		c.change(&with)
		err := with.Check()
		var refused *domain.Error
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (!errors.As(err, &refused) || refused.Fields[0].Name != c.field):
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPercentAndCut(t *testing.T) {
	t.Parallel()
	for rate, want := range map[int]string{10_00: "10%", 7_50: "7.5%", 25: "0.25%", 50_00: "50%", 100: "1%"} {
		if got := referral.Percent(rate); got != want {
			t.Errorf("%d is %s, not %s", rate, got, want)
		}
	}
	for _, c := range []struct {
		kept domain.Fen
		rate int
		want domain.Fen
	}{{199_00, 10_00, 19_90}, {1_99, 10_00, 19}, {9, 10_00, 0}, {50_000_00, 50_00, 25_000_00}} {
		if got := referral.Cut(c.kept, c.rate); got != c.want {
			t.Errorf("%s at %d is %s, not %s", c.kept, c.rate, got, c.want)
		}
	}
}

func TestFromARecommendationToMoneyThatHasLeftTheWallet(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro")
	w.comes(t, "ann", "pro")
	o := w.buys(t, "ann")
	if diff := cmp.Diff([]order.Share{{Level: 1, Member: "pro", Rate: 10_00, Plan: "o1", Days: 7}}, o.Promise.Shares); diff != "" {
		t.Fatal(diff)
	}
	w.until(t, "2026-03-03T15:00:00Z") // a week has passed, the camp has begun, half still comes back
	if c := w.commission(t, "n0:1"); c.Stage != referral.Frozen || c.Amount != 19_90 || w.balance(t, "pro") != 0 {
		t.Fatalf("%+v", c)
	}
	w.until(t, thawed)
	if c := w.commission(t, "n0:1"); c.Stage != referral.Available || w.balance(t, "pro") != 19_90 || !c.WakeAt.IsZero() {
		t.Fatalf("%+v", c)
	}
	w.pays(t, "pro", 19_90)
	if c := w.commission(t, "n0:1"); c.Stage != referral.Withdrawn {
		t.Fatalf("%+v", c)
	}
	must(t, w.exact())
	for _, tell := range []func(context.Context, string) error{w.TellEarned, w.TellReleased} {
		must(t, tell(t.Context(), "n0:1"))
	}
	if n := w.inbox["referral:earned:n0:1"]; n.Member != "pro" || n.Body != "你推荐的学员付款了，佣金 ¥19.90，3月4日后可以提现；期间退款会按比例扣回" {
		t.Errorf("%+v", n)
	}
}

// The order's snapshot decides, not today's binding, and not today's plan.
func TestWhatWasPromisedWithTheOrderIsEarned(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro", "rival")
	w.comes(t, "ann", "pro")
	c, err := w.Camps.Get(t.Context(), "c1")
	must(t, err)
	shares, err := w.Shares(t.Context(), "ann", c)
	must(t, err)
	w.clock.Add(31 * 24 * time.Hour)
	w.comes(t, "ann", "rival")
	_, err = w.Turn(manager(t), "o1", "", referral.Stopped)
	must(t, err)
	if now, err := w.Shares(t.Context(), "ann", c); err != nil || len(now) != 0 {
		t.Errorf("a plan that is stopped promises %v %v", now, err)
	}
	p := order.Promise{Lines: []order.Line{{Kind: order.LinePrice, Amount: 199_00}}, Shares: shares}
	o := order.Place("n0", "o1", "c1", "ann", p, order.JSAPI, w.clock.Now())
	o.State, o.PaidAt, o.FulfilledAt = order.Fulfilled, w.clock.Now(), w.clock.Now()
	o.Attempts = []order.Attempt{{Number: "n0-1", Amount: 199_00, State: order.Succeeded}}
	must(t, w.orders.Insert(t.Context(), o))
	for range 2 {
		must(t, w.Earn(t.Context(), "n0"))
	}
	all := w.store.All(nil)
	if len(all) != 1 || all[0].Member != "pro" || all[0].Amount != 19_90 {
		t.Errorf("%+v", all)
	}
}

func TestAPlanOfACampStandsInThePlaceOfTheOrganisers(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	own := terms
	own.Rates = []int{20_00}
	_, err := w.Save(manager(t), "o1", "c1", 0, own)
	must(t, err)
	w.promotes(t, "pro")
	w.comes(t, "ann", "pro")
	rate := func(camp string) int {
		c, err := w.Camps.Get(t.Context(), camp)
		must(t, err)
		shares, err := w.Shares(t.Context(), "ann", c)
		must(t, err)
		if len(shares) == 0 {
			return 0
		}
		return shares[0].Rate
	}
	drafted := rate("c1")
	_, err = w.Turn(manager(t), "o1", "c1", referral.Active)
	must(t, err)
	active := rate("c1")
	_, err = w.Turn(manager(t), "o1", "c1", referral.Stopped)
	must(t, err)
	if diff := cmp.Diff([]int{10_00, 20_00, 0, 10_00}, []int{drafted, active, rate("c1"), rate("c2")}); diff != "" {
		t.Error(diff)
	}
	if _, err := w.Arrive(as(t, "bob"), "c1-pro"); !errors.Is(err, referral.ErrStopped) {
		t.Error(err)
	}
}

func TestOnlyTheFirstTwoLevelsEarn(t *testing.T) {
	t.Parallel()
	two := terms
	two.Rates = []int{10_00, 5_00}
	w := newWorld(t).opened(t, "", two)
	w.promotes(t, "a", "b", "c")
	w.comes(t, "b", "a")
	w.comes(t, "c", "b")
	w.comes(t, "d", "c")
	w.buys(t, "d")
	got := map[string]domain.Fen{}
	for _, c := range w.store.All(nil) {
		got[c.Member] = c.Amount
	}
	if diff := cmp.Diff(map[string]domain.Fen{"c": 19_90, "b": 9_95}, got); diff != "" {
		t.Error(diff)
	}
	must(t, w.exact())
}

func TestABindingHoldsAsLongAsItWasMadeFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro", "rival")
	w.comes(t, "ann", "pro")
	w.clock.Add(29 * 24 * time.Hour)
	w.comes(t, "ann", "pro")
	if _, err := w.Arrive(as(t, "ann"), "c1-rival"); !errors.Is(err, referral.ErrBound) {
		t.Errorf("another promoter takes a learner over: %v", err)
	}
	w.clock.Add(24 * time.Hour)
	c, err := w.Camps.Get(t.Context(), "c1")
	must(t, err)
	if shares, err := w.Shares(t.Context(), "ann", c); err != nil || len(shares) > 0 {
		t.Errorf("after its end it still earns %v %v", shares, err)
	}
	w.comes(t, "ann", "rival")
	b, err := w.bindings.Get(t.Context(), "o1:ann")
	if must(t, err); b.Promoter != "rival" || b.Times != 2 {
		t.Errorf("%+v", b)
	}
}

func TestWhoDoesNotPromoteBindsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrive := func(want error) {
		t.Helper()
		if _, err := w.Arrive(as(t, "ann"), "c1-pro"); !errors.Is(err, want) {
			t.Errorf("%v, not %v", err, want)
		}
	}
	arrive(referral.ErrNoPlan)
	w.opened(t, "", terms)
	arrive(referral.ErrPromoter)
	w.promotes(t, "pro")
	_, err := w.Bar(manager(t), "o1", "pro", true, "刷单")
	must(t, err)
	arrive(referral.ErrBarred)
	if _, _, err := w.Join(as(t, "pro"), "c1"); !errors.Is(err, referral.ErrBarred) {
		t.Error(err)
	}
	_, err = w.Bar(manager(t), "o1", "pro", false, "")
	must(t, err)
	w.comes(t, "ann", "pro")
	_, err = w.Bar(manager(t), "o1", "pro", true, "刷单")
	must(t, err)
	if o := w.buys(t, "ann"); len(o.Promise.Shares) > 0 {
		t.Errorf("%+v", o.Promise.Shares)
	}
	if _, err := w.Bar(as(t, "ann"), "o1", "pro", false, ""); !errors.Is(err, domain.ErrForbidden) {
		t.Error(err)
	}
}

// Pitfall: self-referral by a second identity.
func TestSelfReferralByASecondIdentity(t *testing.T) {
	t.Parallel()
	first := member.Member{Doc: domain.Doc{ID: "pro"}, OpenIDHash: "open-1", UnionIDHash: "union-1", PhoneHash: "phone-1"}
	for name, second := range map[string]member.Member{
		"the same openid":                  {OpenIDHash: "open-1"},
		"the same unionid":                 {OpenIDHash: "open-2", UnionIDHash: "union-1"},
		"the phone they have":              {OpenIDHash: "open-2", PhoneHash: "phone-1"},
		"the phone that they had at first": {OpenIDHash: "open-2", PhoneHash: "phone-0"},
	} {
		w := newWorld(t).opened(t, "", terms)
		before := first
		before.PhoneHash = "phone-0"
		w.people["pro"] = before
		w.promotes(t, "pro")
		w.people["pro"] = first
		second.ID = "twin"
		w.people["twin"] = second
		if _, err := w.Arrive(as(t, "twin"), "c1-pro"); !errors.Is(err, referral.ErrSelf) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.Arrive(as(t, "pro"), "c1-pro"); !errors.Is(err, referral.ErrSelf) {
			t.Errorf("oneself: %v", err)
		}
	}
}

// It comes to light only after they were bound, or even after the order was placed.
func TestASecondIdentityThatComesToLightLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro")
	w.comes(t, "twin", "pro")
	c, err := w.Camps.Get(t.Context(), "c1")
	must(t, err)
	shares, err := w.Shares(t.Context(), "twin", c)
	must(t, err)
	if len(shares) != 1 {
		t.Fatal(shares)
	}
	o := order.Place("n0", "o1", "c1", "twin", order.Promise{Lines: []order.Line{{Amount: 199_00}}, Shares: shares}, order.JSAPI, w.clock.Now())
	o.State, o.PaidAt, o.FulfilledAt = order.Fulfilled, w.clock.Now(), w.clock.Now()
	o.Attempts = []order.Attempt{{Number: "n0-1", Amount: 199_00, State: order.Succeeded}}
	must(t, w.orders.Insert(t.Context(), o))
	w.people["pro"] = member.Member{Doc: domain.Doc{ID: "pro"}, OpenIDHash: "open-pro", PhoneHash: "phone"}
	w.people["twin"] = member.Member{Doc: domain.Doc{ID: "twin"}, OpenIDHash: "open-twin", PhoneHash: "phone"}
	must(t, w.Earn(t.Context(), "n0"))
	if got := w.commission(t, "n0:1"); got.Stage != referral.Reversed || got.Backs[0].Cause != referral.BySelf {
		t.Errorf("%+v", got)
	}
	must(t, w.TellReversed(t.Context(), "n0:1", 0))
	if again := w.buys(t, "twin"); len(again.Promise.Shares) > 0 {
		t.Errorf("%+v", again.Promise.Shares)
	}
	must(t, w.exact())
}

func TestNobodyIsRecommendedByWhomTheyRecommended(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "a", "b", "c")
	w.comes(t, "b", "a")
	w.comes(t, "c", "b")
	for _, promoter := range []string{"b", "c"} {
		if _, err := w.Arrive(as(t, "a"), "c1-"+promoter); !errors.Is(err, referral.ErrLoop) {
			t.Errorf("%s: %v", promoter, err)
		}
	}
	// Two who come by each other at the same moment: the first counts.
	w.clock.Add(time.Second)
	must(t, w.bindings.Insert(t.Context(), referral.Binding{
		Doc: domain.Doc{ID: "o1:a"}, Organiser: "o1", Member: "a", Promoter: "b", At: w.clock.Now(), Until: w.clock.Now().Add(time.Hour),
	}))
	if o := w.buys(t, "b"); len(o.Promise.Shares) != 1 {
		t.Errorf("%+v", o.Promise.Shares)
	}
	if o := w.buys(t, "a"); len(o.Promise.Shares) != 0 {
		t.Errorf("%+v", o.Promise.Shares)
	}
}

// Pitfall: commission kept after refund.
func TestCommissionKeptAfterRefund(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro")
	w.comes(t, "ann", "pro")
	w.buys(t, "ann")
	w.back(t, "n0", 99_50)
	if c := w.commission(t, "n0:1"); c.Stage != referral.Frozen || c.Net() != 9_95 || !c.Partly() {
		t.Fatalf("%+v", c)
	}
	w.until(t, thawed)
	if got := w.balance(t, "pro"); got != 9_95 {
		t.Fatal(got)
	}
	w.back(t, "n0", 33)
	if got := w.balance(t, "pro"); got != 9_91 {
		t.Fatal(got)
	}
	w.back(t, "n0", 99_17)
	if c := w.commission(t, "n0:1"); c.Stage != referral.Reversed || w.balance(t, "pro") != 0 {
		t.Fatalf("%+v", c)
	}
	must(t, w.exact())
}

// Pitfall: commission withdrawn and spent.
func TestCommissionWithdrawnAndSpent(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro")
	w.comes(t, "ann", "pro")
	w.comes(t, "bob", "pro")
	w.buys(t, "ann")
	w.until(t, thawed)
	w.pays(t, "pro", 19_90)
	w.back(t, "n0", 199_00)
	if got := w.balance(t, "pro"); got != -19_90 {
		t.Fatal(got)
	}
	w.bought(t, "bob", 299_00, 0)
	w.until(t, "2026-03-20T00:00:00Z")
	if got := w.balance(t, "pro"); got != 10_00 {
		t.Errorf("what comes later makes up for it: %s", got)
	}
	must(t, w.exact())
}

func TestThePoolsPartEarnsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro")
	w.comes(t, "ann", "pro")
	w.comes(t, "bob", "pro")
	w.bought(t, "ann", 199_00, 100_00)
	w.bought(t, "bob", 199_00, 199_00)
	if all := w.store.All(nil); len(all) != 1 || all[0].Amount != 9_90 {
		t.Errorf("%+v", all)
	}
}

func TestACampThatBeginsLaterHoldsItLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro")
	w.comes(t, "ann", "pro")
	w.buys(t, "ann")
	c, err := w.camps.Get(t.Context(), "c1")
	must(t, err)
	c.Start = "2026-04-01"
	must(t, w.camps.Delete(t.Context(), "c1"))
	must(t, w.camps.Insert(t.Context(), c))
	w.until(t, thawed)
	if c := w.commission(t, "n0:1"); c.Stage != referral.Frozen || !c.Until.Equal(time.Date(2026, 3, 31, 16, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v", c)
	}
	w.until(t, "2026-04-01T00:00:00Z")
	if got := w.balance(t, "pro"); got != 19_90 {
		t.Error(got)
	}
}

func TestStaffTakeAFrozenCommissionBackAndNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "pro")
	w.comes(t, "ann", "pro")
	w.comes(t, "bob", "pro")
	w.buys(t, "ann")
	if _, err := w.Void(as(t, "pro"), "o1", "n0:1", "刷单"); !errors.Is(err, domain.ErrForbidden) {
		t.Error(err)
	}
	if _, err := w.Void(manager(t), "o1", "n0:1", ""); !errors.Is(err, domain.ErrInvalid) {
		t.Error(err)
	}
	_, err := w.Void(manager(t), "o1", "n0:1", "刷单")
	must(t, err)
	w.buys(t, "bob")
	w.until(t, thawed)
	if _, err := w.Void(manager(t), "o1", "n1:1", "刷单"); !errors.Is(err, referral.ErrOver) {
		t.Error(err)
	}
	must(t, w.TellReversed(t.Context(), "n0:1", 0))
	if n := w.inbox["referral:reversed0:n0:1"]; n.Body != "机构撤销：刷单，扣回佣金 ¥19.90，这笔还剩 ¥0.00" || w.balance(t, "pro") != 19_90 {
		t.Errorf("%+v", n)
	}
	must(t, w.exact())
}

func TestManyWhoComeFromOnePlaceAreBoundedAndShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	with := func(who, network, device string) context.Context {
		return domain.WithActor(t.Context(), domain.Actor{Member: who, Network: network, Device: device})
	}
	_, _, err := w.Join(with("pro", "n1", "tablet"), "c1")
	must(t, err)
	for _, who := range []string{"a", "b", "c"} {
		_, err := w.Arrive(with(who, "n1", "tablet"), "c1-pro")
		must(t, err)
		w.clock.Add(time.Hour)
	}
	if _, err := w.Arrive(with("d", "n1", "tablet"), "c1-pro"); !errors.Is(err, referral.ErrCrowd) {
		t.Errorf("a fourth one from one device: %v", err)
	}
	v, err := w.Overview(manager(t), "o1", domain.Page{})
	must(t, err)
	if len(v.Odd) != 1 || len(v.Odd[0].Signals) != 2 {
		t.Fatalf("%+v", v.Odd)
	}
	_, err = w.SeeSource(manager(t), "o1", v.Odd[0].ID)
	must(t, err)
	if v, err = w.Overview(manager(t), "o1", domain.Page{}); err != nil || len(v.Odd) != 0 {
		t.Errorf("%+v %v", v.Odd, err)
	}
}

// Pitfall: leaderboard ties.
func TestTheRankingSaysHowTiesAreBroken(t *testing.T) {
	t.Parallel()
	w := newWorld(t).opened(t, "", terms)
	w.promotes(t, "a", "b", "c", "d")
	for _, c := range []struct {
		buyer, promoter string
		price           domain.Fen
	}{{"1", "a", 100_00}, {"2", "b", 100_00}, {"3", "c", 50_00}, {"4", "c", 50_00}, {"5", "d", 300_00}} {
		w.comes(t, c.buyer, c.promoter)
		w.bought(t, c.buyer, c.price, 0)
		w.clock.Add(time.Hour)
	}
	w.back(t, "n4", 300_00)
	must(t, w.Ask(t.Context(), "n0:1"))
	w.clock.Add(time.Minute)
	must(t, w.Count(t.Context()))
	places, err := w.Ranking(as(t, "b"), "o1")
	must(t, err)
	var got []string
	for _, p := range places {
		got = append(got, p.Member)
	}
	if diff := cmp.Diff([]string{"c", "a", "b"}, got); diff != "" {
		t.Error(diff)
	}
	if places[2].Name != "昵称b" || places[0].Name == "昵称c" {
		t.Errorf("%+v", places)
	}
	if _, err := w.Ranking(as(t, "1"), "o1"); !errors.Is(err, referral.ErrPromoter) {
		t.Error(err)
	}
}
