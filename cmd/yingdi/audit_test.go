package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
	"yingdi/domain/wechatpay"
	"yingdi/storage"
	"yingdi/storage/sqlite"
)

// traded is a site on which money has gone every way: kept, given back in part, an orphan, a payout, and a day's bill with a
// line that belongs to nobody; with a wallet of which one withdrawal is on its way and another waits.
func traded(t *testing.T) *site {
	t.Helper()
	s, settle := market(t)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	token, _, _ := s.signIn(t, "小满")
	id := s.bought(t, token, settle)
	if _, err := s.services.Orders.GiveBack(s.as(t, s.vars["owner"]), id, order.Grant{Key: "k1", Amount: 50_00, Reason: "补偿"}); err != nil {
		t.Fatal(err)
	}
	late, _, _ := s.signIn(t, "阿宁")
	s.bought(t, late, settle)
	ask := transfer.Ask{ID: "payout-1", Organiser: "o1", Member: s.member(t, "小周"), Kind: transfer.Payout, Ref: "pool-1", Amount: 5_00, Title: "奖学金", Reason: "坚持打卡"}
	if _, err := s.services.Transfers.Ask(system, ask); err != nil {
		t.Fatal(err)
	}
	learner := s.member(t, "小满")
	s.earned(t, "o1", learner, "commission-1", 900_00)
	for _, amount := range []domain.Fen{50_00, 300_00} { // one is sent at once, the other waits for staff
		if _, err := s.services.Wallets.Withdraw(s.as(t, learner), "o1", amount); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	s.deliver(t)
	settle()
	if _, err := s.merchant.Prepay(system, wechatpay.Prepay{Number: "ghost-1", Description: "名额", OpenID: "o-ghost", Amount: 7_00, ExpiresAt: s.clock.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	s.pay.Pay("ghost-1")
	s.clock.Set(time.Date(2026, 3, 2, 2, 1, 0, 0, time.UTC))
	if err := s.services.Bills.Work(system); err != nil {
		t.Fatal(err)
	}
	settle()
	return s
}

// member is the id of whoever signs in by the name.
func (s *site) member(t *testing.T, name string) string {
	t.Helper()
	_, id := s.person(t, name)
	return id
}

func (s *site) audit(t *testing.T) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := auditData(t.Context(), s.config, "", &out)
	return out.String(), err
}

func TestTheAuditOfAWholeWorldHoldsToTheFen(t *testing.T) {
	t.Parallel()
	s := traded(t)
	said, err := s.audit(t) // while the server runs
	if err != nil || !strings.Contains(said, "¥398.00 paid = ¥50.00 refunded + ¥0.00 on its way back + ¥348.00 held") {
		t.Errorf("%s %v", said, err)
	}
	backup := filepath.Join(t.TempDir(), "copy.db")
	if err := sqlite.Backup(t.Context(), filepath.Join(s.config.Data, documentsFile), backup); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := auditData(t.Context(), s.config, backup, &out); err != nil || out.String() != said {
		t.Errorf("of a backup: %s %v", out.String(), err)
	}
}

// Whatever amount of whatever document is altered, in the database itself, the audit names the document.
func TestNoAmountOfAWholeWorldCanBeAlteredUnnoticed(t *testing.T) {
	t.Parallel()
	s := traded(t)
	if n := s.everyAmount(t, "order", "transfer", "bill", "bill_case", "wallet", "withdrawal"); n < 70 {
		t.Errorf("only %d alterations", n)
	}
}

// money is where the documents with money in them are.
func (s *site) money() storage.Money {
	v := s.services
	return storage.Money{
		Orders: v.Orders.Store.(storage.Orders), Transfers: v.Transfers.Store.(storage.Transfers), Days: v.Bills.Days.(storage.BillDays), Cases: v.Bills.Cases.(storage.BillCases),
		Pools: storage.PoolStores{
			Members: v.Pools.People.(storage.PoolMembers), Settlements: v.Pools.Settlements.(*storage.Collection[pool.Settlement]), Sheets: v.Pools.Sheets.(storage.PoolSheets),
		},
		Wallets: v.Wallets.Store.(storage.Wallets), WalletPages: v.Wallets.Pages.(storage.WalletPages), Withdrawals: v.Wallets.Withdrawals.(storage.Withdrawals),
		Groups: v.Groupbuys.Store.(storage.Groupbuys), Assists: v.Assists.Store.(storage.Assists), Commissions: v.Referrals.Store.(storage.Commissions),
	}
}

// everyAmount alters each amount of each document of the collections, one after the other, and wants the audit to name the
// document, be it in what it says of another one, or the settlement whose sheet it is. It returns how many there were.
func (s *site) everyAmount(t *testing.T, collections ...string) (altered int) {
	t.Helper()
	ctx, at := t.Context(), s.money()
	for _, collection := range collections {
		for _, id := range s.idsOf(t, at, collection) {
			record, err := s.db.Engine.Get(ctx, collection, id)
			if err != nil {
				t.Fatal(err)
			}
			var tree any
			if err := json.Unmarshal(record.Body, &tree); err != nil {
				t.Fatal(err)
			}
			owner, _, _ := strings.Cut(id, ":")
			alter(tree, "", func(where string) {
				raw, _ := json.Marshal(tree)
				s.put(t, collection, id, raw)
				report, err := ledger.Audit(ctx, at.Facts(ctx))
				named := false
				for _, f := range report.Faults {
					named = named || f.ID == id && f.Collection == collection || strings.Contains(f.What, id) || collection == "pool_sheet" && f.ID == owner
				}
				if altered++; !errors.Is(err, ledger.ErrBroken) || !named {
					t.Errorf("%s of %s %s was altered: %v %+v", where, collection, id, err, report.Faults)
				}
			})
			s.put(t, collection, id, record.Body)
		}
	}
	if report, err := ledger.Audit(ctx, at.Facts(ctx)); err != nil {
		t.Errorf("nothing is altered any more: %v %+v", err, report.Faults)
	}
	return altered
}

func (s *site) idsOf(t *testing.T, at storage.Money, collection string) []string {
	t.Helper()
	list := map[string]func() []string{
		"order":           func() []string { return named(t, at.Orders.Everything(t.Context())) },
		"transfer":        func() []string { return named(t, at.Transfers.Everything(t.Context())) },
		"bill":            func() []string { return named(t, at.Days.Everything(t.Context())) },
		"bill_case":       func() []string { return named(t, at.Cases.Everything(t.Context())) },
		"wallet":          func() []string { return named(t, at.Wallets.Everything(t.Context())) },
		"withdrawal":      func() []string { return named(t, at.Withdrawals.Everything(t.Context())) },
		"pool_member":     func() []string { return named(t, at.Pools.Members.Everything(t.Context())) },
		"pool_settlement": func() []string { return named(t, at.Pools.Settlements.Everything(t.Context())) },
		"pool_sheet":      func() []string { return named(t, at.Pools.Sheets.Everything(t.Context())) },
	}[collection]()
	if len(list) == 0 {
		t.Fatalf("nothing is in %s", collection)
	}
	return list
}

func named[T any, P interface {
	*T
	Head() *domain.Doc
}](t *testing.T, all iter.Seq2[T, error]) (ids []string) {
	t.Helper()
	for doc, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, P(&doc).Head().ID)
	}
	return ids
}

