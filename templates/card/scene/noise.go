package scene

import "math"

// noise is smooth chance: nearby places get nearby numbers, from 0 to 1.
type noise uint64

func newNoise(seed uint64) noise { return noise(seed) }

// scatter is chance without memory: a number from 0 to 1 for each place.
func scatter(seed uint64, x, y int) float64 {
	h := seed ^ uint64(uint32(x))*0x9e3779b97f4a7c15 ^ uint64(uint32(y))*0xc2b2ae3d27d4eb4f
	h = (h ^ h>>29) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>32) * 0x94d049bb133111eb
	return float64(h>>40) / (1 << 24)
}

func (n noise) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	tx, ty := smooth(x-fx), smooth(y-fy)
	a, b := scatter(uint64(n), ix, iy), scatter(uint64(n), ix+1, iy)
	c, d := scatter(uint64(n), ix, iy+1), scatter(uint64(n), ix+1, iy+1)
	a, c = a+(b-a)*tx, c+(d-c)*tx
	return a + (c-a)*ty
}

// cloud adds finer and finer noise.
func (n noise) cloud(x, y float64) float64 {
	return (n.at(x, y)*4 + n.at(x*2.1+9, y*2.1)*2 + n.at(x*4.3+31, y*4.3)) / 7
}

// hill is a line that rolls, from 0 to 1.
func (n noise) hill(x float64) float64 { return n.at(x, 0.5)*0.8 + n.at(x*2.3+5, 3.5)*0.2 }

// crag is a line with peaks, from 0 to 1.
func (n noise) crag(x float64) float64 {
	sum, size, total := 0.0, 1.0, 0.0
	for octave := range 6 {
		v := n.at(x, float64(octave)*7+0.5)
		sum += size * (1 - math.Abs(2*v-1))
		total += size
		x, size = x*2.03+11, size*0.46
	}
	return sum / total
}
