package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/transfer"
	"yingdi/domain/wechatpay"
	"yingdi/storage"
	"yingdi/storage/sqlite"
)

// traded is a site on which money has gone every way: kept, given back in part, an orphan, a payout, and a day's bill with a
// line that belongs to nobody.
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
	if err := sqlite.Backup(t.Context(), filepath.Join(s.config.Data, "yingdi.db"), backup); err != nil {
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
	ctx := t.Context()
	at := stores{orders: s.services.Orders.Store.(storage.Orders), transfers: s.services.Transfers.Store.(storage.Transfers),
		billDays: s.services.Bills.Days.(storage.BillDays), billCases: s.services.Bills.Cases.(storage.BillCases),
		pools:   storage.PoolStores{Members: s.services.Pools.People.(storage.PoolMembers), Settlements: s.services.Pools.Settlements.(*storage.Collection[pool.Settlement])},
		wallets: s.services.Wallets.Store.(storage.Wallets), walletPages: s.services.Wallets.Pages.(storage.WalletPages),
		referrals: storage.ReferralStores{Commissions: s.services.Referrals.Store.(storage.Commissions)}}
	altered := 0
	for _, collection := range []string{"order", "transfer", "bill", "bill_case"} {
		for _, id := range s.idsOf(t, at, collection) {
			record, err := s.db.Engine.Get(ctx, collection, id)
			if err != nil {
				t.Fatal(err)
			}
			var tree any
			if err := json.Unmarshal(record.Body, &tree); err != nil {
				t.Fatal(err)
			}
			alter(tree, "", func(where string) {
				raw, _ := json.Marshal(tree)
				s.put(t, collection, id, raw)
				report, err := ledger.Audit(ctx, moneyOf(ctx, at))
				named := false
				for _, f := range report.Faults {
					named = named || f.ID == id && f.Collection == collection
				}
				if altered++; !errors.Is(err, ledger.ErrBroken) || !named {
					t.Errorf("%s of %s %s was altered: %v %+v", where, collection, id, err, report.Faults)
				}
			})
			s.put(t, collection, id, record.Body)
		}
	}
	if _, err := ledger.Audit(ctx, moneyOf(ctx, at)); err != nil || altered < 60 {
		t.Errorf("%v after %d alterations", err, altered)
	}
}

func (s *site) idsOf(t *testing.T, at stores, collection string) (ids []string) {
	t.Helper()
	note := func(id string, err error) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	switch collection {
	case "order":
		for d, err := range at.orders.Everything(t.Context()) {
			note(d.ID, err)
		}
	case "transfer":
		for d, err := range at.transfers.Everything(t.Context()) {
			note(d.ID, err)
		}
	case "bill":
		for d, err := range at.billDays.Everything(t.Context()) {
			note(d.ID, err)
		}
	case "bill_case":
		for d, err := range at.billCases.Everything(t.Context()) {
			note(d.ID, err)
		}
	}
	if len(ids) == 0 {
		t.Fatalf("nothing is in %s", collection)
	}
	return ids
}

// put writes a document's body as it is, behind everybody's back.
func (s *site) put(t *testing.T, collection, id string, body []byte) {
	t.Helper()
	if err := s.db.Engine.Update(t.Context(), collection, id, func(r storage.Record) (storage.Record, error) {
		r.Body, r.Rev = body, r.Rev+1
		return r, nil
	}); err != nil {
		t.Fatal(err)
	}
}

var amountKeys = map[string]bool{
	"amount": true, "part": true, "in": true, "out": true, "asked": true, "back": true, "arrived": true, "paid": true, "refunded": true,
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
			alter(value, at+"."+key, altered)
		}
	case []any:
		for i, value := range node {
			alter(value, fmt.Sprint(at, ".", i), altered)
		}
	}
}
