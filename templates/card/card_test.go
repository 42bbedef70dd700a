package card

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/draw"

	"yingdi/domain"
	"yingdi/domain/signcard"
)

var update = flag.Bool("update", false, "write the golden cards anew")

func renderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func render(t testing.TB, r *Renderer, s signcard.Sheet) []byte {
	t.Helper()
	out, err := r.Render(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pixels(t testing.TB, data []byte) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, 750, 1200) {
		t.Fatalf("the card is %v", m.Bounds())
	}
	return m
}

const link = "https://mp.example.cn/s?c=8Zk3QmP1"

// code is a JPEG of 430 pixels, as WeChat makes them.
func code(t testing.TB) []byte {
	t.Helper()
	q, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	if err := jpeg.Encode(&w, q.Image(430), &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func portrait(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 120, 160))
	for y := range 160 {
		for x := range 120 {
			m.SetRGBA(x, y, color.RGBA{uint8(90 + x), uint8(200 - y), 120, 255})
		}
	}
	var w bytes.Buffer
	if err := jpeg.Encode(&w, m, nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func sheet(t testing.TB) signcard.Sheet {
	return signcard.Sheet{
		Design: signcard.DefaultDesign(), Picture: "misty-mountains", Saying: "不积跬步，无以至千里；不积小流，无以成江海。", Author: "《荀子·劝学》",
		Nickname: "小明", Avatar: portrait(t), Camp: "三十天古诗文晨读营", Day: "2026-11-21", DayN: 5, Total: 21, Streak: 5, QR: code(t),
	}
}

func golden(t *testing.T) map[string]signcard.Sheet {
	plain, emoji, long, bare, night := sheet(t), sheet(t), sheet(t), sheet(t), sheet(t)
	emoji.Picture, emoji.Nickname, emoji.Avatar = "plum", "爱读书的王小二👨‍👩‍👧‍👦🌸和他的好朋友们一起努力", nil
	emoji.Camp = "零基础学钢琴：从识谱到完整弹奏一首你喜欢的曲子（2026 秋）"
	long.Picture, long.Author = "lotus", "佚名"
	long.Saying = "生活不是等待暴风雨过去，而是学会在雨中起舞。每天读一点书，走一点路，写几行字，一年之后你会感谢今天没有放弃的自己。"
	bare.Picture, bare.Nickname, bare.Avatar, bare.QR = "dunes", "محمد", nil, nil
	bare.Saying, bare.DayN, bare.Total, bare.Streak = "Stay hungry, stay foolish.", 128, 365, 128
	night.Picture, night.Saying, night.DayN, night.Streak = "moon-night", "海上生明月，天涯共此时。", 0, 0
	own := sheet(t)
	own.Design, own.Picture, own.Photo, own.Logo = studioDesign(), "own", photo(t), logo(t)
	own.Nickname = "一个名字特别特别长而且带着🌸🎵的同学🎹"
	return map[string]signcard.Sheet{"own": own, "plain": plain, "emoji": emoji, "long": long, "bare": bare, "night": night}
}

// The golden cards are kept small, and compared with a little tolerance for another processor's arithmetic.
func TestGoldenCards(t *testing.T) {
	t.Parallel()
	for name, s := range golden(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			small := image.NewRGBA(image.Rect(0, 0, 250, 400))
			draw.CatmullRom.Scale(small, small.Rect, pixels(t, render(t, renderer(t), s)), image.Rect(0, 0, 750, 1200), draw.Src, nil)
			path := filepath.Join("testdata", name+".golden.jpg")
			if *update {
				var w bytes.Buffer
				if err := errors.Join(jpeg.Encode(&w, small, &jpeg.Options{Quality: 92}), os.WriteFile(path, w.Bytes(), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if mean, worst := differences(small, want); mean > 1.5 || worst > 40 {
				t.Errorf("differs from %s by %.2f on average, by %.0f at most", path, mean, worst)
			}
		})
	}
}

func differences(a, b image.Image) (mean, worst float64) {
	size := a.Bounds()
	for y := range size.Dy() {
		for x := range size.Dx() {
			d := math.Abs(gray(a, x, y) - gray(b, x, y))
			mean, worst = mean+d, max(worst, d)
		}
	}
	return mean / float64(size.Dx()*size.Dy()), worst
}

func gray(m image.Image, x, y int) float64 {
	return float64(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
}

func TestTheSameSheetAlwaysGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	apart, err := newPress(fonts())
	if err != nil {
		t.Fatal(err)
	}
	other := apart.renderer()
	want := map[string][]byte{}
	for name, s := range golden(t) {
		want[name] = render(t, other, s)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for name, s := range golden(t) {
				if got, err := r.Render(t.Context(), s); err != nil || !bytes.Equal(got, want[name]) {
					t.Errorf("%s: another press draws other bytes (%v)", name, err)
				}
			}
		})
	}
	wg.Wait()
}

// Every module of the code is clearly dark or light in its middle, which is where a scanner looks.
func TestTheCodeCanStillBeScanned(t *testing.T) {
	t.Parallel()
	q, err := qrcode.New(link, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	modules := q.Bitmap()
	for _, picture := range []string{"misty-mountains", "moon-night"} {
		s := sheet(t)
		s.Picture = picture
		m := pixels(t, render(t, renderer(t), s))
		at := signcard.DefaultDesign().At(signcard.PartCode)
		inner := image.Rect(at.X, at.Y, at.X+at.W, at.Y+at.W).Inset(6)
		middle := func(i int) int { return int((float64(i) + 0.5) * float64(inner.Dx()) / float64(len(modules))) }
		for y, row := range modules {
			for x, dark := range row {
				v := gray(m, inner.Min.X+middle(x), inner.Min.Y+middle(y))
				if dark && v > 90 || !dark && v < 165 {
					t.Fatalf("%s: module %d, %d should be dark=%v and is %.0f", picture, x, y, dark, v)
				}
			}
		}
	}
}

func TestAPictureThatIsNoneCountsAsMissing(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	without := sheet(t)
	without.Avatar, without.QR = nil, nil
	want := render(t, r, without)
	for name, data := range map[string][]byte{
		"garbage": []byte("no picture at all"), "cut off": portrait(t)[:300], "a bomb": bomb(30000, 30000),
		"too many bytes": append(portrait(t), make([]byte, maxImageBytes)...), "empty": {},
	} {
		s := without
		s.Avatar, s.QR = data, data
		if !bytes.Equal(render(t, r, s), want) {
			t.Errorf("%s was drawn", name)
		}
	}
}

// bomb is the beginning of a PNG that claims a size.
func bomb(w, h uint32) []byte {
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	chunk := append([]byte("IHDR"), byte(w>>24), byte(w>>16), byte(w>>8), byte(w), byte(h>>24), byte(h>>16), byte(h>>8), byte(h), 8, 6, 0, 0, 0)
	sum := crc32.ChecksumIEEE(chunk)
	return append(append(out, chunk...), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
}

// Not parallel: it looks at what the whole process allocates.
func TestABombIsRefusedBeforeItTakesMemory(t *testing.T) {
	var before, after runtime.MemStats
	data := bomb(30000, 30000)
	if c, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != 30000 {
		t.Fatalf("the bomb is none: %v", err)
	}
	runtime.ReadMemStats(&before)
	if decode(data) != nil {
		t.Error("decoded")
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("took %d bytes", took)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for field, change := range map[string]func(*signcard.Sheet){
		"picture": func(s *signcard.Sheet) { s.Picture = "no-such-picture" },
		"day":     func(s *signcard.Sheet) { s.Day = "2026-02-30" },
	} {
		s := sheet(t)
		change(&s)
		if _, err := r.Render(t.Context(), s); !errors.Is(err, domain.ErrInvalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: got %v", field, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Render(ctx, sheet(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestWithoutFontsItSaysWhatToDo(t *testing.T) {
	t.Parallel()
	if _, err := newPress(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("missing: got %v", err)
	}
	broken := fstest.MapFS{"NotoSansSC-Regular.ttf": {Data: []byte("no font")}}
	if _, err := newPress(broken); err == nil || !strings.Contains(err.Error(), "NotoSansSC-Regular.ttf") {
		t.Errorf("broken: got %v", err)
	}
}

func TestTheCacheForgetsWhatWasNotAskedFor(t *testing.T) {
	t.Parallel()
	c := newCache[int, int](3)
	made := 0
	ask := func(k int) { c.get(k, func() int { made++; return k }) }
	for _, k := range []int{1, 2, 3, 1, 4, 1, 2} { // 4 pushes out 2, 2 pushes out 3
		ask(k)
	}
	if made != 5 || len(c.found) != 3 || c.order.Len() != 3 {
		t.Errorf("made %d values, keeps %d", made, len(c.found))
	}
}

func BenchmarkRender(b *testing.B) {
	r, base := renderer(b), sheet(b)
	sheets := make([]signcard.Sheet, len(signcard.Pictures)*4)
	for i := range sheets {
		s := base
		saying := signcard.Sayings[i*7%len(signcard.Sayings)]
		s.Picture, s.Saying, s.Author, s.DayN = signcard.Pictures[i%len(signcard.Pictures)], saying.Text, saying.Author, i%21+1
		sheets[i] = s
		render(b, r, s)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		render(b, r, sheets[i%len(sheets)])
		i++
	}
}

// BenchmarkRenderNew meets avatar and code for the first time.
func BenchmarkRenderNew(b *testing.B) {
	r, s := renderer(b), sheet(b)
	render(b, r, s)
	avatar, qr := s.Avatar, s.QR
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		tail := []byte{byte(i), byte(i >> 8), byte(i >> 16)} // after the end of the file, where no decoder looks
		s.Avatar, s.QR = append(avatar[:len(avatar):len(avatar)], tail...), append(qr[:len(qr):len(qr)], tail...)
		render(b, r, s)
		i++
	}
}
