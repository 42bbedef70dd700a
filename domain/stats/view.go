package stats

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/organiser"
)

// Range is the days that somebody asks about; an empty end is as far as there is.
type Range struct{ From, To domain.Day }

// The most days that one look shows.
const (
	MaxRange      = camp.MaxDays + camp.MaxClosing
	MaxHouseRange = 92
	usualDays     = 30
)

// resolve checks the range and fills in its open ends: the last so many days of what there is.
func (r Range) resolve(first, last domain.Day, most int) (Range, error) {
	var check domain.Check
	check.That(r.From == "" || r.From.Valid(), "from", "开始日期不正确")
	check.That(r.To == "" || r.To.Valid(), "to", "结束日期不正确")
	if err := check.Err(); err != nil {
		return r, err
	}
	if r.To == "" {
		r.To = max(last, r.From)
	}
	if r.From == "" {
		r.From = min(max(first, r.To.Add(1-most)), r.To)
	}
	check.That(r.From <= r.To, "to", "结束日期不能早于开始日期")
	if r.From <= r.To {
		check.That(r.To.Since(r.From) < most, "from", fmt.Sprintf("一次最多看 %d 天", most))
	}
	return r, check.Err()
}

// Row is one day as it is shown, also when nothing happened on it.
type Row struct {
	Day
	Enrolled int // who had a place at its end
}

// Share is the part of those who had a task that day who have done it, from 0 to 1; 0 if nobody had.
func (r Row) Share() float64 { return share(r.Done, r.Due) }

func share(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(part) / float64(of)
}

// Total is the sum over the days shown.
type Total struct {
	Joined, Left, Due, Done, MadeUp, Passed, Reviewed, Sent int
	Refused                                                 []Reason // the most frequent first
	Received, Returned                                      domain.Fen
}

// Held is what stayed of the money.
func (t Total) Held() domain.Fen { return t.Received - t.Returned }

// Share is the completion of the days shown: what was done of what was due.
func (t Total) Share() float64 { return share(t.Done, t.Due) }

// Refusals is how many messages were not sent.
func (t Total) Refusals() (n int) {
	for _, r := range t.Refused {
		n += r.Count
	}
	return n
}

// Reason is why so many messages were not sent; of notice.Reasons.
type Reason struct {
	Reason string
	Count  int
}

// View is a camp's numbers for its staff.
type View struct {
	Camp      camp.Camp
	Range     Range
	Rows      []Row
	Total     Total
	Count     Count     // without Days
	CountedAt time.Time // zero: they are still being counted
	People    map[string]member.Card
	MayMoney  bool
}

// rows lists every day of the range.
func rows(c Count, r Range) []Row {
	list := make([]Row, 0, r.To.Since(r.From)+1)
	enrolled, at := c.Earlier, 0
	for d := r.From; d <= r.To; d = d.Add(1) {
		row := Row{Day: Day{Day: d}}
		for ; at < len(c.Days) && c.Days[at].Day <= d; at++ {
			enrolled += c.Days[at].Joined - c.Days[at].Left
			if c.Days[at].Day == d {
				row.Day = c.Days[at]
			}
		}
		row.Enrolled = enrolled
		list = append(list, row)
	}
	return list
}

func sum(rows []Row) (t Total) {
	why := map[string]int{}
	for _, r := range rows {
		t.Joined, t.Left, t.Due, t.Done, t.MadeUp = t.Joined+r.Joined, t.Left+r.Left, t.Due+r.Due, t.Done+r.Done, t.MadeUp+r.MadeUp
		t.Passed, t.Reviewed, t.Sent = t.Passed+r.Passed, t.Reviewed+r.Reviewed, t.Sent+r.Sent
		t.Received, t.Returned = t.Received+r.Received, t.Returned+r.Returned
		for reason, n := range r.Refused {
			why[reason] += n
		}
	}
	for _, reason := range slices.SortedFunc(maps.Keys(why), func(a, b string) int {
		if why[a] != why[b] {
			return why[b] - why[a]
		}
		return slices.Index(notice.Reasons, a) - slices.Index(notice.Reasons, b)
	}) {
		t.Refused = append(t.Refused, Reason{reason, why[reason]})
	}
	return t
}

