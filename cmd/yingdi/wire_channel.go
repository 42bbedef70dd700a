package main

import (
	"yingdi/domain/camp"
	"yingdi/storage"
	"yingdi/storage/sheet"
)

// joinChannels builds what knows where people come from, on top of what they came for.
func (a *app) joinChannels(at stores, camps *camp.Service) {
	s, k := a.services, at.channels
	c := s.Channels
	c.Channels, c.Origins, c.Visits, c.Arrivals, c.Tallies = k.Channels, k.Origins, k.Visits, k.Arrivals, k.Tallies
	c.Facts, c.Camps, c.Enrolments, c.Orders = storage.ChannelFacts{ChannelStores: k, Orders: at.orders}, camps, at.enrolments, at.orders
	c.Graduates, c.Notices, c.Sheets, c.Exports, c.IDs = s.Stats, s.Notices, sheet.Excel{}, s.Exports, a.ids
	s.Orders.Origins = c
}
