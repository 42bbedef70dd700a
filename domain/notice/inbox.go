package notice

import (
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
)

// setting returns how a person wants to be told; the empty one if they have said nothing.
func (s *Service) setting(ctx context.Context, member string) (Setting, error) {
	kept, err := s.Settings.Get(ctx, member)
	if errors.Is(err, domain.ErrNotFound) {
		return Setting{Doc: domain.Doc{ID: member}}, nil
	}
	return kept, err
}

// set changes a person's setting, and makes one if there is none.
func (s *Service) set(ctx context.Context, member string, change func(*Setting) error) (Setting, error) {
	kept, err := s.Settings.Update(ctx, member, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return kept, err
	}
	fresh := Setting{Doc: domain.Doc{ID: member}}
	if err := change(&fresh); errors.Is(err, domain.ErrSame) {
		return fresh, nil
	} else if err != nil {
		return fresh, err
	}
	if err = s.Settings.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		return s.Settings.Update(ctx, member, change)
	}
	return fresh, err
}

// choice is what the person said, or what holds for those who said nothing.
func (s *Service) choice(of Setting) Choice {
	if of.Choice != nil {
		return *of.Choice
	}
	return Choice{Off: []Category{}, Quiet: s.Limits.Quiet}
}

// MyChoice returns how the acting person wants to be told.
func (s *Service) MyChoice(ctx context.Context) (Choice, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Choice{}, err
	}
	kept, err := s.setting(ctx, actor.Member)
	return s.choice(kept), err
}

// Choose changes how the acting person wants to be told.
func (s *Service) Choose(ctx context.Context, c Choice) (Choice, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Choice{}, err
	}
	if err := c.Check(); err != nil {
		return Choice{}, err
	}
	kept, err := s.set(ctx, actor.Member, func(k *Setting) error {
		k.Choice = &c
		return nil
	})
	return s.choice(kept), err
}

// Inbox lists what the acting person was told, and how much of it they have not read.
func (s *Service) Inbox(ctx context.Context, page domain.Page) (list []Notice, unread int64, next domain.Cursor, err error) {
	unread, read, err := s.unread(ctx)
	if err != nil {
		return nil, 0, "", err
	}
	list, next, err = s.Store.ByMember(ctx, domain.ActorFrom(ctx).Member, page)
	for i := range list {
		list[i].readTo(read)
	}
	return list, unread, next, err
}

// readTo notes that everything up to an instant was read at once.
func (n *Notice) readTo(at time.Time) {
	if n.ReadAt.IsZero() && !n.At.After(at) {
		n.ReadAt = at
	}
}

// Unread counts what the acting person has not read.
func (s *Service) Unread(ctx context.Context) (int64, error) {
	n, _, err := s.unread(ctx)
	return n, err
}

func (s *Service) unread(ctx context.Context) (n int64, readTo time.Time, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return 0, time.Time{}, err
	}
	kept, err := s.setting(ctx, actor.Member)
	if err != nil {
		return 0, time.Time{}, err
	}
	n, err = s.Store.CountUnread(ctx, actor.Member, kept.ReadTo.Add(time.Microsecond))
	return n, kept.ReadTo, err
}

// Read notes that the acting person has read a notice of theirs.
func (s *Service) Read(ctx context.Context, id string) (Notice, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Notice{}, err
	}
	return s.Store.Update(ctx, id, func(n *Notice) error {
		switch {
		case n.Member != actor.Member || n.CalledOff:
			return domain.ErrNotFound
		case !n.ReadAt.IsZero():
			return domain.ErrSame
		}
		n.ReadAt = s.Clock.Now()
		return nil
	})
}

// ReadAll notes that the acting person has read everything that is there by now: one write, however much it is.
func (s *Service) ReadAll(ctx context.Context) error {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return err
	}
	now := s.Clock.Now()
	_, err := s.set(ctx, actor.Member, func(k *Setting) error {
		if !k.ReadTo.Before(now) {
			return domain.ErrSame
		}
		k.ReadTo = now
		return nil
	})
	return err
}

// Filter narrows what staff look at: one person, or one result, or nothing.
type Filter struct {
	Member string
	Result string // a reason, or an outcome that has none
}

// Check refuses what can match nothing.
func (f Filter) Check() error {
	var check domain.Check
	check.That(f.Member == "" || domain.ValidID(f.Member), "member", "学员编号无效")
	check.That(f.Result == "" || f.Result == string(Sent) || slices.Contains(Reasons, f.Result), "result", "没有这样的结果")
	return check.Err()
}

// Entry is a notice with whom it was for.
type Entry struct {
	Notice
	To member.Card
}

// Log is what a camp's people were told.
type Log struct {
	Camp    camp.Camp
	Entries []Entry // the newest first
	Next    domain.Cursor
}

// OfCamp shows a camp's staff who was told what, and what became of it.
func (s *Service) OfCamp(ctx context.Context, campID string, f Filter, page domain.Page) (Log, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Log{}, err
	}
	if err := f.Check(); err != nil {
		return Log{}, err
	}
	log := Log{Camp: in}
	var list []Notice
	if list, log.Next, err = s.Store.OfCamp(ctx, campID, f, page); err != nil {
		return Log{}, err
	}
	var people []string
	for _, n := range list {
		people = append(people, n.Member)
	}
	cards, err := s.Members.Cards(ctx, people)
	for _, n := range list {
		log.Entries = append(log.Entries, Entry{n, cards[n.Member]})
	}
	return log, err
}
