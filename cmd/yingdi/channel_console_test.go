package main

import (
	"bytes"
	"image/jpeg"
	"regexp"
	"strings"
	"testing"
	"time"

	"yingdi/storage/sheet"
)

var (
	spendKey  = regexp.MustCompile(`name="key" value="([^"]+)"`)
	voidPath  = regexp.MustCompile(`/spends/([^/"]+)/void`)
	linkValue = regexp.MustCompile(`id="link" value="[^"]*/s/([^"]+)"`)
)

// A manager makes a channel, downloads its code, enters what it cost and reads what came of it, by the console alone.
func TestAManagerRunsAChannel(t *testing.T) {
	t.Parallel()
	s, settle := market(t)
	in, err := s.services.Camps.Get(t.Context(), s.vars["shop"])
	if err != nil {
		t.Fatal(err)
	}
	s.vars["house"] = in.Organiser
	v := s.staff(t, s.vars["owner"])
	v.see(t, "/console/organisers/{house}/coupons", 200, "渠道")
	v.see(t, "/console/organisers/{house}/channels", 200, "这里还没有渠道")
	v.see(t, "/console/organisers/{house}/channels/new", 200, "新建渠道", "晨读营")
	s.vars["k"] = hiddenID.FindStringSubmatch(v.page)[1]
	form := values("id", s.vars["k"], "version", "", "name", "书", "tag", "书展来的", "welcome", "你好", "camp", s.vars["shop"], "note", "找老周")
	v.post(t, "/console/organisers/{house}/channels", form, 422, "名称", `value="书展来的"`)
	form.Set("name", "秋季书展")
	for range 2 { // tapped twice
		v.submit(t, "/console/organisers/{house}/channels", form, "秋季书展", "下载小程序码", "下载海报")
	}
	scene := linkValue.FindStringSubmatch(v.page)[1]
	for _, file := range []string{"code.jpg?save=1", "poster.jpg"} {
		w := v.see(t, "/console/organisers/{house}/channels/{k}/"+file, 200)
		if _, err := jpeg.Decode(bytes.NewReader(w.Body.Bytes())); err != nil || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v, %s", file, err, w.Header().Get("Content-Disposition"))
		}
	}
	s.page(t, scene, 200)
	s.vars["scene"] = scene
	token, _, me := s.signIn(t, "小满")
	s.tell(t, token, []step{{name: "come", request: "POST /scenes/{scene}/visits", status: 200}})
	s.buys(t, settle, token)
	v.see(t, "/console/organisers/{house}/channels/{k}", 200)
	key := spendKey.FindStringSubmatch(v.page)[1]
	v.post(t, "/console/organisers/{house}/channels/{k}/spends", values("key", key, "day", "2027-01-01", "amount", "abc", "note", "传单"), 422, "请选择今天或过去三年内的日期", "金额应在", `value="abc"`)
	for range 2 { // tapped twice
		v.submit(t, "/console/organisers/{house}/channels/{k}/spends", values("key", key, "day", "2026-03-01", "amount", "100", "note", "传单"), "已记下", "传单")
	}
	v.submit(t, "/console/organisers/{house}/channels/{k}/spends", values("key", "second", "day", "2026-03-01", "amount", "50", "note", "写错的"), "写错的", "一共 ¥150.00")
	s.vars["spend"] = voidPath.FindStringSubmatch(v.page)[1]
	v.submit(t, "/console/organisers/{house}/channels/{k}/spends/{spend}/void", values("why", "重复了"), "已作废", "作废：重复了", "一共 ¥100.00")
	s.clock.Set(s.clock.Now().Add(time.Minute))
	if err := s.services.Channels.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	v = s.staff(t, s.vars["owner"])
	v.see(t, "/console/organisers/{house}/channels/{k}", 200, "¥199.00", "每花 1 元带来净收入 1.99 元", "每天的钱")
	v.see(t, "/console/organisers/{house}/channels?by=first", 200, "秋季书展", "1.99")
	v.see(t, "/console/organisers/{house}/channels?from=x", 422, "开始日期不正确", "秋季书展")
	w := v.see(t, "/console/organisers/{house}/channels/sheet", 200)
	rows, err := sheet.Excel{}.Read(bytes.NewReader(w.Body.Bytes()), 100)
	if err != nil || len(rows) != 3 || strings.Join(rows[2], " ") != "秋季书展 书展来的 合计 2 1 1 1 0 0 199 0 199 100" {
		t.Errorf("%v, %v", rows, err)
	}
	v.see(t, "/console/organisers/{house}/exports", 200, "渠道报表", "1 次")
	s.vars["me"] = me
	v.see(t, "/console/camps/{shop}/learners/{me}", 200, "书展来的")
	v.submit(t, "/console/organisers/{house}/channels/{k}/turn", values("to", "off"), "已停用", "重新启用")
	_, rival := s.person(t, "rival")
	s.running(t, rival, 10)
	r := s.staff(t, rival)
	for _, page := range []string{"", "/new", "/{k}", "/{k}/edit", "/{k}/code.jpg", "/{k}/poster.jpg", "/sheet"} {
		r.see(t, "/console/organisers/{house}/channels"+page, 403)
	}
	s.visitor().see(t, "/console/organisers/{house}/channels/{k}", 303)
}
