package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"yingdi/domain/assist"
	"yingdi/domain/channel"
)

// linked is the scene by which the learner's friends find the assist.
func (s *site) linked(t *testing.T, token string) string {
	t.Helper()
	s.tell(t, token, []step{
		{name: "my link", request: "PUT /assists/{assist}/scene", status: 200, want: `{"url":"*"}`, keep: map[string]string{"scene": "scene"}},
		{name: "the same again", request: "PUT /assists/{assist}/scene", status: 200, want: `{"scene":"{scene}"}`},
		{name: "where it leads", request: "GET /scenes/{scene}", status: 200, want: `{"kind":"assist","camp":"{shop}","ref":"{assist}"}`},
	})
	return s.vars["scene"]
}

func TestAFriendSeesOnThePageHowToHelpAndWhatIsLeft(t *testing.T) {
	t.Parallel()
	s, settle, token := friendly(t, 2)
	scene := s.linked(t, token)
	page, header := s.page(t, scene, http.StatusOK)
	holds(t, page, `<meta property="og:title" content="还差 2 位好友：晨读营">`, "2 位好友助力，报名价从 ¥199.00 降到 ¥99.00", "邀请你帮忙助力", "还剩 1 天 0 小时",
		"已减 <b>¥0.00</b>，还能减 <b>¥100.00</b>", `max="10000" value="0"`, "0 位好友已助力，还差 2 位", "亲自点“助力”才会减价", "打开小程序帮好友助力", `<a href="https://`)
	if strings.Contains(page, "<script") || strings.Contains(page, s.vars["me"]) || strings.Contains(page, s.vars["assist"]) || len(page) > 50<<10 {
		t.Errorf("%d bytes, or a script, or an id", len(page))
	}
	if got := header.Get("Cache-Control"); got != "public, max-age=30" {
		t.Errorf("kept by %s", got)
	}
	if w := s.do(t, "GET /s/"+scene+"/code.jpg", "", ""); w.Code != http.StatusOK {
		t.Errorf("the code: %d", w.Code)
	}

	s.helps(t, "阿杰")
	page, _ = s.page(t, scene, http.StatusOK)
	holds(t, page, "还差 1 位好友", "1 位好友已助力，还差 1 位", `<li class="face">`)
	if strings.Contains(page, "还能减 <b>¥100.00</b>") {
		t.Error("the help took nothing off")
	}
	a, err := s.services.Assists.Store.Get(t.Context(), s.vars["assist"])
	if err != nil {
		t.Fatal(err)
	}
	holds(t, page, "已减 <b>"+a.Cuts[0].String()+"</b>")

	ctx := s.as(t, s.vars["owner"])
	for _, to := range []assist.State{assist.Paused, assist.Active} {
		if _, err := s.services.Assists.Turn(ctx, s.vars["campaign"], to); err != nil {
			t.Fatal(err)
		}
		if to == assist.Paused {
			page, _ = s.page(t, scene, http.StatusOK)
			holds(t, page, "活动暂停中，暂停的时间不计入时限", "打开小程序看看")
		}
	}
	s.helps(t, "小圆")
	settle()
	page, _ = s.page(t, scene, http.StatusOK)
	holds(t, page, "助力成功，好友已经到齐", "已减 <b>¥100.00</b></p>", "2 位好友已助力，还差 0 位", "打开小程序看看")
	if strings.Contains(page, "还剩 1 天") || strings.Contains(page, "还差 1") {
		t.Error("it still counts down")
	}
}

func TestThePageOfAnAssistThatIsOverSaysSo(t *testing.T) {
	t.Parallel()
	s, settle, token := friendly(t, 2)
	scene := s.linked(t, token)
	s.clock.Set(s.clock.Now().Add(25 * time.Hour)) // nobody has noted it yet
	page, _ := s.page(t, scene, http.StatusOK)
	holds(t, page, "时间到了，没有集齐好友", "打开小程序看看")
	if err := s.services.Assists.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle()
	if noted, _ := s.page(t, scene, http.StatusOK); noted != page {
		t.Errorf("once it is noted the page is another:\n%s", noted)
	}

	unknown, err := s.services.Channels.For(t.Context(), channel.Target{Kind: channel.ToAssist, Camp: s.vars["shop"], Ref: "nothing"})
	if err != nil {
		t.Fatal(err)
	}
	page, _ = s.page(t, unknown, http.StatusNotFound)
	holds(t, page, "没有找到这个页面")
	if _, err := s.services.Camps.Close(s.as(t, s.vars["owner"]), s.vars["shop"]); err != nil {
		t.Fatal(err)
	}
	page, _ = s.page(t, scene, http.StatusGone)
	holds(t, page, "这个训练营已经结束")
	if strings.Contains(page, "code.jpg") {
		t.Error("a camp that is over still has a code")
	}
}

func TestThePageOfAnAssistThatWasStoppedSaysSoAtOnce(t *testing.T) {
	t.Parallel()
	s, _, token := friendly(t, 2)
	scene := s.linked(t, token)
	if _, err := s.services.Assists.Close(s.as(t, s.vars["owner"]), s.vars["campaign"], true); err != nil {
		t.Fatal(err)
	}
	page, _ := s.page(t, scene, http.StatusOK)
	holds(t, page, "活动已经结束", "打开小程序看看")
}
