//go:build e2e

package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// groups makes two teams and lets chance fill them.
func (s *story) groups(t *testing.T) {
	b := s.b
	s.page(t, "/teams")
	for _, name := range []string{"清晨组", "夜读组"} {
		b.write(t, "#name", name)
		b.turn(t, "form[method=post][action$='/teams'] button", name)
	}
	b.turn(t, "form[action$='/teams/preview'] button", "分组预览")
	b.look(t, "21-groups")
	b.turn(t, "form[action$='/teams/apply'] button", "正在按预览分组")
	s.goTo(t, at(-1, 10))
	s.page(t, "/teams")
	b.until(t, "[...document.querySelectorAll('.staff')].some((row) => /^未分组\\s+0 人$/.test(row.innerText.trim()))")
	b.look(t, "21-teams")
}

// evenings are those on which the teacher comes to the console.
func (s *story) evenings() map[int]func(*testing.T) {
	return map[int]func(*testing.T){
		1:  func(t *testing.T) { s.reviews(t, 3) },
		4:  s.moderates,
		7:  func(t *testing.T) { s.grades(t, 1) },
		10: s.readsHomework,
		11: s.passesRedo,
		14: func(t *testing.T) { s.grades(t, 2) },
		17: s.looksAfter,
		21: func(t *testing.T) { s.grades(t, 3) },
	}
}

