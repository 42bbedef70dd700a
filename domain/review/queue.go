package review

import (
	"context"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
)

// Filter says which part of the queue a reviewer wants to see.
type Filter struct {
	Camp string       // empty: all camps that the actor reviews in
	Task string       // of the camp; empty: any
	Team string       // of the camp; empty: any
	Turn checkin.Turn // empty: any
	Days int          // that it has waited at least
}

// MaxDays of a filter.
const MaxDays = 30

// Check bounds the filter.
func (f Filter) Check() error {
	var check domain.Check
	for name, id := range map[string]string{"camp": f.Camp, "task": f.Task, "team": f.Team} {
		check.That(id == "" || domain.ValidID(id), name, "筛选条件无效")
	}
	check.That(f.Camp != "" || f.Task == "" && f.Team == "", "camp", "请先选择训练营")
	check.That(f.Turn == "" || slices.Contains(checkin.Turns, f.Turn), "turn", "筛选条件无效")
	check.Range("days", "等待天数", f.Days, 0, MaxDays)
	return check.Err()
}

// maxSources of a queue over all camps: one for an organiser, one for each camp of another's that the actor reviews in.
const maxSources = 50

// sources are the lists that the queue is made of, after a look at what the actor may do.
func (s *Service) sources(ctx context.Context, f Filter) (in camp.Camp, list []checkin.Waiting, err error) {
	w := checkin.Waiting{Camp: f.Camp, Task: f.Task, Turn: f.Turn}
	if f.Days > 0 {
		w.Before = s.Clock.Now().Add(-time.Duration(f.Days) * 24 * time.Hour)
	}
	if f.Camp != "" {
		in, err = s.Camps.ForStaff(ctx, f.Camp, domain.RightReview)
		return in, []checkin.Waiting{w}, err
	}
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightReview, domain.Place{}); err != nil {
		return in, nil, err
	}
	organisers, all := actor.Within(domain.RightReview, domain.ScopeOrganiser)
	if all {
		camps, _, err := s.Camps.Mine(ctx, camp.Filter{}, domain.Page{Limit: domain.MaxPage})
		if err != nil {
			return in, nil, err
		}
		for _, c := range camps {
			organisers = append(organisers, c.Organiser)
		}
		slices.Sort(organisers)
		organisers = slices.Compact(organisers)
	}
	for _, o := range organisers {
		list = append(list, checkin.Waiting{Organiser: o, Turn: w.Turn, Before: w.Before})
	}
	single, _ := actor.Within(domain.RightReview, domain.ScopeCamp)
	camps, err := s.Camps.Many(ctx, single)
	if err != nil {
		return in, nil, err
	}
	for _, id := range single {
		if c, ok := camps[id]; ok && !slices.Contains(organisers, c.Organiser) && actor.Has(domain.RightReview, c.Place()) {
			list = append(list, checkin.Waiting{Camp: id, Turn: w.Turn, Before: w.Before})
		}
	}
	return in, list[:min(len(list), maxSources)], nil
}

// waiting merges the sources, the longest wait first. Only a single source goes on with a cursor: whoever works through
// several finds the rest once these are done.
func (s *Service) waiting(ctx context.Context, sources []checkin.Waiting, f Filter, page domain.Page) (list []checkin.Checkin, next domain.Cursor, err error) {
	for _, w := range sources {
		var part []checkin.Checkin
		if part, next, err = s.from(ctx, w, f, page); err != nil {
			return nil, "", err
		}
		list = append(list, part...)
	}
	if len(sources) != 1 {
		next = ""
		slices.SortStableFunc(list, func(a, b checkin.Checkin) int { return a.HandedAt().Compare(b.HandedAt()) })
		list = list[:min(len(list), page.Size(deskQueue))]
	}
	return list, next, nil
}

// maxScan is how many pages are looked through at once for the few that a team has in a long queue.
const maxScan = 10

// from reads one source. A page may be shorter than was asked for, and yet have a next.
func (s *Service) from(ctx context.Context, w checkin.Waiting, f Filter, page domain.Page) (list []checkin.Checkin, next domain.Cursor, err error) {
	for range maxScan {
		found, after, err := s.part(ctx, w, f, page)
		if err != nil {
			return nil, "", err
		}
		list, next = append(list, found...), after
		if page.After = after; after == "" || len(list) >= page.Size(deskQueue) {
			break
		}
	}
	return list, next, nil
}

