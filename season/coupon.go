package season

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"yingdi/season/audit"
)

func (g *growth) giftsPath() string { return "/organisers/" + g.organiser + "/coupons/" + g.gifts }

// makeCodes has codes made, with two clicks.
func (g *growth) makeCodes(ctx context.Context) error {
	for range 2 {
		form := url.Values{"key": {"reunion"}, "size": {strconv.Itoa(giftCodes)}, "note": {"老友聚会"}}
		if _, err := g.teacher.post(ctx, g.giftsPath()+"/codes", form); err != nil {
			return err
		}
	}
	return nil
}

var (
	batchExport = regexp.MustCompile(`action="/console([^"]*/codes/[^"]*/export)"`)
	exportFile  = regexp.MustCompile(`href="/console([^"]*/exports/[^"]*/file)"`)
	couponCode  = regexp.MustCompile(`\b[0-9A-Z]{5}-[0-9A-Z]{5}\b`)
)

// readCodes takes the codes out of the file that staff have exported.
func (g *growth) readCodes(ctx context.Context) error {
	if err := g.teacher.signIn(ctx); err != nil {
		return err
	}
	for _, step := range []*regexp.Regexp{batchExport, exportFile} {
		page, err := g.teacher.get(ctx, g.giftsPath())
		if err != nil {
			return err
		}
		found := step.FindSubmatch(page)
		if found == nil {
			return fmt.Errorf("the page of coupons shows no %s", step)
		}
		if step == exportFile {
			return g.fetchCodes(ctx, string(found[1]))
		}
		if _, err := g.teacher.post(ctx, string(found[1]), url.Values{}); err != nil {
			return err
		}
		if err := g.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (g *growth) fetchCodes(ctx context.Context, path string) error {
	a, err := g.client.do(ctx, call{method: http.MethodGet, path: "/console" + path, cookie: g.teacher.cookie})
	if err != nil {
		return err
	}
	if a, err = g.client.do(ctx, call{method: http.MethodGet, path: a.header.Get("Location")}); err != nil {
		return err
	}
	file, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	if err != nil {
		return fmt.Errorf("the file of codes: %w", err)
	}
	for _, part := range file.File {
		open, err := part.Open()
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(io.LimitReader(open, 1<<20))
		if err := errors.Join(err, open.Close()); err != nil {
			return err
		}
		for _, code := range couponCode.FindAll(raw, -1) {
			g.codes = append(g.codes, string(code))
		}
	}
	if len(g.codes) != giftCodes {
		return fmt.Errorf("the file has %d codes of %d", len(g.codes), giftCodes)
	}
	return nil
}

// give gives somebody a coupon, with two clicks.
func (g *growth) give(ctx context.Context) error {
	for range 2 {
		if _, err := g.teacher.post(ctx, g.giftsPath()+"/gifts", url.Values{"key": {"thanks"}, "members": {g.friends[whoIsGiven].member}}); err != nil {
			return err
		}
	}
	return nil
}

// turn takes every campaign that others still come to to a state, at once.
func (g *growth) turn(ctx context.Context, to string) error {
	for _, path := range []string{"/groupbuys/" + g.filling, "/assists/" + g.assists, "/coupons/" + g.gifts} {
		if _, err := g.teacher.post(ctx, "/organisers/"+g.organiser+path+"/turn", url.Values{"to": {to}}); err != nil {
			return err
		}
	}
	return nil
}

func (g *growth) pause(ctx context.Context) error {
	if err := g.turn(ctx, "paused"); err != nil {
		return err
	}
	g.book.write(func(p *audit.Promises) { p.Growth.PausedFrom = *g.now.Load() })
	return nil
}

func (g *growth) resume(ctx context.Context) error {
	g.book.write(func(p *audit.Promises) { p.Growth.PausedTo = *g.now.Load() })
	return g.turn(ctx, "active")
}

// redeem turns a code into a coupon, with two taps, unless it is refused so.
func (f *friend) redeem(ctx context.Context, code, refusal string) error {
	k := call{method: http.MethodPost, path: "/coupons/redeem", json: map[string]any{"code": code}}
	if refusal != "" {
		a, _, err := f.ask(ctx, k, http.StatusConflict)
		f.book.check(err != nil || a.code() == refusal, "a code was refused with %s, not with %s", a.code(), refusal)
		f.book.count("codes_refused", 1)
		return err
	}
	answers, err := f.twice(ctx, k, k, http.StatusOK)
	if err != nil {
		return err
	}
	for _, a := range answers {
		var in struct{ ID string }
		if err := a.into(&in); err != nil {
			return err
		}
		f.book.check(f.coupon == "" || f.coupon == in.ID, "%s got two coupons for one code", f.name)
		f.coupon, f.off = in.ID, giftOff
	}
	f.got()
	return nil
}

// got notes that the coupon was acknowledged.
func (f *friend) got() {
	f.book.write(func(p *audit.Promises) { p.Growth.Claimed = append(p.Growth.Claimed, f.coupon) })
	f.book.count("coupons_by_code_or_gift", 1)
}

func (f *friend) redeemFirst(ctx context.Context) error { return f.redeem(ctx, f.in.codes[0], "") }

// redeemLate is for who comes again: one code is somebody else's, another is theirs.
func (f *friend) redeemLate(ctx context.Context) error {
	if err := f.redeem(ctx, f.in.codes[0], "coupon_code_used"); err != nil {
		return err
	}
	return f.redeem(ctx, f.in.codes[1], "")
}

// findPaused tries what stands still.
func (f *friend) findPaused(ctx context.Context) error {
	if err := f.redeem(ctx, f.in.codes[1], "coupon_paused"); err != nil {
		return err
	}
	for path, refusal := range map[string]string{
		"/assist-campaigns/" + f.in.assists + "/assists": "assist_paused", "/assists/" + f.in.friends[whoIsHelped].assist + "/help": "assist_paused",
	} {
		a, _, err := f.ask(ctx, call{method: http.MethodPost, path: path, key: f.key(), json: map[string]any{}}, http.StatusConflict)
		if err != nil {
			return err
		}
		f.book.check(a.code() == refusal, "%s was refused with %s, not with %s", path, a.code(), refusal)
	}
	ok, err := f.place(ctx, memberPrice, url.Values{"group": {f.in.friends[whoLeads].group}}, "groupbuy_paused")
	f.book.check(!ok, "%s got a seat of a group whose campaign is paused", f.name)
	f.book.count("paused", 4)
	return err
}

// useGift buys with a coupon that somebody was given before its campaign was paused.
func (f *friend) useGift(ctx context.Context) error {
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/me/coupons"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct{ Items []struct{ ID string } }
	if err := a.into(&in); err != nil {
		return err
	}
	if !f.book.check(len(in.Items) == 1, "%s was given %d coupons by two clicks", f.name, len(in.Items)) {
		return nil
	}
	f.coupon, f.off = in.Items[0].ID, giftOff
	f.got()
	return f.buy(ctx)
}
