package scene

import "math"

// mistyMountains: ranges behind ranges, each dissolving at its foot; a low red sun.
func mistyMountains(p *painter) {
	p.sky(stop{0, hex(0xdbe3e2)}, stop{330, hex(0xf1ece1)}, stop{690, hex(0xeef0ea)})
	p.glow(520, 240, 230, hex(0xf3c9ae), 0.55)
	p.disc(520, 240, 44, hex(0xd4604a), 0.9, 1.5)
	far, near := hex(0xb4c4c6), hex(0x2c474e)
	for i := range 6 {
		t := float64(i) / 5
		n := newNoise(p.Uint64())
		base, height, scale := 330+62*float64(i), 165-60*t, 330-70*t
		ink := mix(far, near, t*t*0.4+t*0.6)
		p.land(
			func(x float64) float64 { return base + 40 - height*n.crag(x/scale+3) },
			func(x, depth float64) (rgb, float64) {
				return ink, (0.62 + 0.33*t) * math.Exp(-depth/(70+46*t))
			})
		p.mist(base+75, 70, hex(0xf3f1ea), 0.75)
	}
	p.geese(250, 262, 7, 0.5, hex(0x3b4d50))
}

// geese fly in a line, the first one farthest to the right.
func (p *painter) geese(x, y float64, count int, scale float64, ink rgb) {
	for i := range count {
		d := float64(i)
		gx, gy := x-d*26*scale-p.between(0, 6), y+d*12*scale*math.Pow(-1, d)*0.5+d*5*scale
		span := p.between(15, 19) * scale
		for _, side := range []float64{-1, 1} {
			p.stroke(point{gx, gy}, point{gx + side*span*0.45, gy - span*0.75}, point{gx + side*span, gy - span*0.25}, 2.6*scale+0.8, 0.6, ink, 0.85)
		}
	}
}

// rain: a covered boat on a lake, a willow at the side, fine slanting lines.
func rain(p *painter) {
	p.sky(stop{0, hex(0xc3d0d5)}, stop{360, hex(0xe4e9e8)}, stop{430, hex(0xd3dcde)}, stop{690, hex(0xdfe6e7)})
	for i := range 3 {
		t := float64(i) / 2
		n := newNoise(p.Uint64())
		ink := mix(hex(0xb3c2c8), hex(0x74909a), t)
		p.land(
			func(x float64) float64 { return 392 - (120-60*t)*n.crag(x/300+t*9)*smooth((x+80)/(300+260*t)) + 20*t },
			func(_, depth float64) (rgb, float64) { return ink, 0.8 * math.Exp(-depth/60) })
		p.mist(400, 55, hex(0xe6ebeb), 0.8)
	}
	p.boat(330, 492)
	for range 15 {
		x, y := p.between(20, 730), p.between(450, 640)
		r := p.between(10, 26) * (y - 380) / 160
		for k := range 2 {
			size := r * (1 - 0.45*float64(k))
			p.ring(x, y, size, size*0.24, hex(0xf7fafa), 0.65)
		}
	}
	for range 17 {
		p.willow(point{p.between(560, 770), -30}, p.between(190, 420))
	}
	for range 330 {
		x, y, length := p.between(-40, 790), p.between(-40, 640), p.between(16, 46)
		p.stroke(point{x, y}, point{x - length*0.09, y + length/2}, point{x - length*0.18, y + length}, 0.5, 1.3, hex(0xffffff), p.between(0.15, 0.5))
	}
}

func (p *painter) ring(x, y, rx, ry float64, c rgb, alpha float64) {
	outer, inner := oval(x, y, rx, ry, 0), oval(x, y, rx-1.3, ry-0.9, 0)
	path := append([]point{}, outer...)
	path = append(path, outer[0])
	for i := range inner {
		path = append(path, inner[(len(inner)-i)%len(inner)])
	}
	p.fill(append(path, inner[0]), c, alpha)
}

