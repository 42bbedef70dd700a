package media

import (
	"context"
	"errors"
	"io"
	"strings"

	"yingdi/domain"
)

// Personal reports whether nothing but its owner's own words and face uses the media. What stands in a task or on a
// camp is the organiser's.
func (m Media) Personal() bool {
	for _, ref := range m.Refs {
		if !strings.HasPrefix(ref, "checkin_") && !strings.HasPrefix(ref, "member_") {
			return false
		}
	}
	return true
}

// Forget deletes a person's file for good, whatever of their own uses it; one that is not Personal stays.
func (s *Service) Forget(ctx context.Context, m Media) error {
	if !m.Personal() {
		return nil
	}
	_, err := s.Store.Update(ctx, m.ID, func(m *Media) error {
		if m.State == Bad && len(m.Refs) == 0 {
			return domain.ErrSame
		}
		m.State, m.Refs = Bad, nil
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.erase(ctx, m); err != nil {
		return err
	}
	return s.Store.Delete(ctx, m.ID)
}

// Owned lists what a person uploaded.
type Owned interface {
	OfPerson(ctx context.Context, member string, page domain.Page) ([]Media, domain.Cursor, error)
}

// Shelf hands out a person's own files; it implements privacy.Files and its reader.
type Shelf struct {
	Bucket
	Owned Owned
}

var endings = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac", "audio/wav": ".wav",
	"video/mp4": ".mp4", "video/quicktime": ".mov",
}

// FilesOf tells of every complete file that a person uploaded: a name for people, the key in the bucket, the bytes.
func (s Shelf) FilesOf(ctx context.Context, member string, each func(name, key string, size int64) error) error {
	for m, err := range domain.Each(func(page domain.Page) ([]Media, domain.Cursor, error) { return s.Owned.OfPerson(ctx, member, page) }) {
		if err == nil && m.State == Ready {
			err = each(m.ID+endings[m.ContentType], m.Key(), m.Size)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Read opens a file, to be closed by the caller.
func (s Shelf) Read(ctx context.Context, key string) (io.ReadCloser, error) {
	object, err := s.Bucket.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	return object, nil
}

// Forgotten is what becomes of a media that outlives its owner: nothing, as it says only by id whose it was.
func (m *Media) Forgotten() error { return domain.ErrSame }
