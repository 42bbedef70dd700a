package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/pool"
	"yingdi/domain/product"
	"yingdi/domain/wallet"
	"yingdi/season/audit"
)

// prize is a camp of five days that starts in a week, whose seats cost ¥199 of which ¥100 go into its pool: three days of
// five win it. It returns the camp and the offer.
func (b *bundle) prize(t testing.TB, teacher string, seats int) (campID, offer string) {
	t.Helper()
	system := domain.WithActor(t.Context(), domain.SystemActor)
	studio, err := b.services.Organisers.Create(system, organiser.Form{Name: "奖学金书店"}, teacher)
	if err != nil {
		t.Fatal(err)
	}
	ctx := b.as(t, teacher)
	calendar := domain.Calendar{Zone: "Asia/Shanghai"}
	first := calendar.Day(b.clock.Now()).Add(7)
	c, err := b.services.Camps.Open(ctx, studio.ID, camp.Form{
		Title: "奖学金晨读营", Calendar: calendar, Start: first, End: first.Add(4), EnrolBy: first, Seats: seats, Closing: 1, MakeUps: camp.MakeUps{Quota: 1, Days: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Days() {
		if _, err := b.services.Lessons.Add(ctx, c.ID, lesson.Form{Day: first.Add(i), Title: "读一段"}); err != nil {
			t.Fatal(err)
		}
	}
	p, err := b.services.Products.Save(ctx, c.ID, 0, product.Form{
		Offers: []product.Offer{{Kind: product.Scholarship, Title: "奖学金名额", Price: 199_00, Part: 100_00}},
		Policy: product.Policy{Steps: []product.Step{{Day: 0, Percent: 100}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.services.Camps.Publish(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.services.Pools.Save(ctx, c.ID, 0, pool.Rules{Days: 3, MakeUps: 1, Appeal: 2, Decide: 1, FeePercent: 10}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.services.Pools.Open(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	return c.ID, p.Offers[0].ID
}

// staked lets somebody agree, order and pay a scholarship seat of {prize}, and returns the order.
func (s *site) staked(t *testing.T, name string) (token, orderID string) {
	t.Helper()
	token, _, _ = s.signIn(t, name)
	s.tell(t, token, []step{
		{name: name + " has not agreed", request: "POST /camps/{prize}/orders", body: `{"offer":"{stake}","amount":19900}`, status: 409, want: `{"code":"pool_not_agreed"}`},
		{name: name + " agrees", request: "PUT /camps/{prize}/pool/consent", body: `{"rules":1,"adult":true}`, status: 200},
		{name: name + " orders", request: "POST /camps/{prize}/orders", body: `{"offer":"{stake}","amount":19900}`, status: 201, want: `{"promise":{"part":10000,"rules":1}}`, keep: map[string]string{"staked": "id"}},
		{name: name + " pays", request: "POST /orders/{staked}/pay", status: 200},
	})
	orderID = s.vars["staked"]
	if why := s.pay.Pay(order.Number(orderID, 1)); why != "" {
		t.Fatal(why)
	}
	system := domain.WithActor(t.Context(), domain.SystemActor)
	if _, err := s.services.Orders.Drive(system, orderID); err != nil {
		t.Fatal(err)
	}
	if err := s.services.Pools.Follow(system, orderID); err != nil {
		t.Fatal(err)
	}
	return token, orderID
}

// until goes to an instant and lets the clock's table do what is due for pools, orders and transfers.
func (s *site) until(t *testing.T, at time.Time, settle func()) {
	t.Helper()
	s.clock.Set(at)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	for range 3 {
		for name, sweep := range map[string]func() error{
			"pools":     func() error { return s.services.Pools.Sweep(system) },
			"orders":    func() error { return s.services.Orders.Sweep(system) },
			"transfers": func() error { return s.services.Transfers.Sweep(system) },
		} {
			if err := sweep(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		settle()
		s.deliver(t)
		settle()
	}
}

func TestAScholarshipCampFromItsFirstOrderToItsSettledPool(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, owner := s.person(t, "owner")
	_, second := s.person(t, "second")
	s.vars["prize"], s.vars["stake"] = s.prize(t, owner, 10)
	in, err := s.services.Camps.Get(t.Context(), s.vars["prize"])
	if err != nil {
		t.Fatal(err)
	}
	s.appoint(t, in.Organiser, second, "", domain.RoleManager)
	settle := s.works(t)
	tokens := map[string]string{}
	for _, name := range []string{"an", "bo", "ci", "di"} {
		tokens[name], _ = s.staked(t, name)
	}
	s.tell(t, tokens["an"], []step{{name: "the rules in words", request: "GET /camps/{prize}/pool", status: 200, want: `{"state":"open","days":3,"of":5,"agreed":true,"mine":{"state":"in","part":10000},"example":"*"}`}})
	day := func(n int) domain.Day { return in.Start.Add(n - 1) }
	s.until(t, in.Calendar.At(day(1), 1), settle)
	tokens["di"], _, _ = s.signIn(t, "di")
	s.tell(t, tokens["di"], []step{{name: "too late to give the part back", request: "POST /orders/{staked}/refund", body: `{"amount":19900}`, status: 409}})
	for n, who := range map[int]string{1: "an bo", 2: "an bo", 3: "bo ci", 4: "an", 5: ""} {
		s.clock.Set(in.Calendar.At(day(n), 9))
		tasks, err := s.services.Lessons.OfDay(t.Context(), in.ID, day(n))
		if err != nil {
			t.Fatal(err)
		}
		s.vars["task"] = tasks[0].ID
		for _, name := range strings.Fields(who) {
			tokens[name], _, _ = s.signIn(t, name)
			s.tell(t, tokens[name], []step{{name: name + " hands in", request: "POST /camps/{prize}/checkins", body: `{"task":"{task}","text":"读了一段"}`, status: 201}})
		}
		settle()
	}
	s.until(t, in.Calendar.Start(day(6)), settle)
	tokens["ci"], _, _ = s.signIn(t, "ci")
	s.vars["day"] = string(day(1))
	s.tell(t, tokens["ci"], []step{
		{name: "why not", request: "GET /camps/{prize}/pool/evidence", status: 200, want: `{"stage":"closing","qualified":false,"done":1,"needed":3,"days":[{"state":"missed","may_appeal":true},{"state":"missed"},{"state":"done","counts":true},{"state":"missed"},{"state":"missed"}]}`},
		{name: "an appeal", request: "POST /camps/{prize}/pool/appeals", body: `{"day":"{day}","text":"那天停电了"}`, status: 200, want: `{"days":[{"appeal":{"state":"open"}},{"appeal":null},{},{},{}]}`},
	})
	if _, err := s.services.Pools.DecideAppeal(s.as(t, owner), in.ID, s.id(t, "ci"), day(1), false, "那天没有停电"); err != nil {
		t.Fatal(err)
	}
	s.until(t, in.Calendar.Start(day(9)), settle) // a day of closing, two of appeals
	for _, who := range []string{owner, second} {
		if _, err := s.services.Pools.Sign(s.as(t, who), in.ID); err != nil {
			t.Fatal(err)
		}
	}
	s.until(t, s.clock.Now().Add(time.Minute), settle)
	s.until(t, s.clock.Now().Add(time.Minute), settle)
	// Two of four lost ¥100 each, a tenth is the fee: ¥180 for two.
	tokens["an"], _, _ = s.signIn(t, "an")
	s.tell(t, tokens["an"], []step{
		{name: "a result", request: "GET /camps/{prize}/pool", status: 200, want: `{"state":"paying","mine":{"state":"qualified","own":10000,"own_state":"paid","gain":9000,"gain_state":"waiting_user_confirm"}}`},
	})
	for _, name := range []string{"an", "bo"} {
		t1, err := s.services.Transfers.Get(t.Context(), pool.PayoutID(in.ID, s.id(t, name), 1))
		if err != nil {
			t.Fatal(err)
		}
		bill, _ := t1.Live()
		if why := s.pay.Confirm(bill.Number, ""); why != "" {
			t.Fatal(why)
		}
	}
	s.deliver(t)
	settle()
	s.until(t, s.clock.Now().Add(time.Hour), settle)
	tokens["an"], _, _ = s.signIn(t, "an")
	s.tell(t, tokens["an"], []step{
		{name: "it is there", request: "GET /camps/{prize}/pool", status: 200, want: `{"state":"settled","mine":{"gain_state":"paid"}}`},
	})
	if b := s.pay.Balance(); b != devFloat+4*199_00-2*100_00-2*90_00 {
		t.Errorf("the merchant has %s, had %s", b, devFloat)
	}
	s.verifies(t, in.ID)
	if n := s.everyAmount(t, "pool_member", "pool_settlement", "pool_sheet"); n < 60 {
		t.Errorf("only %d amounts of the pool were altered", n)
	}
	first, err := s.services.Lessons.OfDay(t.Context(), in.ID, day(1))
	if err != nil {
		t.Fatal(err)
	}
	s.provesFaults(t, []audit.Pool{{ID: in.ID, State: "settled"}}, first[0].ID, day(1))
}

func (s *site) id(t *testing.T, name string) string {
	t.Helper()
	_, _, id := s.signIn(t, name)
	return id
}

// verifies holds the pool's list against the facts in storage, and against its own file.
func (s *site) verifies(t *testing.T, campID string) {
	t.Helper()
	system := domain.WithActor(t.Context(), domain.SystemActor)
	v, err := s.services.Pools.Verify(system, campID)
	if err != nil || len(v.Differences) > 0 {
		t.Errorf("the list differs: %v %v", v.Differences, err)
	}
	var file bytes.Buffer
	if err := s.services.Pools.Export(system, campID, &file); err != nil {
		t.Fatal(err)
	}
	v, err = pool.VerifyList(func() (pool.Settlement, iter.Seq2[pool.Line, error], error) {
		return pool.ReadFile(bytes.NewReader(file.Bytes()))
	})
	if err != nil || len(v.Differences) > 0 {
		t.Errorf("the file differs: %v %v", v.Differences, err)
	}
	path, out := filepath.Join(t.TempDir(), "pool.jsonl"), &strings.Builder{}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	command := adminVerifyPoolCommand()
	command.SetArgs([]string{"--file", path})
	command.SetOut(out)
	command.SilenceErrors, command.SilenceUsage = true, true
	if err := command.Execute(); err != nil || !strings.Contains(out.String(), v.Hash) {
		t.Errorf("verify-pool says %v: %s", err, out)
	}
	if err := os.WriteFile(path, bytes.Replace(file.Bytes(), []byte(`"gain":9000`), []byte(`"gain":9001`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := command.Execute(); !errors.Is(err, errDiffers) {
		t.Errorf("a fen more in the file: %v", err)
	}
	if err := verifyPool(system, s.app, out, campID); err != nil {
		t.Errorf("verify-pool from storage: %v", err)
	}
	var head pool.FileHead
	if err := json.NewDecoder(&file).Decode(&head); err != nil || head.Hash != v.Hash {
		t.Errorf("hash %s in the file, %s computed: %v", head.Hash, v.Hash, err)
	}
}

func TestScholarshipSeatsNeedAPool(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, owner := s.person(t, "owner")
	s.vars["prize"], s.vars["stake"] = s.prize(t, owner, 10)
	if _, err := s.services.Pools.Cancel(s.as(t, owner), s.vars["prize"], "不办了"); err != nil {
		t.Fatal(err)
	}
	token, _, _ := s.signIn(t, "an")
	s.tell(t, token, []step{
		{name: "no price", request: "GET /camps/{prize}/offers/{stake}/preview", status: 409, want: `{"code":"pool_not_open"}`},
		{name: "no order", request: "POST /camps/{prize}/orders", body: `{"offer":"{stake}","amount":19900}`, status: 409, want: `{"code":"pool_not_open"}`},
	})
}

func TestAGainTooSmallToTransferGoesIntoTheWalletOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	p := pool.Payout{ID: pool.PayoutID("c1", "m1", 1), Organiser: "o1", Camp: "c1", Member: "m1", Amount: 9, Title: "学习奖学金", Reason: "坚持学习"}
	for range 2 {
		if err := b.services.Pools.Wallets.Credit(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	w, err := b.services.Wallets.Store.Get(t.Context(), wallet.ID("o1", "m1"))
	if err != nil || w.Balance != 9 {
		t.Errorf("%s in the wallet, %v", w.Balance, err)
	}
}
