package scene

import (
	"image"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// rgb counts from 0 to 255.
type rgb struct{ r, g, b float32 }

func hex(v uint32) rgb { return rgb{float32(v >> 16 & 255), float32(v >> 8 & 255), float32(v & 255)} }

func mix(a, b rgb, t float64) rgb {
	f := float32(min(max(t, 0), 1))
	return rgb{a.r + (b.r-a.r)*f, a.g + (b.g-a.g)*f, a.b + (b.b-a.b)*f}
}

// painter is a picture being painted, with the chance that belongs to its name.
type painter struct {
	*rand.Rand
	pix []rgb
}

// between draws a number.
func (p *painter) between(low, high float64) float64 { return low + (high-low)*p.Float64() }

func (p *painter) blend(x, y int, c rgb, alpha float64) {
	if 0 <= x && x < Width && 0 <= y && y < Depth && alpha > 0 {
		at := &p.pix[y*Width+x]
		*at = mix(*at, c, alpha)
	}
}

// stop is a colour at a height of the picture.
type stop struct {
	y float64
	c rgb
}

// sky washes everything from top to bottom.
func (p *painter) sky(stops ...stop) {
	for y := range Depth {
		c := ramp(stops, float64(y))
		for x := range Width {
			p.pix[y*Width+x] = c
		}
	}
}

func ramp(stops []stop, y float64) rgb {
	for i := 1; i < len(stops); i++ {
		if a, b := stops[i-1], stops[i]; y < b.y {
			return mix(a.c, b.c, smooth((y-a.y)/(b.y-a.y)))
		}
	}
	return stops[len(stops)-1].c
}

func smooth(t float64) float64 {
	t = min(max(t, 0), 1)
	return t * t * (3 - 2*t)
}

// disc has an edge of so many pixels.
func (p *painter) disc(x, y, radius float64, c rgb, alpha, edge float64) {
	p.within(x, y, radius+edge, func(px, py int, distance float64) {
		p.blend(px, py, c, alpha*smooth((radius+edge/2-distance)/edge+0.5))
	})
}

// glow is brightest in its middle.
func (p *painter) glow(x, y, radius float64, c rgb, alpha float64) {
	p.within(x, y, radius, func(px, py int, distance float64) {
		t := 1 - distance/radius
		p.blend(px, py, c, alpha*t*t)
	})
}

func (p *painter) within(x, y, radius float64, do func(px, py int, distance float64)) {
	for py := max(0, int(y-radius)); py <= min(Depth-1, int(y+radius)+1); py++ {
		for px := max(0, int(x-radius)); px <= min(Width-1, int(x+radius)+1); px++ {
			if d := math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y); d < radius {
				do(px, py, d)
			}
		}
	}
}

// land washes everything below a line; wash answers the colour and how much of it, at a depth below the line.
func (p *painter) land(line func(x float64) float64, wash func(x, depth float64) (rgb, float64)) {
	for x := range Width {
		top := line(float64(x))
		for y := max(0, int(top)); y < Depth; y++ {
			depth := float64(y) + 1 - top
			c, alpha := wash(float64(x), depth)
			p.blend(x, y, c, alpha*min(depth, 1))
		}
	}
}

// mist lays drifting veils of a colour around a height.
func (p *painter) mist(y, spread float64, c rgb, alpha float64) {
	n := newNoise(p.Uint64())
	for py := max(0, int(y-spread)); py < min(Depth, int(y+spread)); py++ {
		t := 1 - math.Abs(float64(py)-y)/spread
		for px := range Width {
			p.blend(px, py, c, alpha*smooth(t)*n.cloud(float64(px)/260, float64(py)/60))
		}
	}
}

// point of a path.
type point struct{ x, y float64 }

// fill paints the inside of a closed line through the points.
func (p *painter) fill(points []point, c rgb, alpha float64) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, q := range points {
		low = point{min(low.x, q.x), min(low.y, q.y)}
		high = point{max(high.x, q.x), max(high.y, q.y)}
	}
	box := image.Rect(int(low.x)-1, int(low.y)-1, int(high.x)+2, int(high.y)+2)
	if box.Dx() > 4*Width || box.Dy() > 4*Depth || !box.Overlaps(image.Rect(0, 0, Width, Depth)) {
		return
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, q := range points {
		x, y := float32(q.x)-float32(box.Min.X), float32(q.y)-float32(box.Min.Y)
		if i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	z.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	for i, a := range mask.Pix {
		if a > 0 {
			p.blend(box.Min.X+i%mask.Stride, box.Min.Y+i/mask.Stride, c, alpha*float64(a)/255)
		}
	}
}

// stroke is a brush drawn along a curve through three points, its width going from one to another.
func (p *painter) stroke(a, b, c point, from, to float64, ink rgb, alpha float64) {
	const steps = 24
	left, right := make([]point, 0, 2*steps+2), make([]point, 0, steps+1)
	for i := range steps + 1 {
		t := float64(i) / steps
		at := point{bezier(a.x, b.x, c.x, t), bezier(a.y, b.y, c.y, t)}
		dx, dy := slope(a.x, b.x, c.x, t), slope(a.y, b.y, c.y, t)
		half := (from + (to-from)*t) / 2 / max(math.Hypot(dx, dy), 1e-6)
		left = append(left, point{at.x - dy*half, at.y + dx*half})
		right = append(right, point{at.x + dy*half, at.y - dx*half})
	}
	for i := len(right) - 1; i >= 0; i-- {
		left = append(left, right[i])
	}
	p.fill(left, ink, alpha)
}

// leaf is pointed at both ends, bulging to either side of the line between them.
func (p *painter) leaf(from, to point, bulge float64, c rgb, alpha float64) {
	const steps = 12
	dx, dy := to.x-from.x, to.y-from.y
	var outline []point
	for i := range 2 * steps {
		t, side := float64(i)/steps, bulge
		if t > 1 {
			t, side = 2-t, -bulge
		}
		w := side * math.Sin(math.Pi*math.Pow(t, 0.8))
		outline = append(outline, point{from.x + dx*t - dy*w, from.y + dy*t + dx*w})
	}
	p.fill(outline, c, alpha)
}

// oval is an ellipse, turned by an angle.
func oval(x, y, rx, ry, angle float64) []point {
	points := make([]point, 48)
	sin, cos := math.Sincos(angle)
	for i := range points {
		s, c := math.Sincos(float64(i) / 24 * math.Pi)
		points[i] = point{x + rx*c*cos - ry*s*sin, y + rx*c*sin + ry*s*cos}
	}
	return points
}

func bezier(a, b, c, t float64) float64 { return (1-t)*(1-t)*a + 2*t*(1-t)*b + t*t*c }
func slope(a, b, c, t float64) float64  { return 2*(1-t)*(b-a) + 2*t*(c-b) }
