package assist

import (
	"time"

	"yingdi/domain/source"
)

// places are where people take part in a campaign. Whoever starts counts there like those who help.
func (s *Service) places() source.Book {
	return source.Book{Store: s.Sources, Sealer: s.Sealer, Rules: source.Rules{
		Name: "assist", Crowd: 5, Crowded: "参加了同一个助力", Twins: 2, Twinned: "参加", Burst: 3, Within: 10 * time.Second, Rushed: "参加", Full: ErrCrowd,
	}}
}
