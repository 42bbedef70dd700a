package pool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
)

// Consent is a learner's word that they have read a version of the rules and are of age. Its id is camp:member.
type Consent struct {
	domain.Doc
	Camp   string    `json:"camp"`
	Member string    `json:"member"`
	Rules  int       `json:"rules"`
	Adult  bool      `json:"adult"`
	At     time.Time `json:"at"`
}

// Quoted is what a price depends on. A pool that sells nothing is none.
func (s *Service) Quoted(ctx context.Context, campID string) (order.Pool, error) {
	p, err := s.Store.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) || err == nil && (!s.Limits.On || p.State == Draft || p.State == Cancelled || p.Computing()) {
		return order.Pool{}, nil
	}
	if err != nil {
		return order.Pool{}, err
	}
	if !p.Dates.LockAt.IsZero() {
		return order.Pool{Rules: p.Rules.Version, LockAt: p.Dates.LockAt, Cap: s.Limits.Cap}, nil
	}
	c, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), campID)
	return order.Pool{Rules: p.Rules.Version, LockAt: p.Rules.Dates(c).LockAt, Cap: s.Limits.Cap}, err
}

// Agree notes that the acting person has read the rules and is of age. Returns domain.ErrConflict for a version that is
// not the current one, ErrAgree without a yes, ErrStaff.
func (s *Service) Agree(ctx context.Context, campID string, rules int, adult bool) (Consent, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Consent{}, err
	}
	p, c, err := s.open(ctx, campID)
	if err != nil {
		return Consent{}, err
	}
	staff, err := s.staff(ctx, c)
	switch {
	case err != nil:
		return Consent{}, err
	case staff[actor.Member]:
		return Consent{}, fmt.Errorf("pool %s: %w", campID, ErrStaff)
	case !adult:
		return Consent{}, fmt.Errorf("pool %s: %w", campID, ErrAgree)
	case rules != p.Rules.Version:
		return Consent{}, fmt.Errorf("rules %d of pool %s: %w", rules, campID, domain.ErrConflict)
	}
	now := s.Clock.Now()
	fresh := Consent{Doc: domain.Doc{ID: ID(campID, actor.Member)}, Camp: campID, Member: actor.Member, Rules: rules, Adult: true, At: now}
	if err := s.Consents.Insert(ctx, fresh); !errors.Is(err, domain.ErrExists) {
		return fresh, err
	}
	return s.Consents.Update(ctx, fresh.ID, func(had *Consent) error {
		if had.Rules == rules {
			return domain.ErrSame
		}
		had.Rules, had.At = rules, now
		return nil
	})
}

// open is the pool that seats are sold for, and its camp.
func (s *Service) open(ctx context.Context, campID string) (Pool, camp.Camp, error) {
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Pool{}, c, err
	}
	p, err := s.Store.Get(ctx, campID)
	switch {
	case errors.Is(err, domain.ErrNotFound), err == nil && (p.State == Draft || !s.Limits.On):
		return p, c, fmt.Errorf("pool %s: %w", campID, order.ErrNoPool)
	case err == nil && p.State != Open:
		return p, c, fmt.Errorf("pool %s: %w", campID, order.ErrPoolLocked)
	}
	return p, c, err
}

// Promised lets a person order by the rules that they were shown, and fixes these: the camp's days stay from here on, and
// nobody changes the rules for as long as the order may come about. Returns ErrStaff, ErrAgree, and order.ErrPrice if the
// rules or the days are others by now.
func (s *Service) Promised(ctx context.Context, memberID string, promise order.Promise, campID string) error {
	p, c, err := s.open(ctx, campID)
	if err != nil {
		return err
	}
	staff, err := s.staff(ctx, c)
	if err != nil {
		return err
	}
	if staff[memberID] {
		return fmt.Errorf("pool %s: %w", campID, ErrStaff)
	}
	agreed, err := s.Consents.Get(ctx, ID(campID, memberID))
	if errors.Is(err, domain.ErrNotFound) || err == nil && agreed.Rules != promise.Rules {
		return fmt.Errorf("pool %s: %w", campID, ErrAgree)
	}
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	if promise.Rules == p.Rules.Version && p.Dates.LockAt.Equal(promise.LockAt) && now.Sub(p.OrderedAt) < time.Minute {
		return nil
	}
	if c, err = s.Camps.Pin(ctx, campID); err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, campID, func(p *Pool) error {
		if p.State != Open || p.Computing() {
			return order.ErrPoolLocked
		}
		dates := p.datesIn(c)
		if p.Rules.Version != promise.Rules || !dates.LockAt.Equal(promise.LockAt) {
			return order.ErrPrice
		}
		p.Dates, p.OrderedAt = dates, now
		return nil
	})
	return err
}

