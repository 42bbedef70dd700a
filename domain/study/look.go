package study

import (
	"context"
	"errors"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
)

// Mine lists the tasks of a camp that the acting learner may see, by day, with how each stands.
func (s *Service) Mine(ctx context.Context, campID string) ([]Row, error) {
	enrolled, err := s.Enrolments.Require(ctx, campID)
	if err != nil {
		return nil, err
	}
	common, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return nil, err
	}
	tasks, err := s.Tasks.All(ctx, campID)
	if err != nil {
		return nil, err
	}
	in := enrolled.In(common)
	if common.Kind != camp.KindCourse {
		tasks = lesson.For(in, tasks)
	} else if tasks, err = s.opened(ctx, campID, enrolled.Member, tasks); err != nil {
		return nil, err
	}
	tasks = lesson.Visible(in.Calendar, s.Clock.Now(), tasks)
	standings, err := s.Standings(ctx, in, enrolled.Member, tasks)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(tasks))
	for i, t := range tasks {
		rows[i] = rowOf(in, t, standings[i])
	}
	return rows, nil
}

func rowOf(in camp.Own, t lesson.Task, standing Standing) Row {
	row := Row{Task: t, Standing: standing}
	if t.Level == "" {
		row.DayN = in.DayN(t.Day)
	}
	return row
}

// opened keeps the tasks of levels that are open to the learner.
func (s *Service) opened(ctx context.Context, campID, memberID string, tasks []lesson.Task) ([]lesson.Task, error) {
	levels := make([]string, len(tasks))
	for i, t := range tasks {
		levels[i] = t.Level
	}
	slices.Sort(levels)
	open, err := s.Levels.Opened(ctx, campID, memberID, slices.Compact(levels))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(tasks, func(t lesson.Task) bool { return !open[t.Level] }), nil
}

// Open returns a task to the acting learner with its content. Returns domain.ErrNotFound while they may not see it,
// checkin.ErrLocked.
func (s *Service) Open(ctx context.Context, campID, taskID string) (Lesson, error) {
	v, err := s.visit(ctx, campID, taskID)
	if err != nil {
		return Lesson{}, err
	}
	standings, err := s.Standings(ctx, v.in, v.member, []lesson.Task{v.task})
	if err != nil {
		return Lesson{}, err
	}
	l := Lesson{Row: rowOf(v.in, v.task, standings[0])}
	if l.Mark != nil && l.Mark.Sealed != "" {
		if l.Reply, err = s.Forms.Filled(ref(campID, v.member, taskID), v.task.Ask, l.Mark.Sealed, true); err != nil {
			return Lesson{}, err
		}
	}
	found, err := s.Media.Many(ctx, v.task.Files())
	if err != nil {
		return Lesson{}, err
	}
	files, err := s.Media.Views(ctx, found, v.task.Files(), true)
	l.Body = lesson.Show(v.task.Body(found), files)
	return l, err
}

// Week is how many days of a camp the matrix shows at once.
const Week = 7

// Matrix returns to the camp's staff who has done what within a week of the plan that begins on the day: today's if it is
// empty. The learners are paged.
func (s *Service) Matrix(ctx context.Context, campID string, from domain.Day, page domain.Page) (Matrix, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Matrix{}, err
	}
	if from == "" {
		today := min(max(in.Calendar.Day(s.Clock.Now()), in.Start), in.End)
		from = today.Add(-(today.Since(in.Start) % Week))
	}
	if !from.Valid() {
		return Matrix{}, domain.Invalid("from", "日期不正确")
	}
	m := Matrix{Camp: in, From: from, To: from.Add(Week - 1)}
	if m.Tasks, err = s.Tasks.OfDays(ctx, campID, m.From, m.To); err != nil {
		return m, err
	}
	enrolled, next, err := s.Enrolments.OfCamp(ctx, campID, page)
	if err != nil {
		return m, err
	}
	m.Next = next
	people := make([]string, len(enrolled))
	for i, e := range enrolled {
		people[i] = e.Member
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return m, err
	}
	done, err := s.Done(ctx, in, enrolled, m.Tasks)
	if err != nil {
		return m, err
	}
	for i, e := range enrolled {
		row := Learner{Member: cards[e.Member], Done: done[i]}
		for _, is := range row.Done {
			if is {
				row.Count++
			}
		}
		m.Learners = append(m.Learners, row)
	}
	return m, nil
}

