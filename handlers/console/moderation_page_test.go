package console

import (
	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/moderation"
)

func (s sample) moderationPages() map[string][]view {
	kept := moderation.Case{
		Doc: domain.Doc{ID: "checkin_a:b"}, Kind: moderation.Checkin, Camp: "camp1", State: moderation.Open, Held: true, OpenedAt: now,
		Reporters: []string{"a", "b"}, Reasons: map[moderation.Reason]int{moderation.Spam: 2},
		Rulings: []moderation.Ruling{
			{N: 1, Verdict: moderation.Hide, Reason: s.text, By: "member1", At: now, UndoneBy: "member1", UndoneAt: now},
			{N: 2, Verdict: moderation.Warn, Reason: s.text, By: "member1", At: now},
		},
	}
	row := moderation.Row{Case: kept, Writer: s.card(), Where: s.text, Subject: moderation.Subject{Text: s.text, Checkin: "a:b", Standing: moderation.Hidden, At: now}}
	gone := moderation.Row{Case: moderation.Case{Doc: domain.Doc{ID: "comment_b"}, Kind: moderation.Comment}, Gone: true}
	v := &moderationView{
		Frame: s.frame(), Hours: s.campFrame().Hours, Filter: moderation.Filter{State: moderation.Decided, Kind: moderation.Comment, Camp: "camp1"}, Query: "state=decided",
		Kinds: moderation.Kinds, Rows: []moderation.Row{row, gone}, Follow: "/console?after=x", Before: "a", Next: "b", Reason: s.text, Faults: s.faults("verdict", "reason"),
		Verdicts: []moderation.Verdict{moderation.Show}, Remarks: []string{s.text},
		Open: &moderation.View{
			Row: row, Files: s.files(), Reports: []moderation.Report{{Reason: moderation.Other, Text: s.text, At: now}}, Offences: 3,
			Staff: map[string]member.Card{"member1": s.card()},
		},
	}
	return map[string][]view{
		"moderation/desk":   {v},
		"moderation/record": {&recordView{Frame: s.frame(), Hours: v.Hours, Rows: []moderation.Row{row, gone}, Follow: "/console?after=x"}},
		"moderation/hidden": {&hiddenView{
			Frame: s.frame(), Hours: v.Hours, Filter: moderation.Filter{Kind: moderation.Comment, Camp: "camp1"}, Query: "camp=camp1&kind=comment", Kinds: moderation.HiddenKinds,
			Rows: []moderation.Veiled{{Row: row, Ruling: kept.Rulings[0], By: s.card()}, {Row: gone}, {Row: moderation.Row{Subject: moderation.Subject{Standing: moderation.Rejected}}}}, Follow: "/console?after=x",
		}},
	}
}

func bareModerationPages() map[string][]view {
	return map[string][]view{
		"moderation/desk": {
			&moderationView{}, &moderationView{Filter: moderation.Filter{State: moderation.Decided}},
			&moderationView{Open: &moderation.View{Row: moderation.Row{Gone: true}, Files: []media.View{}}},
		},
		"moderation/record": {&recordView{}},
		"moderation/hidden": {&hiddenView{}},
	}
}
