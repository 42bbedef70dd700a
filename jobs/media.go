package jobs

import "yingdi/domain/media"

func mediaFiles(s *media.Service) []Consumer {
	return []Consumer{
		{Name: "media-check", Events: []string{media.EventReady}, Lane: Urgent, Handle: byID(s.StartCheck)},
		{Name: "thumbnail", Events: []string{media.EventReady}, Lane: Slow, Handle: byID(s.MakeThumb)},
	}
}
