package scene

import "math"

// moonNight: a full moon over dark ranges and a lake that carries its light.
func moonNight(p *painter) {
	const shore = 470.0
	p.sky(stop{0, hex(0x0d1633)}, stop{280, hex(0x22315c)}, stop{shore, hex(0x53648f)}, stop{690, hex(0x1b2748)})
	for range 210 {
		y := 400 * math.Pow(p.Float64(), 1.4)
		r := p.between(0.5, 1.5)
		p.disc(p.between(0, 750), y, r, hex(0xfff8e6), p.between(0.25, 0.9)*(1-y/480), r)
	}
	p.glow(505, 235, 330, hex(0xa9b4d6), 0.5)
	p.glow(505, 235, 150, hex(0xf6ebcd), 0.6)
	p.disc(505, 235, 70, hex(0xf8f0d9), 1, 1.8)
	n := newNoise(p.Uint64())
	p.within(505, 235, 68, func(x, y int, d float64) {
		p.blend(x, y, hex(0xd9cba6), 0.5*smooth(n.cloud(float64(x)/46, float64(y)/46)*3-1.35)*smooth((68-d)/16))
	})
	p.mist(300, 60, hex(0x8d9ac0), 0.3)
	for i := range 3 {
		t := float64(i) / 2
		n := newNoise(p.Uint64())
		ink := mix(hex(0x3c4b78), hex(0x10193a), t)
		p.land(func(x float64) float64 { return 440 + 18*float64(i) - (150-52*t)*n.crag(x/(340-60*t)+t*8) },
			func(_, depth float64) (rgb, float64) {
				return mix(ink, hex(0x65769f), 0.5*(1-t)*smooth(depth/90)), 0.96
			})
		p.mist(shore-14, 34, hex(0x7d8cb6), 0.45*(1-t))
	}
	wave := newNoise(p.Uint64())
	p.land(func(float64) float64 { return shore }, func(x, depth float64) (rgb, float64) {
		c := mix(hex(0x2a3964), hex(0x151e3c), smooth(depth/170))
		near := 1 + depth/30
		swell := wave.cloud(x/(30*near), math.Log(depth+6)*10)
		c = mix(c, hex(0x7385b5), max(0, swell-0.52))
		road := math.Exp(-math.Pow((x-505)/(30+depth*0.34), 2))
		return mix(c, hex(0xf6e9c4), road*smooth(swell*3-1)*0.85), 1
	})
	p.geese(330, 290, 3, 0.5, hex(0x0d1633))
}

// cityLights: lamps out of focus after sunset, towers behind.
func cityLights(p *painter) {
	p.sky(stop{0, hex(0x171a3c)}, stop{220, hex(0x3a2f63)}, stop{400, hex(0x8d5275)}, stop{500, hex(0xd0826f)}, stop{690, hex(0x33264d)})
	p.mist(330, 130, hex(0xb56a7c), 0.5)
	for depth := range 3 {
		t := float64(depth) / 2
		ink := mix(hex(0x6b4a74), hex(0x1d1a38), t)
		for x := -30.0; x < 760; {
			w := p.between(30, 74)
			p.tower(x, 520+30*t-p.between(60, 250)*(1-0.35*t), w, ink, t)
			x += w + p.between(-8, 10)
		}
		p.mist(500, 70, hex(0xc9806f), 0.35*(1-t))
	}
	lamps := []rgb{hex(0xffc56e), hex(0xffa45c), hex(0xff7f7a), hex(0xffe2b0), hex(0x8fd0d8), hex(0xd9a0e0)}
	for range 64 {
		t := p.Float64()
		r := 9 + 34*t*t
		x, y := p.between(-20, 770), p.between(470, 560)+p.between(-1, 1)*120*t
		c, alpha := lamps[p.IntN(len(lamps))], p.between(0.2, 0.5)*(1-0.35*t)
		p.disc(x, y, r, c, alpha, 2.5)
		p.disc(x, y, r*0.86, mix(c, hex(0xffffff), 0.2), alpha*0.25, r*0.3)
		p.glow(x, y, r*2.2, c, alpha*0.25)
	}
	for range 60 {
		y := p.between(0, 200)
		p.disc(p.between(0, 750), y, p.between(0.5, 1.1), hex(0xffffff), p.between(0.2, 0.6)*(1-y/220), 1)
	}
}

func (p *painter) tower(x, top, width float64, ink rgb, near float64) {
	p.fill([]point{{x, 700}, {x, top}, {x + width, top}, {x + width, 700}}, ink, 0.94)
	if p.Float64() < 0.35 {
		step := width * 0.22
		p.fill([]point{{x + step, top}, {x + step, top - 20}, {x + width - step, top - 20}, {x + width - step, top}}, ink, 0.94)
		p.fill([]point{{x + width/2 - 1, top - 18}, {x + width/2 - 0.5, top - 62}, {x + width/2 + 0.5, top - 62}, {x + width/2 + 1, top - 18}}, ink, 0.94)
	}
	for wy := top + 9; wy < 560; wy += 11 {
		for wx := x + 5; wx < x+width-6; wx += 8 {
			if p.Float64() < 0.2+0.14*near {
				p.fill([]point{{wx, wy}, {wx + 3.6, wy}, {wx + 3.6, wy + 5}, {wx, wy + 5}}, mix(hex(0xffd590), hex(0xffb070), p.Float64()), p.between(0.35, 0.85)*(0.5+0.5*near))
			}
		}
	}
}
