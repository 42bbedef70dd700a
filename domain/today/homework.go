package today

import (
	"context"

	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
)

// The states that only a homework has, between open and done.
const (
	Handed   TaskState = "handed"   // waits for its review
	Returned TaskState = "returned" // to be done again
)

// homework says of the homework among the items that was handed in how its review stands: it is done once that has
// passed it.
func (s *Service) homework(ctx context.Context, items []Item, handed map[string]checkin.Checkin) error {
	var ids []string
	for _, item := range items {
		if item.Kind == lesson.KindHomework && item.State == Done {
			ids = append(ids, item.Checkin)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	reviews, err := s.Reviews.Many(ctx, ids)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	for i, item := range items {
		if item.Kind != lesson.KindHomework || item.State != Done {
			continue
		}
		r := reviews[item.Checkin]
		_, passed := r.Passed(now)
		_, again := r.Redo(handed[item.Checkin].Redos, now)
		switch {
		case again:
			items[i].State = Returned
		case !passed:
			items[i].State = Handed
		}
	}
	return nil
}
