// Package reminder tells people what waits for them in a camp: that it starts tomorrow, that nothing was handed in yet on
// a day that ends soon, and that a seat is held for them for a while.
package reminder

import (
	"context"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
)

// Camps is what this feature needs of domain/camp.
type Camps interface {
	// Calling lists camps whose round of messages has come.
	Calling(ctx context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error)
	Called(ctx context.Context, id string, upTo time.Time) error
	Get(ctx context.Context, id string) (camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	All(ctx context.Context, camp string) ([]lesson.Task, error)
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
	Of(ctx context.Context, camp, member string) (enrolment.Enrolment, error)
	Get(ctx context.Context, id string) (enrolment.Enrolment, error)
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Camps      Camps
	Tasks      Tasks
	Enrolments Enrolments
	Checkins   Checkins
	Notices    Notices
	Clock      domain.Clock
}

// ID of the reminder of a day: there is one for a person, camp and day, however often it is decided.
func ID(camp, member string, day domain.Day) string {
	return domain.Key("remind", camp, member, string(day))
}

// StartID of the notice that a camp starts.
func StartID(camp, member string) string { return domain.Key("start", camp, member) }

// Sweep makes the rounds that have come due, each for every learner of the camp that it concerns. One that was cut off
// is made again: nobody is told twice. A camp that fails does not stop the others. For jobs.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "messages of camp", func(page domain.Page) ([]camp.Camp, domain.Cursor, error) {
		return s.Camps.Calling(ctx, page)
	}, func(c camp.Camp) error { return s.call(ctx, c) })
}

// call makes the round of a camp that is due, if any, and moves the camp on to the next.
func (s *Service) call(ctx context.Context, c camp.Camp) error {
	now := s.Clock.Now()
	due := c.Due(now)
	if due.At.IsZero() {
		return s.Camps.Called(ctx, c.ID, now)
	}
	tell := s.remind
	if c.Starting(due) {
		tell = s.start
	}
	if err := tell(ctx, c, due.Day); err != nil {
		return err
	}
	return s.Camps.Called(ctx, c.ID, due.At)
}

// start tells everybody that the camp begins.
func (s *Service) start(ctx context.Context, c camp.Camp, _ domain.Day) error {
	return s.learners(ctx, c.ID, func(enrolled []enrolment.Enrolment) error {
		for _, e := range enrolled {
			if err := s.Notices.Tell(ctx, notice.Notice{
				Doc: domain.Doc{ID: StartID(c.ID, e.Member)}, Member: e.Member, Camp: c.ID, Kind: notice.CampStarting,
				Title: c.Start.Chinese() + "开营", Body: c.Title, Page: page(c.ID), Until: c.Calendar.End(c.Start),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// remind tells those who have handed in nothing on the day, if there is anything for them to hand in.
func (s *Service) remind(ctx context.Context, c camp.Camp, day domain.Day) error {
	tasks, err := s.Tasks.All(ctx, c.ID)
	if err != nil || len(tasks) == 0 {
		return err
	}
	return s.learners(ctx, c.ID, func(enrolled []enrolment.Enrolment) error {
		late, err := s.late(ctx, c, enrolled, tasks, day)
		if err != nil {
			return err
		}
		for _, member := range late {
			if err := s.Notices.Tell(ctx, notice.Notice{
				Doc: domain.Doc{ID: ID(c.ID, member, day)}, Member: member, Camp: c.ID, Kind: notice.Reminder,
				Title: "今天还没有打卡", Body: c.Title, Page: page(c.ID), Until: c.Calendar.End(day),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func page(campID string) string { return "pages/camp/camp?id=" + campID }

func (s *Service) learners(ctx context.Context, campID string, each func([]enrolment.Enrolment) error) error {
	for enrolled, err := range domain.Pages(func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return s.Enrolments.OfCamp(ctx, campID, page)
	}) {
		if err == nil {
			err = each(enrolled)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// late tells who of these has something to hand in on the day, by their own calendar, and has handed in nothing that
// counts.
func (s *Service) late(ctx context.Context, c camp.Camp, enrolled []enrolment.Enrolment, tasks []lesson.Task, day domain.Day) ([]string, error) {
	ids := make([][]string, len(enrolled))
	var all []string
	for i, e := range enrolled {
		for _, t := range lesson.For(e.In(c), tasks) {
			if t.Day == day && t.ByCheckin() && t.Visible(c.Calendar, s.Clock.Now()) {
				ids[i] = append(ids[i], checkin.ID(c.ID, e.Member, t.ID, day))
			}
		}
		all = append(all, ids[i]...)
	}
	found, err := s.Checkins.Many(ctx, all)
	var late []string
	for i, e := range enrolled {
		if len(ids[i]) > 0 && !slices.ContainsFunc(ids[i], func(id string) bool { return found[id].ID != "" && found[id].Counts() }) {
			late = append(late, e.Member)
		}
	}
	return late, err
}

// Done reports whether a learner needs to be told no more, since it was decided: they have handed in, or the seat is no
// longer held for them. It implements notice.Errands.
func (s *Service) Done(ctx context.Context, n notice.Notice) (bool, error) {
	if n.Kind == notice.SeatOffered {
		place, err := s.Enrolments.Of(ctx, n.Camp, n.Member)
		return place.State != enrolment.Offered, err
	}
	parts := strings.Split(n.ID, ":")
	day := domain.Day(parts[len(parts)-1])
	if n.Kind != notice.Reminder || !day.Valid() {
		return false, nil
	}
	c, err := s.Camps.Get(ctx, n.Camp)
	if err != nil {
		return false, err
	}
	place, err := s.Enrolments.Of(ctx, n.Camp, n.Member)
	if err != nil {
		return false, err
	}
	tasks, err := s.Tasks.All(ctx, n.Camp)
	if err != nil {
		return false, err
	}
	late, err := s.late(ctx, c, []enrolment.Enrolment{place}, tasks, day)
	return len(late) == 0, err
}
