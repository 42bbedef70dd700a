package console

import (
	"fmt"
	"strconv"

	"yingdi/domain"
	"yingdi/domain/stats"
)

// chart is a table that a script draws, too.
type chart struct {
	Title, Note string
	Label       string // of the first column
	Series      []series
	Rows        []chartRow
}

// series is a column of it: how it is drawn, and on which side its axis is.
type series struct {
	Name  string
	Kind  string // bar or line
	Stack string
	Unit  string
	Right bool
	Faint bool // what is missing
}

type chartRow struct {
	Label string
	Cells []chartCell
}

// chartCell is a number for the script, and how a person reads it.
type chartCell struct{ Value, Text string }

func counted(n int) chartCell { return chartCell{strconv.Itoa(n), strconv.Itoa(n)} }

func yuan(f domain.Fen) chartCell {
	return chartCell{strconv.FormatFloat(float64(f)/100, 'f', 2, 64), f.String()}
}

// hoursOfMinutes is none where nothing was measured.
func hoursOfMinutes(minutes, measured int) chartCell {
	if measured == 0 {
		return chartCell{"", "–"}
	}
	if minutes < 60 {
		return chartCell{strconv.FormatFloat(float64(minutes)/60, 'f', 2, 64), fmt.Sprintf("%d 分钟", minutes)}
	}
	return chartCell{strconv.FormatFloat(float64(minutes)/60, 'f', 2, 64), fmt.Sprintf("%.1f 小时", float64(minutes)/60)}
}

func shareCell(part, of int) chartCell {
	if of == 0 {
		return chartCell{"", "–"}
	}
	return chartCell{strconv.FormatFloat(float64(part)*100/float64(of), 'f', 1, 64), percentOf(part, of)}
}

// daily makes a chart of a row for each day; none where nothing is to be seen.
func daily(rows []stats.Row, title, note string, columns []series, cells func(stats.Row) []chartCell) []chart {
	c := chart{Title: title, Note: note, Label: "日期", Series: columns}
	some := false
	for _, r := range rows {
		row := chartRow{r.Day.Day.Chinese(), cells(r)}
		for _, cell := range row.Cells {
			some = some || cell.Value != "" && cell.Value != "0" && cell.Value != "0.00"
		}
		c.Rows = append(c.Rows, row)
	}
	if !some {
		return nil
	}
	return []chart{c}
}

func bar(name string) series  { return series{Name: name, Kind: "bar"} }
func lane(name string) series { return series{Name: name, Kind: "line"} }

// shared are the charts of a camp and of an organiser.
func shared(rows []stats.Row) (charts []chart) {
	charts = append(charts, daily(rows, "打卡", "应打卡的学员里，有多少人完成了当天的任务；补卡算在被补的那一天。", []series{
		{Name: "按时完成", Kind: "bar", Stack: "done"}, {Name: "补卡完成", Kind: "bar", Stack: "done"}, {Name: "没有完成", Kind: "bar", Stack: "done", Faint: true},
		{Name: "完成率", Kind: "line", Unit: "%", Right: true},
	}, func(r stats.Row) []chartCell {
		return []chartCell{counted(r.Done - r.MadeUp), counted(r.MadeUp), counted(r.Due - r.Done), shareCell(r.Done, r.Due)}
	})...)
	charts = append(charts, daily(rows, "学员", "活跃是当天交过打卡的人；需关注按当天看到的情况统计。", []series{
		lane("在营"), lane("活跃"), lane("需关注"), bar("新报名"), bar("退出"),
	}, func(r stats.Row) []chartCell {
		return []chartCell{counted(r.Enrolled), counted(r.Active), counted(r.AtRisk), counted(r.Joined), counted(r.Left)}
	})...)
	return charts
}

func moneyChart(rows []stats.Row, may bool) []chart {
	if !may {
		return nil
	}
	return daily(rows, "收入", "按到账和退款完成的日期统计，单位元。", []series{bar("收款"), bar("退款"), lane("净额")}, func(r stats.Row) []chartCell {
		return []chartCell{yuan(r.Received), yuan(r.Returned), yuan(r.Received - r.Returned)}
	})
}

func messageCharts(rows []stats.Row, total stats.Total) []chart {
	charts := daily(rows, "消息", "微信订阅消息发出了多少；没有发出的，学员在小程序的收件箱里也能看到。", []series{
		{Name: "已发出", Kind: "bar", Stack: "message"}, {Name: "没有发", Kind: "bar", Stack: "message", Faint: true},
	}, func(r stats.Row) []chartCell {
		refused := 0
		for _, n := range r.Refused {
			refused += n
		}
		return []chartCell{counted(r.Sent), counted(refused)}
	})
	if len(total.Refused) == 0 {
		return charts
	}
	c := chart{Title: "消息没有发的原因", Label: "原因", Series: []series{bar("条数")}}
	for _, r := range total.Refused {
		c.Rows = append(c.Rows, chartRow{reasons[r.Reason], []chartCell{counted(r.Count)}})
	}
	return append(charts, c)
}

