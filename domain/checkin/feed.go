package checkin

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/member"
)

// Entry is a check-in as somebody sees it.
type Entry struct {
	Checkin
	Author   member.Card
	Files    []media.View
	Liked    bool // by whoever looks
	Mine     bool
	Editable bool
}

// LikeStore keeps likes.
type LikeStore interface {
	domain.Documents[Like]
	domain.Many[Like]
	CountOn(ctx context.Context, checkin string) (int64, error)
}

// CommentStore keeps comments.
type CommentStore interface {
	domain.Documents[Comment]
	domain.Many[Comment]
	// Shown lists what may be seen under a check-in, the oldest first.
	Shown(ctx context.Context, checkin string, page domain.Page) ([]Comment, domain.Cursor, error)
	CountShown(ctx context.Context, checkin string) (int64, error)
}

// Feed lists what the camp's learners have handed in and show, the newest first, to its learners and staff.
func (s *Service) Feed(ctx context.Context, campID string, page domain.Page) ([]Entry, domain.Cursor, error) {
	if err := s.mayLook(ctx, campID); err != nil {
		return nil, "", err
	}
	list, next, err := s.Store.Feed(ctx, campID, page)
	if err != nil {
		return nil, "", err
	}
	entries, err := s.entries(ctx, list, false)
	return entries, next, err
}

// Mine lists the acting learner's own check-ins in a camp, the newest first, in whatever state.
func (s *Service) Mine(ctx context.Context, campID string, page domain.Page) ([]Entry, domain.Cursor, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return nil, "", err
	}
	return s.ofMember(ctx, campID, enrolled.Member, page)
}

// OfMember lists one learner's check-ins to the camp's staff.
func (s *Service) OfMember(ctx context.Context, campID, memberID string, page domain.Page) ([]Entry, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return nil, "", err
	}
	return s.ofMember(ctx, campID, memberID, page)
}

func (s *Service) ofMember(ctx context.Context, campID, memberID string, page domain.Page) ([]Entry, domain.Cursor, error) {
	list, next, err := s.Store.OfMember(ctx, campID, memberID, page)
	if err != nil {
		return nil, "", err
	}
	entries, err := s.entries(ctx, list, true)
	return entries, next, err
}

// Queue lists what waits for a review to those who may review, the oldest first.
func (s *Service) Queue(ctx context.Context, campID string, page domain.Page) ([]Entry, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightReview); err != nil {
		return nil, "", err
	}
	list, next, err := s.Store.Queue(ctx, campID, page)
	if err != nil {
		return nil, "", err
	}
	entries, err := s.entries(ctx, list, true)
	return entries, next, err
}

// View returns one check-in to its author, to the camp's staff, and to its learners if it is public.
func (s *Service) View(ctx context.Context, id string) (Entry, error) {
	c, all, err := s.visible(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	entries, err := s.entries(ctx, []Checkin{c}, all)
	if err != nil {
		return Entry{}, err
	}
	return entries[0], nil
}

// visible returns a check-in that the actor may see, and whether they may see all of it, unmoderated files included.
// To everybody else it does not exist.
func (s *Service) visible(ctx context.Context, id string) (c Checkin, all bool, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Checkin{}, false, err
	}
	if c, err = s.Store.Get(ctx, id); err != nil {
		return Checkin{}, false, err
	}
	if actor.Member == c.Member || actor.Has(domain.RightReview, domain.Place{Organiser: c.Organiser, Camp: c.Camp}) {
		return c, true, nil
	}
	if c.Public() {
		if _, err = s.Enrolments.Require(ctx, c.Camp); err == nil {
			return c, false, nil
		}
	}
	return Checkin{}, false, fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
}

func (s *Service) mayLook(ctx context.Context, campID string) error {
	_, err := s.Enrolments.Require(ctx, campID)
	if err == nil || errors.Is(err, domain.ErrUnauthenticated) {
		return err
	}
	if _, staff := s.Camps.ForStaff(ctx, campID, domain.RightCampView); staff == nil {
		return nil
	}
	return err
}

