package course

import (
	"fmt"
	"strings"

	"yingdi/domain"
)

// Rule says when a level opens: a single fact, or several rules of which all or any must hold. The zero Rule always holds.
type Rule struct {
	Op Op     `json:"op,omitempty"`
	Of []Rule `json:"of,omitempty"` // of OpAll and OpAny
	ID string `json:"id,omitempty"` // of the level, quiz or task that the fact is about
	N  int    `json:"n,omitempty"`  // how much of it there must be
}

// Op is what a rule asks for.
type Op string

// The ops.
const (
	OpAlways   Op = ""
	OpAll      Op = "all"
	OpAny      Op = "any"
	OpLevel    Op = "level"    // level ID is finished
	OpQuiz     Op = "quiz"     // the best attempt of quiz ID has at least N percent
	OpCheckins Op = "checkins" // at least N tasks of the course are done by a check-in
	OpTasks    Op = "tasks"    // at least N tasks of the course are done
	OpHomework Op = "homework" // the review of task ID has passed it and gives at least N points, which may be 0
	OpDays     Op = "days"     // at least N days have passed since the day of enrolment
)

// Bounds of a rule, so that a teacher can still read it.
const (
	MaxDepth = 3
	MaxSize  = 20 // rules within a rule, itself included
)

// ranges of N by op; an op that is missing takes none.
var ranges = map[Op]struct {
	label    string
	min, max int
}{
	OpQuiz: {"测评得分", 1, 100}, OpCheckins: {"打卡次数", 1, 1000}, OpTasks: {"任务个数", 1, 1000}, OpHomework: {"点评得分", 0, 100}, OpDays: {"天数", 1, 365},
}

// Check bounds the rule.
func (r Rule) Check(check *domain.Check) {
	size := 0
	r.check(check, 1, &size)
	check.That(size <= MaxSize, "rule", fmt.Sprintf("解锁条件最多 %d 条", MaxSize))
}

func (r Rule) check(check *domain.Check, depth int, size *int) {
	*size++
	if depth > MaxDepth || *size > MaxSize {
		check.That(depth <= MaxDepth, "rule", fmt.Sprintf("解锁条件最多嵌套 %d 层", MaxDepth))
		return
	}
	bounds, counted := ranges[r.Op]
	switch r.Op {
	case OpAlways:
		check.That(depth == 1, "rule", "请选择条件")
	case OpAll, OpAny:
		check.That(len(r.Of) > 0, "rule", "请至少添加一个条件")
	case OpLevel, OpQuiz, OpHomework, OpCheckins, OpTasks, OpDays:
	default:
		check.That(false, "rule", "没有这种解锁条件")
	}
	if counted {
		check.Range("rule", bounds.label, r.N, bounds.min, bounds.max)
	} else {
		check.That(r.N == 0, "rule", "这种条件没有数量")
	}
	named := r.Op == OpLevel || r.Op == OpQuiz || r.Op == OpHomework
	check.That(named == (r.ID != "") && (!named || domain.ValidID(r.ID)), "rule", "请选择条件里的关卡、测评或任务")
	check.That(len(r.Of) == 0 || r.Op == OpAll || r.Op == OpAny, "rule", "这种条件不能再分")
	for _, part := range r.Of {
		part.check(check, depth+1, size)
	}
}

// Facts are what a learner has done in a course by now. What a map does not hold is not done.
type Facts struct {
	Finished map[string]bool // levels
	Done     map[string]bool // tasks
	Scores   map[string]int  // best percent, by quiz
	Points   map[string]int  // of the review that passed it, by task
	Checkins int             // tasks done by a check-in
	Days     int             // since the day of enrolment
}

// Have is how much of a single fact there is.
func (f Facts) Have(r Rule) int {
	switch r.Op {
	case OpLevel:
		if f.Finished[r.ID] {
			return 1
		}
	case OpQuiz:
		return f.Scores[r.ID]
	case OpCheckins:
		return f.Checkins
	case OpTasks:
		return len(f.Done)
	case OpHomework:
		return f.Points[r.ID]
	case OpDays:
		return f.Days
	}
	return 0
}

// Reason is a single fact as it stood when it was looked at.
type Reason struct {
	Rule
	Have int  `json:"have"`
	Met  bool `json:"met"`
}

// Met reports whether the rule holds.
func (r Rule) Met(f Facts) bool {
	switch r.Op {
	case OpAlways:
		return true
	case OpAll:
		for _, part := range r.Of {
			if !part.Met(f) {
				return false
			}
		}
		return true
	case OpAny:
		for _, part := range r.Of {
			if part.Met(f) {
				return true
			}
		}
		return false
	}
	if r.Op == OpHomework {
		points, passed := f.Points[r.ID]
		return passed && points >= r.N
	}
	return f.Have(r) >= max(r.N, 1)
}

// Reasons lists the single facts of the rule in the order in which it names them.
func (r Rule) Reasons(f Facts) []Reason {
	if r.Op == OpAlways {
		return nil
	}
	if r.Op != OpAll && r.Op != OpAny {
		return []Reason{{r, f.Have(r), r.Met(f)}}
	}
	var list []Reason
	for _, part := range r.Of {
		list = append(list, part.Reasons(f)...)
	}
	return list
}

// Because lists the facts that made the rule hold: of several that each would have done, the first.
func (r Rule) Because(f Facts) []Reason {
	if !r.Met(f) {
		return nil
	}
	switch r.Op {
	case OpAll:
		var list []Reason
		for _, part := range r.Of {
			list = append(list, part.Because(f)...)
		}
		return list
	case OpAny:
		for _, part := range r.Of {
			if part.Met(f) {
				return part.Because(f)
			}
		}
	}
	return r.Reasons(f)
}

// Names are what levels, quizzes and tasks are called, by id.
type Names map[string]string

func (n Names) of(id string) string {
	if n[id] == "" {
		return "（已删除）"
	}
	return "「" + n[id] + "」"
}

// Sentence writes the rule as a teacher would say it.
func (r Rule) Sentence(names Names) string {
	switch r.Op {
	case OpAlways:
		return "一开始就开放"
	case OpAll:
		return join(r.Of, "，并且", names)
	case OpAny:
		return join(r.Of, "，或者", names)
	case OpLevel:
		return "完成" + names.of(r.ID)
	case OpQuiz:
		return fmt.Sprintf("%s得分不低于 %d%%", names.of(r.ID), r.N)
	case OpCheckins:
		return fmt.Sprintf("打卡满 %d 次", r.N)
	case OpTasks:
		return fmt.Sprintf("完成任意 %d 个任务", r.N)
	case OpHomework:
		if r.N == 0 {
			return names.of(r.ID) + "的作业通过点评"
		}
		return fmt.Sprintf("%s的点评得分不低于 %d 分", names.of(r.ID), r.N)
	case OpDays:
		return fmt.Sprintf("报名满 %d 天", r.N)
	}
	return ""
}

func join(parts []Rule, word string, names Names) string {
	said := make([]string, len(parts))
	for i, part := range parts {
		said[i] = part.Sentence(names)
		if (part.Op == OpAll || part.Op == OpAny) && len(part.Of) > 1 && len(parts) > 1 {
			said[i] = "（" + said[i] + "）"
		}
	}
	return strings.Join(said, word)
}

// each visits the single facts of the rule.
func (r Rule) each(visit func(Rule)) {
	if r.Op != OpAll && r.Op != OpAny {
		visit(r)
	}
	for _, part := range r.Of {
		part.each(visit)
	}
}
