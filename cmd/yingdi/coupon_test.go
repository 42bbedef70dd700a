package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/coupon"
	"yingdi/domain/lesson"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// drafted is a template of the organiser of a camp: ¥50 off, for a week after it was got, unless the form says otherwise.
func (b *bundle) drafted(t testing.TB, manager, campID string, f coupon.Form) coupon.Template {
	t.Helper()
	in, err := b.services.Camps.Get(t.Context(), campID)
	if err != nil {
		t.Fatal(err)
	}
	f.Title, f.Public = "新人立减", true
	if f.Stock == 0 {
		f.Stock = 100
	}
	if f.Terms.Off == 0 {
		f.Terms.Off = 50_00
	}
	if f.Terms.Days == 0 {
		f.Terms.Days = 7
	}
	f.PerPerson, f.PerNetwork, f.PerDevice = max(f.PerPerson, 1), cmp.Or(f.PerNetwork, source.Max), source.Max
	made, err := b.services.Coupons.Save(b.as(t, manager), in.Organiser, b.ids.New(), 0, f)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// coupons is such a template, active.
func (b *bundle) coupons(t testing.TB, manager, campID string, f coupon.Form) (template string) {
	t.Helper()
	made := b.drafted(t, manager, campID, f)
	if _, err := b.services.Coupons.Turn(b.as(t, manager), made.ID, coupon.Active); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// sale is a market with a template, and a learner who has a coupon of it.
func sale(t *testing.T, f coupon.Form) (s *site, settle func(), token string) {
	t.Helper()
	s, settle = market(t)
	s.vars["template"] = s.coupons(t, s.vars["owner"], s.vars["shop"], f)
	token, _, s.vars["me"] = s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "claim", request: "POST /coupon-templates/{template}/coupons", body: `{}`, status: 201, keep: map[string]string{"coupon": "id"}}})
	return s, settle, token
}

func TestACouponFromItsClaimToTheSeatAndBackOverHTTP(t *testing.T) {
	t.Parallel()
	s, settle, token := sale(t, coupon.Form{Terms: coupon.Terms{Returns: true}})
	s.tell(t, token, []step{
		{name: "the same again", request: "POST /coupon-templates/{template}/coupons", body: `{"number":1}`, status: 200, want: `{"id":"{coupon}"}`},
		{name: "no second one", request: "POST /coupon-templates/{template}/coupons", body: `{"number":2}`, status: 409, want: `{"code":"coupon_limit"}`},
		{name: "what can be claimed", request: "GET /camps/{shop}/coupons", status: 200, want: `{"items":[{"id":"{template}","says":"减 ¥50.00","left":99,"mine":1,"valid":"领取后 7 天内有效","why":"*"}]}`},
		{name: "mine", request: "GET /me/coupons?state=unused", status: 200, want: `{"items":[{"id":"{coupon}","state":"unused"}]}`},
		{name: "the price without", request: "GET /camps/{shop}/offers/{seat}/preview", status: 200, want: `{"amount":19900,"coupon":"","coupons":[{"id":"{coupon}","saves":5000}]}`},
		{name: "the best", request: "GET /camps/{shop}/offers/{seat}/preview?coupon=best", status: 200, want: `{"amount":14900,"coupon":"{coupon}","lines":[{"kind":"price","amount":19900},{"kind":"coupon","text":"新人立减","amount":-5000}]}`},
		{name: "template id used as coupon id", request: "GET /camps/{shop}/offers/{seat}/preview?coupon={template}", status: 404, want: `{"code":"coupon_not_found"}`},
		{name: "nor in an order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":14900,"coupon":"{template}"}`, status: 404, want: `{"code":"coupon_not_found"}`},
		{name: "for the full price the coupon is not taken", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":19900,"coupon":"{coupon}"}`, status: 409, want: `{"code":"order_price_changed"}`},
		{name: "order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":14900,"coupon":"{coupon}"}`, status: 201, keep: map[string]string{"order": "id"}},
		{name: "it is locked", request: "GET /me/coupons", status: 200, want: `{"items":[{"id":"{coupon}","state":"locked","order":"{order}","hint":"正用在待支付的订单里；订单取消或超时后自动退回"}]}`},
		{name: "pay", request: "POST /orders/{order}/pay", status: 200},
	})
	other, _, _ := s.signIn(t, "阿杰")
	s.tell(t, other, []step{{name: "somebody else's coupon", request: "GET /camps/{shop}/offers/{seat}/preview?coupon={coupon}", status: 404}})
	if why := s.pay.Pay(order.Number(s.vars["order"], 1)); why != "" {
		t.Fatal(why)
	}
	s.deliver(t)
	settle()
	s.tell(t, token, []step{
		{name: "in, for less", request: "GET /orders/{order}", status: 200, want: `{"state":"fulfilled","received":14900}`},
		{name: "used", request: "GET /me/coupons?state=used", status: 200, want: `{"items":[{"id":"{coupon}","order":"{order}"}]}`},
		{name: "all of what was paid", request: "GET /orders/{order}/refund", status: 200, want: `{"amount":14900}`},
		{name: "give it back", request: "POST /orders/{order}/refund", body: `{"amount":14900}`, status: 200},
	})
	settle()
	s.deliver(t)
	settle()
	s.tell(t, token, []step{{name: "and the coupon is back", request: "GET /me/coupons", status: 200, want: `{"items":[{"id":"{coupon}","state":"unused","order":""}]}`}})
	s.rightly(t)
}

// Pitfall: coupon given back expired.
func TestCouponGivenBackExpired(t *testing.T) {
	t.Parallel()
	s, settle, token := sale(t, coupon.Form{Terms: coupon.Terms{Returns: true, Days: 1}})
	id := s.boughtWith(t, settle, token)
	s.clock.Set(s.clock.Now().Add(48 * time.Hour))
	token, _, _ = s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "give the seat back", request: "POST /orders/" + id + "/refund", body: `{"amount":14900}`, status: 200}})
	settle()
	s.deliver(t)
	settle()
	s.tell(t, token, []step{{name: "the coupon is not", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"expired"}]}`}})
	s.rightly(t)
}

