package moderation

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// Decide settles a case. version is of the content that was looked at: ErrChanged if it is another by now.
func (s *Service) Decide(ctx context.Context, id string, v Verdict, reason string, version int) error {
	if err := Check(v, reason); err != nil {
		return err
	}
	c, err := s.open(ctx, id)
	if err != nil {
		return err
	}
	found, err := s.subjects(ctx, c)
	if err != nil {
		return err
	}
	subject, there := found[id]
	if there && subject.Version != version {
		return fmt.Errorf("case %s: %w", id, ErrChanged)
	}
	before := subject.Standing
	switch {
	case !there:
		before = Gone
	case before == Pending:
		before = Hidden // nobody would look at it again otherwise
	}
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	if _, err := s.Store.Update(ctx, id, func(c *Case) error {
		return c.rule(Ruling{Verdict: v, Reason: reason, Version: version, Before: before, By: actor.Member, At: now})
	}); err != nil {
		return err
	}
	return s.settle(ctx, id)
}

// Seen is a case as somebody saw it.
type Seen struct {
	Case    string
	Version int
}

// DecideMany settles cases alike, and returns how many were; one that was refused does not stop the others.
func (s *Service) DecideMany(ctx context.Context, seen []Seen, v Verdict, reason string) (done int, err error) {
	if len(seen) > MaxBulk {
		return 0, domain.Invalid("case", fmt.Sprintf("一次最多处理 %d 条", MaxBulk))
	}
	for _, one := range seen {
		if fault := s.Decide(ctx, one.Case, v, reason, one.Version); fault != nil {
			err = fault
			continue
		}
		done++
	}
	return done, err
}

// DecideCheckin settles the case of a check-in, and opens one if there is none: for staff who come upon it elsewhere.
// A version below 0 is whatever stands there now.
func (s *Service) DecideCheckin(ctx context.Context, id string, v Verdict, reason string, version int) error {
	if err := Check(v, reason); err != nil {
		return err
	}
	found, err := s.lookCheckins(ctx, []string{id})
	if err != nil {
		return err
	}
	subject, ok := found[id]
	if !ok {
		return fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
	}
	if err := domain.ActorFrom(ctx).Must(domain.RightModerate, domain.Place{Organiser: subject.Organiser, Camp: subject.Camp}); err != nil {
		return err
	}
	if err := s.raise(ctx, Checkin, id, s.unruled); err != nil {
		return err
	}
	if version < 0 {
		version = subject.Version
	}
	return s.Decide(ctx, ID(Checkin, id), v, reason, version)
}

// Undo takes the newest ruling back: what it was about stands as before, and the case waits again.
func (s *Service) Undo(ctx context.Context, id string, n int) error {
	if _, err := s.open(ctx, id); err != nil {
		return err
	}
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	if _, err := s.Store.Update(ctx, id, func(c *Case) error { return c.undo(n, actor.Member, now) }); err != nil {
		return err
	}
	return s.settle(ctx, id)
}

// settle puts the newest ruling into effect, and looks again whether it still is the newest: of several who decide at
// once the last to write wins everywhere.
func (s *Service) settle(ctx context.Context, id string) error {
	for {
		c, err := s.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := s.put(ctx, c); err != nil {
			return fmt.Errorf("case %s: %w", id, err)
		}
		again, err := s.Store.Get(ctx, id)
		if err != nil || again.Count == c.Count && again.Last().Undone() == c.Last().Undone() {
			return err
		}
	}
}

// Ruled makes sure that a decision is in effect and tells the author. For jobs, after EventRuled.
func (s *Service) Ruled(ctx context.Context, id string) error {
	if err := s.settle(ctx, id); err != nil {
		return err
	}
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if c.Kind == Profile && c.Standing() != Visible { // cards that were drawn before show it
		if err := s.Cards.RedrawPerson(ctx, c.Target); err != nil {
			return fmt.Errorf("cards of member %s: %w", c.Target, err)
		}
	}
	found, err := s.subjects(ctx, c)
	if err != nil {
		return err
	}
	where := page(c.Kind, found[id].Checkin)
	hidden := false
	for _, r := range c.Rulings {
		told := notice.Notice{Doc: domain.Doc{ID: fmt.Sprintf("moderation_%s_%d", id, r.N)}, At: r.At, Body: r.Reason}
		switch {
		case r.Verdict == Hide:
			told.Title = "你的" + names[c.Kind] + "被隐藏了"
		case r.Verdict == Reject:
			told.Title = "你的" + names[c.Kind] + "没有通过审核"
		case r.Verdict == Warn:
			told.Title = "老师提醒你注意" + names[c.Kind] + "的内容"
		case hidden:
			told.Title, told.Body = "你的"+names[c.Kind]+"恢复显示了", "老师重新看过，其他人可以看到了"
		}
		hidden = r.Verdict == Hide || r.Verdict == Reject
		if err := s.tell(ctx, c, told, where); err != nil {
			return err
		}
		if r.Undone() && r.Verdict.Against() {
			hidden = false
			if err := s.tell(ctx, c, notice.Notice{
				Doc: domain.Doc{ID: told.ID + "_undone"}, At: r.UndoneAt, Title: "对你" + names[c.Kind] + "的处理已撤销", Body: "老师会重新查看",
			}, where); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) tell(ctx context.Context, c Case, n notice.Notice, where string) error {
	if n.Title == "" || c.Author == "" {
		return nil
	}
	n.Member, n.Camp, n.Kind, n.Page = c.Author, c.Camp, notice.ContentRuled, where
	return s.Notices.Tell(ctx, n)
}
