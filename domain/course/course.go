// Package course is the level course: levels that open by rule, how far each learner has come, and badges.
package course

import (
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/lesson"
)

// Course is the levels of a camp of kind course, whose id it has, in their order.
type Course struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Levels    []Level   `json:"levels"`
	EditedAt  time.Time `json:"edited_at"`
}

// Level is one level. Its tasks are those of domain/lesson that name it.
type Level struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Intro string `json:"intro"`
	Cover string `json:"cover,omitempty"` // media id
	Rule  Rule   `json:"rule,omitzero"`
}

// MaxLevels of a course.
const MaxLevels = 100

// EventChanged says that levels, rules or tasks are others than before: more may be open to some.
const EventChanged = "course:changed"

// EventCover says that a level has another cover, or is gone with the one that it had: the new picture is to be kept, the
// old one let go.
const EventCover = "course:cover"

// CoverChanged is the data of EventCover.
type CoverChanged struct {
	Level string `json:"level"`
	Old   string `json:"old,omitempty"` // media id
}

// The refusals of this feature.
var (
	ErrNoCourse    = domain.Refusal(domain.KindConflict, "not_a_course", "这不是闯关课，没有关卡")
	ErrFull        = domain.Refusal(domain.KindConflict, "levels_full", fmt.Sprintf("一门课最多 %d 关", MaxLevels))
	ErrLevelInUse  = domain.Refusal(domain.KindConflict, "level_in_use", "这一关还有任务，请先把任务移到别的关卡或删除")
	ErrUnreachable = domain.Refusal(domain.KindConflict, "level_unreachable", "有关卡永远无法解锁")
)

// Form is what staff can say about a level.
type Form struct {
	Title string
	Intro string
	Cover string
	Rule  Rule
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.Line("title", "关卡名称", f.Title, 1, 40)
	check.Text("intro", "介绍", f.Intro, 0, 2000)
	check.That(f.Cover == "" || domain.ValidID(f.Cover), "cover", "封面无效")
	f.Rule.Check(&check)
	return check.Err()
}

// Find returns a level and where it stands; -1 if there is none of that id.
func (c Course) Find(level string) (Level, int) {
	at := slices.IndexFunc(c.Levels, func(l Level) bool { return l.ID == level })
	if at < 0 {
		return Level{}, at
	}
	return c.Levels[at], at
}

// put adds a level at the end, or changes it. The course is left as it was if that keeps a level from ever opening.
func (c *Course) put(id string, f Form, tasks []lesson.Task, now time.Time) error {
	if err := f.Check(); err != nil {
		return err
	}
	level := Level{id, f.Title, f.Intro, f.Cover, f.Rule}
	levels := slices.Clone(c.Levels)
	if _, at := c.Find(id); at >= 0 {
		levels[at] = level
	} else if levels = append(levels, level); len(levels) > MaxLevels {
		return ErrFull
	}
	return c.set(levels, tasks, now)
}

func (c *Course) set(levels []Level, tasks []lesson.Task, now time.Time) error {
	next := Course{Levels: levels}
	if err := next.Sound(tasks, false); err != nil {
		return err
	}
	for _, had := range c.Levels {
		if has, _ := next.Find(had.ID); had.Cover != has.Cover {
			c.Emit(EventCover, now, CoverChanged{had.ID, had.Cover})
		}
	}
	for _, l := range levels {
		if _, at := c.Find(l.ID); at < 0 && l.Cover != "" {
			c.Emit(EventCover, now, CoverChanged{Level: l.ID})
		}
	}
	c.Levels = levels
	c.changed(now)
	return nil
}

func (c *Course) changed(now time.Time) {
	c.EditedAt = now
	c.Emit(EventChanged, now, nil)
}

// move puts a level at another place, counted from 0.
func (c *Course) move(id string, to int, now time.Time) error {
	level, at := c.Find(id)
	to = max(0, min(to, len(c.Levels)-1))
	switch {
	case at < 0:
		return domain.ErrNotFound
	case at == to:
		return domain.ErrSame
	}
	c.Levels = slices.Insert(slices.Delete(slices.Clone(c.Levels), at, at+1), to, level)
	c.changed(now)
	return nil
}

// remove takes a level out that has no task and that no other level waits for.
func (c *Course) remove(id string, tasks []lesson.Task, now time.Time) error {
	if _, at := c.Find(id); at < 0 {
		return domain.ErrSame
	}
	if hasTask(tasks, id) {
		return ErrLevelInUse
	}
	return c.set(slices.DeleteFunc(slices.Clone(c.Levels), func(l Level) bool { return l.ID == id }), tasks, now)
}

// Reachable lists the levels that a learner who does everything would open, with these tasks. A level without a task
// opens for nobody; to leave it out of account while the course is still being written, counted is false, and then only
// what rules name is followed, not how much there is to do.
func (c Course) Reachable(tasks []lesson.Task, counted bool) map[string]bool {
	open := map[string]bool{}
	has := map[string]bool{}
	for _, t := range tasks {
		has[t.Level] = true
	}
	for grew := true; grew; {
		grew = false
		f := everything(tasks, open, counted)
		for _, l := range c.Levels {
			if !open[l.ID] && (has[l.ID] || !counted) && l.Rule.Met(f) {
				open[l.ID], grew = true, true
			}
		}
	}
	return open
}

// everything is the facts of somebody who has done all that there is in the open levels, as well as can be.
func everything(tasks []lesson.Task, open map[string]bool, counted bool) Facts {
	f := Facts{Finished: open, Done: map[string]bool{}, Scores: map[string]int{}, Points: map[string]int{}, Days: 365}
	for _, t := range tasks {
		if !open[t.Level] {
			continue
		}
		f.Done[t.ID] = true
		if t.Quiz != "" {
			f.Scores[t.Quiz] = 100
		} else {
			f.Checkins++
			f.Points[t.ID] = 100
		}
	}
	if !counted && len(open) > 0 {
		f.Checkins = 1000
		for i := range 1000 {
			f.Done[fmt.Sprint(i)] = true
		}
	}
	return f
}

// Sound returns ErrUnreachable, naming the level, if one can never open: because the rules go round in a circle, ask for
// what lies behind the level itself or for more than there is to do. counted as for Reachable; a level without a task is
// then still being written.
func (c Course) Sound(tasks []lesson.Task, counted bool) error {
	open := c.Reachable(tasks, counted)
	for _, l := range c.Levels {
		if open[l.ID] || counted && !hasTask(tasks, l.ID) {
			continue
		}
		return &domain.Error{
			Kind: ErrUnreachable.Kind, Code: ErrUnreachable.Code, Message: unreachable(l),
			Fields: []domain.Field{{Name: "rule", Message: unreachable(l)}},
		}
	}
	return nil
}

func unreachable(l Level) string {
	return "「" + l.Title + "」永远无法解锁：它等待的关卡、测评、作业或次数，在它之前得不到"
}

func hasTask(tasks []lesson.Task, level string) bool {
	return slices.ContainsFunc(tasks, func(t lesson.Task) bool { return t.Level == level })
}
