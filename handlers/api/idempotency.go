package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/idempotency"
	"yingdi/handlers/web"
)

const keyHeader = "Idempotency-Key"

var keyParameter = &huma.Param{
	Name: keyHeader, In: "header",
	Description: "Makes repeating the request safe: the same key with the same request gives the first answer again for a day. " +
		"With another request it is refused (idempotency_key_reused), and while the first is under way (request_under_way).",
	Schema: &huma.Schema{Type: "string", MinLength: new(1), MaxLength: new(idempotency.MaxKeyLength), Pattern: "^[0-9A-Za-z_:-]+$"},
}

// remembered answers a repeated POST as it was answered first. The answer is written down before it is given. A key
// belongs to the person; where nobody has signed in, to whoever holds what the body holds.
func remembered(keys *idempotency.Service) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			key := c.Request().Header.Get(keyHeader)
			if key == "" {
				return next(c)
			}
			body, err := io.ReadAll(c.Request().Body)
			if err != nil {
				return err
			}
			c.Request().Body = io.NopCloser(bytes.NewReader(body))
			ctx := c.Request().Context()
			whom := domain.ActorFrom(ctx).Member
			if whom == "" {
				whom = "body " + digest(body)
			}
			request := digest([]byte(c.Request().Method+" "+c.Request().URL.Path+"\n"), body)
			status, first, err := keys.Begin(ctx, whom, key, request)
			switch {
			case err != nil:
				return err
			case status != 0:
				c.Response().Header().Set("Idempotent-Replayed", "true")
				return c.Blob(status, contentType(status), []byte(first))
			}
			c.SetRequest(c.Request().WithContext(domain.WithRequest(ctx, whom+"|"+key+"|"+request)))
			return record(c, next, func(status int, body string) error {
				return keys.Finish(context.WithoutCancel(ctx), whom, key, status, body)
			})
		}
	}
}

// record runs next, has its answer written down, and only then gives it. A panic frees the key on its way.
func record(c echo.Context, next echo.HandlerFunc, finish func(status int, body string) error) (err error) {
	out := c.Response().Writer
	kept := &recorder{ResponseWriter: out}
	c.Response().Writer = kept
	finished := false
	defer func() {
		c.Response().Writer = out
		if !finished {
			_ = finish(0, "")
		}
	}()
	if err := next(c); err != nil {
		return err
	}
	finished = true
	final := kept.status
	if !last(final) {
		final = 0
	}
	if err := finish(final, kept.body.String()); err != nil {
		web.Note(c, err) // what was asked is done, and doing it again does nothing
	}
	out.WriteHeader(kept.status)
	_, err = out.Write(kept.body.Bytes())
	return err
}

// last tells whether an answer stays the same however often the request is repeated. Refusals that time or the person
// can overcome do not.
func last(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests, 499:
		return false
	}
	return status >= 200 && status < 500
}

func contentType(status int) string {
	if status >= 400 {
		return "application/problem+json"
	}
	return "application/json"
}

func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil)[:20])
}

// recorder keeps an answer back.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.body.Write(b)
}
