package pool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/order"
)

// Missing is what must be settled before a list can be computed. Each of them shows a few, and whether there are more.
type Missing struct {
	Checkins []checkin.Checkin // of members: they wait for a verdict, or as homework for a review
	Appeals  []Member
	Orders   []order.Order // that are not paid, or whose place is not open yet
	More     bool
}

// None reports whether nothing is missing.
func (m Missing) None() bool {
	return len(m.Checkins) == 0 && len(m.Appeals) == 0 && len(m.Orders) == 0
}

// shownMissing of each kind.
const shownMissing = 20

// Missing tells the camp's staff what stands between a pool and its list.
func (s *Service) Missing(ctx context.Context, campID string) (Missing, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return Missing{}, err
	}
	return s.missing(ctx, campID)
}

func (s *Service) missing(ctx context.Context, campID string) (m Missing, err error) {
	note := func(full bool) bool { m.More = m.More || full; return !full }
	unsettled := func(page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
		return s.Evidence.Unsettled(ctx, campID, page)
	}
	for list, err := range domain.Pages(unsettled) {
		if err != nil {
			return m, err
		}
		ids := make([]string, len(list))
		for i, c := range list {
			ids[i] = ID(campID, c.Member)
		}
		people, err := s.People.GetMany(ctx, ids)
		if err != nil {
			return m, err
		}
		for i, c := range list {
			if p, ok := people[ids[i]]; ok && p.State == In && c.Day >= p.Joined && note(len(m.Checkins) == shownMissing) {
				m.Checkins = append(m.Checkins, c)
			}
		}
		if m.More {
			break
		}
	}
	var next domain.Cursor
	if m.Appeals, next, err = s.People.Appealing(ctx, campID, domain.Page{Limit: shownMissing}); err != nil {
		return m, err
	}
	note(next != "")
	for _, state := range []order.State{order.Pending, order.Paid, order.PaidWaiting} {
		list := func(page domain.Page) ([]order.Order, domain.Cursor, error) {
			return s.Orders.ByCamp(ctx, campID, state, page)
		}
		for o, err := range domain.Each(list) {
			if err != nil {
				return m, err
			}
			if o.Pooled() && note(len(m.Orders) == shownMissing) {
				m.Orders = append(m.Orders, o)
			}
		}
	}
	return m, nil
}

// everybody lists a pool's members in the order of their ids.
func (s *Service) everybody(ctx context.Context, campID string) func(domain.Page) ([]Member, domain.Cursor, error) {
	return func(page domain.Page) ([]Member, domain.Cursor, error) { return s.People.OfCamp(ctx, campID, "", page) }
}

// Compute begins the computation by decision of staff, once appeals are over and nothing is missing. Whoever does so has
// given the first of two signatures. Returns ErrMissing, and ErrOwn for whoever is in the pool and no staff of the organiser.
func (s *Service) Compute(ctx context.Context, campID string) (Pool, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney)
	if err != nil {
		return Pool{}, err
	}
	p, err := s.Store.Get(ctx, campID)
	if err != nil {
		return Pool{}, err
	}
	now := s.Clock.Now()
	if p.State == Closing && now.Before(p.datesIn(c).AppealBy) {
		return Pool{}, fmt.Errorf("pool %s: %w", campID, ErrMissing)
	}
	if ready, err := s.ready(ctx, p, now); err != nil || !ready {
		return Pool{}, errors.Join(err, fmt.Errorf("pool %s: %w", campID, ErrMissing))
	}
	by := domain.ActorFrom(ctx).Member
	// Staff who had joined are out before anybody asks whether who signs is in; who is appointed later, before the list is made.
	if err := errors.Join(s.withoutStaff(ctx, c), s.impartial(ctx, campID, by)); err != nil {
		return Pool{}, err
	}
	return s.Store.Update(ctx, campID, func(p *Pool) error { return p.Order(Run{By: by, At: now}) })
}

// ready reports whether a list can be computed. After the last deadline what is open counts for the learners.
func (s *Service) ready(ctx context.Context, p Pool, now time.Time) (bool, error) {
	if !now.Before(p.Dates.DecideBy) {
		return true, s.grantAll(ctx, p.ID, now)
	}
	m, err := s.missing(ctx, p.ID)
	return m.None(), err
}

