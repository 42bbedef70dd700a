//go:build e2e

package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"yingdi/e2e/server"
)

// A manager sets a referral plan up, watches who recommends and who came by them, and stops it, at the desk and on the phone.
func TestAManagerRunsAReferralPlan(t *testing.T) {
	t.Parallel()
	for _, s := range []size{desk, phone} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t, server.Yingdi(t), s)
			b.open(t, "/dev/console?as=manager")
			b.open(t, "/console/campaigns")
			b.click(t, "a[href$='/referral']")
			b.shows(t, "还没有推广方案")
			base := read[string](t, b, "location.pathname")
			b.click(t, "a[href$='/referral/plan']")
			b.shows(t, "最多两级")
			b.write(t, "#rate1", "60")
			b.click(t, ".form-buttons .btn-primary")
			b.shows(t, "比例应在 0.01% 到 50% 之间")
			b.forgive() // the browser notes that the form was refused
			b.until(t, "document.querySelector('#rate1').value === '60'")
			b.write(t, "#rate1", "10")
			b.write(t, "#rate2", "5")
			b.click(t, ".form-buttons .btn:not(.btn-primary)")
			b.shows(t, "推广员会读到")
			b.look(t, "referral-plan")
			b.click(t, ".form-buttons .btn-primary")
			b.shows(t, "草稿")
			b.click(t, "form[action$='/turn'] .btn-primary")
			b.shows(t, "推广开始了")

			promoter, friend := logIn(t, b.url, "小满"), logIn(t, b.url, "新朋友"+s.name)
			camp := firstCamp(t, promoter)
			var joined struct{ Link struct{ Scene string } }
			promoter.call(t, "POST", "/api/v1/camps/"+camp+"/referral", "", &joined)
			var came struct{ Bound bool }
			friend.call(t, "PUT", fmt.Sprintf("/api/v1/scenes/%s/referral", joined.Link.Scene), "", &came)
			if !came.Bound {
				t.Fatal("the friend is not bound")
			}
			b.open(t, base)
			b.shows(t, "小满")
			b.look(t, "referral")
			b.click(t, "a[href$='/commissions']")
			b.shows(t, "这里还没有佣金")
			b.open(t, base)
			b.click(t, "[data-open=stop-0]")
			b.shows(t, "停止这个推广方案？")
			b.look(t, "referral-stop")
			b.click(t, "#stop-0 .btn-danger")
			b.shows(t, "已停止")
			if page := read[string](t, b, "document.body.innerText"); !strings.Contains(page, "重新开始") {
				t.Error("a plan that was stopped cannot be started again")
			}
			late := logIn(t, b.url, "晚到的人"+s.name)
			if late.call(t, "PUT", fmt.Sprintf("/api/v1/scenes/%s/referral", joined.Link.Scene), "", &came); came.Bound {
				t.Error("somebody was bound by a plan that was stopped")
			}
		})
	}
}

// firstCamp that there is.
func firstCamp(t *testing.T, p *person) string {
	t.Helper()
	var camps struct{ Items []struct{ ID string } }
	if p.call(t, "GET", "/api/v1/camps", "", &camps); len(camps.Items) == 0 {
		t.Fatal("there is no camp")
	}
	return camps.Items[0].ID
}
