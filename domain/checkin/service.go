package checkin

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/wechat"
)

// Store keeps check-ins.
type Store interface {
	domain.Documents[Checkin]
	domain.Many[Checkin]
	// Feed lists what the whole camp may see, the newest first.
	Feed(ctx context.Context, camp string, page domain.Page) ([]Checkin, domain.Cursor, error)
	// Featured lists what of it staff have chosen, the newest first.
	Featured(ctx context.Context, camp string, page domain.Page) ([]Checkin, domain.Cursor, error)
	// Veiled lists what is, the newest first: of each camp or organiser, or of all.
	Veiled(ctx context.Context, in Where, page domain.Page) ([]Checkin, domain.Cursor, error)
	// OfMember lists a person's check-ins in a camp, the newest day first.
	OfMember(ctx context.Context, camp, member string, page domain.Page) ([]Checkin, domain.Cursor, error)
	// Queue lists what waits for a review, the longest first.
	Queue(ctx context.Context, w Waiting, page domain.Page) ([]Checkin, domain.Cursor, error)
	// CountQueue counts what waits for a review.
	CountQueue(ctx context.Context, w Waiting) (int64, error)
	// Marks lists what of a person's check-ins in a camp counts, by day.
	Marks(ctx context.Context, camp, member string) ([]Mark, error)
	// CountDay counts the check-ins of a camp for a task on a day, those that count.
	CountDay(ctx context.Context, camp, task string, day domain.Day) (int64, error)
	// CountDays counts the check-ins of a camp on a day, those that count.
	CountDays(ctx context.Context, camp string, day domain.Day) (int64, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	OpenCamps(ctx context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	Get(ctx context.Context, camp, id string) (lesson.Task, error)
	CheckinDays(ctx context.Context, camp string) ([]domain.Day, error)
}

// Levels tells whether a level of a course is open to a learner; domain/course does it, with ErrLocked.
type Levels interface {
	Open(ctx context.Context, camp, member, level string) error
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	Require(ctx context.Context, camp string) (enrolment.Enrolment, error)
	Of(ctx context.Context, camp, member string) (enrolment.Enrolment, error)
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error)
}

// Media is what this feature needs of domain/media.
type Media interface {
	Usable(ctx context.Context, owner string, ids []string) error
	Keep(ctx context.Context, ref string, ids []string) error
	Release(ctx context.Context, ref string, ids []string) error
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
	Decide(ctx context.Context, ids []string, v media.Verdict) error
}

// Members is what this feature needs of domain/member.
type Members interface {
	OpenID(ctx context.Context, member string) (string, error)
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// WeChat checks texts.
type WeChat interface {
	CheckText(ctx context.Context, openID, text string) (wechat.Verdict, error)
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Likes      LikeStore
	Comments   CommentStore
	Standings  StandingStore
	Walls      WallStore
	Tags       TagStore
	Topics     TopicStore
	Camps      Camps
	Tasks      Tasks
	Levels     Levels
	Enrolments Enrolments
	Media      Media
	Members    Members
	WeChat     WeChat
	Notices    Notices
	IDs        domain.IDs
	Clock      domain.Clock
}

// Submit hands in for a task of today or, if the form says so, makes up one of a day that was missed. Handing in again,
// from this phone or another, gives the first one back unchanged; fresh tells which of the two it was. What was deleted can
// be handed in anew. Returns ErrNotToday, ErrNotYet, ErrOver, camp.ErrClosed, enrolment.ErrNotEnrolled, media.ErrUnusable,
// ErrLacks, and of a make-up what mayMakeUp refuses and ErrMakeUpSpent.
func (s *Service) Submit(ctx context.Context, campID, taskID string, f Form) (c Checkin, fresh bool, err error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return Checkin{}, false, err
	}
	if err := f.Check(); err != nil {
		return Checkin{}, false, err
	}
	common, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return Checkin{}, false, err
	}
	task, err := s.Tasks.Get(ctx, campID, taskID)
	if err != nil {
		return Checkin{}, false, err
	}
	in, now := enrolled.In(common), s.Clock.Now()
	task = task.For(in)
	if !task.VisibleAt.IsZero() && !task.Visible(in.Calendar, now) {
		return Checkin{}, false, fmt.Errorf("task %s of camp %s: %w", taskID, campID, domain.ErrNotFound)
	}
	today := in.Calendar.Day(now)
	day, may := today, mayHandIn
	if f.MakeUp {
		day, may = task.Day, mayMakeUp
	}
	if err := may(in, task, today); err != nil {
		return Checkin{}, false, fmt.Errorf("task %s on %s: %w", taskID, today, err)
	}
	once := day
	if task.Level != "" {
		if err := s.Levels.Open(ctx, campID, enrolled.Member, task.Level); err != nil {
			return Checkin{}, false, err
		}
		once = ""
	}
	c = Checkin{
		Doc: domain.Doc{ID: ID(campID, enrolled.Member, taskID, once)}, Camp: campID, Organiser: in.Organiser,
		Member: enrolled.Member, Task: taskID, Day: day, MadeUp: f.MakeUp, SubmittedAt: now, EditUntil: in.Calendar.End(today),
		Homework: task.Kind == lesson.KindHomework,
	}
	if err := s.Media.Usable(ctx, enrolled.Member, f.Media); err != nil {
		return Checkin{}, false, err
	}
	if err := s.lacks(ctx, task.Need, f); err != nil {
		return Checkin{}, false, fmt.Errorf("task %s: %w", taskID, err)
	}
	if err := s.chosen(ctx, campID, f, nil); err != nil {
		return Checkin{}, false, err
	}
	c.fill(f)
	c.Emit(EventSubmitted, now, nil)
	if !f.MakeUp {
		return s.handIn(ctx, c, once == "")
	}
	if had, err := s.Store.Get(ctx, c.ID); err == nil && !had.mayAgain(false) {
		return had, false, nil
	}
	settle, err := s.reserve(ctx, in, enrolled.Member, day)
	if err != nil {
		return Checkin{}, false, err
	}
	if c, fresh, err = s.handIn(ctx, c, false); err != nil {
		return c, fresh, err // the hold expires: whether the check-in was stored, nobody knows
	}
	return c, fresh, settle()
}

