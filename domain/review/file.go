package review

import (
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain/media"
)

// files are the media of all that was said, and of the draft.
func (r Review) files() []string {
	files := slices.Concat(r.Draft.Media, r.Released.Media)
	for _, p := range r.History {
		files = append(files, p.Media...)
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// withFiles notes what a change does to the files of a review.
func withFiles(change func(*Review) error, now time.Time) func(*Review) error {
	return func(r *Review) error {
		had := r.files()
		if err := change(r); err != nil {
			return err
		}
		has := r.files()
		if slices.Equal(had, has) {
			return nil
		}
		gone := slices.DeleteFunc(had, func(id string) bool { return slices.Contains(has, id) })
		r.Emit(EventDrafted, now, media.Dropped{Files: gone})
		return nil
	}
}

// SettleFiles keeps the files that a review has, and lets go of those that it had. For jobs, after EventDrafted.
func (s *Service) SettleFiles(ctx context.Context, id string, had []string) error {
	err := s.Media.Exchange(ctx, "review_"+id, had, func(ctx context.Context) ([]string, error) {
		r, err := s.Store.Get(ctx, id)
		return r.files(), err
	})
	if errors.Is(err, media.ErrUnusable) { // too many use it, or it was found to be bad since
		return nil
	}
	return err
}
