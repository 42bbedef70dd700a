package assist

import (
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
)

// Source is where people took part in a campaign from: a network address or a device, neither of which is kept readable. It
// bounds how many people do so there, whoever starts included, and is the evidence for a person who looks.
type Source struct {
	domain.Doc
	Campaign string     `json:"campaign"`
	Kind     SourceKind `json:"kind"`
	People   []Presence `json:"people"` // at most MaxSource
	LastAt   time.Time  `json:"last_at"`
	SeenAt   time.Time  `json:"seen_at,omitzero"` // when somebody looked at it and found it fine
	SeenBy   string     `json:"seen_by,omitempty"`
	Seen     int        `json:"seen,omitempty"` // people that there were then
}

// Presence is what one person did there first.
type Presence struct {
	Member string    `json:"member"`
	Assist string    `json:"assist"`
	Starts bool      `json:"starts,omitempty"` // started it; otherwise helped
	At     time.Time `json:"at"`
}

// SourceKind says what a source is.
type SourceKind string

// The kinds.
const (
	Network SourceKind = "network"
	Device  SourceKind = "device"
)

// MaxSource is how many people can be bounded to at one address or device.
const MaxSource = 200

// When a source is shown to a person.
const (
	crowd      = 5 // people at one address who helped the same assist
	twins      = 2 // people at one device
	burst      = 3 // people …
	burstTime  = 10 * time.Second
	KeepSource = 90 * 24 * time.Hour // how long after its last use a source is kept
)

// note adds a person, once. Returns ErrCrowd beyond max.
func (s *Source) note(p Presence, max int) error {
	switch {
	case slices.ContainsFunc(s.People, func(had Presence) bool { return had.Member == p.Member }):
		return domain.ErrSame
	case len(s.People) >= max:
		return ErrCrowd
	}
	s.People, s.LastAt = append(s.People, p), p.At
	return nil
}

// Signals are what is odd about a source, in words.
func (s Source) Signals() (signals []string) {
	if n := len(s.People); s.Kind == Device && n >= twins {
		signals = append(signals, fmt.Sprintf("同一台设备有 %d 个账号参加", n))
	}
	most, of := 0, map[string]int{}
	for _, p := range s.People {
		of[p.Assist]++
		most = max(most, of[p.Assist])
	}
	if s.Kind == Network && most >= crowd {
		signals = append(signals, fmt.Sprintf("同一网络地址有 %d 个账号参加了同一个助力", most))
	}
	if n, within := s.fastest(); n >= burst {
		signals = append(signals, fmt.Sprintf("%d 个账号在 %d 秒内接连参加，快得不像人在操作", n, int(within.Seconds())+1))
	}
	return signals
}

// fastest is the most people who came within burstTime, and the time they took.
func (s Source) fastest() (most int, within time.Duration) {
	for i, first := range s.People {
		for j, p := range s.People[i:] {
			took := p.At.Sub(first.At)
			if took > burstTime {
				break
			}
			if j+1 > most {
				most, within = j+1, took
			}
		}
	}
	return most, within
}

// Odd reports whether a person should look at it: what was looked at stays quiet until more come.
func (s Source) Odd() bool { return len(s.People) > s.Seen && len(s.Signals()) > 0 }

func (s *Source) see(by string, now time.Time) error {
	if !s.Odd() {
		return domain.ErrSame
	}
	s.SeenAt, s.SeenBy, s.Seen = now, by, len(s.People)
	return nil
}
