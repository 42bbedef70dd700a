package course

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/quiz"
	"yingdi/domain/study"
)

// standing is a learner in a course, as everything that was read about them says.
type standing struct {
	camp     camp.Camp
	own      camp.Own
	course   Course
	tasks    []lesson.Task
	facts    Facts
	progress Progress
}

// look gathers the facts about a learner and writes down what follows from them. Looking again changes nothing, and of
// several that look at once each adds only what the others have not.
func (s *Service) look(ctx context.Context, campID, memberID string) (at standing, err error) {
	if at.camp, err = s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), campID); err != nil {
		return at, err
	}
	if at.camp.Kind != camp.KindCourse {
		return at, fmt.Errorf("camp %s: %w", campID, ErrNoCourse)
	}
	place, err := s.Places.Get(ctx, enrolment.ID(campID, memberID))
	if err != nil {
		return at, err
	}
	at.own = place.In(at.camp)
	if at.course, err = s.course(ctx, campID); err != nil {
		return at, err
	}
	if at.tasks, err = s.Tasks.All(ctx, campID); err != nil {
		return at, err
	}
	now := s.Clock.Now()
	enrolled := at.camp.Calendar.Day(place.ActiveAt)
	if at.facts, err = s.gather(ctx, at, memberID); err != nil {
		return at, err
	}
	at.facts.Days = at.camp.Calendar.Day(now).Since(enrolled)
	fresh := Progress{Doc: domain.Doc{ID: ProgressID(campID, memberID)}, Camp: campID, Member: memberID}
	if at.camp.State != camp.Published || place.State != enrolment.Active { // nothing opens any more
		at.progress, err = s.Progresses.Get(ctx, fresh.ID)
		if errors.Is(err, domain.ErrNotFound) {
			at.progress, err = fresh, nil
		}
		return at, err
	}
	change := func(p *Progress) error {
		moved := p.advance(at.course, at.tasks, at.facts, now)
		if next := p.nextLook(at.course, at.camp.Calendar, enrolled, at.facts, now); moved == nil || !p.LookAt.After(now) || next.Before(p.LookAt) {
			p.LookAt = next
			return nil
		}
		return moved
	}
	at.progress, err = s.Progresses.Update(ctx, fresh.ID, change)
	if errors.Is(err, domain.ErrNotFound) {
		if err = change(&fresh); err == nil {
			at.progress, err = fresh, s.Progresses.Insert(ctx, fresh)
		}
		if errors.Is(err, domain.ErrExists) {
			at.progress, err = s.Progresses.Update(ctx, fresh.ID, change)
		}
	}
	return at, err
}

// gather reads what the learner has done. What was handed in counts from the first, before anybody has checked it.
func (s *Service) gather(ctx context.Context, at standing, memberID string) (Facts, error) {
	f := Facts{Done: map[string]bool{}, Scores: map[string]int{}, Points: map[string]int{}}
	var ids, marked []string
	for _, t := range at.tasks {
		ids = append(ids, checkin.ID(t.Camp, memberID, t.ID, ""))
		if t.Kind.ByMark() {
			marked = append(marked, study.ID(t.Camp, memberID, t.ID))
		}
	}
	marks, err := s.Marks.Marks(ctx, marked)
	if err != nil {
		return f, err
	}
	for _, m := range marks {
		f.Done[m.Task] = f.Done[m.Task] || m.Counts(at.own)
	}
	handedIn, err := s.Checkins.Many(ctx, ids)
	if err != nil {
		return f, err
	}
	quizzes, err := s.Quizzes.Standings(ctx, at.own, memberID, at.tasks)
	if err != nil {
		return f, err
	}
	var counting []string
	for i, t := range at.tasks {
		if c, ok := handedIn[ids[i]]; ok && c.Counts() && c.Day >= at.own.Joined { // of this stay
			if t.Kind != lesson.KindHomework { // that one its review completes
				f.Done[t.ID] = true
			}
			f.Checkins++
			counting = append(counting, c.ID)
		}
		if q, ok := quizzes[t.Quiz]; ok && q.State == quiz.Done {
			f.Done[t.ID] = true
			if q.Best.Full > 0 {
				f.Scores[t.Quiz] = int(q.Best.Mark * 100 / q.Best.Full)
			}
		}
	}
	reviews, err := s.Reviews.Many(ctx, counting)
	if err != nil {
		return f, err
	}
	now := s.Clock.Now()
	for id, r := range reviews {
		if _, ok := r.Passed(now); ok {
			told := r.Told(now)
			f.Done[handedIn[id].Task] = true
			f.Points[handedIn[id].Task] = told[len(told)-1].Points
		}
	}
	return f, nil
}

