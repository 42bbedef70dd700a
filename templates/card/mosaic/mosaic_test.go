package mosaic_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"yingdi/templates/card/mosaic"
)

func picture(w, h int, seed uint64) *image.RGBA {
	random := rand.New(rand.NewPCG(seed, 1))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := 128 + 80*math.Sin(float64(x)/19) + 40*math.Cos(float64(y)/7) + random.Float64()*9
			m.SetRGBA(x, y, color.RGBA{uint8(max(0, min(255, v))), uint8(x), uint8(y * 3), 255})
		}
	}
	return m
}

func decode(t interface{ Fatalf(string, ...any) }, data []byte) *image.YCbCr {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("the result is no JPEG: %v", err)
	}
	return m.(*image.YCbCr)
}

// distance is the root of the mean square difference of brightness.
func distance(a, b *image.YCbCr) float64 {
	var sum float64
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			d := float64(a.Y[a.YOffset(x, y)]) - float64(b.Y[b.YOffset(x, y)])
			sum += d * d
		}
	}
	return math.Sqrt(sum / float64(a.Rect.Dx()*a.Rect.Dy()))
}

func TestItIsAsGoodAsTheStandardEncoder(t *testing.T) {
	t.Parallel()
	for _, quality := range []int{20, 75, 85, 95} {
		src := picture(150, 111, 7)
		plate := mosaic.NewPlate(src, quality)
		canvas := mosaic.NewCanvas(150, 111)
		canvas.Reset(plate)
		ours := plate.Encode(canvas)
		var theirs bytes.Buffer
		if err := jpeg.Encode(&theirs, src, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		a, b := decode(t, ours), decode(t, theirs.Bytes())
		if a.Rect != b.Rect {
			t.Fatalf("quality %d: size %v instead of %v", quality, a.Rect, b.Rect)
		}
		if d := distance(a, b); d > 1.5 {
			t.Errorf("quality %d: differs by %.2f", quality, d)
		}
		if len(ours) > theirs.Len()*21/20 {
			t.Errorf("quality %d: %d bytes instead of %d", quality, len(ours), theirs.Len())
		}
	}
}

// Painting over a copy and encoding the touched tiles gives, bit by bit, what encoding the painted picture gives.
func TestUntouchedTilesAreCopiedExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 90).Draw(t, "width"), rapid.IntRange(1, 90).Draw(t, "height")
		plate := mosaic.NewPlate(picture(w, h, rapid.Uint64().Draw(t, "seed")), rapid.IntRange(1, 100).Draw(t, "quality"))
		some, all := mosaic.NewCanvas(w, h), mosaic.NewCanvas(w, h)
		some.Reset(plate)
		all.Reset(plate)
		for range rapid.IntRange(0, 4).Draw(t, "strokes") {
			x, y := rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
			r := image.Rect(x, y, x+rapid.IntRange(1, 30).Draw(t, "dx"), y+rapid.IntRange(1, 30).Draw(t, "dy")).Intersect(some.Bounds())
			value := rapid.Byte().Draw(t, "value")
			for _, c := range []*mosaic.Canvas{some, all} {
				c.Touch(r)
				for y := r.Min.Y; y < r.Max.Y; y++ {
					for x := r.Min.X; x < r.Max.X; x++ {
						c.Pix.Y[c.Pix.YOffset(x, y)] = value
						c.Pix.Cr[c.Pix.COffset(x, y)] = value
					}
				}
			}
		}
		all.Touch(all.Bounds())
		ours := plate.Encode(some)
		decode(t, ours)
		if !bytes.Equal(ours, plate.Encode(all)) {
			t.Fatal("the copied tiles differ from the encoded ones")
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	plate := mosaic.NewPlate(picture(750, 1200, 1), 85)
	canvas := mosaic.NewCanvas(750, 1200)
	for name, touched := range map[string]image.Rectangle{"untouched": {}, "quarter": image.Rect(0, 0, 750, 300), "all": canvas.Bounds()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				canvas.Reset(plate)
				canvas.Touch(touched)
				plate.Encode(canvas)
			}
		})
	}
}
