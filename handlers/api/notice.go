package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// Notice is an entry of my inbox.
type Notice struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind" enum:"review_received,reminder,camp_starting,level_unlocked,quiz_graded,content_ruled,seat_offered,order_news,group_news,pool_news,checkin_featured,welcome,transfer_waits,transfer_news,coupon_news,assist_news,referral_news"`
	Camp  string    `json:"camp" doc:"That it is about; empty if about none"`
	Title string    `json:"title"`
	Body  string    `json:"body"`
	Page  string    `json:"page" doc:"Page of the mini-program that a tap opens"`
	At    time.Time `json:"at"`
	Read  bool      `json:"read"`
}

// Inbox is a page of it.
type Inbox struct {
	List[Notice]
	Unread int64 `json:"unread" doc:"In all"`
}

func noticeOf(n notice.Notice) Notice {
	return Notice{n.ID, string(n.Kind), n.Camp, n.Title, n.Body, n.Page, n.At, !n.ReadAt.IsZero()}
}

func (a *api) notices(ctx context.Context, in *Page) (*Answer[Inbox], error) {
	list, unread, next, err := a.Notices.Inbox(ctx, in.page())
	return answer(Inbox{listOf(list, next, noticeOf).Body, unread}), err
}

type noticePath struct {
	Notice string `path:"notice" pattern:"^[0-9A-Za-z_:-]{1,200}$" patternDescription:"id"`
}

func (a *api) readNotice(ctx context.Context, in *noticePath) (*Answer[Notice], error) {
	n, err := a.Notices.Read(ctx, in.Notice)
	return answer(noticeOf(n)), err
}

// Unread is how much of an inbox was not read.
type Unread struct {
	Unread int64 `json:"unread"`
}

func (a *api) unreadNotices(ctx context.Context, _ *none) (*Answer[Unread], error) {
	n, err := a.Notices.Unread(ctx)
	return answer(Unread{n}), err
}

func (a *api) readNotices(ctx context.Context, _ *none) (*Answer[Unread], error) {
	if err := a.Notices.ReadAll(ctx); err != nil {
		return nil, err
	}
	return a.unreadNotices(ctx, nil)
}

// NoticeSettings is how I want to be told. The inbox has everything, whatever they say.
type NoticeSettings struct {
	Off       []string `json:"off" nullable:"false" maxItems:"5" enum:"reminders,reviews,camp_news,moderation,offers" doc:"The kinds of messages that I want none of"`
	QuietFrom string   `json:"quiet_from" pattern:"^[0-2][0-9]:[0-5][0-9]$" patternDescription:"22:00" example:"22:00"`
	QuietTo   string   `json:"quiet_to" pattern:"^[0-2][0-9]:[0-5][0-9]$" patternDescription:"07:30" example:"07:30" doc:"Over midnight if it is the earlier one; the same as quiet_from for no quiet hours"`
	Zone      string   `json:"zone" maxLength:"64" example:"Asia/Shanghai" doc:"By whose clock it is quiet; empty for that of the camp that a message is about"`
}

func noticeSettingsOf(c notice.Choice) NoticeSettings {
	s := NoticeSettings{Off: []string{}, QuietFrom: c.Quiet.From.String(), QuietTo: c.Quiet.To.String(), Zone: c.Zone}
	for _, category := range c.Off {
		s.Off = append(s.Off, string(category))
	}
	return s
}

func (s NoticeSettings) choice() (c notice.Choice, err error) {
	if c.Quiet.From, err = notice.ParseClock(s.QuietFrom); err != nil {
		return c, domain.Invalid("quiet_from", "时间应为 22:00 的格式")
	}
	if c.Quiet.To, err = notice.ParseClock(s.QuietTo); err != nil {
		return c, domain.Invalid("quiet_to", "时间应为 07:30 的格式")
	}
	c.Off, c.Zone = []notice.Category{}, s.Zone
	for _, category := range s.Off {
		c.Off = append(c.Off, notice.Category(category))
	}
	return c, nil
}

func (a *api) noticeSettings(ctx context.Context, _ *none) (*Answer[NoticeSettings], error) {
	c, err := a.Notices.MyChoice(ctx)
	return answer(noticeSettingsOf(c)), err
}

type changeNoticeSettings struct{ Body NoticeSettings }

func (a *api) changeNoticeSettings(ctx context.Context, in *changeNoticeSettings) (*Answer[NoticeSettings], error) {
	c, err := in.Body.choice()
	if err != nil {
		return nil, err
	}
	c, err = a.Notices.Choose(ctx, c)
	return answer(noticeSettingsOf(c)), err
}

// NoticeTemplate is a subscribe message that the mini-program asks consent for, at most three at a tap.
type NoticeTemplate struct {
	Template string   `json:"template" doc:"Id for wx.requestSubscribeMessage"`
	Kinds    []string `json:"kinds" nullable:"false" doc:"What it tells"`
	Credit   int      `json:"credit" doc:"Messages that I have still agreed to; one consent is one message"`
	Off      bool     `json:"off" doc:"I want none of them: do not ask"`
}

// NoticeTemplates is all that are in use.
type NoticeTemplates struct {
	Items []NoticeTemplate `json:"items" nullable:"false"`
}

func (a *api) noticeTemplates(ctx context.Context, _ *none) (*Answer[NoticeTemplates], error) {
	offers, err := a.Notices.Offers(ctx)
	list := NoticeTemplates{Items: make([]NoticeTemplate, len(offers))}
	for i, o := range offers {
		kinds := make([]string, len(o.Kinds))
		for j, kind := range o.Kinds {
			kinds[j] = string(kind)
		}
		list.Items[i] = NoticeTemplate{o.Template, kinds, o.Credit, o.Off}
	}
	return answer(list), err
}
