package camp

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Store keeps camps.
type Store interface {
	domain.Documents[Camp]
	domain.Many[Camp]
	// Open lists published camps, the one that starts last first.
	Open(ctx context.Context, page domain.Page) ([]Camp, domain.Cursor, error)
	// ByOrganiser lists all camps of these organisers, the newest first.
	ByOrganiser(ctx context.Context, organisers []string, page domain.Page) ([]Camp, domain.Cursor, error)
	// Calling lists camps that wait for a round of messages from before the instant.
	Calling(ctx context.Context, before time.Time, page domain.Page) ([]Camp, domain.Cursor, error)
	// Turning lists published camps that wait for a turn from before the instant.
	Turning(ctx context.Context, before time.Time, page domain.Page) ([]Camp, domain.Cursor, error)
	// All lists every camp, the newest first.
	All(ctx context.Context, page domain.Page) ([]Camp, domain.Cursor, error)
}

// Staff is what this feature needs of domain/organiser.
type Staff interface {
	AppointFounder(ctx context.Context, organiser, camp, member string) error
}

// Seats tells how many seats are taken.
type Seats interface {
	Value(ctx context.Context, counter string) (int64, error)
}

// Tasks tells whether a camp has anything to do; domain/lesson does it.
type Tasks interface {
	HasTask(ctx context.Context, camp string) (bool, error)
}

// Courses says what keeps a course from being published, or nil; domain/course does it.
type Courses interface {
	Ready(ctx context.Context, camp string) error
}

// Pictures tells whether a media id is a picture of the given owner that may be shown, and prepares covers to be looked
// at; domain/media does it.
type Pictures interface {
	OwnPicture(ctx context.Context, owner, id string) error
	Keep(ctx context.Context, ref string, ids []string) error
	Replace(ctx context.Context, ref, old string, current func(context.Context) (string, error)) error
	Own(ctx context.Context, ids []string) ([]media.View, error)
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
}

// Service holds the use cases.
type Service struct {
	Store    Store
	Staff    Staff
	Seats    Seats
	Tasks    Tasks
	Courses  Courses
	Pictures Pictures
	Copiers  []Copier // what a new term gets of the camp that it is cloned from, in this order
	IDs      domain.IDs
	Clock    domain.Clock
}

// Open makes a draft. Whoever opens it becomes its teacher.
func (s *Service) Open(ctx context.Context, organiser string, f Form) (Camp, error) {
	actor := domain.ActorFrom(ctx)
	if !domain.ValidID(organiser) { // an empty place would ask for the right anywhere
		return Camp{}, domain.Invalid("organiser", "请选择机构")
	}
	if err := actor.Must(domain.RightCampOpen, domain.Place{Organiser: organiser}); err != nil {
		return Camp{}, err
	}
	now := s.Clock.Now()
	c := Camp{Doc: domain.Doc{ID: s.IDs.New()}, Organiser: organiser, Kind: f.Kind, State: Draft, CreatedAt: now}
	if err := c.Apply(f, now); err != nil {
		return Camp{}, err
	}
	if err := s.useCover(ctx, c.ID, "", f.Cover); err != nil {
		return Camp{}, err
	}
	return c, s.found(ctx, c)
}

// found puts a new camp into the world. Whoever could not touch it otherwise becomes its teacher. Returns ErrForbidden to
// those who may open none there, and domain.ErrExists if there is one of this id.
func (s *Service) found(ctx context.Context, c Camp) error {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightCampOpen, domain.Place{Organiser: c.Organiser}); err != nil {
		return err
	}
	if actor.Member != "" && !actor.Has(domain.RightCampEdit, c.Place()) {
		// First: should the camp then not come about, a role in nothing is left, and not a camp that nobody may touch.
		if err := s.Staff.AppointFounder(ctx, c.Organiser, c.ID, actor.Member); err != nil {
			return err
		}
	}
	return s.Store.Insert(ctx, c)
}

// Edit changes a camp.
func (s *Service) Edit(ctx context.Context, id string, f Form) (Camp, error) {
	c, err := s.ForStaff(ctx, id, domain.RightCampEdit)
	if err != nil {
		return Camp{}, err
	}
	f.Kind = c.Kind
	if err := f.Check(); err != nil {
		return Camp{}, err
	}
	taken, err := s.Seats.Value(ctx, SeatCounter(id))
	if err != nil {
		return Camp{}, err
	}
	if int64(f.Seats) < taken {
		return Camp{}, fmt.Errorf("camp %s: %w", id, ErrFewerSeats)
	}
	if err := s.useCover(ctx, id, c.Cover, f.Cover); err != nil {
		return Camp{}, err
	}
	return s.Store.Update(ctx, id, func(c *Camp) error { return c.Apply(f, s.Clock.Now()) })
}

