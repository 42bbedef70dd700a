package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/session"
	"yingdi/handlers/web"
)

// headers widens the content policy just as far as pages need it.
func (h *console) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		header.Set(echo.HeaderContentSecurityPolicy, h.csp)
		header.Set(echo.HeaderCacheControl, "no-store")
		return next(c)
	}
}

// checkIDs turns away addresses that no id of ours can be in.
func checkIDs(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		for i, name := range c.ParamNames() {
			if name != "*" && !domain.ValidID(c.ParamValues()[i]) {
				return domain.ErrNotFound
			}
		}
		return next(c)
	}
}

// authenticate finds who holds the cookie. One that opens nothing any more is dropped, and nobody acts.
func (h *console) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		cookie := h.cookies.Get(c, web.CookieSession)
		if cookie == "" {
			return next(c)
		}
		actor, err := h.Sessions.AuthenticateConsole(c.Request().Context(), cookie)
		var refusal *domain.Error
		switch {
		case errors.Is(err, session.ErrExpired):
			h.cookies.Drop(c, web.CookieSession)
		case errors.As(err, &refusal) && refusal.Kind == domain.KindForbidden: // blocked meanwhile
			h.cookies.Drop(c, web.CookieSession)
			return err
		case err != nil:
			return err
		default:
			web.SetActor(c, actor)
		}
		return next(c)
	}
}

// staffOnly sends whoever is not signed in to do so, and back to where they wanted to go.
func staffOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		actor := domain.ActorFrom(c.Request().Context())
		if actor.Member != "" {
			if err := actor.Must(domain.RightConsole, domain.Place{}); err != nil {
				return session.ErrNotStaff
			}
			return next(c)
		}
		if strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON) {
			return session.ErrExpired
		}
		to := Root + "/signin"
		if c.Request().Method == http.MethodGet && c.Request().URL.Path != Root {
			to += "?next=" + url.QueryEscape(c.Request().URL.RequestURI())
		}
		return redirect(c, to)
	}
}

// hold limits how often one person, or one address, does things.
func (h *console) hold(next echo.HandlerFunc) echo.HandlerFunc {
	read := web.Hold(h.Limiter, h.Log, h.limits.Read)(next)
	write := web.Hold(h.Limiter, h.Log, h.limits.Write)(next)
	return func(c echo.Context) error {
		if c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead {
			return read(c)
		}
		return write(c)
	}
}

// need guards what has no use case of its own to do it.
func need(right domain.Right) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := domain.ActorFrom(c.Request().Context()).Must(right, domain.Place{}); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// redirect goes on to another page; the browser asks for it with GET, whatever it did before.
func redirect(c echo.Context, to string) error {
	if c.Request().Header.Get("HX-Request") != "" && c.Request().Header.Get("HX-Boosted") == "" {
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusOK)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// done says so on the next page.
func (h *console) done(c echo.Context, to, text string) error {
	h.cookies.SetFlash(c, web.Flash{Kind: web.FlashDone, Text: text})
	return redirect(c, to)
}

// refused shows why something cannot be done now on the page that it was tried from; whatever else went wrong gets a
// page of its own.
func (h *console) refused(c echo.Context, to string, err error) error {
	var refusal *domain.Error
	if !errors.As(err, &refusal) || (refusal.Kind != domain.KindConflict && refusal.Kind != domain.KindInvalid) {
		return err
	}
	h.cookies.SetFlash(c, web.Flash{Kind: web.FlashRefused, Text: refusal.Message})
	return redirect(c, to)
}
