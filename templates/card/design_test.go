package card

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"yingdi/domain"
	"yingdi/domain/signcard"
)

// photo is an organiser's own picture: a green hill under a bright sky.
func photo(t testing.TB) signcard.Photo {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	for y := range 900 {
		for x := range 1200 {
			c := color.RGBA{uint8(150 + y/12), uint8(190 + y/20), 235, 255}
			if float64(y) > 560+90*math.Sin(float64(x)/190) {
				c = color.RGBA{uint8(70 + y/30), uint8(120 + x/40), 80, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var w bytes.Buffer
	if err := jpeg.Encode(&w, m, nil); err != nil {
		t.Fatal(err)
	}
	return func(context.Context) ([]byte, error) { return w.Bytes(), nil }
}

// logo is a red ring on nothing.
func logo(t testing.TB) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 200, 120))
	for y := range 120 {
		for x := range 200 {
			if d := math.Hypot(float64(x-100), float64(y-60)); d < 56 && d > 36 {
				m.SetNRGBA(x, y, color.NRGBA{200, 40, 40, 255})
			}
		}
	}
	var w bytes.Buffer
	if err := png.Encode(&w, m); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// studioDesign has everything somewhere else, and the logo.
func studioDesign() signcard.Design {
	d := signcard.DefaultDesign()
	d.Paper, d.Fade = "#fffaf0", 0
	d.Pieces[signcard.PartPicture] = signcard.Piece{X: 40, Y: 180, W: 670, H: 470}
	d.Pieces[signcard.PartSeal] = signcard.Piece{Hidden: true}
	d.Pieces[signcard.PartLogo] = signcard.Piece{X: 560, Y: 60, W: 150, H: 90}
	d.Pieces[signcard.PartDate] = signcard.Piece{X: 40, Y: 60, W: 300, H: 90, Font: signcard.Sans, Size: 90, Align: signcard.Left, Colour: "#1f6f5c"}
	d.Pieces[signcard.PartSaying] = signcard.Piece{X: 60, Y: 670, W: 630, H: 250, Font: signcard.Sans, Size: 44, Align: signcard.Centre}
	d.Pieces[signcard.PartName] = signcard.Piece{X: 164, Y: 974, W: 338, H: 46, Font: signcard.Serif, Size: 36, Align: signcard.Right, Colour: "#1f6f5c"}
	return d
}

func TestAnOrganisersPictureIsReadOnceForManyCards(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	var reads atomic.Int64
	s := sheet(t)
	read := photo(t)
	s.Picture, s.Photo = "p1", func(ctx context.Context) ([]byte, error) {
		if reads.Add(1) == 1 {
			return nil, domain.ErrUnavailable
		}
		return read(ctx)
	}
	if _, err := r.Render(t.Context(), s); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("a bucket that does not answer: %v", err)
	}
	for range 3 {
		pixels(t, render(t, r, s))
	}
	if reads.Load() != 2 {
		t.Errorf("read %d times", reads.Load())
	}
	s.Picture, s.Photo = "p2", func(context.Context) ([]byte, error) { return []byte("no picture"), nil }
	if _, err := r.Render(t.Context(), s); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("what is no picture: %v", err)
	}
}

func TestAnOrganisersPictureIsThatOfItsOwnProduct(t *testing.T) {
	t.Parallel()
	s := sheet(t)
	s.Picture, s.Photo = "p1", photo(t)
	here := render(t, renderer(t), s)
	s.Photo = func(context.Context) ([]byte, error) { return code(t), nil }
	if there := render(t, renderer(t), s); bytes.Equal(here, there) {
		t.Error("one product shows the picture of another that has its id")
	}
}

func TestALogoIsSeeThroughWhereItIsEmpty(t *testing.T) {
	t.Parallel()
	s := sheet(t)
	s.Design = studioDesign()
	s.Design.Paper = "#202840"
	without := pixels(t, render(t, renderer(t), s))
	s.Logo = logo(t)
	with := pixels(t, render(t, renderer(t), s))
	at := s.Design.At(signcard.PartLogo).Box()
	if d := gray(with, at.Min.X+75, at.Min.Y+45) - gray(without, at.Min.X+75, at.Min.Y+45); math.Abs(d) > 6 {
		t.Errorf("the middle of the ring differs from the paper by %.0f", d)
	}
	if r, g, _, _ := with.At(at.Min.X+75, at.Min.Y+45-34).RGBA(); r>>8 < 150 || g>>8 > 110 {
		t.Errorf("the ring is %d, %d", r>>8, g>>8)
	}
}

func TestASayingIsMeasuredWithTheFontsItIsSetIn(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	d := signcard.DefaultDesign()
	for _, s := range signcard.Sayings {
		if m := r.Measure(d, s); !m.Fits || m.Missing != "" || m.Size < 36 {
			t.Errorf("%s: %+v", s.Text, m)
		}
	}
	for name, c := range map[string]struct {
		saying  signcard.Saying
		fits    bool
		missing string
	}{
		"sixty characters":  {signcard.Saying{Text: strings.Repeat("学而时习之，", 10)}, true, ""},
		"too many lines":    {signcard.Saying{Text: strings.Repeat("学\n", 20)}, false, ""},
		"an author as long": {signcard.Saying{Text: "学", Author: strings.Repeat("长", 40)}, false, ""},
		"a flower":          {signcard.Saying{Text: "花🌸开"}, true, ""},
		"what no font has":  {signcard.Saying{Text: "花\U0001bc00开", Author: "\U0001bc00"}, true, "\U0001bc00"},
	} {
		if m := r.Measure(d, c.saying); m.Fits != c.fits || m.Missing != c.missing {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestWithoutTheFontForEmojiTheyAreLeftOut(t *testing.T) {
	t.Parallel()
	two := fstest.MapFS{}
	for _, name := range []string{"NotoSansSC-Regular.ttf", "NotoSerifSC-SemiBold.ttf"} {
		data, err := fs.ReadFile(fonts(), name)
		if err != nil {
			t.Fatal(err)
		}
		two[name] = &fstest.MapFile{Data: data}
	}
	p, err := newPress(two)
	if err != nil {
		t.Fatal(err)
	}
	s := sheet(t)
	s.Nickname = "🌸阿紫👩‍🚀"
	if got := said(p.renderer().layout(s, true, true), "name"); got != "阿紫" {
		t.Errorf("the name is %q", got)
	}
}
