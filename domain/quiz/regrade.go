package quiz

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Regrade marks what was answered before anew by the key that a question has now. Its id is quiz:question:vN, so that
// one version of a question is worked in once however often it is asked for.
type Regrade struct {
	domain.Doc
	Organiser string       `json:"organiser"`
	Camp      string       `json:"camp"`
	Quiz      string       `json:"quiz"`
	Question  string       `json:"question"`
	Version   int          `json:"version"`
	By        string       `json:"by"`
	At        time.Time    `json:"at"`
	State     RegradeState `json:"state"`
	DoneAt    time.Time    `json:"done_at,omitzero"`
	Seen      int          `json:"seen"`    // attempts that had the question
	Skipped   int          `json:"skipped"` // of those, such as had other options: they stay as they were
	Moved     int          `json:"moved"`   // attempts whose mark changed
	Moves     []Move       `json:"moves"`   // the first of them
}

// RegradeState is how far it is.
type RegradeState string

// due → done; asked for again, done → due.
const (
	RegradeDue  RegradeState = "due"
	RegradeDone RegradeState = "done"
)

// Move is the mark of one question in one attempt, before and after.
type Move struct {
	Attempt string `json:"attempt"`
	Member  string `json:"member"`
	N       int    `json:"n"`
	Old     Mark   `json:"old"`
	New     Mark   `json:"new"`
}

const maxMoves = 5000

// EventRegrade says that attempts are to be marked anew.
const EventRegrade = "quiz:regrade"

// RegradeID of a question's version in a quiz.
func RegradeID(quiz, question string, version int) string {
	return domain.Key(quiz, question, "v"+strconv.Itoa(version))
}

// apply marks the question's entry by the key of now and notes the change under the regrade's id. ErrSame if that was
// done before or does not apply; ok tells whether the entry now stands by that key.
func (a *Attempt) apply(r Regrade, q Question, now time.Time) (ok bool, err error) {
	at := slices.IndexFunc(a.Entries, func(e Entry) bool { return e.Question == q.ID })
	if at < 0 {
		return false, domain.ErrSame
	}
	e := &a.Entries[at]
	switch {
	case e.Version >= q.Version:
		return true, domain.ErrSame
	case e.Kind != q.Kind || !slices.Equal(e.Options, q.Options):
		return false, domain.ErrSame
	}
	e.Key, e.Version = q.Key, q.Version
	if a.Over() && e.Kind != Short {
		old := e.Mark
		e.Mark, e.Graded = e.Content.Mark(e.Answer, a.Rule, e.Full)
		if e.Mark != old {
			e.Audit = append(e.Audit, Change{r.ID, r.By, now, old, e.Mark})
		}
		a.sum(now)
	}
	return true, nil
}

// move is what the regrade did to the attempt, if it moved its mark.
func (a Attempt) move(r Regrade) (Move, bool) {
	for _, e := range a.Entries {
		for _, c := range e.Audit {
			if c.Cause == r.ID {
				return Move{a.ID, a.Member, a.N, c.Old, c.New}, true
			}
		}
	}
	return Move{}, false
}

// Regrade asks for the attempts of a quiz to be marked by the key that a question has now. A worker does it.
func (s *Service) Regrade(ctx context.Context, campID, quizID, questionID string) (Regrade, error) {
	p, err := s.Paper(ctx, campID, quizID, domain.RightCampEdit)
	if err != nil {
		return Regrade{}, err
	}
	q, ok := p.Questions[questionID]
	if !ok {
		return Regrade{}, fmt.Errorf("question %s of quiz %s: %w", questionID, quizID, domain.ErrNotFound)
	}
	now, by := s.Clock.Now(), domain.ActorFrom(ctx).Member
	r := Regrade{
		Doc: domain.Doc{ID: RegradeID(quizID, questionID, q.Version)}, Organiser: p.Camp.Organiser, Camp: campID, Quiz: quizID,
		Question: questionID, Version: q.Version, By: by, At: now, State: RegradeDue,
	}
	r.Emit(EventRegrade, now, nil)
	err = s.Regrades.Insert(ctx, r)
	if !errors.Is(err, domain.ErrExists) {
		return r, err
	}
	return s.Regrades.Update(ctx, r.ID, func(r *Regrade) error { // for attempts that began while the question changed
		if r.State == RegradeDue {
			return domain.ErrSame
		}
		r.State = RegradeDue
		r.Emit(EventRegrade, now, nil)
		return nil
	})
}

// RunRegrade marks the attempts. For jobs, after EventRegrade; running it again, also after it died half-way, gives the
// same list.
func (s *Service) RunRegrade(ctx context.Context, id string) error {
	r, err := s.Regrades.Get(ctx, id)
	if err != nil || r.State == RegradeDone {
		return err
	}
	q, err := s.Questions.Get(ctx, r.Question)
	if err != nil {
		return err
	}
	sum := Regrade{Moves: []Move{}}
	for a, err := range domain.Each(func(page domain.Page) ([]Attempt, domain.Cursor, error) { return s.Attempts.OfQuiz(ctx, r.Quiz, page) }) {
		if err == nil {
			err = s.regradeOne(ctx, r, q, a.ID, &sum)
		}
		if err != nil {
			return err
		}
	}
	_, err = s.Regrades.Update(ctx, id, func(r *Regrade) error {
		r.State, r.DoneAt = RegradeDone, s.Clock.Now()
		r.Seen, r.Skipped, r.Moved, r.Moves = sum.Seen, sum.Skipped, sum.Moved, sum.Moves
		return nil
	})
	return err
}

func (s *Service) regradeOne(ctx context.Context, r Regrade, q Question, id string, sum *Regrade) error {
	var ok bool
	a, err := s.Attempts.Update(ctx, id, func(a *Attempt) (err error) {
		ok, err = a.apply(r, q, s.Clock.Now())
		return err
	})
	if err != nil {
		return fmt.Errorf("attempt %s: %w", id, err)
	}
	if !slices.ContainsFunc(a.Entries, func(e Entry) bool { return e.Question == q.ID }) {
		return nil
	}
	sum.Seen++
	if !ok {
		sum.Skipped++
	}
	if m, moved := a.move(r); moved {
		sum.Moved++
		if len(sum.Moves) < maxMoves {
			sum.Moves = append(sum.Moves, m)
		}
	}
	return nil
}

// Regrades are those of a quiz, the newest first.
type Regrades struct {
	Paper
	List    []Regrade
	Members map[string]member.Card // whose marks moved, by id
	Next    domain.Cursor
}

// RegradesOf lists the regrades of a quiz to those who may change its camp.
func (s *Service) RegradesOf(ctx context.Context, campID, quizID string, page domain.Page) (Regrades, error) {
	p, err := s.Paper(ctx, campID, quizID, domain.RightCampEdit)
	if err != nil {
		return Regrades{}, err
	}
	r := Regrades{Paper: p}
	if r.List, r.Next, err = s.Regrades.OfQuiz(ctx, quizID, page); err != nil {
		return r, err
	}
	people := map[string]bool{}
	for _, one := range r.List {
		for _, m := range one.Moves {
			people[m.Member] = true
		}
	}
	r.Members, err = s.Members.Cards(ctx, slices.Collect(maps.Keys(people)))
	return r, err
}
