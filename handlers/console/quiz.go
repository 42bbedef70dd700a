package console

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/quiz"
)

type quizListView struct {
	campFrame
	Quizzes []quiz.Quiz
	Follow  string
}

func quizPath(c echo.Context) string {
	return campPath(c.Param("camp")) + "/quizzes/" + c.Param("quiz")
}

// quizFrame is the frame of a page below the list of quizzes.
func (h *console) quizFrame(c echo.Context, in camp.Camp, title string) campFrame {
	f := h.campFrame(c, in, tabQuizzes)
	f.Title = title
	f.Crumbs = append(f.Crumbs, Crumb{"测评", campPath(in.ID) + "/quizzes"})
	return f
}

// follow is the address of the next page of the one asked for, "" at the end.
func follow(c echo.Context, next domain.Cursor) string {
	if next == "" {
		return ""
	}
	query := c.Request().URL.Query()
	query.Set("after", string(next))
	return c.Request().URL.Path + "?" + query.Encode()
}

func (h *console) listQuizzes(c echo.Context) error {
	in, quizzes, next, err := h.Quizzes.Quizzes(c.Request().Context(), c.Param("camp"), after(c, 20))
	if err != nil {
		return err
	}
	v := &quizListView{h.campFrame(c, in, tabQuizzes), quizzes, follow(c, next)}
	v.Title = "测评"
	return h.page(c, http.StatusOK, "quiz/list", v)
}

// quizForm is a quiz as it was typed.
type quizForm struct {
	Title            string `form:"title"`
	Intro            string `form:"intro"`
	Attempts         string `form:"attempts"`
	Minutes          string `form:"minutes"`
	Grace            string `form:"grace"`
	ShuffleQuestions bool   `form:"shuffle_questions"`
	ShuffleOptions   bool   `form:"shuffle_options"`
	Pass             string `form:"pass"`
	Rule             string `form:"rule"`
	Reveal           string `form:"reveal"`
	Days             string `form:"days"`
}

var quizFields = []string{"title", "intro", "attempts", "minutes", "grace", "pass", "rule", "reveal", "days"}

func (f quizForm) form() quiz.Form {
	return quiz.Form{Title: line(f.Title), Intro: text(f.Intro), Settings: quiz.Settings{
		Attempts: number(f.Attempts), Minutes: number(f.Minutes), Grace: number(f.Grace), ShuffleQuestions: f.ShuffleQuestions,
		ShuffleOptions: f.ShuffleOptions, Pass: number(f.Pass), Rule: quiz.Rule(f.Rule), Reveal: quiz.Reveal(f.Reveal), Days: number(f.Days),
	}}
}

func typedQuiz(q quiz.Quiz) quizForm {
	n := strconv.Itoa
	return quizForm{
		Title: q.Title, Intro: q.Intro, Attempts: n(q.Attempts), Minutes: n(q.Minutes), Grace: n(q.Grace), ShuffleQuestions: q.ShuffleQuestions,
		ShuffleOptions: q.ShuffleOptions, Pass: n(q.Pass), Rule: string(q.Rule), Reveal: string(q.Reveal), Days: n(q.Days),
	}
}

// choice is one value of a select.
type choice struct{ Value, Name string }

var (
	rules   = []choice{{string(quiz.AllOrNothing), "全对才得分"}, {string(quiz.Partial), "少选得部分分，错选不得分"}, {string(quiz.RightMinusWrong), "选对的减去选错的"}}
	reveals = []choice{
		{string(quiz.RevealAfter), "提交以后"}, {string(quiz.RevealDuring), "每答一题立即公布（答案不能再改）"},
		{string(quiz.RevealOpen), "作答次数用完以后"}, {string(quiz.RevealClose), "测评结束以后"},
	}
)

type quizView struct {
	campFrame
	Paper  quiz.Paper // its quiz is the zero one while it is new
	Form   quizForm
	Faults Faults
	Rules  []choice
	Reveal []choice
	Bank   []quiz.Question // to choose from
	Look   quiz.Look
	Kinds  []quiz.Kind
	Follow string
}

