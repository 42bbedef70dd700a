package media

import (
	"context"
	"time"
)

// View is a media as it is handed to somebody who may see it.
type View struct {
	ID          string
	Kind        Kind
	ContentType string
	Name        string // of the file, if it is known
	Size        int64  // bytes
	Width       int
	Height      int
	Length      time.Duration
	Verdict     Verdict
	URL         string   // short-lived; empty while it may not be shown
	ThumbURL    string   // of a picture: itself until a thumbnail exists; of a document: its first page, or empty
	Pages       []string // links to pictures of the first pages of a document, in order
	Undrawable  bool     // a document of which no pictures can be made
}

// Views prepares media for people to look at, in the order of ids. all also shows what did not pass moderation: to
// the author and to staff. Links are the same for a while, so that clients can cache.
func (s *Service) Views(ctx context.Context, found map[string]Media, ids []string, all bool) ([]View, error) {
	views := make([]View, 0, len(ids))
	for _, id := range ids {
		m, ok := found[id]
		if !ok {
			continue
		}
		v := View{
			ID: m.ID, Kind: m.Kind, ContentType: m.ContentType, Name: m.Name, Size: m.Size, Width: m.Width, Height: m.Height, Length: m.Length, Verdict: m.Verdict,
			Undrawable: m.Undrawable,
		}
		if m.State == Ready && (all || m.Verdict == Passed) {
			if err := s.link(ctx, m, &v); err != nil {
				return nil, err
			}
		}
		views = append(views, v)
	}
	return views, nil
}

// link signs the links of what may be shown.
func (s *Service) link(ctx context.Context, m Media, v *View) (err error) {
	expires := s.linkExpiry()
	if v.URL, err = s.Bucket.SignDownload(ctx, m.Key(), m.ContentType, expires); err != nil {
		return err
	}
	if m.Kind == Image {
		v.ThumbURL = v.URL
	}
	if m.Thumb {
		if v.ThumbURL, err = s.Bucket.SignDownload(ctx, m.ThumbKey(), "image/jpeg", expires); err != nil {
			return err
		}
	}
	for page := range m.Pages {
		picture, err := s.Bucket.SignDownload(ctx, m.PageKey(page+1), "image/jpeg", expires)
		if err != nil {
			return err
		}
		v.Pages = append(v.Pages, picture)
	}
	return nil
}

func (s *Service) linkExpiry() time.Time {
	return s.Clock.Now().Truncate(LinkLife / 2).Add(LinkLife + LinkLife/2)
}
