package audit_test

import (
	"testing"

	"yingdi/season/audit"
)

// addFunnel adds a channel: it led ann, who has done three quarters of the large camp, and oda, whom somebody had led
// before; oda has bought, and nobody twice.
func (s *season) addFunnel(t *testing.T) {
	t.Helper()
	came, later := at(t, "2027-02-27 12:00"), at(t, "2027-02-28 09:00")
	s.Funnel = audit.Funnel{
		From: "2027-02-27", To: "2027-03-02",
		Touches:  []audit.Touch{{Member: "oda", At: came}, {Member: "ann", Channel: "ch", At: came}, {Member: "oda", Channel: "ch", At: later}, {Member: "oda", Channel: "ch", At: later}},
		Channels: []audit.Channel{{ID: "ch", Welcomes: true, Spent: map[string]int64{"2027-02-28": 5}}},
	}
	c := &s.Funnel.Channels[0]
	c.First = map[string][]int64{
		"访问": {1, 1, 0, 0}, "新认识": {1, 0, 0, 0}, "报名": {1, 1, 0, 0}, "完成": {0, 0, 0, 1}, "付款": {0, 1, 0, 0}, "复购": {0, 0, 0, 0},
		"收款": {0, 200, 0, 0}, "退款": {0, 0, 30, 0}, "花费": {0, 5, 0, 0},
	}
	c.Last = map[string][]int64{
		"访问": {1, 1, 0, 0}, "新认识": {1, 0, 0, 0}, "报名": {1, 2, 0, 0}, "完成": {0, 0, 0, 1}, "付款": {0, 2, 0, 0}, "复购": {0, 0, 0, 0},
		"收款": {0, 350, 0, 0}, "退款": {0, 0, 30, 0}, "花费": {0, 5, 0, 0},
	}
	for i := range s.Facts.Orders {
		if o := &s.Facts.Orders[i]; o.State != "refunded" && o.State != "cancelled" {
			o.CreatedAt, o.FulfilledAt = later, later
		}
	}
	for _, who := range []string{"ann", "oda"} {
		s.Notices = append(s.Notices, audit.Notice{ID: "channel:ch:" + who, Member: who, Kind: "welcome", Outcome: "refused", Reason: "no_credit"})
	}
}

func funnelSpoilt() map[string]violation {
	channel := func(change func(s *season)) violation { return violation{"channels", change} }
	shown := func(name string, n int64) violation {
		return channel(func(s *season) {
			list := append([]int64{}, s.Funnel.Channels[0].Last[name]...)
			list[1] += n
			s.Funnel.Channels[0].Last[name] = list
		})
	}
	return map[string]violation{
		"a visitor who is counted twice":         shown("访问", 1),
		"somebody who was known before":          shown("新认识", 1),
		"a place that no channel led to":         shown("报名", -1),
		"a camp that nobody completed":           shown("完成", 1),
		"a payment that is another channel's":    shown("付款", 1),
		"somebody who pays again for the first":  shown("复购", 1),
		"income that did not come":               shown("收款", 1),
		"a refund that a channel does not show":  shown("退款", 1),
		"money that was spent twice":             shown("花费", 5),
		"a channel that shows nothing":           channel(func(s *season) { s.Funnel.Channels[0].First = nil }),
		"the first touch changed by a later one": channel(func(s *season) { s.Funnel.Channels[0].First = s.Funnel.Channels[0].Last }),
		"a touch that counts afterwards":         channel(func(s *season) { s.Funnel.Touches[2].At = s.Shop.Half; s.Funnel.Touches = s.Funnel.Touches[:3] }),
		"somebody who was not welcomed":          {"reviews-told", func(s *season) { s.inbox("channel:ch:oda").Member = "ann" }},
	}
}
