package main

import (
	"yingdi/domain/camp"
	"yingdi/domain/groupbuy"
	"yingdi/domain/order"
)

// joinGroupbuys builds what sells seats to groups, on top of the orders that it prices.
func (a *app) joinGroupbuys(at stores, camps *camp.Service) {
	s, g := a.services, at.groupbuys
	s.Groupbuys = &groupbuy.Service{
		Store: g.Groups, Campaigns: g.Campaigns, Entries: g.Entries, Sources: g.Sources, Camps: camps, Products: s.Products, Members: s.Members,
		Orders: s.Orders, Notices: s.Notices, Sealer: a.sealer, Clock: a.clock,
	}
	s.Orders.Specials[order.LineGroup], s.Ledger.Groups = s.Groupbuys, s.Groupbuys
}
