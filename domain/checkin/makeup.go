package checkin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
)

// The refusals of a make-up.
var (
	ErrNoMakeUp    = domain.Refusal(domain.KindConflict, "make_up_not_allowed", "这里不能补卡")
	ErrNotMissed   = domain.Refusal(domain.KindConflict, "make_up_not_missed", "这一天还没有过去，直接打卡就好")
	ErrMakeUpLate  = domain.Refusal(domain.KindConflict, "make_up_too_late", "已经超过补卡期限")
	ErrMakeUpSpent = domain.Refusal(domain.KindConflict, "make_ups_spent", "补卡次数已经用完")
)

// mayMakeUp looks at the camp and the task as the learner lives them: a day that has gone by, of this stay, within the
// camp's window, and not after its closing days.
func mayMakeUp(in camp.Own, task lesson.Task, today domain.Day) error {
	switch {
	case in.State == camp.Closed:
		return camp.ErrClosed
	case !task.ByCheckin():
		return ErrQuizTask
	case in.MakeUps.Quota == 0 || task.Level != "":
		return ErrNoMakeUp
	case task.Day >= today:
		return ErrNotMissed
	case task.Day < in.Start || task.Day > in.End || task.Day < in.Joined:
		return ErrNoMakeUp
	case today > in.End.Add(in.Closing):
		return ErrOver
	case today > task.Day.Add(in.MakeUps.Days):
		return ErrMakeUpLate
	}
	return nil
}

// Hold is a make-up that somebody is about to hand in. Until it is settled, or has expired because they never did, its day
// counts as made up.
type Hold struct {
	ID    string     `json:"id"`
	Day   domain.Day `json:"day"`
	Until time.Time  `json:"until"`
}

// HoldFor is longer than any request lives.
const HoldFor = 2 * time.Minute

// hold takes a make-up for the day. made are the days that the facts say were made up; turn is what Turn was before they
// were read: if it has moved, they are old, which is domain.ErrConflict. A day takes one make-up, whatever its tasks.
func (st *Standing) hold(h Hold, made []domain.Day, turn, quota int, now time.Time) error {
	if st.Turn != turn {
		return domain.ErrConflict
	}
	st.Holds = slices.DeleteFunc(st.Holds, func(h Hold) bool { return !now.Before(h.Until) })
	days := map[domain.Day]bool{h.Day: true}
	for _, day := range made {
		days[day] = true
	}
	for _, other := range st.Holds {
		days[other.Day] = true
	}
	if len(days) > quota && !slices.Contains(made, h.Day) {
		return ErrMakeUpSpent
	}
	st.Holds = append(st.Holds, h)
	st.Turn++
	return nil
}

func (st *Standing) settle(id string) error {
	before := len(st.Holds)
	st.Holds = slices.DeleteFunc(st.Holds, func(h Hold) bool { return h.ID == id })
	if len(st.Holds) == before {
		return domain.ErrSame
	}
	st.Turn++
	return nil
}

// holdTries is how often a hold is tried again after somebody else's came between.
const holdTries = 50

// reserve takes a make-up of the learner's for the day, and returns what gives the hold back once the check-in is stored.
func (s *Service) reserve(ctx context.Context, in camp.Own, memberID string, day domain.Day) (settle func() error, err error) {
	id, h := StandingID(in.ID, memberID), Hold{ID: s.IDs.New(), Day: day, Until: s.Clock.Now().Add(HoldFor)}
	err = s.Standings.Insert(ctx, Standing{Doc: domain.Doc{ID: id}, Camp: in.ID, Member: memberID})
	if err != nil && !errors.Is(err, domain.ErrExists) {
		return nil, err
	}
	for range holdTries {
		st, err := s.Standings.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		made, err := s.madeUp(ctx, in, memberID)
		if err != nil {
			return nil, err
		}
		_, err = s.Standings.Update(ctx, id, func(now *Standing) error {
			return now.hold(h, made, st.Turn, in.MakeUps.Quota, s.Clock.Now())
		})
		if errors.Is(err, domain.ErrConflict) {
			continue
		}
		return func() error {
			_, err := s.Standings.Update(ctx, id, func(st *Standing) error { return st.settle(h.ID) })
			return err
		}, err
	}
	return nil, fmt.Errorf("make-up of %s: %w", id, domain.ErrConflict)
}

// madeUp lists the days that a learner has made up in this stay, each once: what was rejected or deleted is not among them.
func (s *Service) madeUp(ctx context.Context, in camp.Own, memberID string) ([]domain.Day, error) {
	marks, err := s.Store.Marks(ctx, in.ID, memberID)
	if err != nil {
		return nil, err
	}
	return madeUpDays(in, marks), nil
}

func madeUpDays(in camp.Own, marks []Mark) (days []domain.Day) {
	for _, m := range marks {
		if m.MadeUp && m.Day >= in.Joined && !slices.Contains(days, m.Day) {
			days = append(days, m.Day)
		}
	}
	return days
}

// DayState says how a day stands for a learner.
type DayState string

// The states of a scheduled day.
const (
	DayDone   DayState = "done"
	DayMadeUp DayState = "made_up"
	DayMissed DayState = "missed"
	DayOpen   DayState = "open" // today, and nothing handed in yet
	DayToCome DayState = "to_come"
)

// State of a scheduled day.
func (p Progress) State(day domain.Day) DayState {
	switch {
	case p.MadeUp[day]:
		return DayMadeUp
	case p.Done[day]:
		return DayDone
	case day > p.Today:
		return DayToCome
	case day == p.Today:
		return DayOpen
	}
	return DayMissed
}

// MayMakeUp reports whether a scheduled day could be made up now, were a make-up left.
func (p Progress) MayMakeUp(day domain.Day) bool {
	return p.State(day) == DayMissed && mayMakeUp(p.In, lesson.Task{Day: day}, p.Today) == nil
}

// MakeUpsLeft is how many days the learner can still make up.
func (p Progress) MakeUpsLeft() int { return max(0, p.In.MakeUps.Quota-p.MadeUpDays) }
