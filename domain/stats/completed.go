package stats

import (
	"context"

	"yingdi/domain/camp"
	"yingdi/domain/course"
	"yingdi/domain/risk"
)

// Completed tells which of some people have completed a camp: three quarters of the days that were due to them, or all of a
// course. Those who left have not.
func (s *Service) Completed(ctx context.Context, campID string, members []string) (map[string]bool, error) {
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return nil, err
	}
	done := make(map[string]bool, len(members))
	if in.Kind == camp.KindCourse {
		progress, err := s.Facts.Progress(ctx, campID, members)
		for _, p := range progress {
			done[p.Member] = !p.Finished.IsZero()
		}
		return done, err
	}
	plan, err := s.Tasks.CheckinDays(ctx, campID)
	if err != nil {
		return nil, err
	}
	marks, err := s.Facts.Marks(ctx, campID, members)
	if err != nil {
		return nil, err
	}
	stays, err := s.Facts.StaysOf(ctx, campID, members)
	if err != nil {
		return nil, err
	}
	count := NewCounter(in, plan, risk.Thresholds{}, s.Clock.Now())
	for _, e := range stays {
		did, due := count.Stay(e, marks[e.Member], course.Progress{})
		done[e.Member] = due > 0 && did*4 >= due*3
	}
	return done, nil
}
