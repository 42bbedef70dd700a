package camp

import (
	"context"

	"yingdi/domain"
)

// ErrPinned refuses to move what learners have paid for by its days.
var ErrPinned = domain.Refusal(domain.KindConflict, "camp_pinned",
	"已有学员按现在的日期加入奖学金池，日期、学习日历、时区和截止钟点不能再改，补卡次数、期限和结营后的天数不能减少")

// Pin fixes the camp's days for good, because somebody is about to pay for what they promise; again changes nothing.
func (s *Service) Pin(ctx context.Context, id string) (Camp, error) {
	return s.Store.Update(ctx, id, func(c *Camp) error {
		if c.Pinned {
			return domain.ErrSame
		}
		c.Pinned = true
		return nil
	})
}

// moves reports whether a form would change what the camp is pinned to.
func (c Camp) moves(f Form) bool {
	return f.Start != c.Start || f.End != c.End || f.Calendar != c.Calendar || f.Pace != c.Pace || f.NextDay != c.NextDay ||
		f.Closing < c.Closing || f.MakeUps.Quota < c.MakeUps.Quota || f.MakeUps.Days < c.MakeUps.Days
}
