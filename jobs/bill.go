package jobs

import (
	"time"

	"yingdi/domain/bill"
)

// bills asks for the bills every ten minutes, so that whatever hour of the morning they are there, they are matched soon.
func bills(s *bill.Service) []Periodic {
	return []Periodic{{"bills", 10 * time.Minute, s.Work}, {"bill-cases", time.Hour, s.Review}}
}
