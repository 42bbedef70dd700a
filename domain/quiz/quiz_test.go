package quiz_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
)

var shanghai = domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}

// noon of the day of the quiz's task.
var noon = time.Date(2026, 3, 5, 4, 0, 0, 0, time.UTC)

type world struct {
	*quiz.Service
	power     *domaintest.Power
	clock     *domaintest.Clock
	questions questionStore
	attempts  attemptStore
	regrades  regradeStore
	camps     *camps
	quiz      quiz.Quiz
	asked     []quiz.Question
}

type quizStore struct{ *domaintest.Store[quiz.Quiz] }

func (s quizStore) OfCamp(_ context.Context, campID string, page domain.Page) ([]quiz.Quiz, domain.Cursor, error) {
	return s.Find(func(q quiz.Quiz) bool { return q.Camp == campID && q.RemovedAt.IsZero() }, nil, page)
}

type questionStore struct {
	*domaintest.Store[quiz.Question]
}

func (s questionStore) OfBank(_ context.Context, bank string, page domain.Page) ([]quiz.Question, domain.Cursor, error) {
	return s.Find(func(q quiz.Question) bool { return cmp.Or(q.Camp, q.Organiser) == bank && q.RemovedAt.IsZero() }, nil, page)
}

type attemptStore struct {
	*domaintest.Store[quiz.Attempt]
}

func (s attemptStore) OfQuiz(_ context.Context, id string, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(func(a quiz.Attempt) bool { return a.Quiz == id }, nil, page)
}

func (s attemptStore) First(_ context.Context, id string, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(func(a quiz.Attempt) bool { return a.Quiz == id && a.N == 1 && a.State == quiz.Finished }, nil, page)
}

func (s attemptStore) CountFirst(_ context.Context, id string) (int64, error) {
	return s.Count(func(a quiz.Attempt) bool { return a.Quiz == id && a.N == 1 && a.State == quiz.Finished })
}

func (s attemptStore) ToGrade(_ context.Context, id string, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(func(a quiz.Attempt) bool { return a.Quiz == id && a.Waiting > 0 }, nil, page)
}

func (s attemptStore) Due(_ context.Context, before time.Time, page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return s.Find(func(a quiz.Attempt) bool { return !a.WakeAt().IsZero() && a.WakeAt().Before(before) }, nil, page)
}

type regradeStore struct {
	*domaintest.Store[quiz.Regrade]
}

func (s regradeStore) OfQuiz(_ context.Context, id string, page domain.Page) ([]quiz.Regrade, domain.Cursor, error) {
	return s.Find(func(r quiz.Regrade) bool { return r.Quiz == id }, nil, page)
}

type camps struct{ camp camp.Camp }

func (c *camps) Get(context.Context, string) (camp.Camp, error) { return c.camp, nil }

func (c *camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	if id != c.camp.ID {
		return camp.Camp{}, domain.ErrNotFound
	}
	return c.camp, domain.ActorFrom(ctx).Must(right, c.camp.Place())
}

// tasks has one task, of day 5, which hands every quiz out.
type tasks struct{}

func (tasks) Get(_ context.Context, campID, id string) (lesson.Task, error) {
	return lesson.Task{Doc: domain.Doc{ID: id}, Camp: campID, Day: "2026-03-05"}, nil
}

func (t tasks) OfQuiz(ctx context.Context, id string) (lesson.Task, error) {
	task, err := t.Get(ctx, "c1", "t1")
	task.Quiz, task.Kind = id, lesson.KindQuiz
	return task, err
}

// enrolments has everybody but the stranger.
type enrolments struct{}

func (enrolments) Require(ctx context.Context, campID string) (enrolment.Enrolment, error) {
	actor := domain.ActorFrom(ctx)
	if actor.Member == "stranger" {
		return enrolment.Enrolment{}, enrolment.ErrNotEnrolled
	}
	return enrolment.Enrolment{Camp: campID, Member: actor.Member}, actor.MustBeMember()
}

type members struct{}

func (members) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id}
	}
	return cards, nil
}

func as(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

func staff(t testing.TB, name string, scope domain.Scope, role domain.Role) context.Context {
	id := "c1"
	if scope == domain.ScopeOrganiser {
		id = "o1"
	}
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: []domain.Grant{{Scope: scope, ID: id, Organiser: "o1", Role: role}}})
}

func teacher(t testing.TB) context.Context {
	return staff(t, "ann", domain.ScopeCamp, domain.RoleTeacher)
}

