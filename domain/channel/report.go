package channel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
)

// Range is what a report is about: days, and whom a channel counts for.
type Range struct {
	From, To domain.Day // both included; empty: the last thirty days
	First    bool       // those whom a channel led first, not last
}

// MaxRange is how many days one report shows, usualDays how many if nobody says.
const (
	MaxRange  = 366
	usualDays = 30
)

func (r Range) resolve(today domain.Day) (Range, error) {
	var check domain.Check
	check.That(r.From == "" || r.From.Valid(), "from", "开始日期不正确")
	check.That(r.To == "" || r.To.Valid(), "to", "结束日期不正确")
	if err := check.Err(); err != nil {
		return r, err
	}
	if r.To == "" {
		r.To = max(today, r.From)
	}
	if r.From == "" {
		r.From = r.To.Add(1 - usualDays)
	}
	check.That(r.From <= r.To, "to", "结束日期不能早于开始日期")
	check.That(r.From > r.To || r.To.Since(r.From) < MaxRange, "from", fmt.Sprintf("一次最多看 %d 天", MaxRange))
	return r, check.Err()
}

// Row is what came of a channel in the days of a report.
type Row struct {
	Channel Channel
	Day                // the sum
	Spent   domain.Fen // what it cost in these days
	Fresh   bool       // it was not counted yet
}

// Return is the net income for each yuan that was spent; ok is false where nothing was.
func (r Row) Return() (times float64, ok bool) {
	if r.Spent == 0 {
		return 0, false
	}
	return float64(r.Net()) / float64(r.Spent), true
}

func (s *Service) row(c Channel, t Tally, r Range) Row {
	row := Row{Channel: c, Spent: c.Spent(r.From, r.To), Fresh: t.CountedAt.IsZero()}
	for _, d := range within(t, r) {
		row.add(d)
	}
	return row
}

func within(t Tally, r Range) []Day {
	days := t.Last
	if r.First {
		days = t.First
	}
	from, _ := slices.BinarySearchFunc(days, r.From, func(d Day, day domain.Day) int { return cmp.Compare(d.Day, day) })
	days = days[from:]
	for i, d := range days {
		if d.Day > r.To {
			return days[:i]
		}
	}
	return days
}

// Report is a page of an organiser's channels.
type Report struct {
	Range Range
	Rows  []Row
	Next  domain.Cursor
}

// List returns what came of an organiser's channels to those who may run its campaigns, the newest channel first.
func (s *Service) List(ctx context.Context, organiser string, r Range, page domain.Page) (Report, error) {
	if !domain.ValidID(organiser) {
		return Report{}, domain.ErrNotFound
	}
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: organiser}); err != nil {
		return Report{}, err
	}
	r, err := r.resolve(calendar.Day(s.Clock.Now()))
	if err != nil {
		return Report{}, err
	}
	list, next, err := s.Channels.OfOrganiser(ctx, organiser, page)
	if err != nil {
		return Report{}, err
	}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	tallies, err := s.Tallies.GetMany(ctx, ids)
	if err != nil {
		return Report{}, err
	}
	report := Report{Range: r, Next: next, Rows: make([]Row, len(list))}
	for i, c := range list {
		report.Rows[i] = s.row(c, tallies[c.ID], r)
	}
	return report, nil
}

// Page is one channel with what came of it.
type Page struct {
	Row
	Range     Range
	Days      []Day // of the range, also those on which nothing happened
	CountedAt time.Time
}

// Show returns a channel to those who may run campaigns of its organiser.
func (s *Service) Show(ctx context.Context, id string, r Range) (Page, error) {
	c, err := s.ForStaff(ctx, id)
	if err != nil {
		return Page{}, err
	}
	if r, err = r.resolve(calendar.Day(s.Clock.Now())); err != nil {
		return Page{}, err
	}
	tallies, err := s.Tallies.GetMany(ctx, []string{id})
	if err != nil {
		return Page{}, err
	}
	t := tallies[id]
	p := Page{Row: s.row(c, t, r), Range: r, CountedAt: t.CountedAt}
	some := within(t, r)
	for d := r.From; d <= r.To; d = d.Add(1) {
		day := Day{Day: d}
		if len(some) > 0 && some[0].Day == d {
			day, some = some[0], some[1:]
		}
		p.Days = append(p.Days, day)
	}
	return p, nil
}

// Sheet writes what came of all channels of an organiser into a spreadsheet, a row for each day with something, for those
// who may run its campaigns and export. That they took it away is written down first.
func (s *Service) Sheet(ctx context.Context, organiser string, r Range) ([]byte, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightExport, domain.Place{Organiser: organiser}); err != nil {
		return nil, err
	}
	rows := [][]any{{"渠道", "标签", "日期", "访问", "新认识", "报名", "付款", "完成", "复购", "收款（元）", "退款（元）", "净收入（元）", "花费（元）"}}
	report := Report{Range: r}
	for page, err := range domain.Pages(func(page domain.Page) ([]Row, domain.Cursor, error) {
		var err error
		report, err = s.List(ctx, organiser, r, page)
		return report.Rows, report.Next, err
	}) {
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(page))
		for i, row := range page {
			ids[i] = row.Channel.ID
		}
		tallies, err := s.Tallies.GetMany(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, row := range page {
			rows = append(rows, dayRows(row, tallies[row.Channel.ID], report.Range)...)
		}
	}
	if err := s.Exports.TookChannels(ctx, organiser, report.Range.From, report.Range.To, len(rows)-1); err != nil {
		return nil, err
	}
	return s.Sheets.Table("渠道", rows)
}

// dayRows are the days of a channel with something, and their sum.
func dayRows(row Row, t Tally, r Range) (rows [][]any) {
	write := func(name string, d Day, spent domain.Fen) {
		rows = append(rows, []any{
			row.Channel.Name, row.Channel.Tag, name, d.Visits, d.Registered, d.Enrolled, d.Paid, d.Completed, d.Again,
			d.Received, d.Returned, d.Net(), spent,
		})
	}
	days := within(t, r)
	for d := r.From; d <= r.To; d = d.Add(1) {
		spent, day := row.Channel.Spent(d, d), Day{}
		if len(days) > 0 && days[0].Day == d {
			day, days = days[0], days[1:]
		}
		if spent > 0 || day.Day != "" {
			write(string(d), day, spent)
		}
	}
	write("合计", row.Day, row.Spent)
	return rows
}
