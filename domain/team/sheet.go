package team

import (
	"context"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/enrolment"
)

// Limits of one sheet.
const (
	MaxSheet = 200 << 10 // bytes of the file
	MaxRows  = MaxPlanned
)

// The columns of a sheet. A learner is found by the id, or by a nickname that nobody else has.
const (
	columnID   = "学员编号"
	columnName = "昵称"
	columnTeam = "小组"
	noTeam     = "未分组"
)

// Row is one learner in a sheet.
type Row struct {
	N        int // of the row
	ID       string
	Nickname string
	Team     string // its name; empty changes nothing, and noTeam takes out of any
}

// Sheet is a camp's learners with their teams, to be changed and sent back.
func (s *Service) Sheet(ctx context.Context, campID string) ([]byte, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return nil, err
	}
	k, err := s.known(ctx, campID)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{columnID, columnName, columnTeam}}
	for _, l := range k.learners {
		rows = append(rows, []string{l.id, k.names[l.id], l.team.Name})
	}
	return s.Sheets.Write("分组", rows)
}

// Imported is what became of a sheet: a plan to look at, or, with faults, none.
type Imported struct {
	Plan   Plan
	Faults []domain.RowFault
}

// Import draws up a division as a spreadsheet says, without doing it. Teams that are not there yet are made when it is
// applied. If a row is wrong there is no plan.
func (s *Service) Import(ctx context.Context, campID string, file []byte) (Imported, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Imported{}, err
	}
	table, faults, err := domain.ReadTable(s.Sheets, file, MaxSheet, MaxRows, columnName, columnTeam)
	if err != nil || len(faults) > 0 {
		return Imported{Faults: faults}, err
	}
	k, err := s.known(ctx, campID)
	if err != nil {
		return Imported{}, err
	}
	p := s.plan(ctx, campID, BySheet)
	p.Moves, p.Fresh, faults = k.resolve(parseSheet(table), s.IDs.New)
	switch {
	case len(faults) > 0:
		return Imported{Faults: faults}, nil
	case len(p.Moves) == 0:
		return Imported{}, domain.Invalid("file", "表格里的分组和现在一样，没有需要改动的")
	}
	return Imported{Plan: p}, s.keep(ctx, p)
}

func parseSheet(table domain.Table) []Row {
	var rows []Row
	for n, cell := range table.Rows() {
		rows = append(rows, Row{N: n, ID: cell(columnID), Nickname: cell(columnName), Team: cell(columnTeam)})
	}
	return rows
}

// known is what a sheet is read against.
type known struct {
	board    Board
	learners []learner
	names    map[string]string   // by id
	called   map[string][]string // ids by nickname
	at       map[string]Team     // by id
}

type learner struct {
	id   string
	team Team
}

func (s *Service) known(ctx context.Context, campID string) (known, error) {
	b, err := s.board(ctx, campID)
	if err != nil {
		return known{}, err
	}
	k := known{board: b, names: map[string]string{}, called: map[string][]string{}, at: map[string]Team{}}
	var ids []string
	err = s.everybody(ctx, b, func(e enrolment.Enrolment, in Team) error {
		if len(ids) == MaxPlanned {
			return fmt.Errorf("camp %s: %w", campID, ErrTooMany)
		}
		ids = append(ids, e.Member)
		k.learners, k.at[e.Member] = append(k.learners, learner{e.Member, in}), in
		return nil
	})
	if err != nil {
		return known{}, err
	}
	cards, err := s.Members.Cards(ctx, ids)
	for _, id := range ids {
		name := cards[id].Nickname
		k.names[id], k.called[name] = name, append(k.called[name], id)
	}
	return k, err
}

// resolve turns rows into moves, and names every row that is wrong, up to a bound. newID names the teams that are not
// there yet.
func (k known) resolve(rows []Row, newID func() string) (moves []Move, fresh []Team, faults []domain.RowFault) {
	seen, teams := map[string]int{}, map[string]Team{}
	for _, t := range k.board.Teams {
		teams[t.Name] = t
	}
	wrong := func(n int, text string, args ...any) {
		if len(faults) < domain.MaxRowFaults {
			faults = append(faults, domain.RowFault{Row: n, Message: fmt.Sprintf(text, args...)})
		}
	}
	for _, r := range rows {
		id, why := k.who(r)
		if why != "" {
			wrong(r.N, "%s", why)
			continue
		}
		if first, twice := seen[id]; twice {
			wrong(r.N, "和第 %d 行是同一位学员", first)
			continue
		}
		seen[id] = r.N
		to, there := teams[r.Team]
		switch {
		case r.Team == "":
			continue
		case r.Team == noTeam:
		case !there:
			if err := checkName(r.Team); err != nil {
				wrong(r.N, "小组名称应为 1 到 %d 个字的一行文字", MaxName)
				continue
			}
			if len(teams) >= MaxTeams {
				wrong(r.N, "小组太多了，一个训练营最多 %d 个", MaxTeams)
				continue
			}
			to = Team{ID: newID(), Name: r.Team}
			teams[r.Team], fresh = to, append(fresh, to)
		}
		if from := k.at[id].ID; from != to.ID {
			moves = append(moves, Move{Member: id, Team: to.ID, From: from})
		}
	}
	return moves, fresh, faults
}

// who is meant by a row, or why nobody knows.
func (k known) who(r Row) (id, why string) {
	if r.ID != "" {
		if _, ok := k.names[r.ID]; !ok {
			return "", "这个训练营没有编号是这个的学员"
		}
		return r.ID, ""
	}
	switch found := k.called[r.Nickname]; {
	case r.Nickname == "":
		return "", "请填写学员编号或昵称"
	case len(found) == 0:
		return "", "这个训练营没有叫这个昵称的学员"
	case len(found) > 1:
		return "", fmt.Sprintf("有 %d 位学员叫这个昵称，请填写学员编号", len(found))
	default:
		return found[0], ""
	}
}
