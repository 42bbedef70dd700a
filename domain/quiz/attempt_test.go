package quiz_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
	"yingdi/domain/quiz"

	"github.com/google/go-cmp/cmp"
)

func TestTimeEndsAnAttempt(t *testing.T) {
	t.Parallel()
	const due, grace = 30 * time.Minute, 31 * time.Minute
	for name, c := range map[string]struct {
		answered bool
		at       time.Duration
		state    quiz.State
		save     error
	}{
		"before its time":        {true, due - time.Second, quiz.InProgress, nil},
		"when time is up":        {true, due, quiz.Overdue, nil},
		"in the last of grace":   {true, grace - time.Second, quiz.Overdue, nil},
		"after grace":            {true, grace, quiz.Finished, quiz.ErrFinished},
		"after grace, unasked":   {true, grace + 40*time.Hour, quiz.Finished, quiz.ErrFinished},
		"with nothing answered":  {false, grace, quiz.Abandoned, quiz.ErrFinished},
		"nothing yet, time left": {false, due, quiz.Overdue, nil},
	} {
		w := newWorld(t, usual, fiveKinds...)
		sheet := w.start(t, "lin")
		if c.answered {
			if _, err := w.Save(as(t, "lin"), sheet.ID, right(sheet)); err != nil {
				t.Fatal(err)
			}
		}
		w.clock.Add(c.at)
		for range 2 { // a second sweep changes nothing
			if err := w.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		a, err := w.attempts.Get(t.Context(), sheet.ID)
		if err != nil || a.State != c.state {
			t.Errorf("%s: %s, %v", name, a.State, err)
		}
		if a.Over() && !a.FinishedAt.Equal(noon.Add(grace)) {
			t.Errorf("%s: ended at %s, not when it was due", name, a.FinishedAt)
		}
		if _, err := w.Save(as(t, "lin"), sheet.ID, right(sheet)[:1]); !errors.Is(err, c.save) {
			t.Errorf("%s: saving: %v", name, err)
		}
	}
}

func TestNothingIsSavedAfterGraceEvenBeforeTheSweeperComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	sheet := w.start(t, "lin")
	w.clock.Add(31 * time.Minute)
	if _, err := w.Save(as(t, "lin"), sheet.ID, right(sheet)); !errors.Is(err, quiz.ErrTimeUp) {
		t.Errorf("saved: %v", err)
	}
	if seen, err := w.Sheet(as(t, "lin"), sheet.ID); err != nil || seen.State != quiz.Abandoned {
		t.Errorf("shown as %s, %v", seen.State, err)
	}
}

func TestTheQuizsEndCutsAnAttemptShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	end := shanghai.End("2026-03-07")
	w.clock.Set(end.Add(-time.Minute))
	if sheet := w.start(t, "lin"); !sheet.DueAt.Equal(end) {
		t.Errorf("due at %s, want %s", sheet.DueAt, end)
	}
	w.clock.Set(end)
	if _, _, err := w.Start(as(t, "mei"), "c1", w.quiz.ID); !errors.Is(err, quiz.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	w.clock.Set(shanghai.Start("2026-03-05").Add(-time.Second))
	if _, _, err := w.Start(as(t, "mei"), "c1", w.quiz.ID); !errors.Is(err, quiz.ErrNotOpen) {
		t.Errorf("before the day: %v", err)
	}
}

func TestAttemptsAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	w.handIn(t, "lin")
	w.handIn(t, "lin")
	if _, _, err := w.Start(as(t, "lin"), "c1", w.quiz.ID); !errors.Is(err, quiz.ErrNoneLeft) {
		t.Errorf("a third: %v", err)
	}
}

// slow lets every reader of attempts see them as they were before the others wrote, as two phones do.
type slow struct {
	attemptStore
	before map[string]quiz.Attempt
}

func (s slow) GetMany(context.Context, []string) (map[string]quiz.Attempt, error) {
	return s.before, nil
}

func TestTwoPhonesStartOneAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	w.Attempts = slow{w.attempts, nil} // both look before either has begun
	first, fresh, err := w.Start(as(t, "lin"), "c1", w.quiz.ID)
	if err != nil || !fresh {
		t.Fatalf("%v, %v", fresh, err)
	}
	second, fresh, err := w.Start(as(t, "lin"), "c1", w.quiz.ID)
	if err != nil || fresh || second.ID != first.ID || len(w.attempts.All(nil)) != 1 {
		t.Errorf("%s and %s, fresh %v, %v", first.ID, second.ID, fresh, err)
	}
}

