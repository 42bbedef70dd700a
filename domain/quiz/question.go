package quiz

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Question is one of the bank: of a camp, or of all camps of its organiser.
type Question struct {
	domain.Doc
	Organiser string `json:"organiser"`
	Camp      string `json:"camp,omitempty"` // empty: of all camps of the organiser
	Content
	Points    int       `json:"points"`  // proposed to quizzes
	Version   int       `json:"version"` // counts changes of the content
	CreatedAt time.Time `json:"created_at"`
	RemovedAt time.Time `json:"removed_at,omitzero"`
}

// Kind of a question.
type Kind string

// The kinds. All but the short answer are marked by the server; that waits for a teacher.
const (
	Single   Kind = "single"
	Multiple Kind = "multiple"
	Truth    Kind = "truth" // true or false
	FillIn   Kind = "fill_in"
	Short    Kind = "short"
)

// Kinds lists them.
var Kinds = []Kind{Single, Multiple, Truth, FillIn, Short}

// Chosen reports whether the kind is answered by choosing options.
func (k Kind) Chosen() bool { return k == Single || k == Multiple || k == Truth }

// TruthOptions are what a true-or-false question offers.
var TruthOptions = []string{"对", "错"}

// Limits of a question, in characters and in numbers.
const (
	MaxStudy       = 5000
	MaxText        = 1000
	MaxOption      = 200
	MaxOptions     = 10
	MaxAccepted    = 20
	MaxExplanation = 2000
	MaxFillIn      = 200
	MaxShort       = 2000
	MaxFiles       = 6
)

// Content is what is asked, and the key to it.
type Content struct {
	Kind    Kind     `json:"kind"`
	Study   string   `json:"study,omitempty"` // to be read before the question
	Files   []string `json:"files,omitempty"` // media ids of pictures and recordings that go with it
	Text    string   `json:"text"`
	Options []string `json:"options,omitempty"`
	Key
}

// Key is what no learner sees before its time.
type Key struct {
	Right       []int    `json:"right,omitempty"`    // positions of the right options, rising
	Accepted    []string `json:"accepted,omitempty"` // answers of a fill-in that count, see Normalise
	Explanation string   `json:"explanation,omitempty"`
}

// QuestionForm is what staff can say about a question.
type QuestionForm struct {
	Content
	Points int
	Shared bool // with all camps of the organiser
}

// Tidy puts the form into its usual shape: options for true and false, right ones in order and once, no key where the
// kind has none.
func (f QuestionForm) Tidy() QuestionForm {
	f.Right = slices.Clone(f.Right)
	slices.Sort(f.Right)
	f.Right = slices.Compact(f.Right)
	switch f.Kind {
	case Truth:
		f.Options, f.Accepted = slices.Clone(TruthOptions), nil
	case Single, Multiple:
		f.Accepted = nil
	case FillIn:
		f.Options, f.Right = nil, nil
	default:
		f.Options, f.Right, f.Accepted = nil, nil, nil
	}
	return f
}

// Check bounds the form.
func (f QuestionForm) Check() error {
	var check domain.Check
	check.That(slices.Contains(Kinds, f.Kind), "kind", "题型应为单选、多选、判断、填空或简答")
	check.Text("study", "学习材料", f.Study, 0, MaxStudy)
	check.That(len(f.Files) <= MaxFiles, "files", fmt.Sprintf("学习材料的图片和录音最多 %d 个", MaxFiles))
	for i, id := range f.Files {
		check.That(domain.ValidID(id) && !slices.Contains(f.Files[:i], id), "files", "素材无效或重复")
	}
	check.Text("text", "题目", f.Text, 1, MaxText)
	check.Text("explanation", "解析", f.Explanation, 0, MaxExplanation)
	check.Range("points", "分值", f.Points, 1, MaxPoints)
	if f.Kind.Chosen() {
		f.checkOptions(&check)
	}
	if f.Kind == FillIn {
		check.That(len(f.Accepted) >= 1 && len(f.Accepted) <= MaxAccepted, "accepted", fmt.Sprintf("请填 1 到 %d 个正确答案", MaxAccepted))
		for _, a := range f.Accepted {
			check.Line("accepted", "正确答案", a, 1, MaxFillIn)
			check.That(Normalise(a) != "" || strings.TrimSpace(a) == "", "accepted", "正确答案不能为空")
		}
	}
	return check.Err()
}

func (f QuestionForm) checkOptions(check *domain.Check) {
	check.That(len(f.Options) >= 2 && len(f.Options) <= MaxOptions, "options", fmt.Sprintf("选项应有 2 到 %d 个", MaxOptions))
	for i, o := range f.Options {
		check.Line("options", "选项", o, 1, MaxOption)
		check.That(!slices.Contains(f.Options[:i], o), "options", "选项不能重复")
	}
	for _, r := range f.Right {
		check.That(0 <= r && r < len(f.Options), "right", "正确答案不在选项里")
	}
	if f.Kind == Multiple {
		check.That(len(f.Right) >= 1, "right", "请选择正确答案")
	} else {
		check.That(len(f.Right) == 1, "right", "请选择一个正确答案")
	}
}

// EventQuestion says that the files of a question changed: they are to be kept.
const EventQuestion = "quiz:question"

// ErrFiles refuses files that are not the acting person's own, or neither pictures nor recordings.
var ErrFiles = domain.Refusal(domain.KindInvalid, "question_files", "学习材料只能用你自己上传的图片和录音").On("files")

// Apply changes the question. The version rises only if what is asked or its key changed.
func (q *Question) Apply(f QuestionForm, now time.Time) error {
	f = f.Tidy()
	if err := f.Check(); err != nil {
		return err
	}
	if !q.RemovedAt.IsZero() {
		return domain.ErrNotFound
	}
	if q.Version == 0 || !q.same(f.Content) {
		q.Version++
	}
	if !slices.Equal(q.Files, f.Files) {
		q.Emit(EventQuestion, now, nil)
	}
	q.Content, q.Points = f.Content, f.Points
	return nil
}

func (c Content) same(other Content) bool {
	return c.asksSame(other) && c.Study == other.Study && slices.Equal(c.Files, other.Files) && c.Explanation == other.Explanation &&
		slices.Equal(c.Right, other.Right) && slices.Equal(c.Accepted, other.Accepted)
}

// asksSame reports whether an answer to one is an answer to the other.
func (c Content) asksSame(other Content) bool {
	return c.Kind == other.Kind && c.Text == other.Text && slices.Equal(c.Options, other.Options)
}
