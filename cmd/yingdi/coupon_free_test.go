package main

import (
	"errors"
	"net/http"
	"sync"
	"testing"

	"yingdi/domain/coupon"
	"yingdi/domain/enrolment"
)

func TestASeatThatACouponMakesFreeNeedsNoWeChat(t *testing.T) {
	t.Parallel()
	s, settle, token := sale(t, coupon.Form{Terms: coupon.Terms{Off: 500_00, Free: true, Returns: true}})
	s.tell(t, token, []step{{
		name: "order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":0,"coupon":"{coupon}"}`, status: 201, want: `{"state":"fulfilled"}`,
		keep: map[string]string{"order": "id"},
	}})
	settle()
	s.tell(t, token, []step{
		{name: "in", request: "GET /camps/{shop}/today", status: 200},
		{name: "used", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"used"}]}`},
		{name: "there is no money to ask back", request: "GET /orders/{order}/refund", status: 200, want: `{"amount":0,"free":true}`},
		{name: "the seat is given up", request: "DELETE /camps/{shop}/place", status: 200, want: `{"state":"left"}`},
		{name: "and its order", request: "GET /orders/{order}", status: 200, want: `{"state":"cancelled","cause":"user"}`},
		{name: "the coupon is back", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"unused","order":""}]}`},
	})
	s.rightly(t)
}

func TestALearnerGivesAFreeSeatUpWhileStaffRemoveThem(t *testing.T) {
	t.Parallel()
	s, settle, token := sale(t, coupon.Form{Terms: coupon.Terms{Off: 500_00, Free: true, Returns: true}})
	staff := s.as(t, s.vars["owner"])
	for round := range 3 {
		s.tell(t, token, []step{{
			name: "order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":0,"coupon":"{coupon}"}`, status: 201, keep: map[string]string{"order": "id"},
		}})
		var race sync.WaitGroup
		removed := make([]error, 2)
		for i := range removed {
			race.Go(func() {
				if code := s.do(t, "DELETE /api/v1/camps/{shop}/place", token, "").Code; code != http.StatusOK {
					t.Errorf("round %d: leaving answered %d", round, code)
				}
			})
			race.Go(func() { _, removed[i] = s.services.Enrolments.Remove(staff, s.vars["shop"], s.vars["me"]) })
		}
		race.Wait()
		want := enrolment.Left
		for _, err := range removed {
			if err != nil && !errors.Is(err, enrolment.ErrGone) {
				t.Errorf("round %d: removing: %v", round, err)
			}
			if err == nil { // whoever was told so sees it so
				want = enrolment.Removed
			}
		}
		settle()
		place, err := s.services.Enrolments.Store.Get(t.Context(), enrolment.ID(s.vars["shop"], s.vars["me"]))
		if err != nil || place.State != want {
			t.Fatalf("round %d: %s, want %s, %v", round, place.State, want, err)
		}
		s.tell(t, token, []step{
			{name: "the order has ended", request: "GET /orders/{order}", status: 200, want: `{"state":"cancelled"}`},
			{name: "the coupon is back", request: "GET /me/coupons", status: 200, want: `{"items":[{"state":"unused","order":""}]}`},
		})
		if taken, err := s.services.Camps.Taken(t.Context(), s.vars["shop"]); err != nil || taken != 0 {
			t.Errorf("round %d: %d seats are taken, %v", round, taken, err)
		}
		if want == enrolment.Removed {
			if _, err := s.services.Enrolments.Readmit(staff, s.vars["shop"], s.vars["me"]); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.rightly(t)
}
