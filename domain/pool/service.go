package pool

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/product"
)

// Store keeps pools.
type Store interface {
	domain.Documents[Pool]
	// Waking lists the pools that somebody must look at before the instant.
	Waking(ctx context.Context, before time.Time, page domain.Page) ([]Pool, domain.Cursor, error)
	// Halting lists the pools that halt, of these organisers, or of all for nil.
	Halting(ctx context.Context, organisers []string, page domain.Page) ([]Pool, domain.Cursor, error)
}

// Group is how many members of one state there are, and what their parts come to.
type Group struct {
	Members int
	Parts   domain.Fen
}

// MemberStore keeps members. Its lists are in the order of the members' ids.
type MemberStore interface {
	domain.Documents[Member]
	domain.Many[Member]
	// OfCamp lists a pool's members; an empty state means all.
	OfCamp(ctx context.Context, camp string, state MemberState, page domain.Page) ([]Member, domain.Cursor, error)
	// Looking lists those of a pool whose Look lies before the instant.
	Looking(ctx context.Context, camp string, before time.Time, page domain.Page) ([]Member, domain.Cursor, error)
	// AtStage lists those whose payout is at a stage.
	AtStage(ctx context.Context, camp string, stage Stage, page domain.Page) ([]Member, domain.Cursor, error)
	// Helpless lists those whom only a person can help, of these organisers, or of all for nil.
	Helpless(ctx context.Context, organisers []string, page domain.Page) ([]Member, domain.Cursor, error)
	// Appealing lists those with an appeal that waits.
	Appealing(ctx context.Context, camp string, page domain.Page) ([]Member, domain.Cursor, error)
	// Groups counts a pool's members without reading them.
	Groups(ctx context.Context, camp string) (map[MemberState]Group, error)
	// Stages counts them by the stage of their payouts.
	Stages(ctx context.Context, camp string) (map[Stage]int64, error)
}

// SheetStore keeps the lists.
type SheetStore interface {
	domain.Documents[Sheet]
	// Drop deletes the sheets of a pool that belong to another run.
	Drop(ctx context.Context, camp, run string) error
}

// Homework is how many tasks of it a learner has passed, and how many wait for a review.
type Homework struct{ Passed, Waiting int }

