package course

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
)

// Matrix is how far each learner has come in a course.
type Matrix struct {
	Camp     camp.Camp
	Levels   []Level // those with a task
	Learners []Traveller
	Next     domain.Cursor
}

// Traveller is one row of the matrix.
type Traveller struct {
	Member   member.Card
	At       string    // the level that they are at
	Finished time.Time // of the whole course; zero while it is not
	Levels   []Stage   // in the order of Matrix.Levels
	Through  int       // how many of them are finished
}

// Stage is how one level stands for one learner.
type Stage struct {
	State State
	Done  int // of its tasks
	Tasks int
}

// Matrix tells the camp's staff how far its learners have come, level by level. The learners are paged.
func (s *Service) Matrix(ctx context.Context, campID string, page domain.Page) (Matrix, error) {
	in, c, tasks, err := s.forStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Matrix{}, err
	}
	m := Matrix{Camp: in, Levels: c.Written(tasks)}
	enrolled, next, err := s.Places.ByCamp(ctx, campID, page)
	if err != nil {
		return m, err
	}
	m.Next = next
	people, ids := make([]string, len(enrolled)), make([]string, len(enrolled))
	for i, e := range enrolled {
		people[i], ids[i] = e.Member, ProgressID(campID, e.Member)
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return m, err
	}
	progress, err := s.Progresses.GetMany(ctx, ids)
	if err != nil {
		return m, err
	}
	done, err := s.Marks.Done(ctx, in, enrolled, tasks)
	if err != nil {
		return m, err
	}
	for i, e := range enrolled {
		m.Learners = append(m.Learners, travel(cards[e.Member], progress[ids[i]], m.Levels, tasks, done[i]))
	}
	return m, nil
}

// travel is the row of one learner; done are the tasks that are, in their order.
func travel(who member.Card, p Progress, levels []Level, tasks []lesson.Task, done []bool) Traveller {
	row := Traveller{Member: who, At: p.At, Finished: p.Finished, Levels: make([]Stage, len(levels))}
	for i, l := range levels {
		stage := Stage{State: p.state(l.ID)}
		for j, t := range tasks {
			if t.Level == l.ID {
				stage.Tasks++
				if done[j] {
					stage.Done++
				}
			}
		}
		if stage.State == Finished {
			row.Through++
		}
		row.Levels[i] = stage
	}
	return row
}

// state of a level for the learner, as it was last looked at.
func (p Progress) state(level string) State {
	switch r := p.Reached(level); {
	case !r.Finished.IsZero():
		return Finished
	case r.Level != "":
		return Open
	}
	return Locked
}

// Written lists the levels of a course that have a task. Whoever calls it has checked who asks.
func (s *Service) Written(ctx context.Context, campID string) ([]Level, error) {
	c, err := s.course(ctx, campID)
	if err != nil {
		return nil, err
	}
	tasks, err := s.Tasks.All(ctx, campID)
	return c.Written(tasks), err
}

// Written are the levels that have a task; the others are still being written.
func (c Course) Written(tasks []lesson.Task) []Level {
	var list []Level
	for _, l := range c.Levels {
		if hasTask(tasks, l.ID) {
			list = append(list, l)
		}
	}
	return list
}
