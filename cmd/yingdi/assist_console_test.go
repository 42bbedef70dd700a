package main

import (
	"regexp"
	"testing"
	"time"
)

var assistOne = regexp.MustCompile(`name="one" value="([^"]+)"`)

// A manager sets up, runs, watches and stops an assist campaign by the console alone.
func TestAManagerRunsAnAssistCampaign(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	in, err := s.services.Camps.Get(t.Context(), s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["house"] = in.Organiser
	v := s.staff(t, s.vars["owner"])
	v.see(t, "/console/organisers/{house}/assists", 200, "这里还没有助力活动")
	v.see(t, "/console/organisers/{house}/assists/new", 200, "新建助力", "晨读营 · 普通名额，原价 ¥199.00")
	s.vars["campaign"] = hiddenID.FindStringSubmatch(v.page)[1]
	form := values("id", s.vars["campaign"], "version", "", "title", "好友助力", "seat", s.fill(t, "{shop}/{seat}"), "floor", "99", "helpers", "2", "hours", "24", "lock", "48",
		"per_person", "1", "quota", "2", "per_network", "30", "per_device", "5", "ends_at", s.clock.Now().Add(100*time.Hour).Format("2006-01-02T15:04"), "do", "preview")
	v.post(t, "/console/organisers/{house}/assists", form, 200, "24 小时内有 2 位好友助力，价格就降到 ¥99.00")
	form.Set("do", "save")
	form.Set("floor", "199")
	v.post(t, "/console/organisers/{house}/assists", form, 422, "助力价应低于原价 ¥199.00", `value="好友助力"`)
	form.Set("floor", "99")
	for range 2 { // tapped twice
		v.submit(t, "/console/organisers/{house}/assists", form, "好友助力", "草稿", "开始活动")
	}
	v.submit(t, "/console/organisers/{house}/assists/{campaign}/turn", values("to", "active"), "活动开始了", "进行中")
	form.Set("version", "2")
	form.Set("helpers", "1")
	v.post(t, "/console/organisers/{house}/assists", form, 409, "人数和时限不能再改")

	token, _, _ := s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "start", request: "POST /assist-campaigns/{campaign}/assists", body: `{}`, status: 201, keep: map[string]string{"assist": "id"}}})
	s.helps(t, "阿杰", "小圆")
	other, _, _ := s.signIn(t, "小圆")
	s.tell(t, other, []step{{name: "start", request: "POST /assist-campaigns/{campaign}/assists", body: `{}`, status: 201}})
	settle()
	s.clock.Set(s.clock.Now().Add(time.Minute))
	if err := s.services.Assists.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.see(t, "/console/organisers/{house}/assists/{campaign}", 200, "每天的发起、成功、下单和付款", "2 / 2 位好友", "占发起的 50%", "需要留意的参与")
	v.see(t, "/console/organisers/{house}/assists/{campaign}?stage=open", 200, "0 / 2 位好友")
	one := assistOne.FindStringSubmatch(v.page)[1]
	v.submit(t, "/console/organisers/{house}/assists/{campaign}/revoke", values("one", one, "reason", "异常助力"), "学员会收到通知", "被机构结束：异常助力")
	v.submit(t, "/console/organisers/{house}/assists/{campaign}/turn", values("to", "paused"), "已暂停，立刻生效")
	v.submit(t, "/console/organisers/{house}/assists/{campaign}/end", values(), "不再接受新的发起", "立即停止")
	v.submit(t, "/console/organisers/{house}/assists/{campaign}/end", values("stop", "1"), "已停止，立刻生效")
	v.see(t, "/console/organisers/{house}/assists?state=ended", 200, "好友助力")
	settle()
	s.tell(t, token, []step{{name: "the price that was reached", request: "GET /camps/{shop}/offers/{seat}/preview?assist={assist}", status: 200, want: `{"amount":9900}`}})

	_, rival := s.person(t, "rival")
	s.shop(t, rival, 1)
	s.staff(t, rival).see(t, "/console/organisers/{house}/assists/{campaign}", 403)
}