// boughtWith is a seat that the holder of the token has paid for with their coupon.
func (s *site) boughtWith(t *testing.T, settle func(), token string) (id string) {
	t.Helper()
	s.tell(t, token, []step{
		{name: "order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":14900,"coupon":"{coupon}"}`, status: 201, keep: map[string]string{"order": "id"}},
		{name: "pay", request: "POST /orders/{order}/pay", status: 200},
	})
	if why := s.pay.Pay(order.Number(s.vars["order"], 1)); why != "" {
		t.Fatal(why)
	}
	s.deliver(t)
	settle()
	return s.vars["order"]
}

func TestACouponComesBackWithAnOrderThatIsNotPaid(t *testing.T) {
	t.Parallel()
	s, settle, token := sale(t, coupon.Form{})
	s.tell(t, token, []step{
		{name: "order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":14900,"coupon":"{coupon}"}`, status: 201, keep: map[string]string{"order": "id"}},
		{name: "give it up", request: "POST /orders/{order}/cancel", status: 200},
		{name: "it is back", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"unused"}]}`},
		{name: "order again", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":14900,"coupon":"{coupon}"}`, status: 201},
	})
	s.clock.Set(s.clock.Now().Add(order.PayWithin + time.Minute))
	if err := s.services.Orders.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle()
	token, _, _ = s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "it is back", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"unused"}]}`}})
	s.rightly(t)
}

// branch is a second camp of the shop's organiser, with the same price list.
func (s *site) branch(t *testing.T) (campID, offer string) {
	t.Helper()
	ctx := s.as(t, s.vars["owner"])
	first, err := s.services.Camps.Get(ctx, s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.services.Camps.Open(ctx, first.Organiser, camp.Form{Title: "夜读营", Calendar: first.Calendar, Start: first.Start, End: first.End, EnrolBy: first.End, Seats: 5})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Lessons.Add(ctx, c.ID, lesson.Form{Day: c.Start, Title: "读一段"}); err != nil {
		t.Fatal(err)
	}
	p, err := s.services.Products.Save(ctx, c.ID, 0, product.Form{Offers: []product.Offer{{Kind: product.Paid, Title: "普通名额", Price: 199_00}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Camps.Publish(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	return c.ID, p.Offers[0].ID
}

// Pitfall: coupon over its limit under concurrency.
func TestCouponOverItsLimitUnderConcurrency(t *testing.T) {
	t.Parallel()
	s, _ := market(t)
	template := s.coupons(t, s.vars["owner"], s.vars["shop"], coupon.Form{Stock: 5, PerPerson: 2})
	codes := make([]int, 30)
	var race sync.WaitGroup
	for i := range codes {
		token, _, _ := s.signIn(t, fmt.Sprint("claimer", i/3)) // ten people, each thrice at once
		race.Go(func() {
			body := fmt.Sprintf(`{"number":%d}`, 1+i%2)
			codes[i] = s.do(t, "POST /api/v1/coupon-templates/"+template+"/coupons", token, body).Code
		})
	}
	race.Wait()
	for _, code := range codes {
		if code != http.StatusCreated && code != http.StatusOK && code != http.StatusConflict {
			t.Errorf("answered with %d", code)
		}
	}
	given, err := s.services.Coupons.Recount(t.Context(), template)
	if err != nil || given != 5 {
		t.Errorf("%d of 5 are given out, %v", given, err)
	}
	if got, err := s.services.Coupons.Store.CountGot(t.Context(), template); err != nil || got != 5 {
		t.Errorf("%d of 5 are somebody's, %v", got, err)
	}
}

func TestOneCouponInTwoOrdersAtOnce(t *testing.T) {
	t.Parallel()
	s, _, token := sale(t, coupon.Form{})
	second, offer := s.branch(t)
	bodies := map[string]string{"{shop}": s.vars["seat"], second: offer}
	var codes []int
	var race sync.WaitGroup
	var lock sync.Mutex
	for in, seat := range bodies {
		body := s.fill(t, `{"offer":"`+seat+`","amount":14900,"coupon":"{coupon}"}`)
		race.Go(func() {
			code := s.do(t, "POST /api/v1/camps/"+in+"/orders", token, body).Code
			lock.Lock()
			defer lock.Unlock()
			codes = append(codes, code)
		})
	}
	race.Wait()
	slices.Sort(codes)
	if !slices.Equal(codes, []int{http.StatusCreated, http.StatusConflict}) {
		t.Errorf("one coupon, two orders: %v", codes)
	}
	s.rightly(t)
}

func TestManyFromOneAddressAreRefusedAndShown(t *testing.T) {
	t.Parallel()
	s, _ := market(t)
	template := s.coupons(t, s.vars["owner"], s.vars["shop"], coupon.Form{PerNetwork: 5})
	for i := range 6 {
		token, _, _ := s.signIn(t, fmt.Sprint("neighbour", i))
		want := http.StatusCreated
		if i == 5 {
			want = http.StatusConflict
		}
		if w := s.do(t, "POST /api/v1/coupon-templates/"+template+"/coupons", token, `{}`, "Yingdi-Device", fmt.Sprint("phone", i)); w.Code != want {
			t.Fatalf("the %dth got %d %s", i, w.Code, w.Body)
		}
	}
	v, err := s.services.Coupons.Campaign(s.as(t, s.vars["owner"]), template, "", domain.Page{})
	if err != nil || len(v.Odd) != 1 || len(v.Odd[0].Takes) != 5 || len(v.Odd[0].Signals) != 2 {
		t.Fatalf("%+v %v", v.Odd, err)
	}
	if _, err := s.services.Coupons.SeeSource(s.as(t, s.vars["owner"]), template, v.Odd[0].ID); err != nil {
		t.Fatal(err)
	}
	if v, err = s.services.Coupons.Campaign(s.as(t, s.vars["owner"]), template, "", domain.Page{}); err != nil || len(v.Odd) != 0 {
		t.Fatalf("what was looked at is shown again: %+v %v", v.Odd, err)
	}
}

func TestTheSwitchStopsAtOnceAndHonoursWhatWasPromised(t *testing.T) {
	t.Parallel()
	s, _, token := sale(t, coupon.Form{PerPerson: 2})
	if _, err := s.services.Coupons.Turn(s.as(t, s.vars["owner"]), s.vars["template"], coupon.Paused); err != nil {
		t.Fatal(err)
	}
	s.tell(t, token, []step{
		{name: "nothing more", request: "POST /coupon-templates/{template}/coupons", body: `{"number":2}`, status: 409, want: `{"code":"coupon_paused"}`},
		{name: "nor shown", request: "GET /camps/{shop}/coupons", status: 200, want: `{"items":[]}`},
		{name: "what was got holds", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":14900,"coupon":"{coupon}"}`, status: 201},
	})
}