// Evidence tells what is stored about learners.
type Evidence interface {
	// Marks returns, by member, the check-ins that count; in a number of look-ups that does not grow with the members.
	Marks(ctx context.Context, camp string, members []string) (map[string][]checkin.Mark, error)
	// Homework returns it by member, of check-ins that count and whose day is not before since.
	Homework(ctx context.Context, camp string, members []string, since map[string]domain.Day) (map[string]Homework, error)
	// Unsettled lists check-ins that wait for a verdict and homework that waits for a review.
	Unsettled(ctx context.Context, camp string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error)
	// OfMember lists all that a learner has handed in.
	OfMember(ctx context.Context, camp, member string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error)
	// Handed walks through everything that was handed in in a camp, in the order of the members' ids.
	Handed(ctx context.Context, camp string) iter.Seq2[checkin.Checkin, error]
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Pin(ctx context.Context, id string) (camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	All(ctx context.Context, camp string) ([]lesson.Task, error)
}

// Products is what this feature needs of domain/product.
type Products interface {
	Of(ctx context.Context, camp string) (product.Product, error)
}

// Orders tells what was ordered.
type Orders interface {
	Get(ctx context.Context, id string) (order.Order, error)
	domain.Many[order.Order]
	// Pooled lists the orders with a part for the camp's pool that were not cancelled.
	Pooled(ctx context.Context, camp string, page domain.Page) ([]order.Order, domain.Cursor, error)
	// ByCamp lists the camp's orders of a state.
	ByCamp(ctx context.Context, camp string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error)
}

// Refunds pays own parts back; domain/order does it. Under the same key a part goes back once.
type Refunds interface {
	PayBackPart(ctx context.Context, order, key string, amount domain.Fen, reason string) (order.Order, error)
}

// Payout is a transfer of a gain. Its ID is its cause.
type Payout struct {
	ID        string
	Organiser string
	Camp      string
	Member    string
	Amount    domain.Fen
	Title     string
	Reason    string
}

// Transfers pays gains out; domain/transfer does it.
type Transfers interface {
	// Send begins a transfer, once for each ID, and says how it stands.
	Send(ctx context.Context, p Payout) (state LegState, note string, err error)
}

// Wallets keeps what is too small to transfer; domain/wallet does it. It is idempotent by the payout's ID.
type Wallets interface {
	Credit(ctx context.Context, p Payout) error
}

// Organisers tells who the staff are.
type Organisers interface {
	Get(ctx context.Context, id string) (organiser.Organiser, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Limits are what the deployment decides.
type Limits struct {
	On  bool       // pools may be opened
	Cap domain.Fen // the largest part
}

// Service holds the use cases.
type Service struct {
	Store       Store
	People      MemberStore
	Settlements domain.Documents[Settlement]
	Sheets      SheetStore
	Consents    domain.Documents[Consent]
	Evidence    Evidence
	Camps       Camps
	Tasks       Tasks
	Products    Products
	Orders      Orders
	Refunds     Refunds
	Transfers   Transfers
	Wallets     Wallets
	Organisers  Organisers
	Members     Members
	Notices     Notices
	Limits      Limits
	IDs         domain.IDs
	Clock       domain.Clock
}

// View is a pool with what its rules are judged by.
type View struct {
	Pool   Pool
	Camp   camp.Camp
	Plan   Plan
	Dates  Dates // as they stand, fixed or not
	Offers []product.Offer
}

// Exists reports whether anybody has written rules.
func (v View) Exists() bool { return v.Pool.State != "" }

// ForStaff returns the pool of a camp to its staff; one that nobody has made has no state.
func (s *Service) ForStaff(ctx context.Context, campID string) (View, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, c)
}

func (s *Service) view(ctx context.Context, c camp.Camp) (View, error) {
	v := View{Camp: c}
	var err error
	if v.Pool, err = s.Store.Get(ctx, c.ID); err != nil && !errors.Is(err, domain.ErrNotFound) {
		return View{}, err
	}
	tasks, err := s.Tasks.All(ctx, c.ID)
	if err != nil {
		return View{}, err
	}
	list, err := s.Products.Of(ctx, c.ID)
	if err != nil {
		return View{}, err
	}
	for _, o := range list.Sold() {
		if o.Kind == product.Scholarship {
			v.Offers = append(v.Offers, o)
		}
	}
	v.Plan, v.Dates = planOf(c, tasks), v.Pool.datesIn(c)
	return v, nil
}

func planOf(c camp.Camp, tasks []lesson.Task) Plan {
	tasks = lesson.For(c.For(0, time.Time{}), tasks)
	p := Plan{Days: len(scheduled(tasks)), MakeUps: c.MakeUps}
	for _, t := range tasks {
		if t.Kind == lesson.KindHomework {
			p.Homework++
		}
	}
	return p
}

// scheduled are the days on which a check-in completes something, in order.
func scheduled(tasks []lesson.Task) []domain.Day {
	return lesson.ScheduledDays(lesson.ByCheckin(tasks))
}

func (p Pool) datesIn(c camp.Camp) Dates {
	if !p.Dates.LockAt.IsZero() {
		return p.Dates
	}
	return p.Rules.Dates(c)
}

// orderingFor is longer than any request lives that has been shown the rules and is about to order, and the minute by
// which OrderedAt lags.
const orderingFor = 3 * time.Minute

// Save writes the rules; version is the one that was seen. Nobody changes them once somebody has ordered by them: ErrFixed,
// or ErrOrdering while that may just be happening.
func (s *Service) Save(ctx context.Context, campID string, version int, r Rules) (Pool, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightPrice)
	if err != nil {
		return Pool{}, err
	}
	if err := s.suits(c); err != nil {
		return Pool{}, fmt.Errorf("camp %s: %w", campID, err)
	}
	v, err := s.view(ctx, c)
	if err != nil {
		return Pool{}, err
	}
	r.Of = v.Plan.Days
	if err := r.Check(v.Plan); err != nil {
		return Pool{}, err
	}
	sold, _, err := s.Orders.Pooled(ctx, campID, domain.Page{Limit: 1})
	switch {
	case err != nil:
		return Pool{}, err
	case len(sold) > 0:
		return Pool{}, fmt.Errorf("pool %s: %w", campID, ErrFixed)
	}
	now, by := s.Clock.Now(), domain.ActorFrom(ctx).Member
	write := func(p *Pool) error {
		switch {
		case p.Rules.Version != version:
			return domain.ErrConflict
		case p.State != Draft && p.State != Open || p.Computing():
			return ErrState
		case !p.OrderedAt.Equal(v.Pool.OrderedAt) || now.Sub(p.OrderedAt) < orderingFor:
			return ErrOrdering
		}
		r.Version, r.ChangedAt, r.ChangedBy = version+1, now, by
		p.Rules, p.Dates = r, Dates{}
		p.note(ActRules, by, fmt.Sprintf("第 %d 版", r.Version), now)
		if p.State == Open {
			p.WakeAt = r.Dates(c).LockAt
		}
		return nil
	}
	if !v.Exists() {
		fresh := Pool{Doc: domain.Doc{ID: campID}, Organiser: c.Organiser, State: Draft, CreatedAt: now}
		if err := write(&fresh); err != nil {
			return Pool{}, err
		}
		if err := s.Store.Insert(ctx, fresh); !errors.Is(err, domain.ErrExists) {
			return fresh, err
		}
	}
	return s.Store.Update(ctx, campID, write)
}

// suits says why a camp can have no pool, or nil.
func (s *Service) suits(c camp.Camp) error {
	switch {
	case !s.Limits.On:
		return ErrOff
	case c.Kind == camp.KindCourse:
		return ErrCourse
	case c.Pace != camp.PaceCommon:
		return ErrPace
	case c.State == camp.Closed:
		return camp.ErrClosed
	}
	return nil
}

// Open lets scholarship seats be sold.
func (s *Service) Open(ctx context.Context, campID string) (Pool, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightPrice)
	if err != nil {
		return Pool{}, err
	}
	if err := s.suits(c); err != nil {
		return Pool{}, fmt.Errorf("camp %s: %w", campID, err)
	}
	v, err := s.view(ctx, c)
	if err != nil {
		return Pool{}, err
	}
	now := s.Clock.Now()
	switch {
	case !v.Exists():
		return Pool{}, fmt.Errorf("pool %s: %w", campID, domain.ErrNotFound)
	case len(v.Offers) == 0:
		return Pool{}, fmt.Errorf("pool %s: %w", campID, ErrPriced)
	case slices.ContainsFunc(v.Offers, func(o product.Offer) bool { return o.Part > s.Limits.Cap }):
		return Pool{}, fmt.Errorf("pool %s: %w", campID, order.ErrPoolCap)
	case !now.Before(v.Dates.LockAt):
		return Pool{}, fmt.Errorf("pool %s: %w", campID, ErrStarted)
	}
	if err := v.Pool.Rules.Check(v.Plan); err != nil {
		return Pool{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Store.Update(ctx, campID, func(p *Pool) error {
		switch {
		case p.State == Open:
			return domain.ErrSame
		case p.State != Draft:
			return ErrState
		}
		p.become(Open, ActOpen, by, "", now)
		p.WakeAt = v.Dates.LockAt
		return nil
	})
}
