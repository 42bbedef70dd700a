package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
	"yingdi/domain/review"
)

// reviewForm is a review as it was typed.
type reviewForm struct {
	Text    string   `form:"text"`
	Points  string   `form:"points"`
	Scores  []string `form:"score"`
	Media   []string `form:"media"`
	Remarks []string `form:"remark"`
	Seen    string   `form:"seen"`
	Reason  string   `form:"reason"`
	Until   string   `form:"until"`
	Do      string   `form:"do"`   // save, release or return
	Next    string   `form:"next"` // the check-in to go on with
}

var reviewFields = []string{"text", "points", "scores", "media", "reason", "until"}

// form reads what was typed; a deadline is by the camp's clock.
func (f reviewForm) form(in domain.Calendar) review.Form {
	m := review.Form{Text: text(f.Text), Media: f.Media, Remarks: f.Remarks}
	if f.Points != "" {
		m.Points = number(f.Points)
	}
	for _, s := range f.Scores {
		points := -1
		if s != "" {
			if points = number(s); points < 0 {
				points = review.MaxPoints + 1 // out of every range
			}
		}
		m.Scores = append(m.Scores, points)
	}
	if f.Seen != "" {
		m.Seen = number(f.Seen)
	}
	if f.Do == "return" || f.Do != "release" && line(f.Reason) != "" {
		m.Return = &review.Return{Reason: text(f.Reason)}
		if f.Until != "" {
			until, err := time.ParseInLocation(untilLayout, f.Until, in.Location())
			if err != nil {
				until = time.Unix(0, 0) // long past
			}
			m.Return.Until = until.UTC()
		}
	}
	return m
}

// untilLayout is how a browser sends an instant.
const untilLayout = "2006-01-02T15:04"

type deskView struct {
	campFrame
	Desk   review.Desk
	Form   reviewForm
	Scores []scoreRow
	Files  []media.View // in the form
	Faults Faults
	Just   *released
	Query  string // what the desk is narrowed to, as the end of an address
	Ages   []int
	All    bool
}

// scoreRow is one criterion to give points for.
type scoreRow struct {
	Title, Note, Points string
	Most                int
}

// released is what was just done, and can be taken back for a while.
type released struct {
	Checkin, Camp, Name string
	Returned            bool
}

// deskFilter reads what the desk is narrowed to.
func deskFilter(c echo.Context) review.Filter {
	f := review.Filter{
		Camp: c.Param("camp"), Task: c.QueryParam("task"), Team: c.QueryParam("team"), Turn: checkin.Turn(c.QueryParam("turn")),
	}
	if c.QueryParam("all") != "" {
		f.Camp = ""
	}
	if days := c.QueryParam("days"); days != "" {
		f.Days = number(days)
	}
	return f
}