var fiveKinds = []quiz.QuestionForm{
	{Points: 2, Content: quiz.Content{Kind: quiz.Single, Text: "谁写了《春晓》？", Options: []string{"李白", "孟浩然", "杜甫"}, Key: quiz.Key{Right: []int{1}, Explanation: "秘密解析一"}}},
	{Points: 4, Content: quiz.Content{Kind: quiz.Multiple, Text: "谁是唐代诗人？", Options: []string{"李白", "苏轼", "杜甫", "辛弃疾"}, Key: quiz.Key{Right: []int{0, 2}, Explanation: "秘密解析二"}}},
	{Points: 1, Content: quiz.Content{Kind: quiz.Truth, Text: "李白是唐代人。", Key: quiz.Key{Right: []int{0}, Explanation: "秘密解析三"}}},
	{Points: 2, Content: quiz.Content{Kind: quiz.FillIn, Study: "学习材料", Text: "处处闻____", Key: quiz.Key{Accepted: []string{"秘密啼鸟"}, Explanation: "秘密解析四"}}},
	{Points: 5, Content: quiz.Content{Kind: quiz.Short, Text: "为什么？", Key: quiz.Key{Explanation: "秘密解析五"}}},
}

var usual = quiz.Settings{Attempts: 2, Minutes: 30, Grace: 60, ShuffleQuestions: true, ShuffleOptions: true, Pass: 60, Rule: quiz.Partial, Reveal: quiz.RevealAfter, Days: 3}

