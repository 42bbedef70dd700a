package season

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"yingdi/season/audit"
)

// file is what a phone brings.
type file struct {
	kind, contentType string
	bytes             []byte
}

// paint makes a small picture, the same for the same number.
func paint(n int) file {
	page := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			shade := uint8(120 + (x*n+y*3)%120)
			page.SetRGBA(x, y, color.RGBA{shade, 200, 255 - shade, 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, page, nil); err != nil {
		panic("season: " + err.Error())
	}
	return file{"image", "image/jpeg", out.Bytes()}
}

var (
	pictures  = []file{paint(1), paint(2), paint(5), paint(11)}
	recording = file{"audio", "audio/mpeg", append([]byte("ID3\x03\x00\x00\x00\x00\x00\x00"), make([]byte, 4000)...)}
	spoilt    = file{"image", "image/jpeg", []byte("<script>alert('no picture')</script>")}
)

// files uploads what goes with a visit, and returns what is to be handed in.
func (l *learner) files(ctx context.Context, day int, v Visit) ([]string, error) {
	media := []string{}
	picture := pictures[(l.seat.N+day)%len(pictures)]
	for _, up := range []struct {
		wanted, keep bool
		file         file
	}{
		{v.Spoilt, false, spoilt}, {v.Abandoned, false, picture}, {v.Picture, true, picture}, {v.Recording, true, recording},
	} {
		if !up.wanted {
			continue
		}
		id, err := l.upload(ctx, up.file)
		if err != nil {
			return nil, err
		}
		if up.keep && id != "" {
			media = append(media, id)
		}
	}
	return media, nil
}

// upload sends a file the way wx.uploadFile does; it returns "" for one that is refused, as a spoilt one must be.
func (l *learner) upload(ctx context.Context, f file) (string, error) {
	k := call{method: http.MethodPost, path: "/media", key: l.key(), json: map[string]any{
		"kind": f.kind, "content_type": f.contentType, "size": len(f.bytes),
	}}
	a, ok, err := l.ask(ctx, k, http.StatusCreated)
	if err != nil || !ok {
		return "", err
	}
	var in struct {
		ID     string
		Upload struct {
			URL    string
			Fields map[string]string
		}
	}
	if err := a.into(&in); err != nil {
		return "", err
	}
	if err := l.sendForm(ctx, in.Upload.URL, in.Upload.Fields, f); err != nil {
		return "", err
	}
	good := !strings.HasPrefix(string(f.bytes), "<")
	want := map[bool]int{true: http.StatusOK, false: http.StatusUnprocessableEntity}[good]
	if _, ok, err = l.ask(ctx, call{method: http.MethodPost, path: "/media/" + in.ID + "/complete"}, want); err != nil || !ok {
		return "", err
	}
	l.book.write(func(p *audit.Promises) {
		p.Uploads = append(p.Uploads, audit.Upload{ID: in.ID, Member: l.member, Accepted: good})
	})
	if !good {
		l.book.count("refused", 1)
		return "", nil
	}
	l.book.count(map[string]string{"image": "pictures", "audio": "recordings"}[f.kind], 1)
	return in.ID, nil
}

func (l *learner) sendForm(ctx context.Context, to string, fields map[string]string, f file) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			return err
		}
	}
	part, err := form.CreateFormFile("file", "picture")
	if err != nil {
		return err
	}
	if _, err := part.Write(f.bytes); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	k := call{method: http.MethodPost, path: to, raw: body.Bytes(), contentType: form.FormDataContentType()}
	a, err := l.client.do(ctx, k)
	if err == nil {
		k.path = "(storage)"
		l.book.expect(a, k, http.StatusNoContent)
	}
	return err
}

// use notes that these files are in something acknowledged.
func (l *learner) use(media []string) {
	if len(media) == 0 {
		return
	}
	l.book.write(func(p *audit.Promises) {
		for i := range p.Uploads {
			if slices.Contains(media, p.Uploads[i].ID) {
				p.Uploads[i].Used = true
			}
		}
	})
}

// portray uploads a picture of the learner and shows it to others.
func (l *learner) portray(ctx context.Context) error {
	id, err := l.upload(ctx, pictures[l.seat.N%len(pictures)])
	if err != nil || id == "" {
		return err
	}
	if _, ok, err := l.ask(ctx, call{method: http.MethodPatch, path: "/me", json: map[string]string{"avatar": id}}, http.StatusOK); err != nil || !ok {
		return err
	}
	l.use([]string{id})
	l.book.write(func(p *audit.Promises) {
		for i := range p.People {
			if p.People[i].Member == l.member {
				p.People[i].Avatar = id
			}
		}
	})
	l.book.count("avatars", 1)
	return nil
}
