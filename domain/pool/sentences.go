package pool

import (
	"fmt"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Sentences say in plain words what the rules mean in a camp, as learners read them before they pay. What is not said here
// does not hold.
func (r Rules) Sentences(c camp.Camp) []string {
	d, at := r.Dates(c), clockOf(c)
	qualify := fmt.Sprintf("完成条件：%s到%s安排了 %d 个打卡日，其中至少 %d 天打卡有效就算达标", c.Start.Chinese(), c.End.Chinese(), r.Of, r.Days)
	switch r.MakeUps {
	case 0:
		qualify += "；补卡不计入"
	default:
		qualify += fmt.Sprintf("；补卡最多计入 %d 天", r.MakeUps)
	}
	if r.Homework > 0 {
		qualify += fmt.Sprintf("；并且至少 %d 次作业通过点评", r.Homework)
	}
	list := []string{
		qualify + "。",
		"一天有几条打卡也只算一天；未通过审核的、自己删除的打卡不算；入营前的日子不算。如果训练营取消了某个打卡日，需要的天数同样减少。",
		fmt.Sprintf("锁定：%s锁定。锁定前退出，奖学金部分全额退回；锁定后退出，奖学金部分留在池里，学费按退款规则另算。", at(d.LockAt)),
		"结算：没有达标的、锁定后退出的和被取消资格的学员，他们的奖学金部分" + r.feeWords() + "按奖学金部分的多少分给达标的学员；达标的学员先拿回自己的部分。分不尽的几分钱按余数大小、达标先后逐分给出，一分不留。",
		"如果没有人达标，所有人的奖学金部分全额退回，不收服务费；如果所有人都达标，各自拿回自己的部分。奖学金池取消时，所有人全额退回。",
		fmt.Sprintf("申诉：%s结营后可以逐日查看自己的记录，%s前可以对没有计入的日子申诉。老师最晚在%s前处理；到时还没有审核的打卡、没有点评的作业和没有答复的申诉，一律按对学员有利的结果计算。", at(d.EndAt), at(d.AppealBy), at(d.DecideBy)),
		"发放：名单计算后不再改变，要由两位工作人员先后确认。自己的部分原路退回付款账户；分到的部分转到微信零钱，需要在 24 小时内确认收款，过期可以重新领取；不足 ¥0.10 的存入余额。",
		"年满 18 周岁的学员才能参加；机构的工作人员不参加。奖学金只看学习记录，与分享、邀请无关。",
	}
	return list
}

func (r Rules) feeWords() string {
	switch {
	case r.FeePercent > 0:
		return fmt.Sprintf("，扣除 %d%% 的服务费后，", r.FeePercent)
	case r.FeeFen > 0:
		return "，扣除最多 " + r.FeeFen.String() + " 的服务费后，"
	}
	return "全部"
}

// clockOf writes instants as the people of the camp read them. The last moment of a day is said as its end.
func clockOf(c camp.Camp) func(time.Time) string {
	zone := c.Calendar.Location()
	return func(t time.Time) string { return t.In(zone).Format("1月2日 15:04") }
}

// Example is a worked one: what the rules do to so many people with the same part, some of whom give up.
type Example struct {
	People, Failed int
	Part           domain.Fen
	Forfeited, Fee domain.Fen
	Winner         domain.Fen // what a winner gets on top of the own part, at least
	Extra          int        // winners who get a fen more
}

// Example of the rules.
func (r Rules) Example(people, failed int, part domain.Fen) Example {
	e := Example{People: people, Failed: failed, Part: part, Forfeited: part * domain.Fen(failed)}
	if winners := people - failed; winners > 0 {
		e.Fee = r.Fee(e.Forfeited)
		e.Winner = (e.Forfeited - e.Fee) / domain.Fen(winners)
		e.Extra = int((e.Forfeited - e.Fee) % domain.Fen(winners))
	}
	return e
}

// Sentence says it in words.
func (e Example) Sentence() string {
	head := fmt.Sprintf("%d 人参加，每人奖学金部分 %s，池里共 %s", e.People, e.Part, e.Part*domain.Fen(e.People))
	winners := e.People - e.Failed
	switch {
	case winners == 0:
		return head + "。没有人达标：每人退回 " + e.Part.String() + "。"
	case e.Failed == 0:
		return head + "。全部达标：每人拿回自己的 " + e.Part.String() + "，没有可分的。"
	}
	fee := ""
	if e.Fee > 0 {
		fee = "，扣除服务费 " + e.Fee.String()
	}
	more := ""
	if e.Extra > 0 {
		more = "（其中 " + strconv.Itoa(e.Extra) + " 人多 1 分）"
	}
	return fmt.Sprintf("%s。%d 人没有达标，他们的 %s%s，由 %d 位达标学员分：每人拿回 %s，再得 %s%s，共 %s。",
		head, e.Failed, e.Forfeited, fee, winners, e.Part, e.Winner, more, e.Part+e.Winner)
}

// Examples are the three that say most: as it goes mostly, all win, nobody does.
func (r Rules) Examples(part domain.Fen) []string {
	return []string{r.Example(30, 9, part).Sentence(), r.Example(30, 0, part).Sentence(), r.Example(30, 30, part).Sentence()}
}
