package console

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/bill"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/coupon"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/groupbuy"
	"yingdi/domain/invitation"
	"yingdi/domain/ledger"
	"yingdi/domain/lesson"
	"yingdi/domain/moderation"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/privacy"
	"yingdi/domain/product"
	"yingdi/domain/quiz"
	"yingdi/domain/referral"
	"yingdi/domain/review"
	"yingdi/domain/team"
	"yingdi/domain/today"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
)

// funcs is what every template may call: how things are written, nothing else.
func funcs(asset func(file string) string) template.FuncMap {
	return template.FuncMap{
		"asset":           asset,
		"date":            date,
		"weekday":         weekday,
		"initial":         initial,
		"hue":             hue,
		"phase":           func(p camp.Phase) label { return phases[p] },
		"feedPart":        func(o checkin.Only) string { return feedParts[o] },
		"standing":        func(s checkin.State) label { return standings[s] },
		"role":            func(r domain.Role) string { return roles[r] },
		"step":            func(s today.Step) stepLabel { return steps[s] },
		"percent":         percent,
		"asks":            func(k quiz.Kind) string { return questionKinds[k] },
		"answered":        func(s quiz.State) label { return attemptStates[s] },
		"letter":          quiz.Letter,
		"share":           func(of float64) int { return int(of*100 + 0.5) },
		"add":             func(a, b int) int { return a + b },
		"sub":             func(a, b int) int { return a - b },
		"has":             func(list []int, i int) bool { return slices.Contains(list, i) },
		"list":            func(items ...any) []any { return items },
		"invitationState": func(s invitation.State) label { return invitationStates[s] },
		"fieldType":       func(t form.Type) string { return fieldTypes[t] },
		"moment":          func(k today.MomentKind) string { return moments[k] },
		"why":             why,
		"turn":            turnLabel,
		"act":             func(a review.Act) string { return acts[a] },
		"lasted":          lasted,
		"wishState":       func(s privacy.State) label { return wishStates[s] },
		"wishCause":       func(c privacy.Cause) string { return wishCauses[c] },
		"caseKind":        func(k moderation.Kind) string { return caseKinds[k] },
		"caseReason":      func(r moderation.Reason) string { return caseReasons[r] },
		"caseStanding":    func(s moderation.Standing) label { return caseStandings[s] },
		"caseVerdict":     func(v moderation.Verdict) label { return caseVerdicts[v] },
		"exportKind":      func(k export.Kind) string { return exportKinds[k] },
		"exportState":     func(s export.State) label { return exportStates[s] },
		"bytes":           bytes,
		"seasons":         func() []season { return seasons },
		"season":          seasonName,
		"join":            func(tags []string) string { return strings.Join(tags, " ") },
		"productKind":     func(k product.Kind) string { return productKinds[k] },
		"offerField":      offerField,
		"assistState":     func(s assist.State) label { return assistStates[s] },
		"assistStage":     func(s assist.Stage) label { return assistStages[s] },
		"assistCause":     func(c assist.Cause) string { return assistCauses[c] },
		"groupbuyState":   func(s groupbuy.State) label { return groupbuyStates[s] },
		"groupStage":      func(s groupbuy.Stage) label { return groupStages[s] },
		"groupCause":      func(c groupbuy.Cause) string { return groupCauses[c] },
		"seatState":       func(s groupbuy.SeatState) label { return seatStates[s] },
		"couponState":     func(s coupon.State) label { return couponStates[s] },
		"couponStage":     func(s coupon.Stage) label { return couponStages[s] },
		"couponWay":       func(w coupon.Way) string { return couponWays[w] },
		"platform":        func(p domain.Platform) string { return platformNames[p] },
		"referralState":   func(s referral.State) label { return referralStates[s] },
		"commissionStage": func(s referral.Stage) label { return commissionStages[s] },
		"percentRate":     referral.Percent,
		"moneySource":     func(s ledger.Source) label { return sourceNames[s] },
		"moneyFlow":       func(f order.Flow) string { return flowNames[f] },
		"billState":       func(s bill.State) label { return billStates[s] },
		"orderState":      func(s order.State) label { return orderStates[s] },
		"attemptState":    func(s order.AttemptState) label { return payStates[s] },
		"refundState":     func(s order.RefundState) label { return refundStates[s] },
		"withdrawalState": func(s wallet.State) label { return withdrawalStates[s] },
		"transferState":   func(s transfer.State) label { return transferStates[s] },
		"entryKind":       func(k wallet.Kind) string { return entryKinds[k] },
		"poolState":       func(s pool.State) label { return poolStates[s] },
		"memberState":     func(s pool.MemberState) label { return memberStates[s] },
		"legState":        func(s pool.LegState) label { return legStates[s] },
		"poolAct":         func(k pool.ActKind) string { return poolActs[k] },
		"blockName":       func(k lesson.BlockKind) blockLabel { return blockNames[k] },
		"teamMethod":      func(m team.Method) string { return teamMethods[m] },
	}
}

// blockLabel is what a kind of block is called, its icon, and which files go in.
type blockLabel struct{ Name, Icon, Accept string }

const sounds = "audio/*,.m4a,.mp3,.aac,.wav"