// deskQuery writes it again.
func deskQuery(f review.Filter) string {
	q := url.Values{}
	for name, value := range map[string]string{"task": f.Task, "team": f.Team, "turn": string(f.Turn)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Days > 0 {
		q.Set("days", strconv.Itoa(f.Days))
	}
	if f.Camp == "" {
		q.Set("all", "1")
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// deskPath with a check-in on the desk, or without. Over all camps it lies beside them.
func deskPath(f review.Filter, checkin string) string {
	path := Root + "/reviews"
	if f.Camp != "" {
		path = campPath(f.Camp) + "/reviews"
	}
	if checkin != "" {
		path += "/" + checkin
	}
	return path + deskQuery(f)
}

func (h *console) showDesk(c echo.Context) error {
	f := deskFilter(c)
	if chosen := c.QueryParam("camp"); f.Camp == "" && domain.ValidID(chosen) {
		f.Camp = chosen
		return c.Redirect(http.StatusSeeOther, deskPath(f, ""))
	}
	desk, err := h.Reviews.Desk(c.Request().Context(), f, c.Param("checkin"), false)
	if err != nil {
		return err
	}
	return h.desk(c, http.StatusOK, &deskView{Desk: desk})
}

// desk sends the desk with the draft in its form, unless something was typed into it.
func (h *console) desk(c echo.Context, status int, v *deskView) error {
	desk := v.Desk
	if v.All = desk.Filter.Camp == ""; v.All {
		v.campFrame = campFrame{Frame: Frame{Section: sectionReviews}, Waiting: desk.Waiting, MayReview: true}
	} else {
		v.campFrame = h.campFrame(c, desk.Camp, tabReviews)
	}
	v.Title, v.Waiting, v.Query, v.Ages = "点评", desk.Waiting, deskQuery(desk.Filter), []int{1, 2, 3, 7}
	if open := desk.Open; open != nil {
		v.Hours = h.hoursOf(open.Camp.Calendar)
		if !v.Faults.Any() {
			v.Form, v.Files = draftForm(open.Review.Draft, open.Camp.Calendar), open.Files
		}
		v.Scores = scoreRows(open, v.Form.Scores)
	}
	return h.page(c, status, "review/desk", v)
}

func draftForm(m review.Mark, in domain.Calendar) reviewForm {
	f := reviewForm{Text: m.Text, Points: points(m.Points), Media: m.Media}
	for _, s := range m.Scores {
		typed := ""
		if s.Points >= 0 {
			typed = strconv.Itoa(s.Points)
		}
		f.Scores = append(f.Scores, typed)
	}
	if m.Return != nil {
		f.Reason = m.Return.Reason
		if !m.Return.Until.IsZero() {
			f.Until = m.Return.Until.In(in.Location()).Format(untilLayout)
		}
	}
	return f
}

func scoreRows(open *review.Open, typed []string) []scoreRow {
	rows := make([]scoreRow, len(open.Task.Rubric))
	for i, c := range open.Task.Rubric {
		rows[i] = scoreRow{Title: c.Title, Note: c.Note, Most: c.Points}
		if i < len(typed) {
			rows[i].Points = typed[i]
		}
	}
	return rows
}

// saveReview keeps, releases or returns. After a release the answer is the desk with the next one on it: one request a
// review.
func (h *console) saveReview(c echo.Context) error {
	ctx, id, filter := c.Request().Context(), c.Param("checkin"), deskFilter(c)
	var f reviewForm
	if err := bind(c, &f); err != nil {
		return err
	}
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightReview)
	if err != nil {
		return err
	}
	final := f.Do == "release" || f.Do == "return"
	if final {
		_, err = h.Reviews.Release(ctx, id, f.form(in.Calendar))
	} else {
		_, err = h.Reviews.Save(ctx, id, f.form(in.Calendar))
	}
	switch {
	case err == nil && final:
		return h.nextOnDesk(c, filter, in, id, f)
	case err == nil:
		return h.done(c, deskPath(filter, id), "草稿已保存，学员还看不到")
	}
	wrong, status, err := faults(err, reviewFields...)
	if err != nil {
		return err
	}
	desk, err := h.Reviews.Desk(ctx, filter, id, false)
	if err != nil {
		return err
	}
	v := &deskView{Desk: desk, Form: f, Faults: wrong}
	own, err := h.Media.Own(ctx, f.Media)
	if err != nil {
		return err
	}
	if desk.Open != nil {
		for _, id := range f.Media {
			all := append(own, desk.Open.Files...)
			if at := slices.IndexFunc(all, func(v media.View) bool { return v.ID == id }); at >= 0 {
				v.Files = append(v.Files, all[at])
			}
		}
	}
	return h.desk(c, status, v)
}

func (h *console) nextOnDesk(c echo.Context, filter review.Filter, in camp.Camp, id string, f reviewForm) error {
	text := "点评已发布，学员会收到通知"
	if f.Do == "return" {
		text = "已退回，学员会收到通知"
	}
	if c.Request().Header.Get("HX-Request") == "" {
		return h.done(c, deskPath(filter, f.Next), text)
	}
	ctx := c.Request().Context()
	if f.Next != "" && !domain.ValidID(f.Next) {
		f.Next = ""
	}
	desk, err := h.Reviews.Desk(ctx, filter, f.Next, true)
	if err != nil {
		return err
	}
	author, err := h.Checkins.Get(ctx, id)
	if err != nil {
		return err
	}
	cards, err := h.Members.Cards(ctx, []string{author.Member})
	if err != nil {
		return err
	}
	next := ""
	if desk.Open != nil {
		next = desk.Open.ID
	}
	c.Response().Header().Set("HX-Push-Url", deskPath(filter, next))
	return h.desk(c, http.StatusOK, &deskView{Desk: desk, Just: &released{id, in.ID, cards[author.Member].Nickname, f.Do == "return"}})
}

// keepDraft is what the page's script sends while the teacher writes; it also keeps the check-in on their desk.
func (h *console) keepDraft(c echo.Context) error {
	ctx := c.Request().Context()
	var f reviewForm
	if err := bind(c, &f); err != nil {
		return err
	}
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightReview)
	if err != nil {
		return err
	}
	if _, err := h.Reviews.Save(ctx, c.Param("checkin"), f.form(in.Calendar)); err != nil {
		var refusal *domain.Error
		if errors.As(err, &refusal) && (refusal.Kind == domain.KindConflict || refusal.Kind == domain.KindInvalid) {
			return c.String(http.StatusConflict, refusal.Message)
		}
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *console) undoReview(c echo.Context) error {
	to := deskPath(deskFilter(c), c.Param("checkin"))
	if _, err := h.Reviews.Undo(c.Request().Context(), c.Param("checkin")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已撤销，学员什么也没有收到")
}

func (h *console) reopenReview(c echo.Context) error {
	to := deskPath(deskFilter(c), c.Param("checkin"))
	if _, err := h.Reviews.Reopen(c.Request().Context(), c.Param("checkin")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "可以修改了；再次发布前，学员看到的还是原来的点评")
}
