package stats

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/review"
	"yingdi/domain/risk"
)

// Store keeps figures.
type Store interface {
	domain.Documents[Figures]
	domain.Many[Figures]
	// Due lists those whose count may begin before the instant, the longest due first.
	Due(ctx context.Context, before time.Time, page domain.Page) ([]Figures, domain.Cursor, error)
	// Since lists an organiser's camps that have a number on the day or later.
	Since(ctx context.Context, organiser string, day domain.Day, page domain.Page) ([]Figures, domain.Cursor, error)
}

// Facts are what is counted. Each tells of all that there are of a camp over an index, a page at a time.
type Facts interface {
	// Stays lists everybody who has, or had, a place.
	Stays(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
	// StaysOf returns those of them that these people have, or had, by id.
	StaysOf(ctx context.Context, camp string, members []string) (map[string]enrolment.Enrolment, error)
	// Marks returns by member the check-ins that count; in a number of look-ups that does not grow with the members.
	Marks(ctx context.Context, camp string, members []string) (map[string][]checkin.Mark, error)
	// Progress returns by member how far they are in a course.
	Progress(ctx context.Context, camp string, members []string) (map[string]course.Progress, error)
	EachReview(ctx context.Context, camp string, told func(review.Review)) error
	// EachPass tells of each quiz and learner when it was first passed.
	EachPass(ctx context.Context, camp string, told func(at time.Time)) error
	EachMessage(ctx context.Context, camp string, told func(at time.Time, result string)) error
	EachOrder(ctx context.Context, camp string, told func(order.Order)) error
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	Many(ctx context.Context, ids []string) (map[string]camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	Every(ctx context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	CampOf(ctx context.Context, id string) (string, error)
	CheckinDays(ctx context.Context, camp string) ([]domain.Day, error)
}

// Notices tells what a notice is about.
type Notices interface {
	Get(ctx context.Context, id string) (notice.Notice, error)
}

// Orders tells what an order is for.
type Orders interface {
	Get(ctx context.Context, id string) (order.Order, error)
}

// Enrolments tells which camps somebody was in.
type Enrolments interface {
	ByMember(ctx context.Context, member string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
}

// Risks is what this feature needs of domain/risk.
type Risks interface {
	Of(ctx context.Context, camp string) (risk.Thresholds, error)
}

// Organisers is what this feature needs of domain/organiser.
type Organisers interface {
	Get(ctx context.Context, id string) (organiser.Organiser, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Courses is what this feature needs of domain/course.
type Courses interface {
	// Written lists the levels of a course that have a task.
	Written(ctx context.Context, camp string) ([]course.Level, error)
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Facts      Facts
	Camps      Camps
	Tasks      Tasks
	Notices    Notices
	Orders     Orders
	Enrolments Enrolments
	Risks      Risks
	Courses    Courses
	Organisers Organisers
	Members    Members
	Clock      domain.Clock
}

// Heard asks for a camp to be counted anew, by the id of anything in it that begins with the camp's. For jobs.
func (s *Service) Heard(ctx context.Context, id string) error {
	campID, _, _ := strings.Cut(id, ":")
	return s.ask(ctx, campID)
}

// Again lets a camp's staff have it counted anew soon.
func (s *Service) Again(ctx context.Context, campID string) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return err
	}
	return s.ask(ctx, campID)
}

// HeardTask is Heard by the id of a task.
func (s *Service) HeardTask(ctx context.Context, id string) error {
	campID, err := s.Tasks.CampOf(ctx, id)
	if err != nil {
		return err
	}
	return s.ask(ctx, campID)
}

// HeardNotice is Heard by the id of a notice, after its message was dealt with. One that is forgotten, or about no camp,
// changes nothing.
func (s *Service) HeardNotice(ctx context.Context, id string) error {
	n, err := s.Notices.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) || err == nil && n.Camp == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return s.ask(ctx, n.Camp)
}

// HeardOrder is Heard by the id of an order.
func (s *Service) HeardOrder(ctx context.Context, id string) error {
	o, err := s.Orders.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.ask(ctx, o.Camp)
}

// HeardForgotten asks for every camp that a person was ever in, ended ones too, by the person's id.
func (s *Service) HeardForgotten(ctx context.Context, memberID string) error {
	return domain.Round(ctx, "enrolment", func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return s.Enrolments.ByMember(ctx, memberID, page)
	}, func(e enrolment.Enrolment) error { return s.ask(ctx, e.Camp) })
}

// ask notes that facts have changed since the last count of a camp began. Most often that is noted already, which a look
// tells: a count that begins after it sees them.
func (s *Service) ask(ctx context.Context, campID string) error {
	f, err := s.Store.Get(ctx, campID)
	if err == nil && f.owed() {
		return nil
	}
	if errors.Is(err, domain.ErrNotFound) {
		var in camp.Camp
		if in, err = s.Camps.Get(ctx, campID); err != nil {
			return err
		}
		fresh := Figures{Doc: domain.Doc{ID: campID}, Organiser: in.Organiser}
		_ = fresh.ask(s.Clock.Now())
		if err = s.Store.Insert(ctx, fresh); err == nil {
			return nil
		}
		if !errors.Is(err, domain.ErrExists) {
			return err
		}
		err = nil
	}
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, campID, func(f *Figures) error { return f.ask(s.Clock.Now()) })
	return err
}

// Work counts every camp whose count is due. For jobs. A camp that fails is due again after a while and does not stop the
// others.
func (s *Service) Work(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "statistics of camp", func(page domain.Page) ([]Figures, domain.Cursor, error) {
		return s.Store.Due(ctx, now.Add(time.Microsecond), page)
	}, func(f Figures) error { return s.recount(ctx, f.ID) })
}

