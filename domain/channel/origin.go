package channel

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
)

// Origin is how a person came to an organiser: what led them first, which never changes, and what led them since. Its id is
// organiser:member.
type Origin struct {
	domain.Doc
	Organiser string   `json:"organiser"`
	Member    string   `json:"member"`
	First     Touch    `json:"first"`
	Recent    []Touch  `json:"recent,omitempty"` // of channels, the newest last, at most maxRecent
	Met       []string `json:"met,omitempty"`    // the first maxMet channels that led them
}

// Touch is one time that something led a person.
type Touch struct {
	Channel string    `json:"channel,omitempty"` // empty: somebody shared something, or nothing led them
	Scene   string    `json:"scene,omitempty"`   // empty: they came by themselves
	At      time.Time `json:"at"`
}

// Limits of an origin, and how long opening the same scene again is the same touch.
const (
	maxRecent  = 10
	maxMet     = 20
	sameVisit  = time.Hour
	VisitsKept = 400 * 24 * time.Hour
)

// EventTouched says that a channel led somebody for the first time; data TouchedData.
const EventTouched = "channel:touched"

// TouchedData is the data of EventTouched.
type TouchedData struct {
	Channel string `json:"channel"`
}

// take adds a touch. The first one stays what it is. What a friend shared is no channel: it can be what led somebody first,
// and takes nobody from the channel that led them before.
func (o *Origin) take(t Touch) error {
	if t.Channel == "" && !o.First.At.IsZero() {
		return domain.ErrSame
	}
	if n := len(o.Recent); n > 0 {
		last := o.Recent[n-1]
		if last.Scene == t.Scene && t.At.Sub(last.At) < sameVisit || t.At.Before(last.At) {
			return domain.ErrSame
		}
	}
	if o.First.At.IsZero() {
		o.First = t
	}
	if o.Recent = append(o.Recent, t); len(o.Recent) > maxRecent {
		o.Recent = slices.Clone(o.Recent[len(o.Recent)-maxRecent:])
	}
	if t.Channel != "" && len(o.Met) < maxMet && !slices.Contains(o.Met, t.Channel) {
		o.Met = append(o.Met, t.Channel)
		o.Emit(EventTouched, t.At, TouchedData{t.Channel})
	}
	return nil
}

// come notes that somebody came by themselves, if nothing is known of them.
func (o *Origin) come(at time.Time) error {
	if !o.First.At.IsZero() {
		return domain.ErrSame
	}
	o.First = Touch{At: at}
	return nil
}

// Last is the channel that had led the person last by an instant; without any, what led them first.
func (o Origin) Last(at time.Time) Touch {
	for _, t := range slices.Backward(o.Recent) {
		if t.Channel != "" && !t.At.After(at) { // earlier versions wrote down what friends shared, too
			return t
		}
	}
	return o.First
}

// By is the origin as an order or an arrival of an instant keeps it.
func (o Origin) By(at time.Time) order.Origin {
	if o.First.At.After(at) {
		return order.Origin{}
	}
	return order.Origin{First: o.First.Channel, Last: o.Last(at).Channel}
}

// OriginID of a person at an organiser.
func OriginID(organiser, member string) string { return domain.Key(organiser, member) }

// Visit is one visitor who opened a scene of a channel on a day. Its id is channel:day:visitor, and the visitor cannot be
// told from it.
type Visit struct {
	domain.Doc
	Channel string     `json:"channel"`
	Day     domain.Day `json:"day"`
	At      time.Time  `json:"at"`
}

// EventVisited says that a channel had another visitor.
const EventVisited = "channel:visited"

// Arrival is a person who took a place in a camp and whom a channel had led. Its id is that of the enrolment.
type Arrival struct {
	domain.Doc
	Organiser   string       `json:"organiser"`
	Camp        string       `json:"camp"`
	Member      string       `json:"member"`
	Origin      order.Origin `json:"origin"`
	At          time.Time    `json:"at"`
	CompletedAt time.Time    `json:"completed_at,omitzero"`
}

// EventArrived says that there is an arrival, or that it has completed the camp.
const EventArrived = "channel:arrived"

func (a *Arrival) complete(now time.Time) error {
	if !a.CompletedAt.IsZero() {
		return domain.ErrSame
	}
	a.CompletedAt = now
	a.Emit(EventArrived, now, nil)
	return nil
}
