package wechat

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	sdk "github.com/silenceper/wechat/v2/miniprogram/context"
	"github.com/silenceper/wechat/v2/miniprogram/security"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

const maxText = 2500 // characters, from the page of msgSecCheck

// WeChat's number for what people write about their day: neither a profile, a comment nor a forum.
const sceneSocialLog = 4

// CheckText asks WeChat about a text by this person, of at most 2500 characters; blank text passes unasked. The
// person must have been in the mini-program within two hours: otherwise wechat.ErrInactive.
func (c *Client) CheckText(ctx context.Context, openID, text string) (wechat.Verdict, error) {
	if strings.TrimSpace(text) == "" {
		return wechat.Verdict{Suggest: wechat.Pass, Label: 100}, nil
	}
	if utf8.RuneCountInString(text) > maxText {
		return wechat.Verdict{}, domain.Invalid("text", fmt.Sprintf("文字不能超过 %d 个字", maxText))
	}
	var answer security.MsgCheckResponse
	err := c.do(ctx, "text check", func(ctx context.Context, api *sdk.Context) (err error) {
		answer, err = security.NewSecurity(api).MsgCheckContext(ctx, &security.MsgCheckRequest{
			OpenID: openID, Scene: sceneSocialLog, Content: text,
		})
		return err
	})
	if err != nil {
		return wechat.Verdict{}, err
	}
	return verdict(string(answer.Result.Suggest), int(answer.Result.Label)), nil
}

// CheckMedia asks WeChat to look at the picture or recording at url (at most 10 MB, reachable from outside). The
// verdict comes within 30 minutes as a push with the same trace, or never. Returns wechat.ErrInactive.
func (c *Client) CheckMedia(ctx context.Context, openID, url string, kind wechat.MediaKind) (trace string, err error) {
	if kind != wechat.Audio && kind != wechat.Image {
		return "", domain.Invalid("kind", "只能检查图片和录音")
	}
	err = c.do(ctx, "media check", func(ctx context.Context, api *sdk.Context) (err error) {
		trace, err = security.NewSecurity(api).MediaCheckAsyncContext(ctx, &security.MediaCheckAsyncRequest{
			OpenID: openID, Scene: sceneSocialLog, MediaURL: url, MediaType: uint8(kind),
		})
		return err
	})
	if err == nil && trace == "" {
		err = fmt.Errorf("wechat media check: no trace in the answer: %w", wechat.ErrUnreachable)
	}
	return trace, err
}

// verdict sends whatever WeChat may come to say beyond pass and risky to a human: a check fails closed.
func verdict(suggest string, label int) wechat.Verdict {
	v := wechat.Verdict{Suggest: wechat.Suggestion(suggest), Label: label}
	if v.Suggest != wechat.Pass && v.Suggest != wechat.Risky {
		v.Suggest = wechat.Review
	}
	return v
}