// part is what the filter leaves of a page of one source.
func (s *Service) part(ctx context.Context, w checkin.Waiting, f Filter, page domain.Page) (list []checkin.Checkin, next domain.Cursor, err error) {
	found, next, err := s.Checkins.Waiting(ctx, w, page)
	if err != nil {
		return nil, "", err
	}
	teams := map[string]string{}
	if f.Team != "" {
		people := make([]string, len(found))
		for i, c := range found {
			people[i] = c.Member
		}
		if teams, err = s.Teams.TeamsOf(ctx, w.Camp, people); err != nil {
			return nil, "", err
		}
	}
	for _, c := range found {
		if (f.Turn == "" || c.Turn() == f.Turn) && (f.Team == "" || teams[c.Member] == f.Team) {
			list = append(list, c)
		}
	}
	return list, next, nil
}

// Matching is how much of the queue a filter leaves.
type Matching struct {
	Count int64
	More  bool // there are more, which were not counted
}

// maxCounted is how much of a queue is looked through for a count that no index gives.
const maxCounted = 1000

// matching counts what the filter leaves of the queue; all is how much there is without it.
func (s *Service) matching(ctx context.Context, sources []checkin.Waiting, f Filter, all int64) (m Matching, err error) {
	if f == (Filter{Camp: f.Camp}) {
		return Matching{Count: all}, nil
	}
	left := maxCounted
	for _, w := range sources {
		if f.Team == "" && (f.Turn == "" || w.Camp != "" && w.Task == "") {
			n, err := s.Checkins.CountWaiting(ctx, w)
			if err != nil {
				return m, err
			}
			m.Count += n
			continue
		}
		for list, err := range domain.Pages(func(page domain.Page) ([]checkin.Checkin, domain.Cursor, error) { return s.part(ctx, w, f, page) }) {
			if err != nil {
				return m, err
			}
			if m.More = left <= 0; m.More {
				break
			}
			m.Count += int64(len(list))
			left -= domain.MaxPage
		}
	}
	return m, nil
}

// rows joins what waits with its authors, their camps and who has it on the desk.
func (s *Service) rows(ctx context.Context, sources []checkin.Waiting, f Filter, page domain.Page) ([]Row, domain.Cursor, error) {
	list, next, err := s.waiting(ctx, sources, f, page)
	if err != nil {
		return nil, "", err
	}
	ids, camps, people := make([]string, len(list)), []string{}, []string{}
	for i, c := range list {
		ids[i] = c.ID
		people = append(people, c.Member)
		if !slices.Contains(camps, c.Camp) {
			camps = append(camps, c.Camp)
		}
	}
	reviews, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	now, me := s.Clock.Now(), domain.ActorFrom(ctx).Member
	for _, r := range reviews {
		people = append(people, r.Holder(now))
	}
	slices.Sort(people)
	cards, err := s.Members.Cards(ctx, slices.DeleteFunc(slices.Compact(people), func(id string) bool { return id == "" }))
	if err != nil {
		return nil, "", err
	}
	titles, err := s.Camps.Many(ctx, camps)
	if err != nil {
		return nil, "", err
	}
	rows := make([]Row, len(list))
	for i, c := range list {
		rows[i] = Row{Checkin: c, Author: cards[c.Member], Title: titles[c.Camp].Title, Own: c.Member == me}
		if holder := reviews[c.ID].Holder(now); holder != "" && holder != me {
			rows[i].Holder = cards[holder]
			rows[i].Holder.ID = holder
		}
	}
	return rows, next, nil
}

// List is the queue without a desk, for the phone. Returns what Filter.Check and the rights refuse.
func (s *Service) List(ctx context.Context, f Filter, page domain.Page) ([]Row, domain.Cursor, error) {
	if err := f.Check(); err != nil {
		return nil, "", err
	}
	_, sources, err := s.sources(ctx, f)
	if err != nil {
		return nil, "", err
	}
	return s.rows(ctx, sources, f, page)
}