// spread shows how many learners there are on each step.
func spread(title, note, label string, steps []string, learners []int) []chart {
	c, some := chart{Title: title, Note: note, Label: label, Series: []series{bar("人数")}}, false
	for i, n := range learners {
		some = some || n > 0
		c.Rows = append(c.Rows, chartRow{steps[i], []chartCell{counted(n)}})
	}
	if !some {
		return nil
	}
	return []chart{c}
}

func campCharts(v stats.View) []chart {
	charts := shared(v.Rows)
	if inCourse(v.Camp) {
		charts = append(levelChart(v.Count.Levels), charts...)
		charts = append(charts, spread("完成度分布", "每位在学学员完成了几成关卡。", "完成度", stats.CompletionSteps, v.Count.Completion)...)
	} else {
		charts = append(charts, spread("完成度分布", "到现在为止应打卡的日子里，每位在营学员完成了几成。", "完成度", stats.CompletionSteps, v.Count.Completion)...)
	}
	charts = append(charts, spread("最长连续打卡", "每位在营学员最长连续了几天。", "天数", stats.StreakSteps, v.Count.Streaks)...)
	charts = append(charts, daily(v.Rows, "点评", "从提交到学员看到点评的时间；一半的点评比中位数快，十分之九比 P90 快。", []series{
		bar("点评数"), {Name: "中位数", Kind: "line", Unit: " 小时", Right: true}, {Name: "P90", Kind: "line", Unit: " 小时", Right: true},
	}, func(r stats.Row) []chartCell {
		return []chartCell{counted(r.Reviewed), hoursOfMinutes(r.Median, r.Reviewed), hoursOfMinutes(r.P90, r.Reviewed)}
	})...)
	charts = append(charts, reviewerChart(v)...)
	charts = append(charts, daily(v.Rows, "测评及格", "每位学员每个测评只算第一次及格。", []series{bar("及格")}, func(r stats.Row) []chartCell { return []chartCell{counted(r.Passed)} })...)
	charts = append(charts, messageCharts(v.Rows, v.Total)...)
	return append(charts, moneyChart(v.Rows, v.MayMoney)...)
}

// levelChart shows where the learners of a course are, and where they are lost.
func levelChart(levels []stats.Level) []chart {
	if len(levels) == 0 {
		return nil
	}
	c := chart{Title: "各关进度", Note: "只算现在在学的学员；没有任务的关卡不在内。", Label: "关卡", Series: []series{
		bar("已解锁"), bar("已完成"), bar("正在这一关"), {Name: "解锁后完成", Kind: "line", Unit: "%", Right: true},
	}}
	for _, l := range levels {
		c.Rows = append(c.Rows, chartRow{l.Title, []chartCell{counted(l.Opened), counted(l.Finished), counted(l.At), shareCell(l.Finished, l.Opened)}})
	}
	return []chart{c}
}

func reviewerChart(v stats.View) []chart {
	if len(v.Count.Reviewers) == 0 {
		return nil
	}
	c := chart{Title: "老师的点评", Note: "全部日子合计。", Label: "老师", Series: []series{
		bar("点评数"), {Name: "中位数", Kind: "bar", Unit: " 小时", Right: true}, {Name: "P90", Kind: "bar", Unit: " 小时", Right: true},
	}}
	for _, r := range v.Count.Reviewers {
		name := v.People[r.Member].Nickname
		if name == "" {
			name = "未知成员"
		}
		c.Rows = append(c.Rows, chartRow{name, []chartCell{counted(r.Reviewed), hoursOfMinutes(r.Median, r.Reviewed), hoursOfMinutes(r.P90, r.Reviewed)}})
	}
	return []chart{c}
}

func houseCharts(v stats.House) []chart {
	charts := shared(v.Rows)
	charts = append(charts, daily(v.Rows, "点评和测评", "", []series{bar("点评数"), bar("测评及格")}, func(r stats.Row) []chartCell {
		return []chartCell{counted(r.Reviewed), counted(r.Passed)}
	})...)
	charts = append(charts, messageCharts(v.Rows, v.Total)...)
	return append(charts, moneyChart(v.Rows, v.MayMoney)...)
}
