package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"yingdi/handlers/web"
)

func TestBadInputIsRefusedByName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	access, _, me := s.signIn(t, "小满")
	other, _, _ := s.signIn(t, "阿杰")
	s.vars["camp"], s.vars["task"], s.vars["picture"], s.vars["foreign"] = c.ID, tasks[0].ID, s.upload(t, access), s.upload(t, other)
	for _, at := range []step{
		{name: "enrolling", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "checking in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task}","text":"早"}`, status: 201, keep: map[string]string{"checkin": "id"}},
	} {
		s.tell(t, access, []step{at})
	}
	if err := s.services.Checkins.Moderate(t.Context(), s.vars["checkin"]); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("字", 3001)
	for _, c := range []struct {
		name, request, body string
		status              int
		field, message      string
	}{
		{"no body", "POST /sessions", ``, 400, "", "请求内容无法识别"},
		{"half a body", "POST /sessions", `{"code":`, 400, "", "请求内容无法识别"},
		{"two bodies", "POST /sessions", `{"code":"x"}{}`, 400, "", "请求内容无法识别"},
		{"a list for a body", "POST /sessions", `[]`, 422, "", ""},
		{"no code", "POST /sessions", `{}`, 422, "code", "登录凭证不能为空"},
		{"an empty code", "POST /sessions", `{"code":""}`, 422, "code", "登录凭证不能为空"},
		{"a code of the wrong type", "POST /sessions", `{"code":1}`, 422, "code", "登录凭证应为文字"},
		{"a code of nothing", "POST /sessions", `{"code":null}`, 422, "code", "登录凭证应为文字"},
		{"a long code", "POST /sessions", `{"code":"` + strings.Repeat("x", 129) + `"}`, 422, "code", "登录凭证不能超过 128 个字"},
		{"a code that WeChat never gave", "POST /sessions", `{"code":"a b"}`, 422, "code", "登录已失效，请重试"},
		{"an unknown field", "POST /sessions", `{"code":"x","admin":true}`, 422, "admin", "不认识的字段 admin"},
		{"a field in capitals", "POST /sessions", `{"code":"x","Code":"y"}`, 422, "Code", "不认识的字段 Code"},
		{"a refresh token of nobody", "POST /sessions/refresh", `{"refresh_token":"x"}`, 401, "", "登录已过期，请重新登录"},
		{"a long refresh token", "POST /sessions/refresh", `{"refresh_token":"` + strings.Repeat("x", 201) + `"}`, 422, "refresh_token", "登录凭证不能超过 200 个字"},
		{"an empty code of a coupon", "POST /coupons/redeem", `{"code":""}`, 422, "code", "兑换码不能为空"},
		{"more money than there is", "POST /camps/{camp}/orders", `{"offer":"x","amount":9223372036854775807}`, 422, "amount", "金额不能大于 100000000"},
		{"less than nothing", "POST /camps/{camp}/orders", `{"offer":"x","amount":-1}`, 422, "amount", "金额不能小于 0"},
		{"nothing to change", "PATCH /me", `{}`, 422, "nickname", "请填写要修改的内容"},
		{"a long nickname", "PATCH /me", `{"nickname":"` + strings.Repeat("满", 31) + `"}`, 422, "nickname", "昵称不能超过 30 个字"},
		{"a blank nickname", "PATCH /me", `{"nickname":"  "}`, 422, "nickname", "昵称不能为空"},
		{"a nickname on two lines", "PATCH /me", `{"nickname":"小\n满"}`, 422, "nickname", "昵称不能换行"},
		{"a nickname with a control character", "PATCH /me", `{"nickname":"小\u0000满"}`, 422, "nickname", "昵称含有无法识别的字符"},
		{"half a character", "PATCH /me", `{"nickname":"小\ud83d满"}`, 422, "nickname", "昵称含有无法识别的字符"},
		{"somebody else's picture as one's face", "PATCH /me", `{"avatar":"{foreign}"}`, 422, "avatar", "头像无法使用，请换一张图片"},
		{"a face that is no id", "PATCH /me", `{"avatar":"../x"}`, 422, "avatar", "头像无效"},
		{"no phone code", "POST /me/phone", `{"code":""}`, 422, "code", "登录凭证不能为空"},
		{"a phone code of nobody", "POST /me/phone", `{"code":"nobody"}`, 422, "code", "登录已失效，请重试"},
		{"a page of no size", "GET /camps?limit=0", ``, 422, "limit", "每页条数不能小于 1"},
		{"a page too large", "GET /camps?limit=101", ``, 422, "limit", "每页条数不能大于 100"},
		{"a page of words", "GET /camps?limit=ten", ``, 422, "limit", "每页条数格式不正确"},
		{"a made-up cursor", "GET /camps?after=x", ``, 422, "after", "翻页位置无效，请从头开始"},
		{"a long cursor", "GET /notices?after=" + strings.Repeat("x", 1401), ``, 422, "after", "翻页位置不能超过 1400 个字"},
		{"a camp that is no id", "GET /camps/a:b/today", ``, 422, "camp", "训练营编号格式不正确"},
		{"a camp that is not there", "GET /camps/nowhere", ``, 404, "", "没有找到相关内容"},
		{"a kind of file that nobody takes", "POST /media", `{"kind":"program","content_type":"image/jpeg","size":1}`, 422, "kind", `文件类别应为 "image, audio, video, document" 之一`},
		{"a type that is not of the kind", "POST /media", `{"kind":"image","content_type":"image/gif","size":1}`, 422, "content_type", "只支持图片（JPG、PNG，不超过 10 MB）"},
		{"an empty file", "POST /media", `{"kind":"image","content_type":"image/jpeg","size":0}`, 422, "size", "文件大小不能小于 1"},
		{"a file too large", "POST /media", `{"kind":"image","content_type":"image/jpeg","size":10485761}`, 422, "size", "只支持图片（JPG、PNG，不超过 10 MB）"},
		{"a size of words", "POST /media", `{"kind":"image","content_type":"image/jpeg","size":"1"}`, 422, "size", "文件大小应为整数"},
		{"a size of a half", "POST /media", `{"kind":"image","content_type":"image/jpeg","size":1.5}`, 422, "size", "文件大小应为整数"},
		{"a file that was never sent", "POST /media/nowhere/complete", ``, 404, "", "没有找到相关内容"},
		{"no task", "POST /camps/{camp}/checkins", `{"text":"早"}`, 422, "task", "任务不能为空"},
		{"a task that is no id", "POST /camps/{camp}/checkins", `{"task":"a:b","text":"早"}`, 422, "task", "任务格式不正确"},
		{"a task that is not there", "POST /camps/{camp}/checkins", `{"task":"nowhere","text":"早"}`, 404, "", "没有找到相关内容"},
		{"nothing handed in", "POST /camps/{camp}/checkins", `{"task":"{task}","text":" \n　"}`, 422, "text", "写点什么，或者添加图片、录音、视频"},
		{"too many words", "POST /camps/{camp}/checkins", `{"task":"{task}","text":"` + long + `"}`, 422, "text", "内容不能超过 3000 个字"},
		{"too many files", "POST /camps/{camp}/checkins", `{"task":"{task}","media":["1","2","3","4","5","6","7","8","9","10"]}`, 422, "media", "素材最多 9 个"},
		{"one file twice", "POST /camps/{camp}/checkins", `{"task":"{task}","media":["{picture}","{picture}"]}`, 422, "media", "素材无效或重复"},
		{"somebody else's file", "POST /camps/{camp}/checkins", `{"task":"{task}","media":["{foreign}"]}`, 422, "media", "素材不存在、不属于你或无法使用"},
		{"a file that is no id", "POST /camps/{camp}/checkins", `{"task":"{task}","media":[7]}`, 422, "media[0]", "素材应为文字"},
		{"an audience of one's own", "POST /camps/{camp}/checkins", `{"task":"{task}","text":"早","audience":"me"}`, 422, "audience", `可见范围应为 "camp, teachers" 之一`},
		{"a day of one's own", "POST /camps/{camp}/checkins", `{"task":"{task}","text":"早","day":"2026-02-28"}`, 422, "day", "不认识的字段 day"},
		{"an edit without anything", "PUT /checkins/{checkin}", `{}`, 422, "text", "写点什么，或者添加图片、录音、视频"},
		{"a feed of maybe", "GET /camps/{camp}/checkins?mine=maybe", ``, 422, "mine", "mine格式不正确"},
		{"a comment of nothing", "POST /checkins/{checkin}/comments", `{"text":""}`, 422, "text", "评论不能为空"},
		{"a long comment", "POST /checkins/{checkin}/comments", `{"text":"` + strings.Repeat("字", 501) + `"}`, 422, "text", "内容不能超过 500 个字"},
		{"a check-in that is no id", "GET /checkins/a%20b", ``, 422, "checkin", "打卡编号格式不正确"},
		{"a code that is no scene", "GET /scenes/a!b", ``, 422, "scene", "二维码格式不正确"},
		{"a body over the limit", "PATCH /me", `{"nickname":"` + strings.Repeat("x", web.MaxBody) + `"}`, 413, "", "内容太大"},
		{"a method that nobody takes", "DELETE /camps", ``, 405, "", "这个地址不支持这种请求方法"},
		{"an address that is not there", "GET /camp", ``, 404, "", "没有找到相关内容"},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		w := s.do(t, method+" /api/v1"+path, access, s.fill(t, c.body))
		var p web.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s: %v in %s", c.name, err, w.Body)
		}
		if w.Code != c.status || p.Status != c.status {
			t.Errorf("%s: answered %d %s, want %d", c.name, w.Code, w.Body, c.status)
		}
		if c.message != "" && p.Detail != c.message && (len(p.Errors) == 0 || p.Errors[0].Message != c.message) {
			t.Errorf("%s: says %q, want %q", c.name, p.Detail, c.message)
		}
		if c.field != "" && (len(p.Errors) == 0 || p.Errors[0].Field != c.field) {
			t.Errorf("%s: names %v, want %q", c.name, p.Errors, c.field)
		}
	}
	if got := s.do(t, "GET /api/v1/me", access, ""); !strings.Contains(got.Body.String(), `"nickname":"新同学"`) || !strings.Contains(got.Body.String(), me) {
		t.Errorf("something refused was done nevertheless: %s", got.Body)
	}
}

func TestABodyMustBeJSON(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.do(t, "POST /api/v1/sessions", "", `{"code":"x"}`, "Content-Type", "application/x-www-form-urlencoded")
	if w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

func TestAFileThatIsNotWhatItClaims(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	access, _, _ := s.signIn(t, "小满")
	file := []byte("#!/bin/sh\necho no picture at all\n")
	w := s.do(t, "POST /api/v1/media", access, `{"kind":"image","content_type":"image/jpeg","size":33}`)
	var begun struct {
		ID     string
		Upload struct {
			URL    string
			Fields map[string]string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &begun); err != nil {
		t.Fatal(err)
	}
	s.send(t, begun.Upload.URL, begun.Upload.Fields, file)
	s.vars["file"] = begun.ID
	s.tell(t, access, []step{
		{name: "completing it", request: "POST /media/{file}/complete", status: 422, want: `{"code":"media_refused"}`},
		{name: "completing it again", request: "POST /media/{file}/complete", status: 422, want: `{"code":"media_refused"}`},
		{name: "wearing it", request: "PATCH /me", body: `{"avatar":"{file}"}`, status: 422, want: `{"code":"avatar_refused"}`},
	})
}
