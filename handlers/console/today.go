package console

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/notice"
	"yingdi/domain/today"
)

type dashboardView struct {
	Frame
	Camps   []today.Summary
	Waiting int64
	More    bool
	MayOpen bool
}

func (h *console) showDashboard(c echo.Context) error {
	ctx := c.Request().Context()
	camps, next, err := h.Today.Dashboard(ctx)
	if err != nil {
		return err
	}
	v := &dashboardView{Frame: Frame{Title: "首页", Section: sectionHome}, Camps: camps, More: next != ""}
	for _, s := range camps {
		v.Waiting += s.Waiting
	}
	v.MayOpen = domain.ActorFrom(ctx).Has(domain.RightCampOpen, domain.Place{})
	return h.page(c, http.StatusOK, "today/dashboard", v)
}

const boardRows = 50

type boardView struct {
	campFrame
	Board         today.Board
	Today         domain.Day
	Before, After domain.Day // the days beside it within the camp, "" at its ends
	Done          int        // learners on this page who did everything
	Follow        string     // address of the next page of learners
	Paged         bool       // this is not the first one
}

func (h *console) showBoard(c echo.Context) error {
	ctx := c.Request().Context()
	board, err := h.Today.ForStaff(ctx, c.Param("camp"), domain.Day(c.QueryParam("day")), after(c, boardRows))
	if err != nil {
		return err
	}
	v := &boardView{campFrame: h.campFrame(c, board.Camp, tabToday), Board: board, Today: board.Camp.Calendar.Day(h.now())}
	v.Title, v.Waiting, v.Paged = "每日看板", board.Counts.Waiting, c.QueryParam("after") != ""
	v.Before, v.After = beside(board.Camp, board.Day)
	if board.Next != "" {
		q := url.Values{"day": {string(board.Day)}, "after": {string(board.Next)}}
		v.Follow = campPath(board.Camp.ID) + "/today?" + q.Encode()
	}
	return h.page(c, http.StatusOK, "today/board", v)
}

// beside finds the days that one can leaf to.
func beside(c camp.Camp, day domain.Day) (before, after domain.Day) {
	if d := min(day.Add(-1), c.End); d >= c.Start {
		before = d
	}
	if d := max(day.Add(1), c.Start); d <= c.End {
		after = d
	}
	return before, after
}

type learnerView struct {
	campFrame
	Story  today.Story
	Weeks  [][]calendarDay
	Done   int
	Blank  []string // questions of the form that they left open
	Follow string
	Told   []noticeRow // the newest first
	Led    []string    // tags of the channels that led them
}

// calendarDay is one square of a learner's calendar; the zero one pads a week.
type calendarDay struct {
	Day   domain.Day
	State string // done, missed, today, ahead, free
}

// learnerNotices is how many of the last notices a learner's page shows.
const learnerNotices = 5

// storyRows is how many check-ins a learner's page shows at once.
const storyRows = 20

func (h *console) showLearner(c echo.Context) error {
	story, err := h.Today.Learner(c.Request().Context(), c.Param("camp"), c.Param("member"), after(c, storyRows))
	if err != nil {
		return err
	}
	v := &learnerView{campFrame: h.campFrame(c, story.Camp.Common, tabToday), Story: story, Done: story.Done(), Weeks: weeks(story)}
	v.Title = story.Member.Nickname
	for _, asked := range story.Reply {
		if len(asked.Values) == 0 {
			v.Blank = append(v.Blank, asked.Label)
		}
	}
	told, err := h.Notices.OfCamp(c.Request().Context(), story.Camp.ID, notice.Filter{Member: story.Member.ID}, domain.Page{Limit: learnerNotices})
	if err != nil {
		return err
	}
	v.Told = noticeRows(told.Entries)
	tags, err := h.Channels.Tags(c.Request().Context(), story.Camp.Organiser, []string{story.Member.ID})
	if err != nil {
		return err
	}
	v.Led = tags[story.Member.ID]
	v.Crumbs = append(v.Crumbs, Crumb{"看板", campPath(story.Camp.ID) + "/today"})
	if story.Next != "" {
		v.Follow = campPath(story.Camp.ID) + "/learners/" + story.Member.ID + "?after=" + url.QueryEscape(string(story.Next))
	}
	return h.page(c, http.StatusOK, "today/learner", v)
}

// weeks lays the camp's days out from Monday to Sunday.
func weeks(s today.Story) [][]calendarDay {
	scheduled := map[domain.Day]bool{}
	for _, d := range s.Progress.Scheduled {
		scheduled[d] = true
	}
	monday := s.Camp.Start.Add(-(int(s.Camp.Start.Weekday()) + 6) % 7)
	var rows [][]calendarDay
	end := s.Camp.End
	if s.Camp.Kind == camp.KindCourse { // the last weeks are enough of what has no end
		end = s.Progress.Today
		monday = max(monday, end.Add(-(int(end.Weekday())+6)%7-7*11))
	}
	for ; monday <= end; monday = monday.Add(7) {
		row := make([]calendarDay, 7)
		for i := range row {
			if d := monday.Add(i); d >= s.Camp.Start && d <= end {
				row[i] = calendarDay{d, dayState(d, scheduled[d], s.Progress.Done[d], s.Progress.Today)}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func dayState(d domain.Day, scheduled, done bool, now domain.Day) string {
	switch {
	case done:
		return "done"
	case !scheduled:
		return "free"
	case d == now:
		return "today"
	case d > now:
		return "ahead"
	}
	return "missed"
}
