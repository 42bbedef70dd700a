package signcard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/member"
)

// Invite is the card with which a person invites others to a camp; its id is camp:member. Its code says who invited.
type Invite struct {
	domain.Doc
	Camp   string    `json:"camp"`
	Member string    `json:"member"`
	State  State     `json:"state"`
	Shows  string    `json:"shows"` // digest of what is on it
	MadeAt time.Time `json:"made_at,omitzero"`
}

// EventInvite says that an invite card is to be drawn.
const EventInvite = "invitecard:asked"

// InviteStore keeps invite cards.
type InviteStore interface{ domain.Documents[Invite] }

// Enrolments is what this feature needs of domain/enrolment.
type Enrolments interface {
	Has(ctx context.Context, camp, member string) (bool, error)
}

// Promoters tells who recommends a camp without being in it; domain/referral does it.
type Promoters interface {
	Promotes(ctx context.Context, c camp.Camp, member string) (bool, error)
}

func inviteKey(camp, member string) string { return "invite/" + camp + "/" + member + ".jpg" }

// digest of what a picture shows, so that it is drawn anew when that changes.
func digest(shown ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(shown, "\x00")))
	return hex.EncodeToString(sum[:12])
}

func dates(in camp.Camp) string {
	if !in.Start.Valid() || in.Kind == camp.KindCourse {
		return "随时可以开始"
	}
	return in.Start.Chinese() + "开营 · 共 " + fmt.Sprint(in.Days()) + " 天"
}

func inviteShows(in camp.Camp, who member.Card) string {
	return digest("1", in.Title, dates(in), in.Cover, who.Nickname, who.Avatar)
}

// AskInvite returns the acting person's invite card of a camp that they are in, work in or promote, and has it drawn if it is not
// there or no longer right. Returns enrolment.ErrNotEnrolled to others, and camp.ErrNotPublished for a draft.
func (s *Service) AskInvite(ctx context.Context, campID string) (Invite, string, error) {
	in, who, err := s.inviter(ctx, campID)
	if err != nil {
		return Invite{}, "", err
	}
	now, shows := s.Clock.Now(), inviteShows(in, who.Card())
	fresh := Invite{Doc: domain.Doc{ID: domain.Key(campID, who.ID)}, Camp: campID, Member: who.ID, State: Pending, Shows: shows}
	fresh.Emit(EventInvite, now, nil)
	err = s.Invites.Insert(ctx, fresh)
	if errors.Is(err, domain.ErrExists) {
		fresh, err = s.Invites.Update(ctx, fresh.ID, func(i *Invite) error {
			if i.Shows == shows {
				return domain.ErrSame
			}
			i.State, i.Shows = Pending, shows
			i.Emit(EventInvite, now, nil)
			return nil
		})
	}
	if err != nil || fresh.State != Ready {
		return fresh, "", err
	}
	url, err := s.link(ctx, inviteKey(campID, who.ID))
	return fresh, url, err
}

func (s *Service) inviter(ctx context.Context, campID string) (camp.Camp, member.Member, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return camp.Camp{}, member.Member{}, err
	}
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return in, member.Member{}, err
	}
	if in.State == camp.Draft {
		return in, member.Member{}, fmt.Errorf("camp %s: %w", campID, camp.ErrNotPublished)
	}
	if !actor.Has(domain.RightCampView, in.Place()) {
		within, err := s.Enrolments.Has(ctx, campID, actor.Member)
		if err == nil && !within {
			within, err = s.Promoters.Promotes(ctx, in, actor.Member)
		}
		if err == nil && !within {
			err = fmt.Errorf("camp %s: %w", campID, enrolment.ErrNotEnrolled)
		}
		if err != nil {
			return in, member.Member{}, err
		}
	}
	who, err := s.Members.Get(ctx, actor.Member)
	return in, who, err
}

// MakeInvite draws an invite card. For jobs, after EventInvite.
func (s *Service) MakeInvite(ctx context.Context, id string) error {
	i, err := s.Invites.Get(ctx, id)
	if err != nil || i.State == Ready {
		return err
	}
	in, err := s.Camps.Get(ctx, i.Camp)
	if err != nil {
		return err
	}
	who, err := s.Members.Get(ctx, i.Member)
	if err != nil {
		return err
	}
	sheet := Sheet{
		Design: inviteDesign(), Saying: in.Title, Author: dates(in), Nickname: who.Card().Nickname, Camp: "邀请你一起加入", Day: "2000-01-01",
	}
	sheet.Picture, sheet.Photo = s.art(in)
	if sheet.QR, err = s.code(ctx, i.Camp, i.Member); err != nil {
		return err
	}
	if sheet.Avatar, err = s.Files.Avatar(ctx, who.Card().Avatar); err != nil {
		return err
	}
	jpeg, err := s.Renderer.Render(ctx, sheet)
	if err != nil {
		return fmt.Errorf("invite card %s: %w", id, err)
	}
	if err := s.Bucket.Put(ctx, inviteKey(i.Camp, i.Member), "image/jpeg", bytes.NewReader(jpeg), int64(len(jpeg))); err != nil {
		return err
	}
	shows := inviteShows(in, who.Card())
	_, err = s.Invites.Update(ctx, id, func(i *Invite) error {
		i.State, i.Shows, i.MadeAt = Ready, shows, s.Clock.Now()
		return nil
	})
	return err
}

// inviteDesign has the camp's title where a card has its saying.
func inviteDesign() Design {
	d := DefaultDesign()
	for _, p := range []Part{PartSeal, PartDate, PartTrack, PartProgress, PartStreak} {
		d.Pieces[p] = Piece{Hidden: true}
	}
	d.Pieces[PartSaying] = Piece{X: 64, Y: 690, W: 622, H: 250, Font: Serif, Size: 56, Align: Left}
	d.Pieces[PartAvatar] = Piece{X: 64, Y: 1002, W: 96, H: 96}
	d.Pieces[PartName] = Piece{X: 180, Y: 1002, W: 322, H: 50, Font: Sans, Size: 34, Align: Left}
	d.Pieces[PartCamp] = Piece{X: 180, Y: 1054, W: 322, H: 42, Font: Sans, Size: 26, Align: Left}
	return d
}

// Poster draws an invitation to a camp that comes from no person, with the mini-program code that leads there, a JPEG.
// Whoever calls it has checked who asks.
func (s *Service) Poster(ctx context.Context, campID string, code []byte) ([]byte, error) {
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return nil, err
	}
	names, err := s.Organisers.Names(ctx, []string{in.Organiser})
	if err != nil {
		return nil, err
	}
	d := inviteDesign()
	d.Pieces[PartAvatar] = Piece{Hidden: true}
	d.Pieces[PartName] = Piece{X: 64, Y: 1002, W: 438, H: 50, Font: Sans, Size: 34, Align: Left}
	d.Pieces[PartCamp] = Piece{X: 64, Y: 1054, W: 438, H: 42, Font: Sans, Size: 26, Align: Left}
	sheet := Sheet{Design: d, Saying: in.Title, Author: dates(in), Nickname: names[in.Organiser], Camp: "扫码了解和报名", Day: "2000-01-01", QR: code}
	sheet.Picture, sheet.Photo = s.art(in)
	jpeg, err := s.Renderer.Render(ctx, sheet)
	if err != nil {
		err = fmt.Errorf("poster of camp %s: %w", campID, err)
	}
	return jpeg, err
}
