package course

import (
	"context"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/risk"
)

// State of a level for a learner.
type State string

// The states.
const (
	Locked   State = "locked"
	Open     State = "open"
	Finished State = "finished"
)

// Map is a course as one learner sees it.
type Map struct {
	Camp     camp.Camp
	Levels   []MapLevel
	At       string    // the level that the learner is at
	Finished time.Time // of the whole course; zero while it is not
}

// MapLevel is one level of the map.
type MapLevel struct {
	Level
	Cover    []media.View
	State    State
	Opened   time.Time
	Finished time.Time
	Done     int // of its tasks
	Tasks    int
	Why      string // it is locked, in Chinese
	Waiting  []Wait // the facts that its rule asks for, while it is locked
}

// Wait is one fact that a locked level asks for.
type Wait struct {
	Text string
	Met  bool
	Have int
	Want int
}

// Map returns the course to the acting learner.
func (s *Service) Map(ctx context.Context, campID string) (Map, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return Map{}, err
	}
	at, err := s.look(ctx, campID, enrolled.Member)
	if err != nil {
		return Map{}, err
	}
	m := Map{Camp: at.camp, At: at.progress.At, Finished: at.progress.Finished}
	covers := make([]string, len(at.course.Levels))
	for i, l := range at.course.Levels {
		covers[i] = l.Cover
	}
	found, err := s.Pictures.Many(ctx, covers)
	if err != nil {
		return m, err
	}
	at.facts.Finished = at.progress.finished()
	names := namesOf(at.course, at.tasks)
	for _, l := range at.course.Levels {
		level := mapLevel(l, at, names)
		if l.Cover != "" {
			if level.Cover, err = s.Pictures.Views(ctx, found, []string{l.Cover}, true); err != nil {
				return m, err
			}
		}
		m.Levels = append(m.Levels, level)
	}
	return m, nil
}

func mapLevel(l Level, at standing, names Names) MapLevel {
	r := at.progress.Reached(l.ID)
	level := MapLevel{Level: l, State: Open, Opened: r.Opened, Finished: r.Finished}
	for _, t := range at.tasks {
		if t.Level == l.ID {
			level.Tasks++
			if at.facts.Done[t.ID] {
				level.Done++
			}
		}
	}
	switch {
	case !r.Finished.IsZero():
		level.State = Finished
	case r.Level != "":
	case level.Tasks == 0:
		level.State, level.Why = Locked, "老师还在准备这一关"
	default:
		level.State, level.Why = Locked, "解锁条件："+l.Rule.Sentence(names)
		for _, reason := range l.Rule.Reasons(at.facts) {
			level.Waiting = append(level.Waiting, Wait{reason.Sentence(names), reason.Met, reason.Have, max(reason.N, 1)})
		}
	}
	return level
}

// Enter returns an open level with its tasks to the acting learner; with an empty id, the one that they are at. Returns
// checkin.ErrLocked for one that is not open.
func (s *Service) Enter(ctx context.Context, campID, level string) (Level, []lesson.Task, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return Level{}, nil, err
	}
	at, err := s.look(ctx, campID, enrolled.Member)
	if err != nil {
		return Level{}, nil, err
	}
	if level == "" {
		if level = at.progress.At; level == "" {
			return Level{}, nil, nil
		}
	}
	l, index := at.course.Find(level)
	switch {
	case index < 0:
		return l, nil, fmt.Errorf("level %s of camp %s: %w", level, campID, domain.ErrNotFound)
	case !at.progress.Open(level):
		return l, nil, fmt.Errorf("level %s of camp %s: %w", level, campID, checkin.ErrLocked)
	}
	return l, tasksOf(at.tasks, level), nil
}

func tasksOf(tasks []lesson.Task, level string) []lesson.Task {
	var list []lesson.Task
	for _, t := range tasks {
		if t.Level == level {
			list = append(list, t)
		}
	}
	return list
}

// Peer is somebody at a level.
type Peer struct {
	Member member.Card
	Since  time.Time
}

// Peers lists who else is at the level that the acting learner is at, those who came last first. A page may hold fewer
// than it could: whoever has left, and the learner, are not in it.
func (s *Service) Peers(ctx context.Context, campID string, page domain.Page) ([]Peer, domain.Cursor, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return nil, "", err
	}
	at, err := s.look(ctx, campID, enrolled.Member)
	if err != nil || at.progress.At == "" {
		return nil, "", err
	}
	return s.peers(ctx, campID, at.progress.At, enrolled.Member, page)
}

func (s *Service) peers(ctx context.Context, campID, level, me string, page domain.Page) ([]Peer, domain.Cursor, error) {
	list, next, err := s.Progresses.AtLevel(ctx, campID, level, page)
	if err != nil {
		return nil, "", err
	}
	people, ids := make([]string, len(list)), make([]string, len(list))
	for i, p := range list {
		people[i], ids[i] = p.Member, p.ID
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, "", err
	}
	places, err := s.Places.GetMany(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	peers := []Peer{}
	for _, p := range list {
		if places[p.ID].State == enrolment.Active && p.Member != me {
			peers = append(peers, Peer{cards[p.Member], p.Since})
		}
	}
	return peers, next, nil
}

// Going implements risk.Courses. Whoever calls it has checked who asks.
func (s *Service) Going(ctx context.Context, in camp.Camp, members []string) (map[string]risk.Going, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = ProgressID(in.ID, m)
	}
	found, err := s.Progresses.GetMany(ctx, ids)
	going := make(map[string]risk.Going, len(found))
	for _, p := range found {
		going[p.Member] = p.Going(in.Calendar)
	}
	return going, err
}

// Count is how many learners are at a level.
type Count struct {
	Level
	Learners int64
}

// Where is who is where in a course.
type Where struct {
	Camp     camp.Camp
	Levels   []Count
	Enrolled int64
	Waiting  int64 // have not looked at the course yet
	At       Level // whose learners are listed; the zero one if none
	Learners []Peer
	Next     domain.Cursor
}

// Where tells the camp's staff how many learners are at each level, and who is at the one that is named.
func (s *Service) Where(ctx context.Context, campID, level string, page domain.Page) (Where, error) {
	in, c, _, err := s.forStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Where{}, err
	}
	w := Where{Camp: in}
	if w.Enrolled, err = s.Places.CountActive(ctx, campID); err != nil {
		return w, err
	}
	w.Waiting = w.Enrolled
	for _, l := range c.Levels {
		n, err := s.Progresses.CountAt(ctx, campID, l.ID)
		if err != nil {
			return w, err
		}
		w.Levels, w.Waiting = append(w.Levels, Count{l, n}), max(0, w.Waiting-n)
	}
	if level == "" {
		return w, nil
	}
	var at int
	if w.At, at = c.Find(level); at < 0 {
		return w, fmt.Errorf("level %s of camp %s: %w", level, campID, domain.ErrNotFound)
	}
	w.Learners, w.Next, err = s.peers(ctx, campID, level, "", page)
	return w, err
}
