package jobs

import (
	"time"

	"yingdi/domain/coupon"
	"yingdi/domain/order"
)

func coupons(s *coupon.Service) []Consumer {
	return []Consumer{
		{Name: "coupon-tally", Events: []string{coupon.EventGot, coupon.EventUsed, coupon.EventReturned, coupon.EventRefunded}, Lane: Normal, Handle: byID(s.Ask)},
		{Name: "coupon-got", Events: []string{coupon.EventGot}, Lane: Normal, Handle: byID(s.TellGot)},
		{Name: "coupon-ending", Events: []string{coupon.EventWarned}, Lane: Normal, Handle: byID(s.TellEnding)},
		{Name: "coupon-revoked", Events: []string{coupon.EventRevoked}, Lane: Normal, Handle: byID(s.TellRevoked)},
		{Name: "coupon-refunded", Events: []string{order.EventRefunded}, Lane: Normal, Handle: byID(s.Refunded)},
		{Name: "coupon-codes", Events: []string{coupon.EventBatch}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.Fill)},
	}
}

func couponTable(s *coupon.Service) []Periodic {
	return []Periodic{
		{"coupons", time.Minute, s.Sweep},
		{"coupon-tallies", time.Minute, s.Count},
		{"coupon-stock", time.Hour, s.RecountAll},
		{"coupon-sources", 24 * time.Hour, s.SweepSources},
	}
}
