package assist

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// page of the mini-program that shows an assist.
const page = "pages/assist/show?id="

// TellHelped tells somebody that a friend has helped; of the last one TellReached tells. For jobs.
func (s *Service) TellHelped(ctx context.Context, id string, h HelpedData) error {
	a, err := s.Store.Get(ctx, id)
	if err != nil || h.Nth < 1 || h.Nth >= len(a.Cuts) || h.Nth > len(a.Helps) {
		return err
	}
	body := fmt.Sprintf("减了 %s，还差 %d 位好友，%s前有效", a.Cuts[h.Nth-1], len(a.Cuts)-h.Nth, clock(a.ExpiresAt))
	return s.tell(ctx, a, number(h.Nth), "好友帮你助力了", body)
}

// TellReached tells somebody that enough friends have helped. For jobs.
func (s *Service) TellReached(ctx context.Context, id string) error {
	a, err := s.Store.Get(ctx, id)
	if err != nil || a.State != Reached {
		return err
	}
	return s.tell(ctx, a, "reached", "助力成功", a.Seat+"已经降到 "+a.Terms.Floor.String()+"，"+clock(a.LockedUntil)+"前报名有效")
}

// TellEnding tells somebody that the time of their assist, or of the price that it reached, is nearly over. For jobs.
func (s *Service) TellEnding(ctx context.Context, id string) error {
	a, err := s.Store.Get(ctx, id)
	switch {
	case err != nil:
		return err
	case a.State == Open:
		return s.tell(ctx, a, "ending", "助力快到时间了", fmt.Sprintf("还差 %d 位好友，%s前有效", len(a.Cuts)-len(a.Helps), clock(a.ExpiresAt)))
	case a.State == Reached:
		return s.tell(ctx, a, "lapsing", "助力价快到期了", a.Seat+" "+a.Terms.Floor.String()+"，"+clock(a.LockedUntil)+"前报名有效")
	}
	return nil
}

// TellExpired tells somebody that their assist has ended, and why. For jobs.
func (s *Service) TellExpired(ctx context.Context, id string) error {
	a, err := s.Store.Get(ctx, id)
	if err != nil || a.State != Expired || a.Cause == Departed {
		return err
	}
	body := ended[a.Cause]
	if a.Reason != "" {
		body += "，原因：" + a.Reason
	}
	return s.tell(ctx, a, "expired", "助力结束了", body)
}

func (s *Service) tell(ctx context.Context, a Assist, what, title, body string) error {
	until := a.ExpiresAt
	if !a.LockedUntil.IsZero() {
		until = a.LockedUntil
	}
	if a.State == Expired {
		until = a.EndedAt.Add(keepNews)
	}
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: domain.Key("assist", a.ID, what)}, Member: a.Member, Camp: a.Camp, Kind: notice.AssistNews,
		At: s.Clock.Now(), Until: until, Title: title, Body: body, Page: page + a.ID,
	})
}
