package share

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
)

// groupView is a group as its page shows it.
type groupView struct {
	groupbuy.View
	Now      string // how it stands, in a few words
	Until    string
	In, Free []string // a letter for each who has paid, and nothing for each who is missing
	More     int      // seats beyond those
	Regular  domain.Fen
}

// shownSeats is for how many seats of a group there is room.
const shownSeats = 12

// group fills in the page of a group-buy's group.
func (h *share) group(ctx context.Context, v *view) error {
	if err := h.about(ctx, v); err != nil {
		return err
	}
	g, err := h.Groupbuys.Look(ctx, v.Scene.Ref)
	if err != nil {
		return err
	}
	own := &groupView{View: g}
	for i, card := range g.In {
		if i < shownSeats {
			own.In = append(own.In, initial(card.Nickname))
		}
	}
	own.Free = make([]string, min(g.Missing, shownSeats-len(own.In)))
	own.More = len(g.In) + g.Missing - len(own.In) - len(own.Free)
	list, err := h.Products.Of(ctx, g.Camp)
	if err != nil {
		return err
	}
	if o, err := list.Offer(g.Offer); err == nil {
		own.Regular = o.Price
	}
	v.Own, v.Action = own, "打开小程序参团"
	switch {
	case g.Joinable:
		own.Now, own.Until = fmt.Sprintf("还差 %d 人成团", g.Missing), remaining(g.ExpiresAt.Sub(h.Clock.Now()))
	case g.State == groupbuy.Succeeded:
		own.Now, v.Action = "这个团已经成团", "打开小程序看看"
	case g.State == groupbuy.Failed:
		own.Now, v.Action = "这个团没有成团", "打开小程序看看"
	default:
		own.Now, v.Action = "这个团现在不能参加", "打开小程序看看"
	}
	v.Title = own.Now + "：" + v.Camp.Title
	v.Text = fmt.Sprintf("%d 人成团，每人 %s。%s", g.Size, g.Price, v.Camp.When)
	return nil
}

// remaining says how long there is left.
func remaining(left time.Duration) string {
	switch hours, minutes := int(left/time.Hour), int(left/time.Minute)%60; {
	case hours >= 24:
		return fmt.Sprintf("还剩 %d 天 %d 小时", hours/24, hours%24)
	case hours > 0:
		return fmt.Sprintf("还剩 %d 小时 %d 分钟", hours, minutes)
	default:
		return fmt.Sprintf("还剩 %d 分钟", minutes)
	}
}
