package referral

import (
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
)

// Source is where people came from whom one promoter recommended: a network address or a device, neither of which is kept
// readable. It bounds how many are bound from there, and is the evidence for a person who looks.
type Source struct {
	domain.Doc
	Organiser string     `json:"organiser"`
	Promoter  string     `json:"promoter"` // member id
	Kind      SourceKind `json:"kind"`
	Own       bool       `json:"own,omitempty"` // the device that the promoter joined from
	Takes     []Take     `json:"takes"`         // at most MaxSource
	LastAt    time.Time  `json:"last_at"`
	SeenAt    time.Time  `json:"seen_at,omitzero"` // when somebody looked at it and found it fine
	SeenBy    string     `json:"seen_by,omitempty"`
	Seen      int        `json:"seen,omitempty"` // takes that there were then
}

// Take is one person who came from there.
type Take struct {
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
	crowd      = 8 // people at one address
	twins      = 2 // people at one device
	burst      = 5 // people …
	burstTime  = 30 * time.Second
	KeepSource = 90 * 24 * time.Hour // how long after its last one a source is kept
)

// take notes a person, once. Returns ErrCrowd beyond max.
func (s *Source) take(t Take, max int) error {
	switch {
	case slices.ContainsFunc(s.Takes, func(had Take) bool { return had.Member == t.Member }):
		return domain.ErrSame
	case len(s.Takes) >= min(max, MaxSource):
		return ErrCrowd
	}
	s.Takes, s.LastAt = append(s.Takes, t), t.At
	return nil
}

// Signals are what is odd about a source, in words.
func (s Source) Signals() (signals []string) {
	n := len(s.Takes)
	if s.Own && n > 0 {
		signals = append(signals, fmt.Sprintf("有 %d 个账号用推广员自己的设备绑定", n))
	}
	switch {
	case s.Kind == Network && n >= crowd:
		signals = append(signals, fmt.Sprintf("同一网络地址有 %d 个账号绑定到同一个推广员", n))
	case s.Kind == Device && n >= twins:
		signals = append(signals, fmt.Sprintf("同一台设备有 %d 个账号绑定到同一个推广员", n))
	}
	for i := 0; i+burst <= n; i++ {
		if took := s.Takes[i+burst-1].At.Sub(s.Takes[i].At); took <= burstTime {
			signals = append(signals, fmt.Sprintf("%d 个账号在 %d 秒内接连绑定，快得不像人在操作", burst, int(took.Seconds())+1))
			break
		}
	}
	return signals
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