// put writes a document's body as it is, behind everybody's back.
func (s *site) put(t *testing.T, collection, id string, body []byte) {
	t.Helper()
	if err := s.db.Engine.Update(t.Context(), collection, id, func(r storage.Record) (storage.Record, error) {
		r.Body, r.Rev = body, r.Rev+1
		if collection == "withdrawal" { // the engine takes a record's fields as they come
			var d wallet.Withdrawal
			err := json.Unmarshal(body, &d)
			r.Fields = map[string]any{"wallet": d.Wallet, "organiser": d.Organiser, "member": d.Member, "at": d.At.UnixMicro()}
			return r, err
		}
		return r, nil
	}); err != nil {
		t.Fatal(err)
	}
}

var amountKeys = map[string]bool{
	"amount": true, "part": true, "in": true, "out": true, "asked": true, "back": true, "arrived": true, "paid": true, "refunded": true,
	"balance": true, "pool": true, "forfeited": true, "fee": true, "shared": true, "own": true, "gain": true, "fee_percent": true,
}

func alter(tree any, at string, altered func(where string)) {
	switch node := tree.(type) {
	case map[string]any:
		for key, value := range node {
			if n, ok := value.(float64); ok && amountKeys[key] {
				for _, by := range []float64{1, -1} {
					node[key] = n + by
					altered(fmt.Sprintf("%s.%s (%v by %v)", at, key, n, by))
				}
				node[key] = n
			}
			if key != "today" { // a wallet's limit of the day is no money
				alter(value, at+"."+key, altered)
			}
		}
	case []any:
		for i, value := range node {
			alter(value, fmt.Sprint(at, ".", i), altered)
		}
	}
}
