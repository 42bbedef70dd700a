package pool_test

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/pool"
)

type pools struct{ *domaintest.Store[pool.Pool] }

func (s *pools) Waking(_ context.Context, before time.Time, page domain.Page) ([]pool.Pool, domain.Cursor, error) {
	return s.Find(func(p pool.Pool) bool { return !p.WakeAt.IsZero() && p.WakeAt.Before(before) }, nil, page)
}

func (s *pools) Halting(_ context.Context, organisers []string, page domain.Page) ([]pool.Pool, domain.Cursor, error) {
	return s.Find(func(p pool.Pool) bool { return p.Halts() && among(organisers, p.Organiser) }, nil, page)
}

func among(organisers []string, id string) bool {
	return organisers == nil || slices.Contains(organisers, id)
}

type people struct{ *domaintest.Store[pool.Member] }

func byMember(a, b pool.Member) int { return strings.Compare(a.ID, b.ID) }

func (s *people) OfCamp(_ context.Context, camp string, state pool.MemberState, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Camp == camp && (state == "" || m.State == state) }, byMember, page)
}

func (s *people) AtStage(_ context.Context, camp string, stage pool.Stage, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Camp == camp && m.Stage() == stage }, byMember, page)
}

func (s *people) Looking(_ context.Context, camp string, before time.Time, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Camp == camp && !m.Look().IsZero() && m.Look().Before(before) }, byMember, page)
}

func (s *people) Helpless(_ context.Context, organisers []string, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Helpless() && among(organisers, m.Organiser) }, byMember, page)
}

func (s *people) Appealing(_ context.Context, camp string, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(func(m pool.Member) bool { return m.Camp == camp && m.Appealing() }, byMember, page)
}

func (s *people) Groups(_ context.Context, camp string) (map[pool.MemberState]pool.Group, error) {
	groups := map[pool.MemberState]pool.Group{}
	for _, m := range s.All(func(m pool.Member) bool { return m.Camp == camp }) {
		g := groups[m.State]
		groups[m.State] = pool.Group{Members: g.Members + 1, Parts: g.Parts + m.Part}
	}
	return groups, nil
}

func (s *people) Stages(_ context.Context, camp string) (map[pool.Stage]int64, error) {
	stages := map[pool.Stage]int64{}
	for _, m := range s.All(func(m pool.Member) bool { return m.Camp == camp }) {
		stages[m.Stage()]++
	}
	return stages, nil
}

type sheets struct{ *domaintest.Store[pool.Sheet] }

func (s *sheets) Drop(ctx context.Context, camp, run string) error {
	for _, old := range s.All(func(d pool.Sheet) bool { return d.Camp == camp && !strings.HasPrefix(d.ID, camp+":"+run+":") }) {
		if err := s.Delete(ctx, old.ID); err != nil {
			return err
		}
	}
	return nil
}

// evidence is what was handed in.
type evidence struct {
	mu       sync.Mutex
	handed   []checkin.Checkin
	homework map[string]pool.Homework
}

func (e *evidence) Marks(_ context.Context, camp string, members []string) (map[string][]checkin.Mark, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	marks := map[string][]checkin.Mark{}
	for _, c := range e.handed {
		if c.Camp == camp && c.Counts() && slices.Contains(members, c.Member) {
			marks[c.Member] = append(marks[c.Member], checkin.Mark{Day: c.Day, At: c.SubmittedAt, MadeUp: c.MadeUp})
		}
	}
	return marks, nil
}

func (e *evidence) Homework(context.Context, string, []string, map[string]domain.Day) (map[string]pool.Homework, error) {
	return e.homework, nil
}

func (e *evidence) list(match func(checkin.Checkin) bool) []checkin.Checkin {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.handed), func(c checkin.Checkin) bool { return !match(c) })
}

func (e *evidence) Unsettled(_ context.Context, camp string, _ domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return e.list(func(c checkin.Checkin) bool { return c.Camp == camp && c.Unsettled() }), "", nil
}

func (e *evidence) OfMember(_ context.Context, camp, member string, _ domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return e.list(func(c checkin.Checkin) bool { return c.Camp == camp && c.Member == member }), "", nil
}

func (e *evidence) Handed(_ context.Context, camp string) iter.Seq2[checkin.Checkin, error] {
	list := e.list(func(c checkin.Checkin) bool { return c.Camp == camp })
	slices.SortStableFunc(list, func(a, b checkin.Checkin) int { return strings.Compare(a.Member, b.Member) })
	return func(yield func(checkin.Checkin, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}
}
