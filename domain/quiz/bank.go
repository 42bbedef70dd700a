package quiz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
)

// Look says which questions of a bank are wanted; the zero one wants all of the camp's own.
type Look struct {
	Shared bool   // of those that the organiser shares with all camps
	Kind   Kind   // empty: any
	Text   string // in the question, in whatever case
	But    []Item // not those that a quiz has already
}

// maxLooked is how many questions one look into a bank goes through.
const maxLooked = 1000

// Check bounds what is looked for.
func (l Look) Check() error {
	var check domain.Check
	check.That(l.Kind == "" || slices.Contains(Kinds, l.Kind), "kind", "没有这种题型")
	check.Line("text", "要找的字", l.Text, 0, 60)
	return check.Err()
}

// Finds reports whether the question is wanted.
func (l Look) Finds(q Question) bool {
	return (l.Kind == "" || q.Kind == l.Kind) && strings.Contains(strings.ToLower(q.Text), strings.ToLower(l.Text)) &&
		!slices.ContainsFunc(l.But, func(i Item) bool { return i.Question == q.ID })
}

// Bank lists questions that the camp can ask, the newest first, to those who may use them. A look may end before it has seen
// the whole bank, and then goes on from the cursor.
func (s *Service) Bank(ctx context.Context, campID string, look Look, page domain.Page) (camp.Camp, []Question, domain.Cursor, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err == nil {
		err = look.Check()
	}
	if err != nil {
		return in, nil, "", err
	}
	bank := in.ID
	if look.Shared {
		bank = in.Organiser
	}
	list := func(page domain.Page) ([]Question, domain.Cursor, error) { return s.Questions.OfBank(ctx, bank, page) }
	if look.Kind == "" && look.Text == "" && len(look.But) == 0 {
		found, next, err := list(page)
		return in, found, next, err
	}
	found, next, err := domain.Sift(page, maxLooked, list, func(found []Question) ([]Question, error) {
		return slices.DeleteFunc(found, func(q Question) bool { return !look.Finds(q) }), nil
	})
	return in, found, next, err
}

// MayShare reports whether the actor may write to the organiser's shared bank.
func (s *Service) MayShare(ctx context.Context, in camp.Camp) bool {
	return mayWrite(ctx, in, true) == nil
}

func mayWrite(ctx context.Context, in camp.Camp, shared bool) error {
	at := in.Place()
	if shared {
		at.Camp = ""
	}
	return domain.ActorFrom(ctx).Must(domain.RightCampEdit, at)
}

// Question returns a question that the camp can use to those who may change the camp.
func (s *Service) Question(ctx context.Context, campID, id string) (camp.Camp, Question, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return in, Question{}, err
	}
	q, err := s.Questions.Get(ctx, id)
	if err == nil && (!q.usable(in) || !q.RemovedAt.IsZero()) {
		err = fmt.Errorf("question %s: %w", id, domain.ErrNotFound)
	}
	return in, q, err
}

// usable reports whether the camp may ask the question.
func (q Question) usable(in camp.Camp) bool {
	return q.Organiser == in.Organiser && (q.Camp == "" || q.Camp == in.ID)
}

// AddQuestion puts a question into the bank.
func (s *Service) AddQuestion(ctx context.Context, campID string, f QuestionForm) (Question, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Question{}, err
	}
	if err := mayWrite(ctx, in, f.Shared); err != nil {
		return Question{}, err
	}
	q, err := s.newQuestion(in, s.IDs.New(), f)
	if err != nil {
		return Question{}, err
	}
	if err := s.mayUse(ctx, nil, f.Files); err != nil {
		return Question{}, err
	}
	return q, s.Questions.Insert(ctx, q)
}

func (s *Service) newQuestion(in camp.Camp, id string, f QuestionForm) (Question, error) {
	q := Question{Doc: domain.Doc{ID: id}, Organiser: in.Organiser, Camp: in.ID, CreatedAt: s.Clock.Now()}
	if f.Shared {
		q.Camp = ""
	}
	return q, q.Apply(f, s.Clock.Now())
}

// EditQuestion changes a question. Quizzes ask it as it now is; attempts that were started keep what they were asked
// until somebody regrades them.
func (s *Service) EditQuestion(ctx context.Context, campID, id string, f QuestionForm) (Question, error) {
	in, q, err := s.Question(ctx, campID, id)
	if err != nil {
		return Question{}, err
	}
	if err := mayWrite(ctx, in, q.Camp == ""); err != nil {
		return Question{}, err
	}
	if err := s.mayUse(ctx, q.Files, f.Files); err != nil {
		return Question{}, err
	}
	return s.Questions.Update(ctx, id, func(q *Question) error { return q.Apply(f, s.Clock.Now()) })
}

// RemoveQuestion takes a question out of the bank. Quizzes that ask it go on asking it.
func (s *Service) RemoveQuestion(ctx context.Context, campID, id string) error {
	in, q, err := s.Question(ctx, campID, id)
	if err != nil {
		return err
	}
	if err := mayWrite(ctx, in, q.Camp == ""); err != nil {
		return err
	}
	_, err = s.Questions.Update(ctx, id, func(q *Question) error {
		if !q.RemovedAt.IsZero() {
			return domain.ErrSame
		}
		q.RemovedAt = s.Clock.Now()
		return nil
	})
	return err
}

