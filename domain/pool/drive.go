package pool

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// How long until somebody looks at a pool again, if nothing is heard before.
const (
	lookAgain = 10 * time.Minute // while something is under way
	lookLater = time.Hour        // for its numbers
)

// Sweep drives every pool whose time has come. For jobs; one that fails does not stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "pool", func(page domain.Page) ([]Pool, domain.Cursor, error) {
		return s.Store.Waking(ctx, s.Clock.Now().Add(time.Microsecond), page)
	}, func(p Pool) error { return s.Drive(ctx, p.ID) })
}

// Drive takes a pool as far as it can go now. It is idempotent, may run beside itself, and goes on where a crash left. For
// jobs, after EventStage and when its time has come.
func (s *Service) Drive(ctx context.Context, campID string) error {
	now := s.Clock.Now()
	p, err := s.Store.Get(ctx, campID)
	if err != nil || p.State == Draft || !p.DoneAt.IsZero() {
		return err
	}
	c, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), campID)
	if err != nil {
		return err
	}
	p, err = s.Store.Update(ctx, campID, func(p *Pool) error { return p.wake(c, now) })
	if err != nil {
		return err
	}
	switch {
	case p.Computing():
		return s.Work(ctx, campID)
	case p.State == Open, p.State == Locked:
		return s.tally(ctx, p)
	case p.State == Closing:
		return s.close(ctx, p, now)
	}
	return s.settle(ctx, p, now)
}

// wake goes on by the clock, and says when to look again; until then the next one who looks leaves the pool alone.
func (p *Pool) wake(c camp.Camp, now time.Time) error {
	if p.State == Open && p.Dates.LockAt.IsZero() && !now.Before(p.Rules.Dates(c).LockAt) {
		p.Dates = p.Rules.Dates(c) // nobody has ordered
	}
	if err := p.Advance(now); err == nil {
		return nil // the rest follows by event
	}
	next, dates := now.Add(lookAgain), p.datesIn(c)
	switch p.State {
	case Open:
		next = sooner(now.Add(lookLater), dates.LockAt)
	case Locked:
		next = sooner(now.Add(lookLater), dates.EndAt)
	case Closing:
		if now.Before(dates.AppealBy) && !p.Computing() {
			next = sooner(now.Add(lookLater), dates.AppealBy)
		}
	}
	if p.WakeAt.Equal(next) {
		return domain.ErrSame
	}
	p.WakeAt = next
	return nil
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// close computes the list once appeals are over and nothing is missing.
func (s *Service) close(ctx context.Context, p Pool, now time.Time) error {
	if now.Before(p.Dates.AppealBy) {
		return s.tally(ctx, p)
	}
	ready, err := s.ready(ctx, p, now)
	if err != nil || !ready {
		return errors.Join(err, s.tally(ctx, p))
	}
	_, err = s.Store.Update(ctx, p.ID, func(p *Pool) error { return p.Order(Run{At: now}) })
	return err
}

// settle takes a list to its members, and what it says to their accounts.
func (s *Service) settle(ctx context.Context, p Pool, now time.Time) error {
	set, err := s.Settlements.Get(ctx, p.ID)
	if err != nil {
		return err
	}
	if set, err = s.spread(ctx, set); err != nil {
		return err
	}
	switch {
	case p.State == Computed && !set.Binding():
		return nil
	case p.State == Computed: // whoever signed died before they could say so
		_, err = s.Store.Update(ctx, p.ID, func(p *Pool) error { return p.approve(set, now) })
		return err
	case p.State == Approved:
		if err := set.CheckLines(s.lines(ctx, set)); err != nil {
			return err
		}
		_, err = s.Store.Update(ctx, p.ID, func(p *Pool) error {
			if p.State != Approved {
				return domain.ErrSame
			}
			p.become(Paying, ActPay, "", "", now)
			return nil
		})
		return err
	}
	done, err := s.payAll(ctx, p)
	if err != nil || !done {
		return err
	}
	_, err = s.Store.Update(ctx, p.ID, func(p *Pool) error { return p.settled(now) })
	return err
}

func (p *Pool) approve(set Settlement, now time.Time) error {
	if p.State != Computed {
		return domain.ErrSame
	}
	p.become(Approved, ActSign, set.Signatures[len(set.Signatures)-1].By, "", now)
	return nil
}

// settled ends a pool all of whose payouts have arrived, or wait for a person.
func (p *Pool) settled(now time.Time) error {
	switch {
	case !p.DoneAt.IsZero():
		return domain.ErrSame
	case p.State == Paying:
		p.become(Settled, ActSettle, "", "", now)
	case p.State == Cancelled:
		p.note(ActSettle, "", "", now)
	default:
		return domain.ErrSame
	}
	p.DoneAt, p.WakeAt = now, time.Time{}
	return nil
}

// tally projects the members into the pool's own numbers.
func (s *Service) tally(ctx context.Context, p Pool) error {
	groups, err := s.People.Groups(ctx, p.ID)
	if err != nil {
		return err
	}
	t := Totals{At: s.Clock.Now()}
	for state, g := range groups {
		if state == Withdrawn {
			continue
		}
		t.Members, t.Pool = t.Members+g.Members, t.Pool+g.Parts
		if state == Quit || state == Disqualified {
			t.Left += g.Members
		}
	}
	_, err = s.Store.Update(ctx, p.ID, func(p *Pool) error {
		if had := p.Totals; p.State.Frozen() || had.Members == t.Members && had.Pool == t.Pool && had.Left == t.Left {
			return domain.ErrSame
		}
		p.Totals = t
		return nil
	})
	return err
}

// Cancel gives everybody's part back, by decision of staff. Returns ErrState once the list is computed.
func (s *Service) Cancel(ctx context.Context, campID, reason string) (Pool, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney); err != nil {
		return Pool{}, err
	}
	var check domain.Check
	check.Line("reason", "原因", reason, 2, 60)
	if err := check.Err(); err != nil {
		return Pool{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Store.Update(ctx, campID, func(p *Pool) error { return p.cancel(by, reason, s.Clock.Now()) })
}

func (p *Pool) cancel(by, reason string, now time.Time) error {
	if p.Computing() {
		if p.Running.Cancel {
			return domain.ErrSame
		}
		return ErrComputing
	}
	if err := p.Order(Run{By: by, At: now, Cancel: true}); err != nil {
		return err
	}
	p.Log[len(p.Log)-1].Note = reason
	return nil
}

// HeardCamp cancels the pool of a camp that was closed before its last day was over: nobody could do the rest. For jobs,
// after camp.EventEnded.
func (s *Service) HeardCamp(ctx context.Context, campID string) error {
	c, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), campID)
	if err != nil || c.State != camp.Closed {
		return err
	}
	now := s.Clock.Now()
	_, err = s.Store.Update(ctx, campID, func(p *Pool) error {
		if p.State == Draft || p.State.Frozen() || !c.Closed.Before(p.datesIn(c).EndAt) {
			return domain.ErrSame
		}
		return p.cancel("", "训练营提前关闭", now)
	})
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}
