package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// ErrForged refuses a request that one of our own pages did not make, or made too long ago.
var ErrForged = domain.Refusal(domain.KindForbidden, "forged", "页面已过期，请刷新后再试")

// Where a request carries its token.
const (
	CSRFHeader = "X-CSRF-Token"
	CSRFField  = "csrf"
)

const (
	cookieVisitor = "yingdi_visitor" // of a browser that is not signed in
	visitorLife   = 24 * time.Hour
	csrfKey       = "web.csrf"
)

// CSRF refuses requests that change something unless they come from a page of ours: by what the browser itself says
// of their origin, and by a token that only the holder of the session's cookie can have (before signing in, of a
// visitor's). The token is derived from that cookie, which scripts cannot read, so nothing needs to be stored. It
// stands behind whoever finds the actor.
func CSRF(cookies Cookies) echo.MiddlewareFunc {
	origin := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			secret := cookies.Get(c, cookieVisitor)
			if domain.ActorFrom(c.Request().Context()).Member != "" {
				secret = cookies.Get(c, CookieSession)
			}
			if safe(c.Request().Method) {
				if secret == "" {
					secret = domain.Secret()
					cookies.Set(c, cookieVisitor, secret, visitorLife)
				}
				c.Set(csrfKey, csrfToken(secret))
				return next(c)
			}
			if secret == "" || origin.Check(c.Request()) != nil {
				return ErrForged
			}
			token := csrfToken(secret)
			given := c.Request().Header.Get(CSRFHeader)
			if given == "" {
				given = c.FormValue(CSRFField)
			}
			if !hmac.Equal([]byte(given), []byte(token)) {
				return ErrForged
			}
			c.Set(csrfKey, token)
			return next(c)
		}
	}
}

// CSRFToken returns the token that a page's forms must carry.
func CSRFToken(c echo.Context) string {
	token, _ := c.Get(csrfKey).(string)
	return token
}

func csrfToken(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("yingdi csrf"))
	return hex.EncodeToString(mac.Sum(nil))
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
