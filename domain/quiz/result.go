package quiz

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/notice"
)

// Row is one attempt in the table of results.
type Row struct {
	Attempt
	Member member.Card
}

// Results is what learners made of a quiz, the newest attempt first.
type Results struct {
	Paper
	Rows []Row
	Next domain.Cursor
}

// Results lists the attempts of a quiz to the camp's staff; toGrade keeps those with short answers to grade.
func (s *Service) Results(ctx context.Context, campID, id string, toGrade bool, page domain.Page) (Results, error) {
	p, err := s.Paper(ctx, campID, id, domain.RightCampView)
	if err != nil {
		return Results{}, err
	}
	r := Results{Paper: p}
	list := s.Attempts.OfQuiz
	if toGrade {
		list = s.Attempts.ToGrade
	}
	attempts, next, err := list(ctx, id, page)
	if err != nil {
		return r, err
	}
	r.Next = next
	people := make([]string, len(attempts))
	for i, a := range attempts {
		people[i] = a.Member
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return r, err
	}
	now := s.Clock.Now()
	for _, a := range attempts {
		_ = a.Tick(now) // shown as it is, be it written or not
		r.Rows = append(r.Rows, Row{a, cards[a.Member]})
	}
	return r, nil
}

// AttemptForStaff returns one attempt, key and all, to the camp's staff who hold the right.
func (s *Service) AttemptForStaff(ctx context.Context, campID, id string, right domain.Right) (camp.Camp, Row, error) {
	in, err := s.Camps.ForStaff(ctx, campID, right)
	if err != nil {
		return in, Row{}, err
	}
	a, err := s.Attempts.Get(ctx, id)
	if err == nil && a.Camp != campID {
		err = fmt.Errorf("attempt %s of camp %s: %w", id, campID, domain.ErrNotFound)
	}
	if err != nil {
		return in, Row{}, err
	}
	cards, err := s.Members.Cards(ctx, []string{a.Member})
	return in, Row{a, cards[a.Member]}, err
}

// Grading is what a teacher says to one short answer.
type Grading struct {
	Position int
	Mark     Mark
	Remark   string
}

// Grade marks short answers of a finished attempt, all or none. Nobody grades their own.
func (s *Service) Grade(ctx context.Context, campID, id string, gradings []Grading) (Attempt, error) {
	_, row, err := s.AttemptForStaff(ctx, campID, id, domain.RightReview)
	if err != nil {
		return Attempt{}, err
	}
	actor := domain.ActorFrom(ctx)
	if row.Attempt.Member == actor.Member {
		return Attempt{}, fmt.Errorf("own attempt %s: %w", id, domain.ErrForbidden)
	}
	return s.Attempts.Update(ctx, id, func(a *Attempt) error { return a.GradeAll(gradings, actor.Member, s.Clock.Now()) })
}

// Announce tells the learner that the answers of an attempt are marked, once each time. For jobs, after EventGraded.
func (s *Service) Announce(ctx context.Context, id string) error {
	a, err := s.Attempts.Get(ctx, id)
	if err != nil || a.Graded == 0 {
		return err
	}
	title := "测评的简答题批改好了"
	if a.Graded > 1 {
		title = "老师修改了测评的批改"
	}
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: fmt.Sprintf("graded_%s_%d", a.ID, a.Graded)}, Member: a.Member, Camp: a.Camp, Kind: notice.QuizGraded, At: a.GradedAt,
		Title: title, Body: "点开看看得分", Page: "pages/quiz/attempt?id=" + a.ID,
	})
}

// Whose returns the camp and the learner of an attempt. For jobs.
func (s *Service) Whose(ctx context.Context, id string) (campID, memberID string, err error) {
	a, err := s.Attempts.Get(ctx, id)
	return a.Camp, a.Member, err
}