// reviews answers what waits, the longest first, without touching the mouse.
func (s *story) reviews(t *testing.T, n int) {
	b := s.b
	s.page(t, "/reviews")
	for left := n; left > 0; left-- {
		b.until(t, fmt.Sprintf("document.querySelector('.desk-queue .badge')?.innerText === '%d' && document.querySelector('.remark')", left))
		b.until(t, "!document.activeElement.matches('input, textarea')") // whatever was typed into before the release
		b.press(t, "1")
		b.until(t, "document.querySelector('#review-text').value.startsWith('读得很投入')")
		b.press(t, "r")
		b.until(t, "document.activeElement.id === 'review-text'")
		b.do(t, chromedp.KeyEvent(" 明天试着背下来。"))
		b.until(t, "document.querySelector('#review-text').value.endsWith('背下来。')")
		if left == n {
			b.look(t, "21-desk")
		}
		b.write(t, "#points", fmt.Sprint(90+left))
		b.do(t, chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	}
	b.shows(t, "都点评完了")
}

// moderates hides what somebody has reported, and looks at the day.
func (s *story) moderates(t *testing.T) {
	b := s.b
	b.turn(t, ".top-nav a[href='/console/moderation']", "像是广告")
	b.look(t, "21-case")
	b.press(t, "r")
	b.until(t, "document.activeElement.id === 'review-text'")
	b.do(t, chromedp.KeyEvent("看起来像广告"))
	b.turn(t, ".desk-review [name=verdict][value=hide]", "作者会看到原因")
	b.shows(t, "没有要处理的")
	b.look(t, "21-moderated")
	status, answer := s.back(t, s.late).try(t, "GET", "/api/v1/checkins/"+s.twice.checkins[3], "")
	if status != 404 && status != 403 {
		t.Errorf("what was hidden is shown to another learner: %d %s", status, answer)
	}
	s.honours(t)
	s.page(t, "/today")
	b.shows(t, "第 4 天")
	b.look(t, "21-board")
	b.turn(t, ".leaf a", "第 3 天")
}

// honours pins today's check-in of the early one to the top of the feed, and features it.
func (s *story) honours(t *testing.T) {
	b := s.b
	s.page(t, "/feed")
	for _, act := range []string{"pin", "feature"} {
		b.turn(t, ".feed-item[aria-label^='"+s.early.name+"'] [value="+act+"]", map[string]string{"pin": "取消置顶", "feature": "取消精选"}[act])
	}
	b.look(t, "21-feed")
	var feed struct {
		Items []struct {
			ID               string
			Pinned, Featured bool
		}
	}
	s.back(t, s.early).call(t, "GET", "/api/v1/camps/"+s.camp+"/checkins", "", &feed)
	if len(feed.Items) == 0 || feed.Items[0].ID != s.early.checkins[4] || !feed.Items[0].Pinned || !feed.Items[0].Featured {
		t.Errorf("the learners' feed begins with %+v", feed.Items)
	}
}

// grades marks the short answers of a week's quiz until none is left.
func (s *story) grades(t *testing.T, week int) {
	b := s.b
	s.page(t, "/quizzes")
	b.until(t, fmt.Sprintf("(window.quiz = [...document.querySelectorAll('.row-link')].find((a) => a.innerText.includes('第 %d 周'))) && (window.quiz.id = 'this-week')", week))
	b.turn(t, "#this-week", "全部作答")
	b.turn(t, "a[href$='?grade=1']", "1 题待批改")
	b.look(t, fmt.Sprintf("21-results-%d", week))
	for left := 3; left > 0; left-- {
		b.turn(t, ".who", "待批改，满分 5")
		b.write(t, "[name=mark]", fmt.Sprintf("%d.5", left))
		b.write(t, "[name=remark]", "写得真切。")
		if left == 3 {
			b.look(t, fmt.Sprintf("21-attempt-%d", week))
		}
		b.turn(t, ".form-buttons .btn-primary", "批改已保存")
	}
	b.shows(t, "都批改完了")
	b.turn(t, "a[href$='/statistics']", "平均得分率")
	b.look(t, fmt.Sprintf("21-statistics-%d", week))
}

// readsHomework passes two by their rubric and returns the third.
func (s *story) readsHomework(t *testing.T) {
	b := s.b
	s.page(t, "/reviews")
	b.write(t, "[name=turn]", "homework")
	b.until(t, "location.search.includes('turn=homework') && document.querySelectorAll('.desk-queue li').length === 3")
	for range 3 {
		who := read[string](t, b, "document.querySelector('.desk-who strong').innerText")
		if who == s.twice.name {
			b.press(t, "t")
			b.until(t, "document.querySelector('.desk-return').open")
			b.write(t, "#return-reason", "第二句还不熟，请再读一遍")
			b.look(t, "21-return")
			b.click(t, ".desk-return .btn-outline-danger")
		} else {
			b.write(t, "label:nth-of-type(1) > [data-score]", "55")
			b.write(t, "label:nth-of-type(2) > [data-score]", "38")
			b.write(t, "#review-text", "有画面，也有气息。")
			b.click(t, "[data-release]")
		}
		b.until(t, fmt.Sprintf("document.querySelector('.desk-just')?.innerText.includes(%q)", who))
	}
	b.shows(t, "这里没有可以点评的了")
	b.look(t, "21-narrowed")
}

// passesRedo finds the homework that was handed in again, and is content.
func (s *story) passesRedo(t *testing.T) {
	b := s.b
	s.page(t, "/reviews?turn=redo")
	b.shows(t, "又练了一晚上")
	b.click(t, ".desk-before summary")
	b.shows(t, "第 10 首读了三遍")
	b.look(t, "21-redo")
	b.write(t, "label:nth-of-type(1) > [data-score]", "58")
	b.write(t, "label:nth-of-type(2) > [data-score]", "39")
	b.do(t, chromedp.Focus(chromedp.CSS("#review-text")), chromedp.KeyEvent("这次顺了！"))
	b.do(t, chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.shows(t, "点评已发布")
}

// looksAfter finds who is about to drop out, and reads their story.
func (s *story) looksAfter(t *testing.T) {
	b := s.b
	s.page(t, "/risk")
	b.write(t, "#missed", "1")
	b.turn(t, "form[action$='/risk'] button", "已保存")
	b.until(t, "[...document.querySelectorAll('.rows .staff')].map((row) => row.querySelector('strong').innerText).join() === '阿禾'")
	b.look(t, "21-risk")
	b.turn(t, ".rows .row-main", "报名")
	b.look(t, "21-learner")
}