// handIn stores a check-in, unless there is one that stands.
func (s *Service) handIn(ctx context.Context, c Checkin, course bool) (stored Checkin, fresh bool, err error) {
	err = s.Store.Insert(ctx, c)
	if !errors.Is(err, domain.ErrExists) {
		return c, err == nil, err
	}
	stored, err = s.Store.Update(ctx, c.ID, func(d *Checkin) error {
		fresh = d.mayAgain(course)
		return d.again(c, course)
	})
	return stored, fresh && err == nil, err
}

// mayHandIn looks at the camp and the task as the learner lives them.
func mayHandIn(in camp.Own, task lesson.Task, day domain.Day) error {
	switch {
	case in.State == camp.Closed:
		return camp.ErrClosed
	case day < in.Start:
		return ErrNotYet
	case day > in.End:
		return ErrOver
	case task.Kind == lesson.KindQuiz:
		return ErrQuizTask
	case !task.ByCheckin():
		return ErrNoCheckin
	case task.Level == "" && task.Day != day:
		return ErrNotToday
	}
	return nil
}

// Edit changes the acting person's own check-in until its day ends.
func (s *Service) Edit(ctx context.Context, id string, f Form) (Checkin, error) {
	c, err := s.own(ctx, id)
	if err != nil {
		return Checkin{}, err
	}
	if err := f.Check(); err != nil {
		return Checkin{}, err
	}
	if err := s.usable(ctx, c, f); err != nil {
		return Checkin{}, err
	}
	if err := s.chosen(ctx, c.Camp, f, c.Chosen); err != nil {
		return Checkin{}, err
	}
	need, err := s.needOf(ctx, c)
	if err != nil {
		return Checkin{}, err
	}
	if err := s.lacks(ctx, need, f); err != nil {
		return Checkin{}, fmt.Errorf("check-in %s: %w", id, err)
	}
	return s.Store.Update(ctx, id, func(c *Checkin) error { return c.Edit(f, s.Clock.Now()) })
}

func (s *Service) own(ctx context.Context, id string) (Checkin, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Checkin{}, err
	}
	c, err := s.Store.Get(ctx, id)
	if err == nil && c.Member != actor.Member {
		err = fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
	}
	return c, err
}

// Many returns check-ins by their ids. Whoever calls it has checked who asks.
func (s *Service) Many(ctx context.Context, ids []string) (map[string]Checkin, error) {
	return s.Store.GetMany(ctx, ids)
}

// Get returns a check-in without any check, for jobs and other features.
func (s *Service) Get(ctx context.Context, id string) (Checkin, error) { return s.Store.Get(ctx, id) }

// NoteReviewed takes the check-in out of the review queue, or puts it back. redo says which of its hand-ins was
// reviewed; one that the learner has handed in since then still waits.
func (s *Service) NoteReviewed(ctx context.Context, id string, redo int, done bool) error {
	_, err := s.Store.Update(ctx, id, func(c *Checkin) error {
		reviewed := done && redo >= c.Redos
		if c.Reviewed == reviewed {
			return domain.ErrSame
		}
		c.Reviewed = reviewed
		return nil
	})
	return err
}

// Counts of a camp's day for its staff.
type Counts struct {
	ByTask  map[string]int64
	Day     int64
	Waiting int64 // for a review, of any day
}

// CountDay counts the check-ins of a day that count. Whoever calls it has checked who asks.
func (s *Service) CountDay(ctx context.Context, campID string, tasks []lesson.Task, day domain.Day) (Counts, error) {
	counts := Counts{ByTask: map[string]int64{}}
	var err error
	for _, t := range tasks {
		if counts.ByTask[t.ID], err = s.Store.CountDay(ctx, campID, t.ID, day); err != nil {
			return counts, err
		}
	}
	if counts.Day, err = s.Store.CountDays(ctx, campID, day); err != nil {
		return counts, err
	}
	counts.Waiting, err = s.Store.CountQueue(ctx, Waiting{Camp: campID})
	return counts, err
}
