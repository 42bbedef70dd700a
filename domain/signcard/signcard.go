// Package signcard is the card that a learner gets for a day: a picture, a saying, and how far they have come.
package signcard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
	"yingdi/domain/member"
)

// Card has the natural id camp:member:day: one card a day, and always the same one.
type Card struct {
	domain.Doc
	Camp   string     `json:"camp"`
	Member string     `json:"member"`
	Day    domain.Day `json:"day"`
	State  State      `json:"state"`
	Choice Choice     `json:"choice,omitzero"`  // none on a card of an earlier version
	Reason string     `json:"reason,omitempty"` // of the failure
	MadeAt time.Time  `json:"made_at,omitzero"`
}

// State of a card.
type State string

// pending → ready; pending → failed → ready, when a later try succeeds; ready → withdrawn → ready.
const (
	Pending State = "pending"
	Ready   State = "ready"
	Failed  State = "failed"

	Withdrawn State = "withdrawn" // its day has nothing to show for any more
)

// Page of the mini-program that a card's code opens.
const Page = "pages/camp/camp"

// ID of the card of a person on a day of a camp.
func ID(campID, memberID string, day domain.Day) string {
	return domain.Key(campID, memberID, string(day))
}

func key(id string) string { return "card/" + strings.ReplaceAll(id, ":", "/") + ".jpg" }

func codeKey(campID, memberID string) string { return "code/" + campID + "/" + memberID + ".jpg" }

// LinkLife is how long a link to a card works.
const LinkLife = time.Hour

// Store keeps cards.
type Store interface {
	domain.Documents[Card]
	// OfCamp lists a camp's cards by id.
	OfCamp(ctx context.Context, camp string, page domain.Page) ([]Card, domain.Cursor, error)
	// OfMember lists a person's cards by id.
	OfMember(ctx context.Context, member string, page domain.Page) ([]Card, domain.Cursor, error)
	CountCamp(ctx context.Context, camp string) (int64, error)
	CountMember(ctx context.Context, member string) (int64, error)
}

// Bucket is what this feature needs of the media bucket.
type Bucket interface {
	SignDownload(ctx context.Context, key, contentType string, expires time.Time) (string, error)
	Put(ctx context.Context, key, contentType string, body io.Reader, size int64) error
	Delete(ctx context.Context, key string) error
}

// Files is what this feature needs of domain/media.
type Files interface {
	// Read returns domain.ErrNotFound if nothing is there.
	Read(ctx context.Context, key string, limit int64) ([]byte, error)
	// Avatar returns nil if there is none to show.
	Avatar(ctx context.Context, id string) ([]byte, error)
	OwnPicture(ctx context.Context, owner, id string) error
	Keep(ctx context.Context, ref string, ids []string) error
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
	// Scaled returns a JPEG of a picture, its longer side at most so many pixels.
	Scaled(ctx context.Context, id string, side int) ([]byte, error)
}

// WeChat makes mini-program codes.
type WeChat interface {
	QR(ctx context.Context, scene, page string) ([]byte, error)
}

