package console

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/media"
	"yingdi/domain/organiser"
	"yingdi/domain/today"
)

// campFrame is what the pages of one camp share.
type campFrame struct {
	Frame
	Camp      camp.Camp
	Phase     camp.Phase
	Tab       string
	Sub       string // of the tab, where it has several pages
	Find      string // the name that is looked for among the camp's learners
	Waiting   int64  // for a review; -1 if the page does not know
	MayEdit   bool
	MayReview bool
	MayInvite bool
	MayExport bool
	MayMoney  bool
	Hours     hours
}

// The tabs of a camp.
const (
	tabShow    = "show"
	tabTasks   = "tasks"
	tabQuizzes = "quizzes"
	tabToday   = "today"
	tabReviews = "reviews"
	tabFeed    = "feed"
	tabNotices = "notices"
	tabPeople  = "people"
	tabCards   = "cards"
	tabStats   = "stats"
	tabMoney   = "money"
)

// The pages of the tab about people.
const (
	subTeams       = "teams"
	subForm        = "form"
	subRisk        = "risk"
	subInvitations = "invitations"
	subWaiting     = "waiting"
	subExports     = "exports"

	subPrice  = "price" // of the tab about money
	subPool   = "pool"
	subOrders = "orders"
	subLedger = "ledger"
)

func campPath(id string) string { return Root + "/camps/" + id }

func (h *console) campFrame(c echo.Context, in camp.Camp, tab string) campFrame {
	actor := domain.ActorFrom(c.Request().Context())
	f := campFrame{
		Camp: in, Phase: in.Phase(h.now()), Tab: tab, Waiting: -1, Hours: h.hoursOf(in.Calendar),
		MayEdit: actor.Has(domain.RightCampEdit, in.Place()) && in.Archived.IsZero(), MayReview: actor.Has(domain.RightReview, in.Place()),
		MayInvite: actor.Has(domain.RightInvite, in.Place()), MayExport: actor.Has(domain.RightExport, in.Place()),
		MayMoney: actor.Has(domain.RightMoney, in.Place()),
	}
	f.Title, f.Section = in.Title, sectionCamps
	f.Crumbs = []Crumb{{"训练营", Root + "/camps"}}
	if tab != tabShow {
		f.Crumbs = append(f.Crumbs, Crumb{in.Title, campPath(in.ID)})
	}
	return f
}

type campView struct {
	campFrame
	Now        today.Overview
	Queue      int64 // people who wait for a seat
	MaySeeCode bool
	MayShelve  bool // or take off the shelf
	MayClone   bool
	Key        string     // of the new term, should one be made from this page
	NextStart  domain.Day // proposed for it
}

