package groupbuy

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/source"
)

// Limits bound how many come from one place; 0 for any number. They can be changed at any time, for who comes from then on.
type Limits struct {
	PerNetwork int `json:"per_network,omitempty"` // people at one address
	PerDevice  int `json:"per_device,omitempty"`  // people at one device
}

func (l Limits) check(check *domain.Check) {
	check.Range("per_network", "同一网络最多几人", l.PerNetwork, 0, source.Max)
	check.Range("per_device", "同一设备最多几人", l.PerDevice, 0, source.Max)
}

// places are where people take part in a campaign.
func (s *Service) places() source.Book {
	return source.Book{Store: s.Sources, Sealer: s.Sealer, Rules: source.Rules{
		Name: "groupbuy", Crowd: 5, Crowded: "参加了同一个团", Twins: 2, Twinned: "参团", Burst: 3, Within: 10 * time.Second, Rushed: "参团", Full: ErrCrowd,
	}}
}

// note writes down where somebody takes a seat, and refuses where too many do.
func (s *Service) note(ctx context.Context, c Campaign, group, memberID string, opens bool, now time.Time) error {
	return s.places().Note(ctx, source.Into{ID: c.ID, Network: c.Limits.PerNetwork, Device: c.Limits.PerDevice},
		source.Take{Of: group, Member: memberID, Starts: opens, At: now})
}

// SeeSource notes that a person has looked at an odd source and found it fine.
func (s *Service) SeeSource(ctx context.Context, campaign, id string) (source.Source, error) {
	if _, err := s.ForStaff(ctx, campaign); err != nil {
		return source.Source{}, err
	}
	seen, err := s.places().See(ctx, campaign, id, s.Clock.Now())
	if err != nil {
		err = fmt.Errorf("source of campaign %s: %w", campaign, err)
	}
	return seen, err
}

// SweepSources forgets where people took part long ago. For jobs.
func (s *Service) SweepSources(ctx context.Context) error {
	return domain.Sweep(ctx, s.Sources, s.Clock.Now().Add(-source.Keep))
}
