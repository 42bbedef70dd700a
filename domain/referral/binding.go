package referral

import (
	"time"

	"yingdi/domain"
)

// Binding says who recommended a person to an organiser, and until when that counts; its id is organiser:member.
type Binding struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Member    string    `json:"member"`
	Promoter  string    `json:"promoter"` // member id
	Plan      string    `json:"plan"`
	Camp      string    `json:"camp"`  // that they came to
	Scene     string    `json:"scene"` // by which
	Marks     []string  `json:"marks,omitempty"`
	At        time.Time `json:"at"`
	Until     time.Time `json:"until"`
	Times     int       `json:"times"` // how often they were bound, to whomever
}

// Holds reports whether it counts at an instant.
func (b Binding) Holds(now time.Time) bool { return now.Before(b.Until) }

// renew binds who is not bound any more. While a binding holds, neither its own promoter nor another changes it.
func (b *Binding) renew(with Binding, now time.Time) error {
	switch {
	case b.Holds(now) && b.Promoter == with.Promoter:
		return domain.ErrSame
	case b.Holds(now):
		return ErrBound
	}
	b.Promoter, b.Plan, b.Camp, b.Scene, b.At, b.Until = with.Promoter, with.Plan, with.Camp, with.Scene, with.At, with.Until
	b.Marks, b.Times = mixed(b.Marks, with.Marks), b.Times+1
	return nil
}

// bind makes the binding of a person who came to a camp.
func bind(p Plan, promoter, member, camp, scene string, marks []string, now time.Time) Binding {
	return Binding{
		Doc: domain.Doc{ID: domain.Key(p.Organiser, member)}, Organiser: p.Organiser, Member: member, Promoter: promoter, Plan: p.ID, Camp: camp, Scene: scene,
		Marks: marks, At: now, Until: now.Add(time.Duration(p.Terms.BindDays) * 24 * time.Hour), Times: 1,
	}
}

// precedes reports whether a binding was there before another: of two people who are bound to each other, which two at once
// can bring about, the first counts.
func (b Binding) precedes(o Binding) bool {
	if !b.At.Equal(o.At) {
		return b.At.Before(o.At)
	}
	return b.ID < o.ID
}

// End lets go of the promoter, now.
func (b *Binding) End(promoter string, now time.Time) error {
	if b.Promoter != promoter || !b.Holds(now) {
		return domain.ErrSame
	}
	b.Until = now
	return nil
}

// Given is what the person who is bound is given of it: not who shared the code.
func (b Binding) Given() Binding {
	b.Promoter, b.Marks, b.Outbox = "", nil, nil
	return b
}