// Follow brings a member in line with their order, whatever has happened to it. It may be told late, twice, and in any
// order. For jobs.
func (s *Service) Follow(ctx context.Context, orderID string) error {
	o, err := s.Orders.Get(ctx, orderID)
	if err != nil {
		return err
	}
	return s.follow(ctx, o)
}

func (s *Service) follow(ctx context.Context, o order.Order) error {
	if o.Promise.Part == 0 || o.FulfilledAt.IsZero() {
		return nil
	}
	p, err := s.Store.Get(ctx, o.Camp)
	if err != nil {
		return fmt.Errorf("pool of order %s: %w", o.ID, err)
	}
	c, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), o.Camp)
	if err != nil {
		return err
	}
	id := ID(o.Camp, o.Member)
	m, err := s.People.Get(ctx, id)
	known := err == nil
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if known && m.Order == o.ID {
		if m.Listed() {
			return s.Pay(ctx, id)
		}
		_, err := s.People.Update(ctx, id, func(m *Member) error { return m.left(o) })
		return err
	}
	if known { // the place that this person had before has ended, whether or not that was heard of
		before, err := s.Orders.Get(ctx, m.Order)
		if err != nil {
			return err
		}
		if _, err := s.People.Update(ctx, id, func(m *Member) error { return m.left(before) }); err != nil {
			return err
		}
	}
	state, err := s.enters(ctx, p, c, o)
	if err != nil {
		return err
	}
	fresh := entered(o, c, state)
	if !known {
		fresh.Emit(EventMember, o.FulfilledAt, nil)
		if err := s.People.Insert(ctx, fresh); !errors.Is(err, domain.ErrExists) {
			return err
		}
	}
	_, err = s.People.Update(ctx, id, func(m *Member) error { return m.again(fresh) })
	return err
}

// enters says in which state somebody comes in who has paid. Whoever is staff by now, or comes when the list is frozen, has
// their part back at once.
func (s *Service) enters(ctx context.Context, p Pool, c camp.Camp, o order.Order) (MemberState, error) {
	if o.Withdrawn() {
		return Withdrawn, nil
	}
	staff, err := s.staff(ctx, c)
	if err != nil {
		return "", err
	}
	switch {
	case staff[o.Member]:
		_, err = s.Refunds.PayBackPart(ctx, o.ID, "pool-staff", o.Promise.Part, "工作人员不参加奖学金池")
	case p.State.Frozen():
		_, err = s.Refunds.PayBackPart(ctx, o.ID, "pool-late", o.Promise.Part, "奖学金名单已确定，奖学金部分退回")
	case !o.EndedAt.IsZero():
		return Quit, nil
	default:
		return In, nil
	}
	return Withdrawn, err
}

func entered(o order.Order, c camp.Camp, state MemberState) Member {
	return Member{
		Doc: domain.Doc{ID: ID(o.Camp, o.Member)}, Camp: o.Camp, Organiser: o.Organiser, Member: o.Member, Order: o.ID,
		Part: o.Promise.Part, Rules: o.Promise.Rules, State: state, Joined: c.Calendar.Day(o.PaidAt), EnteredAt: o.FulfilledAt, LeftAt: o.EndedAt,
	}
}

// left lets a member go whose place has ended: with the part before the lock, without it after.
func (m *Member) left(o order.Order) error {
	switch {
	case m.Order != o.ID || m.Listed() || o.EndedAt.IsZero() || m.State == Withdrawn || m.State == Quit:
		return domain.ErrSame
	case o.Withdrawn():
		m.State = Withdrawn
	case m.State == In:
		m.State = Quit
	default:
		return domain.ErrSame
	}
	m.LeftAt = o.EndedAt
	return nil
}

// again takes somebody in once more who had withdrawn, by a newer order. What was before is in the older order.
func (m *Member) again(fresh Member) error {
	if m.Order == fresh.Order || m.State != Withdrawn || m.Listed() || !fresh.EnteredAt.After(m.EnteredAt) {
		return domain.ErrSame
	}
	fresh.Doc = m.Doc
	*m = fresh
	m.Emit(EventMember, fresh.EnteredAt, nil)
	return nil
}
