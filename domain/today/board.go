package today

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
)

// Board is a teacher's day.
type Board struct {
	Camp     camp.Camp
	Phase    camp.Phase
	Day      domain.Day
	DayN     int
	Enrolled int64
	Tasks    []lesson.Task  // of the plan's own date; none where each has a calendar of their own
	Counts   checkin.Counts // of a task that is a quiz, ByTask counts those who have finished it
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

// Cell is what a learner has to do on the day. Checkin is the zero one if they have not handed in.
type Cell struct {
	Task    lesson.Task
	Checkin checkin.Checkin
	Quiz    *quiz.Standing // of a task that is a quiz
}

func (c Cell) done() bool {
	if c.Quiz != nil {
		return c.Quiz.State == quiz.Done
	}
	return c.Checkin.ID != "" && c.Checkin.Counts()
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
	if in.Pace == camp.PaceCommon {
		board.Tasks = lesson.OfDay(tasks, day)
	}
	if board.Counts, err = s.count(ctx, campID, board.Tasks, day); err != nil {
		return board, err
	}
	board.Learners, board.Next, err = s.learners(ctx, in, tasks, day, page)
	return board, err
}

func (s *Service) count(ctx context.Context, campID string, tasks []lesson.Task, day domain.Day) (checkin.Counts, error) {
	counts, err := s.Checkins.CountDay(ctx, campID, lesson.ByCheckin(tasks), day)
	if err != nil {
		return counts, err
	}
	var quizzes []string
	for _, t := range tasks {
		if t.Quiz != "" {
			quizzes = append(quizzes, t.Quiz)
		}
	}
	done, err := s.Quizzes.CountDone(ctx, quizzes)
	for _, t := range tasks {
		if t.Quiz != "" {
			counts.ByTask[t.ID] = done[t.Quiz]
		}
	}
	return counts, err
}

func (s *Service) learners(ctx context.Context, in camp.Camp, tasks []lesson.Task, day domain.Day, page domain.Page) ([]Learner, domain.Cursor, error) {
	enrolled, next, err := s.Enrolments.OfCamp(ctx, in.ID, page)
	if err != nil {
		return nil, "", err
	}
	rows, seats := make([]Learner, len(enrolled)), make([]quiz.Seat, len(enrolled))
	var people, ids []string
	for i, e := range enrolled {
		people = append(people, e.Member)
		own := e.In(in)
		rows[i].DayN = own.DayN(day)
		today := lesson.OfDay(lesson.For(own, tasks), day)
		seats[i] = quiz.Seat{In: own, Member: e.Member, Tasks: today}
		for _, t := range today {
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
	standings, err := s.Quizzes.StandingsOf(ctx, seats)
	if err != nil {
		return nil, "", err
	}
	for i, e := range enrolled {
		row := &rows[i]
		row.Member, row.All = cards[e.Member], len(row.Cells) > 0
		for j := range row.Cells {
			cell := &row.Cells[j]
			cell.Checkin = done[idOf(e, cell.Task)]
			if standing, ok := standings[i][cell.Task.Quiz]; ok {
				cell.Quiz = &standing
			}
			row.All = row.All && cell.done()
		}
	}
	return rows, next, nil
}

// idOf the check-in of a learner for a task as they live it.
func idOf(e enrolment.Enrolment, t lesson.Task) string {
	return checkin.ID(e.Camp, e.Member, t.ID, t.Day)
}
