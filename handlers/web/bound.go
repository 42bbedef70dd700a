package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// Bounds of one request.
const (
	MaxBody     = 1 << 20 // bytes of a form or of JSON; files go straight to storage
	RequestLife = 30 * time.Second
	ProbeLife   = 5 * time.Second
)

// Bounded cuts bodies off at max bytes: those that say so are refused at once, others where they are read.
func Bounded(max int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength > max {
				return domain.ErrTooLarge
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, max)
			return next(c)
		}
	}
}

// Within gives a request so long; what it then still waits for is cancelled, and so is a body that never ends.
func Within(life time.Duration) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ctx, cancel := context.WithTimeout(c.Request().Context(), life)
			defer cancel()
			c.SetRequest(c.Request().WithContext(ctx))
			stop := context.AfterFunc(ctx, func() {
				_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Unix(1, 0)) // long past: reading ends now
			})
			defer stop()
			return Cut(ctx, next(c))
		}
	}
}

// Headers sets what browsers must know. Pages widen the content policy for themselves; without a word of theirs nothing
// can be loaded, framed or sniffed.
func Headers(https bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set(echo.HeaderXContentTypeOptions, "nosniff")
			h.Set(echo.HeaderXFrameOptions, "DENY")
			h.Set(echo.HeaderReferrerPolicy, "same-origin")
			h.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set(echo.HeaderCacheControl, "no-store")
			if https {
				h.Set(echo.HeaderStrictTransportSecurity, "max-age=31536000")
			}
			return next(c)
		}
	}
}

// Cached lets a file be kept: for good if its address names its version (?v=…), else for an hour.
func Cached(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		keep := "public, max-age=3600"
		if strings.HasPrefix(c.QueryString(), "v=") {
			keep = "public, max-age=31536000, immutable"
		}
		c.Response().Header().Set(echo.HeaderCacheControl, keep)
		return next(c)
	}
}
