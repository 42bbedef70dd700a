package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain/notice"
)

// fate is what became of the message that goes with a notice, in words for staff.
type fate struct{ Name, Colour, Why string }

var outcomes = map[notice.Outcome]fate{
	notice.Due:     {"正在发", "azure", ""},
	notice.Sending: {"正在发", "azure", ""},
	notice.Waiting: {"等一会儿再发", "azure", "现在是学员的免打扰时间"},
	notice.Sent:    {"已发出", "green", ""},
	notice.Refused: {"没有发", "secondary", ""},
}

// reasons says why there was no message. The notice is in the learner's inbox all the same.
var reasons = map[string]string{
	notice.NoTemplate:  "机构还没有配置这类消息的模板",
	notice.NoWeChat:    "这位学员没有微信，或者已经注销",
	notice.Declined:    "学员拒绝了这类消息",
	notice.Blocked:     "学员的账号已停用",
	notice.LeftCamp:    "学员已不在训练营里",
	notice.CampOff:     "训练营关闭了微信消息",
	notice.NoCredit:    "学员没有订阅，或订阅的次数用完了",
	notice.SwitchedOff: "学员关闭了这类通知",
	notice.QuietHours:  "学员的免打扰时间",
	notice.Capped:      "学员当天收到的消息已经够多",
	notice.Done:        "学员已经打卡，不用再提醒",
	notice.TooLate:     "已经过了时间",
	notice.NoConsent:   "微信说学员没有订阅",
	notice.Invalid:     "微信不接受消息内容或模板",
	notice.Interrupted: "发送时中断，可能收到，也可能没有",
}

var noticeKinds = map[notice.Kind]string{
	notice.ReviewReceived: "点评通知", notice.Reminder: "打卡提醒", notice.CampStarting: "开营通知", notice.LevelUnlocked: "解锁通知", notice.QuizGraded: "批改通知",
	notice.ContentRuled: "内容处理通知", notice.SeatOffered: "候补名额", notice.OrderNews: "订单通知", notice.GroupNews: "拼团通知", notice.PoolNews: "奖学金通知", notice.CheckinFeatured: "精选通知", notice.Welcome: "渠道欢迎语",
	notice.TransferWaits: "收款待确认", notice.TransferNews: "转账通知", notice.CouponNews: "优惠券通知", notice.AssistNews: "助力通知", notice.ReferralNews: "推广佣金通知",
}

func fateOf(n notice.Notice) fate {
	f := outcomes[n.Outcome]
	if n.Outcome == notice.Refused {
		f.Why = reasons[n.Reason]
	}
	switch {
	case n.Delivery == notice.Delivered:
		f.Name = "已送达"
	case n.Delivery != "":
		f = fate{"没有送达", "orange", "微信说：" + strings.TrimPrefix(n.Delivery, "failed ")}
	}
	return f
}

type noticeRow struct {
	notice.Entry
	Name string // of the kind
	Fate fate
}

func noticeRows(entries []notice.Entry) []noticeRow {
	var rows []noticeRow
	for _, e := range entries {
		rows = append(rows, noticeRow{e, noticeKinds[e.Kind], fateOf(e.Notice)})
	}
	return rows
}

// choiceOf is one thing to choose from.
type choiceOf struct{ Value, Name string }

// results is what staff can search for.
var results = func() []choiceOf {
	list := []choiceOf{{string(notice.Sent), "已发出"}}
	for _, reason := range notice.Reasons {
		list = append(list, choiceOf{reason, reasons[reason]})
	}
	return list
}()

type noticesView struct {
	campFrame
	Rows    []noticeRow
	Results []choiceOf
	Filter  notice.Filter
	Follow  string
}

func (h *console) listNotices(c echo.Context) error {
	f := notice.Filter{Member: c.QueryParam("member"), Result: c.QueryParam("result")}
	log, err := h.Notices.OfCamp(c.Request().Context(), c.Param("camp"), f, after(c, 50))
	if err != nil {
		return err
	}
	v := &noticesView{campFrame: h.campFrame(c, log.Camp, tabNotices), Rows: noticeRows(log.Entries), Results: results, Filter: f}
	v.Title = "通知"
	if log.Next != "" {
		q := url.Values{"after": {string(log.Next)}}
		if f.Member != "" {
			q.Set("member", f.Member)
		}
		if f.Result != "" {
			q.Set("result", f.Result)
		}
		v.Follow = campPath(log.Camp.ID) + "/notices?" + q.Encode()
	}
	return h.page(c, http.StatusOK, "notice/list", v)
}
