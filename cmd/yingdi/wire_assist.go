package main

import (
	"yingdi/domain/assist"
	"yingdi/domain/camp"
	"yingdi/domain/order"
)

// joinAssists builds what friends do for a price.
func (a *app) joinAssists(at stores, camps *camp.Service) {
	s, k := a.services, at.assists
	s.Assists = &assist.Service{
		Store: k.Assists, Campaigns: k.Campaigns, Helpers: k.Helpers, Sources: k.Sources, Tallies: k.Tallies, Camps: camps, Places: s.Enrolments,
		Products: s.Products, Members: s.Members, Orders: s.Orders, Notices: s.Notices, Sealer: a.sealer, Clock: a.clock,
	}
	s.Orders.Specials[order.LineAssist] = s.Assists
}
