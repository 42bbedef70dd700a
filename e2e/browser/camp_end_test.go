//go:build e2e

package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"yingdi/storage/sheet"
)

// ends is the day after the last: an export, and the camp is closed.
func (s *story) ends(t *testing.T) {
	b := s.b
	s.goTo(t, at(22, 10))
	s.comesBack(t)
	rows := s.exports(t)
	names := []string{s.early.name, s.late.name, s.twice.name}
	for _, name := range names {
		if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, name) }) {
			t.Errorf("the export does not know %s: %q", name, rows)
		}
	}
	s.page(t, "/ranking")
	b.until(t, fmt.Sprintf("[...document.querySelectorAll('tbody .who .text-truncate')].map((e) => e.innerText).join() === %q", strings.Join([]string{s.early.name, s.twice.name, s.late.name}, ",")))
	b.look(t, "21-ranking")
	s.page(t, "")
	b.shows(t, "收尾")
	b.click(t, "[data-open=close]")
	b.until(t, "document.querySelector('#close').open")
	b.look(t, "21-close")
	b.turn(t, "#close .btn-danger", "训练营已关闭")
	b.look(t, "21-closed")
	s.goTo(t, at(22, 11))
}

// exports asks for the learners as a spreadsheet, waits until it is made, and downloads it.
func (s *story) exports(t *testing.T) [][]string {
	b := s.b
	folder := t.TempDir()
	if _, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder,
	}); err != nil {
		t.Fatal(err)
	}
	s.page(t, "/exports")
	b.turn(t, "aside .btn-primary", "开始导出")
	b.until(t, "document.querySelector('[id^=fetch-]')")
	b.look(t, "21-export")
	b.click(t, "[id^=fetch-]")
	var file string
	b.waits(t, "the download", func() bool {
		found, _ := filepath.Glob(filepath.Join(folder, "*.xlsx"))
		if len(found) == 1 {
			file = found[0]
		}
		return file != ""
	})
	content, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	rows, err := sheet.Excel{}.Read(content, 100)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// learnersLookBack asserts what each of the three is left with.
func (s *story) learnersLookBack(t *testing.T) {
	for _, l := range []*learner{s.early, s.late, s.twice} {
		s.back(t, l)
	}
	s.ranks(t)
	for l, streak := range map[*learner]int{s.early: 18, s.late: 3, s.twice: 18} {
		l.looksBack(t, s.camp, streak)
	}
	l := s.late
	if got := l.days(t, s.camp, "made_up"); !slices.Equal(got, []string{date(5), date(12)}) {
		t.Errorf("%s made up %v", l.name, got)
	}
	if got := l.days(t, s.camp, "missed"); !slices.Equal(got, []string{date(16), date(17)}) {
		t.Errorf("%s missed %v", l.name, got)
	}
	s.marks(t)
	s.notices(t)
}

// ranks: two have done everything, and the one who does so at eight comes before the one who does so at noon.
func (s *story) ranks(t *testing.T) {
	var ranking struct {
		Rule  string
		Items []struct {
			Rank, Days, Streak int
			Person             struct{ Nickname string }
		}
	}
	s.early.call(t, "GET", "/api/v1/camps/"+s.camp+"/ranking", "", &ranking)
	var got []string
	for _, one := range ranking.Items {
		got = append(got, fmt.Sprintf("%d %s %d/%d", one.Rank, one.Person.Nickname, one.Days, one.Streak))
	}
	want := []string{"1 " + s.early.name + " 18/18", "2 " + s.twice.name + " 18/18", "3 " + s.late.name + " 16/13"}
	if !slices.Equal(got, want) || !strings.Contains(ranking.Rule, "谁先达到") {
		t.Errorf("the ranking is %q by the rule %q, want %q", got, ranking.Rule, want)
	}
}

// looksBack: the streak, and a card for the first and the last day.
func (l *learner) looksBack(t *testing.T, camp string, streak int) {
	t.Helper()
	var calendar struct{ Streak int }
	l.call(t, "GET", "/api/v1/camps/"+camp+"/calendar", "", &calendar)
	if calendar.Streak != streak {
		t.Errorf("%s ends with a streak of %d, want %d", l.name, calendar.Streak, streak)
	}
	for _, day := range []int{1, 20} {
		var card struct{ State, URL string }
		l.call(t, "GET", "/api/v1/checkins/"+l.checkins[day]+"/card", "", &card)
		if card.State != "ready" || card.URL == "" {
			t.Errorf("%s's card of day %d is %+v", l.name, day, card)
		}
	}
}

func (l *learner) days(t *testing.T, camp, state string) (days []string) {
	t.Helper()
	var calendar struct{ Days []struct{ Day, State string } }
	l.call(t, "GET", "/api/v1/camps/"+camp+"/calendar", "", &calendar)
	for _, d := range calendar.Days {
		if d.State == state {
			days = append(days, d.Day)
		}
	}
	return days
}

// marks of the homework and of the quizzes.
func (s *story) marks(t *testing.T) {
	for l, want := range map[*learner]int{s.early: 93, s.late: 93, s.twice: 97} {
		var told struct {
			Passed  bool
			Points  int
			Earlier []struct{ Returned bool }
		}
		l.call(t, "GET", "/api/v1/checkins/"+l.checkins[10]+"/review", "", &told)
		if !told.Passed || told.Points != want || (len(told.Earlier) > 0) != (l == s.twice) {
			t.Errorf("%s's homework ended as %+v, want %d points", l.name, told, want)
		}
	}
}

// notices: what each was told, by kind.
func (s *story) notices(t *testing.T) {
	for l, want := range map[*learner]map[string]int{
		s.early: {"camp_starting": 1, "review_received": 2, "quiz_graded": 3, "checkin_featured": 1},
		s.late:  {"camp_starting": 1, "review_received": 2, "quiz_graded": 3, "reminder": 4},
		s.twice: {"camp_starting": 1, "review_received": 3, "quiz_graded": 3, "content_ruled": 1},
	} {
		var inbox struct{ Items []struct{ Kind string } }
		l.call(t, "GET", "/api/v1/notices?limit=50", "", &inbox)
		got := map[string]int{}
		for _, n := range inbox.Items {
			got[n.Kind]++
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s was told %v, want %v", l.name, got, want)
		}
	}
}

// tour looks at every page of the camp once more, on the phone.
func (s *story) tour(t *testing.T) {
	b := s.b
	b.become(t, phone)
	pages := []string{"/console", "/console/camps", "/console/reviews", "/console/moderation", "/console/moderation?state=decided", "/console/organisers"}
	for _, path := range []string{
		"", "/tasks", "/tasks/import", "/quizzes", "/questions", "/questions/import", "/today", "/today?day=" + date(7), "/today?day=" + date(10),
		"/teams", "/risk", "/waiting", "/form", "/invitations", "/exports", "/reviews", "/reviews/" + s.twice.checkins[10], "/remarks", "/latency",
		"/feed", "/ranking", "/topics", "/materials", "/progress", "/stats", "/cards", "/notices", "/price", "/orders", "/learners/" + s.late.member, "/learners/" + s.twice.member,
	} {
		pages = append(pages, "/console/camps/"+s.camp+path)
	}
	for i, path := range pages {
		b.open(t, path)
		b.look(t, fmt.Sprintf("21-tour-%02d", i))
	}
}
