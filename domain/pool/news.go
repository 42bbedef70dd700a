package pool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// pagePool of the mini-program shows a person their part in a pool.
const pagePool = "pages/pool/show?camp="

// TellMember tells somebody that they are in. For jobs, after EventMember.
func (s *Service) TellMember(ctx context.Context, id string) error {
	m, err := s.People.Get(ctx, id)
	if err != nil || m.State == Withdrawn {
		return err
	}
	p, err := s.Store.Get(ctx, m.Camp)
	if err != nil {
		return err
	}
	c, err := s.Camps.Get(domain.WithActor(ctx, domain.SystemActor), m.Camp)
	if err != nil {
		return err
	}
	body := fmt.Sprintf("奖学金部分 %s 已入池，%s锁定；%d 天里打卡满 %d 天就达标", m.Part, clockOf(c)(p.datesIn(c).LockAt), p.Rules.Of, p.Rules.Days)
	return s.tell(ctx, m, domain.Key("pool", m.Order, "in"), "已加入奖学金池", body, m.EnteredAt)
}

// TellStage tells every member of what a pool has come to. For jobs, after EventStage; told again it tells nobody twice.
func (s *Service) TellStage(ctx context.Context, campID string, state State, at time.Time) error {
	if state != Locked && state != Closing && state != Paying && state != Cancelled {
		return nil
	}
	p, err := s.Store.Get(ctx, campID)
	if err != nil {
		return err
	}
	if p.State == Cancelled && state != Cancelled {
		return nil // what it had come to before is of no interest any more
	}
	var stopped error
	failed := besides(ctx, crowd, domain.Until(domain.Each(s.everybody(ctx, campID)), &stopped), func(m Member) error {
		title, body := p.news(m, state)
		if title == "" {
			return nil
		}
		return s.tell(ctx, m, domain.Key("pool", campID, m.Member, string(state)), title, body, at)
	})
	return errors.Join(failed, stopped)
}

// news is what a member hears of a stage; nothing that is none of their business.
func (p Pool) news(m Member, state State) (title, body string) {
	switch {
	case m.State == Withdrawn:
	case state == Locked:
		return "奖学金池已锁定", fmt.Sprintf("你的 %s 已锁定在池里，坚持打卡满 %d 天就能拿回并分到奖学金", m.Part, p.Rules.Days)
	case state == Closing && m.State == In:
		return "可以核对打卡记录了", "训练营结束了，请逐日核对自己的记录，没有计入的日子可以申诉"
	case state == Cancelled:
		return "奖学金池已取消", fmt.Sprintf("你的 %s 全额原路退回", m.Part)
	case state == Paying && m.Gain.Amount > 0:
		return "奖学金结果：已达标", fmt.Sprintf("退回 %s，另得奖学金 %s，请留意收款通知", m.Own.Amount, m.Gain.Amount)
	case state == Paying && m.Own.Amount > 0:
		return "奖学金结果", fmt.Sprintf("你的 %s 原路退回", m.Own.Amount)
	case state == Paying && m.Listed():
		return "奖学金结果：没有达标", "可以查看逐日记录和原因"
	}
	return "", ""
}

func (s *Service) tell(ctx context.Context, m Member, id, title, body string, at time.Time) error {
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: id}, Member: m.Member, Camp: m.Camp, Kind: notice.PoolNews, At: at, Title: title, Body: body, Page: pagePool + m.Camp,
	})
}
