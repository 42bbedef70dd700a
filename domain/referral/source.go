package referral

import (
	"time"

	"yingdi/domain/source"
)

// places are where people come from whom a promoter of an organiser recommended.
func (s *Service) places() source.Book {
	return source.Book{Store: s.Sources, Sealer: s.Sealer, Rules: source.Rules{
		Name: "referral", Crowd: 8, Crowded: "绑定到同一个推广员", Twins: 2, Twinned: "绑定到同一个推广员", Burst: 5, Within: 30 * time.Second, Rushed: "绑定",
		Owned: "用推广员自己的设备绑定", Full: ErrCrowd,
	}}
}
