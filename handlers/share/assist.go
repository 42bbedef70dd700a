package share

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/assist"
)

// assistView is an assist as its page shows it: how far the price is down, and never who will take off how much.
type assistView struct {
	assist.View
	Now, Until string     // how it stands, in a few words, and how long there is left
	Left       domain.Fen // still to be taken off
	Whole      domain.Fen // to be taken off by all together
	Did        []string   // a letter for each who has helped
	Free       []struct{} // for each who is missing
	More       int        // seats for friends beyond those
}

// assist fills in the page on which a friend learns whom and how to help. What counts is that they help; nothing on it
// asks to share, or promises anything for it.
func (h *share) assist(ctx context.Context, v *view) error {
	if err := h.about(ctx, v); err != nil {
		return err
	}
	a, err := h.Assists.Look(ctx, v.Scene.Ref)
	if err != nil {
		return err
	}
	own := &assistView{View: a, Now: a.Says(), Left: a.Price() - a.Terms.Floor, Whole: a.Start - a.Terms.Floor}
	for _, help := range a.Helps[:min(len(a.Helps), shownSeats)] {
		own.Did = append(own.Did, initial(a.People[help.Member].Nickname))
	}
	own.Free = make([]struct{}, min(a.Missing(), shownSeats-len(own.Did)))
	own.More = a.Terms.Helpers - len(own.Did) - len(own.Free)
	v.Own, v.Action = own, "打开小程序看看"
	switch {
	case a.State == assist.Reached || a.State == assist.Ordered || a.State == assist.Used:
		own.Now = "助力成功，好友已经到齐"
	case a.State == assist.Open && a.Why == nil:
		own.Now, own.Until = fmt.Sprintf("还差 %d 位好友", a.Missing()), remaining(a.ExpiresAt.Sub(h.Clock.Now()))
		v.Action = "打开小程序帮好友助力"
	case a.State == assist.Open && !a.Paused:
		own.Now = a.Why.Message
	}
	v.Title = own.Now + "：" + v.Camp.Title
	v.Text = fmt.Sprintf("%d 位好友助力，报名价从 %s 降到 %s。%s", a.Terms.Helpers, a.Start, a.Terms.Floor, v.Camp.When)
	return nil
}
