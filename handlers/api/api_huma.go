package api

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/danielgtaylor/huma/v2/validation"

	"yingdi/domain"
	"yingdi/handlers/web"
)

const (
	missing = "缺少" // begins the message about a field that is not there; the library names it only in that message
	unknown = "不认识的字段"
)

// Huma takes its words and its form of refusals from package variables.
func init() {
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, _ string, causes ...error) huma.StatusError { return problem(status, causes, "") }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, causes ...error) huma.StatusError {
		for i, cause := range causes {
			causes[i] = web.Cut(ctx.Context(), cause)
		}
		p := problem(status, causes, ctx.Operation().OperationID)
		c := humaecho.Unwrap(ctx)
		p.Request = web.RequestID(c)
		web.Note(c, p)
		for name, values := range p.GetHeaders() {
			for _, value := range values {
				ctx.SetHeader(name, value)
			}
		}
		return p
	}
	validation.MsgExpectedRequiredProperty = missing + "%s"
	validation.MsgUnexpectedProperty = unknown
	validation.MsgExpectedString = "应为文字"
	validation.MsgExpectedInteger = "应为整数"
	validation.MsgExpectedNumber = "应为数字"
	validation.MsgExpectedBoolean = "应为 true 或 false"
	validation.MsgExpectedArray = "应为列表"
	validation.MsgExpectedObject = "应为对象"
	validation.MsgExpectedMinLength = "至少 %d 个字"
	validation.MsgExpectedMaxLength = "不能超过 %d 个字"
	validation.MsgExpectedMinItems = "至少 %d 个"
	validation.MsgExpectedMaxItems = "最多 %d 个"
	validation.MsgExpectedMinimumNumber = "不能小于 %.0f"
	validation.MsgExpectedMaximumNumber = "不能大于 %.0f"
	validation.MsgExpectedMatchPattern = "格式不正确%.0s"
	validation.MsgExpectedBePattern = "格式不正确%.0s"
	validation.MsgExpectedOneOf = `应为 "%s" 之一`
	validation.MsgExpectedArrayItemsUnique = "不能重复"
}

// labels are the fields' names as a learner knows them; operation.field is one that means something else there.
var labels = map[string]string{
	"nickname": "昵称", "avatar": "头像", "text": "内容", "media": "素材", "audience": "可见范围", "task": "任务",
	"code": "登录凭证", "refresh_token": "登录凭证", "kind": "文件类别", "content_type": "文件类型", "size": "文件大小",
	"limit": "每页条数", "after": "翻页位置", "camp": "训练营编号", "checkin": "打卡编号", "quiz": "测评编号", "attempt": "作答编号", "answers": "答案", "notice": "消息编号", "scene": "二维码", "token": "邀请",
	"consent": "个人信息说明", "version": "版本", "amount": "金额", "number": "第几张", "offer": "名额", "coupon": "优惠券", "group": "拼团", "assist": "助力",
	"redeem-code.code": "兑换码",
}

const maxFields = 20

// problem puts a refusal by the library, or an error of a handler, into our own form.
func problem(status int, causes []error, operation string) *web.Problem {
	var fields []domain.Field
	for _, cause := range causes {
		var detail *huma.ErrorDetail
		if !errors.As(cause, &detail) {
			return web.NewProblem(cause)
		}
		if len(fields) < maxFields && status != http.StatusBadRequest && status != http.StatusUnsupportedMediaType {
			fields = append(fields, field(detail, operation))
		}
	}
	return web.ProblemWith(status, fields)
}

// field translates one detail. It leaves the value out: it is somebody's.
func field(d *huma.ErrorDetail, operation string) domain.Field {
	_, name, _ := strings.Cut(d.Location, ".")
	message := d.Message
	if absent, ok := strings.CutPrefix(message, missing); ok {
		name, message = strings.TrimPrefix(name+"."+absent, "."), "不能为空"
	}
	if r := []rune(name); len(r) > 64 {
		name = string(r[:64])
	}
	switch {
	case message == unknown:
		return domain.Field{Name: name, Message: unknown + " " + name}
	case strings.HasPrefix(message, "required "), message == "至少 1 个字":
		message = "不能为空"
	case strings.HasPrefix(message, "invalid "):
		message = "格式不正确"
	}
	stem, _, _ := strings.Cut(name, "[")
	return domain.Field{Name: name, Message: cmp.Or(labels[operation+"."+stem], labels[stem], name) + message}
}
