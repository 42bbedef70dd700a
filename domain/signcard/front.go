package signcard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Front is what stands in a camp's window while its teacher has uploaded no cover: a cover, 16:9, and a picture for
// sharing, 5:4 as mini-programs show it. Its id is the camp's.
type Front struct {
	domain.Doc
	Shows  string    `json:"shows"` // digest of what is on them
	MadeAt time.Time `json:"made_at"`
}

// FrontStore keeps fronts.
type FrontStore interface {
	domain.Documents[Front]
	domain.Many[Front]
}

// Organisers is what this feature needs of domain/organiser.
type Organisers interface {
	// Names leaves unknown ids out.
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// FrontLinks are links to a camp's cover and to its picture for sharing.
type FrontLinks struct{ Cover, Share string }

func coverKey(camp string) string { return "front/" + camp + "/cover.jpg" }
func shareKey(camp string) string { return "front/" + camp + "/share.jpg" }

func frontShows(in camp.Camp, organiser string) string {
	return digest("1", in.Title, organiser, dates(in))
}

// MakeFront draws both pictures, unless they are there and right or the camp has a cover of its own. For jobs, after
// camp.EventFace and now and then.
func (s *Service) MakeFront(ctx context.Context, campID string) error {
	in, err := s.Camps.Get(ctx, campID)
	if err != nil || in.Cover != "" {
		return err
	}
	names, err := s.Organisers.Names(ctx, []string{in.Organiser})
	if err != nil {
		return err
	}
	had, err := s.Fronts.Get(ctx, campID)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	shows := frontShows(in, names[in.Organiser])
	if had.Shows == shows {
		return nil
	}
	for key, sheet := range map[string]Sheet{
		coverKey(campID): {W: 750, H: 422, Design: coverDesign(422)}, shareKey(campID): {W: 750, H: 600, Design: coverDesign(600)},
	} {
		sheet.Saying, sheet.Author, sheet.Camp, sheet.Day = in.Title, names[in.Organiser], dates(in), "2000-01-01"
		sheet.Picture, sheet.Photo = s.art(in)
		jpeg, err := s.Renderer.Render(ctx, sheet)
		if err != nil {
			return fmt.Errorf("front of camp %s: %w", campID, err)
		}
		if err := s.Bucket.Put(ctx, key, "image/jpeg", bytes.NewReader(jpeg), int64(len(jpeg))); err != nil {
			return err
		}
	}
	fresh := Front{Doc: domain.Doc{ID: campID}, Shows: shows, MadeAt: s.Clock.Now()}
	err = s.Fronts.Insert(ctx, fresh)
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Fronts.Update(ctx, campID, func(f *Front) error {
			f.Shows, f.MadeAt = shows, fresh.MadeAt
			return nil
		})
	}
	return err
}

// coverDesign has the title on paper below a picture, for a sheet of a height.
func coverDesign(height int) Design {
	return Design{Fade: height * 45 / 100, Pieces: map[Part]Piece{
		PartPicture: {X: 0, Y: 0, W: Width, H: height},
		PartSaying:  {X: 48, Y: height - 226, W: 654, H: 170, Font: Serif, Size: 56, Align: Left},
		PartCamp:    {X: 48, Y: height - 62, W: 654, H: 40, Font: Sans, Size: 26, Align: Left},
	}}
}

// art is the default picture that goes with a camp, always the same one.
func (s *Service) art(in camp.Camp) (string, Photo) {
	return Pictures[place(hash("front", in.ID), 0, len(Pictures))], nil
}

// FrontsOf returns links to the pictures of those camps that have no cover of their own, by id. They are public.
func (s *Service) FrontsOf(ctx context.Context, camps []camp.Camp) (map[string]FrontLinks, error) {
	var ids []string
	for _, in := range camps {
		if in.Cover == "" {
			ids = append(ids, in.ID)
		}
	}
	links := map[string]FrontLinks{}
	if len(ids) == 0 {
		return links, nil
	}
	found, err := s.Fronts.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id := range found {
		cover, err := s.link(ctx, coverKey(id))
		if err != nil {
			return nil, err
		}
		share, err := s.link(ctx, shareKey(id))
		if err != nil {
			return nil, err
		}
		links[id] = FrontLinks{cover, share}
	}
	return links, nil
}

// ownKey is where a cover that staff have uploaded lies at the size of a front.
func ownKey(camp, cover string) string { return "front/" + camp + "/" + cover + ".jpg" }

// Window returns the picture that stands for a camp outside, a JPEG: its cover at a size for the web, or what is drawn in
// its place, at once if no job has come to it yet: a link is passed on the moment a camp is published. Whoever calls it has
// checked that the camp may be seen.
func (s *Service) Window(ctx context.Context, in camp.Camp) ([]byte, error) {
	if in.Cover == "" {
		drawn, err := s.Files.Read(ctx, coverKey(in.ID), 4<<20)
		if !errors.Is(err, domain.ErrNotFound) {
			return drawn, err
		}
		if err := s.MakeFront(ctx, in.ID); err != nil {
			return nil, err
		}
		return s.Files.Read(ctx, coverKey(in.ID), 4<<20)
	}
	at := ownKey(in.ID, in.Cover)
	kept, err := s.Files.Read(ctx, at, 4<<20)
	if !errors.Is(err, domain.ErrNotFound) {
		return kept, err
	}
	jpeg, err := s.Files.Scaled(ctx, in.Cover, 900)
	if err != nil {
		return nil, err
	}
	return jpeg, s.Bucket.Put(ctx, at, "image/jpeg", bytes.NewReader(jpeg), int64(len(jpeg)))
}

// SweepFronts draws what is missing or no longer right: of camps from before there were fronts, or of an organiser with
// another name. For the schedule.
func (s *Service) SweepFronts(ctx context.Context) error {
	for camps, err := range domain.Pages(func(page domain.Page) ([]camp.Camp, domain.Cursor, error) {
		return s.Camps.Mine(ctx, camp.Filter{}, page)
	}) {
		if err != nil {
			return err
		}
		ids, organisers := make([]string, len(camps)), make([]string, len(camps))
		for i, in := range camps {
			ids[i], organisers[i] = in.ID, in.Organiser
		}
		names, err := s.Organisers.Names(ctx, organisers)
		if err != nil {
			return err
		}
		had, err := s.Fronts.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		var failures []error
		for _, in := range camps {
			if in.Cover == "" && in.State != camp.Closed && had[in.ID].Shows != frontShows(in, names[in.Organiser]) {
				failures = append(failures, s.MakeFront(ctx, in.ID))
			}
		}
		if err := errors.Join(failures...); err != nil {
			return err
		}
	}
	return nil
}