// useCover checks a cover that was not there before, and keeps it.
func (s *Service) useCover(ctx context.Context, id, before, cover string) error {
	actor := domain.ActorFrom(ctx)
	if cover == "" || cover == before {
		return nil
	}
	if !actor.System {
		if err := s.Pictures.OwnPicture(ctx, actor.Member, cover); err != nil {
			return fmt.Errorf("cover %s: %w", cover, domain.Invalid("cover", "封面图片无法使用"))
		}
	}
	return s.Pictures.Keep(ctx, domain.Key("camp", id), []string{cover})
}

// Publish makes the camp visible to learners.
func (s *Service) Publish(ctx context.Context, id string) (Camp, error) {
	c, err := s.ForStaff(ctx, id, domain.RightCampEdit)
	if err != nil {
		return Camp{}, err
	}
	any, err := s.Tasks.HasTask(ctx, id)
	if err != nil {
		return Camp{}, err
	}
	if !any {
		return Camp{}, fmt.Errorf("camp %s: %w", id, ErrNoTask)
	}
	if c.Kind == KindCourse {
		if err := s.Courses.Ready(ctx, id); err != nil {
			return Camp{}, err
		}
	}
	return s.Store.Update(ctx, id, func(c *Camp) error { return c.Publish(s.Clock.Now()) })
}

// Close ends the camp.
func (s *Service) Close(ctx context.Context, id string) (Camp, error) {
	if _, err := s.ForStaff(ctx, id, domain.RightCampEdit); err != nil {
		return Camp{}, err
	}
	return s.Store.Update(ctx, id, func(c *Camp) error { return c.Close(s.Clock.Now()) })
}

// Get returns a camp as learners and passers-by see it: drafts do not exist for them.
func (s *Service) Get(ctx context.Context, id string) (Camp, error) {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return Camp{}, err
	}
	if c.State == Draft && !domain.ActorFrom(ctx).Has(domain.RightCampView, c.Place()) {
		return Camp{}, fmt.Errorf("draft camp %s: %w", id, domain.ErrNotFound)
	}
	return c, nil
}

// ForStaff returns a camp to those who hold the right in it. An archived one is read-only: ErrArchived.
func (s *Service) ForStaff(ctx context.Context, id string, right domain.Right) (Camp, error) {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return Camp{}, err
	}
	if err := domain.ActorFrom(ctx).Must(right, c.Place()); err != nil {
		return c, err
	}
	if right == domain.RightCampEdit && !c.Archived.IsZero() {
		return c, fmt.Errorf("camp %s: %w", id, ErrArchived)
	}
	return c, nil
}

// Many returns camps by their ids; unknown ids are left out. Whoever calls it has checked who asks.
func (s *Service) Many(ctx context.Context, ids []string) (map[string]Camp, error) {
	return s.Store.GetMany(ctx, ids)
}

// OpenCamps lists published camps for learners.
func (s *Service) OpenCamps(ctx context.Context, page domain.Page) ([]Camp, domain.Cursor, error) {
	return s.Store.Open(ctx, page)
}

// Every lists all camps there are. For jobs and commands.
func (s *Service) Every(ctx context.Context, page domain.Page) ([]Camp, domain.Cursor, error) {
	return s.Store.All(ctx, page)
}

// Calling lists camps whose next round of messages has come. For jobs.
func (s *Service) Calling(ctx context.Context, page domain.Page) ([]Camp, domain.Cursor, error) {
	return s.Store.Calling(ctx, s.Clock.Now().Add(time.Microsecond), page)
}

// Called notes that the camp's rounds up to an instant were made. For jobs.
func (s *Service) Called(ctx context.Context, id string, upTo time.Time) error {
	_, err := s.Store.Update(ctx, id, func(c *Camp) error { return c.Called(upTo) })
	return err
}

// Titles returns what camps are called, by id, in one round trip. Whoever calls it has checked who asks.
func (s *Service) Titles(ctx context.Context, ids []string) (map[string]string, error) {
	found, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	titles := make(map[string]string, len(found))
	for id, c := range found {
		titles[id] = c.Title
	}
	return titles, nil
}

// OrganiserOf returns the id of the organiser that a camp belongs to.
func (s *Service) OrganiserOf(ctx context.Context, id string) (string, error) {
	c, err := s.Store.Get(ctx, id)
	return c.Organiser, err
}

// Taken tells how many seats of the camp are taken.
func (s *Service) Taken(ctx context.Context, id string) (int64, error) {
	return s.Seats.Value(ctx, SeatCounter(id))
}
