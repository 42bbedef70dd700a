package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/bill"
	"yingdi/domain/groupbuy"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/referral"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
	"yingdi/storage"
)

func (s *suite) money(t *testing.T) (m storage.Money) {
	t.Helper()
	db, errs := s.db(t), make([]error, 8)
	var groups storage.GroupbuyStores
	var assists storage.AssistStores
	var referrals storage.ReferralStores
	m.Orders, errs[0] = storage.NewOrders(t.Context(), db)
	m.Transfers, errs[1] = storage.NewTransfers(t.Context(), db)
	m.Days, m.Cases, errs[2] = storage.NewBills(t.Context(), db)
	m.Pools, errs[3] = storage.NewPools(t.Context(), db)
	m.Wallets, m.WalletPages, m.Withdrawals, errs[4] = storage.NewWallets(t.Context(), db)
	groups, errs[5] = storage.NewGroupbuys(t.Context(), db)
	assists, errs[6] = storage.NewAssists(t.Context(), db)
	referrals, errs[7] = storage.NewReferrals(t.Context(), db)
	must(t, errors.Join(errs...))
	m.Groups, m.Assists, m.Commissions = groups.Groups, assists.Assists, referrals.Commissions
	return m
}

// ledgerTests run what the audit asks for.
var ledgerTests = tests{
	"the audit reads every document with money in it, and what it is held against": func(s *suite, t *testing.T) {
		m, ctx := s.money(t), t.Context()
		for i := range domain.MaxPage + 1 { // more than a page
			must(t, m.Orders.Insert(ctx, order.Order{Doc: doc(fmt.Sprintf("o%03d", i)), Camp: "c1", Organiser: "g1", Member: fmt.Sprint("m", i), State: order.Cancelled, CreatedAt: noon}))
		}
		report, err := ledger.Audit(ctx, m.Facts(ctx))
		if err != nil || report.Documents != domain.MaxPage+1 {
			t.Fatalf("of orders that nobody paid: %+v %v", report, err)
		}
		line := pool.Line{Fact: pool.Fact{Member: "m0", Order: "o000", Part: 1}}
		gain := pool.Leg{Amount: 20, State: pool.LegPaid}
		sent := wallet.Withdrawal{Doc: doc("d"), Wallet: "w", Organiser: "g1", Member: "m0", Amount: 10, State: wallet.Transferring, Story: []wallet.Change{{To: wallet.Transferring}}}
		must(t, errors.Join( // each is not as it should be
			m.Orders.Insert(ctx, order.Order{Doc: doc("odd"), Camp: "c1", Organiser: "g1", State: order.Paid, Tally: &order.Tally{In: 5}}),
			m.Transfers.Insert(ctx, transfer.Transfer{Doc: doc("pool:c1:m0:1"), Code: "x", State: transfer.Paid, Amount: 20}),
			m.Days.Insert(ctx, bill.Day{Doc: doc("2026-05-03"), State: bill.Matched, Tally: bill.Tally{Paid: 5}}),
			m.Cases.Insert(ctx, bill.Case{Doc: doc("case"), Amount: 5, Said: &bill.Said{Amount: 6}}),
			m.Pools.Members.Insert(ctx, pool.Member{Doc: doc("c1:m0"), Camp: "c1", Member: "m0", Order: "o000", Part: 1, State: pool.Qualified, Line: &line, Gain: gain}),
			m.Pools.Settlements.Insert(ctx, pool.Settlement{Doc: doc("c1"), Camp: "c1", Run: "r", Sheets: 1}),
			m.Pools.Sheets.Insert(ctx, pool.Sheet{Doc: doc(pool.SheetID("c1", "r", 0)), Camp: "c1", Lines: []pool.Line{line}}),
			m.Wallets.Insert(ctx, wallet.Wallet{Doc: doc("w"), Organiser: "g1", Member: "m0"}), // which does not hold what is withdrawn
			m.WalletPages.Insert(ctx, wallet.Page{Doc: doc("w:1"), Wallet: "w"}),
			m.Withdrawals.Insert(ctx, sent),
			m.Groups.Insert(ctx, groupbuy.Group{Doc: doc("g"), Camp: "c1", Seats: []groupbuy.Seat{{Order: "o000", Member: "m0"}}}),
			m.Assists.Insert(ctx, assist.Assist{Doc: doc("a"), Camp: "c1", Member: "m0", Order: "o000"}),
			m.Commissions.Insert(ctx, referral.Commission{Doc: doc("k"), Order: "o000", Amount: 5}),
		))
		report, err = ledger.Audit(ctx, m.Facts(ctx))
		refusedWith(t, err, ledger.ErrBroken)
		var found []string
		for _, f := range report.Faults {
			found = append(found, f.Collection+" "+f.ID)
		}
		slices.Sort(found)
		same(t, slices.Compact(found), []string{
			"assist a", "bill 2026-05-03", "bill_case case", "commission k", "groupbuy g", "order odd", "pool_member c1:m0", "pool_settlement c1",
			"transfer pool:c1:m0:1", "wallet w", "wallet_page w:1", "withdrawal d",
		})
	},
}
