package season

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"yingdi/season/audit"
)

// staff is somebody at the web console.
type staff struct {
	*learner
	admin        bool
	cookie, csrf string
	organiser    string
	pins, chosen []string // check-ins of the large camp, as they stand
}

var csrfField = regexp.MustCompile(`name="csrf"[^>]*value="([0-9a-f]+)"`)

var taskLink = regexp.MustCompile(`/tasks/([0-9a-z]{24})\b`)

// signIn opens a console session and the page whose forms can be sent from then on.
func (t *staff) signIn(ctx context.Context) error {
	a, err := t.client.do(ctx, call{method: http.MethodPost, path: PathStaff, form: url.Values{
		"as": {t.name}, "admin": {strconv.FormatBool(t.admin)},
	}})
	if err != nil {
		return err
	}
	t.cookie, _, _ = strings.Cut(a.header.Get("Set-Cookie"), ";")
	a, err = t.client.do(ctx, call{method: http.MethodGet, path: "/console", cookie: t.cookie})
	if err != nil {
		return err
	}
	found := csrfField.FindSubmatch(a.body)
	if a.status != http.StatusOK || t.cookie == "" || found == nil {
		return fmt.Errorf("%s cannot sign in to the console: %d", t.name, a.status)
	}
	t.csrf = string(found[1])
	return nil
}

// post sends a form of the console and returns where it leads.
func (t *staff) post(ctx context.Context, path string, form url.Values) (to string, err error) {
	form.Set("csrf", t.csrf)
	k := call{method: http.MethodPost, path: "/console" + path, cookie: t.cookie, form: form}
	a, err := t.client.do(ctx, k)
	if err != nil {
		return "", err
	}
	t.book.expect(a, k, http.StatusSeeOther)
	return a.header.Get("Location"), nil
}

// get opens a page of the console.
func (t *staff) get(ctx context.Context, path string) ([]byte, error) {
	k := call{method: http.MethodGet, path: "/console" + path, cookie: t.cookie}
	a, err := t.client.do(ctx, k)
	if err == nil {
		t.book.expect(a, k, http.StatusOK)
	}
	return a.body, err
}

// open makes the camp, with a task for each day, and publishes it.
func (t *staff) open(ctx context.Context, organiser string) error {
	t.organiser = organiser
	to, err := t.post(ctx, "/camps", url.Values{
		"organiser": {organiser}, "title": {fmt.Sprintf("%d 天晨读营", t.plan.Days)}, "intro": {"每天读一点。"},
		"zone": {zone}, "cut_off": {strconv.Itoa(cutOff)}, "seats": {strconv.Itoa(t.plan.Learners)},
		"start": {t.dayOf(1)}, "end": {t.dayOf(t.plan.Days)}, "enrol_by": {t.dayOf(1)},
		"starting": {"1"}, "remind": {"1"}, "remind_at": {strconv.Itoa(remindAt)},
	})
	if err != nil {
		return err
	}
	t.camp = part(to, 3)
	for day := 1; day <= t.plan.Days; day++ {
		if _, err := t.post(ctx, "/camps/"+t.camp+"/tasks", url.Values{
			"day": {t.dayOf(day)}, "title": {fmt.Sprintf("第 %d 天", day)}, "content": {"读一段，写几句话。"},
		}); err != nil {
			return err
		}
	}
	page, err := t.get(ctx, "/camps/"+t.camp+"/tasks")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, found := range taskLink.FindAllSubmatch(page, -1) {
		if id := string(found[1]); !seen[id] {
			seen[id] = true
			t.tasks = append(t.tasks, id)
		}
	}
	if len(t.tasks) != t.plan.Days {
		return fmt.Errorf("the plan shows %d tasks of %d", len(t.tasks), t.plan.Days)
	}
	if _, err := t.post(ctx, "/camps/"+t.camp+"/topics", url.Values{"topics": {strings.Join(offered, " ")}}); err != nil {
		return err
	}
	_, err = t.post(ctx, "/camps/"+t.camp+"/publish", url.Values{})
	return err
}

// part n of a path, counted from 1.
func part(path string, n int) string {
	parts := strings.Split(path, "/")
	if n >= len(parts) {
		return ""
	}
	return parts[n]
}

// evening is what there is to do in the evening of a day, as work for several hands.
func (t *staff) evening(day int) (work []func(context.Context) error) {
	work = append(work, func(ctx context.Context) error { return t.arrange(ctx, day) })
	for _, seat := range t.plan.Seats {
		for ago := 1; ago <= 3; ago++ {
			handed := day - ago
			id, ok := t.book.checkin(seat.N, handed)
			if !ok {
				continue
			}
			if w := t.plan.words(seat, handed); ago == 1 && (w.Unseen || w.Risk == suspicious) {
				work = append(work, func(ctx context.Context) error { return t.show(ctx, id) })
			}
			m, ok := t.plan.Mark(seat, handed)
			switch {
			case ok && m.After == ago:
				work = append(work, func(ctx context.Context) error { return t.release(ctx, id, m.Points, 1) })
			case ok && m.Again && m.After+1 == ago:
				work = append(work, func(ctx context.Context) error { return t.change(ctx, id, m.Points-10) })
			}
		}
	}
	return work
}

// show lets others see what WeChat could not judge.
func (t *staff) show(ctx context.Context, checkin string) error {
	t.book.count("shown", 1)
	_, err := t.post(ctx, "/camps/"+t.camp+"/reviews/"+checkin+"/show", url.Values{})
	return err
}

func (t *staff) release(ctx context.Context, checkin string, points, round int) error {
	text := fmt.Sprintf("写得真切，给 %d 分。", points)
	if _, err := t.post(ctx, "/camps/"+t.camp+"/reviews/"+checkin, url.Values{
		"text": {text}, "points": {strconv.Itoa(points)}, "do": {"release"},
	}); err != nil {
		return err
	}
	t.book.write(func(p *audit.Promises) {
		p.Marks = append(p.Marks, audit.Mark{Checkin: checkin, Text: text, Points: points, Round: round})
	})
	t.book.count("reviews", 1)
	return nil
}

// change opens a review again and releases another one.
func (t *staff) change(ctx context.Context, checkin string, points int) error {
	if _, err := t.post(ctx, "/camps/"+t.camp+"/reviews/"+checkin+"/reopen", url.Values{}); err != nil {
		return err
	}
	return t.release(ctx, checkin, points, 2)
}
