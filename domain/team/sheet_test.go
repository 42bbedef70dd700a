package team_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/member"
	"yingdi/domain/team"
)

// lines are spreadsheets as texts: a row a line, a cell between bars.
type lines struct{}

func (lines) Read(file io.Reader, rows int) ([][]string, error) {
	raw, err := io.ReadAll(file)
	var cells [][]string
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
		fmt.Fprintln(&out, strings.Join(row, "|"))
	}
	return []byte(out.String()), nil
}

// twins calls m1 and m2 alike.
type twins struct{ camps }

func (c twins) Cards(ctx context.Context, ids []string) (map[string]member.Card, error) {
	cards, err := c.camps.Cards(ctx, ids)
	for _, id := range []string{"m1", "m2"} {
		cards[id] = member.Card{ID: id, Nickname: "双胞胎"}
	}
	return cards, err
}

// said is what learners answered: m0, m2 … one thing, m1, m3 … another.
type said struct{ asked int }

func (s *said) History(context.Context, string) (form.History, error) {
	s.asked++
	return form.History{Fields: []form.Field{{ID: "f1", Type: form.City, Label: "城市"}, {ID: "f2", Type: form.Phone, Label: "手机号"}}}, nil
}

func (s *said) Answers(_ form.History, id string, _ *form.Reply, _ form.Shown) (map[string][]string, error) {
	if strings.ContainsAny(id[len(id)-1:], "02468") {
		return map[string][]string{"f1": {" 杭州 "}}, nil
	}
	return map[string][]string{"f1": {"上海"}}, nil
}

func sheetWorld(learners int) world {
	w := newWorld(learners)
	in := twins{camps{learners}}
	w.Members, w.Sheets, w.Replies = in, lines{}, &said{}
	return w
}

