package quiz

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
)

// Limits of one import.
const (
	MaxRows   = 500
	MaxImport = 200 << 10 // bytes of the file
)

// columns of the spreadsheet, in the order of the template; they are found by their names.
var columns = []string{"题型", "题目", "选项A", "选项B", "选项C", "选项D", "选项E", "选项F", "正确答案", "解析", "分值", "学习材料"}

var kindNames = map[string]Kind{"单选": Single, "多选": Multiple, "判断": Truth, "填空": FillIn, "简答": Short}

// Imported is what became of a file. With faults nothing was taken in.
type Imported struct {
	Added  int
	Had    int // were in the bank before
	Faults []domain.RowFault
}

// Template is an empty spreadsheet with one example of each kind.
func (s *Service) Template() ([]byte, error) {
	return s.Sheets.Write("题目", [][]string{
		columns,
		{"单选", "《春晓》的作者是谁？", "李白", "孟浩然", "杜甫", "王维", "", "", "B", "孟浩然，唐代诗人。", "2", ""},
		{"多选", "下面哪些是唐代诗人？", "李白", "苏轼", "杜甫", "辛弃疾", "", "", "AC", "苏轼和辛弃疾是宋代词人。", "4", ""},
		{"判断", "“床前明月光”出自《静夜思》。", "", "", "", "", "", "", "对", "", "1", ""},
		{"填空", "春眠不觉晓，处处闻____。", "", "", "", "", "", "", "啼鸟|鸣鸟", "多个正确答案用 | 隔开。", "2", "春眠不觉晓，处处闻啼鸟。"},
		{"简答", "你最喜欢诗里的哪一句？为什么？", "", "", "", "", "", "", "", "", "5", ""},
	})
}

// Import takes the questions of a spreadsheet into the bank, all of them or, if a row is wrong, none. A row that was
// imported before, into the same bank, is not taken in twice.
func (s *Service) Import(ctx context.Context, campID string, shared bool, file []byte) (Imported, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Imported{}, err
	}
	if err := mayWrite(ctx, in, shared); err != nil {
		return Imported{}, err
	}
	table, faults, err := domain.ReadTable(s.Sheets, file, MaxImport, MaxRows, required...)
	if err != nil {
		return Imported{}, err
	}
	forms, wrong := parse(table)
	faults = append(faults, wrong...)
	if len(faults) > 0 {
		return Imported{Faults: faults}, nil
	}
	if len(forms) == 0 {
		return Imported{}, domain.Invalid("file", "表格里没有题目")
	}
	var done Imported
	for i, f := range forms {
		f.Shared = shared
		q, err := s.newQuestion(in, rowID(in.ID, in.Organiser, f), f)
		if err != nil {
			return done, err
		}
		q.CreatedAt = q.CreatedAt.Add(-time.Duration(i) * time.Microsecond) // the bank keeps the order of the sheet
		fresh, err := s.takeIn(ctx, q)
		if err != nil {
			return done, err
		}
		if fresh {
			done.Added++
		} else {
			done.Had++
		}
	}
	return done, nil
}

func (s *Service) takeIn(ctx context.Context, q Question) (fresh bool, err error) {
	err = s.Questions.Insert(ctx, q)
	if !errors.Is(err, domain.ErrExists) {
		return err == nil, err
	}
	_, err = s.Questions.Update(ctx, q.ID, func(had *Question) error {
		fresh = !had.RemovedAt.IsZero()
		if !fresh {
			return domain.ErrSame
		}
		had.RemovedAt = time.Time{}
		return nil
	})
	return fresh, err
}

// rowID is the same for the same row in the same bank.
func rowID(campID, organiser string, f QuestionForm) string {
	bank := campID
	if f.Shared {
		bank = organiser
	}
	f = f.Tidy()
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %v %q", bank, f.Kind, f.Text, f.Study, f.Options, f.Right, f.Accepted))
	return "x" + hex.EncodeToString(sum[:11])
}

// required are the columns without which a sheet cannot be read.
var required = []string{"题型", "题目", "正确答案"}

// ParseRows reads a sheet whose first row names the columns. Empty rows are passed over. Every row that is wrong is
// named, up to a bound.
func ParseRows(rows [][]string) ([]QuestionForm, []domain.RowFault) {
	table, faults := domain.NewTable(rows, required...)
	if len(faults) > 0 {
		return nil, faults
	}
	return parse(table)
}

func parse(table domain.Table) (forms []QuestionForm, faults []domain.RowFault) {
	for n, cell := range table.Rows() {
		form, err := parseRow(cell)
		if err == nil {
			err = form.Tidy().Check()
		}
		var refusal *domain.Error
		if errors.As(err, &refusal) && len(faults) < domain.MaxRowFaults {
			faults = append(faults, domain.RowFault{Row: n, Message: refusal.Message})
		}
		forms = append(forms, form)
	}
	return forms, faults
}

func parseRow(cell func(string) string) (QuestionForm, error) {
	kind, ok := kindNames[strings.TrimSuffix(cell("题型"), "题")]
	if !ok {
		return QuestionForm{}, domain.Invalid("kind", "题型应为单选、多选、判断、填空或简答")
	}
	f := QuestionForm{Points: 1, Content: Content{Kind: kind, Text: cell("题目"), Study: cell("学习材料"), Key: Key{Explanation: cell("解析")}}}
	if typed := cell("分值"); typed != "" {
		points, err := strconv.Atoi(typed)
		if err != nil {
			return f, domain.Invalid("points", "分值应为整数")
		}
		f.Points = points
	}
	for letter := 'A'; letter <= 'F'; letter++ {
		if o := cell("选项" + string(letter)); o != "" {
			if len(f.Options) != int(letter-'A') {
				return f, domain.Invalid("options", "选项之间不能空着")
			}
			f.Options = append(f.Options, o)
		}
	}
	return f, f.ReadKey(cell("正确答案"))
}

// ReadKey takes the right answer as people type it: the letters of options, 对 or 错, fill-ins with | between them.
func (f *QuestionForm) ReadKey(typed string) error {
	switch f.Kind {
	case Single, Multiple:
		for _, r := range strings.ToUpper(Normalise(typed)) {
			switch {
			case 'A' <= r && r <= 'J':
				f.Right = append(f.Right, int(r-'A'))
			case !strings.ContainsRune(" ,;|", r):
				return domain.Invalid("right", "正确答案应写选项的字母，例如 AC")
			}
		}
	case Truth:
		switch Normalise(typed) {
		case "对", "正确", "√", "是", "t", "true":
			f.Right = []int{0}
		case "错", "错误", "×", "否", "f", "false":
			f.Right = []int{1}
		default:
			return domain.Invalid("right", "判断题的正确答案应写“对”或“错”")
		}
	case FillIn:
		for one := range strings.SplitSeq(strings.ReplaceAll(typed, "｜", "|"), "|") {
			if one = strings.TrimSpace(one); one != "" {
				f.Accepted = append(f.Accepted, one)
			}
		}
	}
	return nil
}

// Typed is the key as ReadKey takes it.
func (c Content) Typed() string {
	switch c.Kind {
	case Single, Multiple:
		letters := ""
		for _, r := range c.Right {
			letters += Letter(r)
		}
		return letters
	case Truth:
		if slices.Equal(c.Right, []int{0}) {
			return TruthOptions[0]
		}
		return TruthOptions[1]
	}
	return strings.Join(c.Accepted, " | ")
}

// Letter names an option: A is the first.
func Letter(option int) string { return string(rune('A' + option)) }
