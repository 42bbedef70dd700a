package wechat

import (
	"context"

	sdk "github.com/silenceper/wechat/v2/miniprogram/context"
	"github.com/silenceper/wechat/v2/miniprogram/subscribe"

	"yingdi/domain/wechat"
)

var stateOfVersion = map[string]string{"release": "formal", "trial": "trial", "develop": "developer"}

// Send delivers a subscribe message and uses up one consent. Returns wechat.ErrNoConsent, ErrBadMessage (which
// uses up nothing), ErrBadTemplate, ErrUnknown. After ErrUnreachable the message may have arrived all the same.
func (c *Client) Send(ctx context.Context, m wechat.Message) error {
	data := make(map[string]*subscribe.DataItem, len(m.Values))
	for keyword, value := range m.Values {
		data[keyword] = &subscribe.DataItem{Value: value}
	}
	return c.do(ctx, "send", func(_ context.Context, api *sdk.Context) error {
		return subscribe.NewSubscribe(api).Send(&subscribe.Message{
			ToUser: m.OpenID, TemplateID: m.Template, Page: m.Page, Data: data,
			MiniprogramState: stateOfVersion[c.version], Lang: "zh_CN",
		})
	})
}
