package mosaic

import "math"

// aanScale is what each row and column of transform's answer is too large by (Arai, Agui, Nakajima 1988).
var aanScale = func() (s [8]float32) {
	s[0] = 1
	for k := 1; k < 8; k++ {
		s[k] = float32(math.Cos(float64(k)*math.Pi/16) * math.Sqrt2)
	}
	return s
}()

const (
	cos2 = 0.92387953251128674 // cos 2π/16
	cos4 = 0.70710678118654752
	cos6 = 0.38268343236508977
)

// transform is the two-dimensional cosine transform in place, up to aanScale and a factor of eight.
func transform(b *[64]float32) {
	for i := 0; i < 64; i += 8 {
		r := b[i : i+8 : i+8]
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = cosines(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7])
	}
	for i := range 8 {
		b[i], b[8+i], b[16+i], b[24+i], b[32+i], b[40+i], b[48+i], b[56+i] =
			cosines(b[i], b[8+i], b[16+i], b[24+i], b[32+i], b[40+i], b[48+i], b[56+i])
	}
}

// cosines is the transform of eight numbers: fold once, then the even half folds again and the odd half turns.
func cosines(a, b, c, d, e, f, g, h float32) (_, _, _, _, _, _, _, _ float32) {
	a, h = a+h, a-h
	b, g = b+g, b-g
	c, f = c+f, c-f
	d, e = d+e, d-e

	a, d = a+d, a-d
	b, c = b+c, b-c
	even := (c + d) * cos4

	p, q, r := e+f, f+g, g+h
	turn := (p - r) * cos6
	low, high := p*(cos2-cos6)+turn, r*(cos2+cos6)+turn
	mid := q * cos4
	up, down := h+mid, h-mid
	return a + b, up + high, d + even, down - low, a - b, down + low, d - even, up - high
}
