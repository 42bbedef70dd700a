package domain

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what sort of refusal an Error is. The one table in handlers/web maps it to an HTTP status.
type Kind int

// The kinds.
const (
	KindInvalid         Kind = iota + 1 // the input breaks a stated rule
	KindUnauthenticated                 // nobody is signed in
	KindForbidden                       // signed in, but not allowed
	KindNotFound                        // no such thing, or not visible to this person
	KindConflict                        // the thing is not in a state that allows this
	KindTooMany                         // a rate limit
	KindTooLarge                        // a body or a file over its limit
	KindUnavailable                     // something outside this process does not answer; try again
)

// Error is what every rule and use case returns when it refuses. Code is stable and meant for programs,
// Message is Chinese and fit for a learner, Fields names the inputs at fault.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Fields  []Field
}

// Field is one input that was refused, by its name in the request.
type Field struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Code
	}
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = f.Name
	}
	return e.Code + " (" + strings.Join(names, ", ") + ")"
}

// Is makes two errors of the same code equal for errors.Is, whatever fields they carry.
func (e *Error) Is(target error) bool {
	var other *Error
	return errors.As(target, &other) && other.Code == e.Code
}

// Refusal declares a sentinel error. Wrap it with %w and the ids involved.
func Refusal(kind Kind, code, message string) *Error {
	return &Error{Kind: kind, Code: code, Message: message}
}

// On returns the refusal as one of the named input.
func (e *Error) On(field string) *Error {
	named := *e
	named.Fields = []Field{{field, e.Message}}
	return &named
}

// The refusals that every feature shares.
var (
	ErrInvalid         = Refusal(KindInvalid, "invalid", "填写的内容有误，请检查")
	ErrUnauthenticated = Refusal(KindUnauthenticated, "unauthenticated", "请先登录")
	ErrForbidden       = Refusal(KindForbidden, "forbidden", "你没有权限这样做")
	ErrNotFound        = Refusal(KindNotFound, "not_found", "没有找到相关内容")
	ErrExists          = Refusal(KindConflict, "exists", "已经存在")
	ErrConflict        = Refusal(KindConflict, "conflict", "内容刚被修改过，请刷新后再试")
	ErrExhausted       = Refusal(KindConflict, "exhausted", "已经没有名额了")
	ErrTooMany         = Refusal(KindTooMany, "too_many_requests", "操作太频繁，请稍后再试")
	ErrTooLarge        = Refusal(KindTooLarge, "too_large", "内容太大")
	ErrUnavailable     = Refusal(KindUnavailable, "unavailable", "服务暂时不可用，请稍后再试")
)

// Invalid refuses one named input.
func Invalid(field, message string) error {
	return &Error{Kind: KindInvalid, Code: ErrInvalid.Code, Message: message, Fields: []Field{{field, message}}}
}

// Check collects everything that is wrong with an input, so that a person can mend it in one go.
type Check struct{ fields []Field }

// That refuses field with message unless ok.
func (c *Check) That(ok bool, field, message string) {
	if !ok {
		c.fields = append(c.fields, Field{field, message})
	}
}

// Text bounds a text in characters, not bytes, and refuses what is not text: broken UTF-8 and control
// characters other than line breaks and tabs. label is the Chinese name that the message uses.
func (c *Check) Text(field, label, value string, min, max int) {
	n := utf8.RuneCountInString(value)
	switch {
	case !utf8.ValidString(value) || strings.ContainsFunc(value, notText):
		c.That(false, field, label+"含有无法识别的字符")
	case n > max:
		c.That(false, field, fmt.Sprintf("%s不能超过 %d 个字", label, max))
	case min > 0 && strings.TrimSpace(value) == "":
		c.That(false, field, label+"不能为空")
	case n < min:
		c.That(false, field, fmt.Sprintf("%s至少 %d 个字", label, min))
	}
}

// Line is Text on one line.
func (c *Check) Line(field, label, value string, min, max int) {
	before := len(c.fields)
	c.Text(field, label, value, min, max)
	if len(c.fields) == before {
		c.That(!strings.ContainsAny(value, "\r\n\t"), field, label+"不能换行")
	}
}

// Range bounds a whole number.
func (c *Check) Range(field, label string, value, min, max int) {
	c.That(min <= value && value <= max, field, fmt.Sprintf("%s应在 %d 到 %d 之间", label, min, max))
}

// Err is nil when nothing was refused.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: KindInvalid, Code: ErrInvalid.Code, Message: c.fields[0].Message, Fields: c.fields}
}

func notText(r rune) bool {
	return r == utf8.RuneError || r == '\u2028' || r == '\u2029' || (unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t')
}
