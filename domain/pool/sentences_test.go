package pool_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yingdi/domain"
)

func TestTheRulesAreSaidInPlainWords(t *testing.T) {
	t.Parallel()
	w := newWorld()
	r := theRules
	r.Of, r.Homework, r.FeePercent, r.Grace = 5, 2, 10, 1
	text := strings.Join(r.Sentences(*w.camp), "\n")
	for _, part := range []string{
		"安排了 5 个打卡日，其中至少 3 天打卡有效", "补卡最多计入 1 天", "至少 2 次作业通过点评", "3月2日 00:00锁定", "扣除 10% 的服务费", "3月6日 00:00结营后",
		"3月10日 00:00前可以对没有计入的日子申诉", "3月11日 00:00前处理", "按对学员有利的结果计算", "没有人达标，所有人的奖学金部分全额退回", "年满 18 周岁",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not said in\n%s", part, text)
		}
	}
	want := "30 人参加，每人奖学金部分 ¥100.00，池里共 ¥3000.00。9 人没有达标，他们的 ¥900.00，扣除服务费 ¥90.00，由 21 位达标学员分：每人拿回 ¥100.00，再得 ¥38.57（其中 3 人多 1 分），共 ¥138.57。"
	if got := r.Examples(100_00)[0]; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnExampleAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := theRules
		r.FeePercent = rapid.IntRange(0, 30).Draw(rt, "fee")
		people := rapid.IntRange(1, 200).Draw(rt, "people")
		e := r.Example(people, rapid.IntRange(0, people).Draw(rt, "failed"), domain.Fen(rapid.Int64Range(1, 500_00).Draw(rt, "part")))
		winners := people - e.Failed
		if winners > 0 && e.Fee+e.Winner*domain.Fen(winners)+domain.Fen(e.Extra) != e.Forfeited {
			rt.Fatalf("%+v", e)
		}
	})
}
