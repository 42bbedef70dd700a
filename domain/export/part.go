package export

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
)

// writer makes the rows of one export.
type writer struct {
	*Service
	export Export
	camp   camp.Camp
	zone   *time.Location
}

func zoneOf(in camp.Camp) *time.Location {
	zone, err := time.LoadLocation(in.Calendar.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// at writes an instant as the people of the camp read it; such texts sort as the instants do.
func (w writer) at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.zone).Format("2006-01-02 15:04")
}

// contacts of those who appear in a page.
func contacts[T any](ctx context.Context, w writer, list []T, of func(T) string) (map[string]member.Contact, error) {
	ids := make([]string, len(list))
	for i, item := range list {
		ids[i] = of(item)
	}
	return w.Members.Contacts(ctx, ids, w.export.Names, w.export.Phones)
}

func (w writer) enrolled(ctx context.Context) func(domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return w.Enrolments.OfCamp(ctx, w.camp.ID, page)
	}
}

func (w writer) countEnrolled(ctx context.Context) (int64, error) {
	return w.Camps.Taken(ctx, w.camp.ID)
}

func (w writer) learners() part {
	return part{
		name: "学员", head: []string{"学员编号", "昵称", "手机号", "小组", "报名时间", "打卡天数", "最近打卡日"}, count: w.countEnrolled,
		each: func(ctx context.Context, yield func(int, [][]any) error) error {
			return pages(w.enrolled(ctx), func(list []enrolment.Enrolment) error {
				rows, err := w.learnerRows(ctx, list)
				if err != nil {
					return err
				}
				return yield(len(list), rows)
			})
		},
	}
}

func (w writer) learnerRows(ctx context.Context, list []enrolment.Enrolment) ([][]any, error) {
	people, err := contacts(ctx, w, list, func(e enrolment.Enrolment) string { return e.Member })
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.Member
	}
	teams, err := w.Teams.Names(ctx, w.camp.ID, ids)
	if err != nil {
		return nil, err
	}
	days, err := w.Checkins.DaysOf(ctx, w.camp.ID, ids)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(list))
	for i, e := range list {
		last, done := domain.Day(""), map[domain.Day]bool{}
		for _, d := range days[e.Member] {
			done[d], last = true, max(last, d)
		}
		who := people[e.Member]
		rows[i] = []any{e.Member, who.Nickname, who.Phone, teams[e.Member], w.at(e.ActiveAt), int64(len(done)), string(last)}
	}
	return rows, nil
}

func (w writer) forms(ctx context.Context) (part, error) {
	asked, err := w.Replies.History(ctx, w.camp.ID)
	if err != nil {
		return part{}, err
	}
	head := []string{"学员编号", "昵称", "填写时间", "报名表版本", "同意个人信息说明"}
	for _, f := range asked.Fields {
		head = append(head, f.Label)
	}
	return part{name: "报名表", head: head, count: w.countEnrolled, each: func(ctx context.Context, yield func(int, [][]any) error) error {
		return pages(w.enrolled(ctx), func(list []enrolment.Enrolment) error {
			rows, err := w.formRows(ctx, asked, list)
			if err != nil {
				return err
			}
			return yield(len(list), rows)
		})
	}}, nil
}