// Done tells of each learner which of the tasks, which are as the plan has them, are done: in as many round trips for all
// learners as for one. Whoever calls it has checked who asks.
func (s *Service) Done(ctx context.Context, in camp.Camp, enrolled []enrolment.Enrolment, plan []lesson.Task) ([][]bool, error) {
	owns := map[string]camp.Own{}
	var handed, marked, quizzes []string
	for _, t := range plan {
		if t.Quiz != "" {
			quizzes = append(quizzes, t.Quiz)
		}
	}
	for _, e := range enrolled {
		owns[e.Member] = e.In(in)
		for _, t := range plan {
			handed = append(handed, checkin.ID(in.ID, e.Member, t.ID, t.For(owns[e.Member]).Day))
			marked = append(marked, ID(in.ID, e.Member, t.ID))
		}
	}
	checkins, err := s.Checkins.Many(ctx, handed)
	if err != nil {
		return nil, err
	}
	marks, err := s.byMark(ctx, marked, plan)
	if err != nil {
		return nil, err
	}
	reviews, err := s.reviews(ctx, handed, plan)
	if err != nil {
		return nil, err
	}
	finished, err := s.Quizzes.Finished(ctx, owns, quizzes)
	if err != nil {
		return nil, err
	}
	rows := make([][]bool, len(enrolled))
	for i, e := range enrolled {
		own := owns[e.Member]
		rows[i] = make([]bool, len(plan))
		for j, t := range plan {
			c := checkins[handed[i*len(plan)+j]]
			_, passed := reviews[c.ID].Passed(s.Clock.Now())
			rows[i][j] = t.Kind.Done(lesson.Facts{
				Handed:   c.ID != "" && c.Counts() && c.Day >= own.Joined,
				Passed:   passed,
				Finished: finished[e.Member][t.Quiz],
				Marked:   marks[marked[i*len(plan)+j]].Counts(own),
			})
		}
	}
	return rows, nil
}

// Replies lists what learners answered to a task to the camp's staff, masked for those who may not see personal data.
func (s *Service) Replies(ctx context.Context, campID, taskID string, page domain.Page) (Replies, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Replies{}, err
	}
	r := Replies{Camp: in}
	if r.Task, err = s.Tasks.Get(ctx, campID, taskID); err != nil {
		return r, err
	}
	marks, next, err := s.Store.OfTask(ctx, taskID, page)
	if err != nil {
		return r, err
	}
	r.Next = next
	people := make([]string, len(marks))
	for i, m := range marks {
		people[i] = m.Member
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return r, err
	}
	all := domain.ActorFrom(ctx).Has(domain.RightPersonal, in.Place())
	for _, m := range marks {
		g := Given{Member: cards[m.Member], At: m.At}
		if m.Sealed != "" {
			if g.Asked, err = s.Forms.Filled(ref(campID, m.Member, taskID), r.Task.Ask, m.Sealed, all); err != nil {
				return r, err
			}
		}
		r.Given = append(r.Given, g)
	}
	return r, nil
}

// Given is what a learner is given of a mark when they ask for all that is known of them, the answers opened.
func (s *Service) Given(ctx context.Context, m Mark) (any, error) {
	answers := map[string][]string{}
	if m.Sealed != "" {
		t, err := s.Tasks.Get(ctx, m.Camp, m.Task)
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return nil, err
		}
		asked, err := s.Forms.Filled(ref(m.Camp, m.Member, m.Task), t.Ask, m.Sealed, true)
		if err != nil {
			return nil, err
		}
		for _, a := range asked {
			answers[a.Label] = a.Values
		}
	}
	return map[string]any{"camp": m.Camp, "task": m.Task, "at": m.At, "answers": answers}, nil
}
