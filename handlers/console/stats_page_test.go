package console

import (
	"strings"
	"testing"

	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/organiser"
	"yingdi/domain/stats"
)

// numbers are two days with everything in them.
func (s sample) numbers() stats.View {
	day := stats.Day{
		Day: "2026-11-20", Joined: 3, Left: 1, Due: 3, Done: 2, MadeUp: 1, Active: 2, AtRisk: 1, Passed: 1, Reviewed: 2, Median: 30, P90: 90,
		Sent: 4, Refused: map[string]int{notice.NoCredit: 2}, Received: 199_00, Returned: 1,
	}
	return stats.View{
		Camp: s.camp(), Range: stats.Range{From: "2026-11-20", To: "2026-11-21"}, CountedAt: now, MayMoney: true,
		Rows:  []stats.Row{{Day: day, Enrolled: 2}, {Day: stats.Day{Day: "2026-11-21"}, Enrolled: 2}},
		Total: stats.Total{Joined: 3, Due: 3, Done: 2, MadeUp: 1, Reviewed: 2, Refused: []stats.Reason{{Reason: notice.NoCredit, Count: 2}}, Received: 199_00, Returned: 1},
		Count: stats.Count{
			Learners: 2, Completion: []int{0, 1, 0, 0, 0, 1}, Streaks: []int{0, 1, 1, 0, 0, 0},
			Reviewers: []stats.Reviewer{{Member: "member1", Reviewed: 2, Median: 30, P90: 90}, {Member: "gone", Reviewed: 1}},
		},
		People: map[string]member.Card{"member1": s.card()},
	}
}

func (s sample) statsPages() map[string][]view {
	v := s.numbers()
	at := span{Base: "/console/camps/camp1/stats", From: "2026-11-20", To: "2026-11-21", Picks: []pick{{"近 7 天", "/console/camps/camp1/stats?from=a", true}}, Faults: s.faults("from", "to")}
	return map[string][]view{
		"stats/camp": {&statsView{campFrame: s.campFrame(), Span: at, Numbers: campNumbers(v), CountedAt: now, Charts: campCharts(v)}},
		"stats/organiser": {&houseStatsView{
			Frame: s.frame(), Organiser: organiser.Organiser{Name: s.text}, Span: at, Numbers: campNumbers(v), Partial: true, MayMoney: true,
			Charts: houseCharts(stats.House{Rows: v.Rows, Total: v.Total, MayMoney: true}), Camps: []stats.CampTotal{{Camp: s.camp(), Learners: 2, Total: v.Total}, {Camp: s.camp()}},
		}},
	}
}

func bareStatsPages(empty campFrame) map[string][]view {
	return map[string][]view{
		"stats/camp":      {&statsView{campFrame: empty}, &statsView{campFrame: empty, Fresh: true}},
		"stats/organiser": {&houseStatsView{}},
	}
}

func TestEveryChartIsATableThatIsCompleteWithoutAScript(t *testing.T) {
	t.Parallel()
	charts := campCharts(sample{"林"}.numbers())
	titles := make([]string, len(charts))
	for i, c := range charts {
		titles[i] = c.Title
		for _, row := range c.Rows {
			if len(row.Cells) != len(c.Series) {
				t.Errorf("%s has %d numbers for %d columns", c.Title, len(row.Cells), len(c.Series))
			}
		}
	}
	if got, want := strings.Join(titles, " "), "打卡 学员 完成度分布 最长连续打卡 点评 老师的点评 测评及格 消息 消息没有发的原因 收入"; got != want {
		t.Errorf("charts %s, want %s", got, want)
	}
	page, err := parsed().pages.Render("stats/camp", "", sample{"林"}.statsPages()["stats/camp"][0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"vendor/echarts.min.js", `data-value="66.7">67%`, `data-value="0.50">30 分钟`, `data-value="199.00">¥199.00`, "学员没有订阅"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}

func TestMoneyIsDrawnForThoseWhoMaySeeItAlone(t *testing.T) {
	t.Parallel()
	v := sample{"林"}.numbers()
	v.MayMoney = false
	for _, c := range campCharts(v) {
		if c.Title == "收入" {
			t.Error("it is drawn")
		}
	}
	for _, n := range campNumbers(v) {
		if strings.Contains(n.Value+n.Note, "¥") {
			t.Errorf("%s tells %s", n.Name, n.Value)
		}
	}
}

func TestPagesWithoutChartsDoNotLoadTheLibrary(t *testing.T) {
	t.Parallel()
	for name, page := range allPages(t, parsed(), sample{"林"}.full()) {
		if has := strings.Contains(page, "echarts"); has != (strings.HasPrefix(name, "stats/") || name == "channel/show" || name == "coupon/show" || name == "referral/show" || name == "groupbuy/show" || name == "assist/show" || name == "pool/show" || name == "ledger/camp" || name == "ledger/organiser") {
			t.Errorf("%s: %v", name, has)
		}
	}
}
