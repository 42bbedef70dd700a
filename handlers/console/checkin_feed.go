package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/moderation"
)

// The pages of the tab about what learners show.
const (
	subFeed    = "feed"
	subTopics  = "topics"
	subRanking = "ranking"
)

// parts of a feed, as staff choose them.
var feedParts = map[checkin.Only]string{
	checkin.Everything: "全部", checkin.OnlyFeatured: "精选", checkin.OnlyPinned: "置顶", checkin.OnlyHidden: "已隐藏",
}

type feedView struct {
	campFrame
	Look        checkin.Look
	Parts       []checkin.Only
	Topics      []checkin.Offer // to choose from
	Rows        []checkin.Entry
	Query       string // the look as an address has it
	Follow      string
	Just        *checkin.Entry // was hidden a moment ago
	MayModerate bool
	Paged       bool
}

const feedRows = 20

// feedLook reads what of the feed is asked for; values that mean nothing are left out.
func feedLook(q url.Values) (look checkin.Look, query string) {
	kept := url.Values{}
	if only := checkin.Only(q.Get("only")); only != checkin.Everything && slices.Contains(checkin.Parts, only) {
		look.Only = only
		kept.Set("only", string(only))
	}
	if topic, ok := checkin.TopicOf(q.Get("topic")); ok && look.Only != checkin.OnlyPinned && look.Only != checkin.OnlyHidden {
		look.Topic = topic
		kept.Set("topic", topic)
	}
	return look, kept.Encode()
}

func feedPath(camp, query string) string {
	return strings.TrimSuffix(campPath(camp)+"/feed?"+query, "?")
}

func (h *console) showFeed(c echo.Context) error {
	ctx := c.Request().Context()
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightReview)
	if err != nil {
		return err
	}
	v := &feedView{campFrame: h.campFrame(c, in, tabFeed), Parts: checkin.Parts, Paged: c.QueryParam("after") != ""}
	v.Title, v.Sub, v.MayModerate = "动态", subFeed, domain.ActorFrom(ctx).Has(domain.RightModerate, in.Place())
	v.Look, v.Query = feedLook(c.QueryParams())
	var next domain.Cursor
	if v.Rows, next, err = h.Checkins.Feed(ctx, in.ID, v.Look, after(c, feedRows)); err != nil {
		return err
	}
	if just := c.QueryParam("just"); domain.ValidID(just) && v.MayModerate {
		if e, err := h.Checkins.View(ctx, just); err == nil && e.Camp == in.ID && e.State == checkin.Hidden {
			v.Just = &e
		}
	}
	if v.Topics, _, err = h.Checkins.TopicsOf(ctx, in.ID, domain.Page{Limit: checkin.MaxTopics}); err != nil {
		return err
	}
	if next != "" {
		v.Follow = feedPath(in.ID, strings.TrimPrefix(v.Query+"&", "&")+"after="+url.QueryEscape(string(next)))
	}
	return h.page(c, http.StatusOK, "checkin/feed", v)
}

// feedForm says what is done to a check-in of the feed.
type feedForm struct {
	Do      string `form:"do"`
	Reason  string `form:"reason"`
	Version string `form:"version"`
	Back    string `form:"back"`
}

// actOnFeed does it and says so; every deed has one that undoes it.
func (h *console) actOnFeed(c echo.Context) error {
	var f feedForm
	if err := bind(c, &f); err != nil {
		return err
	}
	q, _ := url.ParseQuery(f.Back)
	_, query := feedLook(q)
	ctx, id, to := c.Request().Context(), c.Param("checkin"), feedPath(c.Param("camp"), query)
	var err error
	var said string
	switch f.Do {
	case "pin":
		said, err = "已置顶，学员在动态最前面看到它", h.Checkins.Pin(ctx, id, true)
	case "unpin":
		said, err = "已取消置顶", h.Checkins.Pin(ctx, id, false)
	case "feature":
		said, err = "已选为精选，会通知这位学员", h.Checkins.Feature(ctx, id, true)
	case "unfeature":
		said, err = "已取消精选", h.Checkins.Feature(ctx, id, false)
	case "hide":
		said, err = "已隐藏，其他人马上看不到", h.Moderation.DecideCheckin(ctx, id, moderation.Hide, line(f.Reason), number(f.Version))
	case "show":
		said, err = "已恢复显示", h.Moderation.DecideCheckin(ctx, id, moderation.Show, "", number(f.Version))
	default:
		return domain.ErrNotFound
	}
	if err != nil {
		return h.refused(c, to, err)
	}
	if f.Do == "hide" {
		to = feedPath(c.Param("camp"), strings.TrimPrefix(query+"&", "&")+"just="+url.QueryEscape(id))
	}
	return h.done(c, to, said)
}

type topicsView struct {
	campFrame
	Rows   []checkin.Offer
	Typed  string
	Faults Faults
	Follow string
	Most   int
	Paged  bool
}

func (h *console) listTopics(c echo.Context) error {
	return h.topics(c, http.StatusOK, nil, Faults{})
}

// topics shows the list; typed is what was not accepted.
func (h *console) topics(c echo.Context, status int, typed *string, wrong Faults) error {
	ctx := c.Request().Context()
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightReview)
	if err != nil {
		return err
	}
	v := &topicsView{campFrame: h.campFrame(c, in, tabFeed), Faults: wrong, Most: checkin.MaxTopics, Paged: c.QueryParam("after") != ""}
	v.Title, v.Sub = "话题", subTopics
	var next domain.Cursor
	if v.Rows, next, err = h.Checkins.TopicsOf(ctx, in.ID, after(c, 50)); err != nil {
		return err
	}
	if next != "" {
		v.Follow = campPath(in.ID) + "/topics?after=" + url.QueryEscape(string(next))
	}
	if typed != nil {
		v.Typed = *typed
		return h.page(c, status, "checkin/topics", v)
	}
	w, err := h.Checkins.Wall(ctx, in.ID)
	if err != nil {
		return err
	}
	v.Typed = strings.Join(w.Topics, "\n")
	return h.page(c, status, "checkin/topics", v)
}

func (h *console) saveTopics(c echo.Context) error {
	var f struct {
		Topics string `form:"topics"`
	}
	if err := bind(c, &f); err != nil {
		return err
	}
	typed := text(f.Topics)
	if _, err := h.Checkins.OfferTopics(c.Request().Context(), c.Param("camp"), strings.Fields(typed)); err != nil {
		wrong, status, err := faults(err, "topics")
		if err != nil {
			return err
		}
		return h.topics(c, status, &typed, wrong)
	}
	return h.done(c, campPath(c.Param("camp"))+"/topics", "话题已保存，学员打卡时可以选")
}
