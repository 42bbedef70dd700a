package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // so that DecodeConfig knows the pictures that are accepted
	_ "image/png"
	"io"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

// Store keeps media.
type Store interface {
	domain.Documents[Media]
	domain.Many[Media]
	Delete(ctx context.Context, id string) error
	// ByTrace finds the media of a running check, or domain.ErrNotFound.
	ByTrace(ctx context.Context, trace string) (Media, error)
	// Orphans lists what nothing has used until the instant.
	Orphans(ctx context.Context, before time.Time, page domain.Page) ([]Media, domain.Cursor, error)
	// Unanswered lists checks that were due before the instant.
	Unanswered(ctx context.Context, before time.Time, page domain.Page) ([]Media, domain.Cursor, error)
	// Undrawn lists documents of the type that are Undrawn.
	Undrawn(ctx context.Context, contentType string, page domain.Page) ([]Media, domain.Cursor, error)
}

// WeChat looks at pictures and recordings; its answer comes later, by a push.
type WeChat interface {
	CheckMedia(ctx context.Context, openID, url string, kind wechat.MediaKind) (trace string, err error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	OpenID(ctx context.Context, member string) (string, error)
}

// Thumbnailer makes a small JPEG of a picture.
type Thumbnailer interface {
	Thumbnail(ctx context.Context, picture io.ReadSeeker) ([]byte, error)
	// Scaled is one whose longer side has at most so many pixels.
	Scaled(ctx context.Context, picture io.ReadSeeker, side int) ([]byte, error)
}

// Service holds the use cases.
type Service struct {
	Store    Store
	Bucket   Bucket
	WeChat   WeChat
	Members  Members
	Thumbs   Thumbnailer
	Previews Previewer
	IDs      domain.IDs
	Clock    domain.Clock
}

// Begin announces a file and returns the form to send it with.
func (s *Service) Begin(ctx context.Context, a Announcement) (Media, Form, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Media{}, Form{}, err
	}
	if err := a.Check(); err != nil {
		return Media{}, Form{}, err
	}
	if a.Kind == Document && !actor.Has(domain.RightConsole, domain.Place{}) {
		return Media{}, Form{}, ErrStaffOnly
	}
	now := s.Clock.Now()
	m := Media{
		Doc: domain.Doc{ID: s.IDs.New()}, Owner: actor.Member, Kind: a.Kind, ContentType: a.ContentType, Name: a.Name, Size: a.Size,
		State: Pending, Verdict: Waiting, CreatedAt: now, OrphanAt: now.Add(OrphanLife),
	}
	form, err := s.Bucket.SignUpload(ctx, m.IncomingKey(), m.ContentType, m.MaxSize(), now.Add(FormLife))
	if err != nil {
		return Media{}, Form{}, err
	}
	return m, form, s.Store.Insert(ctx, m)
}

// Complete takes the uploaded bytes in: out of the client's reach first, then a look at what they are. Doing it again
// returns what was found. Returns ErrNotUploaded, or ErrNotReal for what is not what it claims to be.
func (s *Service) Complete(ctx context.Context, id string) (Media, error) {
	m, err := s.Store.Get(ctx, id)
	if err != nil {
		return Media{}, err
	}
	if actor := domain.ActorFrom(ctx); actor.Member != m.Owner {
		return Media{}, fmt.Errorf("media %s: %w", id, domain.ErrNotFound)
	}
	if m.State == Pending {
		if m, err = s.takeIn(ctx, m); err != nil {
			return Media{}, err
		}
	}
	if m.State != Ready {
		return Media{}, fmt.Errorf("media %s: %w", id, ErrNotReal)
	}
	return m, nil
}

