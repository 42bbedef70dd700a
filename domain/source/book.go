package source

import (
	"context"
	"time"

	"yingdi/domain"
)

// Book is where a feature writes its sources down.
type Book struct {
	Rules  Rules
	Store  Store
	Sealer Sealer
}

// Into is what somebody takes part in.
type Into struct {
	ID      string // one part or two; the first is the thing as staff look at it
	Network int    // most takes from one address, 0 to refuse nobody
	Device  int    // and from one device
	Own     string // mark of the device of whoever gains by it; empty if it is not known
}

// Note writes down where the acting person takes part, and returns the rules' refusal where too many do.
func (b Book) Note(ctx context.Context, in Into, t Take) error {
	actor := domain.ActorFrom(ctx)
	for _, from := range []struct {
		kind  Kind
		value string
		most  int
	}{{Network, actor.Network, in.Network}, {Device, actor.Device, in.Device}} {
		mark := b.Mark(from.kind, whole(in.ID), from.value)
		if mark == "" {
			continue
		}
		fresh := Source{Doc: domain.Doc{ID: in.ID + ":" + mark}, Kind: from.kind, Own: mark == in.Own}
		if _, err := domain.Ensure(ctx, b.Store, fresh, func(s *Source) error { return s.take(t, from.most, b.Rules) }); err != nil {
			return err
		}
	}
	return nil
}

// Mark stands for an address or a device within a thing, and is empty for an empty one. No two kinds share any.
func (b Book) Mark(kind Kind, of, value string) string {
	if value == "" {
		return ""
	}
	return b.Sealer.Hash(b.Rules.Name+"."+string(kind), of+":"+value)
}

// See notes that the acting person has looked at an odd source of a thing and found it fine.
func (b Book) See(ctx context.Context, of, id string, now time.Time) (Source, error) {
	by := domain.ActorFrom(ctx).Member
	return b.Store.Update(ctx, id, func(s *Source) error {
		if s.Of() != of {
			return domain.ErrNotFound
		}
		return s.see(by, now)
	})
}