func TestSubmitAndAutoSubmitEndItOnce(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]time.Duration{"the sweeper comes first": 31 * time.Minute, "the learner comes first": 30*time.Minute + 59*time.Second} {
		w := newWorld(t, usual, fiveKinds...)
		sheet := w.start(t, "lin")
		if _, err := w.Save(as(t, "lin"), sheet.ID, right(sheet)); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(at)
		raced := false
		w.attempts.Raced = func(string) { // each between the other's look and its write
			if !raced {
				raced = true
				w.clock.Add(time.Second)
				if err := w.Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
		for range 2 {
			if _, err := w.Submit(as(t, "lin"), sheet.ID); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		a, err := w.attempts.Get(t.Context(), sheet.ID)
		if err != nil || a.State != quiz.Finished || a.Mark != 900 || !a.FinishedAt.Equal(noon.Add(31*time.Minute)) {
			t.Errorf("%s: %s with %s at %s, %v", name, a.State, a.Mark, a.FinishedAt, err)
		}
	}
}

func TestAnAttemptSurvivesAKillAtEveryWrite(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		died := false
		for _, done := range []bool{false, true} {
			w := newWorld(t, usual, fiveKinds...)
			story := func() error {
				sheet, _, err := w.Start(as(t, "lin"), "c1", w.quiz.ID)
				if err == nil && sheet.Result == nil {
					_, err = w.Save(as(t, "lin"), sheet.ID, right(sheet))
				}
				if err == nil {
					_, err = w.Submit(as(t, "lin"), sheet.ID)
				}
				return err
			}
			w.power.Cut(n, done)
			if err := story(); err != nil && !errors.Is(err, domaintest.ErrDead) {
				t.Fatal(err)
			}
			if !w.power.Restore() {
				continue
			}
			died = true
			if cover, err := w.Cover(as(t, "lin"), "c1", w.quiz.ID); err != nil || cover.State != quiz.Done {
				if err := story(); err != nil {
					t.Fatalf("write %d, done %v: %v", n, done, err)
				}
			}
			all := w.attempts.All(nil)
			if len(all) != 1 || all[0].Mark != 900 || all[0].State != quiz.Finished {
				t.Errorf("write %d, done %v: %+v", n, done, all)
			}
		}
		if !died {
			return
		}
	}
}

func TestAnswersThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	settings := usual
	settings.ShuffleQuestions = false
	w := newWorld(t, settings, fiveKinds...)
	sheet := w.start(t, "lin")
	for name, said := range map[string]quiz.Said{
		"a question that is none":         {Position: 6},
		"a question before the first":     {Position: 0},
		"an option that is none":          {Position: 1, Answer: quiz.Answer{Options: []int{3}}},
		"a negative option":               {Position: 1, Answer: quiz.Answer{Options: []int{-1}}},
		"two of a single choice":          {Position: 1, Answer: quiz.Answer{Options: []int{0, 1}}},
		"the same option twice":           {Position: 2, Answer: quiz.Answer{Options: []int{1, 1}}},
		"words for a choice":              {Position: 2, Answer: quiz.Answer{Text: "李白"}},
		"options for words":               {Position: 4, Answer: quiz.Answer{Options: []int{0}}},
		"a fill-in of a thousand letters": {Position: 4, Answer: quiz.Answer{Text: string(make([]byte, 1000))}},
	} {
		if _, err := w.Save(as(t, "lin"), sheet.ID, append(right(sheet)[:1], said)); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if seen, err := w.Sheet(as(t, "lin"), sheet.ID); err != nil || !seen.Questions[0].Answer.Blank() {
		t.Errorf("half of a refused request was kept: %+v, %v", seen.Questions[0], err)
	}
}

func TestWhoMayTouchAnAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	sheet := w.handIn(t, "lin")
	for name, c := range map[string]struct {
		ctx  context.Context
		want error
	}{
		"nobody": {t.Context(), domain.ErrUnauthenticated}, "another learner": {as(t, "mei"), domain.ErrNotFound}, "a teacher": {teacher(t), domain.ErrNotFound},
	} {
		if _, err := w.Sheet(c.ctx, sheet.ID); !errors.Is(err, c.want) {
			t.Errorf("%s looks: %v", name, err)
		}
		if _, err := w.Save(c.ctx, sheet.ID, nil); !errors.Is(err, c.want) {
			t.Errorf("%s saves: %v", name, err)
		}
		if _, err := w.Submit(c.ctx, sheet.ID); !errors.Is(err, c.want) {
			t.Errorf("%s submits: %v", name, err)
		}
	}
	if _, _, err := w.Start(as(t, "stranger"), "c1", w.quiz.ID); !errors.Is(err, enrolment.ErrNotEnrolled) {
		t.Errorf("a stranger starts: %v", err)
	}
	reviewer := staff(t, "rev", domain.ScopeCamp, domain.RoleReviewer)
	position := w.position(t, sheet.ID, quiz.Short)
	for name, c := range map[string]struct {
		ctx  context.Context
		want error
	}{
		"a learner":             {as(t, "lin"), domain.ErrForbidden},
		"the author as a staff": {staff(t, "lin", domain.ScopeCamp, domain.RoleReviewer), domain.ErrForbidden},
		"a reviewer":            {reviewer, nil},
	} {
		if _, err := w.Grade(c.ctx, "c1", sheet.ID, []quiz.Grading{{Position: position, Mark: 100}}); !errors.Is(err, c.want) {
			t.Errorf("%s grades: %v", name, err)
		}
	}
	if _, err := w.Grade(reviewer, "c1", sheet.ID, []quiz.Grading{{Position: position, Mark: 501}}); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("more than there is: %v", err)
	}
	for what, err := range map[string]error{
		"reads the bank": second(w.Bank(reviewer, "c1", quiz.Look{}, domain.Page{})),
		"adds":           first(w.AddQuestion(reviewer, "c1", fiveKinds[0])),
		"regrades":       first(w.Regrade(reviewer, "c1", w.quiz.ID, w.asked[0].ID)),
		"arranges":       first(w.Arrange(reviewer, "c1", w.quiz.ID, nil)),
	} {
		if !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("a reviewer %s: %v", what, err)
		}
	}
	shared := fiveKinds[0]
	shared.Shared = true
	if _, err := w.AddQuestion(teacher(t), "c1", shared); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a teacher of one camp writes for all: %v", err)
	}
	if _, err := w.AddQuestion(staff(t, "boss", domain.ScopeOrganiser, domain.RoleOwner), "c1", shared); err != nil {
		t.Errorf("the owner: %v", err)
	}
}

