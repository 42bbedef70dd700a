// Package mosaic encodes many JPEGs that share most of their pixels. A picture is compressed once, as a Plate; a
// Canvas starts as its copy and remembers which tiles were painted over; encoding compresses those tiles only and
// copies the rest bit by bit. The result is an ordinary baseline JPEG (ITU-T T.81, 4:2:0).
package mosaic

import (
	"image"
	"image/color"
)

const tile = 16 // pixels on each side of what is compressed together

// Canvas is a picture being painted. Pix is in the colours that JPEG stores, so that nothing is converted; it may
// be wider and higher than Bounds, up to whole tiles. Whoever paints calls Touch. Not safe for concurrent use.
type Canvas struct {
	Pix     *image.YCbCr
	bounds  image.Rectangle
	columns int
	rows    int
	touched []bool
}

// NewCanvas of a size in pixels.
func NewCanvas(width, height int) *Canvas {
	c := &Canvas{bounds: image.Rect(0, 0, width, height), columns: (width + tile - 1) / tile, rows: (height + tile - 1) / tile}
	c.Pix = image.NewYCbCr(image.Rect(0, 0, c.columns*tile, c.rows*tile), image.YCbCrSubsampleRatio420)
	c.touched = make([]bool, c.columns*c.rows)
	return c
}

// Bounds is what will be seen of the canvas.
func (c *Canvas) Bounds() image.Rectangle { return c.bounds }

// Touch says that r was, or will be, painted over.
func (c *Canvas) Touch(r image.Rectangle) {
	if r = r.Intersect(c.bounds); r.Empty() {
		return
	}
	for row := r.Min.Y / tile; row <= (r.Max.Y-1)/tile; row++ {
		for column := r.Min.X / tile; column <= (r.Max.X-1)/tile; column++ {
			c.touched[row*c.columns+column] = true
		}
	}
}

// Reset makes the canvas a copy of the plate, untouched. Both have the same size.
func (c *Canvas) Reset(p *Plate) {
	copy(c.Pix.Y, p.pix.Y)
	copy(c.Pix.Cb, p.pix.Cb)
	copy(c.Pix.Cr, p.pix.Cr)
	clear(c.touched)
}

// Plate is a picture compressed beforehand. Safe for concurrent use.
type Plate struct {
	pix    *image.YCbCr
	coder  *coder
	stream []byte     // the tiles' bits, one after the other, as if nothing were painted over
	start  []uint32   // the bit at which each tile starts, and the end of the last
	last   [][3]int32 // the averages that each tile hands on to the next one, which stores differences
}

// NewPlate compresses a picture at a quality of 1 to 100.
func NewPlate(m *image.RGBA, quality int) *Plate {
	c := NewCanvas(m.Rect.Dx(), m.Rect.Dy())
	fill(c.Pix, m)
	p := &Plate{pix: c.Pix, coder: newCoder(quality)}
	w := bitWriter{plain: true}
	var last [3]int32
	for i := range c.touched {
		p.start = append(p.start, uint32(len(w.out)*8+w.n))
		p.coder.tile(&w, p.pix, i%c.columns*tile, i/c.columns*tile, &last)
		p.last = append(p.last, last)
	}
	p.start = append(p.start, uint32(len(w.out)*8+w.n))
	w.flush()
	p.stream = append(w.out, 0, 0, 0, 0, 0, 0, 0, 0) // so that a run can be read eight bytes at a time
	return p
}

// fill averages the colour of each square of four pixels, and repeats the last pixels to fill the last tiles.
func fill(dst *image.YCbCr, src *image.RGBA) {
	right, bottom := src.Rect.Dx()-1, src.Rect.Dy()-1
	for y := 0; y < dst.Rect.Dy(); y += 2 {
		for x := 0; x < dst.Rect.Dx(); x += 2 {
			var sumB, sumR int
			for k := range 4 {
				px, py := x+k&1, y+k>>1
				at := src.Pix[min(py, bottom)*src.Stride+min(px, right)*4:]
				l, cb, cr := color.RGBToYCbCr(at[0], at[1], at[2])
				dst.Y[py*dst.YStride+px] = l
				sumB, sumR = sumB+int(cb), sumR+int(cr)
			}
			o := y/2*dst.CStride + x/2
			dst.Cb[o], dst.Cr[o] = uint8((sumB+2)/4), uint8((sumR+2)/4)
		}
	}
}

// Encode writes the canvas as a JPEG. It must have been Reset to the same plate.
func (p *Plate) Encode(c *Canvas) []byte {
	w := bitWriter{out: make([]byte, 0, len(p.stream)*5/4+16<<10)}
	w.out = p.coder.header(w.out, c.bounds)
	var last [3]int32
	for i := 0; i < len(c.touched); {
		if c.touched[i] || i > 0 && c.touched[i-1] { // what follows a painted tile differs from it by something else than before
			p.coder.tile(&w, c.Pix, i%c.columns*tile, i/c.columns*tile, &last)
			i++
			continue
		}
		from := i
		for i < len(c.touched) && !c.touched[i] {
			i++
		}
		w.copyBits(p.stream, p.start[from], p.start[i])
		last = p.last[i-1]
	}
	w.flush()
	return append(w.out, 0xff, 0xd9)
}
