package share

import (
	"context"

	"yingdi/domain/camp"
	"yingdi/domain/channel"
)

// maxOffered is how many camps the page of a channel names.
const maxOffered = 12

// offered is a camp on the page of a channel.
type offered struct{ Title, When string }

// offers fills in the page of a channel that leads to all that its organiser offers.
func (h *share) offers(ctx context.Context, v *view) error {
	if v.Scene.Camp != "" {
		return h.camp(ctx, v)
	}
	organiser, camps, err := h.Channels.Offered(ctx, v.Scene)
	if err != nil {
		return err
	}
	o, err := h.Organisers.Names(ctx, []string{organiser})
	if err != nil {
		return err
	}
	v.Template, v.Title, v.Text, v.Action = string(channel.ToChannel), o[organiser], "看看正在报名的训练营", "打开小程序看看"
	if len(camps) == 0 {
		v.Text = "新的训练营正在准备"
	}
	v.Own = offeredOf(camps)
	return nil
}

func offeredOf(camps []camp.Camp) []offered {
	list := make([]offered, 0, maxOffered)
	for _, c := range camps[:min(len(camps), maxOffered)] {
		list = append(list, offered{c.Title, when(c)})
	}
	return list
}
