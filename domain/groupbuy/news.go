package groupbuy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// page of the mini-program that shows a group.
const page = "pages/group/show?id="

// when an instant is, as people are told.
func when(at time.Time) string { return at.In(calendar.Location()).Format("1月2日 15:04") }

// TellJoined tells who has paid for a seat what is still missing, and the leader that they came. For jobs.
func (s *Service) TellJoined(ctx context.Context, id string, of SeatData) error {
	g, err := s.Store.Get(ctx, id)
	if err != nil || g.State != Forming {
		return err
	}
	seat := g.Of(of.Order)
	if seat == nil || seat.State != Paid {
		return nil
	}
	missing := fmt.Sprintf("还差 %d 人，%s前拼满即成团，没有拼满全额退款", g.Terms.Size-g.Count(Paid), when(g.ExpiresAt))
	title := "参团成功，等待成团"
	if seat.Member == g.Leader {
		title = "开团成功，快邀请好友"
	}
	failed := s.tellOf(ctx, g, "joined", seat.Order, seat.Member, title, missing)
	if lead := g.seated(g.Leader); lead != nil && seat.Member != g.Leader {
		failed = errors.Join(failed, s.tellOf(ctx, g, "came", seat.Order, g.Leader, "有人加入了你的团", missing))
	}
	return failed
}

// TellEnded tells everybody who has paid how their group ended. For jobs.
func (s *Service) TellEnded(ctx context.Context, id string) error {
	g, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	var failures []error
	for _, seat := range g.Seats {
		switch {
		case seat.Won:
			err = s.tellOf(ctx, g, "succeeded", seat.Order, seat.Member, "拼团成功", "人已到齐，名额已经为你保留")
		case seat.Why == NotFull:
			err = s.tellOf(ctx, g, "failed", seat.Order, seat.Member, "没有成团", g.Cause.text()+"，已付款项全部原路退回")
		default:
			continue
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

func (c Cause) text() string {
	switch c {
	case Stopped:
		return "活动提前结束"
	case Empty:
		return "所有人都退出了"
	}
	return "没有在时限内拼满"
}

// TellLate tells somebody that they paid when there was no seat any more. For jobs.
func (s *Service) TellLate(ctx context.Context, id string, of SeatData) error {
	g, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if seat := g.Of(of.Order); seat != nil && seat.Why == TooLate {
		return s.tellOf(ctx, g, "late", seat.Order, seat.Member, "没有赶上这个团", "付款时团已满或已结束，款项全部原路退回，可以参加别的团")
	}
	return nil
}

func (s *Service) tellOf(ctx context.Context, g Group, what, orderID, member, title, body string) error {
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: domain.Key("groupbuy", what, orderID)}, Member: member, Camp: g.Camp, Kind: notice.GroupNews,
		At: s.Clock.Now(), Title: title, Body: body, Page: page + g.ID,
	})
}
