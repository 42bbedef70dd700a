package web

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Agreed keeps out those who have not agreed to what require asks for.
func Agreed(require func(context.Context) error) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := require(c.Request().Context()); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// Insiders lets in this machine itself, unless a proxy on it speaks for somebody else, and whoever has the token.
func Insiders(token string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			given, bearer := strings.CutPrefix(r.Header.Get(echo.HeaderAuthorization), "Bearer ")
			host, _, _ := net.SplitHostPort(r.RemoteAddr)
			ip := net.ParseIP(host)
			local := ip != nil && ip.IsLoopback() && r.Header.Get(echo.HeaderXForwardedFor) == "" && r.Header.Get(echo.HeaderXRealIP) == ""
			if local || token != "" && bearer && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1 {
				return next(c)
			}
			return echo.NewHTTPError(http.StatusNotFound)
		}
	}
}
