package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

func mediaFiles(s *media.Service) []Consumer {
	return []Consumer{
		{Name: "media-check", Events: []string{media.EventReady}, Lane: Urgent, Handle: byID(s.StartCheck)},
		{Name: "thumbnail", Events: []string{media.EventReady}, Lane: Slow, Handle: byID(s.MakeThumb)},
		{Name: "preview", Events: []string{media.EventReady, media.EventUndrawn}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.MakePreview)},
	}
}

// exchange settles the files of what an event is about, given those that it no longer uses.
func exchange(settle func(ctx context.Context, id string, had []string) error) func(context.Context, domain.Posted) error {
	return func(ctx context.Context, p domain.Posted) error {
		var dropped media.Dropped
		if len(p.Event.Data) > 0 { // an event of an earlier version has none
			if err := decode(p, &dropped); err != nil {
				return err
			}
		}
		return settle(ctx, p.ID, dropped.Files)
	}
}
