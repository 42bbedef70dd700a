package groupbuy_test

import (
	"strings"
	"testing"
	"time"

	"yingdi/domain/groupbuy"
)

// A learner always sees how a group stands for them, why they cannot join, and what happens next.
func TestAGroupTellsEachHowItStandsForThem(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.active(t, 3)
	sees := func(step, who, says string, why error) {
		t.Helper()
		v, err := w.Look(as(t, who), "k:n1")
		must(t, err)
		if !strings.Contains(v.Says(), says) {
			t.Errorf("%s, %s reads %q, want %q", step, who, v.Says(), says)
		}
		if why == nil && v.Why != nil || why != nil && (v.Why == nil || v.Why.Error() != why.Error()) {
			t.Errorf("%s, %s cannot join because %v, want %v", step, who, v.Why, why)
		}
	}
	must(t, w.reserve(t.Context(), "k", "an", "n1"))
	sees("opened", "an", "席位为你保留到3月1日 09:30", nil)
	sees("opened", "bo", "还差 3 人", groupbuy.ErrNotYet)
	must(t, w.pay(t.Context(), "n1"))
	sees("paid", "an", "还差 2 人，3月2日 09:00前拼满即成团，没有拼满全额退款", nil)
	sees("paid", "bo", "还差 2 人", nil)
	must(t, w.reserve(t.Context(), "k:n1", "bo", "n2"))
	must(t, w.reserve(t.Context(), "k:n1", "cy", "n3"))
	sees("all reserved", "di", "还差 2 人", groupbuy.ErrFull)
	must(t, w.release(t.Context(), "n3"))
	sees("let go", "cy", "没有按时付款，席位已经让出", nil)
	must(t, second(w.Turn(manager(t), "k", groupbuy.Paused)))
	sees("paused", "di", "活动暂停中", groupbuy.ErrPaused)
	sees("paused", "an", "还差 2 人", nil)
	must(t, second(w.Turn(manager(t), "k", groupbuy.Active)))
	w.in(t, "k", "ed", "n9")
	sees("in another", "ed", "还差 2 人", groupbuy.ErrInGroup)
	w.clock.Add(25 * time.Hour)
	sees("over", "an", "正在确认最后的付款", nil)
	must(t, w.Sweep(t.Context()))
	sees("failed", "an", "没有成团，原路退回，退款正在路上", groupbuy.ErrOver)
	sees("failed", "di", "没有成团：没有在时限内拼满", groupbuy.ErrOver)
	must(t, w.Returned(t.Context(), "n1"))
	sees("back", "an", "退款已到账", groupbuy.ErrOver)
}
