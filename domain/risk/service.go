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

// maxLooked is how many learners one list goes through.
const maxLooked = 500

// List returns to the camp's staff who is at risk among its next learners, some hundreds of them at once. Only a running camp
// has any.
func (s *Service) List(ctx context.Context, campID string, after domain.Cursor) (View, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return View{}, err
	}
	v := View{Camp: in, Phase: in.Phase(s.Clock.Now())}
	if v.Thresholds, err = s.thresholds(ctx, campID); err != nil || v.Phase != camp.PhaseRunning {
		return v, err
	}
	scheduled, err := s.Tasks.CheckinDays(ctx, campID)
	if err != nil {
		return View{}, err
	}
	v.Learners, v.Next, err = domain.Sift(domain.Page{After: after}, maxLooked, func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return s.Enrolments.OfCamp(ctx, campID, page)
	}, func(list []enrolment.Enrolment) ([]Learner, error) {
		v.Looked += len(list)
		return s.atRisk(ctx, v, scheduled, list)
	})
	if err != nil {
		return View{}, err
	}
	atRisk := make([]string, len(v.Learners))
	for i, l := range v.Learners {
		atRisk[i] = l.Member.ID
	}
	cards, err := s.Members.Cards(ctx, atRisk)
	for i, id := range atRisk {
		v.Learners[i].Member = cards[id]
	}
	slices.SortStableFunc(v.Learners, func(a, b Learner) int { return cmp.Compare(b.Reasons[0].Days, a.Reasons[0].Days) })
	return v, err
}

// atRisk are those of a page of learners who are; of them nothing but the id is known.
func (s *Service) atRisk(ctx context.Context, v View, scheduled []domain.Day, list []enrolment.Enrolment) (atRisk []Learner, err error) {
	people := make([]string, len(list))
	for i, e := range list {
		people[i] = e.Member
	}
	days, err := s.Checkins.DaysOf(ctx, v.Camp.ID, people)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	f := Facts{Today: v.Camp.Calendar.Day(now), Free: v.Camp.Kind == camp.KindCourse}
	var going map[string]Going
	if f.Free {
		if going, err = s.Courses.Going(ctx, v.Camp, people); err != nil {
			return nil, err
		}
	}
	for _, e := range list {
		own := e.In(v.Camp)
		if own.Phase(now) != camp.PhaseRunning { // theirs has not begun, or is over
			continue
		}
		f.Scheduled, f.Joined = lesson.DaysFor(own, scheduled), own.Joined
		f.Done = slices.Concat(days[e.Member], going[e.Member].Days)
		f.Done = slices.DeleteFunc(f.Done, func(d domain.Day) bool { return d < own.Joined })
		f.Finished = going[e.Member].Finished != ""
		if reasons := v.Thresholds.Reasons(f); len(reasons) > 0 {
			atRisk = append(atRisk, Learner{member.Card{ID: e.Member}, f.Last(), reasons})
		}
	}
	return atRisk, nil
}
