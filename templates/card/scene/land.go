package scene

import "math"

// dunes: crests of sand, lit from the left, in the shade on the right.
func dunes(p *painter) {
	p.sky(stop{0, hex(0xe9cfae)}, stop{330, hex(0xf8e8d0)}, stop{690, hex(0xf3dcba)})
	p.glow(250, 300, 260, hex(0xfff6e0), 0.9)
	p.disc(250, 296, 40, hex(0xfffaf0), 0.95, 3)
	for i := range 5 {
		t := float64(i) / 4
		n, ripple := newNoise(p.Uint64()), newNoise(p.Uint64())
		base, height := 350+64*float64(i), 60+60*t
		phase, wave := p.between(0, 6.3), 250+170*t
		line := func(x float64) float64 {
			return base - height*0.55*math.Sin(x/wave+phase) - height*0.5*n.hill(x/310)
		}
		light, shade := mix(hex(0xf0d3a8), hex(0xe9b377), t), mix(hex(0xdcb48a), hex(0xa9683f), t)
		p.land(line, func(x, depth float64) (rgb, float64) {
			// The crest runs down the dune in a curve; behind it lies the shade.
			lean := (line(x+8-depth*0.25) - line(x-8-depth*0.25)) / 16
			dark := smooth(0.5 + lean*2.6)
			c := mix(light, shade, dark*math.Exp(-depth/(150+90*t))+0.12)
			if t > 0.3 {
				wave := math.Sin(depth*0.42+x*0.05+9*ripple.at(x/70, depth/50)) * 0.045 * t
				c = mix(c, hex(0x7a4526), max(0, wave))
			}
			return mix(c, hex(0xfbeedb), 0.35*math.Exp(-depth/14)*(1-dark)), 1
		})
	}
	p.geese(560, 190, 5, 0.55, hex(0x8a6a4e))
}

// terraces: tea in rows along the hills, ranges in the haze.
func terraces(p *painter) {
	p.sky(stop{0, hex(0xdfe9df)}, stop{300, hex(0xf6f3e0)}, stop{690, hex(0xe6ecd2)})
	p.glow(500, 240, 260, hex(0xfff6cf), 0.8)
	p.disc(500, 240, 38, hex(0xfffbe8), 0.9, 3)
	for i := range 3 {
		n := newNoise(p.Uint64())
		t := float64(i) / 2
		ink := mix(hex(0xb7cbbb), hex(0x7fa083), t)
		p.land(func(x float64) float64 { return 345 + 32*float64(i) - 130*n.crag(x/340+2) },
			func(_, depth float64) (rgb, float64) { return ink, 0.8 * math.Exp(-depth/80) })
	}
	p.mist(370, 60, hex(0xf5f4e4), 0.9)
	for hill := range 3 {
		n, tone := newNoise(p.Uint64()), newNoise(p.Uint64())
		t := float64(hill) / 2
		middle := []float64{640, 90, 470}[hill]
		top, reach := 372+72*float64(hill), 330+60*t
		line := func(x float64) float64 {
			d := (x - middle) / reach
			return top + 95*d*d + 16*n.hill(x/120)
		}
		p.land(line, func(x, depth float64) (rgb, float64) {
			// Rows follow the hill's shape and come nearer with depth.
			row := math.Pow(depth+4, 0.86) / (5.6 + 3*t)
			part := row - math.Floor(row)
			bush := mix(hex(0x9dbb62), hex(0x4f7a37), 0.25+0.55*tone.at(math.Floor(row)*3.7, x/90))
			c := mix(hex(0xdfe3a9), bush, smooth(part*3.2))
			c = mix(c, hex(0x33552c), smooth((part-0.62)*2.6)*0.7)
			clump := scatter(7, int(x/3)+hill*999, int(row))
			return mix(mix(c, hex(0xcfdb8f), clump*0.16), hex(0xeff0d8), 0.42*(1-t)), 1
		})
		p.mist(top+120, 55, hex(0xf5f4e4), 0.55)
	}
	p.geese(300, 265, 5, 0.45, hex(0x5d7058))
}

// snowPines: firs on white slopes, a still grey-blue air, flakes near and far.
func snowPines(p *painter) {
	p.sky(stop{0, hex(0xc4d3e1)}, stop{350, hex(0xeaf0f5)}, stop{690, hex(0xf3f6f9)})
	p.glow(260, 270, 240, hex(0xfffaf2), 0.7)
	for i := range 2 {
		n := newNoise(p.Uint64())
		p.land(func(x float64) float64 { return 330 + 40*float64(i) - 150*n.crag(x/360+float64(i)*4) },
			func(_, depth float64) (rgb, float64) {
				return mix(hex(0xaebfd0), hex(0xdbe5ee), smooth(depth/90)), 0.75
			})
	}
	for slope := range 4 {
		t := float64(slope) / 3
		n := newNoise(p.Uint64())
		base := 395 + 60*float64(slope)
		line := func(x float64) float64 {
			return base - 34*n.hill(x/260) - 26*math.Sin(x/230+float64(slope)*1.9)
		}
		for range 26 - 5*slope {
			x := p.between(-20, 770)
			if slope == 3 && 120 < x && x < 560 {
				continue
			}
			p.fir(x, line(x)+5, (52+92*t)*p.between(0.65, 1.2), mix(hex(0x9db2c2), hex(0x29475a), t))
		}
		p.land(line, func(x, depth float64) (rgb, float64) {
			return mix(hex(0xffffff), hex(0xd3e0ec), smooth(depth/130)*0.9), 1
		})
		p.mist(base+6, 42, hex(0xf2f6fa), 0.45*(1-t))
	}
	for range 190 {
		r := p.between(0.8, 3.4)
		p.disc(p.between(0, 750), p.between(0, 640), r, hex(0xffffff), p.between(0.5, 0.95), r)
	}
}

