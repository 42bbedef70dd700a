package season

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// tend is what the teacher does while the fellows sleep.
func (c *circle) tend(ctx context.Context, day int) error {
	if err := c.teacher.signIn(ctx); err != nil {
		return err
	}
	if err := c.review(ctx, day); err != nil {
		return err
	}
	return c.moderate(ctx)
}

// review returns most homework once and passes it the second time; some passes at once.
func (c *circle) review(ctx context.Context, day int) error {
	for _, w := range c.known(day) {
		if !w.Homework || w.Deleted || w.Passed || w.reviews != w.Redone || w.by.gone || w.Ruled != "" {
			continue
		}
		form := url.Values{"do": {"return"}, "reason": {"再写具体一点。"}}
		pass := w.Redone > 0 || c.plan.dice(120, w.by.n, day).IntN(4) == 0
		if pass {
			form = url.Values{"do": {"release"}, "text": {"通过了，写得好。"}, "points": {"90"}}
		}
		if _, err := c.teacher.post(ctx, "/camps/"+c.camp+"/reviews/"+w.ID, form); err != nil {
			return err
		}
		w.reviews, w.Passed = w.reviews+1, pass
	}
	return nil
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// moderate hides what was reported, takes every second decision back, and sees each time that it is nowhere, or back.
func (c *circle) moderate(ctx context.Context) error {
	if err := c.watcher.enter(ctx); err != nil {
		return err
	}
	seen := map[string]*work{}
	for _, f := range c.fellows {
		for _, w := range f.works {
			seen[w.ID] = w
		}
	}
	for _, f := range c.fellows {
		for _, id := range f.reported {
			if w := seen[id]; w != nil && !w.Deleted && w.Ruled == "" && !w.by.gone {
				if err := c.rule(ctx, w); err != nil {
					return err
				}
			}
		}
		f.reported = nil
	}
	return nil
}

func (c *circle) rule(ctx context.Context, w *work) error {
	before, err := c.visible(ctx, w)
	if err != nil || !before {
		return err
	}
	page, err := c.teacher.get(ctx, "/moderation/checkin_"+w.ID)
	if err != nil {
		return err
	}
	version := versionField.FindSubmatch(page)
	if !c.book.check(version != nil, "there is no case of %s, which was reported", w.ID) {
		return nil
	}
	if _, err := c.teacher.post(ctx, "/moderation/checkin_"+w.ID, url.Values{
		"verdict": {"hide"}, "reason": {"与共读无关"}, "version": {string(version[1])},
	}); err != nil {
		return err
	}
	w.Ruled = "hidden"
	after, err := c.visible(ctx, w)
	if err != nil {
		return err
	}
	c.book.check(!after, "%s was hidden and others still see it", w.ID)
	if strings.HasSuffix(w.Text, "）") {
		return nil
	}
	if _, err := c.teacher.post(ctx, "/moderation/checkin_"+w.ID+"/undo", url.Values{"n": {"1"}}); err != nil {
		return err
	}
	w.Ruled = "visible"
	after, err = c.visible(ctx, w)
	c.book.check(err != nil || after, "%s is shown again and others do not see it", w.ID)
	return err
}

// visible tells whether somebody else sees a work, and holds that it is seen everywhere or nowhere.
func (c *circle) visible(ctx context.Context, w *work) (bool, error) {
	a, _, err := c.watcher.ask(ctx, call{method: http.MethodGet, path: "/checkins/" + w.ID}, http.StatusOK, http.StatusNotFound)
	if err != nil {
		return false, err
	}
	seen := a.status == http.StatusOK
	for _, path := range []string{"/checkins/" + w.ID + "/comments", "/checkins/" + w.ID + "/card"} {
		k := call{method: http.MethodGet, path: path}
		if _, _, err := c.watcher.ask(ctx, k, a.status); err != nil {
			return false, err
		}
	}
	feed, _, err := c.watcher.ask(ctx, call{method: http.MethodGet, path: "/camps/" + c.camp + "/checkins?limit=100"}, http.StatusOK)
	c.book.check(seen || !strings.Contains(string(feed.body), w.ID), "the feed shows %s, which nobody may see", w.ID)
	return seen, err
}
