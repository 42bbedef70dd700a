package wechat

import (
	"context"
	"fmt"
	"regexp"

	"github.com/silenceper/wechat/v2/miniprogram/auth"
	sdk "github.com/silenceper/wechat/v2/miniprogram/context"

	"yingdi/domain/wechat"
)

// The SDK puts a code into an address as it is.
var codePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// Login turns the code of wx.login into who logged in. A code works once, for five minutes: never try one again.
// Returns wechat.ErrBadCode, ErrCodeUsed, ErrTooOften, ErrBlocked.
func (c *Client) Login(ctx context.Context, code string) (wechat.Identity, error) {
	if !codePattern.MatchString(code) {
		return wechat.Identity{}, fmt.Errorf("wechat login: malformed: %w", wechat.ErrBadCode)
	}
	var session auth.ResCode2Session
	err := c.do(ctx, "login", func(ctx context.Context, api *sdk.Context) (err error) {
		session, err = auth.NewAuth(api).Code2SessionContext(ctx, code)
		return err
	})
	if err != nil {
		return wechat.Identity{}, err
	}
	if session.OpenID == "" || session.SessionKey == "" {
		return wechat.Identity{}, fmt.Errorf("wechat login: nobody in the answer: %w", wechat.ErrUnreachable)
	}
	return wechat.Identity{OpenID: session.OpenID, UnionID: session.UnionID, SessionKey: session.SessionKey}, nil
}

var phonePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// Phone turns the code of the phone number button into the number in E.164, such as +8613800138000. The code
// works once, for five minutes. Returns wechat.ErrBadCode.
func (c *Client) Phone(ctx context.Context, code string) (string, error) {
	if !codePattern.MatchString(code) {
		return "", fmt.Errorf("wechat phone: malformed: %w", wechat.ErrBadCode)
	}
	var info auth.PhoneInfo
	err := c.do(ctx, "phone", func(ctx context.Context, api *sdk.Context) error {
		answer, err := auth.NewAuth(api).GetPhoneNumberContext(ctx, code)
		if err == nil {
			info = answer.PhoneInfo
		}
		return err
	})
	if err != nil {
		return "", err
	}
	number := "+" + info.CountryCode + info.PurePhoneNumber
	if info.WaterMark.AppID != c.config.AppID || !phonePattern.MatchString(number) {
		return "", fmt.Errorf("wechat phone: no number of this mini-program in the answer: %w", wechat.ErrUnreachable)
	}
	return number, nil
}