// Heard looks at a learner after something they did. In a camp of any other kind it does nothing. For jobs.
func (s *Service) Heard(ctx context.Context, campID, memberID string) error {
	_, err := s.look(ctx, campID, memberID)
	if errors.Is(err, ErrNoCourse) || errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

// HeardCheckin is Heard after a check-in was handed in or reviewed, and gives the badges that it may have earned, in a
// camp of any kind. For jobs.
func (s *Service) HeardCheckin(ctx context.Context, id string) error {
	c, err := s.Checkins.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.Heard(ctx, c.Camp, c.Member); err != nil {
		return err
	}
	return s.Honour(ctx, c.Camp, c.Member)
}

// HeardAttempt is Heard after an attempt of a quiz was marked. For jobs.
func (s *Service) HeardAttempt(ctx context.Context, id string) error {
	campID, memberID, err := s.Quizzes.Whose(ctx, id)
	if err != nil {
		return err
	}
	return s.Heard(ctx, campID, memberID)
}

// HeardMark is Heard after a learner said that they have read or answered a task. For jobs.
func (s *Service) HeardMark(ctx context.Context, id string) error {
	marks, err := s.Marks.Marks(ctx, []string{id})
	if err != nil || marks[id].Camp == "" {
		return err
	}
	return s.Heard(ctx, marks[id].Camp, marks[id].Member)
}

// Sweep looks at everybody whose time has come: whom a rule made wait for a day, and, once a day, all others, should
// anything have been missed. One who fails does not stop the others. For jobs.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "progress", func(page domain.Page) ([]Progress, domain.Cursor, error) {
		return s.Progresses.Due(ctx, s.Clock.Now().Add(time.Microsecond), page)
	}, func(p Progress) error { return s.again(ctx, p) })
}

// again looks at a learner, and puts the next look off where nothing can follow.
func (s *Service) again(ctx context.Context, p Progress) error {
	at, err := s.look(ctx, p.Camp, p.Member)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	now := s.Clock.Now()
	if err == nil && at.progress.LookAt.After(now) {
		return nil
	}
	_, err = s.Progresses.Update(ctx, p.ID, func(p *Progress) error {
		if p.LookAt.After(now) {
			return domain.ErrSame
		}
		p.LookAt = now.Add(safety)
		return nil
	})
	return err
}

// Changed looks at every learner of a course after its levels or tasks have changed. For jobs.
func (s *Service) Changed(ctx context.Context, campID string) error {
	in, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), campID)
	if err != nil || in.Kind != camp.KindCourse || in.State != camp.Published {
		return err
	}
	return s.learners(ctx, campID, func(member string) error { return s.Heard(ctx, campID, member) })
}

// learners visits everybody who has a place in the camp.
func (s *Service) learners(ctx context.Context, campID string, visit func(member string) error) error {
	for e, err := range domain.Each(func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return s.Places.ByCamp(ctx, campID, page)
	}) {
		if err != nil {
			return err
		}
		if err := visit(e.Member); err != nil {
			return fmt.Errorf("enrolment %s: %w", e.ID, err)
		}
	}
	return nil
}
