package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/media"
	"yingdi/domain/quiz"
	"yingdi/handlers/web"
)

type bankView struct {
	campFrame
	Questions []quiz.Question
	Look      quiz.Look
	Kinds     []quiz.Kind
	MayWrite  bool
	Follow    string
}

// bankLook reads what is looked for in a bank.
func bankLook(c echo.Context) quiz.Look {
	return quiz.Look{Shared: c.QueryParam("shared") != "", Kind: quiz.Kind(c.QueryParam("kind")), Text: line(c.QueryParam("text"))}
}

func questionsPath(campID string) string { return campPath(campID) + "/questions" }

// bankPath is the list that a question is in.
func bankPath(campID string, shared bool) string {
	if shared {
		return questionsPath(campID) + "?shared=1"
	}
	return questionsPath(campID)
}

func (h *console) listQuestions(c echo.Context) error {
	ctx := c.Request().Context()
	look := bankLook(c)
	in, questions, next, err := h.Quizzes.Bank(ctx, c.Param("camp"), look, after(c, 50))
	if err != nil {
		return err
	}
	v := &bankView{h.quizFrame(c, in, "题库"), questions, look, quiz.Kinds, !look.Shared || h.Quizzes.MayShare(ctx, in), follow(c, next)}
	return h.page(c, http.StatusOK, "quiz/bank", v)
}

// questionForm is a question as it was typed: options one a line, the right answer as letters, words or 对/错.
type questionForm struct {
	Kind        string   `form:"kind"`
	Study       string   `form:"study"`
	Files       []string `form:"files"`
	Text        string   `form:"text"`
	Options     string   `form:"options"`
	Answer      string   `form:"answer"`
	Explanation string   `form:"explanation"`
	Points      string   `form:"points"`
	Shared      bool     `form:"shared"`
}

var questionFields = []string{"kind", "study", "files", "text", "options", "right", "accepted", "explanation", "points"}

func (f questionForm) form() (quiz.QuestionForm, error) {
	form := quiz.QuestionForm{
		Content: quiz.Content{Kind: quiz.Kind(f.Kind), Study: text(f.Study), Files: f.Files, Text: text(f.Text), Key: quiz.Key{Explanation: text(f.Explanation)}},
		Points:  number(f.Points), Shared: f.Shared,
	}
	for one := range strings.SplitSeq(text(f.Options), "\n") {
		if one = line(one); one != "" {
			form.Options = append(form.Options, one)
		}
	}
	return form, form.ReadKey(f.Answer)
}

type questionView struct {
	campFrame
	Question string // id; empty while it is new
	Form     questionForm
	Files    []media.View
	Faults   Faults
	MayShare bool
	Kinds    []quiz.Kind
}

func (h *console) sendQuestion(c echo.Context, status int, in camp.Camp, v questionView) error {
	v.campFrame = h.quizFrame(c, in, "添加题目")
	if v.Question != "" {
		v.Title = "修改题目"
	}
	v.Crumbs = append(v.Crumbs, Crumb{"题库", bankPath(in.ID, v.Form.Shared)})
	v.Kinds, v.MayShare = quiz.Kinds, h.Quizzes.MayShare(c.Request().Context(), in)
	return h.page(c, status, "quiz/question", &v)
}

