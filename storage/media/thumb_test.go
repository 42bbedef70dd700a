package media

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"pgregory.net/rapid"
)

// photo is 800 × 400 with a red left half, as a camera that was held in some way would note it.
func photo(t *testing.T, orientation byte) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 800, 400))
	for y := range 400 {
		for x := range 800 {
			if x < 400 {
				m.SetRGBA(x, y, color.RGBA{255, 0, 0, 255})
			} else {
				m.SetRGBA(x, y, color.RGBA{0, 0, 255, 255})
			}
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00"
	size := len(exif) + 2
	return append(append([]byte{0xff, 0xd8, 0xff, 0xe1, byte(size >> 8), byte(size)}, exif...), plain.Bytes()[2:]...)
}

func TestAThumbnailIsSmallAndUpright(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		orientation byte
		w, h        int
		red         image.Point // somewhere in the half that was on the left
	}{
		{1, 480, 240, image.Pt(50, 120)},
		{3, 480, 240, image.Pt(430, 120)},
		{6, 240, 480, image.Pt(120, 50)},
		{8, 240, 480, image.Pt(120, 430)},
	} {
		small, err := NewThumbs().Thumbnail(context.Background(), bytes.NewReader(photo(t, c.orientation)))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(small))
		if err != nil || m.Bounds().Dx() != c.w || m.Bounds().Dy() != c.h {
			t.Errorf("orientation %d: %v, %v", c.orientation, m.Bounds(), err)
			continue
		}
		if r, _, b, _ := m.At(c.red.X, c.red.Y).RGBA(); r < b {
			t.Errorf("orientation %d: the left half is not where it belongs", c.orientation)
		}
		if bytes.Contains(small, []byte("Exif")) {
			t.Errorf("orientation %d: what the camera noted went along", c.orientation)
		}
	}
}

func TestRubbishIsRefusedWithoutHarm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		head := append([]byte{0xff, 0xd8, 0xff, 0xe1}, rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "rest")...)
		if n := rapid.IntRange(0, 1).Draw(t, "exif"); n == 1 {
			head = append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 60}, append([]byte("Exif\x00\x00"), head...)...)
		}
		orientation(head)
		if _, err := NewThumbs().Thumbnail(context.Background(), bytes.NewReader(head)); err == nil {
			t.Fatal("rubbish became a thumbnail")
		}
	})
}
