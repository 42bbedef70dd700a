//go:build e2e

package browser_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"yingdi/e2e/server"
)

// What somebody shares opens on a phone with one small request, by day and by night, and tells WeChat what to preview.
func TestASharedCampOpensOnAPhone(t *testing.T) {
	t.Parallel()
	url := server.Yingdi(t)
	learner := logIn(t, url, "xiaoman")
	var camps struct{ Items []struct{ ID, Title string } }
	learner.call(t, "GET", "/api/v1/camps", "", &camps)
	if len(camps.Items) == 0 {
		t.Fatal("there is no camp to share")
	}
	var shared struct{ Scene, URL string }
	learner.call(t, "PUT", "/api/v1/camps/"+camps.Items[0].ID+"/scene", "", &shared)
	b := newTab(t, url, phone)
	for _, light := range []string{"light", "dark"} {
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: light}},
		}); err != nil {
			t.Fatal(err)
		}
		b.open(t, "/s/"+shared.Scene)
		b.shows(t, camps.Items[0].Title)
		b.until(t, "document.querySelector('.hero').complete && document.querySelector('.hero').naturalWidth > 300")
		b.look(t, "camp-"+light)
		if dark := read[bool](t, b, "getComputedStyle(document.body).backgroundColor === 'rgb(16, 22, 19)'"); dark != (light == "dark") {
			t.Errorf("in %s the page is dark: %v", light, dark)
		}
	}
	if n := read[int](t, b, "performance.getEntriesByType('navigation')[0].decodedBodySize"); n == 0 || n > 50<<10 {
		t.Errorf("the page has %d bytes", n)
	}
	if n := read[int](t, b, "performance.getEntriesByType('resource').filter(r => r.initiatorType !== 'img').length"); n != 0 {
		t.Errorf("the page loads %d files besides its pictures", n)
	}
	for _, holds := range []string{
		"document.scripts.length === 0",
		"document.title === " + quote(camps.Items[0].Title),
		"document.querySelector('meta[property=\"og:title\"]').content === document.title",
		"document.querySelector('meta[property=\"og:description\"]').content.length > 5",
		"document.querySelector('meta[name=description]').content.length > 5",
		"new URL(document.querySelector('meta[property=\"og:image\"]').content).pathname === '/s/" + shared.Scene + "/picture.jpg'",
		"document.querySelector('.go a').href.startsWith('https://')",
		"document.querySelector('.go a').getBoundingClientRect().bottom <= innerHeight",
		"!document.body.innerHTML.includes(" + quote(camps.Items[0].ID) + ")",
	} {
		if !read[bool](t, b, "Boolean("+holds+")") {
			t.Errorf("not so: %s", holds)
		}
	}
	b.do(t, chromedp.ScrollIntoView(chromedp.CSS(".code img")))
	b.until(t, "document.querySelector('.code img').naturalWidth > 100")
	b.look(t, "code")
	b.open(t, "/s/nothere")
	b.shows(t, "没有找到这个页面")
	b.forgive() // the browser notes that the page is not there
}
