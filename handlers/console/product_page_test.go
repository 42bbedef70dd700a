package console

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/product"
)

func TestAPriceListWithSeveralEarlyBirdsIsShownAsItWasTyped(t *testing.T) {
	t.Parallel()
	in := camp.Camp{Calendar: domain.Calendar{Zone: "Asia/Shanghai"}}
	at := func(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }
	want := product.Form{Offers: []product.Offer{
		{ID: "a", Kind: product.Paid, Title: "普通", Price: 199_00, EarlyBird: []product.Window{{Until: at(1), Price: 99_00}, {Until: at(9), Price: 149_00}}},
		{ID: "b", Kind: product.Paid, Title: "加油", Price: 9_00, EarlyBird: []product.Window{{Until: at(2), Price: 8_50}}},
		{ID: "c", Kind: product.Free, Title: "旁听"},
	}}
	rows := priceRowsOf(product.Product{Offers: want.Offers}, in)
	if diff := cmp.Diff(want, rows.form(in)); diff != "" {
		t.Errorf("shown and read again (-want +got)\n%s", diff)
	}
	typed := priceForm{
		ID: []string{"a", "b", "c"}, Kind: []string{"paid", "paid", "free"}, Name: []string{"普通", " 加油", "旁听"}, Price: []string{"199", "9.00", ""},
		Part: []string{"", "", ""}, Off: []string{"no", "no", "no"},
		Of: []string{"0", "1", "0", "7", "x"}, Early: []string{"99", "8.5", "149", "1", "1"}, Until: []string{"2026-03-01T20:00", "2026-03-02T20:00", "2026-03-09T20:00", "", ""},
	}
	rows = typed.rows()
	if diff := cmp.Diff(want, rows.form(in)); diff != "" {
		t.Errorf("typed (-want +got)\n%s", diff)
	}
	for _, do := range []string{"early-0", "late-0-0", "late-0-9", "early-7", "late-1-0", "remove-1"} {
		if !rows.rearrange(do) {
			t.Errorf("%s saves", do)
		}
	}
	want.Offers = []product.Offer{want.Offers[0], want.Offers[2]}
	want.Offers[0].EarlyBird = want.Offers[0].EarlyBird[1:]
	if diff := cmp.Diff(want, rows.form(in)); diff != "" || len(rows.Offers[0].Windows) != 2 {
		t.Errorf("%d windows, the empty one counts for nothing (-want +got)\n%s", len(rows.Offers[0].Windows), diff)
	}
	for range 9 {
		rows.rearrange("early-0")
	}
	if n := len(rows.Offers[0].Windows); n != product.MaxWindows {
		t.Errorf("%d windows", n)
	}
}

func TestAnEarlyBirdWithoutAnEndIsRefusedAndNotForgotten(t *testing.T) {
	t.Parallel()
	rows := priceForm{
		ID: []string{""}, Kind: []string{"paid"}, Name: []string{"普通"}, Price: []string{"199"}, Part: []string{""}, Off: []string{"no"},
		Of: []string{"0"}, Early: []string{"99"}, Until: []string{"nonsense"},
	}.rows()
	f := rows.form(camp.Camp{})
	if len(f.Offers[0].EarlyBird) != 1 || !f.Offers[0].EarlyBird[0].Until.IsZero() || f.Check() == nil {
		t.Errorf("%+v", f)
	}
}
