package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/handlers/web"
)

// Frame is what every page has around it. A page's view embeds it and says Title, Section and Crumbs; the rest is
// filled in when it is sent.
type Frame struct {
	Title       string
	Section     string  // of the navigation
	Crumbs      []Crumb // the way here, without the page itself
	Bare        bool    // nobody is signed in: no navigation
	CSRF        string
	Flash       *web.Flash
	Me          member.Card
	MayOrganise bool
	MayOperate  bool
	MayDesk     bool // review, in any camp
	MayModerate bool
	MayCampaign bool
	MayMoney    bool // of any organiser
	Matters     int  // about money that wait for a person
}

// Crumb is one step of the way to a page.
type Crumb struct{ Name, Path string }

// The sections of the navigation.
const (
	sectionHome       = "home"
	sectionCamps      = "camps"
	sectionOrganisers = "organisers"
	sectionModeration = "moderation"
	sectionReviews    = "reviews"
	sectionCampaigns  = "campaigns"
	sectionMoney      = "money"
	sectionPrivacy    = "privacy"
	sectionJobs       = "jobs"
)

type view interface{ framed() *Frame }

func (f *Frame) framed() *Frame { return f }

// page sends a page with its frame filled in.
func (h *console) page(c echo.Context, status int, name string, v view) error {
	if err := h.fill(c, v.framed()); err != nil {
		return err
	}
	return h.pages.Send(c, status, name, "", v)
}

func (h *console) fill(c echo.Context, f *Frame) error {
	ctx := c.Request().Context()
	actor := domain.ActorFrom(ctx)
	f.CSRF, f.Flash = web.CSRFToken(c), h.cookies.TakeFlash(c)
	if f.Bare = actor.Member == ""; f.Bare {
		return nil
	}
	me, err := h.Members.Me(ctx)
	if err != nil {
		return err
	}
	f.Me = me.Card()
	f.MayOrganise = actor.Has(domain.RightStaff, domain.Place{})
	f.MayModerate = actor.Has(domain.RightModerate, domain.Place{})
	f.MayCampaign = actor.Has(domain.RightCampaign, domain.Place{})
	f.MayDesk = actor.Has(domain.RightReview, domain.Place{})
	if f.MayMoney = actor.Has(domain.RightMoney, domain.Place{}); f.MayMoney {
		if f.Matters, err = h.Ledger.Count(ctx); err != nil { // a page about something else goes on without
			h.Log.WarnContext(ctx, "counting what waits about money", "err", err)
		}
	}
	f.MayOperate = actor.Has(domain.RightOperate, domain.Place{})
	return nil
}

// errorView is the page that takes the place of one that could not be made.
type errorView struct {
	Frame
	Status  int
	Message string
	Hint    string
	Request string
}

var hints = map[int]string{
	http.StatusForbidden:           "如果你认为应该可以，请联系机构负责人为你开通权限。",
	http.StatusNotFound:            "链接可能不完整，或者内容已经删除。",
	http.StatusTooManyRequests:     "稍等一会儿再试就好。",
	http.StatusServiceUnavailable:  "稍等一会儿，刷新页面再试。",
	http.StatusInternalServerError: "我们已经记录了这个错误。请稍后再试，或把下面的编号告诉管理员。",
}

// answer turns errors into pages, or into problems where a script asked.
func (h *console) answer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		defer func() {
			if fell := recover(); fell != nil {
				if err, _ := fell.(error); !c.Response().Committed && !errors.Is(err, http.ErrAbortHandler) {
					_ = h.apologise(c, web.ErrInternal)
				}
				panic(fell) // whoever logs wants to see it, too
			}
		}()
		err := next(c)
		if err == nil || c.Response().Committed || strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON) {
			return err
		}
		web.Note(c, err)
		return h.apologise(c, err)
	}
}

func (h *console) apologise(c echo.Context, err error) error {
	problem := web.NewProblem(err)
	for name, values := range problem.GetHeaders() {
		if name != echo.HeaderWWWAuthenticate {
			c.Response().Header()[name] = values
		}
	}
	v := &errorView{
		Frame: Frame{Title: problem.Title}, Status: problem.Status, Message: problem.Detail, Hint: hints[problem.Status],
		Request: web.RequestID(c),
	}
	if failed := h.page(c, problem.Status, "console/error", v); failed != nil {
		// Not even the frame can be filled: the page without it.
		v.Frame = Frame{Title: problem.Title, Bare: true}
		return errors.Join(err, failed, h.pages.Send(c, problem.Status, "console/error", "", v))
	}
	return nil
}
