package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

const requestKey = "yingdi.request"

// RequestID names the request in the logs; clients see it in X-Request-Id and in problems.
func RequestID(c echo.Context) string {
	id, _ := c.Get(requestKey).(string)
	return id
}

// Observe stands around everything: it names the request, answers its error, catches its panic, counts it, times it, and
// writes its one log line. Errors are logged here and nowhere else. A line never holds an address, a query, a header or
// a body.
func Observe(log *slog.Logger, ids domain.IDs, metrics *Metrics) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Set(requestKey, ids.New())
			c.Response().Header().Set(echo.HeaderXRequestID, RequestID(c))
			done := metrics.start(c)
			if err := caught(next, c); err != nil {
				c.Error(err)
			}
			took := done()

			status := c.Response().Status
			attrs := []slog.Attr{
				slog.String("request", RequestID(c)), slog.String("method", verb(c)), slog.String("route", Route(c)),
				slog.Int("status", status), slog.Duration("took", took),
			}
			err := noted(c)
			if err != nil {
				attrs = append(attrs, slog.String("error", err.Error()))
			}
			var fell *panicError
			if errors.As(err, &fell) {
				attrs = append(attrs, slog.String("stack", fell.stack))
			}
			log.LogAttrs(c.Request().Context(), level(c, status, err), "request", attrs...)
			return nil
		}
	}
}

// level: our own faults are errors, however far the answer had got; refusals and probes are routine.
func level(c echo.Context, status int, err error) slog.Level {
	switch {
	case status >= http.StatusInternalServerError, err != nil && NewProblem(err).Status >= http.StatusInternalServerError:
		return slog.LevelError
	case strings.HasPrefix(c.Path(), "/healthz"), strings.HasPrefix(c.Path(), "/readyz"), c.Path() == "/metrics":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// panicError is a panic on its way to the log.
type panicError struct {
	value string
	stack string
}

func (e *panicError) Error() string { return "panic: " + e.value }

func caught(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if thrown, ok := v.(error); ok && errors.Is(thrown, http.ErrAbortHandler) {
				panic(v)
			}
			err = &panicError{fmt.Sprint(v), string(debug.Stack())}
		}
	}()
	return next(c)
}
