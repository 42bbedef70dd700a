package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/moderation"
)

type hiddenView struct {
	Frame
	Hours  hours
	Filter moderation.Filter
	Query  string // the filter as an address has it
	Kinds  []moderation.Kind
	Rows   []moderation.Veiled
	Follow string
}

const hiddenRoot = moderationRoot + "/hidden"

// hiddenFilter reads a filter; values that mean nothing are left out.
func hiddenFilter(q url.Values) (moderation.Filter, string) {
	f, kept := moderation.Filter{Kind: moderation.Checkin}, url.Values{}
	if q.Get("kind") == string(moderation.Comment) {
		f.Kind = moderation.Comment
		kept.Set("kind", string(f.Kind))
	}
	if camp := q.Get("camp"); domain.ValidID(camp) {
		f.Camp = camp
		kept.Set("camp", camp)
	}
	return f, kept.Encode()
}

func hiddenPath(query string) string { return strings.TrimSuffix(hiddenRoot+"?"+query, "?") }

func (h *console) showHidden(c echo.Context) error {
	v := &hiddenView{
		Frame: Frame{Title: "隐藏的内容", Section: sectionModeration, Crumbs: []Crumb{{"内容审核", moderationRoot}}},
		Hours: h.hoursOf(homeCalendar), Kinds: moderation.HiddenKinds,
	}
	v.Filter, v.Query = hiddenFilter(c.QueryParams())
	var next domain.Cursor
	var err error
	if v.Rows, next, err = h.Moderation.Hidden(c.Request().Context(), v.Filter, after(c, 30)); err != nil {
		return err
	}
	if next != "" {
		v.Follow = hiddenRoot + "?" + strings.TrimPrefix(v.Query+"&", "&") + "after=" + url.QueryEscape(string(next))
	}
	return h.page(c, http.StatusOK, "moderation/hidden", v)
}

// unhide lets others see something again, and goes back to the list: the ruling that hides it is undone, or else a new one
// stands against the check.
func (h *console) unhide(c echo.Context) error {
	var f caseForm
	if err := bind(c, &f); err != nil {
		return err
	}
	q, _ := url.ParseQuery(f.Filter) // what cannot be read filters nothing
	_, query := hiddenFilter(q)
	id, text := c.Param("case"), "已恢复显示，其他人可以看到"
	var err error
	if n := number(f.N); n > 0 {
		err, text = h.Moderation.Undo(c.Request().Context(), id, n), "已撤销，内容恢复到处理之前的样子，等待重新处理"
	} else {
		err = h.Moderation.Decide(c.Request().Context(), id, moderation.Show, "", number(f.Version))
	}
	if err != nil {
		return h.refused(c, hiddenPath(query), err)
	}
	return h.done(c, hiddenPath(query), text)
}
