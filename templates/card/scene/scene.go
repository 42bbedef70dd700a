// Package scene paints the default picture library: landscapes made of a few washes and strokes, each the same
// every time. A picture fills the upper part of a card and dissolves into the card's paper.
package scene

import (
	"hash/fnv"
	"math/rand/v2"
)

// Width of a card in pixels.
const Width = 750

// Depth of a default picture in pixels.
const Depth = 690

// Theme is the palette that goes with a picture, as 0xRRGGBB.
type Theme struct {
	Paper  uint32 // below the picture
	Ink    uint32 // the saying and the name
	Muted  uint32 // what is said quietly
	Accent uint32 // numbers and the progress
	Over   uint32 // writing on the picture itself
}

type scene struct {
	theme Theme
	paint func(*painter)
}

var scenes = map[string]scene{
	"misty-mountains": {Theme{0xf6f2ea, 0x2b3436, 0x7d8584, 0xb5533c, 0x3a4d51}, mistyMountains},
	"sea-sunrise":     {Theme{0xf9f2e8, 0x33393d, 0x8a8580, 0xc8693c, 0xffffff}, seaSunrise},
	"dunes":           {Theme{0xfaf3e7, 0x40342a, 0x948575, 0xb8653a, 0x6a4a34}, dunes},
	"moon-night":      {Theme{0x141c34, 0xece7d8, 0x949cb4, 0xe6c583, 0xf4eedd}, moonNight},
	"bamboo":          {Theme{0xf5f6ee, 0x27332b, 0x7f8b80, 0x55804c, 0x37503f}, bamboo},
	"lotus":           {Theme{0xf4f6f0, 0x2c3833, 0x7f8d86, 0xc0607a, 0x3c5a50}, lotus},
	"rain":            {Theme{0xeff2f2, 0x2b363c, 0x7c888e, 0x47727f, 0x3b4d57}, rain},
	"terraces":        {Theme{0xf7f5e9, 0x2f3926, 0x858b76, 0x6b8a34, 0x46583a}, terraces},
	"snow-pines":      {Theme{0xf6f8fa, 0x2a3644, 0x818c99, 0x4a6f98, 0x41566c}, snowPines},
	"city-lights":     {Theme{0x191a33, 0xeee8ef, 0x9c98b4, 0xf2b76d, 0xfbf3ee}, cityLights},
	"plum":            {Theme{0xf8f0e3, 0x3b2f2c, 0x93857a, 0xb8404a, 0x5a453c}, plum},
	"autumn":          {Theme{0xf9f2e5, 0x3c3029, 0x938474, 0xb9542b, 0x5f4a3c}, autumn},
}

// Paint draws the named picture; ok is false for a name that is not in the library. It takes some tens of milliseconds.
func Paint(name string) (a Art, theme Theme, ok bool) {
	s, ok := scenes[name]
	if !ok {
		return Art{}, Theme{}, false
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	p := &painter{Rand: rand.New(rand.NewPCG(h.Sum64(), 1)), pix: make([]rgb, Width*Depth)}
	s.paint(p)
	return Art{Width, Depth, p.pix}, s.theme, true
}
