package jobs

import (
	"time"

	"yingdi/domain/media"
)

func mediaFiles(s *media.Service) []Consumer {
	return []Consumer{
		{Name: "media-check", Events: []string{media.EventReady}, Lane: Urgent, Handle: byID(s.StartCheck)},
		{Name: "thumbnail", Events: []string{media.EventReady}, Lane: Slow, Handle: byID(s.MakeThumb)},
		{Name: "preview", Events: []string{media.EventReady}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.MakePreview)},
	}
}
