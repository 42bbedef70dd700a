package quiz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/notice"
)

// Store keeps quizzes.
type Store interface {
	domain.Documents[Quiz]
	domain.Many[Quiz]
	// OfCamp lists the quizzes of a camp that were not removed, the newest first.
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]Quiz, domain.Cursor, error)
}

// QuestionStore keeps the bank.
type QuestionStore interface {
	domain.Documents[Question]
	domain.Many[Question]
	// OfBank lists the questions of a bank that were not removed, the newest first. A bank is named by its camp, or by
	// its organiser.
	OfBank(ctx context.Context, bank string, page domain.Page) ([]Question, domain.Cursor, error)
}

// AttemptStore keeps attempts.
type AttemptStore interface {
	domain.Documents[Attempt]
	domain.Many[Attempt]
	// OfQuiz lists the attempts of a quiz, the newest first.
	OfQuiz(ctx context.Context, quiz string, page domain.Page) ([]Attempt, domain.Cursor, error)
	// First lists the finished first attempts of a quiz, the earliest first.
	First(ctx context.Context, quiz string, page domain.Page) ([]Attempt, domain.Cursor, error)
	// CountFirst counts them.
	CountFirst(ctx context.Context, quiz string) (int64, error)
	// ToGrade lists those with short answers that nobody has graded, the earliest first.
	ToGrade(ctx context.Context, quiz string, page domain.Page) ([]Attempt, domain.Cursor, error)
	// Due lists those that time was to change before the instant.
	Due(ctx context.Context, before time.Time, page domain.Page) ([]Attempt, domain.Cursor, error)
}