func (p *painter) boat(x, y float64) {
	dark := hex(0x32434b)
	p.fill(oval(x, y+19, 108, 9, 0), hex(0x6f868f), 0.45)
	hull := []point{}
	for i := range 41 {
		t := float64(i)/20 - 1
		hull = append(hull, point{x + 112*t, y - 12*t*t})
	}
	for i := range 41 {
		t := 1 - float64(i)/20
		hull = append(hull, point{x + 100*t, y + 15 - 20*t*t*t*t})
	}
	p.fill(hull, dark, 0.95)
	roof := []point{}
	for i := range 25 {
		a := math.Pi * (1 - float64(i)/24)
		roof = append(roof, point{x + 8 + 44*math.Cos(a), y + 3 - 35*math.Sin(a)})
	}
	p.fill(roof, hex(0x4b5d64), 1)
	for i := range 4 {
		rx := x - 20 + float64(i)*19
		h := 33 * math.Sqrt(max(0, 1-math.Pow((rx-x-8)/44, 2)))
		p.stroke(point{rx, y + 2}, point{rx + 3, y - h/2}, point{rx + 1, y + 3 - h}, 1, 1, hex(0x7f9097), 0.7)
	}
	// The boatman in his straw hat, and his pole.
	p.fill([]point{{x - 80, y - 4}, {x - 75, y - 34}, {x - 66, y - 39}, {x - 57, y - 33}, {x - 56, y - 2}}, dark, 1)
	p.fill(oval(x-66, y-43, 6, 7, 0), dark, 1)
	p.fill([]point{{x - 86, y - 42}, {x - 66, y - 58}, {x - 46, y - 42}, {x - 66, y - 46}}, dark, 1)
	p.stroke(point{x - 98, y - 92}, point{x - 66, y - 20}, point{x - 40, y + 44}, 2, 2, dark, 0.8)
}

func (p *painter) willow(top point, length float64) {
	ink := mix(hex(0x6e8c72), hex(0x3f5f52), p.Float64())
	sway := p.between(-60, -10)
	end := point{top.x + sway, top.y + length}
	mid := point{top.x + sway*0.05, top.y + length*0.55}
	p.stroke(top, mid, end, 1.8, 0.7, ink, 0.6)
	for k := 0.12; k < 1; k += 13 / length {
		at := point{bezier(top.x, mid.x, end.x, k), bezier(top.y, mid.y, end.y, k)}
		size := p.between(14, 25)
		side := p.between(-0.75, 0.75)
		p.leaf(at, point{at.x + side*size*0.6 - 3, at.y + size}, 0.11, ink, p.between(0.4, 0.75))
	}
}

// bamboo: culms near and far in pale light, leaves in falling groups.
func bamboo(p *painter) {
	p.sky(stop{0, hex(0xe8efe0)}, stop{300, hex(0xf3f5ea)}, stop{690, hex(0xdce7d6)})
	p.glow(420, 250, 330, hex(0xfffdf0), 0.8)
	for depth := range 3 {
		t := float64(depth) / 2
		ink := mix(hex(0xb9ccb2), hex(0x2f5038), t*0.85+0.05)
		alpha := 0.6 + 0.32*t
		for i := range 5 - depth {
			x := p.between(0, 1)*120 + float64(i)*160 + 60
			if depth == 2 {
				x = []float64{575, 668, 330}[i]
			}
			p.culm(x, 10+7*t*t+5*t, ink, alpha)
		}
		for range 15 + 2*depth {
			x, y := p.between(-20, 770), p.between(40, 520)
			if depth > 0 && x < 400 && (y < 260 || depth == 2) {
				x, y = p.between(440, 770), p.between(150, 470)
			}
			p.leaves(x, y, 46+30*t, ink, alpha)
		}
		p.mist(430, 240, hex(0xf3f6ec), 0.7-0.3*t)
		p.glow(170, 110, 260, hex(0xf0f4e8), 0.8)
	}
}

func (p *painter) culm(x, width float64, ink rgb, alpha float64) {
	lean := p.between(-0.05, 0.05)
	gap := width*6 + 60
	for y := -p.between(20, gap); y < 720; y += gap {
		a, b := x+lean*y, x+lean*(y+gap)
		l, r := width*0.5, width*0.5
		bottom := y + gap - 3
		p.fill([]point{{a - l - 1, y}, {a - l + 0.6, y + 7}, {b - l + 0.6, bottom - 7}, {b - l - 1, bottom},
			{b + r + 1, bottom}, {b + r - 0.6, bottom - 7}, {a + r - 0.6, y + 7}, {a + r + 1, y}}, ink, alpha)
		p.fill([]point{{a - l*0.5, y + 5}, {b - l*0.5, bottom - 5}, {b - l*0.1, bottom - 5}, {a - l*0.1, y + 5}}, hex(0xf0f5e4), alpha*0.28)
	}
}

