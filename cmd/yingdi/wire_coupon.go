package main

import (
	"yingdi/domain/camp"
	"yingdi/domain/coupon"
)

// joinCoupons builds what lowers prices, on top of the orders that they lower.
func (a *app) joinCoupons(at stores, camps *camp.Service) {
	s, k := a.services, at.coupons
	s.Coupons = &coupon.Service{
		Store: k.Coupons, Templates: k.Templates, Batches: k.Batches, Codes: k.Codes, Sources: k.Sources, Tallies: k.Tallies, Counters: a.db,
		Camps: camps, Members: s.Members, Teams: at.places, Orders: s.Orders, Notices: s.Notices, Sealer: a.sealer, IDs: a.ids, Clock: a.clock,
	}
	s.Orders.Coupons, s.Exports.Coupons = s.Coupons, s.Coupons
}