// RegradeStore keeps regrades.
type RegradeStore interface {
	domain.Documents[Regrade]
	// OfQuiz lists the regrades of a quiz, the newest first.
	OfQuiz(ctx context.Context, quiz string, page domain.Page) ([]Regrade, domain.Cursor, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Tasks is what this feature needs of domain/lesson.
type Tasks interface {
	Get(ctx context.Context, camp, id string) (lesson.Task, error)
	// OfQuiz returns the task that hands the quiz out, or domain.ErrNotFound.
	OfQuiz(ctx context.Context, quiz string) (lesson.Task, error)
}

// Levels tells whether a level of a course is open to a learner; domain/course does it.
type Levels interface {
	Open(ctx context.Context, camp, member, level string) error
}

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	Require(ctx context.Context, camp string) (enrolment.Enrolment, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Notices is what this feature needs of domain/notice.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Service holds the use cases.
type Service struct {
	Store      Store
	Questions  QuestionStore
	Attempts   AttemptStore
	Regrades   RegradeStore
	Camps      Camps
	Tasks      Tasks
	Levels     Levels
	Enrolments Enrolments
	Members    Members
	Notices    Notices
	Media      Media
	Sheets     domain.Sheets
	IDs        domain.IDs
	Clock      domain.Clock
}

// Cover is what a learner knows of a quiz before they begin.
type Cover struct {
	ID        string
	Camp      string
	Task      string
	Title     string
	Intro     string
	Questions int
	Points    int
	Settings
	Standing
}

// visit is a learner at a quiz.
type visit struct {
	member   string
	quiz     Quiz
	task     lesson.Task
	window   Window
	earlier  int       // attempts that belong to an earlier stay in the camp
	attempts []Attempt // of this one
}

func (s *Service) visit(ctx context.Context, campID, quizID string) (visit, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return visit{}, err
	}
	v := visit{member: enrolled.Member}
	if v.quiz, err = s.Store.Get(ctx, quizID); err != nil {
		return v, err
	}
	if v.quiz.Camp != campID || !v.quiz.RemovedAt.IsZero() {
		return v, fmt.Errorf("quiz %s of camp %s: %w", quizID, campID, domain.ErrNotFound)
	}
	if v.task, err = s.Tasks.OfQuiz(ctx, quizID); err != nil {
		return v, err
	}
	if v.task.Level != "" {
		if err := s.Levels.Open(ctx, campID, v.member, v.task.Level); err != nil {
			return v, err
		}
	}
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return v, err
	}
	own := enrolled.In(in)
	v.task = v.task.For(own)
	if !v.task.VisibleAt.IsZero() && !v.task.Visible(own.Calendar, s.Clock.Now()) {
		return v, fmt.Errorf("quiz %s of camp %s: %w", quizID, campID, domain.ErrNotFound)
	}
	v.window = WindowOf(own, v.task, v.quiz.Settings)
	all, err := s.attempts(ctx, campID, v.member, quizID)
	v.attempts = ofStay(own, all)
	v.earlier = len(all) - len(v.attempts)
	return v, err
}

// ofStay keeps the attempts of the learner's present stay: who comes back to a camp begins anew.
func ofStay(in camp.Own, attempts []Attempt) []Attempt {
	first := slices.IndexFunc(attempts, func(a Attempt) bool { return in.Calendar.Day(a.StartedAt) >= in.Joined })
	if first < 0 {
		return nil
	}
	return attempts[first:]
}

// attempts of one learner at a quiz, in order, in one round trip.
func (s *Service) attempts(ctx context.Context, campID, memberID, quizID string) ([]Attempt, error) {
	var ids []string
	for n := range MaxAttempts {
		ids = append(ids, AttemptID(campID, memberID, quizID, n+1))
	}
	found, err := s.Attempts.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	return there(found, ids), nil
}

// Cover returns what the acting learner is told of a quiz: its rules, and how far they are with it.
func (s *Service) Cover(ctx context.Context, campID, quizID string) (Cover, error) {
	v, err := s.visit(ctx, campID, quizID)
	if err != nil {
		return Cover{}, err
	}
	return Cover{
		ID: v.quiz.ID, Camp: campID, Task: v.task.ID, Title: v.quiz.Title, Intro: v.quiz.Intro, Questions: len(v.quiz.Items), Points: v.quiz.Points(),
		Settings: v.quiz.Settings, Standing: stand(v.quiz, v.window, v.attempts, s.Clock.Now()),
	}, nil
}

// Start begins the acting learner's next attempt, or gives back the one that is under way; fresh tells which. Returns
// ErrNotOpen, ErrClosed, ErrNoneLeft, ErrNoQuestion.
func (s *Service) Start(ctx context.Context, campID, quizID string) (sheet Sheet, fresh bool, err error) {
	v, err := s.visit(ctx, campID, quizID)
	if err != nil {
		return Sheet{}, false, err
	}
	now := s.Clock.Now()
	used := len(v.attempts)
	if used > 0 {
		last := v.attempts[used-1]
		_ = last.Tick(now) // what time has brought, be it written or not
		if !last.Over() {
			sheet, err = s.sheetOf(ctx, v.quiz, last)
			return sheet, false, err
		}
	}
	if err := v.window.May(now); err != nil {
		return Sheet{}, false, fmt.Errorf("quiz %s: %w", quizID, err)
	}
	if used >= v.quiz.Attempts || v.earlier+used >= MaxAttempts {
		return Sheet{}, false, fmt.Errorf("quiz %s: %w", quizID, ErrNoneLeft)
	}
	questions, err := s.questionsOf(ctx, v.quiz)
	if err != nil {
		return Sheet{}, false, err
	}
	a, err := Begin(v.quiz, v.task.ID, v.member, v.earlier+used+1, questions, v.window, now)
	if err != nil {
		return Sheet{}, false, err
	}
	fresh = true
	if err = s.Attempts.Insert(ctx, a); errors.Is(err, domain.ErrExists) { // begun on another phone meanwhile
		fresh = false
		a, err = s.Attempts.Get(ctx, a.ID)
	}
	if err != nil {
		return Sheet{}, false, err
	}
	sheet, err = s.sheetOf(ctx, v.quiz, a)
	return sheet, fresh, err
}

func (s *Service) questionsOf(ctx context.Context, q Quiz) (map[string]Question, error) {
	ids := make([]string, len(q.Items))
	for i, item := range q.Items {
		ids[i] = item.Question
	}
	return s.Questions.GetMany(ctx, ids)
}

// own returns an attempt of the acting learner; those of others do not exist for them.
func (s *Service) own(ctx context.Context, id string) (Attempt, Quiz, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Attempt{}, Quiz{}, err
	}
	a, err := s.Attempts.Get(ctx, id)
	if err != nil {
		return a, Quiz{}, err
	}
	if a.Member != actor.Member {
		return a, Quiz{}, fmt.Errorf("attempt %s: %w", id, domain.ErrNotFound)
	}
	if _, err := s.Enrolments.Require(ctx, a.Camp); err != nil {
		return a, Quiz{}, err
	}
	q, err := s.Store.Get(ctx, a.Quiz)
	return a, q, err
}

