package main

import (
	"regexp"
	"testing"

	"yingdi/domain/coupon"
)

var (
	hiddenID   = regexp.MustCompile(`name="id" value="([^"]+)"`)
	batchPath  = regexp.MustCompile(`/codes/([^/"]+)/export`)
	exportFile = regexp.MustCompile(`/exports/([^/"]+)/file`)
	giftKey    = regexp.MustCompile(`action="[^"]+/gifts">.*?name="key" value="([^"]+)"`)
	sentTo     = regexp.MustCompile(`name="coupon" value="([^"]+)"`)
)

// A manager sets up, runs, watches and stops coupons by the console alone.
func TestAManagerRunsACouponCampaign(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	in, err := s.services.Camps.Get(t.Context(), s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["house"] = in.Organiser
	v := s.staff(t, s.vars["owner"])
	if to := v.see(t, "/console/campaigns", 303).Header().Get("Location"); to != s.fill(t, "/console/organisers/{house}/coupons") {
		t.Fatal(to)
	}
	v.see(t, "/console/organisers/{house}/coupons", 200, "这里还没有优惠券")
	v.see(t, "/console/organisers/{house}/coupons/new", 200, "新建优惠券", "晨读营")
	s.vars["t"] = hiddenID.FindStringSubmatch(v.page)[1]
	form := values("id", s.vars["t"], "version", "", "title", "八折", "kind", "percent", "percent", "20", "cap", "30", "over", "100", "valid", "days", "days", "7",
		"returns", "1", "public", "1", "stock", "10", "per_person", "1", "per_network", "30", "per_device", "2", "do", "preview")
	v.post(t, "/console/organisers/{house}/coupons", form, 200, "满 ¥100.00 减 20%，最多 ¥30.00；机构的所有训练营都能用", "订单全额退款后，券退回给学员")
	form.Set("do", "save")
	form.Set("stock", "0")
	v.post(t, "/console/organisers/{house}/coupons", form, 422, "发放数量应在 1 到 100000 之间", `value="八折"`)
	form.Set("stock", "10")
	for range 2 { // tapped twice
		v.submit(t, "/console/organisers/{house}/coupons", form, "八折", "草稿", "开始发放")
	}
	v.submit(t, "/console/organisers/{house}/coupons/{t}/turn", values("to", "active"), "开始发放了", "发放中")
	v.see(t, "/console/organisers/{house}/coupons/{t}/edit", 200, "<fieldset inert><legend>优惠", "<fieldset><legend>发放")
	form.Set("version", "2")
	form.Set("percent", "50")
	v.post(t, "/console/organisers/{house}/coupons", form, 409, "面额、门槛、范围和有效期不能再改")

	token, _, me := s.signIn(t, "小满")
	v.see(t, "/console/organisers/{house}/coupons/{t}", 200, "赠送", "还没有人")
	key := giftKey.FindStringSubmatch(v.page)[1]
	v.submit(t, "/console/organisers/{house}/coupons/{t}/gifts", values("key", key, "members", me), "送出 1 张", "赠送")
	v.post(t, "/console/organisers/{house}/coupons/{t}/gifts", values("key", key, "members", ""), 422, "请填写学员编号")
	s.tell(t, token, []step{{name: "the price with it", request: "GET /camps/{shop}/offers/{seat}/preview?coupon=best", status: 200, want: `{"amount":16900}`}})

	v.submit(t, "/console/organisers/{house}/coupons/{t}/codes", values("key", "b1", "size", "3", "note", "书展传单"), "书展传单")
	settle()
	v.see(t, "/console/organisers/{house}/coupons/{t}", 200, "3 个")
	s.vars["batch"] = batchPath.FindStringSubmatch(v.page)[1]
	v.submit(t, "/console/organisers/{house}/coupons/{t}/codes/{batch}/export", values(), "开始导出")
	settle()
	v.see(t, "/console/organisers/{house}/coupons/{t}", 200, "3 行", "下载")
	s.vars["file"] = exportFile.FindStringSubmatch(v.page)[1]
	v.see(t, "/console/organisers/{house}/coupons/{t}/exports/{file}/file", 303)
	v.see(t, "/console/organisers/{house}/exports", 200, "优惠券兑换码", "1 次")
	v.submit(t, "/console/organisers/{house}/coupons/{t}/codes/{batch}/void", values(), "已作废")

	s.clock.Set(s.clock.Now().Add(coupon.AskFor))
	if err := s.services.Coupons.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.see(t, "/console/organisers/{house}/coupons/{t}", 200, "每天领取和使用", "已领取")
	s.vars["gift"] = sentTo.FindStringSubmatch(v.page)[1]
	v.submit(t, "/console/organisers/{house}/coupons/{t}/revoke", values("coupon", s.vars["gift"], "reason", "发错了"), "已收回", "收回原因：发错了")
	settle()
	s.tell(t, token, []step{{name: "told why", request: "GET /notices", status: 200, want: `{"items":[{"title":"优惠券已被收回"},{"title":"收到一张优惠券"}]}`}})
	v.submit(t, "/console/organisers/{house}/coupons/{t}/turn", values("to", "paused"), "已暂停")
	v.submit(t, "/console/organisers/{house}/coupons/{t}/turn", values("to", "ended"), "已结束")
	v.see(t, "/console/organisers/{house}/coupons?state=ended", 200, "八折")

	_, rival := s.person(t, "rival")
	foreign, _ := s.shop(t, rival, 1)
	s.staff(t, rival).see(t, "/console/organisers/{house}/coupons/{t}", 403)

	elsewhere, err := s.services.Camps.Get(t.Context(), foreign)
	if err != nil {
		t.Fatal(err)
	}
	s.vars["elsewhere"] = elsewhere.Organiser
	both, err := s.services.Members.CreateAdmin(t.Context(), "管理员")
	if err != nil {
		t.Fatal(err)
	}
	admin := s.staff(t, both.ID) // who may act for either
	for _, act := range []string{"turn", "gifts", "revoke", "seen", "codes", "codes/{batch}/void", "codes/{batch}/export"} {
		admin.post(t, "/console/organisers/{elsewhere}/coupons/{t}/"+act, values("to", "active"), 404)
	}
}
