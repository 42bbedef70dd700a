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

var (
	avatarMask = roundMask(avatarSize, avatarSize, avatarSize/2)
	codeMask   = roundMask(codeSize, codeSize, 14)
	dotMask    = roundMask(dotSize, dotSize, dotSize/2.0)
	trackMask  = roundMask(right-left, trackHeight, trackHeight/2.0)
	dayRule    = roundMask(2, 74, 1)
	authorRule = roundMask(authorIndent-20, 2, 1)
)

// discs are the colours behind the first character of a learner without an avatar: quiet enough for every paper.
var discs = []paint{
	paintOf(0x6f8f86), paintOf(0xb27a5e), paintOf(0x7b86a8), paintOf(0xa97a86), paintOf(0x8a8f5c), paintOf(0x5f8aa0),
}

func discPaint(nickname string) paint {
	return discs[crc32.ChecksumIEEE([]byte(nickname))%uint32(len(discs))]
}

// rules part the day from month and weekday, and lead to the author.
func (b brush) rules(labels []label, tones [toneCount]paint) {
	for _, l := range labels {
		switch l.name {
		case "month":
			b.stencil(dayRule, image.Rect(l.x-16, dayBaseline-76, l.x-14, dayBaseline-2), tones[toneOver])
		case "author":
			b.stencil(authorRule, image.Rect(left, l.y-10, left+authorIndent-20, l.y-8), tones[toneMuted])
		}
	}
}

// track shows how far the learner has come.
func (b brush) track(s signcard.Sheet, tones [toneCount]paint) {
	whole := image.Rect(left, trackY, right, trackY+trackHeight)
	b.stencil(trackMask, whole, tones[toneTrack])
	if s.DayN <= 0 || s.Total <= 0 {
		return
	}
	done := int(math.Round(float64(whole.Dx()-dotSize) * min(1, float64(s.DayN)/float64(s.Total))))
	b.bar(image.Rect(left, trackY, left+done+dotSize/2, trackY+trackHeight), tones[toneAccent])
	dot := image.Rect(left+done, trackY+trackHeight/2-dotSize/2, left+done+dotSize, trackY+trackHeight/2-dotSize/2+dotSize)
	b.stencil(dotMask, dot, tones[toneAccent])
}

func (b brush) bar(r image.Rectangle, c paint) {
	mask := make([]uint8, r.Dx()*r.Dy())
	for i := range mask {
		mask[i] = 255
	}
	b.stencil(mask, r, c)
}
