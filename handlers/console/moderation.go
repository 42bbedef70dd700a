package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/moderation"
)

var caseKinds = map[moderation.Kind]string{moderation.Checkin: "打卡", moderation.Comment: "评论", moderation.Profile: "昵称头像"}

var caseReasons = func() map[moderation.Reason]string {
	names := map[moderation.Reason]string{}
	for _, r := range moderation.Reasons {
		names[r.Reason] = r.Name
	}
	return names
}()

var caseStandings = map[moderation.Standing]label{
	moderation.Pending:  {"检测中", "azure"},
	moderation.Visible:  {"其他人可见", "green"},
	moderation.Hidden:   {"其他人看不到", "orange"},
	moderation.Rejected: {"未通过", "red"},
}

var caseVerdicts = map[moderation.Verdict]label{
	moderation.Show:   {"通过", "green"},
	moderation.Hide:   {"隐藏", "orange"},
	moderation.Reject: {"不通过", "red"},
	moderation.Warn:   {"提醒", "yellow"},
}

// caseRemarks are put into the reason by one tap.
var caseRemarks = []string{"含有广告或联系方式", "言语不友善", "内容与任务无关", "泄露了他人隐私", "图片不合适"}

type caseForm struct {
	Verdict string   `form:"verdict"`
	Reason  string   `form:"reason"`
	Version string   `form:"version"`
	Next    string   `form:"next"`
	N       string   `form:"n"`    // ruling to undo
	Seen    []string `form:"case"` // case@version
	Filter  string   `form:"filter"`
}

type moderationView struct {
	Frame
	Hours    hours
	Filter   moderation.Filter
	Query    string // the filter as an address has it
	Kinds    []moderation.Kind
	Rows     []moderation.Row
	Follow   string
	Open     *moderation.View
	Before   string // neighbours of the open case
	Next     string
	Verdict  string // in the form
	Reason   string
	Faults   Faults
	Verdicts []moderation.Verdict
	Remarks  []string
}

const moderationRoot = Root + "/moderation"

// casePath with a case open, or without; query is a filter.
func casePath(id, query string) string {
	path := moderationRoot
	if id != "" {
		path += "/" + id
	}
	if query != "" {
		path += "?" + query
	}
	return path
}

// caseFilter reads a filter; values that mean nothing are left out.
func caseFilter(q url.Values) (moderation.Filter, string) {
	f, kept := moderation.Filter{State: moderation.Open}, url.Values{}
	if moderation.State(q.Get("state")) == moderation.Decided {
		f.State = moderation.Decided
		kept.Set("state", string(f.State))
	}
	if kind := moderation.Kind(q.Get("kind")); slices.Contains(moderation.Kinds, kind) {
		f.Kind = kind
		kept.Set("kind", string(kind))
	}
	if camp := q.Get("camp"); domain.ValidID(camp) {
		f.Camp = camp
		kept.Set("camp", camp)
	}
	return f, kept.Encode()
}

// back is the filter that a form came with.
func (f caseForm) back() string {
	q, err := url.ParseQuery(f.Filter)
	if err != nil {
		return ""
	}
	_, query := caseFilter(q)
	return query
}

func (h *console) showModeration(c echo.Context) error {
	return h.moderation(c, http.StatusOK, c.QueryParams(), caseForm{}, Faults{})
}

