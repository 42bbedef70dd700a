package console

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/referral"
	"yingdi/domain/source"
)

// referralPages are the pages of referral, full of the sample's text.
func (s sample) referralPages() map[string][]view {
	frame, hours := s.campFrame().Frame, s.campFrame().Hours
	plan := referral.Plan{Organiser: "o1", State: referral.Active, Version: 2, Terms: referral.Terms{Rates: []int{10_00, 5_00}, BindDays: 30}}
	own := plan
	own.Camp, own.State = "c1", referral.Stopped
	people := map[string]member.Card{"m1": s.card(), "m2": s.card()}
	overview := referral.Overview{
		Organiser: "o1", Plans: []referral.Plan{plan, own, {State: referral.Draft}}, Titles: map[string]string{"c1": s.text},
		Tally: referral.Tally{
			Days: []referral.TallyDay{{Day: "2026-11-21", Orders: 1, Base: 199_00, Net: 19_90}},
			Top:  []referral.Rank{{Member: "m1", Orders: 1, Net: 19_90}},
		},
		Odd:       []source.Source{{Doc: domain.Doc{ID: "o1:m1:x"}, Kind: source.Device, Signals: []string{s.text}, Takes: []source.Take{{Member: "m1", At: now}, {Member: "m2", At: now}}}},
		Promoters: []referral.Promoter{{Member: "m1", JoinedAt: now}, {Member: "m2", BarredAt: now, Reason: s.text}, {Member: "m3", LeftAt: now}}, People: people,
	}
	commission := referral.Commission{
		Doc: domain.Doc{ID: "n1:1"}, Order: "n1", Camp: "c1", Member: "m1", Buyer: "m2", Rate: 10_00, Base: 199_00, Amount: 19_90, Stage: referral.Frozen, At: now, Until: now.Add(time.Hour),
		Backs: []referral.Back{{Amount: 9_90, Cause: referral.ByStaff, By: "m1", Reason: s.text, At: now}},
	}
	gone := commission
	gone.Stage, gone.Level, gone.ReleasedAt, gone.WithdrawnAt, gone.Released = referral.Withdrawn, 2, now, now, 10_00
	form := referralForm{Camp: "c1", Rate1: s.text, Rate2: s.text, BindDays: s.text}
	edited := form
	edited.Version = "2"
	return map[string][]view{
		"referral/show": {&referralView{Frame: frame, Overview: overview, Numbers: referralNumbers(overview), Charts: referralCharts(overview), TieRule: s.text, Hours: hours, Follow: "/console?after=x"}},
		"referral/plan": {
			&referralPlanView{Frame: frame, Organiser: "o1", Form: form, Camps: []campChoice{{s.camp(), true}}, Says: s.text, MaxRate: s.text, Faults: s.faults("camp", "rates", "rates[0]", "rates[1]", "bind_days", "freeze_days", "per_network", "per_device")},
			&referralPlanView{Frame: frame, Organiser: "o1", Form: edited, Camps: []campChoice{{s.camp(), true}}},
		},
		"referral/commissions": {&commissionsView{
			Frame: frame, Organiser: "o1", Promoter: "m1", Stage: referral.Frozen, Stages: referral.Stages, List: []referral.Commission{commission, gone},
			Titles: map[string]string{"c1": s.text}, People: people, MayVoid: true, Hours: hours, Base: "/console/x", Follow: "/console?after=x",
		}},
	}
}

func bareReferralPages() map[string][]view {
	return map[string][]view{
		"referral/show": {&referralView{Hours: hours{time.UTC, now}}}, "referral/plan": {&referralPlanView{}}, "referral/commissions": {&commissionsView{Hours: hours{time.UTC, now}}},
	}
}
