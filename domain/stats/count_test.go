package stats_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/review"
	"yingdi/domain/risk"
	"yingdi/domain/stats"
)

// count is what the facts of c1 come to at an instant.
func (w *world) count(t *testing.T, now time.Time) stats.Count {
	t.Helper()
	c, err := w.Count(t.Context(), w.camps["c1"], now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestADayCountsWhoHadATaskAndWhoHasDoneIt(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.enter("an", at(1, 9), 0)
	w.facts.enter("bo", at(1, 9), 0)
	w.facts.enter("cy", at(2, 9), 0) // has missed nothing on the 1st
	w.facts.hand("an", 1, at(1, 10))
	w.facts.hand("an", 1, at(1, 11)) // another task of the day
	w.facts.hand("bo", 1, at(2, 12)) // made up
	w.facts.hand("an", 2, at(3, 1))  // at one in the morning it is still the 2nd
	same(t, []stats.Day{
		{Day: day(1), Joined: 2, Due: 2, Done: 2, MadeUp: 1, Active: 1},
		{Day: day(2), Joined: 1, Due: 3, Done: 1, Active: 2},
	}, w.count(t, at(2, 20)).Days)
}

func TestADayWithoutATaskIsDueForNobody(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.enter("an", at(4, 9), 0)
	same(t, []stats.Day{{Day: day(4), Joined: 1}}, w.count(t, at(4, 20)).Days)
}

func TestWhoHasLeftCountsForTheDaysOfTheStay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.enter("an", at(1, 9), 0)
	w.facts.hand("an", 1, at(1, 10))
	w.facts.leave("an", at(3, 10))
	c := w.count(t, at(5, 10))
	same(t, []stats.Day{
		{Day: day(1), Joined: 1, Due: 1, Done: 1, Active: 1}, {Day: day(2), Due: 1}, {Day: day(3), Left: 1},
	}, c.Days)
	same(t, 0, c.Learners)
}

func TestWhoCameBackCountsFromTheirLastStay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.hand("an", 1, at(1, 10)) // of the stay before
	w.facts.enter("an", at(2, 9), 0)
	same(t, []stats.Day{{Day: day(2), Joined: 1, Due: 1}}, w.count(t, at(2, 10)).Days)
}

func TestACalendarOfTheirOwnMovesWhatIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.enter("an", at(3, 9), 2) // the 3rd is their day 1, the 6th their day 4, which has no task
	w.facts.hand("an", 3, at(3, 10))
	in := w.camps["c1"]
	in.Pace = camp.PaceRolling
	w.camps["c1"] = in
	var due []domain.Day
	for _, d := range w.count(t, at(20, 10)).Days {
		if d.Due > 0 {
			due = append(due, d.Day)
		}
	}
	same(t, []domain.Day{day(3), day(4), day(5), day(7), day(8), day(9)}, due)
}

func TestCompletionIsOfTheDaysThatWereDueAndTodayCountsOnceItIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, m := range []string{"all", "half", "none"} {
		w.facts.enter(m, at(1, 9), 0)
	}
	for d := 1; d <= 2; d++ {
		w.facts.hand("all", d, at(d, 10))
	}
	w.facts.hand("half", 1, at(1, 10))
	same(t, []int{1, 0, 0, 1, 0, 1}, w.count(t, at(3, 10)).Completion) // of two days; the 3rd is not over
	w.facts.hand("all", 3, at(3, 11))
	same(t, []int{1, 0, 0, 1, 0, 1}, w.count(t, at(3, 12)).Completion)
	same(t, []int{1, 1, 0, 1, 0, 0}, w.count(t, at(8, 12)).Completion) // 0, 1 and 3 of six days
	same(t, []int{1, 1, 1, 0, 0, 0}, w.count(t, at(8, 12)).Streaks)    // the longest: 0, 1 and 3
}

func TestAtRiskIsWhatOneKnewThatDay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.facts.enter("an", at(1, 9), 0)
	w.facts.hand("an", 1, at(5, 9)) // too late to take back that on the 3rd nothing had been done in two days
	at5 := w.count(t, at(5, 10))
	risky := []domain.Day{}
	for _, d := range at5.Days {
		if d.AtRisk > 0 {
			risky = append(risky, d.Day)
		}
	}
	same(t, []domain.Day{day(3), day(4)}, risky)
}

