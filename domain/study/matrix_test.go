package study_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/study"
)

// week is a task of each kind on the first days of the plan.
var week = []lesson.Task{
	{Kind: lesson.KindCheckin, Day: "2026-03-01"},
	{Kind: lesson.KindHomework, Day: "2026-03-02"},
	{Kind: lesson.KindQuiz, Day: "2026-03-03", Quiz: "q1"},
	{Kind: lesson.KindRead, Day: "2026-03-04"},
	{Kind: lesson.KindForm, Day: "2026-03-05", Ask: asking.Ask},
}

// marked puts a mark of a learner at a task of the plan into the store.
func (w world) marked(t testing.TB, who string, task lesson.Task, day domain.Day) {
	t.Helper()
	must(t, w.store.Insert(t.Context(), study.Mark{
		Doc: domain.Doc{ID: study.ID("c1", who, id(task))}, Camp: "c1", Member: who, Task: id(task), At: at(day),
	}))
}

// all does every task of the week on the days on which a learner lives them; the homework is passed.
func (w world) all(t testing.TB, who string, shift int) {
	t.Helper()
	for _, task := range week {
		switch day := task.Day.Add(shift); task.Kind {
		case lesson.KindQuiz:
			w.try(t, who, 1, day, quiz.Finished)
		case lesson.KindRead, lesson.KindForm:
			w.marked(t, who, task, day)
		case lesson.KindHomework:
			w.judge(t, w.handIn(t, who, id(task), day, checkin.Visible), nil)
		default:
			w.handIn(t, who, id(task), day, checkin.Visible)
		}
	}
}

// show writes the matrix as one line each: ann xx..x 3.
func show(m study.Matrix) (lines []string) {
	for _, l := range m.Learners {
		done := strings.Builder{}
		for _, is := range l.Done {
			done.WriteByte(map[bool]byte{true: 'x', false: '.'}[is])
		}
		lines = append(lines, l.Member.ID+" "+done.String()+" "+string(rune('0'+l.Count)))
	}
	return lines
}

func (w world) matrix(t testing.TB) []string {
	t.Helper()
	m, err := w.Matrix(staff(t, domain.RoleReviewer), "c1", "2026-03-01", domain.Page{})
	must(t, err)
	return show(m)
}

// done is how the week stands for a learner by their own list, as show writes it.
func (w world) done(t testing.TB, who string) string {
	t.Helper()
	rows, err := w.Mine(as(t, who), "c1")
	must(t, err)
	l := study.Learner{}
	l.Member.ID = who
	for _, r := range rows {
		if l.Done = append(l.Done, r.Done); r.Done {
			l.Count++
		}
	}
	return show(study.Matrix{Learners: []study.Learner{l}})[0]
}

func TestTheMatrixAndTheLearnersOwnListSayTheSame(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		do   func(t *testing.T, w world)
		want string
	}{
		"nothing":    {func(*testing.T, world) {}, "ann ..... 0"},
		"everything": {func(t *testing.T, w world) { w.all(t, "ann", 0) }, "ann xxxxx 5"},
		"a check-in that waits for moderation": {func(t *testing.T, w world) {
			w.handIn(t, "ann", id(week[0]), "2026-03-01", checkin.Pending)
		}, "ann x.... 1"},
		"a check-in rejected": {func(t *testing.T, w world) {
			w.handIn(t, "ann", id(week[0]), "2026-03-01", checkin.Rejected)
		}, "ann ..... 0"},
		"a check-in deleted": {func(t *testing.T, w world) {
			w.handIn(t, "ann", id(week[0]), "2026-03-01", checkin.Deleted)
		}, "ann ..... 0"},
		"a homework that nobody has seen": {func(t *testing.T, w world) {
			w.handIn(t, "ann", id(week[1]), "2026-03-02", checkin.Visible)
		}, "ann ..... 0"},
		"a homework to be done again": {func(t *testing.T, w world) {
			w.judge(t, w.handIn(t, "ann", id(week[1]), "2026-03-02", checkin.Visible), &review.Return{Reason: "太短"})
		}, "ann ..... 0"},
		"a homework passed": {func(t *testing.T, w world) {
			w.judge(t, w.handIn(t, "ann", id(week[1]), "2026-03-02", checkin.Visible), nil)
		}, "ann .x... 1"},
		"a homework passed, then rejected": {func(t *testing.T, w world) {
			w.judge(t, w.handIn(t, "ann", id(week[1]), "2026-03-02", checkin.Rejected), nil)
		}, "ann ..... 0"},
		"a quiz begun": {func(t *testing.T, w world) {
			w.try(t, "ann", 1, "2026-03-05", quiz.InProgress)
		}, "ann ..... 0"},
		"a quiz given up, and finished the second time": {func(t *testing.T, w world) {
			w.try(t, "ann", 1, "2026-03-03", quiz.Abandoned)
			w.try(t, "ann", 2, "2026-03-03", quiz.Finished)
		}, "ann ..x.. 1"},
		"read and answered": {func(t *testing.T, w world) {
			w.marked(t, "ann", week[3], "2026-03-04")
			w.marked(t, "ann", week[4], "2026-03-05")
		}, "ann ...xx 2"},
		"what another one did": {func(t *testing.T, w world) { w.all(t, "bob", 0) }, "ann ..... 0"},
		"a stay that ended": {func(t *testing.T, w world) {
			w.all(t, "ann", 0)
			w.enrol(t, "ann", "2026-03-06", 0)
		}, "ann ..... 0"},
		"marks of an earlier stay and of this one": {func(t *testing.T, w world) {
			w.all(t, "ann", 0)
			w.enrol(t, "ann", "2026-03-04", 0)
		}, "ann ...xx 2"},
		"a late joiner on days of their own": {func(t *testing.T, w world) {
			w.enrol(t, "ann", "2026-03-11", 10)
			w.goTo("2026-03-15")
			w.all(t, "ann", 10)
		}, "ann xxxxx 5"},
		"a check-in of the plan's day, which is not that of a late joiner": {func(t *testing.T, w world) {
			w.enrol(t, "ann", "2026-03-11", 10)
			w.goTo("2026-03-15")
			w.handIn(t, "ann", id(week[0]), "2026-03-01", checkin.Visible)
		}, "ann ..... 0"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			must(t, w.quizzes.Insert(t.Context(), quiz.Quiz{Doc: domain.Doc{ID: "q1"}, Camp: "c1"}))
			w.plan(t, week...)
			c.do(t, w)
			if got := w.matrix(t); !slices.Contains(got, c.want) {
				t.Errorf("the matrix says %q, want %q", got, c.want)
			}
			if got := w.done(t, "ann"); got != c.want {
				t.Errorf("the learner sees %q, want %q", got, c.want)
			}
		})
	}
}

