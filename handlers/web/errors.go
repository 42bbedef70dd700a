package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// answers is the one table from the kind of a refusal to its HTTP status, with a title that never changes.
var answers = map[domain.Kind]struct {
	status int
	title  string
}{
	domain.KindInvalid:         {http.StatusUnprocessableEntity, "内容有误"},
	domain.KindUnauthenticated: {http.StatusUnauthorized, "需要登录"},
	domain.KindForbidden:       {http.StatusForbidden, "没有权限"},
	domain.KindNotFound:        {http.StatusNotFound, "没有找到"},
	domain.KindConflict:        {http.StatusConflict, "现在不能这样做"},
	domain.KindTooMany:         {http.StatusTooManyRequests, "操作太频繁"},
	domain.KindTooLarge:        {http.StatusRequestEntityTooLarge, "内容太大"},
	domain.KindUnavailable:     {http.StatusServiceUnavailable, "服务暂时不可用"},
	kindMalformed:              {http.StatusBadRequest, "请求格式不正确"},
	kindMediaType:              {http.StatusUnsupportedMediaType, "请求格式不正确"},
	kindMethod:                 {http.StatusMethodNotAllowed, "请求方法不支持"},
	kindSlow:                   {http.StatusRequestTimeout, "请求超时"},
	kindGone:                   {statusClientGone, "请求已取消"},
	kindInternal:               {http.StatusInternalServerError, "服务器出错了"},
}

// Kinds that only HTTP knows.
const (
	kindMalformed domain.Kind = 100 + iota
	kindMediaType
	kindMethod
	kindSlow
	kindGone
	kindInternal

	statusClientGone = 499 // nobody is there to read it; it tells our own log and metrics
)

// The refusals of the edge itself.
var (
	ErrMalformed = domain.Refusal(kindMalformed, "malformed", "请求内容无法识别")
	ErrMediaType = domain.Refusal(kindMediaType, "unsupported_media_type", "请求内容应为 application/json")
	ErrMethod    = domain.Refusal(kindMethod, "method_not_allowed", "这个地址不支持这种请求方法")
	ErrSlow      = domain.Refusal(kindSlow, "request_timeout", "请求传输太慢，请重试")
	ErrTimeout   = domain.Refusal(domain.KindUnavailable, "timeout", "处理超时，请稍后再试")
	ErrGone      = domain.Refusal(kindGone, "client_gone", "请求已取消")
	ErrInternal  = domain.Refusal(kindInternal, "internal", "服务器出错了，请稍后再试")
)

// Problem is the body of every refusal (RFC 9457): a stable code for programs, Chinese words for people.
type Problem struct {
	Type    string         `json:"type" doc:"Always about:blank; the code tells what happened" example:"about:blank"`
	Title   string         `json:"title" doc:"What sort of refusal this is, in Chinese" example:"内容有误"`
	Status  int            `json:"status" doc:"HTTP status" example:"422"`
	Code    string         `json:"code" doc:"Stable and meant for programs" example:"invalid"`
	Detail  string         `json:"detail" doc:"What a person can be shown, in Chinese" example:"打卡内容不能超过 3000 个字"`
	Errors  []FieldProblem `json:"errors,omitempty" doc:"The inputs at fault"`
	Request string         `json:"request_id,omitempty" doc:"Names the request in our logs"`

	retry time.Duration
	cause error
}

// FieldProblem is one input that was refused.
type FieldProblem struct {
	Field   string `json:"field" doc:"Its name in the request" example:"text"`
	Message string `json:"message" doc:"What is wrong with it, in Chinese"`
}

// Error says what happened without anything that a person wrote.
func (p *Problem) Error() string { return p.cause.Error() }

// Unwrap returns the error that the problem was made from.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus is asked by the router of typed operations.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is asked by the router of typed operations.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders is asked by the router of typed operations.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(p.retry.Seconds()))))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	return h
}

// NewProblem says how an error is answered. Whatever is no refusal is our own fault, and the answer tells nothing of it.
func NewProblem(err error) *Problem {
	var done *Problem
	if errors.As(err, &done) {
		return done
	}
	refusal := refusalOf(err)
	answer := answers[refusal.Kind]
	p := &Problem{
		Type: "about:blank", Title: answer.title, Status: answer.status, Code: refusal.Code, Detail: refusal.Message, cause: err,
	}
	for _, f := range refusal.Fields {
		p.Errors = append(p.Errors, FieldProblem{f.Name, f.Message})
	}
	var later *retryError
	switch {
	case errors.As(err, &later):
		p.retry = later.after
	case refusal.Kind == domain.KindUnavailable:
		p.retry = 5 * time.Second
	}
	return p
}

func refusalOf(err error) *domain.Error {
	var refusal *domain.Error
	var tooLarge *http.MaxBytesError
	var routing *echo.HTTPError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.As(err, &tooLarge):
		return domain.ErrTooLarge
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout
	case errors.Is(err, context.Canceled):
		return ErrGone
	case errors.As(err, &routing):
		return refusalWith(routing.Code)
	}
	return ErrInternal
}

// refusalWith is for refusals of which only the status is known.
func refusalWith(status int) *domain.Error {
	for _, refusal := range []*domain.Error{
		ErrMalformed, ErrMediaType, ErrMethod, ErrSlow, domain.ErrUnauthenticated, domain.ErrForbidden, domain.ErrNotFound,
		domain.ErrConflict, domain.ErrTooLarge, domain.ErrTooMany, domain.ErrUnavailable, domain.ErrInvalid,
	} {
		if answers[refusal.Kind].status == status {
			return refusal
		}
	}
	if status >= 400 && status < 500 {
		return ErrMalformed
	}
	return ErrInternal
}

// ProblemWith makes a problem of a status and the inputs at fault, for libraries that refuse by themselves. The names
// of the inputs may be a stranger's own words, so they do not reach the log.
func ProblemWith(status int, fields []domain.Field) *Problem {
	refusal := refusalWith(status)
	p := NewProblem(refusal)
	for i, f := range fields {
		if i == 0 {
			p.Detail = f.Message
		}
		p.Errors = append(p.Errors, FieldProblem{f.Name, f.Message})
	}
	return p
}

// Cut sees to it that what failed only because the request's time was over, or its client gone, counts as that.
func Cut(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && err != nil && refusalOf(err) == ErrInternal {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// retryError tells when to try again.
type retryError struct {
	error
	after time.Duration
}

func (e *retryError) Unwrap() error { return e.error }

const noteKey = "yingdi.error"

// Note leaves err for the request's one log line; for those who answer it themselves.
func Note(c echo.Context, err error) { c.Set(noteKey, err) }

func noted(c echo.Context) error {
	err, _ := c.Get(noteKey).(error)
	return err
}

// HandleError answers an error as a problem, unless something was answered already. It is echo's error handler.
func HandleError(err error, c echo.Context) {
	Note(c, err)
	if c.Response().Committed {
		return
	}
	p := *NewProblem(err)
	p.Request = RequestID(c)
	for name, values := range p.GetHeaders() {
		c.Response().Header()[name] = values
	}
	if c.Request().Method == http.MethodHead {
		c.Response().WriteHeader(p.Status)
		return
	}
	body, _ := json.Marshal(p)
	if err := c.Blob(p.Status, p.ContentType(""), append(body, '\n')); err != nil {
		Note(c, errors.Join(p.cause, err))
	}
}
