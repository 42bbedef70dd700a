package risk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
)

// Store keeps thresholds.
type Store interface{ domain.Documents[Thresholds] }

// Checkins tells the days on which learners checked in.
type Checkins interface {
	// DaysOf returns, by member, the days with a check-in that counts; in a number of look-ups that does not grow with
	// the number of members.
	DaysOf(ctx context.Context, camp string, members []string) (map[string][]domain.Day, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	CheckinDays(ctx context.Context, camp string) ([]domain.Day, error)
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
}

// Courses tells how learners go on in a course; domain/course does it.
type Courses interface {
	Going(ctx context.Context, in camp.Camp, members []string) (map[string]Going, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Checkins   Checkins
	Camps      Camps
	Tasks      Tasks
	Enrolments Enrolments
	Courses    Courses
	Members    Members
	Clock      domain.Clock
}

// View is the learners at risk among a part of a camp's.
type View struct {
	Camp       camp.Camp
	Phase      camp.Phase
	Thresholds Thresholds
	Looked     int // learners that were looked at
	Learners   []Learner
	Next       domain.Cursor // more learners to look at
}

// Learner is one of them. The worst come first.
type Learner struct {
	Member  member.Card
	Last    domain.Day // "" if they never checked in
	Reasons []Reason
}

// Of returns a camp's thresholds. Whoever calls it has checked who asks.
func (s *Service) Of(ctx context.Context, campID string) (Thresholds, error) {
	return s.thresholds(ctx, campID)
}

func (s *Service) thresholds(ctx context.Context, campID string) (Thresholds, error) {
	t, err := s.Store.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Default, nil
	}
	return t, err
}

// Set changes a camp's thresholds.
func (s *Service) Set(ctx context.Context, campID string, t Thresholds) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return err
	}
	if err := t.Check(); err != nil {
		return err
	}
	change := func(old *Thresholds) error {
		old.Missed, old.Quiet, old.Never, old.SetAt = t.Missed, t.Quiet, t.Never, s.Clock.Now()
		old.Emit(EventSet, old.SetAt, nil)
		return nil
	}
	_, err := s.Store.Update(ctx, campID, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	fresh := Thresholds{Doc: domain.Doc{ID: campID}}
	_ = change(&fresh)
	if err = s.Store.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		_, err = s.Store.Update(ctx, campID, change)
	}
	return err
}

// CopyTo gives a new term the thresholds of a camp. For camp.Copier.
func (s *Service) CopyTo(ctx context.Context, from, to camp.Camp) error {
	t, err := s.Store.Get(ctx, from.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t.Doc, t.SetAt = domain.Doc{ID: to.ID}, s.Clock.Now()
	t.Emit(EventSet, t.SetAt, nil)
	if err = s.Store.Insert(ctx, t); errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

// List returns to the camp's staff who is at risk among the next hundred of its learners. Only a running camp has any.
func (s *Service) List(ctx context.Context, campID string, after domain.Cursor) (View, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return View{}, err
	}
	now := s.Clock.Now()
	v := View{Camp: in, Phase: in.Phase(now)}
	if v.Thresholds, err = s.thresholds(ctx, campID); err != nil || v.Phase != camp.PhaseRunning {
		return v, err
	}
	scheduled, err := s.Tasks.CheckinDays(ctx, campID)
	if err != nil {
		return View{}, err
	}
	list, next, err := s.Enrolments.OfCamp(ctx, campID, domain.Page{After: after, Limit: domain.MaxPage})
	if err != nil {
		return View{}, err
	}
	v.Looked, v.Next = len(list), next
	people := make([]string, len(list))
	for i, e := range list {
		people[i] = e.Member
	}
	days, err := s.Checkins.DaysOf(ctx, campID, people)
	if err != nil {
		return View{}, err
	}
	f := Facts{Today: in.Calendar.Day(now), Free: in.Kind == camp.KindCourse}
	var going map[string]Going
	if f.Free {
		if going, err = s.Courses.Going(ctx, in, people); err != nil {
			return View{}, err
		}
	}
	var atRisk []string
	for _, e := range list {
		own := e.In(in)
		if own.Phase(now) != camp.PhaseRunning { // theirs has not begun, or is over
			continue
		}
		f.Scheduled, f.Joined = lesson.DaysFor(own, scheduled), own.Joined
		f.Done = slices.Concat(days[e.Member], going[e.Member].Days)
		f.Done = slices.DeleteFunc(f.Done, func(d domain.Day) bool { return d < own.Joined })
		f.Finished = going[e.Member].Finished != ""
		if reasons := v.Thresholds.Reasons(f); len(reasons) > 0 {
			atRisk = append(atRisk, e.Member)
			v.Learners = append(v.Learners, Learner{member.Card{ID: e.Member}, f.Last(), reasons})
		}
	}
	cards, err := s.Members.Cards(ctx, atRisk)
	for i := range v.Learners {
		v.Learners[i].Member = cards[v.Learners[i].Member.ID]
	}
	slices.SortStableFunc(v.Learners, func(a, b Learner) int { return cmp.Compare(b.Reasons[0].Days, a.Reasons[0].Days) })
	return v, err
}
