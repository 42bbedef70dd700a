//go:build e2e

package browser_test

import (
	"strings"
	"testing"
)

// A manager sets up a coupon on the console, has codes made, watches who claims and uses one, takes one back, pauses it and ends it:
// what was given out holds.
func TestAManagerRunsACouponCampaignInTheBrowser(t *testing.T) {
	t.Parallel()
	b, camp, offer := stall(t, "coupons", "这里还没有优惠券", "新建优惠券", "新人立减")
	b.write(t, "#off", "50")
	campaign := b.drafts(t, "coupon", "#stock", "0", "发放数量", "20")
	b.turn(t, ".page-head form .btn-primary", "开始发放了")
	b.turn(t, "a[href$='/edit']", "是对学员的承诺，不能再改")
	b.until(t, "document.querySelector('#off').closest('fieldset').inert")
	b.look(t, "coupon-promised")
	b.write(t, "#stock", "30")
	b.turn(t, ".form-buttons .btn-primary", "共 30 张")
	b.write(t, "#size", "3")
	b.write(t, "#note", "书展传单")
	b.turn(t, "form[action$='/codes'] .btn", "书展传单")

	claim := "/api/v1/coupon-templates/" + last(campaign) + "/coupons"
	buyer, holder, late := logIn(t, b.url, "小满"), logIn(t, b.url, "阿杰"), logIn(t, b.url, "小圆")
	var first, second struct{ ID string }
	buyer.call(t, "POST", claim, "{}", &first)
	holder.call(t, "POST", claim, "{}", &second)
	buy(t, buyer, camp, offer, "coupon", first.ID, 149_00, nil)
	b.waits(t, "the coupon to be used", func() bool {
		var mine struct{ Items []struct{ State string } }
		buyer.call(t, "GET", "/api/v1/me/coupons", "", &mine)
		return len(mine.Items) == 1 && mine.Items[0].State == "used"
	})
	b.waits(t, "the codes to be made", func() bool {
		b.open(t, campaign)
		return read[bool](t, b, "document.body.innerText.includes('3 个 · 用了 0')")
	})
	b.shows(t, "减了 ¥50.00，付了 ¥149.00")
	b.look(t, "coupon-running")

	b.turn(t, ".page-head form .btn-warning", "已暂停发放，立刻生效")
	refuses(t, late, claim, "{}", "coupon_paused")
	b.click(t, "[data-open^=revoke]")
	b.write(t, "dialog[open] [name=reason]", "发错了")
	b.turn(t, "dialog[open] .btn-danger", "已收回")
	b.click(t, "[data-open=end]")
	b.until(t, "document.querySelector('#end').open && document.querySelector('#end').innerText.includes('学员手里的券照常可用')")
	b.look(t, "coupon-end")
	b.turn(t, "#end .btn-danger", "已结束")
	refuses(t, late, claim, "{}", "coupon_ended")
	b.become(t, phone)
	b.open(t, campaign)
	b.shows(t, "收回原因：发错了")
	b.look(t, "coupon-ended")
	if page := read[string](t, b, "document.body.innerText"); strings.Contains(page, "生成兑换码") {
		t.Error("a campaign that has ended still offers codes")
	}
}
