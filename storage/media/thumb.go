package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // pictures come as JPEG or PNG
	"io"

	"golang.org/x/image/draw"

	"yingdi/domain/media"
)

// Thumbs makes thumbnails, at most two at once: an unpacked picture can take 240 MB.
type Thumbs struct{ turns chan struct{} }

var _ media.Thumbnailer = Thumbs{}

// NewThumbs makes a thumbnailer.
func NewThumbs() Thumbs { return Thumbs{make(chan struct{}, 2)} }

const thumbSide = 480 // pixels at most

// Thumbnail implements media.Thumbnailer. The picture's dimensions were bounded when it was accepted; what the camera
// noted about its orientation is applied, and all else that it noted, such as the place, is left behind.
func (t Thumbs) Thumbnail(ctx context.Context, picture io.ReadSeeker) ([]byte, error) {
	return t.Scaled(ctx, picture, thumbSide)
}

// Scaled implements media.Thumbnailer as Thumbnail does.
func (t Thumbs) Scaled(ctx context.Context, picture io.ReadSeeker, side int) ([]byte, error) {
	select {
	case t.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-t.turns }()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(picture, head)
	if err != nil && n == 0 {
		return nil, fmt.Errorf("reading the picture: %w", err)
	}
	if _, err := picture.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading the picture: %w", err)
	}
	full, _, err := image.Decode(picture)
	if err != nil {
		return nil, fmt.Errorf("unpacking the picture: %w", err)
	}
	b := full.Bounds()
	scale := min(1, float64(side)/float64(max(b.Dx(), b.Dy())))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, b, draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(small, orientation(head[:n])), &jpeg.Options{Quality: 80}); err != nil {
		return nil, fmt.Errorf("packing the thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// upright turns and mirrors by the EXIF orientation, 1 to 8.
func upright(m *image.RGBA, orientation int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if orientation < 2 || orientation > 8 {
		return m
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			from := [...]image.Point{{x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y}, {x, h - 1 - y},
				{y, x}, {y, h - 1 - x}, {w - 1 - y, h - 1 - x}, {w - 1 - y, x}}[orientation-1]
			out.SetRGBA(x, y, m.RGBAAt(from.X, from.Y))
		}
	}
	return out
}

// orientation reads tag 0x0112 of a JPEG's EXIF part (CIPA DC-008); 1, upright, for anything unclear.
func orientation(head []byte) int {
	for at := 2; at+4 <= len(head) && head[at] == 0xff; {
		size := int(binary.BigEndian.Uint16(head[at+2:]))
		if head[at+1] == 0xda || size < 2 {
			break
		}
		part := head[min(len(head), at+4):min(len(head), at+2+size)]
		if head[at+1] == 0xe1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) {
			return tiffOrientation(part[6:])
		}
		at += 2 + size
	}
	return 1
}

func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	dir := uint64(order.Uint32(tiff[4:]))
	if dir+2 > uint64(len(tiff)) {
		return 1
	}
	for i := range uint64(order.Uint16(tiff[dir:])) {
		entry := dir + 2 + 12*i
		if entry+12 > uint64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 1
}
