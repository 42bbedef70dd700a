package console

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/source"
)

// assistPages are the pages of assists, full of the sample's text.
func (s sample) assistPages() map[string][]view {
	frame, hours := s.campFrame().Frame, s.campFrame().Hours
	c := assist.Campaign{
		Doc: domain.Doc{ID: "k1"}, Organiser: "o1", Camp: "c1", Title: s.text, State: assist.Active, EndsAt: now.Add(time.Hour),
		Terms: assist.Terms{Offer: "std", Floor: 99_00, Helpers: 2, Hours: 24, Lock: 48},
	}
	takes := []source.Take{{Member: "m1", Starts: true, At: now}, {Member: "m2", At: now}, {Member: "m3", At: now}}
	report := assist.Report{
		Campaign: c, In: s.camp(), Unsold: s.text, Open: 1, Reached: 1,
		Tally: assist.Tally{Helps: 3, Days: []assist.TallyDay{{Day: "2026-11-21", Started: 2, Reached: 1, Ordered: 1, Used: 1, Took: 100_00, Paid: 99_00}}},
		Odd:   []source.Source{{Doc: domain.Doc{ID: "k1:x"}, Kind: source.Device, Takes: takes, Signals: []string{s.text}}},
		Assists: []assist.Assist{
			{Doc: domain.Doc{ID: "a1"}, Member: "m1", State: assist.Open, Start: 199_00, Cuts: []domain.Fen{50_00, 50_00}, Helps: []assist.Help{{Member: "m2", Cut: 50_00}}, StartedAt: now},
			{Member: "m2", State: assist.Expired, Cause: assist.Revoked, Reason: s.text}, {Member: "m1", State: assist.Used, Paid: 2},
		},
		People: map[string]member.Card{"m1": s.card()},
	}
	show := &assistView{
		Frame: frame, Report: report, Says: s.text, Ending: s.text, Halting: s.text, Numbers: assistNumbers(report), Charts: assistCharts(report.Tally),
		Stages: assist.Stages, Hours: hours, Follow: "/console?after=x",
	}
	draft, ended := *show, *show
	draft.State, ended.State = assist.Draft, assist.Ended
	form := assistForm{ID: "k1", Version: "2", Title: s.text, Seat: "c1/std", Floor: s.text, Helpers: s.text, Hours: s.text, Lock: s.text, PerPerson: s.text, Quota: s.text, PerNetwork: s.text, PerDevice: s.text, EndsAt: s.text}
	open := &assistFormView{Frame: frame, Organiser: "o1", Form: form, Seats: []seatChoice{{"c1/std", s.text}}, Says: s.text, Faults: s.faults(assistFields...)}
	fixed := *open
	fixed.Fixed = true
	return map[string][]view{
		"assist/list": {&assistsView{
			Frame: frame, Organiser: "o1", State: assist.Active, States: assist.States, Rows: []assist.Campaign{c}, Camps: map[string]camp.Camp{"c1": s.camp()}, Hours: hours, Follow: "/console?after=x",
		}},
		"assist/form": {open, &fixed},
		"assist/show": {show, &draft, &ended},
	}
}

func bareAssistPages() map[string][]view {
	h := hours{time.UTC, now}
	return map[string][]view{"assist/list": {&assistsView{Hours: h}}, "assist/form": {&assistFormView{}}, "assist/show": {&assistView{Hours: h}}}
}
