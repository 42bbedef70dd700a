package today

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
)

// Board is a teacher's day.
type Board struct {
	Camp     camp.Camp
	Phase    camp.Phase
	Day      domain.Day
	DayN     int
	Enrolled int64
	Tasks    []lesson.Task // of the plan's own date, those that a check-in completes; none where each has a calendar of their own
	Counts   checkin.Counts
	Learners []Learner
	Next     domain.Cursor
}

// Learner is one row of the board.
type Learner struct {
	Member member.Card
	DayN   int // by their own calendar
	Cells  []Cell
	All    bool // every task of the day is done
}

// Cell is what a learner has to hand in on the day. Checkin is the zero one if they have not.
type Cell struct {
	Task    lesson.Task
	Checkin checkin.Checkin
}

// ForStaff returns a day of a camp to its staff: today unless another day is named. The learners are paged.
func (s *Service) ForStaff(ctx context.Context, campID string, day domain.Day, page domain.Page) (Board, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Board{}, err
	}
	now := s.Clock.Now()
	if day == "" {
		day = in.Calendar.Day(now)
	} else if !day.Valid() {
		return Board{}, domain.Invalid("day", "日期不正确")
	}
	board := Board{Camp: in, Phase: in.Phase(now), Day: day, DayN: in.DayN(day)}
	if board.Enrolled, err = s.Camps.Taken(ctx, campID); err != nil {
		return board, err
	}
	tasks, err := s.Tasks.All(ctx, campID)
	if err != nil {
		return board, err
	}
	tasks = lesson.ByCheckin(tasks)
	if in.Pace == camp.PaceCommon {
		board.Tasks = lesson.OfDay(tasks, day)
	}
	if board.Counts, err = s.Checkins.CountDay(ctx, campID, board.Tasks, day); err != nil {
		return board, err
	}
	board.Learners, board.Next, err = s.learners(ctx, in, tasks, day, page)
	return board, err
}

func (s *Service) learners(ctx context.Context, in camp.Camp, tasks []lesson.Task, day domain.Day, page domain.Page) ([]Learner, domain.Cursor, error) {
	enrolled, next, err := s.Enrolments.OfCamp(ctx, in.ID, page)
	if err != nil {
		return nil, "", err
	}
	rows := make([]Learner, len(enrolled))
	var people, ids []string
	for i, e := range enrolled {
		people = append(people, e.Member)
		own := e.In(in)
		rows[i].DayN = own.DayN(day)
		for _, t := range lesson.OfDay(lesson.For(own, tasks), day) {
			rows[i].Cells = append(rows[i].Cells, Cell{Task: t})
			ids = append(ids, idOf(e, t))
		}
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, "", err
	}
	done, err := s.Checkins.Many(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	for i, e := range enrolled {
		row := &rows[i]
		row.Member, row.All = cards[e.Member], len(row.Cells) > 0
		for j := range row.Cells {
			cell := &row.Cells[j]
			cell.Checkin = done[idOf(e, cell.Task)]
			row.All = row.All && cell.Checkin.ID != "" && cell.Checkin.Counts()
		}
	}
	return rows, next, nil
}

// idOf the check-in of a learner for a task as they live it.
func idOf(e enrolment.Enrolment, t lesson.Task) string {
	return checkin.ID(e.Camp, e.Member, t.ID, t.Day)
}