// grantAll answers the appeals that nobody has answered in time.
func (s *Service) grantAll(ctx context.Context, campID string, now time.Time) error {
	list := func(page domain.Page) ([]Member, domain.Cursor, error) { return s.People.Appealing(ctx, campID, page) }
	for m, err := range domain.Each(list) {
		if err != nil {
			return err
		}
		for _, a := range m.Appeals {
			if a.State != AppealOpen {
				continue
			}
			_, err := s.People.Update(ctx, m.ID, func(m *Member) error { return m.Decide(a.Day, true, "到期未处理，按规则计入", "", now) })
			if err != nil && !errors.Is(err, ErrDecided) {
				return err
			}
		}
	}
	return nil
}

// Work carries a computation out: it may die at any point and be told again, and may run beside itself. The settlement is
// written once; whoever comes second finds it. For jobs, after EventCompute.
func (s *Service) Work(ctx context.Context, campID string) error {
	p, err := s.Store.Get(ctx, campID)
	if err != nil || !p.Computing() {
		return err
	}
	set, err := s.Settlements.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		set, err = s.compute(ctx, p)
		if errors.Is(err, ErrMissing) { // something came in meanwhile: whoever looks next decides
			_, err := s.Store.Update(ctx, campID, func(p *Pool) error { return p.putOff(s.Clock.Now()) })
			return err
		}
	}
	if err != nil {
		return err
	}
	if err := s.Sheets.Drop(ctx, campID, set.Run); err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, campID, func(p *Pool) error { return p.freeze(set, s.Clock.Now()) })
	return err
}

// putOff gives an order to compute back.
func (p *Pool) putOff(now time.Time) error {
	if !p.Computing() {
		return domain.ErrSame
	}
	p.Running, p.WakeAt = Run{}, now.Add(lookAgain)
	return nil
}

// freeze notes that there is a list.
func (p *Pool) freeze(set Settlement, now time.Time) error {
	if p.State.Frozen() {
		return domain.ErrSame
	}
	p.Totals = Totals{Members: set.Sums.Members, Pool: set.Sums.Pool, At: now}
	if set.Cancelled {
		p.become(Cancelled, ActCancel, p.Running.By, "全部退回", now)
		return nil
	}
	p.become(Computed, ActList, p.Running.By, set.Hash[:12], now)
	return nil
}

// compute reads every member's facts in the order of their ids, twice over the list: once to sum them up and hash them,
// and once to write down what each gets. In between it keeps about a hundred bytes for each winner.
func (s *Service) compute(ctx context.Context, p Pool) (Settlement, error) {
	cancel, now := p.Running.Cancel, s.Clock.Now()
	if ready, err := s.ready(ctx, p, now); err != nil || !ready && !cancel {
		return Settlement{}, errors.Join(err, ErrMissing)
	}
	c, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), p.ID)
	if err != nil {
		return Settlement{}, err
	}
	if err := s.gather(ctx, p.ID); err != nil {
		return Settlement{}, err
	}
	if !cancel { // where everybody has their part back, so have they
		if err := s.withoutStaff(ctx, c); err != nil {
			return Settlement{}, err
		}
	}
	days, err := s.days(ctx, c)
	if err != nil {
		return Settlement{}, err
	}
	set := Settlement{
		Doc: domain.Doc{ID: p.ID}, Camp: p.ID, Organiser: p.Organiser, Run: s.IDs.New(), Cancelled: cancel, Rules: p.Rules,
		Scheduled: days, ComputedAt: now, ComputedBy: p.Running.By,
	}
	if set.ComputedBy != "" && !cancel {
		set.Signatures = []Signature{{set.ComputedBy, p.Running.At}}
	}
	book := newLedger(p.ID, p.Rules, days, cancel)
	if err := s.collect(ctx, &set, book); err != nil {
		return Settlement{}, err
	}
	if err := book.share(); err != nil {
		return Settlement{}, fmt.Errorf("pool %s: %w", p.ID, err)
	}
	if err := s.allot(ctx, set, book); err != nil {
		return Settlement{}, err
	}
	set.Sums, set.Hash = book.sums, book.sum()
	if err := set.Check(); err != nil {
		return Settlement{}, err
	}
	err = s.Settlements.Insert(ctx, set)
	if errors.Is(err, domain.ErrExists) { // somebody else was faster, and theirs is the one
		return s.Settlements.Get(ctx, p.ID)
	}
	return set, err
}

