package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/risk"
)

// Thresholds keeps from when on a camp's learners are at risk.
type Thresholds struct{ *Collection[risk.Thresholds] }

// NewThresholds declares the collection.
func NewThresholds(ctx context.Context, db *DB) (Thresholds, error) {
	c, err := NewCollection(ctx, db, "risk", Keys[risk.Thresholds]{})
	return Thresholds{c}, err
}

// DaysOf implements risk.Checkins.
func (s Checkins) DaysOf(ctx context.Context, camp string, members []string) (map[string][]domain.Day, error) {
	who := make([]any, len(members))
	for i, m := range members {
		who[i] = m
	}
	days := map[string][]domain.Day{}
	for c, err := range s.Each(ctx, By("member").Equal(camp).In(who...)) {
		if err != nil {
			return nil, err
		}
		if c.Counts() {
			days[c.Member] = append(days[c.Member], c.Day)
		}
	}
	return days, nil
}

var (
	_ risk.Store    = Thresholds{}
	_ risk.Checkins = Checkins{}
)