func TestReviewsCountOnceTheLearnerKnowsByWhoeverAnsweredFirst(t *testing.T) {
	t.Parallel()
	w := newWorld()
	release := func(id, by string, handed, released time.Time) {
		var r review.Review
		if err := r.Release(review.Mark{Text: "好"}, review.Judged{HandedAt: handed}, by, released, 0); err != nil {
			t.Fatal(err)
		}
		r.SettleAt = time.Time{}
		w.facts.reviews["c1:"+id] = r
	}
	release("a", "lin", at(1, 9), at(1, 10))
	release("b", "lin", at(1, 9), at(1, 12))
	release("c", "mei", at(1, 9), at(2, 9))
	undoable := review.Review{}
	_ = undoable.Release(review.Mark{Text: "好"}, review.Judged{HandedAt: at(1, 9)}, "mei", at(2, 9), time.Hour)
	w.facts.reviews["c1:d"] = undoable
	c := w.count(t, at(3, 9))
	same(t, []stats.Reviewer{{"lin", 2, 60, 180}, {"mei", 1, 1440, 1440}}, c.Reviewers)
	same(t, []stats.Day{{Day: day(1), Reviewed: 2, Median: 60, P90: 180}, {Day: day(2), Reviewed: 1, Median: 1440, P90: 1440}}, c.Days)
}

func TestMessagesCountByWhatBecameOfThemAndMoneyWhenItMoved(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for id, result := range map[string]notice.Notice{
		"n1": {Outcome: notice.Sent}, "n2": {Outcome: notice.Refused, Reason: notice.NoCredit}, "n3": {Outcome: notice.Refused, Reason: notice.NoCredit},
		"n4": {Outcome: notice.Waiting, Reason: ""}, "n5": {Outcome: notice.Refused, Reason: notice.Capped},
	} {
		result.Camp, result.At = "c1", at(1, 9)
		w.facts.notices[id] = result
	}
	w.facts.orders["p"] = order.Order{
		Camp:     "c1",
		Attempts: []order.Attempt{{Amount: 9900, State: order.Succeeded, PaidAt: at(1, 9)}, {Amount: 9900, State: order.Orphan, PaidAt: at(1, 10)}, {Amount: 9900, State: order.Closed}},
		Refunds:  []order.Refund{{Amount: 9900, State: order.RefundSucceeded, DoneAt: at(2, 9)}, {Amount: 100, State: order.RefundProcessing}},
	}
	w.facts.passes["c1:q:an"] = at(2, 9)
	same(t, []stats.Day{
		{Day: day(1), Sent: 1, Refused: map[string]int{notice.NoCredit: 2, notice.Capped: 1}, Received: 19800},
		{Day: day(2), Passed: 1, Returned: 9900},
	}, w.count(t, at(3, 9)).Days)
}

func TestTheOrderInWhichFactsAreReadDoesNotMatter(t *testing.T) {
	t.Parallel()
	w := newWorld()
	in := w.camps["c1"]
	one, other := stats.NewCounter(in, plan, risk.Thresholds{}, at(5, 9)), stats.NewCounter(in, plan, risk.Thresholds{}, at(5, 9))
	e := enrolment.Enrolment{State: enrolment.Active, ActiveAt: at(1, 9)}
	marks := []checkin.Mark{{Day: day(1), At: at(1, 10)}, {Day: day(2), At: at(3, 10), MadeUp: true}, {Day: day(2), At: at(2, 10)}}
	one.Stay(e, marks, course.Progress{})
	one.Pass(at(1, 9))
	other.Pass(at(1, 9))
	other.Stay(e, []checkin.Mark{marks[2], marks[1], marks[0]}, course.Progress{})
	same(t, one.Result(), other.Result())
	if got := one.Result().Days[1]; got.Done != 1 || got.MadeUp != 0 {
		t.Errorf("what was done on time counts as made up: %+v", got)
	}
}
