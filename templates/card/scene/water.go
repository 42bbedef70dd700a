package scene

import "math"

// seaSunrise: the sun half out of the sea, its road of light towards us, an island.
func seaSunrise(p *painter) {
	const horizon = 415.0
	p.sky(stop{0, hex(0x5b84a6)}, stop{190, hex(0x93aec0)}, stop{310, hex(0xeac5a3)}, stop{horizon, hex(0xfbd09a)}, stop{690, hex(0xfbd09a)})
	p.glow(470, horizon, 400, hex(0xffe3b0), 0.85)
	p.disc(470, horizon-14, 66, hex(0xfff3d6), 1, 2)
	p.mist(280, 90, hex(0xf9d9c4), 0.6)
	n := newNoise(p.Uint64())
	p.land(func(x float64) float64 { return horizon + 6 - 74*n.crag(x/190+5)*smooth((330-x)/240) },
		func(_, depth float64) (rgb, float64) { return mix(hex(0x8a8794), hex(0xb9a294), depth/80), 0.85 })
	wave := newNoise(p.Uint64())
	p.land(func(float64) float64 { return horizon }, func(x, depth float64) (rgb, float64) {
		c := mix(hex(0xe7b48e), hex(0x5f8ba0), smooth(depth/170))
		near := 1 + depth/26
		swell := wave.cloud(x/(34*near)+depth/90, math.Log(depth+8)*9)
		c = mix(c, hex(0xfff0da), max(0, swell-0.5)*1.5)
		c = mix(c, hex(0x3d6479), max(0, 0.45-swell)*1.1)
		road := math.Exp(-math.Pow((x-470)/(44+depth*0.42), 2))
		return mix(c, hex(0xffeccb), road*smooth(swell*2.6-0.55)*0.95), 1
	})
	for _, s := range []struct{ x, y, size float64 }{{238, 428, 1}, {300, 421, 0.62}} {
		sail := hex(0x5f5a63)
		p.fill([]point{{s.x - 13*s.size, s.y}, {s.x + 15*s.size, s.y}, {s.x + 10*s.size, s.y + 6*s.size}, {s.x - 9*s.size, s.y + 6*s.size}}, sail, 0.95)
		p.fill([]point{{s.x, s.y - 2}, {s.x + 2*s.size, s.y - 36*s.size}, {s.x + 15*s.size, s.y - 6*s.size}}, sail, 0.9)
		p.fill([]point{{s.x - 1, s.y - 2}, {s.x + 1*s.size, s.y - 30*s.size}, {s.x - 10*s.size, s.y - 5*s.size}}, sail, 0.8)
	}
	p.geese(585, 250, 4, 0.6, hex(0x6b6f78))
}

// lotus: leaves floating and standing on a pond, one flower open, one in bud.
func lotus(p *painter) {
	p.sky(stop{0, hex(0xdbe7e1)}, stop{330, hex(0xeff3ea)}, stop{690, hex(0xcbdcd3)})
	p.glow(470, 220, 330, hex(0xfcfbf0), 0.8)
	n := newNoise(p.Uint64())
	p.land(func(float64) float64 { return 330 }, func(x, depth float64) (rgb, float64) {
		return mix(hex(0xe9f1ea), hex(0xa9c5ba), n.cloud(x/300, depth/16)), 0.55 * smooth(depth/90)
	})
	for range 26 {
		y := p.between(350, 600)
		t := (y - 350) / 250
		r := (20 + 66*t) * p.between(0.7, 1.2)
		p.pad(p.between(-20, 770), y, r, r*0.27, mix(hex(0xb9d0bd), hex(0x5d8d75), t*0.8), 0.75)
	}
	for _, s := range []struct{ x, y, r, foot float64 }{{640, 330, 92, 660}, {95, 420, 76, 660}, {330, 470, 66, 680}, {735, 460, 84, 690}} {
		p.stem(s.x, s.y, s.foot)
		p.standing(s.x, s.y, s.r)
	}
	p.stem(470, 300, 680)
	p.stem(262, 330, 660)
	p.flower(470, 300, 92)
	p.bud(262, 330, 44)
	p.mist(560, 120, hex(0xeef4ee), 0.5)
}

func (p *painter) stem(x, y, foot float64) {
	p.stroke(point{x, y}, point{x + p.between(-26, 26), (y + foot) / 2}, point{x + p.between(-14, 14), foot}, 5, 6, hex(0x6d9077), 0.95)
}

