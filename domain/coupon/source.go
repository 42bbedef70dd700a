package coupon

import (
	"time"

	"yingdi/domain/source"
)

// places are where the coupons of a template are claimed.
func (s *Service) places() source.Book {
	return source.Book{Store: s.Sources, Sealer: s.Sealer, Rules: source.Rules{
		Name: "coupon", Crowd: 5, Crowded: "领取", Twins: 3, Twinned: "领取", Burst: 3, Within: 10 * time.Second, Rushed: "领取", Full: ErrCrowd,
	}}
}
