package checkin

import (
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Wall is what staff have put up in the feed of a camp. It has the camp's id.
type Wall struct {
	domain.Doc
	Pins   []Pin    `json:"pins,omitempty"`   // the newest first
	Topics []string `json:"topics,omitempty"` // that learners are offered, in the order that staff chose
}

// Pin keeps a check-in at the top of the feed.
type Pin struct {
	Checkin string    `json:"checkin"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Limits of a wall.
const (
	MaxPins   = 5
	MaxTopics = 20 // that staff offer
)

// The refusals of a wall.
var (
	ErrPinsFull = domain.Refusal(domain.KindConflict, "pins_full", "最多置顶 5 条，请先取消一条")
	ErrNoTopic  = domain.Refusal(domain.KindConflict, "topic_unknown", "这个话题已经不在训练营的话题里").On("topics")
)

// WallStore keeps walls.
type WallStore interface {
	domain.Documents[Wall]
}

// holds reports whether the pin is about what the check-in shows now. One that was handed in anew since is another.
func (p Pin) holds(c Checkin) bool {
	return p.Checkin == c.ID && c.Public() && !c.SubmittedAt.After(p.At)
}

// Pinned reports whether the check-in is at the top of the feed.
func (w Wall) Pinned(c Checkin) bool {
	return slices.ContainsFunc(w.Pins, func(p Pin) bool { return p.holds(c) })
}

// Pin puts a check-in on top of the others. Returns ErrInvisible, and ErrPinsFull if there are MaxPins.
func (w *Wall) Pin(c Checkin, by string, now time.Time) error {
	switch {
	case !c.Public():
		return ErrInvisible
	case w.Pinned(c):
		return domain.ErrSame
	}
	others := slices.DeleteFunc(slices.Clone(w.Pins), func(p Pin) bool { return p.Checkin == c.ID })
	if len(others) >= MaxPins {
		return ErrPinsFull
	}
	w.Pins = append([]Pin{{c.ID, by, now}}, others...)
	return nil
}

// Unpin takes a check-in's pin down, if it was put up by the instant.
func (w *Wall) Unpin(id string, until time.Time) error {
	kept := slices.DeleteFunc(slices.Clone(w.Pins), func(p Pin) bool { return p.Checkin == id && !p.At.After(until) })
	if len(kept) == len(w.Pins) {
		return domain.ErrSame
	}
	w.Pins = kept
	return nil
}

// Wall of a camp; the empty one if nothing is put up. Whoever calls it has checked who asks.
func (s *Service) Wall(ctx context.Context, campID string) (Wall, error) {
	w, err := s.Walls.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Wall{Doc: domain.Doc{ID: campID}}, nil
	}
	return w, err
}

func (s *Service) changeWall(ctx context.Context, campID string, change func(*Wall) error) error {
	_, err := s.Walls.Update(ctx, campID, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	w := Wall{Doc: domain.Doc{ID: campID}}
	if err := change(&w); errors.Is(err, domain.ErrSame) {
		return nil
	} else if err != nil {
		return err
	}
	if err = s.Walls.Insert(ctx, w); errors.Is(err, domain.ErrExists) {
		_, err = s.Walls.Update(ctx, campID, change)
	}
	return err
}

// Pin puts a public check-in at the top of its camp's feed, or takes it down; again changes nothing. It needs
// domain.RightReview. Where all places are taken, those of check-ins that nobody sees any more are free.
func (s *Service) Pin(ctx context.Context, id string, on bool) error {
	c, err := s.forReviewer(ctx, id)
	if err != nil {
		return err
	}
	by, now := domain.ActorFrom(ctx).Member, s.Clock.Now()
	if !on {
		return s.changeWall(ctx, c.Camp, func(w *Wall) error { return w.Unpin(id, now) })
	}
	err = s.changeWall(ctx, c.Camp, func(w *Wall) error { return w.Pin(c, by, now) })
	if !errors.Is(err, ErrPinsFull) {
		return err
	}
	w, err := s.Wall(ctx, c.Camp)
	if err != nil {
		return err
	}
	seen, err := s.pinned(ctx, w)
	if err != nil {
		return err
	}
	return s.changeWall(ctx, c.Camp, func(latest *Wall) error {
		for _, p := range w.Pins {
			if !slices.ContainsFunc(seen, p.holds) {
				if err := latest.Unpin(p.Checkin, p.At); err != nil && !errors.Is(err, domain.ErrSame) {
					return err
				}
			}
		}
		return latest.Pin(c, by, now)
	})
}

// pinned returns what the pins of a wall hold, in their order; what nobody may see any more is left out.
func (s *Service) pinned(ctx context.Context, w Wall) ([]Checkin, error) {
	ids := make([]string, len(w.Pins))
	for i, p := range w.Pins {
		ids[i] = p.Checkin
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := s.Store.GetMany(ctx, ids)
	var list []Checkin
	for _, p := range w.Pins {
		if c := found[p.Checkin]; p.holds(c) {
			list = append(list, c)
		}
	}
	return list, err
}

// OfferTopics sets the topics that learners of a camp are offered. It needs domain.RightCampEdit.
func (s *Service) OfferTopics(ctx context.Context, campID string, names []string) (camp.Camp, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return camp.Camp{}, err
	}
	offered, err := offered(names)
	if err != nil {
		return in, err
	}
	return in, s.changeWall(ctx, campID, func(w *Wall) error {
		if slices.Equal(w.Topics, offered) {
			return domain.ErrSame
		}
		w.Topics = offered
		return nil
	})
}

func offered(names []string) (topics []string, err error) {
	var check domain.Check
	for _, name := range names {
		topic, ok := TopicOf(name)
		check.That(ok, "topics", "话题是 2 到 20 个字，只用文字和数字")
		if !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
	}
	check.That(len(topics) <= MaxTopics, "topics", "最多 20 个话题")
	return topics, check.Err()
}
