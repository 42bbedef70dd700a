package assist

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Helper is whom somebody has helped in a campaign; its id is campaign:member. It holds the quota.
type Helper struct {
	domain.Doc
	Campaign string `json:"campaign"`
	Member   string `json:"member"`
	Deeds    []Deed `json:"deeds"` // at most MaxQuota, and more only if the quota was lowered
	Tries    int    `json:"tries,omitempty"`
}

// Deed is one help, or the try of one.
type Deed struct {
	Assist string    `json:"assist"`
	At     time.Time `json:"at"`
	Firm   bool      `json:"firm,omitempty"` // the assist has it
	Try    int       `json:"try,omitempty"`  // the last of the helper's tries that it was taken for
}

// AskFor is how long a help that nobody finished is left alone.
const AskFor = 2 * time.Minute

// HelperID of somebody in a campaign.
func HelperID(campaign, member string) string { return domain.Key(campaign, member) }

// take sets one of the quota aside for an assist, or keeps what is for one more try. Returns ErrQuota if all is used.
func (h *Helper) take(assist string, quota int, now time.Time) error {
	d := h.of(assist)
	switch {
	case d != nil && d.Firm:
		return domain.ErrSame
	case d == nil && len(h.Deeds) >= quota:
		return ErrQuota
	case d == nil:
		h.Deeds = append(h.Deeds, Deed{Assist: assist})
		d = h.of(assist)
	}
	h.Tries++
	d.At, d.Try = now, h.Tries
	return nil
}

// firm notes that the assist has the help, whoever took it aside.
func (h *Helper) firm(assist string, now time.Time) error {
	d := h.of(assist)
	switch {
	case d == nil:
		h.Deeds = append(h.Deeds, Deed{Assist: assist, At: now, Firm: true})
	case d.Firm:
		return domain.ErrSame
	default:
		d.Firm = true
	}
	return nil
}

// drop gives back what became no help by a try, or by those before it.
func (h *Helper) drop(assist string, try int) error {
	if d := h.of(assist); d == nil || d.Firm || d.Try > try {
		return domain.ErrSame
	}
	h.Deeds = slices.DeleteFunc(h.Deeds, func(d Deed) bool { return d.Assist == assist })
	return nil
}

func (h *Helper) of(assist string) *Deed {
	if i := slices.IndexFunc(h.Deeds, func(d Deed) bool { return d.Assist == assist }); i >= 0 {
		return &h.Deeds[i]
	}
	return nil
}

// left are the tries that a crash left undone.
func (h Helper) left(now time.Time) (deeds []Deed) {
	for _, d := range h.Deeds {
		if !d.Firm && now.Sub(d.At) >= AskFor {
			deeds = append(deeds, d)
		}
	}
	return deeds
}
