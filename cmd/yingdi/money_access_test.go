package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/transfer"
	"yingdi/handlers/web"
)

// The owner of another organiser, who may do everything in their own, gets nothing and moves nothing of somebody else's
// money, whether they name the other's house or camp, or their own with the ids of the other's documents.
func TestNobodyReachesAnotherOrganisersMoney(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	token, _, learner := s.signIn(t, "小满")
	s.vars["order"], s.vars["house"] = s.bought(t, token, settle), s.house(t)
	owner := s.as(t, s.vars["owner"])
	o, err := s.services.Orders.GiveBack(owner, s.vars["order"], order.Grant{Key: "k1", Amount: 50_00, Reason: "补偿"})
	if err != nil {
		t.Fatal(err)
	}
	number := o.Refunds[0].Number
	if _, err := s.services.Orders.Store.Update(t.Context(), o.ID, func(o *order.Order) error {
		return o.Refused(number, "付款账户已注销", s.clock.Now())
	}); err != nil {
		t.Fatal(err)
	}
	s.earned(t, s.vars["house"], learner, "commission-1", 900_00)
	wish, err := s.services.Wallets.Withdraw(s.as(t, learner), s.vars["house"], 300_00) // waits for staff
	if err != nil {
		t.Fatal(err)
	}
	s.vars["wish"], s.vars["learner"] = wish.ID, learner
	ask := transfer.Ask{ID: "gain-1", Organiser: s.vars["house"], Member: learner, Kind: transfer.Payout, Ref: "pool-1", Amount: 5_00, Title: "奖学金", Reason: "坚持打卡"}
	if _, err := s.services.Transfers.Ask(domain.WithActor(t.Context(), domain.SystemActor), ask); err != nil {
		t.Fatal(err)
	}
	settle()
	s.vars["prize"], s.vars["stake"] = s.prize(t, s.vars["owner"], 5)
	_, s.vars["staked"] = s.staked(t, "安安")
	_, _, s.vars["in"] = s.signIn(t, "安安")
	settle()
	_, rival := s.person(t, "rival")
	s.vars["theirs"], _ = s.shop(t, rival, 1)
	their, err := s.services.Camps.Get(t.Context(), s.vars["theirs"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["home"] = their.Organiser
	before, v := s.revisions(t), s.staff(t, rival)
	try := func(method, path string, form url.Values) {
		t.Helper()
		form.Set(web.CSRFField, v.token)
		r := httptest.NewRequest(method, v.fill(t, path), strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if w := v.send(t, r); w.Code != http.StatusForbidden && w.Code != http.StatusNotFound {
			t.Errorf("%s %s %v: %d", method, path, form, w.Code)
		}
	}
	for _, path := range []string{
		"/camps/{shop}/ledger", "/organisers/{house}/ledger", "/organisers/{house}/orders", "/organisers/{house}/wallets", "/organisers/{house}/withdrawals",
		"/organisers/{house}/withdrawals/{wish}", "/organisers/{home}/withdrawals/{wish}", "/camps/{shop}/orders", "/camps/{shop}/orders/{order}", "/camps/{theirs}/orders/{order}",
		"/camps/{shop}/price", "/camps/{prize}/pool", "/camps/{prize}/pool/file", "/camps/{prize}/pool/members", "/camps/{prize}/pool/members/{in}", "/camps/{theirs}/pool/members/{in}",
		"/camps/{shop}/exports",
	} {
		try(http.MethodGet, "/console"+path, url.Values{})
	}
	for _, camp := range []string{"{shop}", "{theirs}"} {
		try(http.MethodPost, "/console/camps/"+camp+"/orders/{order}/refund", values("key", "mine", "amount", "1", "reason", "补偿"))
		try(http.MethodPost, "/console/camps/"+camp+"/orders/{order}/again", values("number", number))
		try(http.MethodPost, "/console/camps/"+camp+"/orders/{order}/dismiss", values("at", "0", "outcome", "线下转账"))
	}
	for _, house := range []string{"{house}", "{home}"} {
		for _, act := range []string{"approve", "reject", "cancel", "again"} {
			try(http.MethodPost, "/console/organisers/"+house+"/withdrawals/{wish}/"+act, values("reason", "不给"))
		}
	}
	for act, form := range map[string]url.Values{
		"": values("version", "1", "do", "save", "days", "1", "appeal", "1", "decide", "1"), "/open": {}, "/compute": {}, "/sign": {}, "/cancel": values("reason", "不办了"),
		"/members/{in}/appeal": values("day", "2026-03-08", "grant", "yes", "answer", "计入"), "/members/{in}/bar": values("off", "yes", "reason", "代打卡"), "/members/{in}/pay": {},
	} {
		try(http.MethodPost, "/console/camps/{prize}/pool"+act, form)
	}
	try(http.MethodPost, "/console/camps/{shop}/price", values("version", "1", "do", "save"))
	try(http.MethodPost, "/console/camps/{shop}/exports", values("kind", "money"))
	for source, id := range map[ledger.Source]string{
		ledger.Troubled: o.ID, ledger.Late: o.ID, ledger.Payout: ask.ID, ledger.Asked: wish.ID, ledger.Helpless: s.vars["prize"] + ":" + s.vars["in"], ledger.Died: "job",
	} {
		for _, do := range []string{"again", "note", "paid", "unpaid"} {
			if do != "again" && (source == ledger.Late || source == ledger.Asked || source == ledger.Died) || source != ledger.Payout && strings.HasSuffix(do, "paid") {
				continue // there is no such button
			}
			try(http.MethodPost, "/console/money", values("source", string(source), "id", id, "number", number, "at", "0", "do", do, "outcome", "线下转账"))
		}
	}
	v.see(t, "/console/money", http.StatusOK, "没有需要处理的钱") // of their own
	for doc, rev := range s.revisions(t) {
		if before[doc] != rev {
			t.Errorf("%s was changed", doc)
		}
	}
}

// revisions of the documents with somebody's money in them.
func (s *site) revisions(t *testing.T) map[string]int64 {
	t.Helper()
	revs := map[string]int64{}
	for collection, id := range map[string]string{
		"order": s.vars["order"], "withdrawal": s.vars["wish"], "wallet": domain.Key(s.vars["house"], s.vars["learner"]), "transfer": "gain-1", "pool": s.vars["prize"],
		"pool_member": domain.Key(s.vars["prize"], s.vars["in"]), "product": s.vars["shop"],
	} {
		record, err := s.db.Engine.Get(t.Context(), collection, id)
		if err != nil {
			t.Fatalf("%s %s: %v", collection, id, err)
		}
		revs[collection] = record.Rev
	}
	return revs
}
