package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/channel"
	"yingdi/domain/order"
)

// stall is a shop with a channel that leads to it.
func stall(t *testing.T) (s *site, settle func(), house string) {
	t.Helper()
	s, settle = market(t)
	in, err := s.services.Camps.Get(t.Context(), s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["fair"] = s.channel(t, in.Organiser, "fair", channel.Form{Name: "书展", Tag: "书展来的", Welcome: "你好，欢迎来到晨光", Camp: s.vars["shop"]})
	return s, settle, in.Organiser
}

// channel makes one and returns the scene of its own code.
func (s *site) channel(t *testing.T, organiser, id string, f channel.Form) (scene string) {
	t.Helper()
	owner := s.as(t, s.vars["owner"])
	if _, err := s.services.Channels.Save(owner, organiser, id, 0, f); err != nil {
		t.Fatal(err)
	}
	found, code, err := s.services.Channels.CodeFor(owner, id, "")
	if err != nil || len(code) == 0 {
		t.Fatalf("%d bytes of a code, %v", len(code), err)
	}
	return found.ID
}

// report counts the channels that are due, and returns the report on the last thirty days.
func (s *site) report(t *testing.T, house string, settle func(), first bool) map[string]channel.Row {
	t.Helper()
	settle()
	s.clock.Set(s.clock.Now().Add(time.Minute))
	if err := s.services.Channels.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := s.services.Channels.List(s.as(t, s.vars["owner"]), house, channel.Range{First: first}, domain.Page{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]channel.Row{}
	for _, row := range r.Rows {
		rows[row.Channel.ID] = row
	}
	return rows
}

// buys orders a seat of the shop and pays for it.
func (s *site) buys(t *testing.T, settle func(), token string) (id string) {
	t.Helper()
	s.tell(t, token, []step{
		{name: "order", request: "POST /camps/{shop}/orders", body: `{"offer":"{seat}","amount":19900}`, status: 201, keep: map[string]string{"order": "id"}},
		{name: "pay", request: "POST /orders/{order}/pay", status: 200},
	})
	if why := s.pay.Pay(order.Number(s.vars["order"], 1)); why != "" {
		t.Fatal(why)
	}
	s.deliver(t)
	settle()
	return s.vars["order"]
}

func TestAChannelIsFollowedFromItsCodeToTheIncome(t *testing.T) {
	t.Parallel()
	s, settle, house := stall(t)
	owner := s.as(t, s.vars["owner"])
	s.page(t, s.vars["fair"], http.StatusOK)
	s.page(t, s.vars["fair"], http.StatusOK) // the same visitor, on the same day
	w := s.do(t, "POST /api/v1/sessions", "", fmt.Sprintf(`{"code":%q,"scene":%q}`, s.wechat.LoginCode("小满"), s.vars["fair"]))
	if w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	settle()
	token, _, me := s.signIn(t, "小满")
	s.tell(t, token, []step{
		{name: "welcome", request: "GET /notices", status: 200, want: `{"items":[{"kind":"welcome","title":"欢迎你","body":"你好，欢迎来到晨光"}]}`},
		{name: "again", request: "POST /scenes/{fair}/visits", status: 200, want: `{"kind":"camp","camp":"{shop}"}`},
	})
	s.buys(t, settle, token)
	if _, err := s.services.Channels.Spend(owner, "fair", channel.SpendForm{Key: "k1", Day: "2026-03-01", Amount: 100_00, Note: "展位"}); err != nil {
		t.Fatal(err)
	}
	row := s.report(t, house, settle, false)["fair"]
	want := channel.Day{Visits: 2, Registered: 1, Enrolled: 1, Paid: 1, Received: 199_00}
	if diff := cmp.Diff(want, row.Day); diff != "" || row.Spent != 100_00 {
		t.Errorf("spent %s: %s", row.Spent, diff)
	}
	if times, ok := row.Return(); !ok || times != 1.99 {
		t.Errorf("returned %v times", times)
	}
	s.tell(t, token, []step{{name: "give it back", request: "POST /orders/{order}/refund", body: `{"amount":19900}`, status: 200}})
	settle()
	s.deliver(t)
	if row = s.report(t, house, settle, false)["fair"]; row.Returned != 199_00 || row.Net() != 0 {
		t.Errorf("after the refund: %+v", row.Day)
	}
	settle()
	tags, err := s.services.Channels.Tags(t.Context(), house, []string{me})
	if diff := cmp.Diff(map[string][]string{me: {"书展来的"}}, tags); diff != "" || err != nil {
		t.Error(diff, err)
	}
	token, _, _ = s.signIn(t, "小满")
	count := 0
	for _, part := range strings.Split(s.do(t, "GET /api/v1/notices", token, "").Body.String(), `"kind":"`) {
		if strings.HasPrefix(part, "welcome") {
			count++
		}
	}
	if count != 1 {
		t.Errorf("welcomed %d times", count)
	}
}

func TestAnOrderKeepsWhereItsBuyerCameFrom(t *testing.T) {
	t.Parallel()
	s, settle, house := stall(t)
	s.vars["poster"] = s.channel(t, house, "poster", channel.Form{Name: "海报"})
	token, _, me := s.signIn(t, "小满")
	visit := func(scene string) {
		t.Helper()
		s.clock.Set(s.clock.Now().Add(2 * time.Minute))
		s.tell(t, token, []step{{name: "come", request: "POST /scenes/{" + scene + "}/visits", status: 200}})
	}
	visit("fair")
	visit("poster")
	bought := s.buys(t, settle, token)
	visit("fair")
	o, err := s.services.Orders.Store.Get(t.Context(), bought)
	if want := (order.Origin{First: "fair", Last: "poster"}); err != nil || o.Origin != want {
		t.Errorf("the order keeps %+v, want %+v; %v", o.Origin, want, err)
	}
	now, err := s.services.Channels.Of(t.Context(), house, me)
	if want := (order.Origin{First: "fair", Last: "fair"}); err != nil || now != want {
		t.Errorf("the person has %+v, want %+v; %v", now, want, err)
	}
	last, first := s.report(t, house, settle, false), s.report(t, house, settle, true)
	if last["poster"].Paid != 1 || last["poster"].Enrolled != 1 || last["fair"].Paid != 0 || first["fair"].Paid != 1 || first["fair"].Enrolled != 1 || first["poster"].Paid != 0 {
		t.Errorf("last %+v, first %+v", last, first)
	}
}

func TestWhoHasComeByThemselvesIsNoNewcomerOfAChannel(t *testing.T) {
	t.Parallel()
	s, settle, house := stall(t)
	token, _, me := s.signIn(t, "小满")
	s.buys(t, settle, token)
	s.clock.Set(s.clock.Now().Add(time.Hour))
	token, _, _ = s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "come", request: "POST /scenes/{fair}/visits", status: 200}})
	row := s.report(t, house, settle, false)["fair"]
	if diff := cmp.Diff(channel.Day{Visits: 1}, row.Day); diff != "" {
		t.Error(diff)
	}
	if now, err := s.services.Channels.Of(t.Context(), house, me); err != nil || now != (order.Origin{Last: "fair"}) {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestOneAddressMakesUpOnlySoManyVisitors(t *testing.T) {
	t.Parallel()
	s, settle, house := stall(t)
	for i := range 120 {
		w := s.do(t, "POST /api/v1/scenes/{fair}/visits", "", "", "Yingdi-Device", fmt.Sprintf("device-%d", i))
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if row := s.report(t, house, settle, false)["fair"]; row.Visits > 32 || row.Visits < 16 {
		t.Errorf("%d visitors from one address", row.Visits)
	}
}

func TestAStoppedChannelStillLeadsAndCountsNobody(t *testing.T) {
	t.Parallel()
	s, settle, house := stall(t)
	if _, err := s.services.Channels.Turn(s.as(t, s.vars["owner"]), "fair", true); err != nil {
		t.Fatal(err)
	}
	s.page(t, s.vars["fair"], http.StatusOK)
	token, _, me := s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "come", request: "POST /scenes/{fair}/visits", status: 200, want: `{"camp":"{shop}"}`}})
	if row := s.report(t, house, settle, false)["fair"]; row.Visits != 0 || row.Registered != 0 {
		t.Errorf("%+v", row.Day)
	}
	if now, err := s.services.Channels.Of(t.Context(), house, me); err != nil || now != (order.Origin{}) {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestStaffDoNotCountAsVisitors(t *testing.T) {
	t.Parallel()
	s, settle, house := stall(t)
	token, _, _ := s.signIn(t, "owner")
	s.tell(t, token, []step{{name: "try it out", request: "POST /scenes/{fair}/visits", status: 200}})
	if row := s.report(t, house, settle, false)["fair"]; row.Visits != 0 || row.Registered != 0 {
		t.Errorf("%+v", row.Day)
	}
}

func TestAChannelOfAllThatAnOrganiserOffers(t *testing.T) {
	t.Parallel()
	s, _, house := stall(t)
	s.vars["menu"] = s.channel(t, house, "menu", channel.Form{Name: "公众号菜单"})
	page, _ := s.page(t, s.vars["menu"], http.StatusOK)
	holds(t, page, "书店", "晨读营", "正在报名", `<a href="https://`)
	token, _, _ := s.signIn(t, "小满")
	s.tell(t, token, []step{
		{name: "what there is", request: "GET /scenes/{menu}/camps", status: 200, want: `{"items":[{"id":"{shop}"}]}`},
		{name: "where it leads", request: "POST /scenes/{menu}/visits", status: 200, want: `{"kind":"channel","camp":""}`},
	})
}

func TestChannelsAreTheOrganisersOwn(t *testing.T) {
	t.Parallel()
	s, _, house := stall(t)
	_, rival := s.person(t, "rival")
	other, _ := s.running(t, rival, 10)
	_, stranger := s.person(t, "stranger")
	c := s.services.Channels
	for name, who := range map[string]string{"rival": rival, "stranger": stranger} {
		ctx := s.as(t, who)
		_, list := c.List(ctx, house, channel.Range{}, domain.Page{})
		_, show := c.Show(ctx, "fair", channel.Range{})
		_, save := c.Save(ctx, house, "mine", 0, channel.Form{Name: "偷来的"})
		_, spend := c.Spend(ctx, "fair", channel.SpendForm{Key: "k", Day: "2026-03-01", Amount: 1})
		_, turn := c.Turn(ctx, "fair", true)
		_, void := c.Void(ctx, "fair", "k", "x")
		_, _, code := c.CodeFor(ctx, "fair", "")
		for what, err := range map[string]error{"list": list, "show": show, "save": save, "spend": spend, "turn": turn, "void": void, "code": code} {
			if !errors.Is(err, domain.ErrForbidden) {
				t.Errorf("%s may %s: %v", name, what, err)
			}
		}
	}
	owner := s.as(t, s.vars["owner"])
	if _, err := c.Save(owner, house, "bad", 0, channel.Form{Name: "别家的营", Camp: other.ID}); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a channel to another organiser's camp: %v", err)
	}
	if _, _, err := c.CodeFor(owner, "fair", other.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a code to another organiser's camp: %v", err)
	}
	if _, err := c.Save(s.as(t, rival), other.Organiser, "fair", 1, channel.Form{Name: "改名"}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("taken over: %v", err)
	}
}
