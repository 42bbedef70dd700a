package main

import (
	"bytes"
	"encoding/json"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"yingdi/domain/lesson"
)

// onePage is a PDF with one empty page.
const onePage = `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >> endobj
trailer << /Size 4 /Root 1 0 R >>
%%EOF
`

func TestADocumentIsLookedAtWithoutOpeningIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	settle := s.works(t)
	token, _, teacher := s.signIn(t, "teacher")
	c, tasks := s.running(t, teacher, 10)
	s.vars["camp"] = c.ID
	bring := func(name, body string) string {
		return s.uploadFile(t, token, `"kind":"document","content_type":"application/pdf","name":"`+name+`"`, []byte(body))
	}
	good, bad := bring("课件.pdf", onePage), bring("坏了.pdf", "%PDF-1.7 and nothing more")
	form := lesson.Form{Day: c.Start, Title: "读课文", Blocks: []lesson.Block{{Kind: lesson.DocumentBlock, Media: good}, {Kind: lesson.DocumentBlock, Media: bad}}}
	if _, err := s.services.Lessons.Edit(s.as(t, teacher), tasks[0].ID, form); err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Lessons.AddMaterial(s.as(t, teacher), c.ID, good, "课件", time.Time{}); err != nil {
		t.Fatal(err)
	}
	settle()

	learner, _, _ := s.signIn(t, "learner")
	s.tell(t, learner, []step{{name: "enrols", request: "POST /camps/{camp}/enrolments", status: 201}})
	w := s.do(t, "GET /api/v1/camps/{camp}/today", learner, "")
	type file struct {
		Name     string
		Pages    []string
		ThumbURL string `json:"thumb_url"`
	}
	var seen struct {
		Tasks []struct{ Blocks []struct{ File file } }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &seen); err != nil || w.Code != http.StatusOK {
		t.Fatalf("today: %d %s", w.Code, w.Body)
	}
	drawn, plain := seen.Tasks[0].Blocks[0].File, seen.Tasks[0].Blocks[1].File
	if len(drawn.Pages) != 1 || drawn.ThumbURL == "" || plain.Name != "坏了.pdf" || plain.Pages != nil || plain.ThumbURL != "" {
		t.Fatalf("%+v, %+v", drawn, plain)
	}
	w = s.do(t, "GET "+drawn.Pages[0], "", "")
	if page, err := jpeg.DecodeConfig(bytes.NewReader(w.Body.Bytes())); err != nil || page.Height < page.Width || w.Header().Get("Content-Disposition") != "inline" {
		t.Errorf("the page: %d %v, %+v, %v", w.Code, w.Header(), page, err)
	}
	w = s.do(t, "GET /api/v1/camps/{camp}/materials", learner, "")
	if !strings.Contains(w.Body.String(), `"pages":[`) {
		t.Errorf("the material: %d %s", w.Code, w.Body)
	}
}