func (w writer) formRows(ctx context.Context, asked form.History, list []enrolment.Enrolment) ([][]any, error) {
	people, err := contacts(ctx, w, list, func(e enrolment.Enrolment) string { return e.Member })
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, e := range list {
		if e.Reply == nil {
			continue
		}
		said, err := w.Replies.Answers(asked, e.ID, e.Reply, form.Shown{Texts: w.export.Names, Phones: w.export.Phones})
		if err != nil {
			return nil, err
		}
		agreed := "无需同意"
		if e.Reply.Consent > 0 {
			agreed = "已同意"
		}
		row := []any{e.Member, people[e.Member].Nickname, w.at(e.Reply.At), int64(e.Reply.Version), agreed}
		for _, f := range asked.Fields {
			row = append(row, strings.Join(said[f.ID], "、"))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

var states = map[checkin.State]string{
	checkin.Pending: "审核中", checkin.Visible: "已公开", checkin.Hidden: "待人工审核", checkin.Rejected: "未通过",
}

// handed walks through the check-ins of the export, with their tasks, be they removed or not.
func (w writer) handed(ctx context.Context, do func([]checkin.Checkin, map[string]lesson.Task) error) error {
	return pages(func(page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
		return w.Checkins.InDays(ctx, w.camp.ID, w.export.From, w.export.To, page)
	}, func(list []checkin.Checkin) error {
		ids := make([]string, 0, len(list))
		for _, c := range list {
			if !slices.Contains(ids, c.Task) {
				ids = append(ids, c.Task)
			}
		}
		tasks, err := w.Tasks.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		return do(list, tasks)
	})
}

// dayN is the day of the plan that a task stands on; a course has none.
func (w writer) dayN(t lesson.Task) any {
	if t.Day == "" {
		return ""
	}
	return int64(w.camp.DayN(t.Day))
}

func (w writer) countHanded(ctx context.Context) (int64, error) {
	return w.Service.Checkins.CountInDays(ctx, w.camp.ID, w.export.From, w.export.To)
}

func (w writer) checkins() part {
	return part{
		name: "打卡", count: w.countHanded,
		head: []string{"日期", "第几天", "任务", "学员编号", "昵称", "内容", "附件数", "可见范围", "状态", "点赞", "评论", "已点评", "提交时间", "修改时间"},
		each: func(ctx context.Context, yield func(int, [][]any) error) error {
			return w.handed(ctx, func(list []checkin.Checkin, tasks map[string]lesson.Task) error {
				people, err := contacts(ctx, w, list, func(c checkin.Checkin) string { return c.Member })
				if err != nil {
					return err
				}
				rows := make([][]any, len(list))
				for i, c := range list {
					to, reviewed := "训练营", "否"
					if c.Audience == checkin.ToTeachers {
						to = "仅老师"
					}
					if c.Reviewed {
						reviewed = "是"
					}
					rows[i] = []any{
						string(c.Day), w.dayN(tasks[c.Task]), tasks[c.Task].Title, c.Member, people[c.Member].Nickname, c.Text, int64(len(c.Media)), to,
						states[c.State], int64(c.Likes), int64(c.Comments), reviewed, w.at(c.SubmittedAt), w.at(c.EditedAt),
					}
				}
				return yield(len(list), rows)
			})
		},
	}
}

func (w writer) reviews() part {
	return part{
		name: "点评", count: w.countHanded,
		head: []string{"日期", "第几天", "任务", "学员编号", "昵称", "分数", "点评", "老师", "发布时间", "第几次发布"},
		each: func(ctx context.Context, yield func(int, [][]any) error) error {
			return w.handed(ctx, func(list []checkin.Checkin, tasks map[string]lesson.Task) error {
				rows, err := w.reviewRows(ctx, tasks, list)
				if err != nil {
					return err
				}
				return yield(len(list), rows)
			})
		},
	}
}

func (w writer) reviewRows(ctx context.Context, tasks map[string]lesson.Task, list []checkin.Checkin) ([][]any, error) {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	found, err := w.Service.Reviews.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	now := w.Clock.Now()
	learners, teachers := make([]string, 0, len(found)), make([]string, 0, len(found))
	for _, r := range found {
		learners = append(learners, r.Learner)
		for _, told := range r.Told(now) {
			teachers = append(teachers, told.Reviewer)
		}
	}
	people, err := w.Members.Contacts(ctx, learners, w.export.Names, w.export.Phones)
	if err != nil {
		return nil, err
	}
	staff, err := w.Members.Cards(ctx, teachers)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, c := range list {
		told := found[c.ID].Told(now) // not what can still be undone
		if len(told) == 0 {
			continue
		}
		last := told[len(told)-1]
		rows = append(rows, []any{
			string(c.Day), w.dayN(tasks[c.Task]), tasks[c.Task].Title, c.Member, people[c.Member].Nickname, points(last.Points), last.Text,
			staff[last.Reviewer].Nickname, w.at(last.At), int64(len(told)),
		})
	}
	return rows, nil
}

// points of a review; none were given if they are 0.
func points(n int) any {
	if n == 0 {
		return ""
	}
	return int64(n)
}

func (w writer) quizzes() part {
	list := func(ctx context.Context) iter.Seq2[quiz.Quiz, error] {
		return domain.Each(func(page domain.Page) ([]quiz.Quiz, domain.Cursor, error) {
			return w.Service.Quizzes.OfCamp(ctx, w.camp.ID, page)
		})
	}
	return part{
		name: "测评", head: []string{"测评", "学员编号", "昵称", "第几次", "状态", "得分", "满分", "及格", "待批改", "开始时间", "交卷时间"},
		count: func(ctx context.Context) (total int64, err error) {
			for q, err := range list(ctx) {
				if err != nil {
					return 0, err
				}
				n, err := w.Attempts.CountQuiz(ctx, q.ID)
				if err != nil {
					return 0, err
				}
				total += n
			}
			return total, nil
		},
		each: func(ctx context.Context, yield func(int, [][]any) error) error {
			for q, err := range list(ctx) {
				if err == nil {
					err = w.attempts(ctx, q, yield)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

var attemptStates = map[quiz.State]string{
	quiz.InProgress: "作答中", quiz.Overdue: "已到时间", quiz.Finished: "已提交", quiz.Abandoned: "未作答",
}

func (w writer) attempts(ctx context.Context, q quiz.Quiz, yield func(int, [][]any) error) error {
	return pages(func(page domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
		return w.Attempts.OfQuiz(ctx, q.ID, page)
	}, func(list []quiz.Attempt) error {
		people, err := contacts(ctx, w, list, func(a quiz.Attempt) string { return a.Member })
		if err != nil {
			return err
		}
		rows := make([][]any, len(list))
		for i, a := range list {
			passed := "否"
			if a.Passed() {
				passed = "是"
			}
			rows[i] = []any{
				a.Title, a.Member, people[a.Member].Nickname, int64(a.N), attemptStates[a.State], a.Mark.Points(), a.Full().Points(), passed,
				int64(a.Waiting), w.at(a.StartedAt), w.at(a.FinishedAt),
			}
		}
		return yield(len(list), rows)
	})
}