// OfCamp returns a camp's numbers to its staff; money only to those who may see it. With an open range: all days of a
// camp, and the last month of a course.
func (s *Service) OfCamp(ctx context.Context, campID string, r Range) (View, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return View{}, err
	}
	f, err := s.Store.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		f, err = Figures{}, s.ask(ctx, campID)
	}
	if err != nil {
		return View{}, err
	}
	today := in.Calendar.Day(s.Clock.Now())
	first, most := today.Add(1-usualDays), MaxRange
	last := today
	if in.Kind != camp.KindCourse {
		if first = in.Start; len(f.Count.Days) > 0 {
			first = min(first, f.Count.Days[0].Day)
		}
		last = max(first, min(today, max(f.Last, in.LastDay())))
	}
	if r, err = r.resolve(first, last, most); err != nil {
		return View{}, err
	}
	v := View{Camp: in, Range: r, Rows: rows(f.Count, r), Count: f.Count, CountedAt: f.CountedAt}
	v.MayMoney = domain.ActorFrom(ctx).Has(domain.RightMoney, in.Place())
	hideMoney(v.Rows, v.MayMoney)
	v.Total, v.Count.Days = sum(v.Rows), nil
	people := make([]string, len(f.Count.Reviewers))
	for i, r := range f.Count.Reviewers {
		people[i] = r.Member
	}
	v.People, err = s.Members.Cards(ctx, people)
	return v, err
}

func hideMoney(rows []Row, may bool) {
	for i := range rows {
		if !may {
			rows[i].Received, rows[i].Returned = 0, 0
		}
	}
}

// House is an organiser's numbers.
type House struct {
	Organiser organiser.Organiser
	Range     Range
	Rows      []Row // of all its camps; delays are not added up, and so are not in them
	Total     Total
	Camps     []CampTotal // with a number in the range, the most enrolled first
	Partial   bool        // there are more camps than are added up
	MayMoney  bool
}

// CampTotal is one camp of it.
type CampTotal struct {
	Camp     camp.Camp
	Learners int
	Total    Total
}

// maxCamps bounds what one look at an organiser adds up.
const maxCamps = 500

// OfOrganiser adds up the camps of an organiser for those who run it, each day by the camp's own calendar. With an open
// range: the last month.
func (s *Service) OfOrganiser(ctx context.Context, id string, r Range) (House, error) {
	place := domain.Place{Organiser: id}
	if err := domain.ActorFrom(ctx).Must(domain.RightCampView, place); err != nil {
		return House{}, err
	}
	o, err := s.Organisers.Get(ctx, id)
	if err != nil {
		return House{}, err
	}
	today := domain.Calendar{Zone: "Asia/Shanghai"}.Day(s.Clock.Now())
	if r.From == "" && r.To == "" {
		r.From = today.Add(1 - usualDays)
	}
	if r, err = r.resolve(r.From, today, MaxHouseRange); err != nil {
		return House{}, err
	}
	h := House{Organiser: o, Range: r, MayMoney: domain.ActorFrom(ctx).Has(domain.RightMoney, place)}
	h.Rows = rows(Count{}, r)
	if err := s.addCamps(ctx, &h); err != nil {
		return House{}, err
	}
	h.Total = sum(h.Rows)
	return h, nil
}

func (s *Service) addCamps(ctx context.Context, h *House) error {
	for list, err := range domain.Pages(func(page domain.Page) ([]Figures, domain.Cursor, error) {
		return s.Store.Since(ctx, h.Organiser.ID, h.Range.From, page)
	}) {
		if err != nil {
			return err
		}
		if h.Partial = len(h.Camps) >= maxCamps; h.Partial {
			break
		}
		ids := make([]string, len(list))
		for i, f := range list {
			ids[i] = f.ID
		}
		camps, err := s.Camps.Many(ctx, ids)
		if err != nil {
			return err
		}
		for _, f := range list {
			own := rows(f.Count, h.Range)
			hideMoney(own, h.MayMoney)
			h.Camps = append(h.Camps, CampTotal{camps[f.ID], f.Count.Learners, sum(own)})
			for i := range own {
				h.Rows[i].add(own[i])
			}
		}
	}
	slices.SortStableFunc(h.Camps, func(a, b CampTotal) int { return b.Learners - a.Learners })
	return nil
}

func (r *Row) add(o Row) {
	r.Enrolled += o.Enrolled
	r.Joined, r.Left, r.Due, r.Done, r.MadeUp = r.Joined+o.Joined, r.Left+o.Left, r.Due+o.Due, r.Done+o.Done, r.MadeUp+o.MadeUp
	r.Active, r.AtRisk, r.Passed, r.Reviewed, r.Sent = r.Active+o.Active, r.AtRisk+o.AtRisk, r.Passed+o.Passed, r.Reviewed+o.Reviewed, r.Sent+o.Sent
	r.Received, r.Returned = r.Received+o.Received, r.Returned+o.Returned
	for reason, n := range o.Refused {
		if r.Refused == nil {
			r.Refused = map[string]int{}
		}
		r.Refused[reason] += n
	}
}
