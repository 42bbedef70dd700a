package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"yingdi/domain"
)

// Bounds of the preview of a document.
const (
	MaxPages    = 10      // the first ones, that are drawn
	PageSide    = 1440    // pixels at most
	MaxPageSize = 4 << 20 // bytes of one picture
	maxAsked    = 100     // documents whose preview is asked for again at once
)

// ErrUndrawable means that a document is broken, encrypted, or too much for the tools: trying again would not help.
var ErrUndrawable = errors.New("the document cannot be drawn")

// Previewer draws documents; storage/preview does it.
type Previewer interface {
	// Draws reports whether this process has what it takes to draw documents of the type.
	Draws(contentType string) bool
	// Draw makes JPEG pictures of the first pages of a document, one to MaxPages of them in order, within PageSide and
	// MaxPageSize. Returns ErrUndrawable; any other error may pass.
	Draw(ctx context.Context, contentType string, document io.Reader) ([][]byte, error)
}

// PageKey under which the picture of a document's page lies; the first page is 1.
func (m Media) PageKey(page int) string { return fmt.Sprintf("page/%s/%d", m.ID, page) }

// keys under which anything of the media may lie.
func (m Media) keys() []string {
	keys := []string{m.IncomingKey(), m.Key(), m.ThumbKey()}
	if m.Kind == Document {
		for page := range MaxPages {
			keys = append(keys, m.PageKey(page+1))
		}
	}
	return keys
}

// Undrawn reports whether this is a document without a preview that nobody has yet found impossible.
func (m Media) Undrawn() bool {
	return m.Kind == Document && m.State == Ready && m.Pages == 0 && !m.Undrawable
}

// asked reports whether somebody is still to hear that the document wants a preview.
func (m Media) asked() bool {
	return slices.ContainsFunc(m.Outbox, func(e domain.Event) bool { return e.Type == EventReady || e.Type == EventUndrawn })
}

func (m *Media) askPreview(now time.Time) error {
	if m.asked() || !m.Undrawn() {
		return domain.ErrSame
	}
	m.Emit(EventUndrawn, now, nil)
	return nil
}

// SweepPreviews asks again for the previews of documents that came when there was nothing to draw them with. This process
// asks for what it could draw itself, and for some at a time: those that are drawn make room for the next. For the
// schedule.
func (s *Service) SweepPreviews(ctx context.Context) error {
	left := maxAsked
	for _, contentType := range types[Document].types {
		if !s.Previews.Draws(contentType) {
			continue
		}
		for m, err := range domain.Each(func(page domain.Page) ([]Media, domain.Cursor, error) { return s.Store.Undrawn(ctx, contentType, page) }) {
			switch {
			case err != nil:
				return err
			case m.asked():
				continue
			case left == 0:
				return nil
			}
			left--
			_, err := s.Store.Update(ctx, m.ID, func(m *Media) error { return m.askPreview(s.Clock.Now()) })
			if err != nil && !errors.Is(err, domain.ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// MakePreview draws the first pages of a document, if this process can. One that cannot be drawn is left as it is, and
// that is noted. For jobs, after EventReady and EventUndrawn.
func (s *Service) MakePreview(ctx context.Context, id string) error {
	m, err := s.Store.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil || !m.Undrawn() || !s.Previews.Draws(m.ContentType) {
		return err
	}
	pages, err := s.draw(ctx, m)
	if err != nil && !errors.Is(err, ErrUndrawable) {
		return fmt.Errorf("preview of media %s: %w", id, err)
	}
	for i, page := range pages {
		if err := s.Bucket.Put(ctx, m.PageKey(i+1), "image/jpeg", bytes.NewReader(page), int64(len(page))); err != nil {
			return err
		}
	}
	return s.beside(ctx, m, func(m *Media) { m.Pages, m.Undrawable, m.Thumb = len(pages), len(pages) == 0, len(pages) > 0 })
}

// draw makes the pictures of the pages, and puts the small one of the first.
func (s *Service) draw(ctx context.Context, m Media) ([][]byte, error) {
	object, err := s.Bucket.Open(ctx, m.Key())
	if err != nil {
		return nil, err
	}
	defer object.Close()
	pages, err := s.Previews.Draw(ctx, m.ContentType, object)
	if err != nil {
		return nil, err
	}
	small, err := s.Thumbs.Thumbnail(ctx, bytes.NewReader(pages[0]))
	if err != nil {
		return nil, err
	}
	return pages, s.Bucket.Put(ctx, m.ThumbKey(), "image/jpeg", bytes.NewReader(small), int64(len(small)))
}

// beside notes on the media what was put beside it. If the media has been deleted meanwhile, what was put goes too.
func (s *Service) beside(ctx context.Context, m Media, note func(*Media)) error {
	after, err := s.Store.Update(ctx, m.ID, func(m *Media) error {
		if m.State != Ready {
			return domain.ErrSame
		}
		note(m)
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) || err == nil && after.State != Ready {
		return s.erase(ctx, m)
	}
	return err
}

// erase deletes everything that lies in the bucket of the media.
func (s *Service) erase(ctx context.Context, m Media) error {
	for _, key := range m.keys() {
		if err := s.Bucket.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
