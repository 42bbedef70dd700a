package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/product"
)

// page opens a page as somebody does who has never signed in.
func (s *site) page(t *testing.T, scene string, status int) (body string, header http.Header) {
	t.Helper()
	w := s.do(t, "GET /s/"+scene, "", "")
	if w.Code != status {
		t.Fatalf("the page of scene %q: %d, want %d\n%s", scene, w.Code, status, w.Body)
	}
	if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
		t.Errorf("the page is %s", got)
	}
	return w.Body.String(), w.Header()
}

func holds(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
}

func TestASharedCampHasAPageThatWeChatCanPreview(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "王老师")
	_, learner := s.person(t, "小满")
	c, _ := s.running(t, teacher, 40)
	if _, err := s.services.Products.Save(s.as(t, teacher), c.ID, 0, product.Form{Offers: []product.Offer{
		{Kind: product.Paid, Title: "普通名额", Price: 99_00}, {Kind: product.Paid, Title: "陪跑名额", Price: 299_00},
	}}); err != nil {
		t.Fatal(err)
	}
	scene, err := s.services.Channels.ForShare(t.Context(), c.ID, learner)
	if err != nil {
		t.Fatal(err)
	}
	page, header := s.page(t, scene, http.StatusOK)
	holds(t, page, `<meta property="og:title" content="21 天晨读">`, `<meta property="og:image" content="http://yingdi.test/s/`+scene+`/picture.jpg">`,
		`<meta property="og:description" content="晨光阅读`, `<meta name="description" content="晨光阅读`, "¥99.00", "还剩 40 个名额",
		`<a href="https://`, "邀请你一起加入")
	if len(page) > 50<<10 || strings.Contains(page, "<script") || strings.Contains(page, learner) || strings.Contains(page, `<link rel="stylesheet"`) {
		t.Errorf("%d bytes, with a script, a style from elsewhere, or somebody's id", len(page))
	}
	if got := header.Get("Cache-Control"); got != "public, max-age=30" {
		t.Errorf("kept by %s", got)
	}
	if got := header.Get("Set-Cookie"); got != "" {
		t.Errorf("a page for everybody sets %s", got)
	}
	for _, file := range []string{"picture.jpg", "code.jpg"} {
		w := s.do(t, "GET /s/"+scene+"/"+file, "", "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/jpeg" || w.Body.Len() == 0 || w.Body.Len() > 300<<10 {
			t.Errorf("%s: %d, %d bytes", file, w.Code, w.Body.Len())
		}
	}
	if w := s.do(t, "GET /s/"+scene+"/avatar.jpg", "", ""); w.Code != http.StatusNotFound {
		t.Errorf("the avatar of somebody who has none: %d", w.Code)
	}
}

func TestAPageThatIsNotThereSaysSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "王老师")
	c, _ := s.running(t, teacher, 40)
	draft, err := s.services.Camps.Open(s.as(t, teacher), c.Organiser, camp.Form{
		Title: "还没写完", Calendar: c.Calendar, Start: c.Start, End: c.End, EnrolBy: c.End, Seats: 5,
	})
	if err != nil {
		t.Fatal(err)
	}
	unborn, err := s.services.Channels.ForShare(t.Context(), draft.ID, teacher)
	if err != nil {
		t.Fatal(err)
	}
	closed, err := s.services.Channels.ForShare(t.Context(), c.ID, teacher)
	if err != nil {
		t.Fatal(err)
	}
	for _, scene := range []string{"nothere", unborn, strings.Repeat("x", 33), "a%20b"} {
		page, header := s.page(t, scene, http.StatusNotFound)
		holds(t, page, "没有找到这个页面")
		if strings.Contains(page, "还没写完") || strings.Contains(header.Get("Cache-Control"), "public") {
			t.Errorf("%s tells of a draft, or is kept", scene)
		}
		if w := s.do(t, "GET /s/"+scene+"/picture.jpg", "", ""); w.Code != http.StatusNotFound {
			t.Errorf("the picture of %s: %d", scene, w.Code)
		}
	}
	if _, err := s.services.Camps.Close(s.as(t, teacher), c.ID); err != nil {
		t.Fatal(err)
	}
	page, _ := s.page(t, closed, http.StatusGone)
	holds(t, page, "这个训练营已经结束", "21 天晨读")
	if strings.Contains(page, "code.jpg") {
		t.Error("a camp that is over still has a code")
	}
}