var blockNames = map[lesson.BlockKind]blockLabel{
	lesson.TextBlock:     {"文字", "align-left", ""},
	lesson.PictureBlock:  {"图片", "photo", "image/jpeg,image/png"},
	lesson.VoiceBlock:    {"语音", "microphone", sounds},
	lesson.AudioBlock:    {"音频", "music", sounds},
	lesson.VideoBlock:    {"视频", "video", "video/mp4,video/quicktime"},
	lesson.DocumentBlock: {"文档", "file-text", ".pdf,.doc,.docx,.ppt,.pptx,.xls,.xlsx"},
	lesson.LinkBlock:     {"链接", "link", ""},
}

var moments = map[today.MomentKind]string{
	today.MomentEnrolled: "报名", today.MomentReply: "填写报名表", today.MomentTeam: "换组", today.MomentCheckin: "打卡",
	today.MomentReview: "收到点评", today.MomentMessage: "收到消息",
	today.MomentQuiz: "完成测评",
}

var teamMethods = map[team.Method]string{
	team.AtRandom: "随机均分", team.ByArrival: "按报名先后均分", team.ByAnswer: "回答相同的分在一起", team.Spread: "回答相同的均匀分开", team.BySheet: "按表格分组",
}

// label is a word with the colour of its badge.
type label struct{ Name, Colour string }

var phases = map[camp.Phase]label{
	camp.PhaseDraft:     {"草稿", "secondary"},
	camp.PhaseUpcoming:  {"未开营", "azure"},
	camp.PhaseEnrolling: {"报名中", "azure"},
	camp.PhaseRunning:   {"进行中", "green"},
	camp.PhaseClosing:   {"收尾中", "orange"},
	camp.PhaseEnded:     {"已结营", "orange"},
	camp.PhaseClosed:    {"已关闭", "secondary"},
	camp.PhaseArchived:  {"已归档", "secondary"},
}

var standings = map[checkin.State]label{
	checkin.Pending:  {"审核中", "azure"},
	checkin.Visible:  {"已公开", "green"},
	checkin.Hidden:   {"待人工审核", "orange"},
	checkin.Rejected: {"未通过", "red"},
}

var roles = map[domain.Role]string{
	domain.RoleAdmin: "管理员", domain.RoleOwner: "负责人", domain.RoleManager: "社群运营",
	domain.RoleTeacher: "老师", domain.RoleReviewer: "点评老师",
}

var questionKinds = map[quiz.Kind]string{
	quiz.Single: "单选", quiz.Multiple: "多选", quiz.Truth: "判断", quiz.FillIn: "填空", quiz.Short: "简答",
}

var attemptStates = map[quiz.State]label{
	quiz.InProgress: {"作答中", "azure"},
	quiz.Overdue:    {"已到时间", "orange"},
	quiz.Finished:   {"已提交", "green"},
	quiz.Abandoned:  {"未作答", "secondary"},
}

// stepLabel is what a camp's staff had best do next, and below which page of the camp they do it.
type stepLabel struct{ Text, Button, Path, Icon string }

var steps = map[today.Step]stepLabel{
	today.StepTasks:   {"还没有任务，先安排第一天做什么", "安排任务", "/tasks", "list-check"},
	today.StepPublish: {"任务已经有了，检查一遍就可以发布", "去发布", "", "rocket"},
	today.StepReview:  {"有学员在等你的点评", "去点评", "/reviews", "message-2-heart"},
	today.StepDay:     {"今天没有安排任务", "安排任务", "/tasks", "calendar-plus"},
	today.StepInvite:  {"还没有人报名，把小程序码分享出去", "看小程序码", "", "qrcode"},
	today.StepClose:   {"已经结营，点评也都完成了，可以关闭", "查看", "", "flag-check"},
	today.StepNone:    {"今天都处理好了", "看今日看板", "/today", "sun"},
}

// date writes a day as 11月21日.
func date(d domain.Day) string {
	if !d.Valid() {
		return ""
	}
	return d.Chinese()
}

func weekday(d domain.Day) string {
	if !d.Valid() {
		return ""
	}
	return [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[d.Weekday()]
}

// initial is what an avatar shows where there is no picture.
func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return "？"
}

// hue gives a name one of six colours, always the same.
func hue(name string) int {
	sum := 0
	for _, r := range name {
		sum += int(r)
	}
	return sum % 6
}

func percent(part, whole int64) int64 {
	if whole <= 0 {
		return 0
	}
	return min(100, part*100/whole)
}

// bytes writes how large a file is.
func bytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", (n+1<<10-1)>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// hours writes instants as the people of a camp read them: in its zone.
type hours struct {
	zone *time.Location
	now  time.Time
}

func (h *console) hoursOf(c domain.Calendar) hours {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	return hours{zone, h.now()}
}

// At writes 11月21日 20:05, with the year if it is another one.
func (w hours) At(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(w.zone)
	if t.Year() != w.now.In(w.zone).Year() {
		return t.Format("2006年1月2日 15:04")
	}
	return t.Format("1月2日 15:04")
}

// Clock writes 20:05.
func (w hours) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.zone).Format("15:04")
}

// Ago writes how long something has been waiting.
func (w hours) Ago(t time.Time) string {
	switch d := w.now.Sub(t); {
	case d < time.Minute:
		return "刚刚"
	case d < time.Hour:
		return fmt.Sprintf("%d 分钟前", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d 小时前", int(d.Hours()))
	default:
		return fmt.Sprintf("%d 天前", int(d.Hours()/24))
	}
}
