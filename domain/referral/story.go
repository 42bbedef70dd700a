package referral

import (
	"slices"
	"time"
)

// Chapter is one thing that happened to a commission, or will.
type Chapter struct {
	At       time.Time
	Text, By string // By is who of the staff did it; empty for the rules
}

// Story is what became of a commission, in the order in which it happened, and what is next.
func (c Commission) Story() (story []Chapter) {
	for _, b := range c.Backs {
		story = append(story, Chapter{b.At, b.Why() + "，扣回 " + b.Amount.String(), b.By})
	}
	if !c.ReleasedAt.IsZero() {
		story = append(story, Chapter{At: c.ReleasedAt, Text: c.Released.String() + " 进入钱包"})
	}
	if !c.WithdrawnAt.IsZero() {
		story = append(story, Chapter{At: c.WithdrawnAt, Text: "随提现付出"})
	}
	slices.SortStableFunc(story, func(a, b Chapter) int { return a.At.Compare(b.At) })
	if c.Stage == Frozen {
		story = append(story, Chapter{At: c.Until, Text: "最早可以提现"})
	}
	return story
}