// sharedSite is a site with the scene of a running camp.
func sharedSite(t *testing.T) (s *site, scene string) {
	t.Helper()
	s = newSite(t)
	_, teacher := s.person(t, "王老师")
	c, _ := s.running(t, teacher, 40)
	scene, err := s.services.Channels.For(t.Context(), channel.Target{Kind: channel.ToCamp, Camp: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	return s, scene
}

// down is a WeChat that gives neither links nor codes.
type down struct{ asked int }

func (d *down) QR(context.Context, string, string) ([]byte, error) {
	d.asked++
	return nil, domain.ErrUnavailable
}

func (d *down) Link(context.Context, string, string) (string, error) {
	d.asked++
	return "", domain.ErrUnavailable
}

func TestAPageGoesOnWithoutWeChat(t *testing.T) {
	t.Parallel()
	s, scene := sharedSite(t)
	real, broken := s.services.Channels.WeChat, &down{}
	s.services.Channels.WeChat = broken
	for range 5 {
		page, _ := s.page(t, scene, http.StatusOK)
		holds(t, page, "21 天晨读", "长按上面的小程序码打开")
	}
	if w := s.do(t, "GET /s/"+scene+"/code.jpg", "", ""); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("the code: %d %v", w.Code, w.Header())
	}
	if broken.asked != 2 {
		t.Errorf("WeChat, which is down, was asked %d times for a link and a code", broken.asked)
	}
	s.services.Channels.WeChat = real
	s.clock.Set(s.clock.Now().Add(time.Minute))
	page, _ := s.page(t, scene, http.StatusOK)
	holds(t, page, `<a href="https://`)
}

// drawing is a WeChat that draws a code when somebody else has been sent away, or when nobody was for a moment.
type drawing struct {
	channel.WeChat
	asked, away chan struct{}
}

func (s *drawing) QR(ctx context.Context, scene, page string) ([]byte, error) {
	close(s.asked) // panics if it is asked twice
	select {
	case <-s.away:
	case <-time.After(100 * time.Millisecond):
	}
	return s.WeChat.QR(ctx, scene, page)
}

func TestAllWhoOpenAPageAtOnceSeeItsCode(t *testing.T) {
	t.Parallel()
	s, scene := sharedSite(t)
	draws := &drawing{s.services.Channels.WeChat, make(chan struct{}), make(chan struct{}, 10)}
	s.services.Channels.WeChat = draws
	var all sync.WaitGroup
	look := func() {
		if w := s.do(t, "GET /s/"+scene+"/code.jpg", "", ""); w.Code != http.StatusOK {
			t.Errorf("somebody was answered %d", w.Code)
			draws.away <- struct{}{}
		}
	}
	all.Go(look)
	<-draws.asked
	for range 9 {
		all.Go(look)
	}
	all.Wait()
}

func TestAnAddressOpensPagesOnlySoOften(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.config.Limits.Read, s.registry = 3, prometheus.NewRegistry()
	var err error
	if s.http, err = s.echo(); err != nil {
		t.Fatal(err)
	}
	var got []int
	for range 5 {
		got = append(got, s.do(t, "GET /s/nothere", "", "").Code)
	}
	if want := []int{404, 404, 404, 429, 429}; !slices.Equal(got, want) {
		t.Errorf("answers %v, want %v", got, want)
	}
	page, _ := s.page(t, "nothere", http.StatusTooManyRequests)
	holds(t, page, "看得太快了")
}
