//go:build e2e

package browser_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"yingdi/e2e/server"
)

// watching counts what the hands do, and every request that the page makes for itself; pictures and sounds are not counted.
const watching = `(() => {
	performance.setResourceTimingBufferSize(5000);
	window.hands = { keys: 0, pointer: 0 };
	addEventListener("keydown", (e) => { if (e.isTrusted) hands.keys++; }, true);
	for (const e of ["pointerdown", "pointermove", "mousedown", "touchstart", "wheel"]) addEventListener(e, () => { hands.pointer++; }, true);
	window.asked = () => performance.getEntriesByType("resource").filter((e) => e.initiatorType === "xmlhttprequest" || e.initiatorType === "fetch");
	performance.clearResourceTimings();
	return true;
})()`

// A hundred reviews an hour leave 36 seconds for each, and nearly all of them belong to the learner's work: what a review
// takes of the hands is two keys, what it takes of the server one request that also brings the next check-in.
func TestTwentyReviewsTakeTwoKeysAndOneRequestEach(t *testing.T) {
	t.Parallel()
	const many = 20
	url := server.Yingdi(t)
	b := newTab(t, url, desk)
	b.open(t, "/dev/console?as=teacher")
	var open struct {
		Items []struct{ ID, Title string }
	}
	logIn(t, url, "读者").call(t, "GET", "/api/v1/camps", "", &open)
	demo := slices.IndexFunc(open.Items, func(c struct{ ID, Title string }) bool { return c.Title == "21 天晨读打卡营" })
	camp := open.Items[demo].ID
	for i := range many {
		handIn(t, logIn(t, url, fmt.Sprint("读者", i)), camp)
	}
	b.open(t, "/console/camps/"+camp+"/reviews")
	waiting := "Number.parseInt(document.querySelector('.desk-queue .badge')?.innerText ?? '0', 10)"
	b.until(t, fmt.Sprintf("%s >= %d && document.querySelector('.remark')", waiting, many))
	before := read[int](t, b, waiting)
	b.until(t, watching)
	for range many {
		last := read[string](t, b, "document.querySelector('.review-form').action")
		b.press(t, "1")
		b.until(t, `document.querySelector("#review-text").value === document.querySelector(".remark").dataset.remark`)
		b.do(t, chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
		b.until(t, fmt.Sprintf("document.querySelector('.desk-just') && document.querySelector('.review-form')?.action !== %q", last))
		b.until(t, "document.activeElement.matches('.desk-open')")
	}
	if after := read[int](t, b, waiting); before-after != many {
		t.Errorf("of %d that waited %d are left, want %d fewer", before, after, many)
	}
	hands := read[map[string]int](t, b, "window.hands")
	if hands["keys"] != 2*many || hands["pointer"] > 0 {
		t.Errorf("%d reviews took %d keys and %d moves of a pointer, want two keys each and none", many, hands["keys"], hands["pointer"])
	}
	// The page was never loaded anew, or the count would be gone. A draft is kept if a key comes late; there is no more.
	releases := read[int](t, b, "asked().filter((e) => !new URL(e.name).pathname.endsWith('/draft')).length")
	if drafts := read[int](t, b, "asked().length") - releases; releases != many || drafts > many {
		t.Errorf("%d reviews made %d requests, and %d drafts were kept", many, releases, drafts)
	}
	t.Logf("ms of a release until the next check-in is there: %v", read[[]int](t, b, "asked().filter((e) => !e.name.endsWith('/draft')).map((e) => Math.round(e.duration))"))
}
