package channel

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/order"
)

var noon = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

func TestTheFirstTouchNeverChangesAndTheLastOneDoes(t *testing.T) {
	t.Parallel()
	var o Origin
	for i, channel := range []string{"fair", "poster", "fair", "account"} {
		if err := o.take(Touch{channel, "s" + channel, noon.Add(time.Duration(i) * 24 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		if o.First.Channel != "fair" || !o.First.At.Equal(noon) {
			t.Errorf("after %d touches the first one is %+v", i+1, o.First)
		}
		if got := o.By(noon.Add(1000 * time.Hour)); got != (order.Origin{First: "fair", Last: channel}) {
			t.Errorf("after %d touches: %+v", i+1, got)
		}
	}
	if diff := cmp.Diff([]string{"fair", "poster", "account"}, o.Met); diff != "" {
		t.Error(diff)
	}
	if len(o.Outbox) != 3 {
		t.Errorf("%d channels say that they met somebody for the first time, want three", len(o.Outbox))
	}
}

func TestWhatAFriendSharedTakesNobodyFromAChannel(t *testing.T) {
	t.Parallel()
	var o Origin
	for i, touch := range []struct {
		channel string
		want    order.Origin
	}{
		{"", order.Origin{}}, // a friend was first
		{"fair", order.Origin{Last: "fair"}},
		{"", order.Origin{Last: "fair"}},
		{"poster", order.Origin{Last: "poster"}},
		{"", order.Origin{Last: "poster"}},
	} {
		at := noon.Add(time.Duration(i) * 24 * time.Hour)
		if err := o.take(Touch{touch.channel, "s" + touch.channel, at}); err != nil && !errors.Is(err, domain.ErrSame) {
			t.Fatal(err)
		}
		if got := o.By(at); got != touch.want {
			t.Errorf("after %d touches: %+v, want %+v", i+1, got, touch.want)
		}
	}
	earlier := Origin{First: Touch{"fair", "s1", noon}, Recent: []Touch{{"fair", "s1", noon}, {"", "s2", noon.Add(time.Hour)}}}
	if got := earlier.By(noon.Add(2 * time.Hour)); got.Last != "fair" {
		t.Errorf("as an earlier version wrote it down: %+v", got)
	}
}

func TestWhatLedSomebodyByAnInstantIsWhatWasKnownThen(t *testing.T) {
	t.Parallel()
	var o Origin
	for i, channel := range []string{"fair", "poster", "account"} {
		if err := o.take(Touch{channel, "s" + channel, noon.Add(time.Duration(i) * time.Hour * 2)}); err != nil {
			t.Fatal(err)
		}
	}
	for after, want := range map[time.Duration]order.Origin{
		-time.Second: {}, 0: {First: "fair", Last: "fair"}, time.Hour: {First: "fair", Last: "fair"},
		2 * time.Hour: {First: "fair", Last: "poster"}, 100 * time.Hour: {First: "fair", Last: "account"},
	} {
		if got := o.By(noon.Add(after)); got != want {
			t.Errorf("%s later: %+v, want %+v", after, got, want)
		}
	}
}

func TestAPersonKeepsOnlySoManyTouches(t *testing.T) {
	t.Parallel()
	var o Origin
	for i := range 500 {
		if err := o.take(Touch{"c" + string(rune('a'+i%26)), "s" + string(rune('a'+i%26)), noon.Add(time.Duration(i) * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		o.Outbox = nil
	}
	if len(o.Recent) != maxRecent || len(o.Met) != maxMet || o.First.Channel != "ca" {
		t.Errorf("%d touches and %d channels are kept, the first being %s", len(o.Recent), len(o.Met), o.First.Channel)
	}
	if !slices.IsSortedFunc(o.Recent, func(a, b Touch) int { return a.At.Compare(b.At) }) {
		t.Error("touches are out of order")
	}
}

func TestWhoCameByThemselvesWasLedByNoChannelFirst(t *testing.T) {
	t.Parallel()
	var o Origin
	if err := o.come(noon); err != nil {
		t.Fatal(err)
	}
	if err := o.take(Touch{"fair", "s", noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if got := o.By(noon.Add(2 * time.Hour)); got != (order.Origin{Last: "fair"}) {
		t.Errorf("%+v", got)
	}
	if err := o.come(noon.Add(3 * time.Hour)); err == nil {
		t.Error("they came a second first time")
	}
}

func TestASecondPaymentCountsForTheChannelOfTheFirst(t *testing.T) {
	t.Parallel()
	paid := func(id, member, last string, day int) order.Order {
		o := order.Order{Member: member, Origin: order.Origin{Last: last}, PaidAt: noon.Add(time.Duration(day) * 24 * time.Hour), Amount: 100}
		o.ID = id
		return o
	}
	n := NewCounter()
	ours := func(o order.Order) bool { return o.Origin.Last == "fair" }
	n.Buyers([]order.Order{
		paid("3", "ann", "fair", 9), paid("1", "ann", "fair", 0), paid("2", "ann", "poster", 3), // once, on the day of the second
		paid("4", "bob", "poster", 0), paid("5", "bob", "fair", 1), // the poster's
		paid("6", "cyn", "fair", 0),
	}, ours)
	if diff := cmp.Diff([]Day{{Day: "2026-03-04", Again: 1}}, n.Days(nil, "")); diff != "" {
		t.Error(diff)
	}
}

func TestMoneyCountsOnTheDaysOnWhichItMoved(t *testing.T) {
	t.Parallel()
	n := NewCounter()
	n.Order(order.Order{
		PaidAt: noon, Amount: 199_00, Attempts: []order.Attempt{{Amount: 199_00, PaidAt: noon, State: order.Succeeded}, {Amount: 199_00}},
		Refunds: []order.Refund{{Amount: 50_00, State: order.RefundSucceeded, DoneAt: noon.Add(48 * time.Hour)}, {Amount: 10_00, State: order.RefundCreated}},
	})
	n.Visit("2026-03-01")
	n.Visit("2026-03-01")
	n.Known(noon)
	n.Arrival(Arrival{At: noon, CompletedAt: noon.Add(240 * time.Hour)})
	want := []Day{
		{Day: "2026-03-01", Visits: 2, Registered: 1, Enrolled: 1, Paid: 1, Received: 199_00}, {Day: "2026-03-03", Returned: 50_00},
		{Day: "2026-03-11", Completed: 1},
	}
	if diff := cmp.Diff(want, n.Days(nil, "")); diff != "" {
		t.Error(diff)
	}
}

func TestVisitsThatAreForgottenStayCounted(t *testing.T) {
	t.Parallel()
	n := NewCounter()
	n.Visit("2026-03-05")
	got := n.Days([]Day{{Day: "2025-01-01", Visits: 7, Paid: 3}, {Day: "2026-03-05", Visits: 9}}, "2026-02-01")
	if diff := cmp.Diff([]Day{{Day: "2025-01-01", Visits: 7}, {Day: "2026-03-05", Visits: 1}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasSpentByMistakeIsStruckOutAndStays(t *testing.T) {
	t.Parallel()
	var c Channel
	f := SpendForm{Key: "k1", Day: "2026-03-01", Amount: 300_00, Note: "海报"}
	if err := c.spend(f, "mei", noon); err != nil {
		t.Fatal(err)
	}
	if err := c.spend(f, "mei", noon); err == nil {
		t.Error("a click that came twice entered twice")
	}
	if got := c.Spent("2026-02-01", "2026-03-01"); got != 300_00 {
		t.Errorf("%s", got)
	}
	if got := c.Spent("2026-03-02", ""); got != 0 {
		t.Errorf("outside its day: %s", got)
	}
	if err := c.void("k1", "写错了", "lin", noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := c.void("k1", "写错了", "lin", noon.Add(time.Hour)); err == nil {
		t.Error("struck out twice")
	}
	want := []Spend{{ID: "k1", Day: "2026-03-01", Amount: 300_00, Note: "海报", At: noon, By: "mei", VoidAt: noon.Add(time.Hour), VoidBy: "lin", Why: "写错了"}}
	if diff := cmp.Diff(want, c.Spends); diff != "" || c.Spent("", "") != 0 {
		t.Error(diff, c.Spent("", ""))
	}
}