func (h *console) showCamp(c echo.Context) error {
	ctx := c.Request().Context()
	overview, err := h.Today.Overview(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	v := &campView{campFrame: h.campFrame(c, overview.Camp, tabShow), Now: overview}
	if v.Queue, err = h.Enrolments.Waiting(ctx, overview.Camp.ID); err != nil {
		return err
	}
	day := overview.Camp.Calendar.Day(h.now())
	v.Key, v.NextStart = h.Camps.IDs.New(), max(day.Add(7), overview.Camp.End.Add(1))
	if overview.Camp.Kind == camp.KindCourse {
		v.NextStart = ""
	}
	v.MayClone = v.NextStart != "" && domain.ActorFrom(ctx).Has(domain.RightCampOpen, domain.Place{Organiser: overview.Camp.Organiser})
	v.MayShelve = domain.ActorFrom(ctx).Has(domain.RightCampEdit, overview.Camp.Place())
	v.Waiting, v.MaySeeCode = overview.Waiting, overview.Camp.State != camp.Draft && overview.Camp.Archived.IsZero()
	return h.page(c, http.StatusOK, "camp/show", v)
}

// campForm is a camp as it was typed.
type campForm struct {
	Organiser string `form:"organiser"`
	Kind      string `form:"kind"`
	Title     string `form:"title"`
	Intro     string `form:"intro"`
	Cover     string `form:"cover"`
	Tags      string `form:"tags"`
	Zone      string `form:"zone"`
	CutOff    string `form:"cut_off"`
	Start     string `form:"start"`
	End       string `form:"end"`
	Pace      string `form:"pace"`
	NextDay   string `form:"next_day"`
	EnrolFrom string `form:"enrol_from"`
	EnrolHour string `form:"enrol_hour"`
	EnrolBy   string `form:"enrol_by"`
	Closing   string `form:"closing"`
	Seats     string `form:"seats"`
	MakeUps   string `form:"make_ups"`
	MakeUpIn  string `form:"make_up_days"`
	Silent    string `form:"silent"`
	Starting  string `form:"starting"`
	Remind    string `form:"remind"`
	RemindAt  string `form:"remind_at"`
}

var campFields = []string{"title", "intro", "cover", "tags", "zone", "cut_off", "start", "end", "pace", "enrol_from", "enrol_hour", "enrol_by", "closing", "seats", "make_ups", "make_up_days", "remind_at"}

func (f campForm) form() camp.Form {
	return camp.Form{
		Kind: camp.Kind(f.Kind), Title: line(f.Title), Intro: text(f.Intro), Cover: f.Cover, Tags: words(f.Tags), Calendar: domain.Calendar{Zone: f.Zone, CutOff: number(f.CutOff)},
		Start: domain.Day(f.Start), End: domain.Day(f.End), EnrolBy: domain.Day(cmp.Or(f.EnrolBy, f.End)), Seats: number(f.Seats),
		Pace: camp.Pace(f.Pace), NextDay: f.NextDay != "", EnrolFrom: domain.Day(f.EnrolFrom), EnrolHour: number(cmp.Or(f.EnrolHour, "0")),
		Closing: number(cmp.Or(f.Closing, "0")),
		MakeUps: camp.MakeUps{Quota: number(cmp.Or(line(f.MakeUps), "0")), Days: number(cmp.Or(line(f.MakeUpIn), "0"))},
		Messages: camp.Messages{
			Off: f.Silent != "", Starting: f.Starting != "", Remind: f.Remind != "", RemindAt: number(cmp.Or(f.RemindAt, "0")),
		},
	}
}

// ticked is a box as a form sends it.
func ticked(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func typed(in camp.Camp) campForm {
	return campForm{
		Organiser: in.Organiser, Kind: string(in.Kind), Title: in.Title, Intro: in.Intro, Cover: in.Cover, Tags: strings.Join(in.Tags, " "), Zone: in.Calendar.Zone,
		CutOff: strconv.Itoa(in.Calendar.CutOff), Start: string(in.Start), End: string(in.End), EnrolBy: string(in.EnrolBy),
		Pace: string(in.Pace), NextDay: ticked(in.NextDay), EnrolFrom: string(in.EnrolFrom), EnrolHour: strconv.Itoa(in.EnrolHour),
		Closing: strconv.Itoa(in.Closing), Seats: strconv.Itoa(in.Seats), Silent: ticked(in.Messages.Off), Starting: ticked(in.Messages.Starting),
		MakeUps: strconv.Itoa(in.MakeUps.Quota), MakeUpIn: strconv.Itoa(in.MakeUps.Days),
		Remind: ticked(in.Messages.Remind), RemindAt: strconv.Itoa(in.Messages.RemindAt),
	}
}

type campFormView struct {
	Frame
	Camp       camp.Camp // the zero one while it is new
	Form       campForm
	Faults     Faults
	Cover      []media.View
	Organisers []organiser.Organiser // to choose from, for a new one
	Zones      []zone
	Begun      bool // its days can no longer move
}

// Hours of a day, to choose from.
func (*campFormView) Hours() []string {
	list := make([]string, 24)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return list
}

// zone is a time zone to choose.
type zone struct{ Name, ID string }

var zones = []zone{
	{"北京时间", "Asia/Shanghai"}, {"乌鲁木齐", "Asia/Urumqi"}, {"香港", "Asia/Hong_Kong"}, {"台北", "Asia/Taipei"},
	{"新加坡", "Asia/Singapore"}, {"东京", "Asia/Tokyo"}, {"首尔", "Asia/Seoul"}, {"悉尼", "Australia/Sydney"},
	{"伦敦", "Europe/London"}, {"巴黎", "Europe/Paris"}, {"纽约", "America/New_York"}, {"多伦多", "America/Toronto"},
	{"洛杉矶", "America/Los_Angeles"}, {"温哥华", "America/Vancouver"},
}

func zonesWith(id string) []zone {
	for _, z := range zones {
		if z.ID == id || id == "" {
			return zones
		}
	}
	return append([]zone{{id, id}}, zones...)
}

func (h *console) newCamp(c echo.Context) error {
	calendar := domain.Calendar{Zone: "Asia/Shanghai", CutOff: 0}
	start := calendar.Day(h.now()).Add(7)
	f := campForm{
		Organiser: c.QueryParam("organiser"), Kind: c.QueryParam("kind"), Zone: calendar.Zone, CutOff: "0", Seats: "100", MakeUps: "0", MakeUpIn: "3",
		Start: string(start), End: string(start.Add(20)), EnrolBy: string(start.Add(2)), EnrolHour: "0", Closing: "3",
		Starting: ticked(true), Remind: ticked(true), RemindAt: "20",
	}
	return h.campForm(c, http.StatusOK, camp.Camp{}, f, Faults{})
}

func (h *console) openCamp(c echo.Context) error {
	var f campForm
	if err := bind(c, &f); err != nil {
		return err
	}
	opened, err := h.Camps.Open(c.Request().Context(), f.Organiser, f.form())
	if err != nil {
		wrong, status, err := faults(err, campFields...)
		if err != nil {
			return err
		}
		return h.campForm(c, status, camp.Camp{}, f, wrong)
	}
	if inCourse(opened) {
		return h.done(c, levelsPath(opened.ID), "闯关课已经建好，接着添加关卡")
	}
	return h.done(c, campPath(opened.ID)+"/tasks", "训练营已经建好，接着安排每天的任务")
}

func (h *console) showCampForm(c echo.Context) error {
	in, err := h.Camps.ForStaff(c.Request().Context(), c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	return h.campForm(c, http.StatusOK, in, typed(in), Faults{})
}

func (h *console) saveCamp(c echo.Context) error {
	ctx := c.Request().Context()
	var f campForm
	if err := bind(c, &f); err != nil {
		return err
	}
	saved, err := h.Camps.Edit(ctx, c.Param("camp"), f.form())
	if err == nil {
		return h.done(c, campPath(saved.ID), "已保存")
	}
	wrong, status, err := faults(err, campFields...)
	if err != nil {
		return err
	}
	in, err := h.Camps.ForStaff(ctx, c.Param("camp"), domain.RightCampEdit)
	if err != nil {
		return err
	}
	return h.campForm(c, status, in, f, wrong)
}

func (h *console) campForm(c echo.Context, status int, in camp.Camp, f campForm, wrong Faults) error {
	ctx := c.Request().Context()
	v := &campFormView{Camp: in, Form: f, Faults: wrong, Zones: zonesWith(f.Zone)}
	v.Frame = Frame{Title: "新建训练营", Section: sectionCamps, Crumbs: []Crumb{{"训练营", Root + "/camps"}}}
	var err error
	if in.ID != "" {
		v.Title, v.Crumbs = "修改训练营", append(v.Crumbs, Crumb{in.Title, campPath(in.ID)})
		v.Begun = in.Begun(h.now())
	} else if v.Organisers, err = h.Organisers.ToOpenIn(ctx); err != nil {
		return err
	} else if len(v.Organisers) == 0 {
		return domain.ErrForbidden
	} else if f.Kind == string(camp.KindCourse) {
		v.Title = "新建闯关课"
	}
	if v.Cover, err = h.Camps.CoverFor(ctx, in, f.Cover); err != nil {
		return err
	}
	return h.page(c, status, "camp/form", v)
}

func (h *console) publishCamp(c echo.Context) error {
	to := campPath(c.Param("camp"))
	if _, err := h.Camps.Publish(c.Request().Context(), c.Param("camp")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已发布，学员现在可以报名了")
}

func (h *console) closeCamp(c echo.Context) error {
	to := campPath(c.Param("camp"))
	if _, err := h.Camps.Close(c.Request().Context(), c.Param("camp")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "训练营已关闭")
}

// termForm is a new term as it was typed.
type termForm struct {
	Key   string `form:"key"`
	Title string `form:"title"`
	Start string `form:"start"`
}

func (h *console) cloneCamp(c echo.Context) error {
	var f termForm
	if err := bind(c, &f); err != nil {
		return err
	}
	made, err := h.Camps.Clone(c.Request().Context(), c.Param("camp"), f.Key, camp.Term{Title: line(f.Title), Start: domain.Day(f.Start)})
	if err != nil {
		return h.refused(c, campPath(c.Param("camp")), err)
	}
	return h.done(c, campPath(made.ID), "新一期已建好，任务、测评和报名表正在复制过来")
}

func (h *console) archiveCamp(c echo.Context) error {
	if _, err := h.Camps.Archive(c.Request().Context(), c.Param("camp")); err != nil {
		return h.refused(c, campPath(c.Param("camp")), err)
	}
	return h.done(c, Root+"/camps", "已归档，在“已归档”里还能看到")
}

func (h *console) unarchiveCamp(c echo.Context) error {
	to := campPath(c.Param("camp"))
	if _, err := h.Camps.Unarchive(c.Request().Context(), c.Param("camp")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "已取消归档")
}

// shareCode is the mini-program code with which the teacher shares the camp.
func (h *console) shareCode(c echo.Context) error {
	code, err := h.Signcards.ShareCode(c.Request().Context(), c.Param("camp"))
	if err != nil {
		return err
	}
	if c.QueryParam("save") != "" {
		c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="yingdi-camp.jpg"`)
	}
	return c.Blob(http.StatusOK, http.DetectContentType(code), code)
}
