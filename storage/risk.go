package storage

import (
	"context"
	"strings"

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
		who[i] = learner(camp, m)
	}
	days := map[string][]domain.Day{}
	for e, err := range s.Entries(ctx, By("learner").In(who...)) {
		if err != nil {
			return nil, err
		}
		_, member, _ := strings.Cut(e.Fields["learner"].(string), ":")
		days[member] = append(days[member], markOf(e).Day)
	}
	return days, nil
}

var (
	_ risk.Store    = Thresholds{}
	_ risk.Checkins = Checkins{}
)
