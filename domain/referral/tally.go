package referral

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Tally counts an organiser's commissions by day and ranks its promoters; its id is the organiser's. It is counted anew from
// the commissions soon after one of them changed.
type Tally struct {
	domain.Doc
	domain.Recount
	Days []TallyDay `json:"days"` // those with something, the earliest first
	Top  []Rank     `json:"top"`  // the first MaxTop
}

// TallyDay is one day of a tally, by when the orders were paid.
type TallyDay struct {
	Day    domain.Day `json:"day"`
	Orders int        `json:"orders"` // of which something is kept
	Base   domain.Fen `json:"base"`   // the tuition that was paid for all
	Net    domain.Fen `json:"net"`    // what promoters have of it
}

// Rank is a promoter's place in the ranking.
type Rank struct {
	Member string     `json:"member"`
	Orders int        `json:"orders"`
	Net    domain.Fen `json:"net"`
	LastAt time.Time  `json:"last_at"` // the payment that brought them there
}

// MaxTop is how long the ranking is.
const MaxTop = 100

// TieRule says how promoters of the same earnings are ranked.
const TieRule = "按佣金净额（扣除退款撤回）从高到低排名；相同时，订单多的在前；仍相同时，先达到的在前。"

// calendar in which days are counted; it belongs to no camp.
var calendar = domain.Calendar{Zone: "Asia/Shanghai"}

// Fact is what counting needs of a commission.
type Fact struct {
	Member    string
	Level     int
	At        time.Time
	Base, Net domain.Fen
}

// count makes days and ranking of facts.
func count(facts iter.Seq[Fact]) (list []TallyDay, top []Rank) {
	days, ranks := map[domain.Day]*TallyDay{}, map[string]*Rank{}
	for f := range facts {
		day := calendar.Day(f.At)
		if days[day] == nil {
			days[day] = &TallyDay{Day: day}
		}
		d := days[day]
		d.Net += f.Net
		if f.Level == 1 && f.Net > 0 {
			d.Orders, d.Base = d.Orders+1, d.Base+f.Base
		}
		if f.Net == 0 {
			continue
		}
		if ranks[f.Member] == nil {
			ranks[f.Member] = &Rank{Member: f.Member}
		}
		r := ranks[f.Member]
		r.Orders, r.Net, r.LastAt = r.Orders+1, r.Net+f.Net, later(r.LastAt, f.At)
	}
	for _, d := range days {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b TallyDay) int { return strings.Compare(string(a.Day), string(b.Day)) })
	for _, r := range ranks {
		top = append(top, *r)
	}
	slices.SortFunc(top, before)
	return list, top[:min(len(top), MaxTop)]
}

// before is TieRule.
func before(a, b Rank) int {
	return cmp.Or(cmp.Compare(b.Net, a.Net), cmp.Compare(b.Orders, a.Orders), a.LastAt.Compare(b.LastAt), strings.Compare(a.Member, b.Member))
}

// Sum of all days.
func (t Tally) Sum() (sum TallyDay) {
	for _, d := range t.Days {
		sum.Orders, sum.Base, sum.Net = sum.Orders+d.Orders, sum.Base+d.Base, sum.Net+d.Net
	}
	return sum
}