func (s *Service) takeIn(ctx context.Context, m Media) (Media, error) {
	if err := s.Bucket.Move(ctx, m.IncomingKey(), m.Key()); err != nil && !errors.Is(err, domain.ErrNotFound) {
		return m, err
	}
	found, err := s.look(ctx, m)
	if errors.Is(err, domain.ErrNotFound) {
		return m, fmt.Errorf("media %s: %w", m.ID, ErrNotUploaded)
	}
	if err != nil {
		return m, err
	}
	return s.Store.Update(ctx, m.ID, func(m *Media) error { return m.Accept(found, s.Clock.Now()) })
}

func (s *Service) look(ctx context.Context, m Media) (Found, error) {
	object, err := s.Bucket.Open(ctx, m.Key())
	if err != nil {
		return Found{}, err
	}
	defer object.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(object, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return Found{}, fmt.Errorf("media %s: %w", m.ID, err)
	}
	found := Found{ContentType: Sniff(head[:n]), Size: object.Size}
	switch m.Kind {
	case Document:
		found.ContentType = document(reading{object}, object.Size)
	case Audio, Video:
		found.Length = length(reading{object}, object.Size, found.ContentType)
	case Image:
		if _, err := object.Seek(0, io.SeekStart); err != nil {
			return Found{}, fmt.Errorf("media %s: %w", m.ID, err)
		}
		if config, _, err := image.DecodeConfig(object); err == nil {
			found.Width, found.Height = config.Width, config.Height
		}
	}
	return found, nil
}

// Usable returns ErrUnusable unless all of these are the owner's own and complete. No id at all is fine. They are then
// safe from the clean-up for half of OrphanLife, in which Keep is to follow.
func (s *Service) Usable(ctx context.Context, owner string, ids []string) error {
	_, err := s.own(ctx, owner, ids)
	return err
}

// OwnPicture returns ErrUnusable unless the id is a complete picture of the owner that was not rejected.
func (s *Service) OwnPicture(ctx context.Context, owner, id string) error {
	found, err := s.own(ctx, owner, []string{id})
	if err != nil {
		return err
	}
	if found[id].Kind != Image || found[id].Verdict == Rejected {
		return fmt.Errorf("media %s: %w", id, ErrUnusable)
	}
	return nil
}

func (s *Service) own(ctx context.Context, owner string, ids []string) (map[string]Media, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if m, ok := found[id]; !ok || m.Owner != owner || !m.usable() {
			return nil, fmt.Errorf("media %s: %w", id, ErrUnusable)
		}
	}
	now := s.Clock.Now()
	for _, id := range ids {
		if !found[id].needsHold(now) {
			continue
		}
		_, err := s.Store.Update(ctx, id, func(m *Media) error { return m.Hold(now) })
		if errors.Is(err, domain.ErrNotFound) {
			err = ErrUnusable
		}
		if err != nil {
			return nil, fmt.Errorf("media %s: %w", id, err)
		}
	}
	return found, nil
}

// Keep notes that ref uses these media. For jobs; doing it again changes nothing.
func (s *Service) Keep(ctx context.Context, ref string, ids []string) error {
	for _, id := range ids {
		if _, err := s.Store.Update(ctx, id, func(m *Media) error { return m.Use(ref) }); err != nil {
			return err
		}
	}
	return nil
}

// Release notes that ref no longer uses these media, which are cleaned up once nothing does. Doing it again, or to media
// that are gone, changes nothing.
func (s *Service) Release(ctx context.Context, ref string, ids []string) error {
	for _, id := range ids {
		_, err := s.Store.Update(ctx, id, func(m *Media) error { return m.Release(ref, s.Clock.Now()) })
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return err
		}
	}
	return nil
}

// Replace is for jobs, after what ref uses has changed: the old media is released unless it is used again by now, and the
// one in use is kept, whoever was faster. current reads which one that is; either may be "".
func (s *Service) Replace(ctx context.Context, ref, old string, current func(context.Context) (string, error)) error {
	return s.Exchange(ctx, ref, some(old), func(ctx context.Context) ([]string, error) {
		now, err := current(ctx)
		return some(now), err
	})
}

