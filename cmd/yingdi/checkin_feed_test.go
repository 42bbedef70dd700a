package main

import (
	"strings"
	"testing"
)

func TestWhatStaffPinAndFeatureAndWhatLearnersWriteAbout(t *testing.T) {
	t.Parallel()
	s, author, fellow, settle := wall(t)
	v := s.staff(t, s.vars["teacher"])
	v.post(t, "/console/camps/{camp}/topics", values("topics", "晨读 每日一句"), 303)
	v.post(t, "/console/camps/{camp}/topics", values("topics", "不！行"), 422, "话题是 2 到 20 个字", "不！行")
	s.tell(t, author, []step{
		{name: "a topic that nobody offers", request: "PUT /checkins/{checkin}", body: `{"text":"读了","topics":["没有"]}`, status: 409, want: `{"code":"topic_unknown"}`},
		{name: "two topics, and the picture goes", request: "PUT /checkins/{checkin}", body: `{"text":"读了 ＃Day01＃","topics":["晨读"]}`, status: 200},
	})
	settle()
	about := `{"items":[{"text":"读了 ＃Day01＃","topics":["晨读","day01"]}]}`
	s.tell(t, fellow, []step{
		{name: "by a chosen topic", request: "GET /camps/{camp}/checkins?topic=晨读", status: 200, want: about},
		{name: "by one of the text", request: "GET /camps/{camp}/checkins?topic=DAY01", status: 200, want: about},
		{name: "what there is", request: "GET /camps/{camp}/topics", status: 200, want: `{"items":[{"topic":"晨读","count":1,"offered":true},{"topic":"每日一句","count":0,"offered":true},{"topic":"day01","count":1,"offered":false}]}`},
	})
	if found, err := s.services.Media.Many(t.Context(), []string{s.vars["picture"]}); err != nil || len(found[s.vars["picture"]].Refs) != 1 { // the author's face
		t.Errorf("the picture is still held by %v, %v", found[s.vars["picture"]].Refs, err)
	}

	for _, do := range []string{"pin", "pin", "feature"} {
		v.post(t, "/console/camps/{camp}/feed/{checkin}", values("do", do), 303)
	}
	settle()
	s.tell(t, fellow, []step{
		{name: "at the top", request: "GET /camps/{camp}/checkins", status: 200, want: `{"items":[{"pinned":true,"featured":true}]}`},
		{name: "chosen", request: "GET /camps/{camp}/checkins?featured=true", status: 200, want: `{"items":[{"featured":true}]}`},
	})
	s.tell(t, author, []step{{name: "told", request: "GET /notices", status: 200, want: `{"items":[{"kind":"checkin_featured","title":"你的打卡被选为精选"}]}`}})
	v.see(t, "/console/camps/{camp}/feed?only=pinned", 200, "取消置顶", "取消精选", "#晨读")
	v.see(t, "/console/camps/{camp}/topics", 200, "#day01")
	v.see(t, "/console/camps/{camp}/ranking", 200, "先比打卡天数", "1 天")

	v.post(t, "/console/camps/{camp}/feed/{checkin}", values("do", "hide", "reason", "不合适", "version", "2", "back", "topic=晨读"), 303)
	s.tell(t, fellow, []step{
		{name: "hidden at once", request: "GET /camps/{camp}/checkins", status: 200, want: `{"items":[]}`},
		{name: "from its topic, too", request: "GET /camps/{camp}/checkins?topic=晨读", status: 200, want: `{"items":[]}`},
	})
	v.see(t, "/console/camps/{camp}/feed?just={checkin}", 200, "撤销（U）")
	settle()
	if w := s.do(t, "GET /api/v1/camps/{camp}/topics", fellow, ""); strings.Contains(w.Body.String(), "day01") {
		t.Errorf("a topic of what is hidden: %s", w.Body)
	}
	v.post(t, "/console/camps/{camp}/feed/{checkin}", values("do", "show", "version", "2"), 303)
	settle()
	s.tell(t, fellow, []step{
		{name: "shown again, where it was", request: "GET /camps/{camp}/checkins", status: 200, want: `{"items":[{"pinned":true,"featured":true}]}`},
		{name: "under its topics", request: "GET /camps/{camp}/checkins?topic=day01", status: 200, want: about},
	})
	for _, do := range []string{"unpin", "unfeature"} {
		v.post(t, "/console/camps/{camp}/feed/{checkin}", values("do", do), 303)
	}
	s.tell(t, fellow, []step{{name: "undone", request: "GET /camps/{camp}/checkins", status: 200, want: `{"items":[{"pinned":false,"featured":false}]}`}})
}

func TestADeletedCheckInTakesItsCardAlong(t *testing.T) {
	t.Parallel()
	s, author, _, settle := wall(t)
	s.tell(t, author, []step{
		{name: "a card", request: "GET /checkins/{checkin}/card", status: 200, want: `{"state":"ready"}`},
		{name: "deleting", request: "DELETE /checkins/{checkin}", status: 204},
	})
	settle()
	path := "card/" + strings.ReplaceAll(s.vars["camp"]+":"+s.vars["author"]+":"+"2026-03-01", ":", "/") + ".jpg"
	if _, err := s.services.Media.Read(t.Context(), path, 1<<20); err == nil {
		t.Error("the picture of the card is still there")
	}
	s.tell(t, author, []step{{name: "anew", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"再读"}`, status: 201}})
	settle()
	s.tell(t, author, []step{{name: "a card again", request: "GET /checkins/{checkin}/card", status: 200, want: `{"state":"ready"}`}})
	if _, err := s.services.Media.Read(t.Context(), path, 1<<20); err != nil {
		t.Errorf("the picture of the new card: %v", err)
	}
}