func (s *Service) days(ctx context.Context, c camp.Camp) ([]domain.Day, error) {
	tasks, err := s.Tasks.All(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	days := scheduled(tasks)
	kept := make([]domain.Day, 0, len(days))
	for _, d := range days {
		if d >= c.Start && d <= c.End {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// collect writes the facts of all members onto sheets, whose amounts are still to come.
func (s *Service) collect(ctx context.Context, set *Settlement, book *ledger) error {
	sheet := make([]Line, 0, PerSheet)
	flush := func() error {
		if len(sheet) == 0 {
			return nil
		}
		err := s.Sheets.Insert(ctx, Sheet{Doc: domain.Doc{ID: SheetID(set.Camp, set.Run, set.Sheets)}, Camp: set.Camp, Lines: sheet})
		set.Sheets++
		sheet = sheet[:0]
		return err
	}
	judged := ahead(ctx, domain.Pages(s.everybody(ctx, set.Camp)), func(ctx context.Context, list []Member) ([]Fact, error) {
		verdicts, err := s.judge(ctx, set.Camp, set.Rules, set.Scheduled, list)
		facts := make([]Fact, 0, len(list))
		for _, m := range list {
			if m.InPool() {
				facts = append(facts, m.Fact(verdicts[m.Member], set.Rules, set.Cancelled))
			}
		}
		return facts, err
	})
	for facts, err := range judged {
		if err != nil {
			return err
		}
		for _, f := range facts {
			if err := book.add(f); err != nil {
				return err
			}
			if sheet = append(sheet, Line{Fact: f}); len(sheet) == PerSheet {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// allot writes the amounts onto the sheets.
func (s *Service) allot(ctx context.Context, set Settlement, book *ledger) error {
	for n := range set.Sheets {
		id := SheetID(set.Camp, set.Run, n)
		sheet, err := s.Sheets.Get(ctx, id)
		if err != nil {
			return err
		}
		for i, l := range sheet.Lines {
			sheet.Lines[i] = book.line(l.Fact)
		}
		if _, err := s.Sheets.Update(ctx, id, func(old *Sheet) error { old.Lines = sheet.Lines; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// judge applies the rules to a page of members.
func (s *Service) judge(ctx context.Context, campID string, r Rules, days []domain.Day, list []Member) (map[string]Verdict, error) {
	people, since := make([]string, len(list)), make(map[string]domain.Day, len(list))
	for i, m := range list {
		people[i], since[m.Member] = m.Member, m.Joined
	}
	marks, err := s.Evidence.Marks(ctx, campID, people)
	if err != nil {
		return nil, err
	}
	work := map[string]Homework{}
	if r.Homework > 0 {
		if work, err = s.Evidence.Homework(ctx, campID, people, since); err != nil {
			return nil, err
		}
	}
	verdicts := make(map[string]Verdict, len(list))
	for _, m := range list {
		verdicts[m.Member] = r.Judge(Facts{
			Scheduled: days, Joined: m.Joined, Marks: marks[m.Member], Granted: m.Grants(),
			Passed: work[m.Member].Passed, Waiting: work[m.Member].Waiting,
		})
	}
	return verdicts, nil
}

// gather brings every member in line with their order, so that no event that is still under way is missed.
func (s *Service) gather(ctx context.Context, campID string) error {
	var stopped error
	list := func(page domain.Page) ([]order.Order, domain.Cursor, error) {
		return s.Orders.Pooled(ctx, campID, page)
	}
	failed := besides(ctx, few, domain.Until(domain.Pages(list), &stopped), func(orders []order.Order) error {
		ids := make([]string, len(orders))
		for i, o := range orders {
			ids[i] = ID(campID, o.Member)
		}
		people, err := s.People.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		for i, o := range orders {
			if m, ok := people[ids[i]]; ok && m.Order == o.ID && o.EndedAt.Equal(m.LeftAt) || o.FulfilledAt.IsZero() {
				continue
			}
			if err := s.follow(ctx, o); err != nil {
				return fmt.Errorf("order %s: %w", o.ID, err)
			}
		}
		return nil
	})
	return errors.Join(failed, stopped)
}
