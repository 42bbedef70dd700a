package coupon

import (
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
)

// Source is where coupons of one template were claimed from: a network address or a device, neither of which is kept
// readable. It bounds how many are claimed there, and is the evidence for a person who looks.
type Source struct {
	domain.Doc
	Template string     `json:"template"`
	Kind     SourceKind `json:"kind"`
	Takes    []Take     `json:"takes"` // at most MaxSource
	LastAt   time.Time  `json:"last_at"`
	SeenAt   time.Time  `json:"seen_at,omitzero"` // when somebody looked at it and found it fine
	SeenBy   string     `json:"seen_by,omitempty"`
	Seen     int        `json:"seen,omitempty"` // takes that there were then
}

// Take is one coupon from there.
type Take struct {
	Coupon string    `json:"coupon"`
	Member string    `json:"member"`
	At     time.Time `json:"at"`
}

// SourceKind says what a source is.
type SourceKind string

// The kinds.
const (
	Network SourceKind = "network"
	Device  SourceKind = "device"
)

// When a source is shown to a person.
const (
	crowd      = 5 // people at one address
	twins      = 3 // people at one device
	burst      = 3 // people …
	burstTime  = 10 * time.Second
	KeepSource = 90 * 24 * time.Hour // how long after its last claim a source is kept
)

// take notes a coupon, once. Returns ErrCrowd beyond max.
func (s *Source) take(t Take, max int) error {
	switch {
	case slices.ContainsFunc(s.Takes, func(had Take) bool { return had.Coupon == t.Coupon }):
		return domain.ErrSame
	case len(s.Takes) >= min(max, MaxSource):
		return ErrCrowd
	}
	s.Takes, s.LastAt = append(s.Takes, t), t.At
	return nil
}

// Signals are what is odd about a source, in words.
func (s Source) Signals() (signals []string) {
	people := map[string]bool{}
	for _, t := range s.Takes {
		people[t.Member] = true
	}
	switch n := len(people); {
	case s.Kind == Network && n >= crowd:
		signals = append(signals, fmt.Sprintf("同一网络地址有 %d 个账号领取", n))
	case s.Kind == Device && n >= twins:
		signals = append(signals, fmt.Sprintf("同一台设备有 %d 个账号领取", n))
	}
	if n, within := s.fastest(); n >= burst {
		signals = append(signals, fmt.Sprintf("%d 个账号在 %d 秒内接连领取，快得不像人在操作", n, int(within.Seconds())+1))
	}
	return signals
}

// fastest is the most people who claimed there within burstTime, and the time they took.
func (s Source) fastest() (most int, within time.Duration) {
	for i, first := range s.Takes {
		people := map[string]bool{}
		for _, t := range s.Takes[i:] {
			took := t.At.Sub(first.At)
			if took > burstTime {
				break
			}
			if people[t.Member] = true; len(people) > most {
				most, within = len(people), took
			}
		}
	}
	return most, within
}

// Odd reports whether a person should look at it: what was looked at stays quiet until more comes.
func (s Source) Odd() bool { return len(s.Takes) > s.Seen && len(s.Signals()) > 0 }

func (s *Source) see(by string, now time.Time) error {
	if !s.Odd() {
		return domain.ErrSame
	}
	s.SeenAt, s.SeenBy, s.Seen = now, by, len(s.Takes)
	return nil
}