func (p *painter) fir(x, y, height float64, ink rgb) {
	p.fill([]point{{x - height*0.02, y}, {x - 0.4, y - height}, {x + 0.4, y - height}, {x + height*0.02, y}}, ink, 0.9)
	tiers := 9
	for i := range tiers {
		t := float64(i) / float64(tiers)
		ty := y - height*0.08 - height*0.86*(1-t)*0.98
		half := height * 0.25 * (0.12 + 0.88*t) * p.between(0.85, 1.12)
		drop := height * 0.11
		p.fill([]point{{x, ty - drop*1.25}, {x + half*0.55, ty + drop*0.1}, {x + half, ty + drop*0.75}, {x + half*0.3, ty + drop*0.42},
			{x, ty + drop*0.62}, {x - half*0.35, ty + drop*0.4}, {x - half, ty + drop*0.7}, {x - half*0.5, ty}}, ink, 0.92)
		p.fill([]point{{x - half*0.08, ty - drop*1.1}, {x - half*0.5, ty + drop*0.02}, {x - half*0.93, ty + drop*0.62}, {x - half*0.4, ty + drop*0.14}, {x, ty - drop*0.45}}, hex(0xfafcff), 0.85)
		p.fill([]point{{x + half*0.2, ty - drop*0.6}, {x + half*0.6, ty + drop*0.1}, {x + half*0.92, ty + drop*0.62}, {x + half*0.45, ty + drop*0.2}}, hex(0xfafcff), 0.5)
	}
}

// autumn: woods in ochre and crimson along the hills, geese going south.
func autumn(p *painter) {
	p.sky(stop{0, hex(0xe6dccb)}, stop{330, hex(0xfaf0dc)}, stop{690, hex(0xf5e6cb)})
	p.glow(230, 330, 260, hex(0xffe9bd), 0.8)
	for i := range 2 {
		n := newNoise(p.Uint64())
		p.land(func(x float64) float64 { return 350 + 34*float64(i) - 150*n.crag(x/330+float64(i)*6+1) },
			func(_, depth float64) (rgb, float64) {
				return mix(hex(0xc4b6ad), hex(0xa98f86), float64(i)), 0.75 * math.Exp(-depth/85)
			})
		p.mist(385, 50, hex(0xfaf0df), 0.8)
	}
	leaves := []rgb{hex(0xd9a441), hex(0xc9742f), hex(0xb24a2c), hex(0x94342b), hex(0xe2b95b), hex(0x8d7a3c)}
	for slope := range 4 {
		t := float64(slope) / 3
		n := newNoise(p.Uint64())
		base := 410 + 62*float64(slope)
		line := func(x float64) float64 {
			return base - 60*n.hill(x/230+2) - 30*math.Sin(x/260+float64(slope)*2.4)
		}
		p.land(line, func(_, depth float64) (rgb, float64) {
			return mix(hex(0xcf9c56), hex(0xa5673a), t), 0.9 * math.Exp(-depth/(90+40*t))
		})
		for range 150 {
			x := p.between(-20, 770)
			p.crown(x, line(x)+p.between(-8, 40)*(0.4+t), (8+13*t)*p.between(0.7, 1.3), mix(leaves[p.IntN(len(leaves))], hex(0xf3dfc0), 0.5*(1-t)))
		}
		p.mist(base+55, 46, hex(0xfaf0df), 0.6)
	}
	p.geese(420, 205, 9, 0.62, hex(0x5b473a))
}

// crown is a tree's leaves: dabs around a middle, lighter above.
func (p *painter) crown(x, y, size float64, c rgb) {
	p.stroke(point{x, y}, point{x + 1, y + size*0.7}, point{x, y + size*1.5}, size*0.12, size*0.16, hex(0x5a4030), 0.55)
	for range 11 {
		a, d := p.between(0, 6.3), size*math.Sqrt(p.Float64())*0.75
		dx, dy := d*math.Cos(a), d*math.Sin(a)*1.1
		light := -dy / size * 0.28
		dab := mix(c, hex(0xfff0c8), light)
		if light < 0 {
			dab = mix(c, hex(0x4a2a20), -light)
		}
		p.disc(x+dx, y+dy, size*p.between(0.22, 0.42), dab, 0.75, 2)
	}
}
