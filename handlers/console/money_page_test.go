package console

import (
	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/ledger"
	"yingdi/domain/member"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/referral"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

// moneyPages are the pages of prices and orders, full of the sample's text.
func (s sample) moneyPages() map[string][]view {
	o := order.Order{
		Promise: order.Promise{Title: s.text, Lines: []order.Line{{Kind: order.LinePrice, Text: s.text, Amount: 199_00}}, Skipped: []order.Skipped{{Kind: order.LineCoupon, Why: s.text}}, Part: 100_00, Rules: 1, LockAt: now},
		Amount:  199_00, State: order.Refunding, CreatedAt: now, PayBy: now, FulfilledAt: now,
		Attempts: []order.Attempt{{Number: s.text, State: order.Succeeded, Amount: 199_00, Transaction: s.text, PaidAt: now}, {State: order.Orphan}},
		Refunds:  []order.Refund{{Number: s.text, Reason: s.text, Amount: 1, State: order.RefundAbnormally, Ends: true, DoneAt: now}},
		Trouble:  []order.Trouble{{Kind: order.RefundAbnormal, Number: s.text, Note: s.text, At: now}, {Note: s.text, DoneAt: now, Outcome: s.text}},
	}
	sums := ledger.Sums{Orders: 1, In: 199_00, Back: 50_00, Underway: 1, Part: 100_00}
	frame := s.campFrame()
	frame.MayMoney = true
	d := wallet.Withdrawal{
		Doc: domain.Doc{ID: "w1"}, Member: s.text, Amount: 60_00, State: wallet.Applied, At: now,
		Story: []wallet.Change{{To: wallet.Applied, At: now, By: s.text}, {To: wallet.Approved, At: now}, {To: wallet.Rejected, At: now, By: "gone", Reason: s.text}},
	}
	stuck := d
	stuck.State = wallet.Failed
	people := map[string]member.Card{s.text: s.card()}
	earned := referral.Commission{Doc: domain.Doc{ID: "n1:1"}, Rate: 1000, Base: 199_00, Amount: 19_90, Stage: referral.Withdrawn, Until: now, ReleasedAt: now, WithdrawnAt: now, Backs: []referral.Back{{Amount: 1, Cause: referral.ByStaff, At: now, Reason: s.text}}}
	shares := []referral.Share{{Share: order.Share{Level: 1, Rate: 1000}, Who: s.card(), Commission: earned}, {Share: order.Share{Level: 2, Rate: 500}, Who: s.card()}}
	sent := &transfer.Transfer{
		State: transfer.Failed, Bills: []transfer.Bill{{Number: s.text, Bill: s.text, Reason: s.text, EndedAt: now}, {ClosesAt: now}, {}},
		Trouble: []transfer.Trouble{{Note: s.text, At: now}, {Note: s.text, At: now, DoneAt: now, Outcome: s.text}},
	}
	shown := withdrawalView{
		Frame: s.frame(), Hours: frame.Hours, Withdrawal: d, Learner: s.card(), Wallet: wallet.Wallet{Balance: 60_00}, Staff: people, MayDecide: true, Reason: s.text, Faults: s.faults("reason"),
		Entries: []wallet.Entry{{Kind: wallet.Reversal, Amount: -5, At: now, Title: s.text}},
	}
	failed, own := shown, shown
	failed.Withdrawal, failed.Transfer, own.MayDecide = stuck, sent, false
	return map[string][]view{
		"wallet/wallets":     {&walletsView{Frame: s.frame(), Hours: frame.Hours, List: []walletRow{{wallet.Wallet{Balance: -5, Holds: []wallet.Hold{{Amount: 5}}}, s.card()}, {}}, Follow: "/console?after=x"}},
		"wallet/withdrawals": {&withdrawalsView{Frame: s.frame(), Hours: frame.Hours, List: []withdrawalRow{{d, s.card()}, {Withdrawal: d}}, State: wallet.Applied, States: wallet.States, Rules: wallet.Rules{ApproveAbove: 1}, Follow: "/console?after=x"}},
		"wallet/withdrawal":  {&shown, &failed, &own},
		"product/price": {&priceView{
			campFrame: frame, Version: 2, Saved: product.Product{Version: 2, ChangedAt: now}, Kinds: []product.Kind{product.Paid}, Faults: s.faults("offers[0].price", "policy"),
			Rows:  priceRows{[]priceRow{{Kind: "paid", Name: s.text, Price: s.text, Windows: []windowRow{{s.text, s.text}, {}}, Part: s.text, Off: "yes"}}, []policyRow{{s.text, s.text}}},
			Dirty: true, MaySet: true, Sells: true, MostWindows: 5, ClosedOn: []domain.Platform{domain.IOS},
		}},
		"order/organiser":  {&houseOrdersView{Frame: s.frame(), Hours: frame.Hours, Organiser: "o1", Orders: []orderRow{{o, s.card()}}, State: order.Paid, States: order.States, Follow: "/console?after=x"}},
		"ledger/camp":      {&ledgerView{campFrame: frame, Numbers: sumNumbers(sums), Charts: sumCharts([]ledger.CampSums{{Title: s.text, Sums: sums}}), Orders: []orderRow{{o, s.card()}}, Flows: order.Flows, Flow: order.FlowBack, Follow: "/console?after=x"}},
		"ledger/organiser": {&houseLedgerView{Frame: s.frame(), Organiser: "o1", Camps: []ledger.CampSums{{Camp: "c1", Title: s.text, Sums: sums}}, Numbers: sumNumbers(sums), Charts: sumCharts([]ledger.CampSums{{Title: s.text, Sums: sums}})}},
		"ledger/desk": {&moneyView{
			Frame: s.frame(), Hours: frame.Hours, Only: ledger.Troubled, Titles: map[string]string{"c1": s.text}, People: map[string]member.Card{"m": s.card()},
			Sections: []moneySection{{Section: ledger.Section{Source: ledger.Stuck, Matters: []ledger.Matter{{Source: ledger.Stuck, ID: s.text, House: "o1", Camp: s.text, Campaign: "k1", Member: s.text, Number: s.text, Since: now, Again: true, Story: []bill.Chapter{{At: now, Text: s.text}}}}}}, {Section: ledger.Section{Source: ledger.Troubled, Next: "x", Matters: []ledger.Matter{{
				Source: ledger.Troubled, ID: "o1", Number: s.text, Camp: "c1", Order: "o1", Member: "m", Amount: 1, Since: now, Again: true, Note: true, Unclear: true,
				Story: []bill.Chapter{{At: now, By: "m", Text: s.text}},
			}}}, Follow: "/console/money?after=x"}},
			Days: []bill.Day{{State: bill.Matched}},
		}},
		"order/list": {&ordersView{campFrame: frame, Orders: []orderRow{{o, s.card()}}, State: order.Paid, States: order.States, Follow: "/console?after=x"}},
		"order/show": {&orderView{campFrame: frame, Order: o, Learner: s.card(), Left: 1, Shares: shares, Form: grantForm{s.text, s.text, "yes", s.text}, Faults: s.faults("amount", "reason")}},
	}
}

func bareMoneyPages(empty campFrame) map[string][]view {
	return map[string][]view{
		"wallet/wallets": {&walletsView{Hours: empty.Hours}}, "wallet/withdrawals": {&withdrawalsView{Hours: empty.Hours}}, "wallet/withdrawal": {&withdrawalView{Hours: empty.Hours}},
		"product/price": {&priceView{campFrame: empty}}, "order/list": {&ordersView{campFrame: empty}}, "order/organiser": {&houseOrdersView{}}, "ledger/camp": {&ledgerView{campFrame: empty}}, "ledger/organiser": {&houseLedgerView{}}, "ledger/desk": {&moneyView{}}, "order/show": {&orderView{campFrame: empty}},
	}
}
