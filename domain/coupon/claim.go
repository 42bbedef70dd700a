package coupon

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/source"
)

// Claim gives the acting person their nth coupon of a public template; again gives the same, and fresh tells which. Returns
// ErrOut, ErrLimit, ErrCrowd, ErrPaused and ErrEnded.
func (s *Service) Claim(ctx context.Context, template string, n int) (c Coupon, fresh bool, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Coupon{}, false, err
	}
	t, err := s.Templates.Get(ctx, template)
	if err == nil && (!t.Public || t.State == Draft) {
		err = fmt.Errorf("template %s: %w", template, domain.ErrNotFound)
	}
	if err != nil {
		return Coupon{}, false, err
	}
	if n < 1 || n > t.PerPerson {
		return Coupon{}, false, fmt.Errorf("template %s: %w", template, ErrLimit)
	}
	id := ID(t.ID, actor.Member, n)
	had, err := s.Store.Get(ctx, id)
	switch {
	case err == nil && had.given():
		return had, false, nil
	case err != nil && !errors.Is(err, domain.ErrNotFound):
		return Coupon{}, false, err
	}
	if err := t.MayGive(s.Clock.Now()); err != nil {
		return Coupon{}, false, fmt.Errorf("template %s: %w", template, err)
	}
	if err := s.note(ctx, t, id, true); err != nil {
		return Coupon{}, false, err
	}
	c, err = s.issue(ctx, t, actor.Member, n, ByClaim, "", "")
	return c, err == nil, err
}

// given reports whether the coupon is, or ever was, somebody's.
func (c Coupon) given() bool { return c.State != Asking && c.State != Refused }

// issue gives somebody their nth coupon of a template, if there is stock.
func (s *Service) issue(ctx context.Context, t Template, member string, n int, way Way, cause, by string) (Coupon, error) {
	now := s.Clock.Now()
	c := ask(t, member, n, way, cause, by, now)
	err := s.Store.Insert(ctx, c)
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Store.Update(ctx, c.ID, func(c *Coupon) error { return c.askAgain(way, cause, by, now) })
	}
	if err != nil {
		return Coupon{}, err
	}
	return s.finish(ctx, t.ID, c.ID)
}

// finishTries is how often a finish looks again after somebody else settled a coupon meanwhile.
const finishTries = 100

// finish takes the coupon out of the stock and gives it; after a crash it goes on where it was.
func (s *Service) finish(ctx context.Context, template, id string) (c Coupon, err error) {
	for range finishTries {
		if c, err = s.tryFinish(ctx, template, id); !errors.Is(err, domain.ErrConflict) {
			break
		}
	}
	return c, err
}

// tryFinish returns domain.ErrConflict if the coupon may have been finished by another since it looked: the stamp is read
// first, so that what that other has taken and settled is not taken again.
func (s *Service) tryFinish(ctx context.Context, template, id string) (Coupon, error) {
	counter := StockCounter(template)
	stamp, err := s.Counters.Stamp(ctx, counter, id)
	if err != nil {
		return Coupon{}, err
	}
	c, err := s.Store.Get(ctx, id)
	switch {
	case err != nil:
		return Coupon{}, err
	case c.State == Refused:
		return c, fmt.Errorf("coupon %s: %w", id, ErrOut)
	case c.given():
		return c, s.Counters.Settle(ctx, counter, id)
	}
	t, err := s.Templates.Get(ctx, template)
	if err != nil {
		return Coupon{}, err
	}
	now := s.Clock.Now()
	if err := t.MayGive(now); err != nil { // stopped in this very moment, or while nobody finished it
		return s.refuse(ctx, id, err)
	}
	if _, err := s.Counters.Add(ctx, counter, id, stamp, 1, int64(t.Stock)); errors.Is(err, domain.ErrExhausted) {
		return s.refuse(ctx, id, ErrOut)
	} else if err != nil {
		return Coupon{}, err
	}
	if c, err = s.Store.Update(ctx, id, func(c *Coupon) error { return c.get(t, now) }); err != nil {
		return Coupon{}, err
	}
	if !c.given() { // refused by another; what was taken is nobody's, which a count of the facts shows
		_, failed := s.Recount(ctx, template)
		return Coupon{}, errors.Join(fmt.Errorf("coupon %s: %w", id, ErrOut), failed)
	}
	return c, s.Counters.Settle(ctx, counter, id)
}

func (s *Service) refuse(ctx context.Context, id string, why error) (Coupon, error) {
	c, err := s.Store.Update(ctx, id, func(c *Coupon) error { return c.refuse() })
	if err != nil || c.given() {
		return c, err
	}
	return c, fmt.Errorf("coupon %s: %w", id, why)
}

// Recount sets the counter of coupons given out by the facts. It is right at any moment: a remembered op counts while its
// coupon may still be given by it.
func (s *Service) Recount(ctx context.Context, template string) (int64, error) {
	counter := StockCounter(template)
	var done []string
	given, err := s.Counters.Recount(ctx, counter, func(ops []string) (given int64, err error) {
		given, done, err = s.count(ctx, template, ops)
		return given, err
	})
	if err != nil {
		return 0, err
	}
	for _, op := range done {
		if err := s.Counters.Settle(ctx, counter, op); err != nil {
			return given, err
		}
	}
	return given, nil
}

// count counts again for as long as the coupons of the ops move under its hands. done are the ops whose coupon waits for
// nothing any more.
func (s *Service) count(ctx context.Context, template string, ops []string) (given int64, done []string, err error) {
	for before, first := map[string]bool(nil), true; ; first = false {
		if given, err = s.Store.CountGot(ctx, template); err != nil {
			return 0, nil, err
		}
		found, err := s.Store.GetMany(ctx, ops)
		if err != nil {
			return 0, nil, err
		}
		after, same := map[string]bool{}, !first
		for _, op := range ops {
			after[op] = found[op].State != "" && found[op].given()
			same = same && before[op] == after[op]
		}
		if same || len(ops) == 0 {
			for _, op := range ops {
				if after[op] || found[op].State == "" {
					done = append(done, op)
				} else {
					given++
				}
			}
			return given, done, nil
		}
		before = after
	}
}

// RecountAll recounts the stock of everything that can give something out. For jobs. One that fails does not stop the others.
func (s *Service) RecountAll(ctx context.Context) error {
	return domain.Round(ctx, "stock of template", func(page domain.Page) ([]Template, domain.Cursor, error) {
		return s.Templates.Running(ctx, page)
	}, func(t Template) error {
		_, err := s.Recount(ctx, t.ID)
		return err
	})
}

// note writes down where the acting person gets a coupon, and refuses where too many did if it bounds.
func (s *Service) note(ctx context.Context, t Template, id string, bounds bool) error {
	in := source.Into{ID: t.ID}
	if bounds {
		in.Network, in.Device = t.PerNetwork, t.PerDevice
	}
	if err := s.places().Note(ctx, in, source.Take{ID: id, Member: domain.ActorFrom(ctx).Member, At: s.Clock.Now()}); err != nil {
		return fmt.Errorf("coupon %s: %w", id, err)
	}
	return nil
}
