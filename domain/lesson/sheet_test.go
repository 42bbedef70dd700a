package lesson_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/lesson"
)

// lines are spreadsheets as texts: a row a line, a cell between bars.
type lines struct{}

func (lines) Read(file io.Reader, rows int) (cells [][]string, err error) {
	raw, err := io.ReadAll(file)
	for line := range strings.Lines(string(raw)) {
		cells = append(cells, strings.Split(strings.TrimSuffix(line, "\n"), "|"))
	}
	if len(cells) > rows {
		return nil, domain.ErrTooLarge
	}
	return cells, err
}

func (lines) Write(_ string, rows [][]string) ([]byte, error) {
	var out strings.Builder
	for _, row := range rows {
		fmt.Fprintln(&out, strings.ReplaceAll(strings.Join(row, "|"), "\n", " "))
	}
	return []byte(out.String()), nil
}

func sheetWorld(state camp.State) (world, *domaintest.Power) {
	power := &domaintest.Power{}
	w := newWorld(state)
	w.store = store{domaintest.NewStore[lesson.Task](power)}
	w.Store, w.Imports, w.Sheets = w.store, domaintest.NewStore[lesson.Import](power), lines{}
	return w, power
}

// plan of the camp: days with the titles of their tasks.
func (w world) titles(t testing.TB) string {
	t.Helper()
	tasks, err := w.All(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, task := range tasks {
		fmt.Fprintf(&out, "%s %s\n", task.Day, task.Title)
	}
	return out.String()
}

func (w world) apply(t testing.TB, ctx context.Context, file string) lesson.Import {
	t.Helper()
	i, faults, err := w.Import(ctx, "c1", []byte(file))
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	if _, err := w.ApplyImport(ctx, "c1", i.Seed); err != nil {
		t.Fatal(err)
	}
	return i
}

const threeTasks = "标题|日期|内容\n读一|第1天|两行\n\n读二|2026/3/6|\n读三|46089|好\n读一|1|两行\n"

func TestTasksComeFromASheetOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	w, _ := sheetWorld(camp.Draft)
	ctx := teacher(t, "ann")
	start := aCamp(camp.Draft).Start
	for round := range 2 {
		i := w.apply(t, ctx, threeTasks)
		if round == 0 && w.titles(t) != "" {
			t.Error("a preview added tasks")
		}
		for range 2 {
			if err := w.CarryImport(ctx, i.ID); err != nil {
				t.Fatal(err)
			}
		}
		want := fmt.Sprintf("%s 读一\n2026-03-06 读二\n2026-03-08 读三\n", start)
		if diff := cmp.Diff(want, w.titles(t)); diff != "" {
			t.Errorf("round %d (-want +got)\n%s", round, diff)
		}
		if _, last, err := w.LastImport(ctx, "c1"); err != nil || last.State != lesson.Imported || last.Added != 3-3*round || len(last.Skipped) > 0 {
			t.Errorf("round %d: %+v, %v", round, last, err)
		}
	}
	gone := w.store.All(nil)[0]
	if _, err := w.Remove(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	i := w.apply(t, ctx, threeTasks)
	if err := w.CarryImport(ctx, i.ID); err != nil || !strings.Contains(w.titles(t), gone.Title) {
		t.Errorf("a task that was removed does not come back: %v", err)
	}
}

func TestEveryWrongRowOfAPlanIsNamedAndNothingIsKept(t *testing.T) {
	t.Parallel()
	w, _ := sheetWorld(camp.Published) // today is 2026-03-05
	ctx := teacher(t, "ann")
	file := "日期|标题|内容\n明天|读|\n2026-03-06||\n2030-01-01|读|\n2026-03-02|读|\n第401天|读|\n2026-02-30|读|\n"
	for i := range lesson.MaxPerDay + 1 {
		file += fmt.Sprintf("2026-03-07|任务%d|\n", i)
	}
	_, faults, err := w.Import(ctx, "c1", []byte(file))
	var rows []int
	for _, f := range faults {
		rows = append(rows, f.Row)
	}
	if diff := cmp.Diff([]int{2, 3, 4, 5, 6, 7, 18}, rows); err != nil || diff != "" {
		t.Errorf("%v: %v (-want +got)\n%s", err, faults, diff)
	}
	if _, last, err := w.LastImport(ctx, "c1"); err != nil || last.ID != "" {
		t.Errorf("%+v is kept, %v", last, err)
	}
	for name, file := range map[string]string{
		"nothing": "", "much": strings.Repeat("x", lesson.MaxSheet+1), "only a head": "日期|标题|内容\n", "many rows": "日期|标题|内容\n" + strings.Repeat("1|a|b\n", lesson.MaxSheetRows+1),
	} {
		if _, _, err := w.Import(ctx, "c1", []byte(file)); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, faults, err := w.Import(ctx, "c1", []byte("日期|标题\n")); err != nil || len(faults) != 1 {
		t.Errorf("a column is missing: %v, %v", faults, err)
	}
	stranger := domain.WithActor(t.Context(), domain.Actor{Member: "s"})
	_, _, first := w.Import(stranger, "c1", []byte(threeTasks))
	_, second := w.ApplyImport(stranger, "c1", "x")
	_, third := w.SheetTemplate(stranger, "c1")
	for _, err := range []error{first, second, third} {
		if !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("a stranger: %v", err)
		}
	}
}

func TestTheTemplateOfAPlanCanBeImported(t *testing.T) {
	t.Parallel()
	w, _ := sheetWorld(camp.Draft)
	file, err := w.SheetTemplate(teacher(t, "ann"), "c1")
	if err != nil {
		t.Fatal(err)
	}
	if i, faults, err := w.Import(teacher(t, "ann"), "c1", file); err != nil || len(faults) > 0 || len(i.Rows) != 2 {
		t.Error(i, faults, err)
	}
}

func TestAnImportThatIsKilledGoesOnAndAddsNothingTwice(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 5; n++ {
		for _, done := range []bool{false, true} {
			w, power := sheetWorld(camp.Draft)
			ctx := teacher(t, "ann")
			i := w.apply(t, ctx, threeTasks)
			power.Cut(n, done)
			_ = w.CarryImport(ctx, i.ID)
			power.Restore()
			if err := w.CarryImport(ctx, i.ID); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(w.titles(t), "\n"); got != 3 {
				t.Errorf("killed at %d: %d tasks", n, got)
			}
		}
	}
}

func TestARowWhoseDayPassedMeanwhileIsNamedAndLeftOut(t *testing.T) {
	t.Parallel()
	w, _ := sheetWorld(camp.Published)
	ctx := teacher(t, "ann")
	i := w.apply(t, ctx, "日期|标题|内容\n2026-03-06|六号|\n2026-03-09|九号|\n")
	w.clock.Set(at("2026-03-08"))
	if _, _, err := w.Import(ctx, "c1", []byte("日期|标题|内容\n2026-03-09|别的|\n")); !errors.Is(err, lesson.ErrWorking) {
		t.Errorf("a second import over one that is under way: %v", err)
	}
	if err := w.CarryImport(ctx, i.ID); err != nil {
		t.Fatal(err)
	}
	_, last, err := w.LastImport(ctx, "c1")
	if diff := cmp.Diff([]domain.RowFault{{Row: 2, Message: lesson.ErrPast.Message}}, last.Skipped); err != nil || diff != "" || w.titles(t) != "2026-03-09 九号\n" {
		t.Errorf("%v: %s (-want +got)\n%s", err, w.titles(t), diff)
	}
	if _, err := w.ApplyImport(ctx, "c1", "another"); !errors.Is(err, lesson.ErrStale) {
		t.Errorf("a preview that is no longer there: %v", err)
	}
}
