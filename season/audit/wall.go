package audit

import (
	"regexp"
	"slices"
	"strings"
)

// Wall is what staff have put up in the feed of a camp.
type Wall struct {
	Pins     []string // the newest first
	Chosen   []string // for all to see, that still are
	Featured []string // that ever were, each once for every time
	Offered  []string // topics
	Seen     Look
}

// Look is what a learner saw of it in the end.
type Look struct {
	Feed   []string // all of it
	Pins   []string
	Chosen []string
	Topics map[string]int
	About  map[string][]string
}

var topicMark = regexp.MustCompile(`#([\p{L}\p{N}]{2,20})`)

// wall: what is pinned is on top and what was chosen is chosen, no more and no less; a topic has the check-ins that are
// about it; and the feed shows everything that everybody may see, once.
func wall(t *trial, f *finding) {
	topics, about, feed := map[string]int{}, map[string][]string{}, []string{}
	for _, name := range t.Wall.Offered {
		topics[name] = 0
	}
	asked := map[string]Handed{}
	for _, h := range t.Handed {
		asked[h.ID] = h
	}
	for _, c := range t.Facts.Checkins {
		if c.State != "visible" {
			continue
		}
		feed = append(feed, c.ID)
		names := slices.Clone(asked[c.ID].Topics)
		for _, found := range topicMark.FindAllStringSubmatch(asked[c.ID].Text, -1) {
			if name := strings.ToLower(found[1]); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		for _, name := range names[:min(len(names), 3)] {
			topics[name]++
			about[name] = append(about[name], c.ID)
		}
	}
	seen := t.Wall.Seen
	f.expect(slices.Equal(seen.Pins, t.Wall.Pins), "pinned are %v and should be %v", seen.Pins, t.Wall.Pins)
	f.expect(sameSet(seen.Chosen, t.Wall.Chosen), "chosen are %v and should be %v", seen.Chosen, t.Wall.Chosen)
	f.expect(sameSet(seen.Feed, feed), "the feed shows %d check-ins and there are %d for everybody", len(seen.Feed), len(feed))
	f.checked = len(t.Wall.Featured) + len(feed)
	for name, n := range topics {
		got, ok := seen.Topics[name]
		f.expect(ok && got == n, "topic %s counts %d and has %d", name, got, n)
		f.expect(sameSet(seen.About[name], about[name]), "topic %s shows %d check-ins of %d", name, len(seen.About[name]), n)
	}
	for name := range seen.Topics {
		_, ok := topics[name]
		f.expect(ok, "nobody wrote about %s", name)
	}
}

// sameSet tells whether two lists hold the same, each once.
func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Compact(slices.Sorted(slices.Values(b))))
}