func TestCodesBecomeCouponsOnce(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	owner := s.as(t, s.vars["owner"])
	template := s.coupons(t, s.vars["owner"], s.vars["shop"], coupon.Form{})
	b, err := s.services.Coupons.MakeBatch(owner, template, coupon.BatchForm{Key: "k1", Size: 120, Note: "书展"})
	if err != nil {
		t.Fatal(err)
	}
	settle()
	if b, err = s.services.Coupons.BatchForStaff(owner, template, b.ID); err != nil || b.Made != 120 {
		t.Fatalf("%+v %v", b, err)
	}
	list, err := s.services.Coupons.Written(t.Context(), b, 0)
	if err != nil || len(list) != 100 {
		t.Fatalf("%d codes, %v", len(list), err)
	}
	s.vars["code"], s.vars["void"] = list[0].Text, list[1].Text
	token, _, _ := s.signIn(t, "小满")
	other, _, _ := s.signIn(t, "阿杰")
	s.tell(t, token, []step{
		{name: "use it", request: "POST /coupons/redeem", body: s.fill(t, `{"code":" {code} "}`), status: 200, keep: map[string]string{"coupon": "id"}},
		{name: "again", request: "POST /coupons/redeem", body: s.fill(t, `{"code":"{code}"}`), status: 200, want: `{"id":"{coupon}"}`},
		{name: "one a person", request: "POST /coupons/redeem", body: s.fill(t, `{"code":"{void}"}`), status: 409, want: `{"code":"coupon_limit"}`},
		{name: "a guess", request: "POST /coupons/redeem", body: `{"code":"00000-00000"}`, status: 404},
	})
	s.tell(t, other, []step{{name: "somebody else", request: "POST /coupons/redeem", body: s.fill(t, `{"code":"{code}"}`), status: 409, want: `{"code":"coupon_code_used"}`}})
	if _, err := s.services.Coupons.VoidBatch(owner, template, b.ID); err != nil {
		t.Fatal(err)
	}
	s.tell(t, other, []step{{name: "void", request: "POST /coupons/redeem", body: s.fill(t, `{"code":"{void}"}`), status: 409, want: `{"code":"coupon_code_void"}`}})
}