func TestASheetMovesLearnersAndMakesTeams(t *testing.T) {
	t.Parallel()
	w, ctx := sheetWorld(5), teacher(t)
	ids := w.with(t, "清晨组", "夜读组")
	if _, err := w.Assign(ctx, "c1", ids[0], []string{"m0", "m3"}); err != nil {
		t.Fatal(err)
	}
	sheet, err := w.Sheet(ctx, "c1")
	if diff := cmp.Diff("学员编号|昵称|小组\nm0|m0|清晨组\nm1|双胞胎|\nm2|双胞胎|\nm3|m3|清晨组\nm4|m4|\n", string(sheet)); err != nil || diff != "" {
		t.Fatalf("%v (-want +got)\n%s", err, diff)
	}
	if _, err := w.Import(ctx, "c1", sheet); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a sheet that changes nothing: %v", err)
	}
	changed := []byte("小组|昵称|学员编号\n夜读组|随便|m0\n午间组||m1\n\n 午间组 |m4|\n未分组|m3|\n|m2|m2\n")
	for range 2 { // a second preview takes the place of the first
		done, err := w.Import(ctx, "c1", changed)
		if err != nil || len(done.Faults) > 0 || len(done.Plan.Fresh) != 1 {
			t.Fatal(done, err)
		}
	}
	if b, _ := w.Boards.Get(ctx, "c1"); len(b.Teams) != 2 {
		t.Error("a preview made a team")
	}
	p, err := w.Plans.Get(ctx, team.PlanID("c1", "teacher"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Apply(ctx, "c1", p.Seed); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Carry(ctx, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	sheet, err = w.Sheet(ctx, "c1")
	if diff := cmp.Diff("学员编号|昵称|小组\nm0|m0|夜读组\nm1|双胞胎|午间组\nm2|双胞胎|\nm3|m3|\nm4|m4|午间组\n", string(sheet)); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if _, err := w.Import(ctx, "c1", changed); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("the same sheet again moves somebody: %v", err)
	}
}

func TestEveryWrongRowIsNamedAndNothingIsPlanned(t *testing.T) {
	t.Parallel()
	w, ctx := sheetWorld(4), teacher(t)
	done, err := w.Import(ctx, "c1", []byte("学员编号|昵称|小组\nm0||甲\nghost||甲\n|谁|甲\n|双胞胎|甲\n||甲\nm0||乙\nm3||"+strings.Repeat("长", 21)+"\n"))
	want := []domain.RowFault{
		{Row: 3, Message: "这个训练营没有编号是这个的学员"}, {Row: 4, Message: "这个训练营没有叫这个昵称的学员"}, {Row: 5, Message: "有 2 位学员叫这个昵称，请填写学员编号"},
		{Row: 6, Message: "请填写学员编号或昵称"}, {Row: 7, Message: "和第 2 行是同一位学员"}, {Row: 8, Message: "小组名称应为 1 到 20 个字的一行文字"},
	}
	if diff := cmp.Diff(want, done.Faults); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if _, err := w.Plans.Get(ctx, team.PlanID("c1", "teacher")); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("there is a plan: %v", err)
	}
	for name, file := range map[string]string{"nothing": "", "much": strings.Repeat("x", team.MaxSheet+1), "many rows": "昵称|小组\n" + strings.Repeat("a|b\n", team.MaxRows+1)} {
		if _, err := w.Import(ctx, "c1", []byte(file)); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if done, err := w.Import(ctx, "c1", []byte("名字|小组\n")); err != nil || len(done.Faults) != 1 {
		t.Errorf("a column is missing: %v, %v", done, err)
	}
	w = sheetWorld(team.MaxTeams + 1)
	file := "学员编号|昵称|小组\n"
	for i := range team.MaxTeams + 1 {
		file += fmt.Sprintf("m%d||组%d\n", i, i)
	}
	if done, err = w.Import(ctx, "c1", []byte(file)); err != nil || len(done.Faults) != 1 || done.Faults[0].Row != team.MaxTeams+2 {
		t.Errorf("more teams than a camp may have: %v, %v", done.Faults, err)
	}
}

func TestASheetThatIsKilledOnItsWayIsCarriedOutInTheEnd(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 4; n++ {
		w, ctx := sheetWorld(4), teacher(t)
		done, err := w.Import(ctx, "c1", []byte("学员编号|昵称|小组\nm0||甲\nm3||乙\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Apply(ctx, "c1", done.Plan.Seed); err != nil {
			t.Fatal(err)
		}
		w.power.Cut(n, true)
		_ = w.Carry(ctx, done.Plan.ID)
		w.power.Restore()
		if err := w.Carry(ctx, done.Plan.ID); err != nil {
			t.Fatal(err)
		}
		if sheet, err := w.Sheet(ctx, "c1"); err != nil || !strings.Contains(string(sheet), "m0|m0|甲\n") || !strings.Contains(string(sheet), "m3|m3|乙\n") {
			t.Errorf("killed at %d: %s, %v", n, sheet, err)
		}
	}
}

func TestAnswersDivideForThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	w := sheetWorld(6)
	w.Enrolments = numbered{camps{6}}
	w.with(t, "甲", "乙")
	fields, err := w.Fields(teacher(t), "c1")
	if err != nil || len(fields) != 1 || fields[0].ID != "f1" {
		t.Fatal(fields, err)
	}
	p, err := w.Preview(teacher(t), "c1", team.Ask{Method: team.ByAnswer, Field: "f1", All: true})
	if err != nil {
		t.Fatal(err)
	}
	byTeam := map[string][]string{}
	for _, m := range p.Moves {
		byTeam[m.Team] = append(byTeam[m.Team], m.Member)
	}
	for _, members := range byTeam {
		if diff := cmp.Diff([]string{"m1", "m3", "m5"}, members); diff != "" && !cmp.Equal([]string{"m0", "m2", "m4"}, members) {
			t.Errorf("a team of %v", members)
		}
	}
	manager := domain.WithActor(t.Context(), domain.Actor{Member: "x", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleManager}}})
	if fields, err := w.Fields(manager, "c1"); err != nil || len(fields) != 0 {
		t.Errorf("a manager is offered %v, %v", fields, err)
	}
	for name, c := range map[string]struct {
		ctx  context.Context
		ask  team.Ask
		want error
	}{
		"a manager, who may not see answers": {manager, team.Ask{Method: team.Spread, Field: "f1"}, domain.ErrForbidden},
		"by a phone number":                  {teacher(t), team.Ask{Method: team.Spread, Field: "f2"}, domain.ErrInvalid},
		"by nothing":                         {teacher(t), team.Ask{Method: team.ByAnswer}, domain.ErrInvalid},
		"by a sheet that nobody sent":        {teacher(t), team.Ask{Method: team.BySheet}, domain.ErrInvalid},
	} {
		if _, err := w.Preview(c.ctx, "c1", c.ask); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// numbered gives enrolments their ids.
type numbered struct{ camps }

func (c numbered) OfCamp(ctx context.Context, id string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	list, next, err := c.camps.OfCamp(ctx, id, page)
	for i := range list {
		list[i].ID = "c1:" + list[i].Member
	}
	return list, next, err
}
