package coupon

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
)

// Redeem turns a code into a coupon of the acting person's; again gives them the same. Returns ErrCode, ErrCodeUsed,
// ErrCodeVoid, ErrLimit, ErrOut, ErrPaused and ErrEnded.
func (s *Service) Redeem(ctx context.Context, typed string) (Coupon, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Coupon{}, err
	}
	read, ok := readCode(typed)
	if !ok {
		return Coupon{}, ErrCode.On("code")
	}
	code, err := s.Codes.Get(ctx, codeID(s.Sealer, read))
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return Coupon{}, ErrCode.On("code")
	case err != nil:
		return Coupon{}, err
	case code.Member != "" && code.Member != actor.Member:
		return Coupon{}, fmt.Errorf("code %d of batch %s: %w", code.N, code.Batch, ErrCodeUsed)
	case code.Coupon != "":
		if had, err := s.Store.Get(ctx, code.Coupon); err == nil && had.given() && had.Cause == code.ID {
			return had, nil
		}
	}
	t, err := s.redeemable(ctx, code)
	if err != nil {
		return Coupon{}, fmt.Errorf("code %d of batch %s: %w", code.N, code.Batch, err)
	}
	return s.redeem(ctx, t, code.ID, actor)
}

func (s *Service) redeemable(ctx context.Context, code Code) (Template, error) {
	b, err := s.Batches.Get(ctx, code.Batch)
	if err == nil && !b.VoidAt.IsZero() {
		err = ErrCodeVoid
	}
	if err != nil {
		return Template{}, err
	}
	t, err := s.Templates.Get(ctx, code.Template)
	if err == nil {
		err = t.MayGive(s.Clock.Now())
	}
	return t, err
}

// redeem takes the code first, so that it serves one person, and lets it go if it becomes no coupon.
func (s *Service) redeem(ctx context.Context, t Template, code string, actor domain.Actor) (Coupon, error) {
	for {
		n, err := s.free(ctx, t, actor.Member, code)
		if err != nil {
			return Coupon{}, err
		}
		id := ID(t.ID, actor.Member, n)
		if _, err := s.Codes.Update(ctx, code, func(c *Code) error { return c.take(actor.Member, id, s.Clock.Now()) }); err != nil {
			return Coupon{}, err
		}
		if err := s.note(ctx, t, id, false); err != nil {
			return Coupon{}, err
		}
		c, err := s.issue(ctx, t, actor.Member, n, ByCode, code, "")
		switch {
		case err == nil && c.Cause == code:
			return c, nil
		case err == nil: // meanwhile they have got that one by another way
			continue
		case errors.Is(err, ErrOut), errors.Is(err, ErrPaused), errors.Is(err, ErrEnded):
			_, failed := s.Codes.Update(ctx, code, func(c *Code) error { return c.letGo(id) })
			return Coupon{}, errors.Join(err, failed)
		default:
			return Coupon{}, err
		}
	}
}

// free is the number of the coupon that a person can still get, or has begun to get, of the template for a cause. Returns
// ErrLimit if there is none.
func (s *Service) free(ctx context.Context, t Template, member, cause string) (int, error) {
	ids := make([]string, t.PerPerson)
	for i := range ids {
		ids[i] = ID(t.ID, member, i+1)
	}
	had, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return 0, err
	}
	free := 0
	for i := len(ids); i > 0; i-- {
		c, there := had[ids[i-1]]
		switch {
		case there && c.Cause == cause && cause != "":
			return i, nil
		case !there || c.State == Refused:
			free = i
		}
	}
	if free == 0 {
		return 0, fmt.Errorf("template %s: %w", t.ID, ErrLimit)
	}
	return free, nil
}

// Fill makes the codes of a batch, and goes on where it was after a crash. For jobs, after EventBatch.
func (s *Service) Fill(ctx context.Context, batch string) error {
	b, err := s.Batches.Get(ctx, batch)
	if err != nil {
		return err
	}
	for n := b.Made + 1; n <= b.Size; n++ {
		code := Code{Doc: domain.Doc{ID: codeID(s.Sealer, codeOf(s.Sealer, b.ID, n))}, Batch: b.ID, Template: b.Template, N: n}
		// Of two codes that are the same, which hardly ever happens, the first lives.
		if err := s.Codes.Insert(ctx, code); err != nil && !errors.Is(err, domain.ErrExists) {
			return err
		}
		if n%100 != 0 && n != b.Size {
			continue
		}
		if _, err := s.Batches.Update(ctx, batch, func(b *Batch) error { return b.made(n) }); err != nil {
			return err
		}
	}
	return nil
}

// Listed is a code as an export writes it.
type Listed struct {
	N    int
	Text string
	Code Code
}

// Written lists the codes of a batch from after a number on, at most domain.MaxPage of them. Whoever calls it has checked
// who asks.
func (s *Service) Written(ctx context.Context, b Batch, after int) ([]Listed, error) {
	var list []Listed
	var ids []string
	for n := after + 1; n <= b.Made && len(list) < domain.MaxPage; n++ {
		text := codeOf(s.Sealer, b.ID, n)
		list, ids = append(list, Listed{N: n, Text: text}), append(ids, codeID(s.Sealer, text))
	}
	found, err := s.Codes.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		list[i].Code = found[id]
	}
	return list, nil
}