// newWorld has a quiz of the given questions in a running camp.
func newWorld(t testing.TB, settings quiz.Settings, forms ...quiz.QuestionForm) *world {
	t.Helper()
	p := &domaintest.Power{}
	w := &world{
		power: p, clock: &domaintest.Clock{},
		questions: questionStore{domaintest.NewStore[quiz.Question](p)}, attempts: attemptStore{domaintest.NewStore[quiz.Attempt](p)},
		regrades: regradeStore{domaintest.NewStore[quiz.Regrade](p)},
		camps: &camps{camp.Camp{
			Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Calendar: shanghai, Start: "2026-03-01", End: "2026-03-21", State: camp.Published,
		}},
	}
	w.clock.Set(noon)
	w.Service = &quiz.Service{
		Store: quizStore{domaintest.NewStore[quiz.Quiz](p)}, Questions: w.questions, Attempts: w.attempts, Regrades: w.regrades,
		Camps: w.camps, Tasks: tasks{}, Enrolments: enrolments{}, Members: members{}, Media: pictures{}, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	var items []quiz.Item
	for _, f := range forms {
		q, err := w.AddQuestion(teacher(t), "c1", f)
		if err != nil {
			t.Fatal(err)
		}
		w.asked = append(w.asked, q)
		items = append(items, quiz.Item{Question: q.ID, Points: f.Points})
	}
	made, err := w.AddQuiz(teacher(t), "c1", quiz.Form{Title: "第一次测评", Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	if w.quiz, err = w.Arrange(teacher(t), "c1", made.ID, items); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) start(t testing.TB, who string) quiz.Sheet {
	t.Helper()
	sheet, _, err := w.Start(as(t, who), "c1", w.quiz.ID)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

// right answers every question of the sheet as its key wants it.
func right(sheet quiz.Sheet) []quiz.Said {
	var said []quiz.Said
	for _, q := range sheet.Questions {
		for _, f := range fiveKinds {
			if f = f.Tidy(); f.Text == q.Text {
				one := quiz.Said{Position: q.Position}
				for _, r := range f.Right {
					one.Options = append(one.Options, slices.Index(q.Options, f.Options[r]))
				}
				if len(f.Accepted) > 0 {
					one.Text = f.Accepted[0]
				}
				if f.Kind == quiz.Short {
					one.Text = "因为春天"
				}
				said = append(said, one)
			}
		}
	}
	return said
}

func (w *world) handIn(t testing.TB, who string) quiz.Sheet {
	t.Helper()
	sheet := w.start(t, who)
	if _, err := w.Save(as(t, who), sheet.ID, right(sheet)); err != nil {
		t.Fatal(err)
	}
	sheet, err := w.Submit(as(t, who), sheet.ID)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func TestAnAttemptFromStartToResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	sheet := w.handIn(t, "lin")
	want := &quiz.Result{Mark: 900, Full: 1400, Passed: true, Waiting: 1}
	if diff := gocmp.Diff(want, sheet.Result); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	row, err := w.Grade(staff(t, "rev", domain.ScopeCamp, domain.RoleReviewer), "c1", sheet.ID, []quiz.Grading{{Position: w.position(t, sheet.ID, quiz.Short), Mark: 450, Remark: "很好"}})
	if err != nil || row.Mark != 1350 || row.Waiting != 0 {
		t.Errorf("graded: %s, %d, %v", row.Mark, row.Waiting, err)
	}
	cover, err := w.Cover(as(t, "lin"), "c1", w.quiz.ID)
	if err != nil || cover.State != quiz.Done || cover.Left != 1 || cover.Best.Mark != 1350 {
		t.Errorf("%+v, %v", cover, err)
	}
}

func (w *world) position(t testing.TB, attempt string, kind quiz.Kind) int {
	t.Helper()
	a, err := w.attempts.Get(t.Context(), attempt)
	if err != nil {
		t.Fatal(err)
	}
	return slices.IndexFunc(a.Entries, func(e quiz.Entry) bool { return e.Kind == kind }) + 1
}

func TestQuizAnswersLeakedByTheSheet(t *testing.T) {
	t.Parallel()
	last := noon.Add(24 * 5 * time.Hour)
	for _, c := range []struct {
		reveal    quiz.Reveal
		attempts  int
		answering int // solutions after one answer
		finished  int
		closed    int
	}{
		{quiz.RevealDuring, 2, 1, 5, 5}, {quiz.RevealAfter, 2, 0, 5, 5}, {quiz.RevealOpen, 2, 0, 0, 5}, {quiz.RevealOpen, 1, 0, 5, 5}, {quiz.RevealClose, 1, 0, 0, 5},
	} {
		settings := usual
		settings.Reveal, settings.Attempts = c.reveal, c.attempts
		w := newWorld(t, settings, fiveKinds...)
		sheet := w.start(t, "lin")
		check := func(when string, s quiz.Sheet, want int) {
			t.Helper()
			if len(s.Solutions) != want {
				t.Errorf("%s, %d attempts, %s: %d solutions, want %d", c.reveal, c.attempts, when, len(s.Solutions), want)
			}
			if text := fmt.Sprintf("%+v", s); want == 0 && strings.Contains(text, "秘密解析") {
				t.Errorf("%s, %s: the key is in %s", c.reveal, when, text)
			}
		}
		check("started", sheet, 0)
		sheet, err := w.Save(as(t, "lin"), sheet.ID, right(sheet)[:1])
		if err != nil {
			t.Fatal(err)
		}
		check("one answered", sheet, c.answering)
		sheet, err = w.Submit(as(t, "lin"), sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		check("finished", sheet, c.finished)
		w.clock.Set(last)
		if sheet, err = w.Sheet(as(t, "lin"), sheet.ID); err != nil {
			t.Fatal(err)
		}
		check("closed", sheet, c.closed)
	}
}

func TestAnAnswerThatWasRevealedStays(t *testing.T) {
	t.Parallel()
	settings := usual
	settings.Reveal = quiz.RevealDuring
	w := newWorld(t, settings, fiveKinds[0])
	sheet := w.start(t, "lin")
	first := []quiz.Said{{Position: 1, Answer: quiz.Answer{Options: []int{0}}}}
	for range 2 {
		if _, err := w.Save(as(t, "lin"), sheet.ID, first); err != nil {
			t.Fatalf("the same answer: %v", err)
		}
	}
	if _, err := w.Save(as(t, "lin"), sheet.ID, []quiz.Said{{Position: 1, Answer: quiz.Answer{Options: []int{1}}}}); !errors.Is(err, quiz.ErrLocked) {
		t.Errorf("another one: %v", err)
	}
}

func TestQuizEditedAfterAttempts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	sheet := w.start(t, "lin")
	form := fiveKinds[0]
	form.Text, form.Options, form.Right = "换了一道题", []string{"甲", "乙"}, []int{0}
	if _, err := w.EditQuestion(teacher(t), "c1", w.asked[0].ID, form); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Arrange(teacher(t), "c1", w.quiz.ID, w.quiz.Items[:1]); err != nil {
		t.Fatal(err)
	}
	again, fresh, err := w.Start(as(t, "lin"), "c1", w.quiz.ID)
	if err != nil || fresh {
		t.Fatalf("resumed: %v, %v", fresh, err)
	}
	if diff := gocmp.Diff(sheet, again); diff != "" {
		t.Errorf("the attempt under way changed (-before +after)\n%s", diff)
	}
	if done := w.handIn(t, "lin"); done.Result.Mark != 900 {
		t.Errorf("marked by another key: %+v", done.Result)
	}
	if next := w.start(t, "lin"); len(next.Questions) != 1 || next.Questions[0].Text != "换了一道题" {
		t.Errorf("the next attempt asks %+v", next.Questions)
	}
}

func TestTheOrderIsFixedPerAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	orders := map[string]bool{}
	for i := range 20 {
		who := fmt.Sprintf("m%d", i)
		first, again := w.start(t, who), w.start(t, who)
		if diff := gocmp.Diff(first, again); diff != "" {
			t.Fatalf("(-first +again)\n%s", diff)
		}
		order := ""
		for _, q := range first.Questions {
			order += q.Text + strings.Join(q.Options, "")
		}
		orders[order] = true
	}
	if len(orders) < 15 {
		t.Errorf("20 learners see only %d orders", len(orders))
	}
}