func first[T any](_ T, err error) error                  { return err }
func second[A, B, C any](_ A, _ B, _ C, err error) error { return err }

// told keeps what learners are told, once for each id.
type told map[string]notice.Notice

func (n told) Tell(_ context.Context, one notice.Notice) error {
	if _, twice := n[one.ID]; !twice {
		n[one.ID] = one
	}
	return nil
}

func TestTheLearnerIsToldOnceTheLastShortAnswerIsGraded(t *testing.T) {
	t.Parallel()
	short := func(text string) quiz.QuestionForm {
		return quiz.QuestionForm{Points: 5, Content: quiz.Content{Kind: quiz.Short, Text: text}}
	}
	w := newWorld(t, usual, short("一"), short("二"))
	heard := told{}
	w.Notices = heard
	sheet := w.start(t, "lin")
	if _, err := w.Save(as(t, "lin"), sheet.ID, []quiz.Said{{Position: 1, Answer: quiz.Answer{Text: "甲"}}, {Position: 2, Answer: quiz.Answer{Text: "乙"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Submit(as(t, "lin"), sheet.ID); err != nil {
		t.Fatal(err)
	}
	grade := func(position int, mark quiz.Mark) {
		t.Helper()
		if _, err := w.Grade(teacher(t), "c1", sheet.ID, []quiz.Grading{{Position: position, Mark: mark}}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Announce(t.Context(), sheet.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	grade(1, 300)
	if len(heard) != 0 {
		t.Errorf("told with an answer still to grade: %v", heard)
	}
	grade(2, 300)
	grade(2, 300)
	if n := heard["graded_"+sheet.ID+"_1"]; len(heard) != 1 || n.Member != "lin" || n.Kind != notice.QuizGraded || n.Title != "测评的简答题批改好了" {
		t.Errorf("%+v", heard)
	}
	grade(1, 500)
	if n := heard["graded_"+sheet.ID+"_2"]; len(heard) != 2 || n.Title != "老师修改了测评的批改" {
		t.Errorf("%+v", heard)
	}
	graded := slices.DeleteFunc(w.attempts.Events(sheet.ID), func(e string) bool { return e != quiz.EventGraded })
	if len(graded) != 2 {
		t.Errorf("events %v", graded)
	}
}

func TestStandingsOfSeveralLearnersAreThoseOfEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	w.handIn(t, "lin")
	w.start(t, "mei")
	task, err := tasks{}.OfQuiz(t.Context(), w.quiz.ID)
	if err != nil {
		t.Fatal(err)
	}
	in, err := w.camps.Get(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	own := in.For(0, time.Time{})
	var seats []quiz.Seat
	for _, id := range []string{"lin", "mei", "nobody"} {
		seats = append(seats, quiz.Seat{In: own, Member: id, Tasks: []lesson.Task{task}})
	}
	got, err := w.StandingsOf(t.Context(), seats)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []quiz.Progress{quiz.Done, quiz.Started, quiz.Fresh} {
		alone, err := w.Standings(t.Context(), own, seats[i].Member, seats[i].Tasks)
		if diff := cmp.Diff(alone, got[i]); err != nil || diff != "" || got[i][w.quiz.ID].State != want {
			t.Errorf("%s: %s, %v %s", seats[i].Member, got[i][w.quiz.ID].State, err, diff)
		}
	}
	done, err := w.CountDone(t.Context(), []string{w.quiz.ID, "q9"})
	if diff := cmp.Diff(map[string]int64{w.quiz.ID: 1, "q9": 0}, done); err != nil || diff != "" {
		t.Error(err, diff)
	}
	sat, err := w.OfMember(t.Context(), own, "lin", []lesson.Task{task})
	if err != nil || len(sat) != 1 || sat[0].State != quiz.Finished {
		t.Error(sat, err)
	}
}