func (p *painter) pad(x, y, rx, ry float64, c rgb, alpha float64) {
	p.fill(oval(x, y+ry*0.35, rx*1.02, ry, 0), hex(0x7ba392), 0.25*alpha)
	notch := p.between(0.3, 1.2)
	var outline []point
	for i := range 48 {
		s, c := math.Sincos(notch + 0.12 + float64(i)/47*(2*math.Pi-0.24))
		outline = append(outline, point{x + rx*c, y + ry*s})
	}
	p.fill(append(outline, point{x, y}), c, alpha)
}

// standing is a leaf above the water, seen from the side: a wavy dish with veins.
func (p *painter) standing(x, y, r float64) {
	phase := p.between(0, 6.3)
	rim := func(a, size float64) point {
		s, c := math.Sincos(a)
		wave := 1 + 0.05*math.Sin(5*a+phase)
		return point{x + r*size*c*wave, y + r*0.42*size*s*wave - r*0.10*size*math.Sin(3*a+phase)}
	}
	var outline, inner []point
	for i := range 64 {
		a := float64(i) / 32 * math.Pi
		outline, inner = append(outline, rim(a, 1)), append(inner, rim(a, 0.93))
	}
	p.fill(outline, hex(0x3f7660), 1)
	p.fill(inner, hex(0x5c9478), 1)
	for ring := range 14 {
		size := 0.9 - float64(ring)*0.062
		var part []point
		for i := range 64 {
			part = append(part, rim(float64(i)/32*math.Pi, size))
		}
		p.fill(part, mix(hex(0x5c9478), hex(0x8fba9a), float64(ring)/14), 0.5)
	}
	for i := range 15 {
		a := float64(i)/15*2*math.Pi + phase
		end, mid := rim(a, 0.88), rim(a+0.06, 0.45)
		p.stroke(point{x, y}, mid, end, 1.6, 0.5, hex(0xc3dcc0), 0.75)
	}
	p.fill(oval(x, y, r*0.07, r*0.035, 0), hex(0xd9e8cf), 0.9)
}

// flower opens towards us: petals behind, the seed head, petals in front.
func (p *painter) flower(x, y, size float64) {
	petal := func(angle, length, width float64, base, tip rgb) {
		for k := range 9 {
			t := float64(k) / 9
			l := length * (1 - t*0.72)
			s, c := math.Sincos(angle)
			start := point{x + c*length*0.02, y - 4 + s*length*0.02}
			p.leaf(start, point{x + c*l, y - 4 + s*l}, width*(1-t*0.25), mix(tip, base, t*t*0.4+t*0.6), 0.55+0.45*smooth(1-t*9))
		}
	}
	pale, rose, deep := hex(0xfdf0ee), hex(0xe48fa3), hex(0xcf6583)
	for _, a := range []float64{-2.75, -2.3, -1.9, -1.57, -1.24, -0.84, -0.39} {
		petal(a, size*(0.86+0.16*math.Sin(-a)), 0.25, pale, deep)
	}
	for _, a := range []float64{-2.5, -2.08, -1.72, -1.42, -1.06, -0.64} {
		petal(a, size*(0.7+0.14*math.Sin(-a)), 0.27, pale, rose)
	}
	p.fill(oval(x, y-size*0.2, size*0.17, size*0.1, 0), hex(0xe8c962), 1)
	for i := range 16 {
		s, c := math.Sincos(float64(i) * 0.393)
		p.stroke(point{x + c*8, y - size*0.18}, point{x + c*size*0.18, y - size*0.2 + s*4}, point{x + c*size*0.23, y - size*0.24 + s*size*0.09}, 1.4, 1.4, hex(0xf0cf6e), 0.9)
	}
	for _, a := range []float64{-2.95, -0.19, -2.5, -0.64, -2.0, -1.14, -1.57} {
		petal(a, size*(0.78-0.3*math.Sin(-a)), 0.26, pale, mix(rose, hex(0xf3b9c3), 0.5))
	}
}

func (p *painter) bud(x, y, size float64) {
	for i, bulge := range []float64{0.34, 0.24, 0.13} {
		c := mix(hex(0xd06b88), hex(0xf6cdd3), float64(i)/2)
		p.leaf(point{x, y + size*0.35}, point{x + float64(i)*1.5, y - size*1.05}, bulge, c, 0.95)
	}
	p.leaf(point{x, y + size*0.38}, point{x - size*0.3, y - size*0.1}, 0.3, hex(0x7fa287), 0.9)
	p.leaf(point{x, y + size*0.38}, point{x + size*0.3, y - size*0.1}, 0.3, hex(0x7fa287), 0.9)
}
