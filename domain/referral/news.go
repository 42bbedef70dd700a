package referral

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// page of the mini-program that shows one's commissions.
const page = "pages/referral/show?organiser="

// TellEarned tells a promoter of a commission. For jobs.
func (s *Service) TellEarned(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil || c.Net() == 0 {
		return err
	}
	return s.tell(ctx, c, "earned", "推广带来一笔佣金", fmt.Sprintf("你推荐的学员付款了，佣金 %s，%s后可以提现；期间退款会按比例扣回",
		c.Net(), c.Until.In(calendar.Location()).Format("1月2日")))
}

// TellReleased tells a promoter that a commission is in the wallet. For jobs.
func (s *Service) TellReleased(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.tell(ctx, c, "released", "佣金到账", fmt.Sprintf("%s 佣金已进入钱包，可以提现", c.Released))
}

// TellReversed tells a promoter that a commission went back, all of it or a part. For jobs.
func (s *Service) TellReversed(ctx context.Context, id string, n int) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil || n < 0 || n >= len(c.Backs) {
		return err
	}
	b := c.Backs[n]
	return s.tell(ctx, c, fmt.Sprint("reversed", n), "佣金扣回", fmt.Sprintf("%s，扣回佣金 %s，这笔还剩 %s", b.Why(), b.Amount, c.Net()))
}

// Why it went back, in words.
func (b Back) Why() string {
	switch b.Cause {
	case BySelf:
		return "付款的账号与推广账号属于同一个人"
	case ByStaff:
		return "机构撤销：" + b.Reason
	}
	return "学员退款"
}

func (s *Service) tell(ctx context.Context, c Commission, what, title, body string) error {
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: fmt.Sprintf("referral:%s:%s", what, c.ID)}, Member: c.Member, Kind: notice.ReferralNews,
		At: s.Clock.Now(), Title: title, Body: body, Page: page + c.Organiser,
	})
}
