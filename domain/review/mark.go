package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/lesson"
)

// Mark is what a teacher says.
type Mark struct {
	Text   string   `json:"text"`
	Points int      `json:"points"`           // 0–100; 0 gives none, unless there are scores
	Scores []Score  `json:"scores,omitempty"` // by the task's rubric as it was; their sum is Points
	Media  []string `json:"media,omitempty"`  // a voice, pictures
	Return *Return  `json:"return,omitempty"` // the learner is to do it again
}

// Score is the points for one criterion.
type Score struct {
	Title  string `json:"title"`
	Most   int    `json:"most"`
	Points int    `json:"points"` // -1 in a draft: not given yet
}

// Return asks the learner to do it again.
type Return struct {
	Reason string    `json:"reason"`
	Until  time.Time `json:"until,omitzero"` // zero: whenever
}

// Form is what a teacher fills in.
type Form struct {
	Text    string
	Points  int      // ignored where the task has a rubric
	Scores  []int    // by the task's rubric, in its order; -1: not given
	Media   []string // own uploads, or those that the draft has
	Return  *Return
	Seen    int      // the version of the check-in that lay on the desk; 0: unknown
	Remarks []string // ids of the frequent remarks that were used
}

// Limits of a mark.
const (
	MaxText   = 2000 // characters
	MaxPoints = 100
	MaxMedia  = 9
	MaxReason = 200
)

// mark checks what was filled in by the task's rubric. A released mark says something, and gives every criterion its
// points unless it returns the work.
func (f Form) mark(rubric lesson.Rubric, release bool, now time.Time) (Mark, error) {
	var check domain.Check
	m := Mark{Text: f.Text, Points: f.Points, Media: f.Media, Return: f.Return}
	check.Text("text", "点评", f.Text, 0, MaxText)
	check.That(len(f.Media) <= MaxMedia, "media", fmt.Sprintf("录音和图片最多 %d 个", MaxMedia))
	for i, id := range f.Media {
		check.That(domain.ValidID(id) && !slices.Contains(f.Media[:i], id), "media", "素材无效或重复")
	}
	if r := f.Return; r != nil {
		least := 0
		if release {
			least = 1
		}
		check.Text("reason", "退回的原因", r.Reason, least, MaxReason)
		check.That(!release || r.Until.IsZero() || r.Until.After(now), "until", "重做的截止时间应在现在之后")
	}
	if len(rubric) == 0 {
		check.Range("points", "分数", f.Points, 0, MaxPoints)
	} else {
		m.Points, m.Scores = f.score(rubric, release && f.Return == nil, &check)
	}
	if release && f.Return == nil {
		check.That(strings.TrimSpace(f.Text) != "" || len(f.Media) > 0 || len(rubric) > 0, "text", "点评不能为空：写几句话，或者录一段语音")
	}
	return m, check.Err()
}

func (f Form) score(rubric lesson.Rubric, all bool, check *domain.Check) (total int, scores []Score) {
	for i, c := range rubric {
		s := Score{c.Title, c.Points, -1}
		if i < len(f.Scores) {
			s.Points = f.Scores[i]
		}
		ok := 0 <= s.Points && s.Points <= c.Points || s.Points == -1 && !all
		check.That(ok, "scores", fmt.Sprintf("“%s”应在 0 到 %d 分之间", c.Title, c.Points))
		total += max(s.Points, 0)
		scores = append(scores, s)
	}
	return total, scores
}

// Equal reports whether two marks say the same.
func (m Mark) Equal(o Mark) bool {
	back := m.Return == o.Return
	if m.Return != nil && o.Return != nil {
		back = m.Return.Reason == o.Return.Reason && m.Return.Until.Equal(o.Return.Until)
	}
	return back && m.Text == o.Text && m.Points == o.Points && slices.Equal(m.Scores, o.Scores) && slices.Equal(m.Media, o.Media)
}

// Scored reports whether the mark gives points.
func (m Mark) Scored() bool {
	return m.Points > 0 || slices.ContainsFunc(m.Scores, func(s Score) bool { return s.Points >= 0 })
}
