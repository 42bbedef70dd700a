package pool_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/order"
	"yingdi/domain/pool"
)

// a pool of five: an and bo make it, ci misses a day, di gives up, ed's seat went back before the lock.
func played(t testing.TB, rules pool.Rules) world {
	t.Helper()
	w := opened(t, rules)
	for _, who := range []string{"an", "bo", "ci", "di", "ed"} {
		w.joins(t, who, 100_00)
	}
	w.leaves(t, "ed")
	w.goes(t, at(days[0], 1))
	w.hands("an", 1, 2, 3, 4, 5)
	w.hands("bo", 2, 3, 4)
	w.hands("ci", 1, 5)
	w.clock.Set(at(days[1], 0))
	w.leaves(t, "di")
	return w
}

// leaves ends the place of somebody.
func (w world) leaves(t testing.TB, who string) {
	t.Helper()
	_, err := w.orders.Update(t.Context(), "o-"+who, func(o *order.Order) error {
		o.EndedAt = w.clock.Now()
		if o.Withdrawn() {
			o.State = order.Refunded
		}
		return nil
	})
	must(t, err, w.Follow(t.Context(), "o-"+who), w.Follow(t.Context(), "o-"+who))
}

func TestAPoolFromItsRulesToItsLastPayout(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	if p := w.pool(t); p.State != pool.Locked {
		t.Fatal(p.State)
	}
	w.goes(t, at("2026-03-06", 0))
	if p := w.pool(t); p.State != pool.Closing || p.Totals.Members != 4 || p.Totals.Pool != 400_00 || p.Totals.Left != 1 {
		t.Fatalf("%+v", p)
	}
	w.goes(t, at("2026-03-10", 0)) // two days of closing, two of appeal
	p := w.pool(t)
	if p.State != pool.Computed {
		t.Fatalf("%s %v", p.State, p.Log)
	}
	want := map[string]string{"an": "qualified ¥100.00 ¥100.00", "bo": "qualified ¥100.00 ¥100.00", "ci": "failed ¥0.00 ¥0.00", "di": "quit ¥0.00 ¥0.00", "ed": "withdrawn ¥0.00 ¥0.00"}
	if diff := cmp.Diff(want, w.outcome()); diff != "" {
		t.Fatal(diff)
	}
	if len(w.bank.sent) != 0 {
		t.Fatal("paid before anybody signed")
	}
	w.paid(t)
	if p = w.pool(t); p.State != pool.Settled {
		t.Fatal(p.State)
	}
	w.exact(t)
	must(t, w.TellStage(t.Context(), "c1", pool.Paying, w.clock.Now()))
	if got := w.news.told["pool:c1:an:paying"]; !strings.Contains(got.Body, "¥100.00") {
		t.Errorf("an was told %q", got.Body)
	}
	if _, told := w.news.told["pool:c1:ed:paying"]; told {
		t.Error("who had withdrawn was told, too")
	}
}

func TestTheRulesStayOnceSomebodyOrdered(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	other := theRules
	other.Days = 4
	if _, err := w.Save(staff(t, "boss"), "c1", 1, other); err != nil {
		t.Fatalf("nobody has ordered: %v", err)
	}
	if _, err := w.Save(staff(t, "boss"), "c1", 1, theRules); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("by a version that is gone: %v", err)
	}
	stale, err := w.Quoted(t.Context(), "c1")
	must(t, err)
	if _, err := w.Agree(as(t, "an"), "c1", 2, true); err != nil {
		t.Fatal(err)
	}
	promise := order.Promise{Part: 100_00, Rules: stale.Rules, LockAt: stale.LockAt}
	must(t, w.Promised(t.Context(), "an", promise, "c1"))
	if _, err := w.Save(staff(t, "boss"), "c1", 2, theRules); !errors.Is(err, pool.ErrOrdering) {
		t.Errorf("an order may just be coming: %v", err)
	}
	w.clock.Add(4 * time.Minute)
	if _, err := w.Save(staff(t, "boss"), "c1", 2, theRules); err != nil {
		t.Errorf("it did not come: %v", err)
	}
	if err := w.Promised(t.Context(), "an", promise, "c1"); !errors.Is(err, pool.ErrAgree) && !errors.Is(err, order.ErrPrice) {
		t.Errorf("by the rules of before: %v", err)
	}
	w.joins(t, "bo", 100_00)
	w.clock.Add(time.Hour)
	if _, err := w.Save(staff(t, "boss"), "c1", 3, other); !errors.Is(err, pool.ErrFixed) || !w.camp.Pinned {
		t.Errorf("after the first payment: %v", err)
	}
}

