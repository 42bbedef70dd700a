package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/product"
	"yingdi/handlers/web"
	"yingdi/storage/fake"
)

// shop is a camp that starts in a week and whose one kind of seat costs ¥199, and the id of that offer.
func (b *bundle) shop(t testing.TB, teacher string, seats int) (campID, offer string) {
	t.Helper()
	studio, err := b.services.Organisers.Create(domain.WithActor(t.Context(), domain.SystemActor), organiser.Form{Name: "书店"}, teacher)
	if err != nil {
		t.Fatal(err)
	}
	ctx := b.as(t, teacher)
	calendar := domain.Calendar{Zone: "Asia/Shanghai"}
	start := calendar.Day(b.clock.Now()).Add(7)
	c, err := b.services.Camps.Open(ctx, studio.ID, camp.Form{Title: "晨读营", Calendar: calendar, Start: start, End: start.Add(20), EnrolBy: start, Seats: seats})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.services.Lessons.Add(ctx, c.ID, lesson.Form{Day: start, Title: "读一段"}); err != nil {
		t.Fatal(err)
	}
	p, err := b.services.Products.Save(ctx, c.ID, 0, product.Form{
		Offers: []product.Offer{{Kind: product.Paid, Title: "普通名额", Price: 199_00}},
		Policy: product.Policy{Steps: []product.Step{{Day: 0, Percent: 100}, {Day: 3, Percent: 50}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.services.Camps.Publish(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	return c.ID, p.Offers[0].ID
}

// ordered is a seat that the holder of the token has ordered.
func (s *site) ordered(t *testing.T, token, campID string) (id string) {
	t.Helper()
	w := s.do(t, "POST /api/v1/camps/"+campID+"/orders", token, s.fill(t, `{"offer":"{seat}","amount":19900}`))
	var o struct{ ID string }
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil || w.Code != http.StatusCreated {
		t.Fatalf("ordering: %d %s", w.Code, w.Body)
	}
	return o.ID
}

// market is a site with a shop, whose workers run; settle waits until they have nothing left to do.
func market(t *testing.T) (s *site, settle func()) {
	t.Helper()
	s = newSite(t)
	_, owner := s.person(t, "owner")
	s.vars["shop"], s.vars["seat"] = s.shop(t, owner, 2)
	s.vars["owner"] = owner
	return s, s.works(t)
}

// deliver lets WeChat Pay tell the product what happened.
func (s *site) deliver(t *testing.T) {
	t.Helper()
	for _, n := range s.pay.Notices() {
		if n.State != fake.Waiting {
			continue
		}
		if code := s.told(s.pay.Envelope(n, "")); code != http.StatusNoContent {
			t.Fatalf("a notice was answered with %d", code)
		}
	}
}

func (s *site) told(h http.Header, body []byte) int {
	r := httptest.NewRequest(http.MethodPost, "/notify/wechatpay", strings.NewReader(string(body)))
	r.Header = h
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r)
	return w.Code
}

func (s *site) state(t *testing.T, token, orderID string) (o struct {
	State              string
	Received, Returned domain.Fen
}) {
	t.Helper()
	w := s.do(t, "GET /api/v1/orders/"+orderID, token, "")
	if err := json.Unmarshal(w.Body.Bytes(), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestALearnerBuysASeatAndGivesItBackOverHTTP(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, _ := s.signIn(t, "小满")
	s.tell(t, token, []step{
		{name: "what it costs", request: "GET /camps/{shop}/offers", status: 200, want: `{"items":[{"id":"{seat}","price":19900,"regular":19900}]}`},
		{name: "line by line", request: "GET /camps/{shop}/offers/{seat}/preview", status: 200, want: `{"amount":19900,"lines":[{"text":"普通名额","amount":19900}],"sentence":"*"}`},
		{name: "not for nothing", request: "POST /camps/{shop}/enrolments", status: 409, want: `{"code":"order_needed"}`},
		{name: "at yesterday's price", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":9900}`, status: 409, want: `{"code":"order_price_changed"}`},
		{name: "order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":19900}`, status: 201, keep: map[string]string{"order": "id"}},
		{name: "order again", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":19900}`, status: 200, want: `{"id":"{order}"}`},
		{name: "not in yet", request: "GET /camps/{shop}/today", status: 403},
		{name: "pay", request: "POST /orders/{order}/pay", status: 200, want: `{"package":"*","paySign":"*"}`},
	})
	if why := s.pay.Pay(order.Number(s.vars["order"], 1)); why != "" {
		t.Fatal(why)
	}
	s.deliver(t)
	settle()
	s.deliver(t) // and again
	settle()
	if o := s.state(t, token, s.vars["order"]); o.State != "fulfilled" || o.Received != 199_00 {
		t.Fatalf("%+v", o)
	}
	s.tell(t, token, []step{
		{name: "in", request: "GET /camps/{shop}/today", status: 200},
		{name: "told so", request: "GET /notices", status: 200, want: `{"items":[{"kind":"order_news","title":"报名成功"}]}`},
		{name: "not by leaving", request: "DELETE /camps/{shop}/place", status: 409, want: `{"code":"enrolment_ordered"}`},
		{name: "what would come back", request: "GET /orders/{order}/refund", status: 200, want: `{"amount":19900}`},
		{name: "another amount", request: "POST /orders/{order}/refund", body: `{"amount":19899}`, status: 409, want: `{"code":"refund_changed"}`},
		{name: "give it back", request: "POST /orders/{order}/refund", body: `{"amount":19900}`, status: 200, want: `{"state":"refunding"}`},
	})
	settle()
	s.deliver(t)
	settle()
	if o := s.state(t, token, s.vars["order"]); o.State != "refunded" || o.Returned != 199_00 {
		t.Fatalf("%+v", o)
	}
	s.tell(t, token, []step{
		{name: "out", request: "GET /camps/{shop}/today", status: 403},
		{name: "told so", request: "GET /notices", status: 200, want: `{"items":[{"title":"退款已到账"},{"title":"报名成功"}]}`},
	})
	if b := s.pay.Balance(); b != devFloat {
		t.Errorf("the merchant has %s, had %s", b, devFloat)
	}
}

func TestForgedPaymentNoticesOpenNothing(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, _ := s.signIn(t, "小满")
	s.vars["order"] = s.ordered(t, token, "{shop}")
	s.tell(t, token, []step{{name: "pay", request: "POST /orders/{order}/pay", status: 200}})
	s.pay.Pay(order.Number(s.vars["order"], 1))
	n := s.pay.Notices()[0]
	for _, fault := range []fake.PushFault{fake.BadSignature, fake.Stale, fake.Probe, fake.Malformed} {
		if code := s.told(s.pay.Envelope(n, fault)); code/100 != 4 {
			t.Errorf("%s was answered with %d", fault, code)
		}
	}
	if code := s.told(http.Header{}, []byte("{}")); code/100 != 4 {
		t.Errorf("an empty one was answered with %d", code)
	}
	header, body := s.pay.Envelope(n, "")
	if code := s.told(header, append(body, bytes.Repeat([]byte(" "), 64<<10)...)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge one was answered with %d", code)
	}
	settle()
	if o := s.state(t, token, s.vars["order"]); o.State != "pending_payment" {
		t.Errorf("%+v", o)
	}
}

func TestMoreBuyersThanSeatsOverHTTP(t *testing.T) {
	t.Parallel()
	s, _ := market(t)
	var race sync.WaitGroup
	codes := make([]int, 12)
	for i := range codes {
		token, _, _ := s.signIn(t, fmt.Sprint("buyer", i))
		race.Go(func() {
			codes[i] = s.do(t, "POST /api/v1/camps/{shop}/orders", token, s.fill(t, `{"offer":"{seat}","amount":19900}`)).Code
		})
	}
	race.Wait()
	sold := 0
	for _, code := range codes {
		switch code {
		case http.StatusCreated:
			sold++
		case http.StatusConflict:
		default:
			t.Errorf("answered with %d", code)
		}
	}
	if sold != 2 {
		t.Errorf("%d of 2 seats were sold", sold)
	}
}

func TestAnOrderThatIsNotPaidGivesItsSeatBack(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, _ := s.signIn(t, "小满")
	id := s.ordered(t, token, "{shop}")
	s.clock.Set(s.clock.Now().Add(order.PayWithin + time.Minute))
	if err := s.services.Orders.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle()
	token, _, _ = s.signIn(t, "小满")
	if o := s.state(t, token, id); o.State != "cancelled" {
		t.Fatalf("%+v", o)
	}
	if taken, err := s.services.Camps.Taken(t.Context(), s.vars["shop"]); err != nil || taken != 0 {
		t.Errorf("%d seats are taken, %v", taken, err)
	}
}

func TestAPhoneOnWhichNothingMayBeSoldIsToldSoEverywhere(t *testing.T) {
	t.Parallel()
	s, _ := market(t)
	s.services.Orders.Channels[order.Market{Kind: camp.KindDated, Platform: domain.IOS}] = order.Shut
	token, _, _ := s.signIn(t, "小满")
	said := order.ErrClosed.Message
	for _, request := range []string{"GET /api/v1/camps/{shop}/offers", "GET /api/v1/camps/{shop}/offers/{seat}/preview"} {
		for platform, shut := range map[string]bool{"ios": true, "android": false} {
			w := s.do(t, request, token, "", web.HeaderPlatform, platform)
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), said) != shut {
				t.Errorf("%s on %s: %d %s", request, platform, w.Code, w.Body)
			}
		}
	}
	buy := s.fill(t, `{"offer":"{seat}","amount":19900}`)
	if w := s.do(t, "POST /api/v1/camps/{shop}/orders", token, buy, web.HeaderPlatform, "ios"); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "order_closed_here") {
		t.Errorf("bought on iOS: %d %s", w.Code, w.Body)
	}
	id := s.ordered(t, token, s.vars["shop"])
	if w := s.do(t, "POST /api/v1/orders/"+id+"/pay", token, "", web.HeaderPlatform, "ios"); w.Code != http.StatusForbidden {
		t.Errorf("paid on iOS: %d %s", w.Code, w.Body)
	}
	s.staff(t, s.vars["owner"]).see(t, "/console/camps/{shop}/price", 200, "iOS", "不能付款")
}
