package main

import (
	"testing"
	"time"

	"yingdi/domain/referral"
)

// A manager sets up, watches and stops a referral plan by the console alone.
func TestAManagerRunsAReferralPlan(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	s.vars["house"] = s.house(t)
	v := s.staff(t, s.vars["owner"])
	v.see(t, "/console/organisers/{house}/coupons", 200, "推广")
	v.see(t, "/console/organisers/{house}/referral", 200, "还没有推广方案", "还没有推广员")
	v.see(t, "/console/organisers/{house}/referral/plan", 200, "最多两级", "晨读营", "机构的所有训练营")
	form := values("camp", "", "version", "", "rate1", "60", "rate2", "", "bind_days", "30", "freeze_days", "3", "per_network", "30", "per_device", "1", "do", "preview")
	v.post(t, "/console/organisers/{house}/referral/plan", form, 200, "比例应在 0.01% 到 50% 之间", `value="60"`)
	form.Set("rate1", "10")
	form.Set("rate2", "12")
	v.post(t, "/console/organisers/{house}/referral/plan", form, 200, "第二级的比例不能高于第一级")
	form.Set("rate2", "")
	v.post(t, "/console/organisers/{house}/referral/plan", form, 200, "你得到机构实际收到学费的 10%。推荐关系保持 30 天")
	form.Set("do", "save")
	v.submit(t, "/console/organisers/{house}/referral/plan", form, "草稿", "10%")
	v.post(t, "/console/organisers/{house}/referral/plan", form, 409, "这个范围已经有推广方案")
	v.submit(t, "/console/organisers/{house}/referral/turn", values("to", "active"), "推广开始了", "进行中")

	_, _, pro := s.signIn(t, "阿杰")
	if _, _, err := s.services.Referrals.Join(s.as(t, pro), s.vars["shop"]); err != nil {
		t.Fatal(err)
	}
	scene := s.sceneOf(t, pro)
	for _, name := range []string{"小满", "小雨"} {
		s.comes(t, name, scene)
		s.vars["order"] = s.pays(t, settle, name)
	}
	s.clock.Set(s.clock.Now().Add(time.Minute))
	if err := s.services.Referrals.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.see(t, "/console/organisers/{house}/referral", 200, "每天的推广订单和佣金", "¥398.00", "¥39.80", "先达到的在前", "推广员")
	s.vars["commission"] = referral.CommissionID(s.vars["order"], 1)
	v.see(t, "/console/organisers/{house}/referral/commissions?stage=frozen", 200, "学费 ¥199.00 × 10% = ¥19.90", "最早可以提现", "撤销",
		`name="commission" value="`+s.vars["commission"]+`"`)
	v.submit(t, "/console/organisers/{house}/referral/commissions/void", values("commission", s.vars["commission"], "reason", "自己人刷单"), "已撤销", "机构撤销：自己人刷单")
	v.see(t, "/console/camps/{shop}/orders/{order}", 200, "推广佣金", "一级，10%", "机构撤销：自己人刷单", "已撤回")
	s.passes(t, settle, 10*24*time.Hour)
	v = s.staff(t, s.vars["owner"])
	v.see(t, "/console/organisers/{house}/referral/commissions?stage=available", 200, "¥19.90 进入钱包")
	v.see(t, "/console/camps/{shop}/ledger", 200, "推广佣金")
	v.submit(t, "/console/organisers/{house}/referral/promoters", values("promoter", pro, "do", "bar", "reason", "刷单"), "已停用", "停用原因：刷单")
	v.submit(t, "/console/organisers/{house}/referral/promoters", values("promoter", pro), "已恢复推广资格")
	v.submit(t, "/console/organisers/{house}/referral/turn", values("to", "stopped"), "推广已经停止", "已停止", "重新开始")
	if p, err := s.services.Referrals.PlanFor(s.as(t, s.vars["owner"]), s.vars["house"], ""); err != nil || p.State != referral.Stopped {
		t.Errorf("%+v %v", p, err)
	}
	s.truly(t)

	_, rival := s.person(t, "rival")
	s.shop(t, rival, 1)
	for _, path := range []string{"", "/plan", "/commissions"} {
		s.staff(t, rival).see(t, "/console/organisers/{house}/referral"+path, 403)
	}
}
