//go:build e2e

// Package browser_test drives the console in a real browser, at the desk and on the phone.
package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"yingdi/e2e/server"
)

func TestATeacherGoesFromSignInToReview(t *testing.T) {
	t.Parallel()
	url := server.Yingdi(t)
	for _, s := range []size{desk, phone} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t, url, s)
			signIn(t, b)
			camp := newCamp(t, b, "晨光诗社 · "+s.name)
			addTask(t, b)
			publish(t, b, camp)
			learner := logIn(t, url, "小满"+s.name)
			checkin := handIn(t, learner, camp)
			review(t, b, camp, checkin)
			around(t, b, camp)
			var told struct {
				Text   string
				Points int
			}
			learner.await(t, "/api/v1/checkins/"+checkin+"/review", &told) // the release can be undone for a while
			if !strings.HasPrefix(told.Text, "读得真好") || told.Points != 95 {
				t.Errorf("the learner was told %+v", told)
			}
		})
	}
}

// signIn scans the code with the teacher's mini-program and confirms there.
func signIn(t *testing.T, b *tab) {
	t.Helper()
	b.open(t, "/console/camps")
	b.shows(t, "用微信扫一扫")
	b.until(t, "document.querySelector('.code-picture img')?.naturalWidth > 0")
	b.look(t, "signin")
	scene, _, _ := strings.Cut(b.cookie(t, "yingdi_ticket"), ".")
	teacher := logIn(t, b.url, "teacher")
	teacher.call(t, "POST", "/api/v1/signins/"+scene+"/scan", "", nil)
	b.shows(t, "已扫码")
	teacher.call(t, "POST", "/api/v1/signins/"+scene+"/confirm", "", nil)
	b.until(t, "location.pathname === '/console/camps'")
	b.look(t, "camps")
}

func newCamp(t *testing.T, b *tab, title string) (id string) {
	t.Helper()
	b.open(t, "/console/camps/new")
	b.write(t, "#title", "诗")
	b.write(t, "#intro", "每天读一首，写两句话。\n适合想慢下来的人。")
	day := time.Now().In(zone).Format("2006-01-02")
	b.write(t, "#start", day)
	b.write(t, "#end", time.Now().In(zone).AddDate(0, 0, 1).Format("2006-01-02")) // whatever runs late in the evening goes on after midnight
	b.write(t, "#enrol_by", "")
	b.do(t, chromedp.SetUploadFiles(chromedp.CSS("[data-upload=cover] input[type=file]"), []string{photo(t)}))
	b.until(t, "document.querySelector('.upload-item img')?.naturalWidth > 0")
	b.click(t, ".form .btn-primary")
	b.shows(t, "标题至少 2 个字")
	b.forgive() // the browser notes that the form was refused
	b.until(t, "document.querySelector('#title').value === '诗' && document.querySelector('.upload-item img')?.naturalWidth > 0")
	b.look(t, "refused")
	b.write(t, "#title", title)
	b.click(t, ".form .btn-primary")
	b.shows(t, "接着安排每天的任务")
	path, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(path, "/")[3]
}

func addTask(t *testing.T, b *tab) {
	t.Helper()
	b.click(t, ".page-head .btn-primary")
	b.write(t, "#title", "读王维《山居秋暝》")
	b.write(t, ".edit-block textarea", "读三遍，找出诗里的声音和颜色。")
	answers(t, b)
	b.click(t, "[data-add=picture]")
	b.do(t, chromedp.SetUploadFiles(chromedp.CSS(".edit-block[data-kind=picture] input[type=file]"), []string{photo(t)}))
	b.until(t, "document.querySelector('.upload-item img')?.naturalWidth > 0")
	b.look(t, "task")
	b.click(t, ".form .btn-primary")
	b.shows(t, "任务已添加")
	b.look(t, "tasks")
}

// answers looks at what the form asks about each way of completing a task; what was typed stays when it comes back.
func answers(t *testing.T, b *tab) {
	t.Helper()
	shown := func(field string) string { return fmt.Sprintf("document.querySelector('%s').checkVisibility()", field) }
	b.until(t, "!"+shown("#ask")+" && "+shown(".task-form .form-more[data-for]"))
	for _, kind := range []string{"form", "read", "form", ""} {
		b.until(t, fmt.Sprintf("(document.querySelector('#quiz').value = %q) === %[1]q", kind))
		if kind == "form" {
			b.until(t, shown("#ask")+" && !"+shown(".task-form .form-more[data-for]"))
			b.write(t, "#ask", "喜欢吗？ | 喜欢 | 一般")
		} else {
			b.until(t, "!"+shown("#ask"))
		}
	}
	b.until(t, "document.querySelector('#ask').value.startsWith('喜欢吗')")
}

func publish(t *testing.T, b *tab, camp string) {
	t.Helper()
	b.open(t, "/console/camps/"+camp)
	b.click(t, "[data-open=publish]")
	b.until(t, "document.querySelector('#publish').open")
	b.look(t, "publish")
	b.click(t, "#publish .btn-primary")
	b.shows(t, "学员现在可以报名了")
	b.until(t, "document.querySelector('.share img')?.naturalWidth > 0")
	b.look(t, "camp")
}

