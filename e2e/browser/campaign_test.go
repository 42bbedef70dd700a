//go:build e2e

package browser_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yingdi/e2e/server"
)

// stall is a camp whose seats cost ¥199, and the form on which its owner begins a campaign of a kind, with its title.
func stall(t *testing.T, kind, none, form, title string) (b *tab, camp, offer string) {
	t.Helper()
	b = newTab(t, server.Yingdi(t), desk)
	signIn(t, b)
	camp = newCamp(t, b, title+"诗社")
	addTask(t, b)
	publish(t, b, camp)
	offer = prices(t, b, camp)
	b.open(t, "/console/campaigns")
	b.turn(t, "a[href$='/"+kind+"']", none)
	b.turn(t, ".page-head .btn-primary", form)
	b.write(t, "#title", title)
	return b, camp, offer
}

// drafts saves the form of a campaign, first with a wrong value, which is refused and loses nothing of what was typed, and then with
// the right one. It returns where the campaign's page is.
func (b *tab) drafts(t *testing.T, kind, field, wrong, why, right string) (page string) {
	t.Helper()
	title := read[string](t, b, "document.querySelector('#title').value")
	b.write(t, field, wrong)
	b.click(t, ".form-buttons .btn-primary")
	b.shows(t, why)
	b.forgive() // the browser notes that the form was refused
	b.until(t, fmt.Sprintf("document.querySelector('#title').value === %q", title))
	b.look(t, kind+"-refused")
	b.write(t, field, right)
	b.turn(t, ".form-buttons .btn-primary", "草稿")
	return read[string](t, b, "location.pathname")
}

// last part of a path.
func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// prices puts a price on the camp's seat and returns the id of the offer.
func prices(t *testing.T, b *tab, camp string) (offer string) {
	t.Helper()
	b.open(t, "/console/camps/"+camp+"/price")
	b.click(t, "[name=do][value=add]")
	b.until(t, "document.querySelector('[name=price]') !== null")
	b.until(t, "(document.querySelector('[name=kind]').value = 'paid') === 'paid'")
	b.write(t, "[name=name]", "普通名额")
	b.write(t, "[name=price]", "199")
	b.click(t, "[name=do][value=save].btn-primary")
	b.shows(t, "已保存")
	var list struct{ Items []struct{ ID string } }
	logIn(t, b.url, "团长").call(t, "GET", "/api/v1/camps/"+camp+"/offers", "", &list)
	return list.Items[0].ID
}

// buy orders a seat with a group or opens one, or with a coupon, and pays.
func buy(t *testing.T, p *person, camp, offer, kind, with string, amount int, into any) {
	t.Helper()
	var o struct{ ID string }
	p.call(t, "POST", "/api/v1/camps/"+camp+"/orders", fmt.Sprintf(`{"offer":%q,"amount":%d,%q:%q}`, offer, amount, kind, with), &o)
	p.call(t, "POST", "/api/v1/orders/"+o.ID+"/pay", "", nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/dev/pay/pay", strings.NewReader(url.Values{"number": {o.ID + "-1"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if status, answer := send(t, r); status != http.StatusOK {
		t.Fatalf("paying: %d %s", status, answer)
	}
	if into != nil {
		p.call(t, "GET", "/api/v1/orders/"+o.ID, "", into)
	}
}

// refuses tries what must not be granted now.
func refuses(t *testing.T, p *person, path, body, code string) {
	t.Helper()
	if status, answer := p.try(t, "POST", path, body); status != http.StatusConflict || !strings.Contains(string(answer), code) {
		t.Errorf("POST %s: %d %s, want %s", path, status, answer, code)
	}
}