func (h *console) moderation(c echo.Context, status int, q url.Values, typed caseForm, wrong Faults) error {
	ctx := c.Request().Context()
	v := &moderationView{
		Frame: Frame{Title: "内容审核", Section: sectionModeration}, Hours: h.hoursOf(homeCalendar), Kinds: moderation.Kinds,
		Verdict: typed.Verdict, Reason: typed.Reason, Faults: wrong, Remarks: caseRemarks,
		Verdicts: []moderation.Verdict{moderation.Show, moderation.Hide, moderation.Reject, moderation.Warn},
	}
	v.Filter, v.Query = caseFilter(q)
	var next domain.Cursor
	var err error
	if v.Rows, next, err = h.Moderation.Queue(ctx, v.Filter, after(c, 30)); err != nil {
		return err
	}
	if next != "" {
		v.Follow = moderationRoot + "?" + strings.TrimPrefix(v.Query+"&", "&") + "after=" + url.QueryEscape(string(next))
	}
	open := c.Param("case")
	if open == "" && len(v.Rows) > 0 {
		open = v.Rows[0].ID
	}
	if open == "" {
		return h.page(c, status, "moderation/desk", v)
	}
	found, err := h.Moderation.View(ctx, open)
	if err != nil {
		return err
	}
	v.Open = &found
	if at := slices.IndexFunc(v.Rows, func(r moderation.Row) bool { return r.ID == open }); at >= 0 {
		if at > 0 {
			v.Before = v.Rows[at-1].ID
		}
		if at+1 < len(v.Rows) {
			v.Next = v.Rows[at+1].ID
		}
	}
	return h.page(c, status, "moderation/desk", v)
}

func (h *console) moderate(c echo.Context) error {
	var f caseForm
	if err := bind(c, &f); err != nil {
		return err
	}
	id := c.Param("case")
	err := h.Moderation.Decide(c.Request().Context(), id, moderation.Verdict(f.Verdict), line(f.Reason), number(f.Version))
	if err == nil {
		next := f.Next
		if !domain.ValidID(next) {
			next = ""
		}
		return h.done(c, casePath(next, f.back()), "已"+caseDone[moderation.Verdict(f.Verdict)])
	}
	wrong, status, err := faults(err, "verdict", "reason")
	if err != nil {
		return err
	}
	q, _ := url.ParseQuery(f.back())
	return h.moderation(c, status, q, f, wrong)
}

var caseDone = map[moderation.Verdict]string{
	moderation.Show: "通过，其他人可以看到", moderation.Hide: "隐藏，作者会看到原因", moderation.Reject: "判为不通过，作者会看到原因",
	moderation.Warn: "提醒作者",
}

func (h *console) moderateMany(c echo.Context) error {
	var f caseForm
	if err := bind(c, &f); err != nil {
		return err
	}
	to := casePath("", f.back())
	var seen []moderation.Seen
	for _, one := range f.Seen {
		id, version, _ := strings.Cut(one, "@")
		if !domain.ValidID(id) {
			return domain.ErrNotFound
		}
		seen = append(seen, moderation.Seen{Case: id, Version: number(version)})
	}
	if len(seen) == 0 {
		return h.refused(c, to, domain.Invalid("case", "请先勾选要处理的内容"))
	}
	done, err := h.Moderation.DecideMany(c.Request().Context(), seen, moderation.Verdict(f.Verdict), line(f.Reason))
	if err != nil && done == 0 {
		return h.refused(c, to, err)
	}
	text := fmt.Sprintf("已处理 %d 条", done)
	if left := len(seen) - done; left > 0 {
		text += fmt.Sprintf("，还有 %d 条刚被改动或处理过，请重新查看", left)
	}
	return h.done(c, to, text)
}

func (h *console) undoModeration(c echo.Context) error {
	var f caseForm
	if err := bind(c, &f); err != nil {
		return err
	}
	to := casePath(c.Param("case"), f.back())
	if err := h.Moderation.Undo(c.Request().Context(), c.Param("case"), number(f.N)); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已撤销，内容恢复到处理之前的样子，等待重新处理")
}

type recordView struct {
	Frame
	Hours  hours
	Case   string
	Rows   []moderation.Row
	Follow string
}

func (h *console) showRecord(c echo.Context) error {
	id := c.Param("case")
	rows, next, err := h.Moderation.Record(c.Request().Context(), id, after(c, 30))
	if err != nil {
		return err
	}
	v := &recordView{
		Frame: Frame{Title: "处理记录", Section: sectionModeration, Crumbs: []Crumb{{"内容审核", casePath(id, "")}}}, Hours: h.hoursOf(homeCalendar),
		Case: id, Rows: rows,
	}
	if next != "" {
		v.Follow = moderationRoot + "/" + id + "/record?after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "moderation/record", v)
}