func TestWhoMayTakePart(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	quoted, err := w.Quoted(t.Context(), "c1")
	must(t, err)
	promise := order.Promise{Part: 100_00, Rules: quoted.Rules, LockAt: quoted.LockAt}
	if err := w.Promised(t.Context(), "an", promise, "c1"); !errors.Is(err, pool.ErrAgree) {
		t.Errorf("without having agreed: %v", err)
	}
	if _, err := w.Agree(as(t, "an"), "c1", 1, false); !errors.Is(err, pool.ErrAgree) {
		t.Errorf("a minor: %v", err)
	}
	if _, err := w.Agree(as(t, "an"), "c1", 7, true); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("to rules that are not: %v", err)
	}
	for _, who := range []string{"boss", "teacher"} {
		if _, err := w.Agree(as(t, who), "c1", 1, true); !errors.Is(err, pool.ErrStaff) {
			t.Errorf("%s: %v", who, err)
		}
	}
	w.ordered(t, "bo", 100_00)
	w.staff.Staff = append(w.staff.Staff, w.staff.Staff[1])
	w.staff.Staff[2].Member = "bo" // became a co-admin between paying and our hearing of it
	must(t, w.Follow(t.Context(), "o-bo"))
	o, err := w.orders.Get(t.Context(), "o-bo")
	must(t, err)
	if m := w.member(t, "bo"); m.State != pool.Withdrawn || o.Tied() != 0 {
		t.Errorf("staff is %s with %s in the pool", m.State, o.Tied())
	}
	w.Limits.On = false
	if q, err := w.Quoted(t.Context(), "c1"); err != nil || q.Rules != 0 {
		t.Errorf("switched off, yet %+v %v", q, err)
	}
}

func TestEvidenceSaysWhyRowByRow(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	w.joins(t, "an", 100_00)
	w.goes(t, at(days[0], 1))
	w.handIn(checkin.Checkin{Member: "an", Day: days[0], SubmittedAt: at(days[0], 8), State: checkin.Visible})
	w.handIn(checkin.Checkin{Member: "an", Day: days[1], SubmittedAt: at(days[1], 8), State: checkin.Rejected, Reason: "与任务无关"})
	w.handIn(checkin.Checkin{Member: "an", Day: days[2], SubmittedAt: at(days[2], 8), State: checkin.Deleted})
	w.handIn(checkin.Checkin{Member: "an", Day: days[3], SubmittedAt: at(days[3], 8), State: checkin.Pending})
	rows := func() (got []string) {
		e, err := w.Mine(as(t, "an"), "c1")
		must(t, err)
		for _, r := range e.Rows {
			got = append(got, string(r.State))
		}
		return append(got, e.Sum)
	}
	w.clock.Set(at(days[3], 20))
	if diff := cmp.Diff([]string{"done", "rejected", "deleted", "pending", "future", "有效打卡 2 天，还差 1 天。结营前继续打卡。"}, rows()); diff != "" {
		t.Error(diff)
	}
	w.clock.Set(at(days[4], 20))
	if got := rows(); got[4] != "today" {
		t.Error(got)
	}
	w.goes(t, at("2026-03-06", 1))
	if diff := cmp.Diff([]string{"done", "rejected", "deleted", "pending", "missed", "按现在的记录没有达标：有效打卡 2 天，还差 1 天。3月10日 00:00前可以补卡或申诉。"}, rows()); diff != "" {
		t.Error(diff)
	}
	e, _ := w.Mine(as(t, "an"), "c1")
	if !strings.Contains(e.Rows[1].Why, "与任务无关") || !e.Rows[1].May || e.Rows[0].May {
		t.Errorf("%+v", e.Rows[:2])
	}
	if _, err := w.Mine(as(t, "bo"), "c1"); !errors.Is(err, pool.ErrNobody) {
		t.Errorf("somebody else's: %v", err)
	}
}

