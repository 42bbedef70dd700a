package coupon

import (
	"iter"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Tally counts what became of a template's coupons by day; its id is the template's. It is counted anew from the coupons
// soon after one of them changed.
type Tally struct {
	domain.Doc
	domain.Recount
	Days []TallyDay `json:"days"` // those with something, the earliest first
}

// TallyDay is one day of a tally.
type TallyDay struct {
	Day  domain.Day `json:"day"`
	Got  int        `json:"got,omitempty"`
	Used int        `json:"used,omitempty"`
	Took domain.Fen `json:"took,omitempty"` // off the orders
	Paid domain.Fen `json:"paid,omitempty"` // for these orders
	Back domain.Fen `json:"back,omitempty"` // of that, refunded by now
}

// Sum of all days.
func (t Tally) Sum() (sum TallyDay) {
	for _, d := range t.Days {
		sum.Got, sum.Used, sum.Took, sum.Paid, sum.Back = sum.Got+d.Got, sum.Used+d.Used, sum.Took+d.Took, sum.Paid+d.Paid, sum.Back+d.Back
	}
	return sum
}

// Net is what is left of what was paid.
func (d TallyDay) Net() domain.Fen { return d.Paid - d.Back }

// Fact is what counting needs of a coupon; the times are zero for what did not happen.
type Fact struct {
	GotAt, UsedAt time.Time
	Took, Paid    domain.Fen
	Back          domain.Fen
}

// count makes the days of facts.
func count(facts iter.Seq[Fact]) []TallyDay {
	days := map[domain.Day]*TallyDay{}
	on := func(at time.Time) *TallyDay {
		day := calendar.Day(at)
		if days[day] == nil {
			days[day] = &TallyDay{Day: day}
		}
		return days[day]
	}
	for f := range facts {
		on(f.GotAt).Got++
		if !f.UsedAt.IsZero() {
			d := on(f.UsedAt)
			d.Used, d.Took, d.Paid, d.Back = d.Used+1, d.Took+f.Took, d.Paid+f.Paid, d.Back+f.Back
		}
	}
	list := make([]TallyDay, 0, len(days))
	for _, d := range days {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b TallyDay) int { return strings.Compare(string(a.Day), string(b.Day)) })
	return list
}