func (h *console) newQuiz(c echo.Context) error {
	in, err := h.Camps.ForStaff(c.Request().Context(), c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	usual := quiz.Quiz{Settings: quiz.Settings{Attempts: 1, Grace: 60, Pass: 60, Days: 1, ShuffleOptions: true, Rule: quiz.Partial, Reveal: quiz.RevealAfter}}
	return h.sendQuiz(c, http.StatusOK, &quizView{Paper: quiz.Paper{Camp: in}, Form: typedQuiz(usual)})
}

func (h *console) addQuiz(c echo.Context) error {
	ctx := c.Request().Context()
	var f quizForm
	if err := bind(c, &f); err != nil {
		return err
	}
	q, err := h.Quizzes.AddQuiz(ctx, c.Param("camp"), f.form())
	if err == nil {
		return h.done(c, campPath(c.Param("camp"))+"/quizzes/"+q.ID, "测评已经建好，接着选题")
	}
	wrong, status, err := faults(err, quizFields...)
	if err != nil {
		return err
	}
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	return h.sendQuiz(c, status, &quizView{Paper: quiz.Paper{Camp: in}, Form: f, Faults: wrong})
}

func (h *console) showQuiz(c echo.Context) error {
	p, err := h.Quizzes.Paper(c.Request().Context(), c.Param("camp"), c.Param("quiz"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	return h.sendQuiz(c, http.StatusOK, &quizView{Paper: p, Form: typedQuiz(p.Quiz)})
}

func (h *console) saveQuiz(c echo.Context) error {
	ctx := c.Request().Context()
	var f quizForm
	if err := bind(c, &f); err != nil {
		return err
	}
	_, err := h.Quizzes.EditQuiz(ctx, c.Param("camp"), c.Param("quiz"), f.form())
	if err == nil {
		return h.done(c, quizPath(c), "已保存")
	}
	wrong, status, err := faults(err, quizFields...)
	if err != nil {
		return err
	}
	p, err := h.Quizzes.Paper(ctx, c.Param("camp"), c.Param("quiz"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	return h.sendQuiz(c, status, &quizView{Paper: p, Form: f, Faults: wrong})
}

func (h *console) sendQuiz(c echo.Context, status int, v *quizView) error {
	v.campFrame = h.quizFrame(c, v.Paper.Camp, "新建测评")
	v.Rules, v.Reveal, v.Look, v.Kinds = rules, reveals, bankLook(c), quiz.Kinds
	if v.Paper.Quiz.ID != "" {
		v.Title = v.Paper.Quiz.Title
		look := v.Look
		look.But = v.Paper.Quiz.Items
		_, bank, next, err := h.Quizzes.Bank(c.Request().Context(), v.Paper.Camp.ID, look, after(c, 50))
		if err != nil {
			return err
		}
		v.Bank, v.Follow = bank, follow(c, next)
	}
	return h.page(c, status, "quiz/form", v)
}

// orderForm is the questions of a quiz as they were typed: row by row, with the place where each is to stand.
type orderForm struct {
	Question []string `form:"question"`
	Place    []string `form:"place"`
	Points   []string `form:"points"`
	Drop     []string `form:"drop"`
}

func (f orderForm) items() ([]quiz.Item, error) {
	if len(f.Place) != len(f.Question) || len(f.Points) != len(f.Question) {
		return nil, domain.Invalid("items", "题目列表不完整，请刷新页面再试")
	}
	rows := make([]int, 0, len(f.Question))
	for i, id := range f.Question {
		if !slices.Contains(f.Drop, id) {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int { return number(f.Place[a]) - number(f.Place[b]) })
	items := make([]quiz.Item, len(rows))
	for i, row := range rows {
		items[i] = quiz.Item{Question: f.Question[row], Points: number(f.Points[row])}
	}
	return items, nil
}

func (h *console) arrangeQuiz(c echo.Context) error {
	var f orderForm
	if err := bind(c, &f); err != nil {
		return err
	}
	items, err := f.items()
	if err == nil {
		_, err = h.Quizzes.Arrange(c.Request().Context(), c.Param("camp"), c.Param("quiz"), items)
	}
	if err != nil {
		return h.refused(c, quizPath(c), err)
	}
	return h.done(c, quizPath(c), "题目已保存")
}

func (h *console) includeQuestions(c echo.Context) error {
	var f orderForm
	if err := bind(c, &f); err != nil {
		return err
	}
	if _, err := h.Quizzes.Include(c.Request().Context(), c.Param("camp"), c.Param("quiz"), f.Question); err != nil {
		return h.refused(c, quizPath(c), err)
	}
	return h.done(c, quizPath(c), "题目已加入测评")
}

func (h *console) removeQuiz(c echo.Context) error {
	if err := h.Quizzes.RemoveQuiz(c.Request().Context(), c.Param("camp"), c.Param("quiz")); err != nil {
		return h.refused(c, quizPath(c), err)
	}
	return h.done(c, campPath(c.Param("camp"))+"/quizzes", "测评已删除")
}
