package course_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/course"
	"yingdi/domain/lesson"
)

func level(id string) course.Rule        { return course.Rule{Op: course.OpLevel, ID: id} }
func score(id string, n int) course.Rule { return course.Rule{Op: course.OpQuiz, ID: id, N: n} }
func count(op course.Op, n int) course.Rule {
	return course.Rule{Op: op, N: n}
}
func all(of ...course.Rule) course.Rule { return course.Rule{Op: course.OpAll, Of: of} }
func anyOf(of ...course.Rule) course.Rule {
	return course.Rule{Op: course.OpAny, Of: of}
}

func TestARuleIsBounded(t *testing.T) {
	t.Parallel()
	wide := make([]course.Rule, course.MaxSize)
	for i := range wide {
		wide[i] = level("l1")
	}
	for name, c := range map[string]struct {
		rule course.Rule
		ok   bool
	}{
		"none":                        {course.Rule{}, true},
		"a fact":                      {level("l1"), true},
		"three deep":                  {all(anyOf(level("l1"), score("q1", 80)), count(course.OpDays, 3)), true},
		"four deep":                   {all(anyOf(all(level("l1")))), false},
		"as many as there may be":     {all(wide[1:]...), true},
		"one too many":                {all(wide...), false},
		"all of nothing":              {all(), false},
		"nothing within all":          {all(course.Rule{}), false},
		"a level without its name":    {course.Rule{Op: course.OpLevel}, false},
		"a name that is none":         {level("../l1"), false},
		"a quiz without a percentage": {score("q1", 0), false},
		"more than everything":        {score("q1", 101), false},
		"a count with a name":         {course.Rule{Op: course.OpCheckins, ID: "l1", N: 1}, false},
		"a level with a number":       {course.Rule{Op: course.OpLevel, ID: "l1", N: 1}, false},
		"a fact with parts":           {course.Rule{Op: course.OpLevel, ID: "l1", Of: []course.Rule{level("l2")}}, false},
		"a fact that is none":         {course.Rule{Op: "paid"}, false},
	} {
		var check domain.Check
		c.rule.Check(&check)
		if err := check.Err(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARuleHoldsByTheFacts(t *testing.T) {
	t.Parallel()
	facts := course.Facts{
		Finished: map[string]bool{"l1": true}, Done: map[string]bool{"t1": true, "t2": true, "t3": true},
		Scores: map[string]int{"q1": 80}, Points: map[string]int{"t1": 60}, Checkins: 2, Days: 7,
	}
	homework := func(task string, n int) course.Rule { return course.Rule{Op: course.OpHomework, ID: task, N: n} }
	for name, c := range map[string]struct {
		rule course.Rule
		met  bool
	}{
		"nothing asked":            {course.Rule{}, true},
		"a finished level":         {level("l1"), true},
		"another level":            {level("l2"), false},
		"just the score":           {score("q1", 80), true},
		"a point short":            {score("q1", 81), false},
		"a quiz never tried":       {score("q2", 1), false},
		"check-ins":                {count(course.OpCheckins, 2), true},
		"too few check-ins":        {count(course.OpCheckins, 3), false},
		"tasks, quizzes included":  {count(course.OpTasks, 3), true},
		"too few tasks":            {count(course.OpTasks, 4), false},
		"homework":                 {homework("t1", 60), true},
		"homework not good enough": {homework("t1", 61), false},
		"homework not passed":      {homework("t2", 1), false},
		"passed without points":    {homework("t1", 0), true},
		"days":                     {count(course.OpDays, 7), true},
		"a day too early":          {count(course.OpDays, 8), false},
		"all, one missing":         {all(level("l1"), level("l2")), false},
		"all":                      {all(level("l1"), score("q1", 50)), true},
		"any":                      {anyOf(level("l2"), score("q1", 50)), true},
		"none of any":              {anyOf(level("l2"), score("q1", 90)), false},
		"any within all":           {all(level("l1"), anyOf(level("l2"), count(course.OpDays, 1))), true},
	} {
		if got := c.rule.Met(facts); got != c.met {
			t.Errorf("%s: %v", name, got)
		}
		if why := c.rule.Because(facts); !c.met && why != nil {
			t.Errorf("%s: does not hold because of %v", name, why)
		}
	}
	why := all(level("l1"), anyOf(level("l2"), count(course.OpDays, 1))).Because(facts)
	want := []course.Reason{{Rule: level("l1"), Have: 1, Met: true}, {Rule: count(course.OpDays, 1), Have: 7, Met: true}}
	if diff := cmp.Diff(want, why); diff != "" {
		t.Errorf("what did it (-want +got)\n%s", diff)
	}
}

func TestARuleReadsAsATeacherWouldSayIt(t *testing.T) {
	t.Parallel()
	names := course.Names{"l1": "认识五线谱", "q1": "乐理小测", "t1": "第一首曲子"}
	for want, rule := range map[string]course.Rule{
		"一开始就开放":    {},
		"完成「认识五线谱」": level("l1"),
		"完成（已删除）":   level("gone"),
		"完成「认识五线谱」，并且「乐理小测」得分不低于 80%":       all(level("l1"), score("q1", 80)),
		"（完成「认识五线谱」，并且打卡满 5 次），或者报名满 7 天":   anyOf(all(level("l1"), count(course.OpCheckins, 5)), count(course.OpDays, 7)),
		"「第一首曲子」的点评得分不低于 60 分，或者完成任意 3 个任务": anyOf(course.Rule{Op: course.OpHomework, ID: "t1", N: 60}, count(course.OpTasks, 3)),
		"完成「认识五线谱」，或者报名满 7 天":               all(anyOf(level("l1"), count(course.OpDays, 7))),
	} {
		if got := rule.Sentence(names); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func task(id, level string) lesson.Task {
	t := lesson.Task{Level: level, Kind: lesson.KindCheckin, Camp: "c1", Title: id}
	t.ID = id
	return t
}

func quizTask(id, level, quiz string) lesson.Task {
	t := task(id, level)
	t.Quiz, t.Kind = quiz, lesson.KindQuiz
	return t
}

func TestEveryLevelCanBeReached(t *testing.T) {
	t.Parallel()
	tasks := []lesson.Task{task("t1", "l1"), quizTask("t2", "l1", "q1"), task("t3", "l2"), quizTask("t4", "l3", "q3")}
	for name, c := range map[string]struct {
		rules [3]course.Rule
		at    string // the level that cannot
	}{
		"one after the other":                    {[3]course.Rule{{}, level("l1"), level("l2")}, ""},
		"by a quiz of an earlier level":          {[3]course.Rule{{}, score("q1", 80), level("l2")}, ""},
		"another order than the rules'":          {[3]course.Rule{level("l3"), level("l1"), {}}, ""},
		"waiting for itself":                     {[3]course.Rule{{}, level("l2"), {}}, "二"},
		"round in a circle":                      {[3]course.Rule{{}, level("l3"), level("l2")}, "二"},
		"a circle with a way in":                 {[3]course.Rule{{}, anyOf(level("l3"), level("l1")), level("l2")}, ""},
		"a quiz that lies behind it":             {[3]course.Rule{{}, {}, score("q3", 10)}, "三"},
		"a quiz of nowhere":                      {[3]course.Rule{{}, {}, score("q9", 10)}, "三"},
		"a level of nowhere":                     {[3]course.Rule{{}, {}, level("l9")}, "三"},
		"as many check-ins as there are before":  {[3]course.Rule{{}, level("l1"), count(course.OpCheckins, 2)}, ""},
		"more check-ins than there are before":   {[3]course.Rule{{}, level("l1"), count(course.OpCheckins, 3)}, "三"},
		"tasks of itself":                        {[3]course.Rule{{}, level("l1"), count(course.OpTasks, 4)}, "三"},
		"nothing is open at the start":           {[3]course.Rule{count(course.OpTasks, 1), level("l1"), level("l1")}, "一"},
		"time opens the first":                   {[3]course.Rule{count(course.OpDays, 1), level("l1"), level("l1")}, ""},
		"homework of a task that is no homework": {[3]course.Rule{{}, course.Rule{Op: course.OpHomework, ID: "t2", N: 1}, {}}, "二"},
	} {
		in := course.Course{}
		for i, title := range []string{"一", "二", "三"} {
			in.Levels = append(in.Levels, course.Level{ID: "l" + string(rune('1'+i)), Title: title, Rule: c.rules[i]})
		}
		err := in.Sound(tasks, true)
		if (err == nil) != (c.at == "") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var refusal *domain.Error
		if err != nil && (!errors.Is(err, course.ErrUnreachable) || !errors.As(err, &refusal) || !strings.Contains(refusal.Message, "「"+c.at+"」")) {
			t.Errorf("%s: %v", name, refusal.Message)
		}
	}
}

func TestWhileACourseIsWrittenOnlyWhatRulesNameMustBeThere(t *testing.T) {
	t.Parallel()
	c := course.Course{Levels: []course.Level{{ID: "l1", Title: "一"}, {ID: "l2", Title: "二", Rule: count(course.OpCheckins, 5)}}}
	tasks := []lesson.Task{task("t1", "l1")}
	if err := c.Sound(tasks, false); err != nil {
		t.Errorf("its five check-ins are still to come: %v", err)
	}
	if err := c.Sound(append(tasks, task("t2", "l2")), true); !errors.Is(err, course.ErrUnreachable) {
		t.Errorf("published: %v", err)
	}
	if err := c.Sound(tasks, true); err != nil {
		t.Errorf("a level without tasks is not open yet: %v", err)
	}
}

func TestTheLongestStreakDoesNotDependOnWhenOneLooks(t *testing.T) {
	t.Parallel()
	days := []domain.Day{"2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05"}
	if got := course.Longest(days, map[domain.Day]bool{"2026-03-01": true, "2026-03-02": true, "2026-03-05": true}); got != 2 {
		t.Errorf("got %d", got)
	}
	if got := course.Longest(nil, nil); got != 0 {
		t.Errorf("got %d", got)
	}
}
