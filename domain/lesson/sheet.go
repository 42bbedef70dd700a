package lesson

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Import is a plan of tasks from a spreadsheet that can be looked at before it happens: previewed → applying → done. Its id
// is camp:member of who sent it, so each of the staff has one, the last they sent.
type Import struct {
	domain.Doc
	Camp    string            `json:"camp"`
	By      string            `json:"by"`
	Seed    string            `json:"seed"` // names this very import
	Rows    []Planned         `json:"rows"`
	Done    int               `json:"done"`  // rows that were looked at
	Added   int               `json:"added"` // tasks; the other rows were there before
	Skipped []domain.RowFault `json:"skipped,omitempty"`
	State   ImportState       `json:"state"`
	At      time.Time         `json:"at"`
}

// Planned is one task of a sheet.
type Planned struct {
	Row   int        `json:"row"`
	Day   domain.Day `json:"day"`
	Title string     `json:"title"`
	Text  string     `json:"text,omitempty"`
}

// ImportState of an import.
type ImportState string

// The states.
const (
	Previewed ImportState = "previewed"
	Applying  ImportState = "applying"
	Imported  ImportState = "done"
)

// EventImport says that the tasks of an import are to be added.
const EventImport = "lesson:import"

// Limits of one sheet.
const (
	MaxSheet      = 200 << 10 // bytes of the file
	MaxSheetRows  = 1000
	maxSheetTexts = 300_000 // characters
	noteEvery     = 50      // rows after which a worker says how far it is
)

// The refusals of an import.
var (
	ErrWorking = domain.Refusal(domain.KindConflict, "import_working", "上一次导入还在进行，请稍后再试")
	ErrStale   = domain.Refusal(domain.KindConflict, "import_stale", "预览已经更新，请确认后再导入")
	ErrCourse  = domain.Refusal(domain.KindConflict, "import_course", "闯关课没有日期，任务请在关卡里添加")
)

// Imports keeps imports.
type Imports interface{ domain.Documents[Import] }

// The columns of a sheet.
const (
	columnDay   = "日期"
	columnTitle = "标题"
	columnText  = "内容"
)

// ImportID of the import that one of the staff sends for a camp.
func ImportID(camp, by string) string { return domain.Key(camp, by) }

// SheetTemplate is an empty spreadsheet with examples for the camp.
func (s *Service) SheetTemplate(ctx context.Context, campID string) ([]byte, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return nil, err
	}
	if c.Kind == camp.KindCourse {
		return nil, fmt.Errorf("camp %s: %w", campID, ErrCourse)
	}
	return s.Sheets.Write("任务", [][]string{
		{columnDay, columnTitle, columnText},
		{"第1天", "自我介绍", "用三句话介绍自己，再拍一张书桌的照片。"},
		{string(c.Start.Add(1)), "读第一章", "读完以后写下最喜欢的一句。\n日期可以写“第2天”，也可以写 " + string(c.Start.Add(1)) + "。"},
	})
}

// Import reads a spreadsheet and keeps it to be looked at, without adding a task. With faults nothing is kept.
func (s *Service) Import(ctx context.Context, campID string, file []byte) (Import, []domain.RowFault, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Import{}, nil, err
	}
	if c.Kind == camp.KindCourse {
		return Import{}, nil, fmt.Errorf("camp %s: %w", campID, ErrCourse)
	}
	table, faults, err := domain.ReadTable(s.Sheets, file, MaxSheet, MaxSheetRows, columnDay, columnTitle, columnText)
	if err != nil || len(faults) > 0 {
		return Import{}, faults, err
	}
	tasks, err := s.All(ctx, campID)
	if err != nil {
		return Import{}, nil, err
	}
	now := s.Clock.Now()
	rows, faults := plan(table, c, tasks, now)
	if len(faults) > 0 {
		return Import{}, faults, nil
	}
	length := 0
	for _, r := range rows {
		length += utf8.RuneCountInString(r.Text)
	}
	switch {
	case len(rows) == 0:
		return Import{}, nil, domain.Invalid("file", "表格里没有任务")
	case length > maxSheetTexts:
		return Import{}, nil, domain.Invalid("file", "文字太多，请分成几个文件导入")
	}
	by := importer(ctx)
	i := Import{Doc: domain.Doc{ID: ImportID(campID, by)}, Camp: campID, By: by, Seed: s.IDs.New(), Rows: rows, State: Previewed, At: now}
	err = s.Imports.Insert(ctx, i)
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Imports.Update(ctx, i.ID, func(old *Import) error { return old.replace(i) })
	}
	return i, nil, err
}

// importer is who acts; the system has no id.
func importer(ctx context.Context) string {
	if id := domain.ActorFrom(ctx).Member; id != "" {
		return id
	}
	return "system"
}

// LastImport returns the acting person's last import in a camp; the zero one if there is none.
func (s *Service) LastImport(ctx context.Context, campID string) (camp.Camp, Import, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return c, Import{}, err
	}
	i, err := s.Imports.Get(ctx, ImportID(campID, importer(ctx)))
	if errors.Is(err, domain.ErrNotFound) {
		err = nil
	}
	return c, i, err
}

// ApplyImport adds the tasks of the acting person's import, which the seed names. A worker does it; asking again changes
// nothing.
func (s *Service) ApplyImport(ctx context.Context, campID, seed string) (Import, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Import{}, err
	}
	now := s.Clock.Now()
	return s.Imports.Update(ctx, ImportID(campID, importer(ctx)), func(i *Import) error { return i.apply(seed, now) })
}

func (i *Import) replace(fresh Import) error {
	if i.State == Applying {
		return ErrWorking
	}
	head := i.Doc
	*i = fresh
	i.Doc = head
	return nil
}

