package lesson

import (
	"context"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// MaxTrial is how many trial lessons of a camp are shown.
const MaxTrial = 20

// Sample is a trial lesson as everybody may read it.
type Sample struct {
	Task
	Body []Shown
}

// Samples returns the first trial lessons of a camp to everybody, signed in or not, enrolled or not: what there is to
// read, see and hear. Drafts and archived camps have none.
func (s *Service) Samples(ctx context.Context, campID string) (camp.Camp, []Sample, error) {
	c, err := s.Camps.Get(ctx, campID)
	if err != nil || !c.Archived.IsZero() {
		return c, nil, err
	}
	tasks, _, err := s.Store.Trial(ctx, campID, domain.Page{Limit: MaxTrial})
	if err != nil {
		return c, nil, err
	}
	now := s.Clock.Now()
	tasks = slices.DeleteFunc(tasks, func(t Task) bool { return now.Before(t.VisibleAt) })
	var files []string
	for _, t := range tasks {
		files = append(files, t.Files()...)
	}
	found, err := s.Media.Many(ctx, files)
	if err != nil {
		return c, nil, err
	}
	samples := make([]Sample, len(tasks))
	for i, t := range tasks {
		views, err := s.Media.Views(ctx, found, t.Files(), true)
		if err != nil {
			return c, nil, err
		}
		samples[i] = Sample{t, Show(t.Body(found), views)}
	}
	return c, samples, nil
}