// entries joins check-ins with their authors, files and the looker's likes: three round trips, however many there are.
func (s *Service) entries(ctx context.Context, list []Checkin, all bool) ([]Entry, error) {
	actor := domain.ActorFrom(ctx)
	var people, files, likes []string
	for _, c := range list {
		people = append(people, c.Member)
		files = append(files, c.Media...)
		likes = append(likes, LikeID(c.ID, actor.Member))
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, err
	}
	found, err := s.Media.Many(ctx, files)
	if err != nil {
		return nil, err
	}
	liked, err := s.Likes.GetMany(ctx, likes)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(list))
	for i, c := range list {
		e := Entry{Checkin: c, Author: cards[c.Member], Mine: c.Member == actor.Member}
		e.Liked = liked[LikeID(c.ID, actor.Member)].On
		e.Editable = e.Mine && c.editable(s.Clock.Now())
		if e.Files, err = s.Media.Views(ctx, found, c.Media, all); err != nil {
			return nil, err
		}
		entries[i] = e
	}
	return entries, nil
}

// Like notes that the acting person likes a check-in, or no longer does.
func (s *Service) Like(ctx context.Context, id string, on bool) error {
	c, _, err := s.visible(ctx, id)
	if err != nil {
		return err
	}
	if c.State != Visible {
		return fmt.Errorf("check-in %s: %w", id, ErrInvisible)
	}
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	like := Like{Doc: domain.Doc{ID: LikeID(id, actor.Member)}, Checkin: id, Member: actor.Member, On: on, At: now}
	like.Emit(EventLiked, now, nil)
	_, err = s.Likes.Update(ctx, like.ID, func(l *Like) error {
		if l.On == on {
			return domain.ErrSame
		}
		l.On, l.At = on, now
		l.Emit(EventLiked, now, nil)
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) && on {
		err = s.Likes.Insert(ctx, like)
	}
	if errors.Is(err, domain.ErrExists) || errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

// CountLikes sets the number of likes that the check-in shows, from the facts. For jobs, after EventLiked.
func (s *Service) CountLikes(ctx context.Context, likeID string) error {
	like, err := s.Likes.Get(ctx, likeID)
	if err != nil {
		return err
	}
	return s.recount(ctx, like.Checkin, s.Likes.CountOn, func(c *Checkin) *int { return &c.Likes })
}

// Say puts a comment under a check-in. Others see it once WeChat's check has passed it.
func (s *Service) Say(ctx context.Context, id, text string) (Comment, error) {
	c, _, err := s.visible(ctx, id)
	if err != nil {
		return Comment{}, err
	}
	if err := CheckComment(text); err != nil {
		return Comment{}, err
	}
	if c.State != Visible {
		return Comment{}, fmt.Errorf("check-in %s: %w", id, ErrInvisible)
	}
	now := s.Clock.Now()
	said := Comment{
		Doc: domain.Doc{ID: s.IDs.New()}, Checkin: id, Camp: c.Camp, Member: domain.ActorFrom(ctx).Member,
		Text: text, State: Pending, At: now,
	}
	said.Emit(EventCommented, now, nil)
	return said, s.Comments.Insert(ctx, said)
}

// Said is a comment with its author.
type Said struct {
	Comment
	Author member.Card
}

// CommentsOf lists the comments under a check-in, the oldest first.
func (s *Service) CommentsOf(ctx context.Context, id string, page domain.Page) ([]Said, domain.Cursor, error) {
	if _, _, err := s.visible(ctx, id); err != nil {
		return nil, "", err
	}
	list, next, err := s.Comments.Shown(ctx, id, page)
	if err != nil {
		return nil, "", err
	}
	people := make([]string, len(list))
	for i, c := range list {
		people[i] = c.Member
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, "", err
	}
	said := make([]Said, len(list))
	for i, c := range list {
		said[i] = Said{c, cards[c.Member]}
	}
	return said, next, nil
}
