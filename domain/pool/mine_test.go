package pool_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain/checkin"
	"yingdi/domain/pool"
)

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