// Quizzes lists the quizzes of a camp to its staff.
func (s *Service) Quizzes(ctx context.Context, campID string, page domain.Page) (camp.Camp, []Quiz, domain.Cursor, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return in, nil, "", err
	}
	list, next, err := s.Store.OfCamp(ctx, campID, page)
	return in, list, next, err
}

// Paper is a quiz with everything about it, for its staff.
type Paper struct {
	Camp      camp.Camp
	Quiz      Quiz
	Questions map[string]Question // by id
	Task      lesson.Task         // that hands it out; the zero one if none does
	Window    Window              // by the plan's own dates; the zero one without a task
}

// Paper returns a quiz to the staff of its camp who hold the right.
func (s *Service) Paper(ctx context.Context, campID, id string, right domain.Right) (Paper, error) {
	in, err := s.Camps.ForStaff(ctx, campID, right)
	if err != nil {
		return Paper{Camp: in}, err
	}
	p := Paper{Camp: in}
	if p.Quiz, err = s.Store.Get(ctx, id); err != nil {
		return p, err
	}
	if p.Quiz.Camp != campID || !p.Quiz.RemovedAt.IsZero() {
		return p, fmt.Errorf("quiz %s of camp %s: %w", id, campID, domain.ErrNotFound)
	}
	if p.Questions, err = s.questionsOf(ctx, p.Quiz); err != nil {
		return p, err
	}
	p.Task, err = s.Tasks.OfQuiz(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return p, nil
	}
	p.Window = WindowOf(in.For(0, time.Time{}), p.Task, p.Quiz.Settings)
	return p, err
}

// AddQuiz makes a quiz without questions.
func (s *Service) AddQuiz(ctx context.Context, campID string, f Form) (Quiz, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Quiz{}, err
	}
	q := Quiz{Doc: domain.Doc{ID: s.IDs.New()}, Organiser: in.Organiser, Camp: in.ID, CreatedAt: s.Clock.Now()}
	if err := q.Apply(f); err != nil {
		return Quiz{}, err
	}
	return q, s.Store.Insert(ctx, q)
}

// EditQuiz changes what a quiz is called and its rules.
func (s *Service) EditQuiz(ctx context.Context, campID, id string, f Form) (Quiz, error) {
	if _, err := s.Paper(ctx, campID, id, domain.RightCampEdit); err != nil {
		return Quiz{}, err
	}
	return s.Store.Update(ctx, id, func(q *Quiz) error { return q.Apply(f) })
}

// Arrange sets the questions of a quiz, in order. New ones must be in a bank that the camp can use.
func (s *Service) Arrange(ctx context.Context, campID, id string, items []Item) (Quiz, error) {
	p, err := s.Paper(ctx, campID, id, domain.RightCampEdit)
	if err != nil {
		return Quiz{}, err
	}
	if err := p.Quiz.Arrange(items); err != nil {
		return Quiz{}, err
	}
	found, err := s.questionsOf(ctx, Quiz{Items: items})
	if err != nil {
		return Quiz{}, err
	}
	for _, item := range items {
		_, before := p.Questions[item.Question]
		q, ok := found[item.Question]
		if !ok || !q.usable(p.Camp) || !before && !q.RemovedAt.IsZero() {
			return Quiz{}, fmt.Errorf("question %s: %w", item.Question, domain.Invalid("items", "题目不存在"))
		}
	}
	return s.Store.Update(ctx, id, func(q *Quiz) error { return q.Arrange(items) })
}

// Include adds questions of the bank at the end of a quiz, with the points that the bank proposes. Those that are in it
// already stay where they are.
func (s *Service) Include(ctx context.Context, campID, id string, questions []string) (Quiz, error) {
	p, err := s.Paper(ctx, campID, id, domain.RightCampEdit)
	if err != nil {
		return Quiz{}, err
	}
	if len(questions) > MaxQuestions {
		return Quiz{}, domain.Invalid("items", fmt.Sprintf("一个测评最多 %d 题", MaxQuestions))
	}
	found, err := s.Questions.GetMany(ctx, questions)
	if err != nil {
		return Quiz{}, err
	}
	items := p.Quiz.Items
	for _, one := range questions {
		if q, ok := found[one]; ok {
			if _, in := p.Questions[one]; !in {
				items = append(items, Item{one, q.Points})
			}
		}
	}
	return s.Arrange(ctx, campID, id, items)
}

// RemoveQuiz takes a quiz out of its camp, unless a task hands it out.
func (s *Service) RemoveQuiz(ctx context.Context, campID, id string) error {
	p, err := s.Paper(ctx, campID, id, domain.RightCampEdit)
	if err != nil {
		return err
	}
	if p.Task.ID != "" {
		return fmt.Errorf("quiz %s: %w", id, ErrBound)
	}
	_, err = s.Store.Update(ctx, id, func(q *Quiz) error {
		if !q.RemovedAt.IsZero() {
			return domain.ErrSame
		}
		q.RemovedAt = s.Clock.Now()
		return nil
	})
	return err
}

// ForTask reports whether a task of the camp may hand the quiz out: lesson.ErrQuiz unless it is one of the camp with
// questions. Whoever calls it has checked who asks.
func (s *Service) ForTask(ctx context.Context, campID, id string) error {
	q, err := s.Store.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) || err == nil && (q.Camp != campID || !q.RemovedAt.IsZero() || len(q.Items) == 0) {
		return fmt.Errorf("quiz %s: %w", id, lesson.ErrQuiz)
	}
	return err
}