func (i *Import) apply(seed string, now time.Time) error {
	switch {
	case i.Seed != seed:
		return ErrStale
	case i.State != Previewed:
		return domain.ErrSame
	}
	i.State = Applying
	i.Emit(EventImport, now, nil)
	return nil
}

// progress notes how far the import with the seed has come.
func (i *Import) progress(seed string, at Import) error {
	if i.Seed != seed || i.State != Applying || at.Done < i.Done {
		return domain.ErrSame
	}
	i.Done, i.Added, i.Skipped = at.Done, at.Added, at.Skipped
	if i.Done == len(i.Rows) {
		i.State = Imported
	}
	return nil
}

// plan reads the rows of a sheet against a camp and the tasks that it has, and names every row that is wrong, up to a
// bound. Of rows that say the same the first is kept.
func plan(table domain.Table, c camp.Camp, tasks []Task, now time.Time) (rows []Planned, faults []domain.RowFault) {
	perDay, known := map[domain.Day]int{}, map[string]bool{}
	for _, t := range tasks {
		perDay[t.Day]++
		known[t.ID] = true
	}
	for n, cell := range table.Rows() {
		p := Planned{Row: n, Title: cell(columnTitle), Text: cell(columnText)}
		day, err := readDay(cell(columnDay), c)
		if p.Day = day; err == nil {
			err = new(Task).Apply(p.form(), c, now)
		}
		id := p.id(c.ID)
		if err == nil && !known[id] {
			known[id] = true
			if perDay[day]++; perDay[day] > MaxPerDay {
				err = ErrTooMany
			}
		}
		var refusal *domain.Error
		switch {
		case !errors.As(err, &refusal):
			rows = append(rows, p)
		case len(faults) < domain.MaxRowFaults:
			faults = append(faults, domain.RowFault{Row: n, Message: refusal.Message})
		}
	}
	return rows, faults
}

func (p Planned) form() Form { return Form{Day: p.Day, Title: p.Title, Blocks: Text(p.Text)} }

// id is the same for the same row in the same camp, so that a task is added once however often its sheet is sent.
func (p Planned) id(campID string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", campID, p.Day, p.Title, p.Text))
	return "x" + hex.EncodeToString(sum[:11])
}

// readDay takes a day as people and spreadsheets write it: 2026-03-01, 2026/3/1, the number that a program keeps for a
// date, 第3天 or 3.
func readDay(typed string, c camp.Camp) (domain.Day, error) {
	wrong := domain.Invalid("day", "日期应写成 2026-03-01 或“第3天”")
	typed = strings.TrimSuffix(strings.TrimPrefix(strings.ReplaceAll(typed, " ", ""), "第"), "天")
	if n, err := strconv.Atoi(strings.TrimSuffix(typed, ".0")); err == nil {
		switch {
		case 1 <= n && n <= camp.MaxDays:
			return c.Start.Add(n - 1), nil
		case 20_000 <= n && n < 100_000: // days since the spreadsheets' epoch
			return domain.Day("1899-12-30").Add(n), nil
		}
		return "", wrong
	}
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日"} {
		if t, err := time.Parse(layout, typed); err == nil {
			return domain.Day(t.Format("2006-01-02")), nil
		}
	}
	return "", wrong
}

// CarryImport adds the tasks of an import, from where it was left. For jobs, after EventImport. A row that can no longer be
// added, because its day has passed or filled up meanwhile, is named and left out.
func (s *Service) CarryImport(ctx context.Context, id string) error {
	i, err := s.Imports.Get(ctx, id)
	if err != nil || i.State != Applying {
		return err
	}
	c, err := s.Camps.Get(ctx, i.Camp)
	if err != nil {
		return err
	}
	for i.Done < len(i.Rows) {
		r := i.Rows[i.Done]
		fresh, err := s.addPlanned(ctx, c, r)
		var refusal *domain.Error
		switch {
		case errors.As(err, &refusal) && refusal.Kind != domain.KindUnavailable:
			i.Skipped = append(i.Skipped, domain.RowFault{Row: r.Row, Message: refusal.Message})
		case err != nil:
			return err
		case fresh:
			i.Added++
		}
		if i.Done++; i.Done%noteEvery == 0 || i.Done == len(i.Rows) {
			at := i
			if _, err := s.Imports.Update(ctx, id, func(x *Import) error { return x.progress(at.Seed, at) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// addPlanned adds a task at the end of its day, or takes one back that was removed.
func (s *Service) addPlanned(ctx context.Context, c camp.Camp, p Planned) (fresh bool, err error) {
	had, err := s.Store.Get(ctx, p.id(c.ID))
	if err == nil && had.RemovedAt.IsZero() || err != nil && !errors.Is(err, domain.ErrNotFound) {
		return false, err
	}
	gone := err == nil
	now := s.Clock.Now()
	t := Task{Doc: domain.Doc{ID: p.id(c.ID)}, Camp: c.ID, CreatedAt: now}
	if err := t.Apply(p.form(), c, now); err != nil {
		return false, err
	}
	if t.Position, err = s.atEnd(ctx, c.ID, t.Day, ""); err != nil {
		return false, err
	}
	if gone {
		_, err = s.Store.Update(ctx, t.ID, func(old *Task) error {
			if old.RemovedAt.IsZero() {
				return domain.ErrSame
			}
			head := old.Doc
			*old = t
			old.Doc = head
			return nil
		})
		return true, err
	}
	if err = s.Store.Insert(ctx, t); errors.Is(err, domain.ErrExists) {
		return false, nil
	}
	return true, err
}