// Scenes is what this feature needs of domain/channel.
type Scenes interface {
	ForShare(ctx context.Context, camp, member string) (scene string, err error)
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Get(ctx context.Context, id string) (checkin.Checkin, error)
	View(ctx context.Context, id string) (checkin.Entry, error)
	ProgressOn(ctx context.Context, in camp.Camp, memberID string, day domain.Day) (checkin.Progress, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
	// Mine lists every camp to the system.
	Mine(ctx context.Context, f camp.Filter, page domain.Page) ([]camp.Camp, domain.Cursor, error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Get(ctx context.Context, id string) (member.Member, error)
}

// Service holds the use cases.
type Service struct {
	Store         Store
	Libraries     LibraryStore
	TemplateStore TemplateStore
	Settings      SettingStore
	Redraws       RedrawStore
	Invites       InviteStore
	Fronts        FrontStore
	Bucket        Bucket
	WeChat        WeChat
	Scenes        Scenes
	Checkins      Checkins
	Camps         Camps
	Organisers    Organisers
	Enrolments    Enrolments
	Promoters     Promoters
	Members       Members
	Files         Files
	Renderer      Renderer
	IDs           domain.IDs
	Clock         domain.Clock
}

// Make draws the card that goes with a check-in, unless it is there. For jobs, after checkin.EventSubmitted. A failure
// is noted on the card and returned, so that the job tries again.
func (s *Service) Make(ctx context.Context, checkinID string) error {
	c, err := s.Checkins.Get(ctx, checkinID)
	if err != nil {
		return err
	}
	id := ID(c.Camp, c.Member, c.Day)
	had, err := s.Store.Get(ctx, id)
	if err == nil && had.State == Ready {
		return nil
	}
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	in, err := s.Camps.Get(ctx, c.Camp)
	if err != nil {
		return err
	}
	made := Card{Doc: domain.Doc{ID: id}, Camp: c.Camp, Member: c.Member, Day: c.Day, Choice: had.Choice}
	if made.Choice.Picture == "" {
		if made.Choice, err = s.first(ctx, in, c.Member, c.Day); err != nil {
			return fmt.Errorf("card %s: %w", id, err)
		}
	}
	failure := s.draw(ctx, in, made)
	made.State, made.MadeAt = Ready, s.Clock.Now()
	if failure != nil {
		made.State, made.Reason = Failed, "绘制失败，稍后会自动重试"
	}
	err = s.Store.Insert(ctx, made)
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Store.Update(ctx, id, func(c *Card) error {
			if c.State == Ready {
				return domain.ErrSame
			}
			c.Choice, c.State, c.Reason, c.MadeAt = made.Choice, made.State, made.Reason, made.MadeAt
			return nil
		})
	}
	if failed := errors.Join(failure, err); failed != nil {
		return failed
	}
	if c, err = s.Checkins.Get(ctx, checkinID); err != nil || c.State != checkin.Deleted {
		return err
	}
	return s.Withdraw(ctx, checkinID) // it was deleted before there was a card to take away
}

// first makes the choice of a card, and notes how far the learner had come by its day.
func (s *Service) first(ctx context.Context, in camp.Camp, memberID string, day domain.Day) (Choice, error) {
	c, err := s.choose(ctx, in, memberID, day)
	if err != nil {
		return Choice{}, err
	}
	progress, err := s.Checkins.ProgressOn(ctx, in, memberID, day)
	if err != nil {
		return Choice{}, err
	}
	c.DayN, c.Total, c.Streak = progress.In.DayN(day), in.Days(), progress.Streak
	if in.Kind == camp.KindCourse { // everybody's own days: those on which they did something
		c.DayN = len(progress.Done)
	}
	return c, nil
}

// draw puts the picture of a card where its links lead.
func (s *Service) draw(ctx context.Context, in camp.Camp, c Card) error {
	sheet, err := s.sheet(ctx, in, c)
	if err != nil {
		return fmt.Errorf("card %s: %w", c.ID, err)
	}
	jpeg, err := s.Renderer.Render(ctx, sheet)
	if err != nil {
		return fmt.Errorf("card %s: %w", c.ID, err)
	}
	return s.Bucket.Put(ctx, key(c.ID), "image/jpeg", bytes.NewReader(jpeg), int64(len(jpeg)))
}

func (s *Service) sheet(ctx context.Context, in camp.Camp, c Card) (Sheet, error) {
	who, err := s.Members.Get(ctx, c.Member)
	if err != nil {
		return Sheet{}, err
	}
	qr, err := s.code(ctx, c.Camp, c.Member)
	if err != nil {
		return Sheet{}, err
	}
	avatar, err := s.Files.Avatar(ctx, who.Card().Avatar)
	if err != nil {
		return Sheet{}, err
	}
	design, logo, err := s.style(ctx, c.Choice.Template, c.Choice.Version)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{
		Design: design, Logo: logo, Picture: c.Choice.Picture, Saying: c.Choice.Saying.Text, Author: c.Choice.Saying.Author,
		Nickname: who.Card().Nickname, Avatar: avatar, Camp: in.Title, Day: c.Day,
		DayN: c.Choice.DayN, Total: c.Choice.Total, Streak: c.Choice.Streak, QR: qr,
	}
	if c.Choice.Own {
		sheet.Photo = s.photo(in.Organiser, c.Choice.Picture)
	}
	return sheet, nil
}

// code returns the mini-program code with which the member shares the camp; it is asked of WeChat once and kept.
func (s *Service) code(ctx context.Context, campID, memberID string) ([]byte, error) {
	at := codeKey(campID, memberID)
	kept, err := s.Files.Read(ctx, at, 1<<20)
	if !errors.Is(err, domain.ErrNotFound) {
		return kept, err
	}
	scene, err := s.Scenes.ForShare(ctx, campID, memberID)
	if err != nil {
		return nil, err
	}
	code, err := s.WeChat.QR(ctx, scene, Page)
	if err != nil {
		return nil, err
	}
	return code, s.Bucket.Put(ctx, at, "image/jpeg", bytes.NewReader(code), int64(len(code)))
}

// ForCheckin returns the card that goes with a check-in to whoever may see the check-in, and a link once it is drawn.
func (s *Service) ForCheckin(ctx context.Context, checkinID string) (card Card, url string, err error) {
	c, err := s.Checkins.View(ctx, checkinID)
	if err != nil {
		return Card{}, "", err
	}
	card, err = s.Store.Get(ctx, ID(c.Camp, c.Member, c.Day))
	if errors.Is(err, domain.ErrNotFound) {
		return Card{State: Pending}, "", nil
	}
	if err != nil || card.State != Ready {
		return card, "", err
	}
	url, err = s.link(ctx, key(card.ID))
	return card, url, err
}

// link is the same for a while, so that clients can cache.
func (s *Service) link(ctx context.Context, key string) (string, error) {
	return s.Bucket.SignDownload(ctx, key, "image/jpeg", s.Clock.Now().Truncate(LinkLife/2).Add(LinkLife+LinkLife/2))
}
