package checkin

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	Pinned   bool
}

// Only is a part of a feed.
type Only string

// The parts; what is hidden only staff see.
const (
	Everything   Only = ""
	OnlyFeatured Only = "featured"
	OnlyPinned   Only = "pinned"
	OnlyHidden   Only = "hidden"
)

// Parts that there are.
var Parts = []Only{Everything, OnlyFeatured, OnlyPinned, OnlyHidden}

// Look says what of a feed somebody wants to see.
type Look struct {
	Only  Only
	Topic string // empty: any; of a part that is not hidden or pinned
}

// Feed lists what the camp's learners have handed in and show, the newest first, to its learners and staff. Of everything,
// what is pinned comes first and only there: the first page has it on top of what was asked for, and any page may be
// shorter for it.
func (s *Service) Feed(ctx context.Context, campID string, look Look, page domain.Page) ([]Entry, domain.Cursor, error) {
	if err := s.mayLook(ctx, campID); err != nil {
		return nil, "", err
	}
	_, notStaff := s.Camps.ForStaff(ctx, campID, domain.RightReview)
	if look.Only == OnlyHidden && notStaff != nil {
		return nil, "", notStaff
	}
	w, err := s.Wall(ctx, campID)
	if err != nil {
		return nil, "", err
	}
	list, next, err := s.look(ctx, w, look, page)
	if err != nil {
		return nil, "", err
	}
	if look == (Look{}) {
		list = slices.DeleteFunc(list, w.Pinned)
	}
	if page.After == "" && (look == Look{} || look.Only == OnlyPinned) {
		pins, err := s.pinned(ctx, w)
		if err != nil {
			return nil, "", err
		}
		list = append(pins, list...)
	}
	entries, err := s.entries(ctx, list, notStaff == nil)
	for i, e := range entries {
		entries[i].Pinned = w.Pinned(e.Checkin)
	}
	return entries, next, err
}

func (s *Service) look(ctx context.Context, w Wall, look Look, page domain.Page) ([]Checkin, domain.Cursor, error) {
	switch {
	case look.Only == OnlyPinned:
		return nil, "", nil
	case look.Only == OnlyHidden:
		return s.Store.Veiled(ctx, Where{Camps: []string{w.ID}}, page)
	case look.Topic != "":
		return s.withTopic(ctx, w.ID, look, page)
	case look.Only == OnlyFeatured:
		return s.Store.Featured(ctx, w.ID, page)
	}
	return s.Store.Feed(ctx, w.ID, page)
}

// withTopic goes by the tags, and leaves out what by now is about something else or not shown.
func (s *Service) withTopic(ctx context.Context, campID string, look Look, page domain.Page) ([]Checkin, domain.Cursor, error) {
	topic, ok := TopicOf(look.Topic)
	if !ok {
		return nil, "", domain.Invalid("topic", "话题是 2 到 20 个字，只用文字和数字")
	}
	tags, next, err := s.Tags.OfTopic(ctx, campID, topic, page)
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(tags))
	for i, t := range tags {
		ids[i] = t.Checkin
	}
	found, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	var list []Checkin
	for _, id := range ids {
		if c := found[id]; slices.Contains(c.about(), topic) && (look.Only != OnlyFeatured || c.Featured()) {
			list = append(list, c)
		}
	}
	return list, next, nil
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
	list = slices.DeleteFunc(list, func(c Checkin) bool { return c.State == Deleted }) // a page may then be shorter
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
	if c.State == Deleted {
		return Checkin{}, false, fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
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
