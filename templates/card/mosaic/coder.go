package mosaic

import (
	"image"
	"math/bits"
)

// coder compresses tiles at one quality.
type coder struct {
	steps [2][64]uint8   // quantisation steps in zigzag order: brightness, colour
	scale [2][64]float32 // what a coefficient of the transform is multiplied by to give its step count, in natural order
}

func newCoder(quality int) *coder {
	c := &coder{}
	percent := 200 - 2*quality
	if quality < 50 {
		percent = 5000 / quality
	}
	for table := range c.steps {
		for k, at := range zigzag {
			step := min(max((int(baseSteps[table][at])*percent+50)/100, 1), 255)
			c.steps[table][k] = uint8(step)
			c.scale[table][at] = 1 / (float32(step) * 8 * aanScale[at/8] * aanScale[at%8])
		}
	}
	return c
}

// tile compresses the tile at (x, y): four blocks of brightness, one of each colour difference.
func (c *coder) tile(w *bitWriter, pix *image.YCbCr, x, y int, last *[3]int32) {
	at := y*pix.YStride + x
	for k := range 4 {
		last[0] = c.block(w, pix.Y[at+k>>1*8*pix.YStride+k&1*8:], pix.YStride, 0, last[0])
	}
	at = y/2*pix.CStride + x/2
	last[1] = c.block(w, pix.Cb[at:], pix.CStride, 1, last[1])
	last[2] = c.block(w, pix.Cr[at:], pix.CStride, 1, last[2])
}

// block compresses eight by eight samples and returns their average, which the next block is told against.
func (c *coder) block(w *bitWriter, samples []uint8, stride, table int, last int32) int32 {
	var b [64]float32
	for row := range 8 {
		line := samples[row*stride : row*stride+8 : row*stride+8]
		for i, v := range line {
			b[row*8+i] = float32(v) - 128
		}
	}
	transform(&b)

	var steps [64]int32 // in zigzag order
	var nonzero uint64
	scale := &c.scale[table]
	for i, v := range &b {
		// Adding a large half and cutting it off again rounds to nearest without a branch.
		if n := int32(v*scale[i]+16384.5) - 16384; n != 0 {
			k := zigzagOf[i]
			steps[k] = n
			nonzero |= 1 << k
		}
	}

	dc, ac := &dcCodes[table], &acCodes[table]
	size, extra := magnitude(steps[0] - last)
	w.put(dc[size].bits, dc[size].len)
	w.put(extra, size)
	previous := 0
	for rest := nonzero &^ 1; rest != 0; rest &= rest - 1 {
		k := bits.TrailingZeros64(rest)
		run := k - previous - 1
		for ; run > 15; run -= 16 {
			w.put(ac[0xf0].bits, ac[0xf0].len)
		}
		size, extra := magnitude(steps[k])
		code := &ac[run<<4|size]
		w.put(code.bits<<size|extra, code.len+size)
		previous = k
	}
	if previous != 63 {
		w.put(ac[0].bits, ac[0].len)
	}
	return steps[0]
}

// magnitude gives the number of bits that v takes, and those bits: negative numbers count from below (T.81, F.1.2.1).
func magnitude(v int32) (size int, extra uint32) {
	if v < 0 {
		size = bits.Len32(uint32(-v))
		return size, uint32(v-1) & (1<<size - 1)
	}
	return bits.Len32(uint32(v)), uint32(v)
}

// header is everything before the bits.
func (c *coder) header(out []byte, size image.Rectangle) []byte {
	w, h := size.Dx(), size.Dy()
	out = append(out, 0xff, 0xd8, // start
		0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, // square pixels
		0xff, 0xdb, 0, 132)
	for table := range c.steps {
		out = append(append(out, byte(table)), c.steps[table][:]...)
	}
	out = append(out, 0xff, 0xc0, 0, 17, 8, byte(h>>8), byte(h), byte(w>>8), byte(w),
		3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1) // three components, the first at twice the density
	for table := range 2 {
		out = appendCodes(out, byte(table), &dcTables[table])
		out = appendCodes(out, byte(0x10|table), &acTables[table])
	}
	return append(out, 0xff, 0xda, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0)
}

func appendCodes(out []byte, id byte, t *huffman) []byte {
	n := 19 + len(t.values)
	out = append(out, 0xff, 0xc4, byte(n>>8), byte(n), id)
	return append(append(out, t.counts[:]...), t.values...)
}
