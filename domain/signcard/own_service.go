package signcard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Shelf is an organiser's library as its keepers see it.
type Shelf struct {
	Library
	Views map[string]media.View // of the pictures
}

// OfOrganiser returns the library to those who keep it.
func (s *Service) OfOrganiser(ctx context.Context, organiser string) (Shelf, error) {
	if err := s.keeper(ctx, organiser); err != nil {
		return Shelf{}, err
	}
	library, err := s.library(ctx, organiser)
	if err != nil {
		return Shelf{}, err
	}
	ids := make([]string, len(library.Pictures))
	for i, p := range library.Pictures {
		ids[i] = p.ID
	}
	found, err := s.Files.Many(ctx, ids)
	if err != nil {
		return Shelf{}, err
	}
	views, err := s.Files.Views(ctx, found, ids, true)
	if err != nil {
		return Shelf{}, err
	}
	shelf := Shelf{library, map[string]media.View{}}
	for _, v := range views {
		shelf.Views[v.ID] = v
	}
	return shelf, nil
}

// AddPictures puts pictures that the acting person has uploaded into the library: all of them or, if one cannot be used,
// none. Returns ErrSmall, ErrLibraryFull or media.ErrUnusable.
func (s *Service) AddPictures(ctx context.Context, organiser string, ids []string, label Label) error {
	if err := s.keeper(ctx, organiser); err != nil {
		return err
	}
	var check domain.Check
	check.That(len(ids) > 0, "media", "请先选择图片")
	check.That(len(ids) <= 50, "media", "一次最多 50 张")
	label.Check(&check)
	for _, id := range ids {
		check.That(domain.ValidID(id), "media", "图片无效")
	}
	if err := check.Err(); err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.Files.OwnPicture(ctx, domain.ActorFrom(ctx).Member, id); err != nil {
			return fmt.Errorf("picture %s: %w", id, err)
		}
	}
	found, err := s.Files.Many(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if m := found[id]; m.Width < MinPictureW || m.Height < MinPictureH {
			return fmt.Errorf("picture %s: %w", id, ErrSmall)
		}
	}
	for _, id := range ids { // before they are seen, so that none is swept away
		if err := s.Files.Keep(ctx, pictureRef(organiser, id), []string{id}); err != nil {
			return err
		}
	}
	label.AddedAt = s.Clock.Now()
	return s.change(ctx, organiser, func(l *Library) error {
		added := false
		for _, id := range ids {
			err := l.AddPicture(id, label)
			if err != nil && !errors.Is(err, domain.ErrSame) {
				return err
			}
			added = added || err == nil
		}
		if !added {
			return domain.ErrSame
		}
		return nil
	})
}

// change alters an organiser's library, and makes it first if there is none.
func (s *Service) change(ctx context.Context, organiser string, change func(*Library) error) error {
	_, err := s.Libraries.Update(ctx, organiser, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	err = s.Libraries.Insert(ctx, Library{Doc: domain.Doc{ID: organiser}})
	if err != nil && !errors.Is(err, domain.ErrExists) {
		return err
	}
	_, err = s.Libraries.Update(ctx, organiser, change)
	return err
}

// Prepare makes a picture ready for cards: a JPEG of a size that is quickly read. For jobs, after EventPicture.
func (s *Service) Prepare(ctx context.Context, organiser, id string) error {
	jpeg, err := s.Files.Scaled(ctx, id, pictureSide)
	state := Ready
	switch {
	case errors.Is(err, media.ErrUnusable) || errors.Is(err, domain.ErrNotFound):
		state = Failed
	case err != nil:
		return fmt.Errorf("picture %s: %w", id, err)
	default:
		if err := s.Bucket.Put(ctx, pictureKey(organiser, id), "image/jpeg", bytes.NewReader(jpeg), int64(len(jpeg))); err != nil {
			return err
		}
	}
	_, err = s.Libraries.Update(ctx, organiser, func(l *Library) error { return l.Prepared(id, state) })
	return err
}

// photo reads a picture of an organiser's.
func (s *Service) photo(organiser, id string) Photo {
	return func(ctx context.Context) ([]byte, error) { return s.Files.Read(ctx, pictureKey(organiser, id), 4<<20) }
}

// AddSayings puts sayings into the library: all of them or, if one cannot be set on any card, none. The refusal names the
// line and says why. added counts those that were not there before.
func (s *Service) AddSayings(ctx context.Context, organiser string, list []Saying, label Label) (added int, err error) {
	if err := s.keeper(ctx, organiser); err != nil {
		return 0, err
	}
	var check domain.Check
	check.That(len(list) > 0, "sayings", "请填写文案，一行一条")
	check.That(len(list) <= MaxAtOnce, "sayings", "一次最多 100 条")
	label.Check(&check)
	if err := check.Err(); err != nil {
		return 0, err
	}
	designs, err := s.designs(ctx, organiser)
	if err != nil {
		return 0, err
	}
	for i, one := range list {
		if why := s.refuse(designs, one); why != "" {
			check.That(false, "sayings", fmt.Sprintf("第 %d 条：%s", i+1, why))
		}
	}
	if err := check.Err(); err != nil {
		return 0, err
	}
	label.AddedAt = s.Clock.Now()
	ids := make([]string, len(list))
	for i := range ids {
		ids[i] = s.IDs.New()
	}
	err = s.change(ctx, organiser, func(l *Library) error {
		added = 0
		for i, one := range list {
			err := l.AddSaying(ids[i], one, label)
			if errors.Is(err, domain.ErrSame) {
				continue
			}
			if err != nil {
				return err
			}
			added++
		}
		if added == 0 {
			return domain.ErrSame
		}
		return nil
	})
	return added, err
}

// designs are those that a saying may be set in: the default one and the templates in use.
func (s *Service) designs(ctx context.Context, organiser string) ([]Design, error) {
	list, _, err := s.TemplateStore.OfOrganiser(ctx, organiser, domain.Page{Limit: MaxTemplates})
	designs := []Design{DefaultDesign()}
	for _, t := range list {
		if v, _ := t.Current(); t.ArchivedAt.IsZero() {
			designs = append(designs, v.Design)
		}
	}
	return designs, err
}

// refuse says why a saying can be set in none of the designs, or "".
func (s *Service) refuse(designs []Design, one Saying) string {
	var check domain.Check
	one.Check(&check)
	var wrong *domain.Error
	if errors.As(check.Err(), &wrong) {
		return wrong.Message
	}
	var why string
	for _, d := range designs {
		switch m := s.Renderer.Measure(d, one); {
		case m.Missing != "":
			return "“" + m.Missing + "”没有字形，无法印在日签上，请换一个字"
		case m.Fits:
			return ""
		default:
			why = fmt.Sprintf("太长了，用最小的字号排到 %d 行仍放不下，请缩短文案或出处", m.Lines)
		}
	}
	return why
}

// Relabel changes season, tags and whether something in the library is archived.
func (s *Service) Relabel(ctx context.Context, organiser, id string, label Label, archive bool) error {
	if err := s.keeper(ctx, organiser); err != nil {
		return err
	}
	var check domain.Check
	label.Check(&check)
	if err := check.Err(); err != nil {
		return err
	}
	now := s.Clock.Now()
	_, err := s.Libraries.Update(ctx, organiser, func(l *Library) error {
		return l.Relabel(id, func(had *Label) {
			had.Season, had.Tags = label.Season, label.Tags
			switch {
			case !archive:
				had.ArchivedAt = time.Time{}
			case had.ArchivedAt.IsZero():
				had.ArchivedAt = now
			}
		})
	})
	return err
}