func (h *console) newQuestion(c echo.Context) error {
	in, err := h.Camps.ForStaff(c.Request().Context(), c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	f := questionForm{Kind: string(quiz.Single), Points: "1", Shared: c.QueryParam("shared") != ""}
	return h.sendQuestion(c, http.StatusOK, in, questionView{Form: f})
}

func (h *console) addQuestion(c echo.Context) error {
	ctx := c.Request().Context()
	var f questionForm
	if err := bind(c, &f); err != nil {
		return err
	}
	form, err := f.form()
	if err == nil {
		_, err = h.Quizzes.AddQuestion(ctx, c.Param("camp"), form)
	}
	if err == nil {
		return h.done(c, bankPath(c.Param("camp"), f.Shared), "题目已添加")
	}
	wrong, status, err := faults(err, questionFields...)
	if err != nil {
		return err
	}
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	files, err := h.Quizzes.FilesFor(ctx, quiz.Question{}, f.Files)
	if err != nil {
		return err
	}
	return h.sendQuestion(c, status, in, questionView{Form: f, Files: files, Faults: wrong})
}

func (h *console) showQuestion(c echo.Context) error {
	in, q, err := h.Quizzes.Question(c.Request().Context(), c.Param("camp"), c.Param("question"))
	if err != nil {
		return err
	}
	f := questionForm{
		Kind: string(q.Kind), Study: q.Study, Files: q.Files, Text: q.Text, Answer: q.Typed(), Explanation: q.Explanation, Points: strconv.Itoa(q.Points), Shared: q.Camp == "",
	}
	if q.Kind != quiz.Truth {
		f.Options = strings.Join(q.Options, "\n")
	}
	files, err := h.Quizzes.FilesFor(c.Request().Context(), q, q.Files)
	if err != nil {
		return err
	}
	return h.sendQuestion(c, http.StatusOK, in, questionView{Question: q.ID, Form: f, Files: files})
}

func (h *console) saveQuestion(c echo.Context) error {
	ctx := c.Request().Context()
	var f questionForm
	if err := bind(c, &f); err != nil {
		return err
	}
	in, q, err := h.Quizzes.Question(ctx, c.Param("camp"), c.Param("question"))
	if err != nil {
		return err
	}
	form, err := f.form()
	if err == nil {
		_, err = h.Quizzes.EditQuestion(ctx, in.ID, q.ID, form)
	}
	if err == nil {
		return h.done(c, bankPath(in.ID, q.Camp == ""), "题目已保存。已经开始的作答不变；要按新答案改分，请到测评的“重新评分”")
	}
	wrong, status, err := faults(err, questionFields...)
	if err != nil {
		return err
	}
	f.Shared = q.Camp == ""
	files, err := h.Quizzes.FilesFor(ctx, q, f.Files)
	if err != nil {
		return err
	}
	return h.sendQuestion(c, status, in, questionView{Question: q.ID, Form: f, Files: files, Faults: wrong})
}

func (h *console) removeQuestion(c echo.Context) error {
	to := questionsPath(c.Param("camp"))
	if err := h.Quizzes.RemoveQuestion(c.Request().Context(), c.Param("camp"), c.Param("question")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "题目已删除")
}

type importView struct {
	campFrame
	Rows     []domain.RowFault
	Faults   Faults
	Shared   bool
	MayShare bool
}

func (h *console) showImport(c echo.Context) error {
	return h.sendImport(c, http.StatusOK, &importView{Shared: c.QueryParam("shared") != ""})
}

func (h *console) sendImport(c echo.Context, status int, v *importView) error {
	ctx := c.Request().Context()
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	v.campFrame, v.MayShare = h.quizFrame(c, in, "导入题目"), h.Quizzes.MayShare(ctx, in)
	v.Crumbs = append(v.Crumbs, Crumb{"题库", bankPath(in.ID, v.Shared)})
	return h.page(c, status, "quiz/import", v)
}

func (h *console) importQuestions(c echo.Context) error {
	shared := c.FormValue("shared") != ""
	file, err := sentFile(c, "file")
	if err != nil {
		return err
	}
	done, err := h.Quizzes.Import(c.Request().Context(), c.Param("camp"), shared, file)
	v := &importView{Shared: shared, Rows: done.Faults}
	switch {
	case err != nil:
		var status int
		if v.Faults, status, err = faults(err, "file"); err != nil {
			return err
		}
		return h.sendImport(c, status, v)
	case len(done.Faults) > 0:
		return h.sendImport(c, http.StatusUnprocessableEntity, v)
	}
	said := fmt.Sprintf("导入了 %d 题", done.Added)
	if done.Had > 0 {
		said += fmt.Sprintf("，另有 %d 题以前导入过", done.Had)
	}
	return h.done(c, bankPath(c.Param("camp"), shared), said)
}

// sentFile reads a file of a form; nothing if none was chosen. The request is bounded as a whole.
func sentFile(c echo.Context, name string) ([]byte, error) {
	header, err := c.FormFile(name)
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return nil, nil
	case err != nil:
		return nil, web.ErrMalformed
	}
	file, err := header.Open()
	if err != nil {
		return nil, web.ErrMalformed
	}
	body, err := io.ReadAll(file)
	return body, errors.Join(err, file.Close())
}

func (h *console) questionTemplate(c echo.Context) error {
	if _, err := h.Camps.ForStaff(c.Request().Context(), c.Param("camp"), domain.RightCampEdit); err != nil {
		return err
	}
	file, err := h.Quizzes.Template()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="questions.xlsx"`)
	return c.Blob(http.StatusOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file)
}
