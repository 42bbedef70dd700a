package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"yingdi/domain/lesson"
)

// A task as the mini-program gets it.
type taskSeen struct {
	ID, Kind, Title, Content, State string
	Pinned                          bool
	Blocks                          []struct {
		Kind, Text, URL, Host string
		Paragraphs            []struct {
			Kind  string
			Spans []struct {
				Text, Link string
				Bold       bool
			}
		}
		File *struct {
			ID, Kind, Name, URL string
			Size                int
		}
	}
}

func (s *site) todaysTasks(t *testing.T, token string) []taskSeen {
	t.Helper()
	w := s.do(t, "GET /api/v1/camps/{camp}/today", token, "")
	var seen struct{ Tasks []taskSeen }
	if err := json.Unmarshal(w.Body.Bytes(), &seen); err != nil || w.Code != http.StatusOK {
		t.Fatalf("today: %d %s", w.Code, w.Body)
	}
	return seen.Tasks
}

func TestALearnerSeesEveryKindOfBlock(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token, _, teacher := s.signIn(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"] = c.ID
	ctx := s.as(t, teacher)
	paper := "%PDF-1.7 and so on"
	document := s.uploadFile(t, token, `"kind":"document","content_type":"application/pdf","name":"课件.pdf"`, []byte(paper))
	picture := s.upload(t, token)
	form := lesson.Form{Day: c.Start, Title: "读课文", Blocks: []lesson.Block{
		{Kind: lesson.TextBlock, Text: "# 今天\n读**三**遍，看[这里](https://example.com/a)\n<script>alert(1)</script>"},
		{Kind: lesson.DocumentBlock, Media: document, Text: "先看这个"},
		{Kind: lesson.PictureBlock, Media: picture},
		{Kind: lesson.LinkBlock, URL: "https://example.com:8443/more", Text: "更多"},
	}}
	if _, err := s.services.Lessons.Edit(ctx, tasks[0].ID, form); err != nil {
		t.Fatal(err)
	}
	form.Blocks = []lesson.Block{{Kind: lesson.VideoBlock, Media: picture}}
	if _, err := s.services.Lessons.Edit(ctx, tasks[0].ID, form); err == nil || !strings.Contains(err.Error(), "blocks[0].media") {
		t.Errorf("a picture as a video: %v", err)
	}

	learner, _, _ := s.signIn(t, "learner")
	s.tell(t, learner, []step{{name: "enrols", request: "POST /camps/{camp}/enrolments", status: 201}})
	task := s.todaysTasks(t, learner)[0]
	if len(task.Blocks) != 4 || task.Content != "今天\n读三遍，看这里\n<script>alert(1)</script>" {
		t.Fatalf("%+v", task)
	}
	text := task.Blocks[0].Paragraphs
	if text[0].Kind != "heading" || !text[1].Spans[1].Bold || text[1].Spans[3].Link != "https://example.com/a" {
		t.Errorf("the text: %+v", text)
	}
	if link := task.Blocks[3]; link.Host != "example.com" || link.Text != "更多" {
		t.Errorf("the link: %+v", link)
	}
	file := task.Blocks[1].File
	if file == nil || file.Name != "课件.pdf" || file.Kind != "document" || file.Size != len(paper) || task.Blocks[2].File == nil {
		t.Fatalf("the files: %+v", task.Blocks)
	}
	w := s.do(t, "GET "+file.URL, "", "")
	if w.Code != http.StatusOK || w.Body.String() != paper || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the document: %d %v", w.Code, w.Header())
	}
	w = s.do(t, "POST /api/v1/media", learner, `{"kind":"document","content_type":"application/pdf","name":"a.pdf","size":9}`)
	if w.Code != http.StatusForbidden {
		t.Errorf("a learner brings a document: %d %s", w.Code, w.Body)
	}
}
