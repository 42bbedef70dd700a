package pool

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/order"
)

// recount holds each line against the facts behind it. Lines, members and what was handed in are in the order of the
// members' ids and walked through side by side, so that no more than a sheet of them is held.
func (s *Service) recount(ctx context.Context, v *Verified, c camp.Camp, set Settlement) error {
	everybody := func(page domain.Page) ([]Member, domain.Cursor, error) {
		return s.People.OfCamp(ctx, set.Camp, "", page)
	}
	people := column(domain.Each(everybody), func(m Member) string { return m.Member })
	defer people.stop()
	handed := column(s.Evidence.Handed(ctx, set.Camp), func(d checkin.Checkin) string { return d.Member })
	defer handed.stop()
	stray := func(m Member) {
		if m.Listed() {
			v.differs("%s: their own document says that they are in the list", m.Member)
		}
	}
	for n := range set.Sheets {
		sheet, err := s.Sheets.Get(ctx, SheetID(set.Camp, set.Run, n))
		if err != nil {
			return err
		}
		ids := make([]string, len(sheet.Lines))
		for i, l := range sheet.Lines {
			ids[i] = l.Order
		}
		orders, err := s.Orders.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		for _, l := range sheet.Lines {
			w := witness{order: orders[l.Order], joined: c.Calendar.Day(orders[l.Order].PaidAt), granted: map[domain.Day]bool{}}
			err := errors.Join(people.upTo(l.Member, func(m Member) {
				if m.Member != l.Member {
					stray(m)
					return
				}
				w.member = m
				for _, g := range m.Grants() {
					w.granted[g.Day] = true
				}
			}), handed.upTo(l.Member, func(d checkin.Checkin) {
				if d.Member == l.Member {
					w.saw(d)
				}
			}))
			if err != nil {
				return err
			}
			w.against(v, set, l)
		}
	}
	return people.upTo("\xff", stray)
}

// unlisted names those who have paid and whose own document knows of no list, or of another order's.
func (s *Service) unlisted(ctx context.Context, v *Verified, set Settlement) error {
	list := func(page domain.Page) ([]order.Order, domain.Cursor, error) {
		return s.Orders.Pooled(ctx, set.Camp, page)
	}
	for orders, err := range domain.Pages(list) {
		if err != nil {
			return err
		}
		ids := make([]string, len(orders))
		for i, o := range orders {
			ids[i] = ID(set.Camp, o.Member)
		}
		people, err := s.People.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		for i, o := range orders {
			m := people[ids[i]]
			if !paidIn(o, set.Camp) || !o.FulfilledAt.Before(set.ComputedAt) || m.Order == o.ID && (!m.InPool() || m.Listed()) {
				continue
			}
			v.differs("%s: has paid for order %s and is in no list", o.Member, o.ID)
		}
	}
	return nil
}

// paidIn reports whether an order's part is in the pool.
func paidIn(o order.Order, camp string) bool {
	return o.Camp == camp && o.Pooled() && !o.FulfilledAt.IsZero() && !o.Withdrawn()
}

// witness is what the facts say of one member.
type witness struct {
	member  Member
	order   order.Order
	joined  domain.Day
	onTime  map[domain.Day]bool
	madeUp  map[domain.Day]time.Time
	granted map[domain.Day]bool
}

// against names what of a line is not so.
func (w *witness) against(v *Verified, set Settlement, l Line) {
	o, m := w.order, w.member
	if !paidIn(o, set.Camp) || o.Member != l.Member {
		v.differs("%s: no order of theirs is in the pool", l.Member)
		return
	}
	if o.Promise.Part != l.Part {
		v.differs("%s: a part of %s, order %s promised %s", l.Member, l.Part, o.ID, o.Promise.Part)
	}
	if days := w.days(set); days != l.Days {
		v.differs("%s: days %s, should be %s", l.Member, l.Days, days)
	}
	if quit := !o.EndedAt.IsZero() && o.EndedAt.Before(set.ComputedAt); quit && l.State != Quit && l.State != Disqualified {
		v.differs("%s: %s, though they gave up", l.Member, l.State)
	}
	if m.Line == nil || *m.Line != l {
		v.differs("%s: their own document says something else than the list", l.Member)
	} else if err := m.Check(); err != nil {
		v.differs("%s: %v", l.Member, err)
	}
}

// saw takes in something that was handed in.
func (w *witness) saw(d checkin.Checkin) {
	if d.State == checkin.Rejected || d.State == checkin.Deleted || d.Day < w.joined {
		return
	}
	if !d.MadeUp {
		if w.onTime == nil {
			w.onTime = map[domain.Day]bool{}
		}
		w.onTime[d.Day] = true
		return
	}
	if w.madeUp == nil {
		w.madeUp = map[domain.Day]time.Time{}
	}
	if first, ok := w.madeUp[d.Day]; !ok || d.SubmittedAt.Before(first) {
		w.madeUp[d.Day] = d.SubmittedAt
	}
}

// days says of each scheduled day what the list should say.
func (w *witness) days(set Settlement) string {
	var s strings.Builder
	for _, day := range set.Scheduled {
		_, late := w.madeUp[day]
		switch {
		case w.onTime[day]:
			s.WriteByte('+')
		case w.granted[day]:
			s.WriteByte('g')
		case late && w.earlier(day, set.Scheduled) < set.Rules.MakeUps:
			s.WriteByte('m')
		case late:
			s.WriteByte('o')
		case day < w.joined:
			s.WriteByte('b')
		default:
			s.WriteByte('-')
		}
	}
	return s.String()
}

// earlier counts the days that were made up before this one was.
func (w *witness) earlier(day domain.Day, scheduled []domain.Day) (n int) {
	at := w.madeUp[day]
	for _, other := range scheduled {
		t, ok := w.madeUp[other]
		if !ok || other == day || w.onTime[other] || w.granted[other] {
			continue
		}
		if t.Before(at) || t.Equal(at) && other < day {
			n++
		}
	}
	return n
}

// along is a list in the order of the members' ids that is walked through beside another one.
type along[T any] struct {
	next func() (T, error, bool)
	stop func()
	of   func(T) string
	head T
	has  bool
}

func column[T any](list iter.Seq2[T, error], of func(T) string) *along[T] {
	a := &along[T]{of: of}
	a.next, a.stop = iter.Pull2(list)
	return a
}

// upTo hands on what there still is of members up to this one.
func (a *along[T]) upTo(member string, see func(T)) (err error) {
	for {
		if !a.has {
			if a.head, err, a.has = a.next(); err != nil || !a.has {
				return err
			}
		}
		if a.of(a.head) > member {
			return nil
		}
		see(a.head)
		a.has = false
	}
}
