//go:build e2e

package browser_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// size of a screen, in CSS pixels.
type size struct {
	name          string
	width, height int64
	phone         bool
}

var (
	desk  = size{"desk", 1280, 860, false}
	phone = size{"phone", 390, 844, true}
)

// tab is a browser of its own with one page open. Whatever the page complains about fails the test: a refusal by the
// content policy, a script's error, a file that is not there.
type tab struct {
	ctx        context.Context
	url        string
	size       size
	artifacts  string
	mu         sync.Mutex
	complaints []string
}

// newTab opens a browser. Chinese is set in the fonts of the sign-cards, as the machine may have none.
func newTab(t *testing.T, url string, s size) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Env("FONTCONFIG_FILE="+fontConfig(t)))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 6*time.Minute)
	t.Cleanup(cancel)
	b := &tab{ctx: ctx, url: url, artifacts: t.ArtifactDir()}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == "error" || m.Type == chromedp.ConsoleException {
				b.mu.Lock()
				b.complaints = append(b.complaints, m.Text)
				b.mu.Unlock()
			}
		}
	}()
	b.become(t, s)
	return b
}

// become takes on the size of another screen.
func (b *tab) become(t *testing.T, s size) {
	t.Helper()
	b.size = s
	options := []chromedp.EmulateViewportOption{chromedp.EmulateScale(1)}
	if s.phone {
		options = []chromedp.EmulateViewportOption{chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch}
	}
	b.do(t, chromedp.EmulateViewport(s.width, s.height, options...))
}

func fontConfig(t *testing.T) string {
	t.Helper()
	fonts, err := filepath.Abs("../../templates/card/fonts")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "fonts.conf")
	config := fmt.Sprintf(`<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>%s</dir><cachedir>%s</cachedir>
<match target="pattern"><edit name="family" mode="prepend" binding="strong"><string>Noto Sans SC</string></edit></match></fontconfig>`, fonts, t.TempDir())
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// patience is how long the page may take to become what a step needs.
const patience = 30 * time.Second

func (b *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.shoot(t, "failed")
		t.Fatalf("%v\nthe page complains: %q", err, b.forgive())
	}
}

// open goes to a page of the product.
func (b *tab) open(t *testing.T, path string) {
	t.Helper()
	b.do(t, chromedp.Navigate(b.url+path))
}

// click strikes what has come to rest in the middle of the screen: a page that still moves would be struck elsewhere.
func (b *tab) click(t *testing.T, selector string) {
	t.Helper()
	b.do(t, chromedp.WaitVisible(chromedp.CSS(selector)))
	b.until(t, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const { x, y, width, height } = e.getBoundingClientRect(), now = [scrollY, x, y, width, height].join(), rests = e.restedAt === now;
		e.restedAt = now;
		return rests && document.fonts.status === "loaded";
	})()`, selector))
	b.do(t, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

func (b *tab) write(t *testing.T, selector, text string) {
	t.Helper()
	b.do(t, chromedp.SetValue(chromedp.CSS(selector), text, chromedp.NodeVisible))
}

// turn clicks on what leads to another page, and waits until that page holds the text.
func (b *tab) turn(t *testing.T, selector, text string) {
	t.Helper()
	b.until(t, "(document.body.dataset.left = '1')")
	b.click(t, selector)
	b.until(t, "!document.body.dataset.left && document.readyState === 'complete'")
	b.shows(t, text)
}

// tick sees to it that a box is ticked.
func (b *tab) tick(t *testing.T, selector string) {
	t.Helper()
	if ticked := read[bool](t, b, fmt.Sprintf("document.querySelector(%q).checked", selector)); !ticked {
		b.click(t, selector)
	}
}

// give chooses a file.
func (b *tab) give(t *testing.T, selector, file string) {
	t.Helper()
	b.do(t, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

func read[T any](t *testing.T, b *tab, expression string) T {
	t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.shoot(t, "failed")
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// press strikes one key as a keyboard does: what a shortcut takes is not typed as well.
func (b *tab) press(t *testing.T, key string) {
	t.Helper()
	for _, strike := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		p := input.DispatchKeyEventParams{Type: strike, Key: key}
		if strike == input.DispatchKeyEventTypeKeyDown {
			p.Text = key
		}
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p); err != nil {
			t.Fatal(err)
		}
	}
}

// shows waits until the page holds the text.
func (b *tab) shows(t *testing.T, text string) {
	t.Helper()
	b.until(t, fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// until waits until the expression holds on whatever page there is.
func (b *tab) until(t *testing.T, expression string) {
	t.Helper()
	b.waits(t, expression, func() bool {
		held, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		return err == nil && held
	})
}

func (b *tab) waits(t *testing.T, what string, held func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !held() {
		if time.Now().After(deadline) {
			b.shoot(t, "failed")
			at, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`location.href + " is " + document.readyState + ", forms sent: " + document.querySelectorAll("form[data-sent]").length + ", focus on " + document.activeElement?.outerHTML.slice(0, 200)`))
			t.Fatalf("waited in vain for %s\non %s\nthe page complains: %q", what, at, b.forgive())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// cookie returns the value of a cookie that scripts cannot read.
func (b *tab) cookie(t *testing.T, name string) string {
	t.Helper()
	found, err := chromedp.CallBrowser(b.ctx, storage.GetCookies, storage.GetCookiesParams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Cookies {
		if c.Name == name {
			return c.Value
		}
	}
	t.Fatalf("there is no cookie %s", name)
	return ""
}

// look takes a picture of the page, which must fit the screen's width and have nothing to complain about.
func (b *tab) look(t *testing.T, name string) {
	t.Helper()
	b.until(t, "document.readyState === 'complete' && document.fonts.status === 'loaded'")
	width, err := chromedp.Run(b.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
	if err != nil || width > b.size.width {
		t.Errorf("%s is %d wide on a screen of %d: %v", name, width, b.size.width, err)
	}
	if read[bool](t, b, "Boolean(document.querySelector('.sorry'))") {
		t.Errorf("%s is a page of regret", name)
	}
	b.shoot(t, name)
	if complaints := b.forgive(); len(complaints) > 0 {
		t.Errorf("%s complains: %q", name, complaints)
	}
}

// forgive forgets what the page has complained about so far, and returns it.
func (b *tab) forgive() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	complaints := b.complaints
	b.complaints = nil
	return complaints
}

func (b *tab) shoot(t *testing.T, name string) {
	t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Logf("no picture of %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(b.artifacts, b.size.name+"-"+name+".png"), picture, 0o600); err != nil {
		t.Error(err)
	}
}
