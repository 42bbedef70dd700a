package bill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// caseID of a difference. Numbers that are not ours may be of any form.
func caseID(day domain.Day, kind Kind, number string) string {
	if !domain.ValidID(number) || strings.Contains(number, ":") || len(number) > 80 {
		sum := sha256.Sum256([]byte(number))
		number = "x" + hex.EncodeToString(sum[:16])
	}
	return domain.Key(string(day), string(kind), number)
}

// open writes a difference down, once however often it is found.
func (s *Service) open(ctx context.Context, c Case, text string) error {
	now := s.Clock.Now()
	c.ID, c.OpenedAt = caseID(c.Day, c.Kind, c.Number), now
	c.Number = c.Number[:min(len(c.Number), 200)]
	c.tell("", text, now)
	err := s.Cases.Insert(ctx, c)
	if !errors.Is(err, domain.ErrExists) {
		return err
	}
	_, err = s.Cases.Update(ctx, c.ID, func(had *Case) error { return had.reopen(text, now) })
	return err
}

// Review closes the cases that have explained themselves meanwhile. For jobs; one that fails does not stop the others.
func (s *Service) Review(ctx context.Context) error {
	return domain.Round(ctx, "case", func(page domain.Page) ([]Case, domain.Cursor, error) {
		return s.Cases.Open(ctx, nil, page)
	}, func(c Case) error {
		_, err := s.recheck(ctx, c)
		return err
	})
}

func (s *Service) book(name BookName) Book {
	if name == TransferBook {
		return s.Transfers
	}
	return s.Orders
}

// recheck closes a case if nothing differs any more.
func (s *Service) recheck(ctx context.Context, c Case) (Case, error) {
	why, err := s.explained(ctx, c)
	if err != nil || why == "" {
		return c, err
	}
	return s.Cases.Update(ctx, c.ID, func(c *Case) error { return c.close("", why, s.Clock.Now()) })
}

// explained says why a case is none any more; empty if it still is one.
func (s *Service) explained(ctx context.Context, c Case) (string, error) {
	if c.Kind == NoBill {
		d, err := s.Days.Get(ctx, string(c.Day))
		if err != nil || d.State != Matched {
			return "", err
		}
		return "账单已经取到并核对", nil
	}
	book := s.book(c.Book)
	facts, err := book.Facts(ctx, []string{c.Number})
	if err != nil {
		return "", err
	}
	fact, known := facts[c.Number]
	switch {
	case c.Kind == Double:
		return "", nil
	case c.Kind == MissingThere && fact.Billed != (wechatpay.Billed{}):
		return fmt.Sprintf("出现在 %s 账单第 %d 行", fact.Billed.Day, fact.Billed.Line), nil
	case c.Said == nil || differ(*c.Said, fact, known) != "":
		return "", nil
	}
	err = book.Mark(ctx, c.Number, wechatpay.Billed{Day: c.Day, Line: c.Said.Line, Amount: c.Said.Amount, Soon: !c.Said.Done})
	if err != nil && !errors.Is(err, ErrTwice) {
		return "", err
	}
	return "系统的记录已经与账单一致", nil
}

// may refuses those who may not see the money of a case. What belongs to no organiser is the platform's.
func (c Case) may(a domain.Actor) error {
	if c.Organiser != "" {
		return a.Must(domain.RightMoney, domain.Place{Organiser: c.Organiser, Camp: c.Camp})
	}
	if _, all := a.Within(domain.RightMoney, domain.ScopePlatform); !all {
		return errors.Join(a.MustBeMember(), domain.ErrForbidden)
	}
	return nil
}

// get returns a case to those who may see its money.
func (s *Service) get(ctx context.Context, id string) (Case, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightMoney, domain.Place{}); err != nil {
		return Case{}, err
	}
	c, err := s.Cases.Get(ctx, id)
	if err == nil {
		err = c.may(domain.ActorFrom(ctx))
	}
	return c, err
}

// Open lists the cases that wait, of all organisers whose money the acting person may see, the newest first.
func (s *Service) Open(ctx context.Context, page domain.Page) ([]Case, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	return s.Cases.Open(ctx, organisers, page)
}

// Again asks WeChat how the movement of a case stands and looks at it anew; a bill that never came is asked for again.
// It never moves money.
func (s *Service) Again(ctx context.Context, id string) (Case, error) {
	c, err := s.get(ctx, id)
	if err != nil {
		return c, err
	}
	by, now := domain.ActorFrom(ctx).Member, s.Clock.Now()
	if c, err = s.Cases.Update(ctx, id, func(c *Case) error {
		if !c.Open() {
			return domain.ErrSame
		}
		c.tell(by, "重新核对", now)
		return nil
	}); err != nil {
		return c, err
	}
	if c.Kind == NoBill {
		_, err := s.Days.Update(ctx, string(c.Day), func(d *Day) error {
			if d.State == Matched {
				return domain.ErrSame
			}
			d.State, d.NextAt = Waiting, now
			return nil
		})
		return c, err
	}
	if err := s.book(c.Book).Ask(ctx, c.Number); !answered(err) {
		return c, err
	}
	return s.recheck(ctx, c)
}

// Dismiss notes what a person found out about a case, and closes it.
func (s *Service) Dismiss(ctx context.Context, id, outcome string) (Case, error) {
	if _, err := s.get(ctx, id); err != nil {
		return Case{}, err
	}
	var check domain.Check
	check.Line("outcome", "处理结果", outcome, 2, 100)
	if err := check.Err(); err != nil {
		return Case{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Cases.Update(ctx, id, func(c *Case) error { return c.close(by, outcome, s.Clock.Now()) })
}

// History lists the days with what their bills add up to, the newest first, to those who see all money.
func (s *Service) History(ctx context.Context, page domain.Page) ([]Day, domain.Cursor, error) {
	if err := (Case{}).may(domain.ActorFrom(ctx)); err != nil {
		return nil, "", err
	}
	return s.Days.List(ctx, page)
}
