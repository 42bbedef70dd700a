package assist

import (
	"iter"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Tally counts what became of a campaign's assists by day; its id is the campaign's. It is counted anew from the assists
// soon after one of them changed.
type Tally struct {
	domain.Doc
	domain.Recount
	Days  []TallyDay `json:"days"` // those with something, the earliest first
	Helps int        `json:"helps,omitempty"`
}

// TallyDay is one day of a tally.
type TallyDay struct {
	Day     domain.Day `json:"day"`
	Started int        `json:"started,omitempty"`
	Reached int        `json:"reached,omitempty"`
	Ordered int        `json:"ordered,omitempty"`
	Used    int        `json:"used,omitempty"`
	Took    domain.Fen `json:"took,omitempty"` // off the orders that are paid
	Paid    domain.Fen `json:"paid,omitempty"` // for them
	Back    domain.Fen `json:"back,omitempty"` // of that, refunded by now
}

// Sum of all days.
func (t Tally) Sum() (sum TallyDay) {
	for _, d := range t.Days {
		sum.Started, sum.Reached, sum.Ordered, sum.Used = sum.Started+d.Started, sum.Reached+d.Reached, sum.Ordered+d.Ordered, sum.Used+d.Used
		sum.Took, sum.Paid, sum.Back = sum.Took+d.Took, sum.Paid+d.Paid, sum.Back+d.Back
	}
	return sum
}

// Net is what is left of what was paid.
func (d TallyDay) Net() domain.Fen { return d.Paid - d.Back }

// Fact is what counting needs of an assist; the times are zero for what did not happen.
type Fact struct {
	StartedAt, ReachedAt, OrderedAt, UsedAt time.Time
	Helps                                   int
	Took, Paid, Back                        domain.Fen
}

// calendar in which the days of campaigns are counted, and their times are told.
var calendar = domain.Calendar{Zone: "Asia/Shanghai"}

// count makes the days of facts.
func count(facts iter.Seq[Fact]) (list []TallyDay, helps int) {
	days := map[domain.Day]*TallyDay{}
	on := func(at time.Time) *TallyDay {
		if at.IsZero() {
			return &TallyDay{}
		}
		day := calendar.Day(at)
		if days[day] == nil {
			days[day] = &TallyDay{Day: day}
		}
		return days[day]
	}
	for f := range facts {
		on(f.StartedAt).Started++
		on(f.ReachedAt).Reached++
		on(f.OrderedAt).Ordered++
		d := on(f.UsedAt)
		d.Used, d.Took, d.Paid, d.Back = d.Used+1, d.Took+f.Took, d.Paid+f.Paid, d.Back+f.Back
		helps += f.Helps
	}
	for _, d := range days {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b TallyDay) int { return strings.Compare(string(a.Day), string(b.Day)) })
	return list, helps
}
