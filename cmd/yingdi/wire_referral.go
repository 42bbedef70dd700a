package main

import (
	"yingdi/domain/camp"
	"yingdi/domain/referral"
)

// joinReferrals builds what pays promoters, on top of the orders that they earn by.
func (a *app) joinReferrals(at stores, camps *camp.Service) {
	s, r := a.services, at.referrals
	s.Referrals = &referral.Service{
		Store: r.Commissions, Plans: r.Plans, Promoters: r.Promoters, Bindings: r.Bindings, Sources: r.Sources, Tallies: r.Tallies, Camps: camps,
		Members: s.Members, Scenes: s.Channels, Orders: at.orders, Wallets: s.Wallets, Purses: at.wallets,
		Notices: s.Notices, Sealer: a.sealer, Clock: a.clock,
	}
	s.Orders.Referrals, s.Signcards.Promoters = s.Referrals, s.Referrals
}
