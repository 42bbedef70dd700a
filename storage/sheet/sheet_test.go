package sheet_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"yingdi/domain"
	"yingdi/domain/quiz"
	"yingdi/storage/sheet"
)

func TestWhatWasWrittenIsRead(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"题型", "题目"}, {"单选", "谁？\n再想想"}, {"2", "007"}}
	file, err := sheet.Excel{}.Write("题目", rows)
	if err != nil {
		t.Fatal(err)
	}
	got, err := sheet.Excel{}.Read(bytes.NewReader(file), 3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := (sheet.Excel{}).Read(bytes.NewReader(file), 2); !errors.Is(err, domain.ErrTooLarge) {
		t.Errorf("more rows than allowed: %v", err)
	}
}

func TestFormulasBecomeText(t *testing.T) {
	t.Parallel()
	file, err := sheet.Excel{}.Write("题目", [][]string{{`=HYPERLINK("http://evil.test")`, "+1", "-1", "@a", "a=b"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := sheet.Excel{}.Read(bytes.NewReader(file), 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{`'=HYPERLINK("http://evil.test")`, "'+1", "'-1", "'@a", "a=b"}}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestATableOfNumbersCanBeSummedUpAndALossIsNoFormula(t *testing.T) {
	t.Parallel()
	file, err := sheet.Excel{}.Table("渠道", [][]any{{"-书展", 7, domain.Fen(300_05), domain.Fen(-20_00)}})
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	var texts []bool
	for _, cell := range []string{"A1", "B1", "C1", "D1"} {
		value, err := book.GetCellValue("渠道", cell)
		if err != nil {
			t.Fatal(err)
		}
		kind, err := book.GetCellType("渠道", cell)
		if err != nil {
			t.Fatal(err)
		}
		shown, texts = append(shown, value), append(texts, kind == excelize.CellTypeInlineString)
	}
	if diff := cmp.Diff([]string{"'-书展", "7", "300.05", "-20.00"}, shown); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]bool{true, false, false, false}, texts); diff != "" {
		t.Errorf("texts (-want +got)\n%s", diff)
	}
	if _, err := (sheet.Excel{}).Table("渠道", [][]any{{struct{}{}}}); err == nil {
		t.Error("a cell of anything was taken")
	}
}

func TestWhatIsNoSpreadsheetIsRefused(t *testing.T) {
	t.Parallel()
	good, err := sheet.Excel{}.Write("题目", [][]string{{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"nothing": "", "words": "题型,题目", "an old file": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "half a file": string(good[:len(good)/2])} {
		if _, err := (sheet.Excel{}).Read(strings.NewReader(file), 10); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheTemplateCanBeImported(t *testing.T) {
	t.Parallel()
	file, err := (&quiz.Service{Sheets: sheet.Excel{}}).Template()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := sheet.Excel{}.Read(bytes.NewReader(file), quiz.MaxRows)
	if err != nil {
		t.Fatal(err)
	}
	forms, faults := quiz.ParseRows(rows)
	if len(faults) != 0 || len(forms) != len(quiz.Kinds) {
		t.Errorf("%d questions, faults %v", len(forms), faults)
	}
}
