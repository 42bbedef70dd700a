//go:build e2e

package browser_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yingdi/e2e/server"
)

// A manager sets up a group-buy on the console, watches people join, and ends it: who waited gets the money back.
func TestAManagerRunsAGroupbuyInTheBrowser(t *testing.T) {
	t.Parallel()
	b := newTab(t, server.Yingdi(t), desk)
	signIn(t, b)
	camp := newCamp(t, b, "拼团诗社")
	addTask(t, b)
	publish(t, b, camp)
	offer := prices(t, b, camp)
	b.open(t, "/console/campaigns")
	b.turn(t, "a[href$='/groupbuys']", "这里还没有拼团")
	b.turn(t, ".page-head .btn-primary", "新建拼团")
	b.write(t, "#title", "两人同行")
	b.until(t, fmt.Sprintf("(document.querySelector('#seat').value = '%s/%s') !== ''", camp, offer))
	for field, value := range map[string]string{"#size": "2", "#leader": "99", "#member": "199"} {
		b.write(t, field, value)
	}
	b.write(t, "#ends_at", time.Now().In(zone).Add(2*time.Hour).Format("2006-01-02T15:04"))
	b.click(t, ".form-buttons .btn-primary")
	b.shows(t, "团员价应低于原价")
	b.forgive() // the browser notes that the form was refused
	b.until(t, "document.querySelector('#title').value === '两人同行'")
	b.look(t, "groupbuy-refused")
	b.write(t, "#member", "129")
	b.turn(t, ".form-buttons .btn-primary", "草稿")
	campaign := read[string](t, b, "location.pathname")
	b.turn(t, ".page-head form .btn-primary", "拼团开始了")

	var opened struct{ Group string }
	leader := logIn(t, b.url, "团长")
	buy(t, leader, camp, offer, campaign[strings.LastIndex(campaign, "/")+1:], 99_00, &opened)
	awaitState(t, leader, opened.Group, "forming")
	b.open(t, campaign)
	b.shows(t, "1 / 2 人已付款")
	b.look(t, "groupbuy-forming")
	buy(t, logIn(t, b.url, "团员"), camp, offer, opened.Group, 129_00, nil)
	awaitState(t, leader, opened.Group, "succeeded")

	alone := logIn(t, b.url, "落单")
	buy(t, alone, camp, offer, campaign[strings.LastIndex(campaign, "/")+1:], 99_00, &opened)
	awaitState(t, alone, opened.Group, "forming")
	b.open(t, campaign)
	b.shows(t, "已成团 1")
	b.click(t, "[data-open=stop]")
	b.until(t, "document.querySelector('#stop').open && document.querySelector('#stop').innerText.includes('已付款的 1 人原路退款')")
	b.look(t, "groupbuy-stop")
	b.turn(t, "#stop .btn-danger", "款项原路退回")
	awaitState(t, alone, opened.Group, "failed")
	b.become(t, phone)
	b.open(t, campaign)
	b.shows(t, "已结束")
	b.look(t, "groupbuy-ended")
}

// prices puts a price on the camp's seat and returns the id of the offer.
func prices(t *testing.T, b *tab, camp string) (offer string) {
	t.Helper()
	b.open(t, "/console/camps/"+camp+"/price")
	b.click(t, "[name=do][value=add]")
	b.until(t, "document.querySelector('[name=price]') !== null")
	b.until(t, "(document.querySelector('[name=kind]').value = 'paid') === 'paid'")
	b.write(t, "[name=name]", "普通名额")
	b.write(t, "[name=price]", "199")
	b.click(t, "[name=do][value=save].btn-primary")
	b.shows(t, "已保存")
	var list struct{ Items []struct{ ID string } }
	logIn(t, b.url, "团长").call(t, "GET", "/api/v1/camps/"+camp+"/offers", "", &list)
	return list.Items[0].ID
}

// buy orders a seat with a group, or opens one, and pays.
func buy(t *testing.T, p *person, camp, offer, group string, amount int, into any) {
	t.Helper()
	var o struct{ ID string }
	p.call(t, "POST", "/api/v1/camps/"+camp+"/orders", fmt.Sprintf(`{"offer":%q,"amount":%d,"group":%q}`, offer, amount, group), &o)
	p.call(t, "POST", "/api/v1/orders/"+o.ID+"/pay", "", nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/dev/pay/pay", strings.NewReader(url.Values{"number": {o.ID + "-1"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if status, answer := send(t, r); status != http.StatusOK {
		t.Fatalf("paying: %d %s", status, answer)
	}
	if into != nil {
		p.call(t, "GET", "/api/v1/orders/"+o.ID, "", into)
	}
}

// awaitState waits until a group, in which the leader has paid, stands so.
func awaitState(t *testing.T, p *person, group, state string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		var g struct {
			State    string
			Joinable bool
		}
		p.call(t, "GET", "/api/v1/groups/"+group, "", &g)
		if g.State == state && (state != "forming" || g.Joinable) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("group %s is %+v, want %s", group, g, state)
		}
	}
}
