package quiz_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/quiz"
)

// mended is the first question with 李白 as its right answer.
func mended() quiz.QuestionForm {
	f := fiveKinds[0]
	f.Right = []int{0}
	return f
}

func TestARegradeMarksAnewAndSaysWhatItDid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	sheet := w.handIn(t, "lin")
	under := w.start(t, "mei")
	if _, err := w.EditQuestion(teacher(t), "c1", w.asked[0].ID, mended()); err != nil {
		t.Fatal(err)
	}
	r, err := w.Service.Regrade(teacher(t), "c1", w.quiz.ID, w.asked[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]string{quiz.EventRegrade}, w.regrades.Events(r.ID)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for range 2 {
		if err := w.RunRegrade(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
	}
	done, err := w.regrades.Get(t.Context(), r.ID)
	if err != nil || done.State != quiz.RegradeDone || done.Seen != 2 || done.Skipped != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if diff := gocmp.Diff([]quiz.Move{{Attempt: sheet.ID, Member: "lin", N: 1, Old: 200, New: 0}}, done.Moves); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	a, err := w.attempts.Get(t.Context(), sheet.ID)
	if err != nil || a.Mark != 700 {
		t.Errorf("marked %s, %v", a.Mark, err)
	}
	if _, err := w.Save(as(t, "mei"), under.ID, right(under)); err != nil {
		t.Fatal(err)
	}
	if end, err := w.Submit(as(t, "mei"), under.ID); err != nil || end.Result.Mark != 700 {
		t.Errorf("one that was under way: %+v, %v", end.Result, err)
	}
	if again, err := w.Service.Regrade(teacher(t), "c1", w.quiz.ID, w.asked[0].ID); err != nil || again.State != quiz.RegradeDue || again.ID != r.ID {
		t.Errorf("asked for again: %+v, %v", again, err)
	}
}

func TestARegradeLeavesOtherOptionsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual, fiveKinds...)
	sheet := w.handIn(t, "lin")
	f := mended()
	f.Options = []string{"孟浩然", "李白", "杜甫"}
	if _, err := w.EditQuestion(teacher(t), "c1", w.asked[0].ID, f); err != nil {
		t.Fatal(err)
	}
	r, err := w.Service.Regrade(teacher(t), "c1", w.quiz.ID, w.asked[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.RunRegrade(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	done, _ := w.regrades.Get(t.Context(), r.ID)
	a, _ := w.attempts.Get(t.Context(), sheet.ID)
	if done.Seen != 1 || done.Skipped != 1 || done.Moved != 0 || a.Mark != 900 {
		t.Errorf("%+v, marked %s", done, a.Mark)
	}
}

func TestARegradeThatDiesHalfWayGivesTheSameList(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		died := false
		for _, done := range []bool{false, true} {
			w := newWorld(t, usual, fiveKinds...)
			for i := range 4 {
				w.handIn(t, fmt.Sprintf("m%d", i))
			}
			if _, err := w.EditQuestion(teacher(t), "c1", w.asked[0].ID, mended()); err != nil {
				t.Fatal(err)
			}
			r, err := w.Service.Regrade(teacher(t), "c1", w.quiz.ID, w.asked[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			w.power.Cut(n, done)
			if err := w.RunRegrade(t.Context(), r.ID); err != nil && !errors.Is(err, domaintest.ErrDead) {
				t.Fatal(err)
			}
			died = w.power.Restore() || died
			if err := w.RunRegrade(t.Context(), r.ID); err != nil {
				t.Fatal(err)
			}
			got, _ := w.regrades.Get(t.Context(), r.ID)
			if got.Moved != 4 || len(got.Moves) != 4 || got.State != quiz.RegradeDone {
				t.Errorf("write %d, done %v: %+v", n, done, got)
			}
			for _, a := range w.attempts.All(nil) {
				if a.Mark != 700 {
					t.Errorf("write %d, done %v: %s has %s", n, done, a.ID, a.Mark)
				}
			}
		}
		if !died {
			return
		}
	}
}

func TestStatisticsCountFirstAttempts(t *testing.T) {
	t.Parallel()
	settings := usual
	settings.ShuffleQuestions, settings.Attempts = false, 3
	w := newWorld(t, settings, fiveKinds[0], fiveKinds[3])
	w.handIn(t, "lin")
	w.handIn(t, "lin")
	sheet := w.start(t, "mei")
	said := right(sheet)
	said[0].Options[0] = (said[0].Options[0] + 1) % 3
	said[1].Text = "秋虫。"
	if _, err := w.Save(as(t, "mei"), sheet.ID, said); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Hour)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, sum, err := w.Statistics(teacher(t), "c1", w.quiz.ID)
	if err != nil || sum.Attempts != 2 || sum.Passed != 1 || sum.Share != 0.5 || len(sum.Items) != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
	choice, fill := sum.Items[0], sum.Items[1]
	chosen := 0
	for _, g := range choice.Given {
		chosen += g.Count
		if g.Right && g.Count != 1 {
			t.Errorf("%+v", choice.Given)
		}
	}
	if chosen != 2 || choice.Share != 0.5 || choice.Full != 1 {
		t.Errorf("%+v", choice)
	}
	if diff := gocmp.Diff([]quiz.Given{{Text: "秋虫", Count: 1}}, fill.Given); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAWrongRowIsNamed(t *testing.T) {
	t.Parallel()
	head := []string{"题型", "题目", "选项A", "选项B", "选项C", "正确答案", "分值"}
	for name, c := range map[string]struct {
		row []string
		ok  bool
	}{
		"single":           {[]string{"单选题", "问", "甲", "乙", "", "b"}, true},
		"multiple":         {[]string{"多选", "问", "甲", "乙", "丙", "A、C", "3"}, true},
		"true":             {[]string{"判断", "问", "", "", "", "正确"}, true},
		"fill-in":          {[]string{"填空", "问", "", "", "", "甲|乙"}, true},
		"short":            {[]string{"简答", "问"}, true},
		"an unknown kind":  {[]string{"作文", "问"}, false},
		"no text":          {[]string{"简答", ""}, false},
		"a gap":            {[]string{"单选", "问", "甲", "", "丙", "A"}, false},
		"a digit":          {[]string{"单选", "问", "甲", "乙", "", "1"}, false},
		"a letter too far": {[]string{"单选", "问", "甲", "乙", "", "C"}, false},
		"neither true":     {[]string{"判断", "问", "", "", "", "大概"}, false},
		"points in words":  {[]string{"简答", "问", "", "", "", "", "两分"}, false},
		"an empty fill-in": {[]string{"填空", "问", "", "", "", " | "}, false},
	} {
		forms, faults := quiz.ParseRows([][]string{head, {"", " "}, c.row})
		if c.ok && (len(faults) != 0 || len(forms) != 1) || !c.ok && (len(faults) != 1 || faults[0].Row != 3 || faults[0].Message == "") {
			t.Errorf("%s: %v, %v", name, forms, faults)
		}
	}
	if _, faults := quiz.ParseRows([][]string{{"题型", "题目"}}); len(faults) != 1 || faults[0].Row != 1 {
		t.Errorf("without a column: %v", faults)
	}
}

// paper is a spreadsheet that is there already.
type paper [][]string

func (p paper) Read(_ io.Reader, rows int) ([][]string, error) {
	if len(p) > rows {
		return nil, domain.ErrTooLarge
	}
	return p, nil
}

func (paper) Write(string, [][]string) ([]byte, error) { return nil, nil }

func TestAnImportThatDiesHalfWayIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	rows := paper{{"题型", "题目", "正确答案"}, {"判断", "一", "对"}, {"判断", "二", "错"}, {"填空", "三", "三"}}
	for n := 1; ; n++ {
		died := false
		for _, done := range []bool{false, true} {
			w := newWorld(t, usual)
			w.Sheets = rows
			w.power.Cut(n, done)
			if _, err := w.Import(teacher(t), "c1", false, []byte("x")); err != nil && !errors.Is(err, domaintest.ErrDead) {
				t.Fatal(err)
			}
			died = w.power.Restore() || died
			again, err := w.Import(teacher(t), "c1", false, []byte("x"))
			if err != nil || again.Added+again.Had != 3 || len(w.questions.All(nil)) != 3 {
				t.Errorf("write %d, done %v: %+v, %v", n, done, again, err)
			}
		}
		if !died {
			return
		}
	}
}

func TestWhatWasRemovedCanBeImportedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, usual)
	w.Sheets = paper{{"题型", "题目", "正确答案"}, {"判断", "一", "对"}}
	for range 2 {
		if done, err := w.Import(teacher(t), "c1", false, []byte("x")); err != nil || done.Added != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		if err := w.RemoveQuestion(teacher(t), "c1", w.questions.All(nil)[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	w.Sheets = make(paper, quiz.MaxRows+2)
	if _, err := w.Import(teacher(t), "c1", false, []byte("x")); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("too many rows: %v", err)
	}
	if _, err := w.Import(teacher(t), "c1", false, make([]byte, quiz.MaxImport+1)); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("too large: %v", err)
	}
	if _, err := w.Import(staff(t, "rev", domain.ScopeCamp, domain.RoleReviewer), "c1", false, []byte("x")); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a reviewer: %v", err)
	}
}
