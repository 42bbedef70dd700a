package console

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
	"yingdi/domain/member"
	"yingdi/domain/source"
)

// groupbuyPages are the pages of group-buys, full of the sample's text.
func (s sample) groupbuyPages() map[string][]view {
	frame, hours := s.campFrame().Frame, s.campFrame().Hours
	c := groupbuy.Campaign{
		Doc: domain.Doc{ID: "k1"}, Organiser: "o1", Camp: "c1", Title: s.text, State: groupbuy.Active, EndsAt: now.Add(time.Hour),
		Terms: groupbuy.Terms{Offer: "std", Size: 3, Leader: 99_00, Member: 129_00, Hours: 24, PerPerson: 1},
	}
	seats := []groupbuy.Seat{{Member: "m1", State: groupbuy.Paid, At: now}, {Member: "m2", State: groupbuy.Refunding, Why: groupbuy.Left, At: now}}
	watched := groupbuy.Watched{
		Campaign: c, Tally: groupbuy.Tally{Groups: map[groupbuy.Stage]int{groupbuy.Forming: 1, groupbuy.Failed: 1}, Paid: 1, Refunding: 1},
		Effect: groupbuy.Effect{Groups: 1, Paid: 1}, Days: []groupbuy.DayTally{{Day: "2026-11-21", Groups: map[groupbuy.Stage]int{groupbuy.Forming: 1}}},
		Groups: []groupbuy.Group{
			{Doc: domain.Doc{ID: "k1:g1"}, Leader: "m1", Terms: c.Terms, State: groupbuy.Forming, Seats: seats, OpenedAt: now, ExpiresAt: now},
			{Leader: "m2", State: groupbuy.Failed, Cause: groupbuy.Expired, OpenedAt: now, EndedAt: now},
		},
		Odd:    []source.Source{{Doc: domain.Doc{ID: "k1:x"}, Signals: []string{s.text}, Takes: []source.Take{{Member: "m1", Starts: true, At: now}, {Member: "m2", At: now}}}},
		People: map[string]member.Card{"m1": s.card()},
	}
	show := &groupbuyView{
		Frame: frame, Watched: watched, Camp: s.text, Says: s.text, Numbers: groupbuyNumbers(watched.Tally), Charts: groupbuyCharts(watched.Days),
		Stages: groupbuy.Stages, Hours: hours, Until: s.text, Faults: s.faults("ends_at"), Follow: "/console?after=x",
	}
	draft, ended := *show, *show
	draft.State, ended.State = groupbuy.Draft, groupbuy.Ended
	form := groupbuyForm{ID: "k1", Version: "2", Title: s.text, Seat: "c1/std", Size: s.text, Leader: s.text, Member: s.text, Hours: s.text, PerPerson: s.text, EndsAt: s.text, PerNetwork: s.text, PerDevice: s.text}
	open := &groupbuyFormView{Frame: frame, Organiser: "o1", Form: form, Seats: []seatChoice{{"c1/std", s.text}}, Says: s.text, Faults: s.faults(groupbuyFields...)}
	fixed := *open
	fixed.Fixed = true
	return map[string][]view{
		"groupbuy/list": {&groupbuysView{
			Frame: frame, Organiser: "o1", State: groupbuy.Active, States: groupbuy.States, Rows: []groupbuy.Campaign{c}, Titles: map[string]string{"c1": s.text}, Hours: hours, Follow: "/console?after=x",
		}},
		"groupbuy/form": {open, &fixed},
		"groupbuy/show": {show, &draft, &ended},
	}
}

func bareGroupbuyPages() map[string][]view {
	h := hours{time.UTC, now}
	return map[string][]view{"groupbuy/list": {&groupbuysView{Hours: h}}, "groupbuy/form": {&groupbuyFormView{}}, "groupbuy/show": {&groupbuyView{Hours: h}}}
}