func TestAGiftArrivesOnceAndItsEndIsAnnounced(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	owner := s.as(t, s.vars["owner"])
	template := s.coupons(t, s.vars["owner"], s.vars["shop"], coupon.Form{})
	token, _, me := s.signIn(t, "小满")
	for range 2 {
		g, err := s.services.Coupons.Give(owner, template, coupon.GiftForm{Key: "g1", Members: []string{me, "nobody"}})
		if err != nil || g.Given != 1 || len(g.Unknown) != 1 {
			t.Fatalf("%+v %v", g, err)
		}
	}
	settle()
	s.tell(t, token, []step{
		{name: "told", request: "GET /notices", status: 200, want: `{"items":[{"kind":"coupon_news","title":"收到一张优惠券"}]}`},
		{name: "one", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"unused"}]}`},
	})
	s.clock.Set(s.clock.Now().Add(6 * 24 * time.Hour))
	if err := s.services.Coupons.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle()
	token, _, _ = s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "it ends soon", request: "GET /notices", status: 200, want: `{"items":[{"title":"优惠券快到期了"},{"title":"收到一张优惠券"}]}`}})
	s.clock.Set(s.clock.Now().Add(3 * 24 * time.Hour))
	if err := s.services.Coupons.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	token, _, _ = s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "it has ended", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"expired"}]}`}})
}

// rightly checks every coupon against its order, and every price against the rules.
func (s *site) rightly(t *testing.T) {
	t.Helper()
	list, _, err := s.services.Coupons.Store.OfMember(t.Context(), s.vars["me"], "", domain.Page{Limit: domain.MaxPage})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, c := range list {
		var with *order.Order
		if c.Order != "" {
			o, err := s.services.Orders.Store.Get(t.Context(), c.Order)
			if err != nil {
				t.Fatal(err)
			}
			with = &o
			if err := o.Promise.Check(); err != nil {
				t.Error(err)
			}
		}
		if err := c.Check(with); err != nil {
			t.Error(err)
		}
	}
}