func TestAnAppealIsDecidedBeforeTheListIs(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	if _, err := w.Appeal(as(t, "ci"), "c1", days[1], "那天停电了"); !errors.Is(err, pool.ErrAppealTime) {
		t.Errorf("while the camp runs: %v", err)
	}
	w.goes(t, at("2026-03-07", 0))
	for day, want := range map[domain.Day]error{days[0]: pool.ErrAppealDay, "2026-03-09": pool.ErrAppealDay, "nonsense": domain.ErrInvalid, days[1]: nil} {
		if _, err := w.Appeal(as(t, "ci"), "c1", day, "那天停电了"); !errors.Is(err, want) {
			t.Errorf("%s: %v", day, err)
		}
	}
	if _, err := w.Appeal(as(t, "ci"), "c1", days[1], "再说一次"); !errors.Is(err, pool.ErrAppealed) {
		t.Errorf("twice: %v", err)
	}
	w.goes(t, at("2026-03-10", 1))
	if p := w.pool(t); p.State != pool.Closing {
		t.Fatalf("computed with an open appeal: %s", p.State)
	}
	if _, err := w.Compute(staff(t, "boss"), "c1"); !errors.Is(err, pool.ErrMissing) {
		t.Errorf("computed by hand: %v", err)
	}
	if _, err := w.DecideAppeal(as(t, "ci"), "c1", "ci", days[1], true, "自己批准"); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("by oneself: %v", err)
	}
	_, err := w.DecideAppeal(staff(t, "boss"), "c1", "ci", days[1], true, "情况属实")
	must(t, err)
	if _, err := w.DecideAppeal(staff(t, "boss"), "c1", "ci", days[1], false, "反悔了"); !errors.Is(err, pool.ErrDecided) {
		t.Errorf("decided twice: %v", err)
	}
	_, err = w.Compute(staff(t, "boss"), "c1")
	must(t, err)
	w.settles(t)
	if got := w.outcome()["ci"]; got != "qualified ¥100.00 ¥33.33" {
		t.Errorf("ci: %s", got)
	}
	set, _ := w.sets.Get(t.Context(), "c1")
	if len(set.Signatures) != 1 || set.Signatures[0].By != "boss" {
		t.Errorf("%+v", set.Signatures)
	}
	if _, err := w.Sign(staff(t, "boss"), "c1"); !errors.Is(err, pool.ErrSigned) {
		t.Errorf("the one who computed it alone: %v", err)
	}
	_, err = w.Sign(staff(t, "accountant"), "c1")
	must(t, err)
	w.settles(t)
	w.exact(t)
}

func TestWhatNobodyDecidesInTimeCountsForTheLearner(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.handIn(checkin.Checkin{Member: "ci", Day: days[2], SubmittedAt: at(days[2], 8), State: checkin.Hidden})
	w.goes(t, at("2026-03-07", 0))
	_, err := w.Appeal(as(t, "ci"), "c1", days[1], "那天停电了")
	must(t, err)
	w.goes(t, at("2026-03-10", 23))
	m, err := w.Missing(staff(t, "boss"), "c1")
	if p := w.pool(t); err != nil || p.State != pool.Closing || len(m.Checkins) != 1 || len(m.Appeals) != 1 {
		t.Fatalf("%s with %+v missing, %v", p.State, m, err)
	}
	w.goes(t, at("2026-03-11", 0))
	w.goes(t, at("2026-03-11", 1))
	if got := w.outcome()["ci"]; !strings.HasPrefix(got, "qualified") {
		t.Fatalf("ci: %s in %s", got, w.pool(t).State)
	}
	if a := w.member(t, "ci").Appeals[0]; a.State != pool.AppealGranted || !a.Default {
		t.Errorf("%+v", a)
	}
	w.paid(t)
	w.exact(t)
}

