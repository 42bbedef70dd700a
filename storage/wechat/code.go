package wechat

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	sdk "github.com/silenceper/wechat/v2/miniprogram/context"
	"github.com/silenceper/wechat/v2/miniprogram/qrcode"
	"github.com/silenceper/wechat/v2/miniprogram/urllink"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

// Both from the page of getUnlimitedQRCode.
var (
	scenePattern = regexp.MustCompile("^[0-9A-Za-z!#$&'()*+,/:;=?@\\-._~]{1,32}$")
	pagePattern  = regexp.MustCompile(`^[0-9A-Za-z_\-]+(/[0-9A-Za-z_\-]+)*$`)
)

// QR makes a mini-program code as a JPEG. scene comes back to the page that the code opens: 1–32 characters of
// WeChat's alphabet, or domain.ErrInvalid. page has no leading slash; empty is the first page. Codes are without
// limit in number, but at most 5000 a minute: keep what you made.
func (c *Client) QR(ctx context.Context, scene, page string) ([]byte, error) {
	if !scenePattern.MatchString(scene) {
		return nil, domain.Invalid("scene", "场景值应为 1–32 个微信允许的字符")
	}
	if page != "" && !pagePattern.MatchString(page) {
		return nil, domain.Invalid("page", "页面路径不正确，前面不能有斜杠，也不能带参数")
	}
	var picture []byte
	notYetReleased := false
	err := c.do(ctx, "code", func(_ context.Context, api *sdk.Context) (err error) {
		picture, err = qrcode.NewQRCode(api).GetWXACodeUnlimit(qrcode.QRCoder{
			Scene: scene, Page: page, CheckPath: &notYetReleased, EnvVersion: c.version,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(picture, []byte{0xff, 0xd8, 0xff}) {
		return nil, fmt.Errorf("wechat code: no JPEG in the answer: %w", wechat.ErrUnreachable)
	}
	return picture, nil
}

const (
	linkDays = 30 // the most that WeChat allows
	maxQuery = 1024
)

// Link makes an https address that opens the mini-program from outside WeChat, for 30 days. path has no leading
// slash and no query; query is at most 1024 characters.
func (c *Client) Link(ctx context.Context, path, query string) (string, error) {
	if path != "" && !pagePattern.MatchString(path) {
		return "", domain.Invalid("path", "页面路径不正确，前面不能有斜杠，也不能带参数")
	}
	if len(query) > maxQuery {
		return "", domain.Invalid("query", fmt.Sprintf("参数不能超过 %d 个字符", maxQuery))
	}
	var link string
	err := c.do(ctx, "link", func(_ context.Context, api *sdk.Context) (err error) {
		link, err = urllink.NewURLLink(api).Generate(&urllink.ULParams{
			Path: path, Query: query, EnvVersion: c.version,
			IsExpire: true, ExpireType: urllink.ExpireTypeInterval, ExpireInterval: linkDays,
		})
		return err
	})
	if err == nil && !strings.HasPrefix(link, "https://") {
		err = fmt.Errorf("wechat link: no address in the answer: %w", wechat.ErrUnreachable)
	}
	return link, err
}
