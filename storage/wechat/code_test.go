package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"net/url"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"yingdi/domain"
)

func TestACodeCanBeScanned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const scene, page = "c=abc123&f=~!#$'()*+,/:;=?@-._", "pages/camp/show"
	picture, err := w.QR(context.Background(), scene, page)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	text := w.fake.CodeText(scene, page)
	if u, err := url.Parse(text); err != nil || u.Query().Get("scene") != scene || u.Query().Get("page") != page {
		t.Fatalf("the code says %s", text)
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	modules := code.Bitmap()
	middle := func(n int) int { return (2*n + 1) * img.Bounds().Dx() / (2 * len(modules)) }
	for y, row := range modules {
		for x, dark := range row {
			r, _, _, _ := img.At(middle(x), middle(y)).RGBA()
			if (r < 0x8000) != dark {
				t.Fatalf("module %d,%d is wrong", x, y)
			}
		}
	}
}

func TestACodeThatWeChatWouldRefuseIsNotAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct{ scene, page string }{
		"no scene":        {"", "pages/a"},
		"long scene":      {strings.Repeat("a", 33), "pages/a"},
		"percent":         {"a%20", "pages/a"},
		"Chinese":         {"营地", "pages/a"},
		"leading slash":   {"a", "/pages/a"},
		"page with query": {"a", "pages/a?b=c"},
	} {
		if _, err := w.QR(context.Background(), test.scene, test.page); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if w.calls.of("/wxa/getwxacodeunlimit") != 0 {
		t.Error("WeChat was asked")
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link, err := w.Link(context.Background(), "pages/camp/show", "id=1&channel=a")
	if err != nil || !strings.HasPrefix(link, "https://") {
		t.Errorf("got %q, %v", link, err)
	}
	if _, err := w.Link(context.Background(), "/pages/x", ""); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("leading slash: got %v", err)
	}
	if _, err := w.Link(context.Background(), "pages/x", strings.Repeat("a", 1025)); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("long query: got %v", err)
	}
}
