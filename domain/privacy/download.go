package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"yingdi/domain"
)

// Download is a copy of everything that we hold about a person. Its id is the member's: there is one at a time.
type Download struct {
	domain.Doc
	State   DownloadState `json:"state"`
	Key     string        `json:"key"` // where the file lies; another for each
	Size    int64         `json:"size,omitempty"`
	Left    int           `json:"left,omitempty"` // files that were too much for it
	AskedAt time.Time     `json:"asked_at"`
	ReadyAt time.Time     `json:"ready_at,omitzero"`
	Until   time.Time     `json:"until"` // when it is deleted
}

// DownloadState of a download.
type DownloadState string

// making → ready; both end with Until.
const (
	Making DownloadState = "making"
	Ready  DownloadState = "ready"
)

// EventAsked says that a download is to be made.
const EventAsked = "privacy:asked"

// Limits of a download.
const (
	DownloadLife = 3 * 24 * time.Hour
	LinkLife     = 10 * time.Minute
	MaxFiles     = int64(4) << 30 // bytes of a person's files in it
)

// DownloadStore keeps downloads.
type DownloadStore interface {
	domain.Documents[Download]
	domain.Passing[Download]
}

// Files lists what a person uploaded; domain/media does it.
type Files interface {
	FilesOf(ctx context.Context, member string, each func(name, key string, size int64) error) error
}

// Archives begins files that hold others.
type Archives interface {
	New() (Archive, error)
}

// Archive is a file being written.
type Archive interface {
	// Add begins the next file in it; what is written goes there until the next Add.
	Add(name string) (io.Writer, error)
	// Finish returns the whole, to be read before Discard.
	Finish() (file io.Reader, size int64, err error)
	// Discard takes away what was written; to be called in any case.
	Discard() error
}

// Bucket is what this feature needs of the media bucket.
type Bucket interface {
	Read(ctx context.Context, key string) (io.ReadCloser, error)
	Put(ctx context.Context, key, contentType string, body io.Reader, size int64) error
	SignDownload(ctx context.Context, key, contentType string, expires time.Time) (string, error)
	Delete(ctx context.Context, key string) error
}

const zipType = "application/zip"

// AskDownload asks for a copy of the acting person's data. While there is one, being made or ready, that is it.
func (s *Service) AskDownload(ctx context.Context) (Download, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Download{}, err
	}
	now := s.Clock.Now()
	d := Download{
		Doc: domain.Doc{ID: actor.Member}, State: Making, Key: "download/" + domain.Secret() + ".zip", AskedAt: now, Until: now.Add(DownloadLife),
	}
	d.Emit(EventAsked, now, nil)
	err := s.Downloads.Insert(ctx, d)
	if !errors.Is(err, domain.ErrExists) {
		return d, err
	}
	kept, err := s.Downloads.Get(ctx, actor.Member)
	if err != nil || now.Before(kept.Until) {
		return kept, err
	}
	if err := s.drop(ctx, kept); err != nil {
		return Download{}, err
	}
	return s.AskDownload(ctx)
}

// MyDownload returns the acting person's download, with a link once it is ready, or domain.ErrNotFound.
func (s *Service) MyDownload(ctx context.Context) (d Download, url string, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Download{}, "", err
	}
	now := s.Clock.Now()
	d, err = s.Downloads.Get(ctx, actor.Member)
	if err == nil && !now.Before(d.Until) {
		err = domain.ErrNotFound
	}
	if err != nil || d.State != Ready {
		return d, "", err
	}
	url, err = s.Bucket.SignDownload(ctx, d.Key, zipType, earlier(now.Add(LinkLife), d.Until))
	return d, url, err
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Pack makes a download. For jobs, after EventAsked.
func (s *Service) Pack(ctx context.Context, id string) (err error) {
	d, err := s.Downloads.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil || d.State != Making {
		return err
	}
	archive, err := s.Archives.New()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Discard()) }()
	left, err := s.fill(ctx, id, archive)
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	file, size, err := archive.Finish()
	if err != nil {
		return err
	}
	if err := s.Bucket.Put(ctx, d.Key, zipType, file, size); err != nil {
		return err
	}
	_, err = s.Downloads.Update(ctx, id, func(kept *Download) error {
		if kept.Key != d.Key || kept.State != Making {
			return domain.ErrSame
		}
		kept.State, kept.Size, kept.Left, kept.ReadyAt = Ready, size, left, s.Clock.Now()
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) { // the account went meanwhile
		return s.Bucket.Delete(ctx, d.Key)
	}
	return err
}

// fill writes one JSON file for each collection and then the person's files, and returns how many there was no room for.
func (s *Service) fill(ctx context.Context, member string, archive Archive) (left int, err error) {
	for _, holder := range s.Holders {
		out, err := archive.Add(holder.Name() + ".json")
		if err != nil {
			return 0, err
		}
		if err := give(ctx, holder, member, out); err != nil {
			return 0, err
		}
	}
	room := MaxFiles
	err = s.Files.FilesOf(ctx, member, func(name, key string, size int64) error {
		if size > room {
			left++
			return nil
		}
		object, err := s.Bucket.Read(ctx, key)
		if errors.Is(err, domain.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		defer object.Close()
		room -= size
		out, err := archive.Add("files/" + name)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, object)
		return err
	})
	return left, err
}

// give writes a list, a value at a time.
func give(ctx context.Context, holder Holder, member string, out io.Writer) error {
	lead := "[\n"
	err := holder.Give(ctx, member, func(v any) error {
		raw, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s%s", lead, raw)
		lead = ",\n"
		return err
	})
	if err == nil && lead == "[\n" {
		_, err = io.WriteString(out, "[")
	}
	if err == nil {
		_, err = io.WriteString(out, "]\n")
	}
	return err
}

func (s *Service) drop(ctx context.Context, d Download) error {
	if err := s.Bucket.Delete(ctx, d.Key); err != nil {
		return err
	}
	return s.Downloads.Delete(ctx, d.ID)
}

// sweepDownloads deletes copies whose time is over.
func (s *Service) sweepDownloads(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "download", func(page domain.Page) ([]Download, domain.Cursor, error) { return s.Downloads.Ended(ctx, now, page) },
		func(d Download) error { return s.drop(ctx, d) })
}

// DropDownload deletes a person's copy and its file, as Part.First.
func (s *Service) DropDownload(ctx context.Context, d Download) error {
	return s.Bucket.Delete(ctx, d.Key)
}
