//go:build e2e

package browser_test

import (
	"strconv"
	"testing"

	"yingdi/e2e/server"
)

func quote(s string) string { return strconv.Quote(s) }

// A manager makes a channel, has its code, enters what it cost and reads the report, at the desk and on the phone.
func TestAManagerFollowsAChannel(t *testing.T) {
	t.Parallel()
	url := server.Yingdi(t)
	for _, s := range []size{desk, phone} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t, url, s)
			b.open(t, "/dev/console?as=manager")
			b.open(t, "/console/campaigns")
			b.turn(t, ".sub-nav a[href$='/channels']", "渠道")
			b.turn(t, ".page-head .btn-primary", "新建渠道")
			b.write(t, "#name", "书展·"+s.name)
			b.write(t, "#tag", "书展来的")
			b.write(t, "#welcome", "你好，欢迎一起来读书")
			b.look(t, "form")
			b.turn(t, ".form .btn-primary", "下载小程序码")
			b.until(t, "document.querySelector('#code img').naturalWidth > 100")
			scene := read[string](t, b, "document.querySelector('#link').value.split('/').pop()")
			logIn(t, url, "小满"+s.name).call(t, "POST", "/api/v1/scenes/"+scene+"/visits", "", nil)
			b.write(t, "#amount", "abc")
			b.turn(t, "#spends .btn-primary", "金额应在")
			b.forgive() // the browser notes that the form was refused
			b.write(t, "#amount", "300")
			b.write(t, "#note", "展位")
			b.turn(t, "#spends .btn-primary", "已记下")
			b.shows(t, "一共 ¥300.00")
			b.until(t, "document.querySelectorAll('.chart canvas, .chart svg').length > 0")
			b.look(t, "show")
			b.turn(t, ".crumbs a[href$='/channels']", "书展·"+s.name)
			b.shows(t, "¥300.00")
			b.look(t, "list")
			if status := read[int](t, b, "(() => { const r = new XMLHttpRequest(); r.open('GET', document.querySelector('.page-head a[href*=sheet]').href, false); r.send(); return r.status })()"); status != 200 {
				t.Errorf("the spreadsheet: %d", status)
			}
		})
	}
}
