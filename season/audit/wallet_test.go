package audit_test

import (
	"yingdi/season/audit"
)

// addWallet adds mia's: a commission, of which a part went back and a part was withdrawn, and a withdrawal that came to
// nothing.
func (s *season) addWallet() {
	s.Members = append(s.Members, audit.Member{ID: "mia", Person: "h-mia"})
	s.Promises.People = append(s.Promises.People, audit.Person{Name: "mia", Member: "mia"})
	s.Ledger.Names["o-mia"] = "mia"
	s.Wallets = []audit.Wallet{{ID: "o:mia", Member: "mia", Balance: 4, Entries: []audit.Entry{
		{ID: "w1:1", Kind: "commission", Amount: 12}, {ID: "w1:1:back:0", Kind: "reversal", Amount: -3}, {ID: "withdrawal:d1", Kind: "withdrawal", Amount: -5},
	}}}
	s.Withdrawals = []audit.Withdrawal{
		{ID: "d1", Wallet: "o:mia", Member: "mia", Amount: 5, State: "done"}, {ID: "d2", Wallet: "o:mia", Member: "mia", Amount: 3, State: "rejected"},
	}
	s.Withdrawn = []audit.Withdrawn{{ID: "d1", Member: "mia", Amount: 5, Ends: "done"}, {ID: "d2", Member: "mia", Amount: 3, Ends: "rejected"}}
	s.Purses = []audit.Purse{{Member: "mia", Balance: 4, Available: 4}}
	out := audit.Payout{ID: "withdrawal:d1", Member: "mia", Amount: 5, State: "paid"}
	out.Bills = append(out.Bills, struct {
		Number string `json:"number"`
	}{"d1a"})
	s.Facts.Transfers = append(s.Facts.Transfers, out)
	s.Pay.Transfers["d1a"] = audit.Transfer{Number: "d1a", Person: "o-mia", Amount: 5, State: "SUCCESS"}
	s.Notices = append(s.Notices, audit.Notice{ID: "withdrawal:d2:rejected", Member: "mia", Kind: "transfer_news", Outcome: "refused", Reason: "no_credit"})
}

func walletSpoilt() map[string]violation {
	withdrawal := func(change func(d *audit.Withdrawal, s *season)) violation {
		return violation{"withdrawals", func(s *season) { change(&s.Withdrawals[0], s) }}
	}
	wallet := func(change func(w *audit.Wallet)) violation {
		return violation{"withdrawals", func(s *season) { change(&s.Wallets[0]) }}
	}
	bank := func(change func(out *audit.Transfer)) violation {
		return violation{"withdrawals", func(s *season) {
			out := s.Pay.Transfers["d1a"]
			change(&out)
			s.Pay.Transfers["d1a"] = out
		}}
	}
	return map[string]violation{
		"a wallet with another sum":              wallet(func(w *audit.Wallet) { w.Balance = 9 }),
		"a wallet that counts twice":             wallet(func(w *audit.Wallet) { w.Entries[1].ID = "w1:1" }),
		"a wallet that was overdrawn":            wallet(func(w *audit.Wallet) { w.Entries[2].Amount, w.Balance = -14, -5 }),
		"a hold that is never released":          wallet(func(w *audit.Wallet) { w.Holds = []audit.Hold{{Withdrawal: "d2", Amount: 3}} }),
		"a withdrawal that the wallet forgot":    wallet(func(w *audit.Wallet) { w.Entries, w.Balance = w.Entries[:2], 9 }),
		"an entry of no withdrawal":              wallet(func(w *audit.Wallet) { w.Entries[2].ID = "withdrawal:x" }),
		"a wallet that is shown otherwise":       {"withdrawals", func(s *season) { s.Purses[0].Available = 9 }},
		"a withdrawal that goes on for ever":     withdrawal(func(d *audit.Withdrawal, _ *season) { d.State = "transferring" }),
		"a withdrawal of another amount":         withdrawal(func(d *audit.Withdrawal, _ *season) { d.Amount = 6 }),
		"a withdrawal that nobody asked for":     withdrawal(func(_ *audit.Withdrawal, s *season) { s.Withdrawn = s.Withdrawn[1:] }),
		"a withdrawal that is gone":              withdrawal(func(_ *audit.Withdrawal, s *season) { s.Withdrawals = s.Withdrawals[1:] }),
		"a withdrawal that ended another way":    withdrawal(func(_ *audit.Withdrawal, s *season) { s.Withdrawn[0].Ends = "cancelled" }),
		"a withdrawal that was sent and refused": withdrawal(func(d *audit.Withdrawal, _ *season) { d.State = "rejected" }),
		"a withdrawal that never arrived":        bank(func(out *audit.Transfer) { out.State = "CANCELLED" }),
		"a withdrawal off by a fen":              bank(func(out *audit.Transfer) { out.Amount++ }),
		"a withdrawal to somebody else":          bank(func(out *audit.Transfer) { out.Person = "o-fay" }),
		"a withdrawal that arrived twice": {"withdrawals", func(s *season) {
			s.Facts.Transfers[len(s.Facts.Transfers)-1].Bills = append(s.Facts.Transfers[0].Bills, s.Facts.Transfers[len(s.Facts.Transfers)-1].Bills...)
			s.Pay.Transfers[s.Facts.Transfers[0].Bills[0].Number] = s.Pay.Transfers["d1a"]
		}},
		"a rejection that nobody was told of": {"reviews-told", func(s *season) { s.inbox("withdrawal:d2:rejected").Member = "ann" }},
	}
}
