package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/signcard"
)

// landscape is a picture large enough for a card.
func landscape(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 900, 700))
	for y := range 700 {
		for x := range 900 {
			m.SetRGBA(x, y, color.RGBA{uint8(y / 3), uint8(x / 4), 160, 255})
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, m, nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// design is the form of a template as the editor sends it.
func design(d signcard.Design, name string) url.Values {
	f := values("name", name, "paper", d.Paper, "fade", strconv.Itoa(d.Fade))
	for _, kind := range signcard.Parts {
		p := d.At(kind.Part)
		set := func(what, value string) { f.Set(string(kind.Part)+"."+what, value) }
		if !p.Hidden {
			set("shown", "1")
		}
		for what, n := range map[string]int{"x": p.X, "y": p.Y, "w": p.W, "h": p.H, "size": p.Size} {
			set(what, strconv.Itoa(n))
		}
		set("font", string(p.Font))
		set("align", string(p.Align))
		set("colour", p.Colour)
	}
	return f
}

// A teacher brings a picture and sayings, sets out a template, chooses them for the camp, and has its cards drawn anew.
func TestACampsCardsAreItsTeachersOwn(t *testing.T) {
	t.Parallel()
	s := studio(t)
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	cards := s.services.Signcards
	token, _, _ := s.signIn(t, "teacher")
	file := s.uploadFile(t, token, `"kind":"image","content_type":"image/jpeg"`, landscape(t))
	small := s.upload(t, token)
	v := s.staff(t, s.vars["teacher"])
	base := "/console/organisers/{organiser}/cards"

	if err := cards.Make(ctx, s.vars["checkin"]); err != nil {
		t.Fatal(err)
	}
	v.post(t, base+"/pictures", values("media", small), http.StatusUnprocessableEntity, "图片太小")
	v.submit(t, base+"/pictures", values("media", file, "season", "spring", "tags", "晨读，春"), "处理中", "晨读")
	if err := cards.Prepare(ctx, s.vars["organiser"], file); err != nil {
		t.Fatal(err)
	}
	v.post(t, base+"/sayings", values("text", "慢慢来\n"+strings.Repeat("长", 61)), http.StatusUnprocessableEntity, "第 2 条：文案不能超过 60 个字", "慢慢来")
	v.submit(t, base+"/sayings", values("text", "慢慢来 —— 老师"), "新增 1 条文案", "慢慢来")

	d := signcard.DefaultDesign()
	at := d.Pieces[signcard.PartCode]
	at.X = 440
	d.Pieces[signcard.PartCode] = at
	v.post(t, base+"/templates", design(d, "春天"), http.StatusUnprocessableEntity, "重叠了", "春天")
	if w := v.see(t, base+"/preview.jpg?"+design(d, "").Encode(), http.StatusUnprocessableEntity); !strings.Contains(w.Body.String(), "重叠了") {
		t.Errorf("the preview says %s", w.Body)
	}
	at.X = 526
	d.Pieces[signcard.PartCode] = at
	d.Paper = "#fffaf0"
	v.submit(t, base+"/templates", design(d, "春天"), "已保存", "第 1 版")
	list, err := cards.Templates(ctx, s.vars["organiser"])
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, path := range []string{base + "/preview.jpg?" + design(d, "").Encode() + "&long=1&picture=" + file, "/console/camps/{camp}/cards/preview.jpg"} {
		if m, err := jpeg.Decode(v.see(t, path, http.StatusOK).Body); err != nil || m.Bounds().Size() != image.Pt(signcard.Width, signcard.Height) {
			t.Errorf("%s: %v", path, err)
		}
	}
	v.submit(t, "/console/camps/{camp}/cards", values("template", list[0].ID, "pictures", "own", "sayings", "own"), "已保存", "自己的图库（1 张）")

	v.submit(t, "/console/camps/{camp}/cards/redraw", values("restyle", "1"), "已完成 0 / 1 张")
	v.submit(t, "/console/camps/{camp}/cards/redraw", values("restyle", "1"), "正在重新绘制")
	camp, err := cards.OfCamp(ctx, s.vars["camp"])
	if err != nil {
		t.Fatal(err)
	}
	if err := cards.RunRedraw(ctx, camp.Redraw.ID, camp.Redraw.Step); err != nil {
		t.Fatal(err)
	}
	v.see(t, "/console/camps/{camp}/cards", http.StatusOK, "完成，共 1 张")
}

func TestALearnersInviteCardAndACampsCover(t *testing.T) {
	t.Parallel()
	s := studio(t)
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	token, _, _ := s.signIn(t, "小满")
	ask := step{name: "asked for", request: "PUT /camps/{camp}/invite-card", status: 200, want: `{"state":"pending","url":""}`}
	s.tell(t, token, []step{ask, ask})
	if err := s.services.Signcards.MakeInvite(ctx, domain.Key(s.vars["camp"], s.vars["learner"])); err != nil {
		t.Fatal(err)
	}
	if err := s.services.Signcards.MakeFront(ctx, s.vars["camp"]); err != nil {
		t.Fatal(err)
	}
	s.tell(t, token, []step{
		{name: "drawn", request: "PUT /camps/{camp}/invite-card", status: 200, want: `{"state":"ready","url":"*"}`},
		{name: "the camp has a cover", request: "GET /camps/{camp}", status: 200, want: `{"cover":"*","share":"*"}`},
	})
	scene, err := s.services.Channels.ForShare(ctx, s.vars["camp"], s.vars["learner"])
	if err != nil || len(scene) > 32 {
		t.Fatalf("%q, %v", scene, err)
	}
	if found, err := s.services.Channels.Resolve(ctx, scene); err != nil || found.Member != s.vars["learner"] || found.Camp != s.vars["camp"] {
		t.Errorf("the code leads to %+v, %v", found, err)
	}
}
