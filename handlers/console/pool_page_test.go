package console

import (
	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/order"
	"yingdi/domain/pool"
)

// poolPages are the pages of a scholarship pool, full of the sample's text.
func (s sample) poolPages() map[string][]view {
	frame := s.campFrame()
	frame.MayMoney, frame.MayEdit = true, true
	r := pool.Report{
		View: pool.View{
			Pool: pool.Pool{
				Doc: domain.Doc{ID: "c"}, State: pool.Closing, Rules: pool.Rules{Version: 2, Days: 3, Of: 5, ChangedAt: now}, Dates: pool.Dates{LockAt: now, AppealBy: now, DecideBy: now},
				Log: []pool.Act{{Kind: pool.ActOpen, By: s.text, At: now, Note: s.text}, {Kind: pool.ActLock, At: now}},
			},
			Camp: frame.Camp, Plan: pool.Plan{Days: 5, Homework: 1},
		},
		Groups: map[pool.MemberState]pool.Group{pool.In: {Members: 3, Parts: 300_00}},
	}
	listed := pool.Member{
		Doc: domain.Doc{ID: "c:m"}, Member: "m", Order: "o", Part: 100_00, Rules: 1, State: pool.Qualified, Line: &pool.Line{},
		Own: pool.Leg{Amount: 100_00, State: pool.LegPaid}, Gain: pool.Leg{Amount: 1, State: pool.LegFailed, Note: s.text},
	}
	open := pool.Member{Member: "m", State: pool.In, Part: 100_00, Appeals: []pool.Appeal{{Day: "2026-03-01", Text: s.text, State: pool.AppealOpen}}}
	barred := pool.Member{Member: "m", State: pool.Disqualified, Bar: &pool.Bar{Reason: s.text}}
	settled := r
	settled.Pool.State = pool.Computed
	settled.Settlement = pool.Settlement{Doc: domain.Doc{ID: "c"}, Hash: s.text, Sums: pool.Sums{Members: 3, Pool: 300_00, Own: 300_00}, Signatures: []pool.Signature{{By: s.text, At: now}}}
	rows := []pool.Row{
		{Day: "2026-03-01", State: pool.RowMissed, Why: s.text, Appeal: &open.Appeals[0]},
		{Day: "2026-03-02", State: pool.RowDone, Counts: true, Why: s.text, Appeal: &pool.Appeal{State: pool.AppealGranted, Answer: s.text, Default: true}},
	}
	form := rulesForm{s.text, s.text, s.text, s.text, s.text, s.text, s.text, s.text, s.text, ""}
	shown := func(r pool.Report) *poolView {
		return &poolView{
			campFrame: frame, Report: r, Form: form, Faults: s.faults("days", "fee_fen"), Dirty: true, On: true, MaySet: true, MayRules: true, Preview: []string{s.text},
			Examples: []string{s.text}, Steps: poolSteps(r, frame.Hours), Numbers: poolNumbers(r), Charts: poolCharts(r), Names: map[string]string{s.text: s.text},
			Missing: &pool.Missing{Checkins: []checkin.Checkin{{Doc: domain.Doc{ID: "c:m:t"}, Day: "2026-03-01", Homework: true}}, Appeals: []pool.Member{open}, Orders: []order.Order{{}}, More: true},
			Stuck:   []memberRow{{listed, s.card()}},
		}
	}
	member := func(m pool.Member) *poolMemberView {
		return &poolMemberView{campFrame: frame, Card: s.card(), MayJudge: true, Evidence: pool.Evidenced{Member: m, Camp: frame.Camp, Rows: rows, Sum: s.text, Verdict: pool.Verdict{Done: 2, Needed: 3, MadeUp: 1}}}
	}
	return map[string][]view{
		"pool/show":   {shown(r), shown(settled)},
		"pool/list":   {&poolMembersView{campFrame: frame, Members: []memberRow{{listed, s.card()}, {open, s.card()}}, State: pool.In, States: pool.MemberStates, Follow: "/console?after=x"}},
		"pool/member": {member(listed), member(open), member(barred)},
	}
}

func barePoolPages(empty campFrame) map[string][]view {
	return map[string][]view{
		"pool/show": {&poolView{campFrame: empty}}, "pool/list": {&poolMembersView{campFrame: empty}}, "pool/member": {&poolMemberView{campFrame: empty}},
	}
}