func TestADisqualifiedLearnerLosesTheirPartAndCanBeLetInAgain(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	_, err := w.Disqualify(staff(t, "boss"), "c1", "an", "代打卡", true)
	must(t, err)
	_, err = w.Disqualify(staff(t, "boss"), "c1", "bo", "代打卡", true)
	must(t, err)
	_, err = w.Disqualify(staff(t, "boss"), "c1", "bo", "", false)
	must(t, err)
	w.goes(t, at("2026-03-10", 0))
	w.goes(t, at("2026-03-10", 1))
	if got := w.outcome(); got["an"] != "disqualified ¥0.00 ¥0.00" || got["bo"] != "qualified ¥100.00 ¥300.00" {
		t.Error(got)
	}
	if _, err := w.Disqualify(staff(t, "boss"), "c1", "bo", "晚了", true); !errors.Is(err, pool.ErrState) {
		t.Errorf("after the list: %v", err)
	}
	w.paid(t)
	w.exact(t)
}

// Pitfall: prize lost when a challenge was deleted or had no winner.
func TestACancelledPoolGivesEverybodyTheirPartBack(t *testing.T) {
	t.Parallel()
	for name, cancel := range map[string]func(w world) error{
		"by staff": func(w world) error { _, err := w.Cancel(staff(t, "boss"), "c1", "老师生病"); return err },
		"by closing the camp": func(w world) error {
			w.camp.State, w.camp.Closed = camp.Closed, w.clock.Now()
			return w.HeardCamp(t.Context(), "c1")
		},
	} {
		w := played(t, theRules)
		must(t, cancel(w), cancel(w))
		w.settles(t)
		if diff := cmp.Diff(map[string]string{
			"an": "in ¥100.00 ¥0.00", "bo": "in ¥100.00 ¥0.00", "ci": "in ¥100.00 ¥0.00", "di": "quit ¥100.00 ¥0.00", "ed": "withdrawn ¥0.00 ¥0.00",
		}, w.outcome()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if p := w.pool(t); p.State != pool.Cancelled || p.DoneAt.IsZero() {
			t.Errorf("%s: %s", name, p.State)
		}
		w.exact(t)
	}
}

func TestABadMemberNeverBlocksTheRest(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.bank.state["an"] = pool.LegFailed
	w.goes(t, at("2026-03-10", 0))
	w.bank.down = true
	for _, who := range []string{"boss", "accountant"} {
		_, err := w.Sign(staff(t, who), "c1")
		must(t, err)
	}
	for range 3 {
		_ = w.Drive(t.Context(), "c1")
	}
	if p := w.pool(t); p.State != pool.Paying {
		t.Fatalf("%s while the line is down", p.State)
	}
	w.bank.down = false
	w.settles(t)
	p, an := w.pool(t), w.member(t, "an")
	if p.State != pool.Settled || an.Gain.State != pool.LegFailed || an.Gain.Note == "" || w.member(t, "bo").Gain.State != pool.LegPaid {
		t.Fatalf("%s, an %+v, bo %+v", p.State, an.Gain, w.member(t, "bo").Gain)
	}
	delete(w.bank.state, "an") // a person has helped
	must(t, w.PayAgain(staff(t, "boss"), "c1", "an"))
	if an = w.member(t, "an"); an.Gain.State != pool.LegPaid {
		t.Errorf("%+v", an.Gain)
	}
	w.exact(t)
}

func TestWhatOnlyAPersonCanPayIsListedUntilTheySayWhatTheyDid(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	w.bank.refuses = map[string]error{"o-bo": order.ErrTooLate} // WeChat takes no refund of it any more
	w.goes(t, at("2026-03-10", 0))
	waiting := func() (list []string) {
		t.Helper()
		pools, _, err := w.Waiting(staff(t, "boss"), domain.Page{})
		must(t, err)
		people, _, err := w.Helpless(staff(t, "boss"), domain.Page{})
		must(t, err)
		for _, p := range pools {
			list = append(list, p.ID)
		}
		for _, m := range people {
			list = append(list, m.ID)
		}
		return list
	}
	if got := waiting(); !slices.Equal(got, []string{"c1"}) {
		t.Errorf("a list to be signed: %v", got)
	}
	w.paid(t)
	bo := w.member(t, "bo")
	if got := waiting(); !slices.Equal(got, []string{"c1:bo"}) || bo.Own.State != pool.LegFailed || bo.Own.Note == "" {
		t.Fatalf("%v, %+v", got, bo.Own)
	}
	for name, ctx := range map[string]context.Context{"nobody": t.Context(), "a learner": as(t, "bo")} {
		if err := w.Helped(ctx, "c1", "bo", "线下转账"); err == nil {
			t.Errorf("%s helps", name)
		}
		if _, _, err := w.Helpless(ctx, domain.Page{}); err == nil {
			t.Errorf("%s sees whom to help", name)
		}
	}
	if err := w.Helped(staff(t, "boss"), "c1", "bo", ""); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("without a word: %v", err)
	}
	must(t, w.Helped(staff(t, "boss"), "c1", "bo", "线下转账 ¥100"), w.Pay(t.Context(), "c1:bo"))
	if bo = w.member(t, "bo"); len(waiting()) > 0 || bo.Own.Help.By != "boss" || bo.Own.State != pool.LegFailed {
		t.Errorf("%v, %+v", waiting(), bo.Own)
	}
	must(t, w.PayAgain(staff(t, "boss"), "c1", "bo"))
	if got := waiting(); !slices.Equal(got, []string{"c1:bo"}) {
		t.Errorf("tried again in vain: %v", got)
	}
}