func some(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// Dropped is the data of events after which Exchange is called.
type Dropped struct {
	Files []string `json:"files,omitempty"` // media that are no longer used
}

// Exchange is Replace for what uses several media.
func (s *Service) Exchange(ctx context.Context, ref string, old []string, current func(context.Context) ([]string, error)) error {
	now, err := current(ctx)
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(slices.Clone(old), func(id string) bool { return slices.Contains(now, id) })
	if len(gone) > 0 {
		if err := s.Release(ctx, ref, gone); err != nil {
			return err
		}
		if now, err = current(ctx); err != nil { // some may have come back while they were let go
			return err
		}
	}
	return s.Keep(ctx, ref, now)
}

// Many returns media by their ids; unknown ids are left out. Whoever calls it has checked who asks.
func (s *Service) Many(ctx context.Context, ids []string) (map[string]Media, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.Store.GetMany(ctx, ids)
}

// MakeThumb makes the thumbnail of a picture. For jobs, after EventReady.
func (s *Service) MakeThumb(ctx context.Context, id string) error {
	m, err := s.Store.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil || m.Kind != Image || m.Thumb || m.State != Ready {
		return err
	}
	object, err := s.Bucket.Open(ctx, m.Key())
	if err != nil {
		return err
	}
	defer object.Close()
	small, err := s.Thumbs.Thumbnail(ctx, object)
	if err != nil {
		return fmt.Errorf("thumbnail of media %s: %w", id, err)
	}
	if err := s.Bucket.Put(ctx, m.ThumbKey(), "image/jpeg", bytes.NewReader(small), int64(len(small))); err != nil {
		return err
	}
	return s.beside(ctx, m, func(m *Media) { m.Thumb = true })
}

// Scaled returns a JPEG of a picture, its longer side at most so many pixels. Returns ErrUnusable for what is none or was
// rejected, and domain.ErrNotFound. Whoever calls it has checked who asks.
func (s *Service) Scaled(ctx context.Context, id string, side int) ([]byte, error) {
	m, err := s.Store.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if m.Kind != Image || m.State != Ready || m.Verdict == Rejected {
		return nil, fmt.Errorf("media %s: %w", id, ErrUnusable)
	}
	object, err := s.Bucket.Open(ctx, m.Key())
	if err != nil {
		return nil, err
	}
	defer object.Close()
	return s.Thumbs.Scaled(ctx, object, side)
}

// SweepOrphans deletes what nothing uses. A file that fails does not stop the others.
func (s *Service) SweepOrphans(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "orphan media", func(page domain.Page) ([]Media, domain.Cursor, error) { return s.Store.Orphans(ctx, now, page) },
		func(m Media) error { return s.discard(ctx, m) })
}

// discard first makes sure that nothing can come to use the media, then deletes the bytes, then the document.
func (s *Service) discard(ctx context.Context, m Media) error {
	m, err := s.Store.Update(ctx, m.ID, func(m *Media) error { return m.Discard(s.Clock.Now()) })
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil || m.State != Bad {
		return err
	}
	if err := s.erase(ctx, m); err != nil {
		return err
	}
	return s.Store.Delete(ctx, m.ID)
}

// Avatar returns the bytes of a small version of a picture that has passed moderation; nil if there is none to show.
func (s *Service) Avatar(ctx context.Context, id string) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	m, err := s.Store.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) || err == nil && (m.Verdict != Passed || !m.Thumb) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.Read(ctx, m.ThumbKey(), 1<<20)
}

// Read returns a small stored file whole; one over limit bytes is domain.ErrTooLarge.
func (s *Service) Read(ctx context.Context, key string, limit int64) ([]byte, error) {
	object, err := s.Bucket.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer object.Close()
	if object.Size > limit {
		return nil, fmt.Errorf("%s: %w", key, domain.ErrTooLarge)
	}
	return io.ReadAll(io.LimitReader(object, limit))
}
