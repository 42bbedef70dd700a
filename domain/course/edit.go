package course

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

// forStaff returns the course of a camp, with its tasks, to those who hold the right.
func (s *Service) forStaff(ctx context.Context, campID string, right domain.Right) (camp.Camp, Course, []lesson.Task, error) {
	in, err := s.Camps.ForStaff(ctx, campID, right)
	if err != nil {
		return in, Course{}, nil, err
	}
	if in.Kind != camp.KindCourse {
		return in, Course{}, nil, fmt.Errorf("camp %s: %w", campID, ErrNoCourse)
	}
	c, err := s.course(ctx, campID)
	if err != nil {
		return in, c, nil, err
	}
	tasks, err := s.Tasks.All(ctx, campID)
	return in, c, tasks, err
}

// Add puts a level at the end of the course.
func (s *Service) Add(ctx context.Context, campID string, f Form) (Course, error) {
	return s.save(ctx, campID, s.IDs.New(), f, false)
}

// Edit changes a level. What learners have reached by the old rule stays theirs.
func (s *Service) Edit(ctx context.Context, campID, level string, f Form) (Course, error) {
	return s.save(ctx, campID, level, f, true)
}

func (s *Service) save(ctx context.Context, campID, level string, f Form, must bool) (Course, error) {
	in, c, tasks, err := s.forStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return c, err
	}
	had, at := c.Find(level)
	if must && at < 0 {
		return c, fmt.Errorf("level %s of camp %s: %w", level, campID, domain.ErrNotFound)
	}
	if err := f.Check(); err != nil {
		return c, err
	}
	if err := s.mayUse(ctx, had.Cover, f.Cover); err != nil {
		return c, err
	}
	return s.change(ctx, in, func(c *Course) error { return c.put(level, f, tasks, s.Clock.Now()) })
}

// mayUse checks a picture that was not there before.
func (s *Service) mayUse(ctx context.Context, before, picture string) error {
	if actor := domain.ActorFrom(ctx); picture != "" && picture != before && !actor.System {
		if err := s.Pictures.OwnPicture(ctx, actor.Member, picture); err != nil {
			return fmt.Errorf("picture %s: %w", picture, domain.Invalid("cover", "图片无法使用"))
		}
	}
	return nil
}

// SettleCover keeps the cover that a level has and lets go of the one before. For jobs, after EventCover.
func (s *Service) SettleCover(ctx context.Context, campID string, changed CoverChanged) error {
	return s.Pictures.Replace(ctx, domain.Key("level", changed.Level), changed.Old, func(ctx context.Context) (string, error) {
		c, err := s.course(ctx, campID)
		l, _ := c.Find(changed.Level)
		return l.Cover, err
	})
}

// change changes the course of a camp, which it makes if there is none yet.
func (s *Service) change(ctx context.Context, in camp.Camp, change func(*Course) error) (Course, error) {
	c, err := s.Store.Update(ctx, in.ID, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return c, err
	}
	fresh := Course{Doc: domain.Doc{ID: in.ID}, Organiser: in.Organiser}
	if err := s.Store.Insert(ctx, fresh); err != nil && !errors.Is(err, domain.ErrExists) {
		return fresh, err
	}
	return s.Store.Update(ctx, in.ID, change)
}

// Move puts a level at another place, counted from 0. The order is that of the map; what opens when, the rules say.
func (s *Service) Move(ctx context.Context, campID, level string, to int) (Course, error) {
	in, _, _, err := s.forStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Course{}, err
	}
	return s.change(ctx, in, func(c *Course) error { return c.move(level, to, s.Clock.Now()) })
}

// Remove takes out a level that has no task and that no other waits for. Again changes nothing.
func (s *Service) Remove(ctx context.Context, campID, level string) (Course, error) {
	in, _, tasks, err := s.forStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Course{}, err
	}
	return s.change(ctx, in, func(c *Course) error { return c.remove(level, tasks, s.Clock.Now()) })
}

// Editor is the course as those who change it see it.
type Editor struct {
	Camp   camp.Camp
	Course Course
	Levels []EditorLevel
	Names  Names
	Tasks  []lesson.Task // of the whole course
}

// EditorLevel is one level of the editor.
type EditorLevel struct {
	Level
	Tasks    []lesson.Task
	Sentence string // its rule in plain Chinese
	Fault    string // what keeps it from ever opening; empty if nothing does
}

// Editor returns the course with its tasks, and what is wrong with it, to the camp's staff.
func (s *Service) Editor(ctx context.Context, campID string) (Editor, error) {
	in, c, tasks, err := s.forStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Editor{}, err
	}
	e := Editor{Camp: in, Course: c, Names: namesOf(c, tasks), Tasks: tasks}
	open := c.Reachable(tasks, true)
	for _, l := range c.Levels {
		level := EditorLevel{Level: l, Sentence: l.Rule.Sentence(e.Names)}
		for _, t := range tasks {
			if t.Level == l.ID {
				level.Tasks = append(level.Tasks, t)
			}
		}
		switch {
		case len(level.Tasks) == 0:
			level.Fault = "还没有任务，学员暂时看不到它解锁"
		case !open[l.ID]:
			level.Fault = unreachable(l)
		}
		e.Levels = append(e.Levels, level)
	}
	return e, nil
}

// namesOf takes a quiz by the title of the task that hands it out.
func namesOf(c Course, tasks []lesson.Task) Names {
	names := Names{}
	for _, l := range c.Levels {
		names[l.ID] = l.Title
	}
	for _, t := range tasks {
		names[t.ID] = t.Title
		if t.Quiz != "" {
			names[t.Quiz] = t.Title
		}
	}
	return names
}

// Covers prepares the covers of the levels, in their order; nil where there is none. Whoever calls it has checked who asks.
func (s *Service) Covers(ctx context.Context, c Course) ([]*media.View, error) {
	ids := make([]string, len(c.Levels))
	for i, l := range c.Levels {
		ids[i] = l.Cover
	}
	found, err := s.Pictures.Many(ctx, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" }))
	if err != nil {
		return nil, err
	}
	covers := make([]*media.View, len(ids))
	for i, id := range ids {
		views, err := s.Pictures.Views(ctx, found, []string{id}, true)
		if err != nil {
			return nil, err
		}
		if id != "" && len(views) > 0 {
			covers[i] = &views[0]
		}
	}
	return covers, nil
}

// CoverFor prepares the picture that a form names: the one that is there, or one of the acting person's; none if it is
// neither. Whoever calls it has checked who asks.
func (s *Service) CoverFor(ctx context.Context, had, cover string) ([]media.View, error) {
	switch {
	case cover == "":
		return nil, nil
	case cover != had:
		return s.Pictures.Own(ctx, []string{cover})
	}
	found, err := s.Pictures.Many(ctx, []string{cover})
	if err != nil {
		return nil, err
	}
	return s.Pictures.Views(ctx, found, []string{cover}, true)
}
