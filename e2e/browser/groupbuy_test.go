//go:build e2e

package browser_test

import (
	"fmt"
	"testing"
	"time"
)

// A manager sets up a group-buy on the console, watches people join, and ends it: who waited gets the money back.
func TestAManagerRunsAGroupbuyInTheBrowser(t *testing.T) {
	t.Parallel()
	b, camp, offer := stall(t, "groupbuys", "这里还没有拼团", "新建拼团", "两人同行")
	b.until(t, fmt.Sprintf("(document.querySelector('#seat').value = '%s/%s') !== ''", camp, offer))
	for field, value := range map[string]string{"#size": "2", "#leader": "99"} {
		b.write(t, field, value)
	}
	b.write(t, "#ends_at", time.Now().In(zone).Add(2*time.Hour).Format("2006-01-02T15:04"))
	campaign := b.drafts(t, "groupbuy", "#member", "199", "团员价应低于原价", "129")
	b.turn(t, ".page-head form .btn-primary", "拼团开始了")

	var opened struct{ Group string }
	leader := logIn(t, b.url, "团长")
	buy(t, leader, camp, offer, "group", last(campaign), 99_00, &opened)
	awaitState(t, leader, opened.Group, "forming")
	b.open(t, campaign)
	b.shows(t, "1 / 2 人已付款")
	b.look(t, "groupbuy-forming")
	buy(t, logIn(t, b.url, "团员"), camp, offer, "group", opened.Group, 129_00, nil)
	awaitState(t, leader, opened.Group, "succeeded")

	alone := logIn(t, b.url, "落单")
	buy(t, alone, camp, offer, "group", last(campaign), 99_00, &opened)
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
