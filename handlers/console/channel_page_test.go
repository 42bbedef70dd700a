package console

import (
	"yingdi/domain"
	"yingdi/domain/channel"
)

// channelPages are the pages of channels, full of the sample's text.
func (s sample) channelPages() map[string][]view {
	frame := s.campFrame().Frame
	c := channel.Channel{
		Doc: domain.Doc{ID: "k1"}, Organiser: "o1", Name: s.text, Tag: s.text, Note: s.text, Welcome: s.text, Stopped: true,
		Spends: []channel.Spend{{ID: "s1", Day: "2026-11-20", Amount: 100_00}},
	}
	row := channel.Row{Channel: c, Day: channel.Day{Visits: 9, Registered: 4, Enrolled: 3, Paid: 2, Completed: 1, Again: 1, Received: 300_00, Returned: 100_00}, Spent: 100_00}
	days := channelDays{Span: span{Base: "/console", From: "2026-11-01", To: "2026-11-21", Picks: []pick{{s.text, "/console", true}}, Faults: s.faults("from", "to")}, First: true, Plain: "from=x", Query: "from=x&by=first"}
	page := channel.Page{Row: row, Days: []channel.Day{{Day: "2026-11-20", Visits: 9, Received: 300_00}, {Day: "2026-11-21"}}}
	spends := []spendRow{{channel.Spend{ID: "s1", Day: "2026-11-20", Amount: 100_00, Note: s.text, At: now}, s.text, ""}, {channel.Spend{ID: "s2", Day: "2026-11-20", VoidAt: now, Why: s.text}, s.text, s.text}}
	show := &channelView{
		Frame: frame, channelDays: days, Channel: c, Numbers: channelNumbers(row), Charts: channelCharts(page), Total: 100_00, Spends: spends,
		Spend: spendForm{s.text, s.text, s.text, s.text}, Camps: []campChoice{{s.camp(), true}}, Home: s.text, To: "c1", Address: "http://x/s/y", Poster: true,
		Faults: s.faults("day", "amount", "note"), Hours: s.campFrame().Hours,
	}
	fresh := *show
	fresh.Channel.Stopped, fresh.Address, fresh.Home, fresh.First = false, "", "", false
	form := channelForm{"k1", "2", s.text, s.text, s.text, s.text, "c1"}
	return map[string][]view{
		"channel/list": {&channelsView{frame, days, "o1", []channelRow{{row}, {channel.Row{Channel: channel.Channel{Name: s.text}}}}, true, "/console?after=x"}},
		"channel/form": {&channelFormView{frame, "o1", form, []campChoice{{s.camp(), true}}, s.faults("name", "tag", "note", "welcome", "camp")}},
		"channel/show": {show, &fresh},
	}
}

func bareChannelPages() map[string][]view {
	return map[string][]view{
		"channel/list": {&channelsView{Organiser: "o1"}}, "channel/form": {&channelFormView{Organiser: "o1"}}, "channel/show": {&channelView{}},
	}
}
