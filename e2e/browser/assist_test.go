//go:build e2e

package browser_test

import (
	"fmt"
	"testing"
	"time"
)

// A manager sets up an assist on the console, watches friends help, pauses it, and stops it at once: the price that was
// reached holds, and what was open ends.
func TestAManagerRunsAnAssistCampaignInTheBrowser(t *testing.T) {
	t.Parallel()
	b, camp, offer := stall(t, "assists", "这里还没有助力活动", "新建助力", "好友助力")
	b.until(t, fmt.Sprintf("(document.querySelector('#seat').value = '%s/%s') !== ''", camp, offer))
	for field, value := range map[string]string{"#helpers": "2", "#hours": "2", "#per_device": "20"} {
		b.write(t, field, value)
	}
	b.write(t, "#ends_at", time.Now().In(zone).Add(2*time.Hour).Format("2006-01-02T15:04"))
	campaign := b.drafts(t, "assist", "#floor", "199", "助力价应低于原价", "99")
	b.turn(t, ".page-head form .btn-primary", "活动开始了")

	learner, friend, other := logIn(t, b.url, "小满"), logIn(t, b.url, "阿杰"), logIn(t, b.url, "小圆")
	start := "/api/v1/assist-campaigns/" + last(campaign) + "/assists"
	var mine, open struct{ ID string }
	learner.call(t, "POST", start, "", &mine)
	help := "/api/v1/assists/" + mine.ID + "/help"
	friend.call(t, "POST", help, "", nil)
	helpPage(t, b, learner, mine.ID)

	b.open(t, campaign)
	b.shows(t, "1 / 2 位好友")
	b.turn(t, ".page-head form .btn-warning", "已暂停，立刻生效")
	refuses(t, other, help, "", "assist_paused")
	b.turn(t, ".page-head form .btn-primary", "活动开始了")
	other.call(t, "POST", help, "", nil)
	other.call(t, "POST", start, "", &open)
	b.open(t, campaign)
	b.shows(t, "2 / 2 位好友")
	b.look(t, "assist-running")
	b.click(t, "[data-open=stop]")
	b.until(t, "document.querySelector('#stop').open && document.querySelector('#stop').innerText.includes('正在进行的 1 个助力马上结束')")
	b.look(t, "assist-stop")
	b.turn(t, "#stop .btn-danger", "已停止，立刻生效")
	refuses(t, friend, "/api/v1/assists/"+open.ID+"/help", "", "assist_ended")
	learner.call(t, "POST", "/api/v1/camps/"+camp+"/orders", fmt.Sprintf(`{"offer":%q,"amount":9900,"assist":%q}`, offer, mine.ID), nil)
	b.become(t, phone)
	b.open(t, campaign)
	b.shows(t, "待付款")
	b.look(t, "assist-stopped")
}

// helpPage opens on a phone what the learner sends to friends.
func helpPage(t *testing.T, b *tab, learner *person, assist string) {
	t.Helper()
	var link struct{ Scene string }
	learner.call(t, "PUT", "/api/v1/assists/"+assist+"/scene", "", &link)
	b.become(t, phone)
	b.open(t, "/s/"+link.Scene)
	b.shows(t, "还差 1 位好友")
	b.until(t, "document.querySelector('.go a').innerText === '打开小程序帮好友助力' && document.querySelector('.bar').position > 0")
	b.look(t, "assist-page")
	b.become(t, desk)
}
