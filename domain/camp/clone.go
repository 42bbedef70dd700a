package camp

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"yingdi/domain"
)

// EventCloned says that a camp was made as a new term of another: its content is to be copied.
const EventCloned = "camp:cloned"

// ErrCopying refuses to publish a camp whose content has not arrived.
var ErrCopying = domain.Refusal(domain.KindConflict, "camp_copying", "内容还在复制，请过一会儿再发布")

// Copy is the story of a camp that was made as a new term of another.
type Copy struct {
	From  string       `json:"from"`
	Steps domain.Steps `json:"steps"`
	Done  time.Time    `json:"done_at,omitzero"`
}

// Copier copies what a feature keeps of a camp to its new term, whose days lie as many days later as it starts later. It
// may run again after a crash: what it makes has the ids that CopyID gives.
type Copier struct {
	Name   string
	CopyTo func(ctx context.Context, from, to Camp) error
}

// CopyID is the id of the copy that a camp has of something.
func CopyID(camp, old string) string {
	sum := sha256.Sum256([]byte(camp + "\x00" + old))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// Later is the same hour, as many days later as the new term starts; the zero time stays.
func (c Camp) Later(at time.Time, term Camp) time.Time {
	if at.IsZero() {
		return at
	}
	return at.In(term.Calendar.Location()).AddDate(0, 0, term.Start.Since(c.Start)).UTC()
}

// Term is what is new about a new term.
type Term struct {
	Title string
	Start domain.Day
}

// term is the form of a new term: everything as it was, and every day as many days later.
func (c Camp) term(t Term) Form {
	by := t.Start.Since(c.Start)
	f := Form{
		Kind: c.Kind, Title: t.Title, Intro: c.Intro, Cover: c.Cover, Tags: c.Tags, Calendar: c.Calendar, Start: t.Start, End: c.End.Add(by),
		Pace: c.Pace, NextDay: c.NextDay, EnrolHour: c.EnrolHour, EnrolBy: c.EnrolBy.Add(by), Closing: c.Closing, Seats: c.Seats, MakeUps: c.MakeUps,
		Messages: c.Messages,
	}
	if c.EnrolFrom != "" {
		f.EnrolFrom = c.EnrolFrom.Add(by)
	}
	return f
}

// Clone makes a draft as a new term of a camp, also of an archived one; its content follows. The key is the caller's: the
// same one makes one term, however often it comes. Whoever clones it becomes its teacher.
func (s *Service) Clone(ctx context.Context, id, key string, t Term) (Camp, error) {
	from, err := s.ForStaff(ctx, id, domain.RightCampEdit)
	if err != nil && !errors.Is(err, ErrArchived) {
		return Camp{}, err
	}
	now := s.Clock.Now()
	var check domain.Check
	check.That(domain.ValidID(key), "key", "请刷新页面再试")
	check.That(from.Kind != KindCourse, "start", "闯关课一直开放，不需要新一期")
	check.That(t.Start.Valid() && (from.Kind == KindCourse || t.Start >= from.Calendar.Day(now)), "start", "开营日期不能早于今天")
	if err := check.Err(); err != nil {
		return Camp{}, err
	}
	had, err := s.Store.Get(ctx, CopyID(from.ID, key))
	if err == nil || !errors.Is(err, domain.ErrNotFound) {
		return had, err
	}
	made := Camp{Doc: domain.Doc{ID: CopyID(from.ID, key)}, Organiser: from.Organiser, Kind: from.Kind, State: Draft, CreatedAt: now, Copy: &Copy{From: from.ID}}
	if err := made.Apply(from.term(t), now); err != nil {
		return Camp{}, err
	}
	made.Emit(EventCloned, now, nil)
	if err = s.found(ctx, made); errors.Is(err, domain.ErrExists) {
		return s.Store.Get(ctx, made.ID)
	}
	return made, err
}

// Carry copies a camp's content to its new term, feature by feature; after a crash it goes on where it was. For jobs, after
// EventCloned.
func (s *Service) Carry(ctx context.Context, id string) error {
	to, err := s.Store.Get(ctx, id)
	if err != nil || to.Copy == nil || !to.Copy.Done.IsZero() {
		return err
	}
	from, err := s.Store.Get(ctx, to.Copy.From)
	if err != nil {
		return err
	}
	actions := make([]domain.Action[Camp], 0, len(s.Copiers)+1)
	for _, c := range s.Copiers {
		actions = append(actions, domain.Action[Camp]{Name: c.Name, Do: func(ctx context.Context, to Camp) error { return c.CopyTo(ctx, from, to) }})
	}
	actions = append(actions, domain.Action[Camp]{Name: "done", Then: func(c *Camp) error { c.Copy.Done = s.Clock.Now(); return nil }})
	if _, err = domain.RunSteps(ctx, s.Clock, s.Store, id, func(c *Camp) *domain.Steps { return &c.Copy.Steps }, actions...); err != nil {
		return fmt.Errorf("copying camp %s to %s: %w", from.ID, id, err)
	}
	return nil
}

// Copying reports whether the camp still waits for the content of the one that it is a new term of.
func (c Camp) Copying() bool { return c.Copy != nil && c.Copy.Done.IsZero() }