// Sheet shows the acting learner an attempt of theirs, and what the rule reveals by now.
func (s *Service) Sheet(ctx context.Context, id string) (Sheet, error) {
	a, q, err := s.own(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	_ = a.Tick(s.Clock.Now()) // shown as it is, be it written or not
	return s.sheetOf(ctx, q, a)
}

// Save keeps answers of an attempt under way. Returns ErrTimeUp, ErrFinished, ErrLocked.
func (s *Service) Save(ctx context.Context, id string, said []Said) (Sheet, error) {
	_, q, err := s.own(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	a, err := s.Attempts.Update(ctx, id, func(a *Attempt) error { return a.Save(said, q.Reveal, s.Clock.Now()) })
	if err != nil {
		return Sheet{}, fmt.Errorf("attempt %s: %w", id, err)
	}
	return s.sheetOf(ctx, q, a)
}

// Submit hands an attempt in; again changes nothing.
func (s *Service) Submit(ctx context.Context, id string) (Sheet, error) {
	_, q, err := s.own(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	a, err := s.Attempts.Update(ctx, id, func(a *Attempt) error { return a.Submit(s.Clock.Now()) })
	if err != nil {
		return Sheet{}, err
	}
	return s.sheetOf(ctx, q, a)
}

// sheetOf asks only for what the quiz's rule needs to be decided.
func (s *Service) sheetOf(ctx context.Context, q Quiz, a Attempt) (Sheet, error) {
	left := 0
	var w Window
	if a.Over() && (q.Reveal == RevealOpen || q.Reveal == RevealClose) {
		enrolled, err := s.Enrolments.Require(ctx, a.Camp)
		if err != nil {
			return Sheet{}, err
		}
		in, err := s.Camps.Get(ctx, a.Camp)
		if err != nil {
			return Sheet{}, err
		}
		task, err := s.Tasks.Get(ctx, a.Camp, a.Task)
		if err != nil {
			return Sheet{}, err
		}
		own := enrolled.In(in)
		w = WindowOf(own, task.For(own), q.Settings)
		list, err := s.attempts(ctx, a.Camp, a.Member, a.Quiz)
		if err != nil {
			return Sheet{}, err
		}
		left = max(0, q.Attempts-len(ofStay(own, list)))
	}
	now := s.Clock.Now()
	return s.illustrate(ctx, a, a.sheet(func(e Entry) bool { return a.Revealed(e, q.Reveal, left, w, now) }))
}

// Finished tells which of these quizzes learners have finished an attempt of, by member. The learners are in one camp, each
// on their own calendar. Whoever calls it has checked who asks.
func (s *Service) Finished(ctx context.Context, in map[string]camp.Own, quizzes []string) (map[string]map[string]bool, error) {
	var ids []string
	for memberID, own := range in {
		for _, q := range quizzes {
			for n := range MaxAttempts {
				ids = append(ids, AttemptID(own.ID, memberID, q, n+1))
			}
		}
	}
	found, err := s.Attempts.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	done := map[string]map[string]bool{}
	for _, a := range found {
		_ = a.Tick(s.Clock.Now())
		if a.State != Finished || len(ofStay(in[a.Member], []Attempt{a})) == 0 {
			continue
		}
		if done[a.Member] == nil {
			done[a.Member] = map[string]bool{}
		}
		done[a.Member][a.Quiz] = true
	}
	return done, nil
}

// Sweep does what time has brought to attempts: overdue, handed in, abandoned. One that fails does not stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "attempt", func(page domain.Page) ([]Attempt, domain.Cursor, error) {
		return s.Attempts.Due(ctx, s.Clock.Now().Add(time.Microsecond), page)
	}, func(a Attempt) error {
		_, err := s.Attempts.Update(ctx, a.ID, func(a *Attempt) error { return a.Tick(s.Clock.Now()) })
		return err
	})
}