func (p *painter) leaves(x, y, size float64, ink rgb, alpha float64) {
	turn := p.between(-0.5, 0.5)
	for i := range 3 + p.IntN(3) {
		angle := math.Pi/2 + turn + (float64(i)-1.6)*0.42 + p.between(-0.1, 0.1)
		length := size * p.between(0.75, 1.25)
		p.leaf(point{x, y}, point{x + length*math.Cos(angle), y + length*math.Sin(angle)}, 0.085, ink, alpha)
	}
}

// plum: a dark bough before a pale moon, red blossoms, petals falling.
func plum(p *painter) {
	p.sky(stop{0, hex(0xf1e4d0)}, stop{690, hex(0xf8efe1)})
	p.mist(200, 260, hex(0xe6d3b8), 0.5)
	p.disc(470, 300, 168, hex(0xfffaec), 0.75, 3)
	p.glow(470, 300, 300, hex(0xfffaec), 0.5)
	p.bough(point{790, 565}, math.Pi*1.09, 330, 30, 5)
	p.bough(point{770, 250}, math.Pi*0.93, 170, 12, 3)
	for range 12 {
		x, y := p.between(120, 700), p.between(390, 590)
		angle, size := p.between(0, 6.3), p.between(8, 13)
		p.leaf(point{x, y}, point{x + size*math.Cos(angle), y + size*math.Sin(angle)}, 0.35, hex(0xcf5a62), 0.75)
	}
}

func (p *painter) bough(from point, angle, length, width float64, order int) {
	ink := mix(hex(0x3a2c28), hex(0x6b564c), 0.25*float64(5-order)*0.5)
	bend := p.between(-0.25, 0.25)
	mid := point{from.x + length*0.5*math.Cos(angle+bend), from.y + length*0.5*math.Sin(angle+bend)}
	end := point{from.x + length*math.Cos(angle), from.y + length*math.Sin(angle)}
	p.stroke(from, mid, end, width, width*0.5, ink, 0.95)
	if order == 0 || width < 1.2 {
		p.blossoms(mid, end)
		return
	}
	p.bough(end, angle+p.between(-0.3, 0.3), length*p.between(0.6, 0.78), width*0.5, order-1)
	for k := range 2 {
		t := p.between(0.3, 0.95)
		at := point{bezier(from.x, mid.x, end.x, t), bezier(from.y, mid.y, end.y, t)}
		side := float64(1-2*k) * p.between(0.45, 0.95)
		p.bough(at, angle+side, length*p.between(0.3, 0.5), width*0.36, min(order-1, 2))
	}
	if order < 4 {
		p.blossoms(from, end)
	}
}

func (p *painter) blossoms(from, to point) {
	for range 1 + p.IntN(2) {
		t := p.Float64()
		x, y := from.x+(to.x-from.x)*t+p.between(-7, 7), from.y+(to.y-from.y)*t+p.between(-7, 7)
		if p.Float64() < 0.3 {
			p.disc(x, y, p.between(4, 6), hex(0xb03a45), 0.95, 1.5)
			continue
		}
		p.blossom(x, y, p.between(10, 17))
	}
}

func (p *painter) blossom(x, y, size float64) {
	petal := mix(hex(0xd9646c), hex(0xc03c49), p.Float64())
	turn := p.between(0, 6.3)
	for i := range 5 {
		s, c := math.Sincos(turn + float64(i)*2*math.Pi/5)
		p.fill(oval(x+c*size*0.55, y+s*size*0.55, size*0.48, size*0.44, 0), mix(petal, hex(0xf3b3b0), p.between(0, 0.35)), 0.9)
	}
	p.disc(x, y, size*0.24, hex(0x8f2a36), 0.7, 2)
	for i := range 9 {
		s, c := math.Sincos(turn + float64(i)*0.7)
		p.disc(x+c*size*0.42, y+s*size*0.42, 1.1, hex(0xf8e3a6), 0.95, 1)
	}
}