func TestALateJoinersTasksComeOnTheirOwnDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shown := week[4]
	shown.Kind, shown.Ask, shown.VisibleAt = lesson.KindRead, nil, at("2026-03-04")
	w.plan(t, week[3], shown)
	w.enrol(t, "eve", "2026-03-11", 10)
	w.goTo("2026-03-13")
	if rows, err := w.Mine(as(t, "eve"), "c1"); err != nil || len(rows) != 0 {
		t.Errorf("on the third day: %+v, %v", rows, err)
	}
	_, _, err := w.Read(as(t, "eve"), "c1", id(week[3]))
	refused(t, "on the third day", err, domain.ErrNotFound)
	w.goTo("2026-03-14")
	_, fresh, err := w.Read(as(t, "eve"), "c1", id(week[3]))
	if err != nil || !fresh {
		t.Errorf("on the fourth day: fresh %v, %v", fresh, err)
	}
	_, _, err = w.Read(as(t, "eve"), "c1", id(shown))
	refused(t, "a day to come, shown already", err, study.ErrNotYet)
	rows, err := w.Mine(as(t, "eve"), "c1")
	if err != nil || len(rows) != 2 || rows[0].DayN != 4 || rows[0].Day != "2026-03-14" || !rows[0].Done || rows[1].DayN != 5 || rows[1].Done {
		t.Errorf("%+v, %v", rows, err)
	}
	if diff := gocmp.Diff([]string{"ann .. 0", "bob .. 0", "eve x. 1"}, w.matrix(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheMatrixPagesLearners(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.plan(t, week...)
	for _, who := range []string{"cat", "dan", "eve"} {
		w.enrol(t, who, "2026-03-01", 0)
	}
	_, err := w.places.Update(t.Context(), enrolment.ID("c1", "dan"), func(e *enrolment.Enrolment) error {
		e.State = enrolment.Left
		return nil
	})
	must(t, err)
	w.all(t, "eve", 0)
	var got [][]string
	for page := (domain.Page{Limit: 2}); ; {
		m, err := w.Matrix(staff(t, domain.RoleTeacher), "c1", "2026-03-01", page)
		must(t, err)
		got = append(got, show(m))
		if page.After = m.Next; m.Next == "" {
			break
		}
	}
	want := [][]string{{"ann ..... 0", "bob ..... 0"}, {"cat ..... 0", "eve xxxxx 5"}}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheMatrixShowsTheWeekThatIsAskedForOrTodays(t *testing.T) {
	t.Parallel()
	second, hidden := week[0], week[3]
	second.Day = "2026-03-08"
	hidden.Day, hidden.VisibleAt = "2026-03-09", at("2026-03-09").Add(time.Hour)
	for what, c := range map[string]struct {
		today, from domain.Day
		want        domain.Day
		tasks       int
	}{
		"before the camp":        {today: "2026-02-20", want: "2026-03-01", tasks: 5},
		"its seventh day":        {today: "2026-03-07", want: "2026-03-01", tasks: 5},
		"its eighth day":         {today: "2026-03-08", want: "2026-03-08", tasks: 2},
		"after it":               {today: "2026-05-01", want: "2026-03-15"},
		"a week that is asked":   {today: "2026-03-20", from: "2026-03-02", want: "2026-03-02", tasks: 5},
		"days that have no task": {today: "2026-03-20", from: "2026-03-10", want: "2026-03-10"},
	} {
		w := newWorld(t)
		w.plan(t, slices.Concat(week, []lesson.Task{second, hidden})...)
		w.goTo(c.today)
		m, err := w.Matrix(staff(t, domain.RoleTeacher), "c1", c.from, domain.Page{})
		if err != nil || m.From != c.want || m.To != c.want.Add(6) || len(m.Tasks) != c.tasks || len(m.Learners) != 2 {
			t.Errorf("%s: %s to %s, %d tasks, %d learners, %v", what, m.From, m.To, len(m.Tasks), len(m.Learners), err)
		}
	}
}

func TestTheMatrixIsForTheCampsStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Matrix(as(t, "ann"), "c1", "", domain.Page{})
	refused(t, "a learner", err, domain.ErrForbidden)
	_, err = w.Matrix(as(t, ""), "c1", "", domain.Page{})
	refused(t, "nobody", err, domain.ErrUnauthenticated)
	_, err = w.Matrix(staff(t, domain.RoleReviewer), "c1", "2026-02-31", domain.Page{})
	refused(t, "a day that is not", err, domain.ErrInvalid)
}
