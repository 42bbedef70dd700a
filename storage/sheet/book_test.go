package sheet_test

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/export"
	"yingdi/storage/sheet"
)

func newBook(t testing.TB, rows int) export.Book {
	t.Helper()
	book, err := sheet.Books{Rows: rows}.New()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// finished returns the sheets of a finished book, by name, and its size.
func finished(t testing.TB, book export.Book) map[string][][]string {
	t.Helper()
	file, size, err := book.Finish()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(file)
	if err != nil || int64(len(raw)) != size {
		t.Fatalf("%d bytes of %d, %v", len(raw), size, err)
	}
	read, err := excelize.OpenReader(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	sheets := map[string][][]string{}
	for _, name := range read.GetSheetList() {
		if sheets[name], err = read.GetRows(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Discard(); err != nil {
		t.Error(err)
	}
	return sheets
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestABookGoesOnInAFurtherSheetWhenOneIsFull(t *testing.T) {
	t.Parallel()
	book := newBook(t, 2)
	must(t, book.Sheet("打卡", []string{"名字", "分数"}), book.Row([]any{"小满", int64(90)}), book.Row([]any{"阿杰", 7.5}), book.Row([]any{"小雨", int64(0)}), book.Sheet("空", []string{"无"}))
	want := map[string][][]string{
		"打卡": {{"名字", "分数"}, {"小满", "90"}, {"阿杰", "7.5"}}, "打卡 2": {{"名字", "分数"}, {"小雨", "0"}}, "空": {{"无"}},
	}
	if diff := cmp.Diff(want, finished(t, book)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A program that adds up the column of yuan gets every fen of it.
func TestAnAmountIsANumberOfYuanThatShowsEveryFen(t *testing.T) {
	t.Parallel()
	amounts := []domain.Fen{0, 1, 10, 99, 100, 199_01, -30_07, 1_000_000_00, 9_999_999_999_999_99, -9_999_999_999_999_99}
	book := newBook(t, 0)
	must(t, book.Sheet("资金", []string{"元"}))
	for _, f := range amounts {
		must(t, book.Row([]any{f}))
	}
	file, _, err := book.Finish()
	must(t, err)
	read, err := excelize.OpenReader(file)
	must(t, err)
	defer read.Close()
	for i, f := range amounts {
		cell := fmt.Sprintf("A%d", i+2)
		kind, err := read.GetCellType("资金", cell)
		must(t, err)
		shown, err := read.GetCellValue("资金", cell)
		must(t, err)
		raw, err := read.GetCellValue("资金", cell, excelize.Options{RawCellValue: true})
		must(t, err)
		want := strings.Replace(f.String(), "¥", "", 1)
		if kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber || shown != want {
			t.Errorf("%s is of type %d and shows %q", f, kind, shown)
		}
		if exact := strings.TrimSuffix(strings.TrimRight(want, "0"), "."); raw != exact && f != 0 {
			t.Errorf("%s is written as %q", f, raw)
		}
	}
	must(t, book.Discard())
}

func TestTheNumberOfAnAmountIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := domain.Fen(rapid.Int64Range(-1e15+1, 1e15-1).Draw(rt, "fen"))
		if n := sheet.Yuan(f); fmt.Sprintf("%.2f", n) != strings.Replace(f.String(), "¥", "", 1) || math.Round(n*100) != float64(f) {
			rt.Fatalf("%s is %v", f, n)
		}
	})
}

func TestFormulaInjectionInExports(t *testing.T) {
	t.Parallel()
	attacks := []string{
		`=HYPERLINK("http://evil.test","点我")`, "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "　=1", "\u200b=1", "\ufeff=1",
		"＝1+1", "＋1", "－1", "＠a", "﹦1", "−1",
	}
	harmless := []string{"", "a=b", "1-2", "今天 +1", "13800138000", "。=", "😀=1"}
	book := newBook(t, 0)
	must(t, book.Sheet("x", []string{"=head", "ok"}))
	for _, text := range append(attacks, harmless...) {
		must(t, book.Row([]any{text, "end"}))
	}
	rows := finished(t, book)["x"]
	if rows[0][0] != "'=head" {
		t.Errorf("the head is %q", rows[0][0])
	}
	for i, text := range attacks {
		if got := rows[i+1][0]; !strings.HasPrefix(got, "'") {
			t.Errorf("%q came out as %q", text, got)
		}
	}
	for i, text := range harmless {
		if got := rows[1+len(attacks)+i][0]; got != text {
			t.Errorf("%q came out as %q", text, got)
		}
	}
}

func TestADiscardedBookLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	book := newBook(t, 0)
	must(t, book.Sheet("x", []string{"a"}))
	long := strings.Repeat("长", 10_000)
	for range 1500 { // more than what is kept in memory
		must(t, book.Row([]any{long}))
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) == 0 {
		t.Fatalf("nothing went to disk: %v", err)
	}
	if _, _, err := book.Finish(); err != nil {
		t.Fatal(err)
	}
	must(t, book.Discard())
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func BenchmarkBook(b *testing.B) {
	for b.Loop() {
		book := newBook(b, 0)
		must(b, book.Sheet("打卡", []string{"日期", "昵称", "内容", "点赞"}))
		for i := range 10_000 {
			must(b, book.Row([]any{"2026-03-01", fmt.Sprint("学员", i), "今天读了《学而》，学而时习之，不亦说乎", int64(i)}))
		}
		if _, _, err := book.Finish(); err != nil {
			b.Fatal(err)
		}
		must(b, book.Discard())
	}
}
