package card

import (
	"hash/crc32"
	"image"
	"math"

	"yingdi/domain/signcard"
)

const (
	trackHeight = 3
	dotSize     = 13
)

// discs are the colours behind the first character of a learner without an avatar: quiet enough for every paper.
var discs = []paint{
	paintOf(0x6f8f86), paintOf(0xb27a5e), paintOf(0x7b86a8), paintOf(0xa97a86), paintOf(0x8a8f5c), paintOf(0x5f8aa0),
}

func discPaint(nickname string) paint {
	return discs[crc32.ChecksumIEEE([]byte(nickname))%uint32(len(discs))]
}

// rules part the day from month and weekday, and lead to the author.
func (b brush) rules(labels []label, p plate) {
	for _, l := range labels {
		switch l.name {
		case "month":
			from, to := l.y-l.style.Size*4/5, l.y+l.style.Size*9/5
			b.stencil(round(2, to-from, 1), image.Rect(l.x-l.style.Size*4/7, from, l.x-l.style.Size*4/7+2, to), p.of(l))
		case "author":
			b.stencil(round(authorIndent-20, 2, 1), image.Rect(l.x-authorIndent, l.y-10, l.x-20, l.y-8), p.of(l))
		}
	}
}

// track shows how far the learner has come.
func (b brush) track(s signcard.Sheet, tones [toneCount]paint) {
	at := s.Design.At(signcard.PartTrack)
	if at.Hidden {
		return
	}
	y := at.Y + at.H/2 - trackHeight/2
	b.stencil(round(at.W, trackHeight, 1), image.Rect(at.X, y, at.X+at.W, y+trackHeight), tones[toneTrack])
	if s.DayN <= 0 || s.Total <= 0 {
		return
	}
	done := at.X + int(math.Round(float64(at.W-dotSize)*min(1, float64(s.DayN)/float64(s.Total))))
	b.bar(image.Rect(at.X, y, done+dotSize/2, y+trackHeight), tones[toneAccent])
	top := y + trackHeight/2 - dotSize/2
	b.stencil(round(dotSize, dotSize, dotSize/2), image.Rect(done, top, done+dotSize, top+dotSize), tones[toneAccent])
}

func (b brush) bar(r image.Rectangle, c paint) {
	mask := make([]uint8, r.Dx()*r.Dy())
	for i := range mask {
		mask[i] = 255
	}
	b.stencil(mask, r, c)
}