func handIn(t *testing.T, p *person, camp string) (id string) {
	t.Helper()
	p.call(t, "PATCH", "/api/v1/me", `{"nickname":"小满"}`, nil)
	p.call(t, "POST", "/api/v1/camps/"+camp+"/enrolments", "", nil)
	var today struct{ Tasks []struct{ ID string } }
	p.call(t, "GET", "/api/v1/camps/"+camp+"/today", "", &today)
	var handed struct{ ID string }
	p.call(t, "POST", "/api/v1/camps/"+camp+"/checkins", fmt.Sprintf(
		`{"task":%q,"text":"“明月松间照，清泉石上流”，一静一动，读着读着就安静下来了。<script>alert(1)</script>","media":[%q]}`,
		today.Tasks[0].ID, p.upload(t, photo(t))), &handed)
	return handed.ID
}

func review(t *testing.T, b *tab, camp, checkin string) {
	t.Helper()
	b.open(t, "/console/camps/"+camp+"/reviews")
	b.shows(t, "<script>alert(1)</script>")
	b.until(t, "document.querySelector('.file-image img')?.naturalWidth > 0")
	b.look(t, "review")
	b.click(t, ".file-image")
	b.until(t, "document.querySelector('#lightbox').open && document.querySelector('#lightbox img').naturalWidth > 0")
	b.look(t, "lightbox")
	b.click(t, "#lightbox .x")
	b.press(t, "r")
	b.until(t, "document.activeElement.id === 'review-text'")
	b.do(t, chromedp.KeyEvent("读得真好，"))
	b.until(t, "document.querySelector('.desk-kept').textContent.includes('已自动保存')")
	b.do(t, chromedp.KeyEvent(kb.Escape))
	b.press(t, "1")
	b.until(t, "document.querySelector('#review-text').value.includes('\\n')")
	b.write(t, "#points", "950")
	b.click(t, "[data-release]")
	b.shows(t, "分数应在 0 到 100 之间")
	b.forgive()
	b.until(t, "document.querySelector('#review-text').value.startsWith('读得真好，')")
	b.write(t, "#points", "95")
	b.do(t, chromedp.Focus(chromedp.CSS("#review-text")), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.shows(t, "都点评完了")
	b.shows(t, "点评已发布")
	b.until(t, "!document.querySelector('#tabs .badge')")
	b.look(t, "done")
	b.press(t, "z")
	b.shows(t, "已撤销")
	b.until(t, "document.querySelector('#points').value === '95'")
	b.click(t, "[data-release]")
	b.shows(t, "点评已发布")
	b.open(t, "/console/camps/"+camp+"/reviews/"+checkin)
	b.shows(t, "已发布的点评")
	b.look(t, "released")
}

// around looks at the other pages, on the demo camp that has more in it.
func around(t *testing.T, b *tab, camp string) {
	t.Helper()
	b.open(t, "/console/camps/"+camp+"/today")
	b.shows(t, "小满")
	b.click(t, ".board .who")
	b.shows(t, "读得真好")
	b.look(t, "learner")
	b.open(t, "/console")
	b.look(t, "dashboard")
	b.until(t, `[...document.querySelectorAll(".camp-card")].some((c) => c.innerText.includes("21 天晨读打卡营") && (c.querySelector(".step-review").click(), true))`)
	b.until(t, "document.querySelector('.desk-queue li:nth-child(2)')")
	b.look(t, "queue")
	at := func(n int) string {
		return fmt.Sprintf("document.querySelector('.desk-queue li:nth-child(%d) [aria-current]')", n)
	}
	b.until(t, at(1))
	b.press(t, "j")
	b.until(t, at(2))
	b.press(t, "k")
	b.until(t, at(1))
	b.look(t, "back")
}

// After a release a digit is a shortcut again, wherever the cursor was.
func TestATeacherReviewsOneAfterTheOtherByKeysAlone(t *testing.T) {
	t.Parallel()
	b := newTab(t, server.Yingdi(t), desk)
	b.open(t, "/dev/console?as=teacher")
	b.open(t, "/console/reviews")
	var last string
	for range 2 {
		last = read[string](t, b, "document.querySelector('.review-form').action")
		b.press(t, "1")
		b.press(t, "2")
		b.until(t, `(() => { const [a, b] = document.querySelectorAll(".remark"); return document.querySelector("#review-text").value === a.dataset.remark + "\n" + b.dataset.remark })()`)
		b.press(t, "p")
		b.until(t, "document.activeElement.name === 'points' || document.activeElement.name === 'score'")
		b.do(t, chromedp.KeyEvent(kb.Escape))
		b.press(t, "r")
		b.until(t, "document.activeElement.id === 'review-text'")
		b.do(t, chromedp.KeyEvent("7"), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
		b.until(t, fmt.Sprintf("document.querySelector('.desk-just') && document.querySelector('.review-form')?.action !== %q", last))
		b.until(t, "document.activeElement.matches('.desk-open')")
	}
	b.press(t, "c")
	b.until(t, "document.querySelector('.desk-task').open")
	b.look(t, "driven")
}
