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
}

// Deed is one help, or the try of one.
type Deed struct {
	Assist string    `json:"assist"`
	At     time.Time `json:"at"`
	Firm   bool      `json:"firm,omitempty"` // the assist has it
}

// AskFor is how long a help that nobody finished is left alone.
const AskFor = 2 * time.Minute

// HelperID of somebody in a campaign.
func HelperID(campaign, member string) string { return domain.Key(campaign, member) }

// take sets one of the quota aside for an assist. Returns ErrQuota if all is used.
func (h *Helper) take(assist string, quota int, now time.Time) error {
	switch {
	case h.of(assist) != nil:
		return domain.ErrSame
	case len(h.Deeds) >= quota:
		return ErrQuota
	}
	h.Deeds = append(h.Deeds, Deed{Assist: assist, At: now})
	return nil
}

// firm notes that the assist has the help, whoever took it aside.
func (h *Helper) firm(assist string, now time.Time) error {
	d := h.of(assist)
	switch {
	case d == nil:
		h.Deeds = append(h.Deeds, Deed{assist, now, true})
	case d.Firm:
		return domain.ErrSame
	default:
		d.Firm = true
	}
	return nil
}

// drop gives back what became no help.
func (h *Helper) drop(assist string) error {
	if d := h.of(assist); d == nil || d.Firm {
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
func (h Helper) left(now time.Time) (assists []string) {
	for _, d := range h.Deeds {
		if !d.Firm && now.Sub(d.At) >= AskFor {
			assists = append(assists, d.Assist)
		}
	}
	return assists
}
