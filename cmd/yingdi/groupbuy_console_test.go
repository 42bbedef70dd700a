package main

import (
	"regexp"
	"testing"
	"time"

	"yingdi/domain/order"
)

var inTwoDays = start.Add(48 * time.Hour).In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04")

var stopSeen = regexp.MustCompile(`name="groups" value="(\d+)"><input type="hidden" name="paid" value="(\d+)"><input type="hidden" name="reserved" value="(\d+)"`)

// A manager sets up, watches, pauses, extends and ends a group-buy by the console alone.
func TestAManagerRunsAGroupbuy(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	in, err := s.services.Camps.Get(t.Context(), s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["house"] = in.Organiser
	v := s.staff(t, s.vars["owner"])
	v.see(t, "/console/organisers/{house}/coupons", 200, "拼团")
	v.see(t, "/console/organisers/{house}/groupbuys", 200, "这里还没有拼团")
	v.see(t, "/console/organisers/{house}/groupbuys/new", 200, "新建拼团", "晨读营 · 普通名额，原价 ¥199.00")
	s.vars["k"] = hiddenID.FindStringSubmatch(v.page)[1]
	form := values("id", s.vars["k"], "version", "", "title", "两人同行", "seat", s.vars["shop"]+"/"+s.vars["seat"], "size", "2", "leader", "99", "member", "129",
		"hours", "24", "per_person", "1", "per_network", "", "per_device", "2", "ends_at", inTwoDays, "do", "preview")
	v.post(t, "/console/organisers/{house}/groupbuys", form, 200, "2 人成团", "没有成团，或付款时团已满、已结束，款项全部原路退回")
	form.Set("do", "save")
	for field, wrong := range map[string][2]string{
		"member": {"199", "团员价应低于原价 ¥199.00"}, "leader": {"", "团长价不能高于团员价"}, "size": {"1", "成团人数应在 2 到 100 之间"}, "ends_at": {"2026-04-30T10:00", "活动结束时间不能晚于报名截止"},
		"per_device": {"some", "同一设备最多几人应在 0 到 200 之间"},
	} {
		was := form.Get(field)
		form.Set(field, wrong[0])
		v.post(t, "/console/organisers/{house}/groupbuys", form, 422, wrong[1], `value="两人同行"`)
		form.Set(field, was)
	}
	for range 2 { // tapped twice
		v.submit(t, "/console/organisers/{house}/groupbuys", form, "两人同行", "草稿", "开始拼团")
	}
	s.tell(t, "", []step{{name: "a draft is not offered", request: "GET /camps/{shop}/groupbuys", status: 200, want: `{"items":[]}`}})
	v.submit(t, "/console/organisers/{house}/groupbuys/{k}/turn", values("to", "active"), "拼团开始了", "进行中")
	form.Set("version", "2")
	form.Set("leader", "9")
	v.post(t, "/console/organisers/{house}/groupbuys", form, 409, "人数、价格和时限不能再改")
	s.vars["campaign"] = s.vars["k"]
	an, first := s.joins(t, "an", s.vars["k"])
	s.deliver(t)
	settle()
	v.see(t, "/console/organisers/{house}/groupbuys/{k}", 200, "每天开的团，后来怎样", "正在拼 1", "1 / 2 人已付款", "已付款的 1 人原路退款")
	seen := stopSeen.FindStringSubmatch(v.page)
	v.see(t, "/console/organisers/{house}/groupbuys/{k}?stage=succeeded", 200, "还没有团")

	v.submit(t, "/console/organisers/{house}/groupbuys/{k}/extend", values("ends_at", "2026-03-06T10:00"), "已延长", "3月6日 10:00")
	v.post(t, "/console/organisers/{house}/groupbuys/{k}/extend", values("ends_at", "2026-03-02T10:00"), 422, "新的结束时间应晚于原来的")
	v.submit(t, "/console/organisers/{house}/groupbuys/{k}/turn", values("to", "paused"), "已暂停，立刻生效", "继续拼团")
	v.submit(t, "/console/organisers/{house}/groupbuys/{k}/end", values("stop", "1", "groups", seen[1], "paid", "7", "reserved", seen[3]), "刚刚又有人参团或付款")
	v.submit(t, "/console/organisers/{house}/groupbuys/{k}/end", values("stop", "1", "groups", seen[1], "paid", seen[2], "reserved", seen[3]), "款项原路退回", "已结束")
	settle()
	s.deliver(t)
	settle()
	if o, err := s.services.Orders.Store.Get(t.Context(), first); err != nil || o.State != order.Refunded {
		t.Fatalf("%s: %v", o.State, err)
	}
	s.hears(t, an, "没有成团", "退款已到账")
	v.see(t, "/console/organisers/{house}/groupbuys/{k}?stage=failed", 200, "活动被提前结束", "已退款")
	v.see(t, "/console/organisers/{house}/groupbuys?state=ended", 200, "两人同行")
	s.fairly(t)

	_, rival := s.person(t, "rival")
	s.shop(t, rival, 1)
	s.staff(t, rival).see(t, "/console/organisers/{house}/groupbuys/{k}", 403)
}