// recount counts a camp once. What is asked for meanwhile makes another count due.
func (s *Service) recount(ctx context.Context, campID string) error {
	begun := s.Clock.Now()
	f, err := s.Store.Update(ctx, campID, func(f *Figures) error {
		f.begin(begun)
		return nil
	})
	if err != nil {
		return err
	}
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return err
	}
	count, err := s.Count(ctx, in, begun)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	_, err = s.Store.Update(ctx, campID, func(d *Figures) error {
		return d.finish(f.Run, count, next(in, begun), now, now.Sub(begun))
	})
	return err
}

// Count counts a camp's facts as of an instant and writes nothing: for whoever wants to compare.
func (s *Service) Count(ctx context.Context, in camp.Camp, now time.Time) (Count, error) {
	plan, err := s.Tasks.CheckinDays(ctx, in.ID)
	if err != nil {
		return Count{}, err
	}
	limits, err := s.Risks.Of(ctx, in.ID)
	if err != nil {
		return Count{}, err
	}
	c := NewCounter(in, plan, limits, now)
	if in.Kind == camp.KindCourse {
		levels, err := s.Courses.Written(ctx, in.ID)
		if err != nil {
			return Count{}, err
		}
		c.Levels(levels)
	}
	if err := s.stays(ctx, in, c); err != nil {
		return Count{}, err
	}
	if err := s.Facts.EachReview(ctx, in.ID, c.Review); err != nil {
		return Count{}, err
	}
	if err := s.Facts.EachPass(ctx, in.ID, c.Pass); err != nil {
		return Count{}, err
	}
	if err := s.Facts.EachMessage(ctx, in.ID, c.Message); err != nil {
		return Count{}, err
	}
	if err := s.Facts.EachOrder(ctx, in.ID, c.Order); err != nil {
		return Count{}, err
	}
	return c.Result(), nil
}

func (s *Service) stays(ctx context.Context, in camp.Camp, c *Counter) error {
	for list, err := range domain.Pages(func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return s.Facts.Stays(ctx, in.ID, page)
	}) {
		if err != nil {
			return err
		}
		people := make([]string, len(list))
		for i, e := range list {
			people[i] = e.Member
		}
		marks, err := s.Facts.Marks(ctx, in.ID, people)
		if err != nil {
			return err
		}
		var progress map[string]course.Progress
		if in.Kind == camp.KindCourse {
			if progress, err = s.Facts.Progress(ctx, in.ID, people); err != nil {
				return err
			}
		}
		for _, e := range list {
			c.Stay(e, marks[e.Member], progress[e.Member])
		}
	}
	return nil
}

// Rebuild counts one camp, or with an empty id all of them, from nothing, and tells of each that is done. It may run
// while others write and count.
func (s *Service) Rebuild(ctx context.Context, campID string, told func(camp string)) error {
	anew := func(id string) error {
		if err := s.ask(ctx, id); err != nil {
			return err
		}
		if err := s.recount(ctx, id); err != nil {
			return fmt.Errorf("statistics of camp %s: %w", id, err)
		}
		told(id)
		return nil
	}
	if campID != "" {
		return anew(campID)
	}
	for in, err := range domain.Each(func(page domain.Page) ([]camp.Camp, domain.Cursor, error) { return s.Camps.Every(ctx, page) }) {
		if err != nil {
			return err
		}
		if err := anew(in.ID); err != nil {
			return err
		}
	}
	return nil
}

// AskAll asks for every published camp, and for those that were never counted: whatever nobody heard of, such as messages
// that were forgotten in time, is made good within a day. For jobs.
func (s *Service) AskAll(ctx context.Context) error {
	now := s.Clock.Now()
	for camps, err := range domain.Pages(func(page domain.Page) ([]camp.Camp, domain.Cursor, error) { return s.Camps.Every(ctx, page) }) {
		if err != nil {
			return err
		}
		ids := make([]string, len(camps))
		for i, in := range camps {
			ids[i] = in.ID
		}
		counted, err := s.Store.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		for _, in := range camps {
			if _, ok := counted[in.ID]; in.State == camp.Draft || ok && in.Phase(now) == camp.PhaseEnded || ok && in.State == camp.Closed {
				continue
			}
			if err := s.ask(ctx, in.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
