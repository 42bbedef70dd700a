package audit

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Funnel is how people came, and what staff are shown of it.
type Funnel struct {
	Channels []Channel
	Touches  []Touch // in order
	From, To string  // the days that are shown
}

// Channel is one way by which people come.
type Channel struct {
	ID          string
	Welcomes    bool // those whom it leads for the first time
	Spent       map[string]int64
	Last, First map[string][]int64 // a number for each day, by the name of its column; of those whom it led last, and first
}

// Touch is one time that something led somebody.
type Touch struct {
	Member  string
	Channel string // empty: somebody shared something
	At      time.Time
}

// entrance is somebody who took a place.
type entrance struct {
	camp, member string
	at, asked    time.Time // asked is when it was decided what had led them
}

// channels: what staff are shown of each channel, of those whom it led last and of those whom it led first, is what counting
// visits, places and payments gives; and whoever it led was welcomed once.
func channels(t *trial, f *finding) {
	entrances := t.entrances()
	for _, c := range t.Funnel.Channels {
		for _, first := range []bool{false, true} {
			shown, by := c.Last, "last"
			if first {
				shown, by = c.First, "first"
			}
			want := t.led(c, first, entrances)
			for name, counted := range want {
				got := shown[name]
				nothing := got == nil && !slices.ContainsFunc(counted, func(n int64) bool { return n != 0 })
				same := slices.Equal(got, counted)
				if name == "完成" { // on whatever day somebody looked
					same = total(got) == total(counted)
				}
				f.expect(nothing || same, "channel %s, for those whom it led %s, shows %s as %v and it is %v", c.ID, by, name, got, counted)
			}
		}
	}
}

func total(list []int64) (sum int64) {
	for _, n := range list {
		sum += n
	}
	return sum
}

// origin is what had led somebody by an instant: first of all, or the last channel. What a friend shared can be the first,
// and takes nobody from a channel.
func (t *trial) origin(member string, at time.Time, first bool) (channel string) {
	for _, touch := range t.Funnel.Touches {
		if touch.Member != member || touch.At.After(at) {
			continue
		}
		if first {
			return touch.Channel
		}
		channel = cmp.Or(touch.Channel, channel)
	}
	return channel
}

// led counts what came of a channel.
func (t *trial) led(c Channel, first bool, entrances []entrance) map[string][]int64 {
	series := map[string][]int64{}
	for _, name := range []string{"访问", "新认识", "报名", "付款", "完成", "复购", "收款", "退款", "花费"} {
		series[name] = make([]int64, between(t.Funnel.From, t.Funnel.To)+1)
	}
	count := func(name string, at time.Time, n int64) {
		if i := between(t.Funnel.From, at.In(shanghai).Format(layout)); i >= 0 && i < len(series[name]) {
			series[name][i] += n
		}
	}
	for day, amount := range c.Spent {
		at, _ := time.ParseInLocation(layout, day, shanghai)
		count("花费", at, amount)
	}
	visited, known := map[[2]string]bool{}, map[string]bool{}
	for _, touch := range t.Funnel.Touches {
		once := [2]string{touch.Member, touch.At.In(shanghai).Format(layout)}
		if touch.Channel == c.ID && !visited[once] {
			visited[once] = true
			count("访问", touch.At, 1)
		}
		if touch.Channel == c.ID && !known[touch.Member] {
			count("新认识", touch.At, 1)
		}
		known[touch.Member] = true
	}
	for _, e := range entrances {
		if t.origin(e.member, e.asked, first) == c.ID {
			count("报名", e.at, 1)
			if t.completed(e) {
				count("完成", e.at, 1)
			}
		}
	}
	t.sold(c, first, count)
	return series
}

// shanghai is where the days of channels are counted.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// sold counts the payments that a channel led to, and who paid again.
func (t *trial) sold(c Channel, first bool, count func(name string, at time.Time, n int64)) {
	paid := map[string][]Order{}
	ours := func(o Order) bool { return t.origin(o.Member, o.CreatedAt, first) == c.ID }
	orders := t.orders()
	for number, trade := range t.Pay.Trades {
		if o := orders[orderOf(number)]; !trade.PaidAt.IsZero() && ours(o) {
			count("收款", trade.PaidAt, trade.Amount)
		}
	}
	for _, back := range t.Pay.Refunds {
		if o := orders[orderOf(back.Trade)]; back.State == "SUCCESS" && ours(o) {
			count("退款", back.DoneAt, back.Amount)
		}
	}
	for _, o := range t.whole.Orders {
		if number, amount := o.paid(); amount > 0 {
			paid[o.Member] = append(paid[o.Member], o)
			if ours(o) {
				count("付款", t.Pay.Trades[number].PaidAt, 1)
			}
		}
	}
	at := func(o Order) time.Time {
		number, _ := o.paid()
		return t.Pay.Trades[number].PaidAt
	}
	for _, list := range paid {
		slices.SortFunc(list, func(a, b Order) int { return cmp.Or(at(a).Compare(at(b)), cmp.Compare(a.ID, b.ID)) })
		if len(list) > 1 && ours(list[0]) {
			count("复购", at(list[1]), 1)
		}
	}
}

// entrances are the first times that somebody took a place in a camp: by the order of it, where one was needed.
func (t *trial) entrances() []entrance {
	byPlace := map[[2]string]entrance{}
	for _, e := range t.whole.Enrolments {
		if !e.ActiveAt.IsZero() && e.Order == "" {
			byPlace[[2]string{e.Camp, e.Member}] = entrance{e.Camp, e.Member, e.ActiveAt, e.ActiveAt}
		}
	}
	for _, o := range t.whole.Orders {
		key := [2]string{o.Camp, o.Member}
		if had, ok := byPlace[key]; !o.FulfilledAt.IsZero() && (!ok || o.FulfilledAt.Before(had.at)) {
			byPlace[key] = entrance{o.Camp, o.Member, o.FulfilledAt, o.CreatedAt}
		}
	}
	return slices.Collect(maps.Values(byPlace))
}

// completed tells whether somebody did three quarters of what was due to them in a camp that has ended.
func (t *trial) completed(e entrance) bool {
	facts := t.whole.of(e.camp)
	c := tally{camp: camps(facts.Camps)[e.camp], days: map[string]*DayCount{}}
	c.today = later(c.camp.End, 9)
	for _, task := range facts.Tasks {
		if task.Kind == "checkin" && task.RemovedAt.IsZero() {
			c.plan = append(c.plan, task.Day)
		}
	}
	slices.Sort(c.plan)
	did := map[string]string{}
	for _, k := range facts.Checkins {
		if k.Member == e.member && k.State != "deleted" && k.State != "rejected" {
			did[k.Day] = k.Day
		}
	}
	due, done := c.lived(slices.Compact(c.plan), c.on(e.at), "9999-12-31", did)
	return due > 0 && done*4 >= due*3
}

// welcomed: whoever a channel led for the first time was told what it says, once.
func (t *trial) welcomed(notices map[string]Notice, causes map[string]bool, f *finding) {
	for _, c := range t.Funnel.Channels {
		for _, touch := range t.Funnel.Touches {
			if id := "channel:" + c.ID + ":" + touch.Member; touch.Channel == c.ID && c.Welcomes {
				causes[id] = true
				f.expect(notices[id].Member == touch.Member, "channel %s did not welcome %s", c.ID, touch.Member)
			}
		}
	}
}