func TestAPoolThatDoesNotMoveWaitsForAPersonAfterAnHour(t *testing.T) {
	t.Parallel()
	w := played(t, theRules)
	_, err := w.Cancel(staff(t, "boss"), "c1", "老师生病") // and whoever works on it dies
	for _, wait := range []time.Duration{0, 2 * time.Hour} {
		w.clock.Add(wait)
		list, _, err2 := w.Waiting(staff(t, "boss"), domain.Page{})
		must(t, err, err2)
		if p := w.pool(t); (len(list) == 1) != (wait > 0) || !p.Computing() {
			t.Errorf("after %s: %d wait, computing %t", wait, len(list), p.Computing())
		}
	}
}

func TestAPaymentThatIsHeardOfTooLateGoesBack(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	w.joins(t, "an", 100_00)
	w.ordered(t, "bo", 100_00) // paid, and nobody heard of it
	w.goes(t, at(days[0], 1))
	w.hands("an", 1, 2, 3)
	w.goes(t, at("2026-03-06", 0))
	w.goes(t, at("2026-03-10", 0))
	w.goes(t, at("2026-03-10", 1))
	if got := w.outcome()["bo"]; got != "failed ¥0.00 ¥0.00" { // found by the orders themselves
		t.Fatalf("bo: %s", got)
	}
	late := w.member(t, "an")
	o, err := w.orders.Get(t.Context(), "o-an")
	must(t, err)
	o.Doc, o.Member, o.Refunds = domain.Doc{ID: "o-zo"}, "zo", nil
	o.Attempts[0].Number = order.Number("o-zo", 1)
	must(t, w.orders.Insert(t.Context(), o), w.Follow(t.Context(), "o-zo"), w.Follow(t.Context(), "o-zo"))
	if m := w.member(t, "zo"); m.State != pool.Withdrawn || late.State != pool.Qualified {
		t.Errorf("zo is %s", m.State)
	}
	w.paid(t)
	w.exact(t)
}

func TestWhoGaveUpBeforeTheLockMayComeAgain(t *testing.T) {
	t.Parallel()
	w := opened(t, theRules)
	w.joins(t, "an", 100_00)
	w.clock.Add(time.Hour)
	_, err := w.orders.Update(t.Context(), "o-an", func(o *order.Order) error { o.EndedAt = w.clock.Now(); return nil })
	must(t, err) // nobody hears of it
	w.clock.Add(time.Hour)
	o, err := w.orders.Get(t.Context(), "o-an")
	must(t, err)
	o.Doc, o.EndedAt, o.FulfilledAt, o.Promise.Part = domain.Doc{ID: "o-again"}, time.Time{}, w.clock.Now(), 50_00
	must(t, w.orders.Insert(t.Context(), o), w.Follow(t.Context(), "o-again"), w.Follow(t.Context(), "o-an"), w.Follow(t.Context(), "o-again"))
	if m := w.member(t, "an"); m.State != pool.In || m.Order != "o-again" || m.Part != 50_00 {
		t.Errorf("%+v", m)
	}
}
