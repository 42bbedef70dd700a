// Package source keeps where people took part in something from: a network address or a device, neither of which is kept
// readable. It bounds how many do so from one place, and is the evidence for a person who looks. A feature has its own
// sources, and Rules that say what is odd about them.
package source

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Source is one place from which people took part in one thing. Its id is that of the thing and a hash of the place.
type Source struct {
	domain.Doc
	Kind    Kind      `json:"kind"`
	Own     bool      `json:"own,omitempty"` // the device of whoever gains by it
	Takes   []Take    `json:"takes"`         // in their order, at most Max
	Signals []string  `json:"signals,omitempty"`
	SeenAt  time.Time `json:"seen_at,omitzero"` // when somebody looked at it and found it fine
	SeenBy  string    `json:"seen_by,omitempty"`
	Seen    int       `json:"seen,omitempty"` // takes that there were then
}

// Take is one person's part in it.
type Take struct {
	ID     string    `json:"id,omitempty"` // by which it counts once; empty where each person does
	Of     string    `json:"of,omitempty"` // what it is a part of, where there are several in one thing
	Member string    `json:"member"`
	Starts bool      `json:"starts,omitempty"` // began that; others joined it
	At     time.Time `json:"at"`
}

// Kind says what a source is.
type Kind string

// The kinds.
const (
	Network Kind = "network"
	Device  Kind = "device"
)

// Limits of sources.
const (
	Max  = 200                 // takes of one
	Keep = 90 * 24 * time.Hour // how long after its last take one is kept
)

// Store keeps a feature's sources.
type Store interface {
	domain.Documents[Source]
	domain.Passing[Source]
	// Odd lists the sources of a thing that a person should look at, the last used first.
	Odd(ctx context.Context, of string, page domain.Page) ([]Source, domain.Cursor, error)
}

// Sealer makes hashes that nobody can guess; domain.Sealer is one.
type Sealer interface {
	Hash(purpose, value string) string
}

// Of is the first part of the id: the thing as staff look at it.
func (s Source) Of() string { return whole(s.ID) }

func whole(id string) string { of, _, _ := strings.Cut(id, ":"); return of }

// By is the second part of an id that has three: whose part of the thing it is.
func (s Source) By() string {
	if parts := strings.Split(s.ID, ":"); len(parts) == 3 {
		return parts[1]
	}
	return ""
}

// LastAt is when somebody last took part.
func (s Source) LastAt() time.Time {
	if len(s.Takes) == 0 {
		return time.Time{}
	}
	return s.Takes[len(s.Takes)-1].At
}

// Odd reports whether a person should look at it: what was looked at stays quiet until more comes.
func (s Source) Odd() bool { return len(s.Takes) > s.Seen && len(s.Signals) > 0 }

// take notes a part, once. Returns the rules' refusal beyond most; if that is 0, what is beyond Max goes unnoted.
func (s *Source) take(t Take, most int, r Rules) error {
	switch {
	case slices.ContainsFunc(s.Takes, func(had Take) bool { return cmp.Or(had.ID, had.Member) == cmp.Or(t.ID, t.Member) }):
		return domain.ErrSame
	case most > 0 && len(s.Takes) >= min(most, Max):
		return r.Full
	case len(s.Takes) >= Max:
		return domain.ErrSame
	}
	s.Takes = append(s.Takes, t)
	s.Signals = r.signals(*s)
	return nil
}

func (s *Source) see(by string, now time.Time) error {
	if !s.Odd() {
		return domain.ErrSame
	}
	s.SeenAt, s.SeenBy, s.Seen = now, by, len(s.Takes)
	return nil
}
