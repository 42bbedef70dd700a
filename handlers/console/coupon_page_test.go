package console

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/coupon"
	"yingdi/domain/export"
	"yingdi/domain/member"
	"yingdi/domain/organiser"
	"yingdi/domain/source"
	"yingdi/domain/team"
)

// couponPages are the pages of coupons, full of the sample's text.
func (s sample) couponPages() map[string][]view {
	frame := s.campFrame().Frame
	template := coupon.Template{Doc: domain.Doc{ID: "t1"}, Organiser: "o1", Title: s.text, State: coupon.Active, Stock: 100, Terms: coupon.Terms{Percent: 20, Tags: []string{s.text}, Days: 7}}
	takes := []source.Take{{Member: "m1", At: now}, {Member: "m2", At: now}, {Member: "m3", At: now}}
	campaign := coupon.Campaign{
		Template: template, Given: 3, Tally: coupon.Tally{Days: []coupon.TallyDay{{Day: "2026-11-21", Got: 3, Used: 1, Took: 20_00, Paid: 100_00}}},
		Batches: []coupon.BatchView{{Batch: coupon.Batch{Doc: domain.Doc{ID: "t1:b1"}, Note: s.text, Size: 10, Made: 5, At: now}}, {Batch: coupon.Batch{Note: s.text, VoidAt: now}}},
		Odd:     []source.Source{{Doc: domain.Doc{ID: "t1:x"}, Kind: source.Device, Takes: takes, Signals: []string{s.text}}},
		Coupons: []coupon.Coupon{
			{Doc: domain.Doc{ID: "t1:m1:1"}, Member: "m1", State: coupon.Unused, Way: coupon.ByGift, GotAt: now, Until: now.Add(time.Hour)},
			{Member: "m2", State: coupon.Revoked, Reason: s.text}, {Member: "m1", State: coupon.Used, Took: 1, Paid: 2},
		},
		People: map[string]member.Card{"m1": s.card()},
	}
	show := &couponView{
		Frame: frame, Campaign: campaign, Says: s.text, Numbers: couponNumbers(campaign), Charts: couponCharts(campaign), Stages: couponStageList,
		Teams: []campTeams{{"c1", s.text, []team.Team{{ID: "a", Name: s.text}}}}, Gift: giftForm{s.text, s.text, "c1/a"}, Batch: batchForm{s.text, s.text, s.text},
		Faults: s.faults("members", "team", "size", "note"), Hours: s.campFrame().Hours, MayTake: true, Exports: []export.Entry{{Export: export.Export{State: export.Done, Fetched: 1}, May: true}, {}}, Follow: "/console?after=x",
	}
	draft := *show
	draft.State = coupon.Draft
	form := couponForm{ID: "t1", Version: "2", Title: s.text, Kind: "percent", Percent: s.text, Tags: s.text, Valid: "dates", From: s.text, Stock: s.text}
	return map[string][]view{
		"coupon/campaigns": {&campaignsView{frame, []organiser.Organiser{{Doc: domain.Doc{ID: "o1"}, Name: s.text}}, "/console?after=x"}},
		"coupon/list":      {&couponsView{Frame: frame, Organiser: "o1", State: coupon.Active, States: coupon.States, Rows: []couponRow{{template, 3}}, Follow: "/console?after=x"}},
		"coupon/form":      {&couponFormView{Frame: frame, Organiser: "o1", Form: form, Fixed: true, Camps: []campChoice{{s.camp(), true}}, Says: s.text, Faults: s.faults(couponFields...)}},
		"coupon/show":      {show, &draft},
	}
}

func bareCouponPages() map[string][]view {
	return map[string][]view{"coupon/campaigns": {&campaignsView{}}, "coupon/list": {&couponsView{}}, "coupon/form": {&couponFormView{}}, "coupon/show": {&couponView{Hours: hours{time.UTC, now}}}}
}
