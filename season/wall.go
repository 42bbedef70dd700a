package season

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"yingdi/season/audit"
)

// most is how many check-ins can be at the top of the feed.
const most = 5

// arrange pins one check-in of the day before, taking the oldest pin down where there is no place, and chooses another
// for all to see; now and then it changes its mind about the one before.
func (t *staff) arrange(ctx context.Context, day int) error {
	if err := t.renew(ctx, 0); err != nil {
		return err
	}
	var there []string
	for _, seat := range t.plan.Seats {
		if id, ok := t.book.checkin(seat.N, day-1); ok && t.plan.words(seat, day-1).plain() {
			there = append(there, id)
		}
	}
	if len(there) == 0 {
		return nil
	}
	r := t.plan.dice(10, 0, day)
	pinned, chosen := there[r.IntN(len(there))], there[r.IntN(len(there))]
	if len(t.pins) == most {
		a, ok, err := t.ask(ctx, call{method: http.MethodPut, path: "/checkins/" + pinned + "/pin"}, http.StatusConflict)
		if err != nil {
			return err
		}
		t.book.check(!ok || a.code() == "pins_full", "a pin too many was refused with %s", a.code())
		if err := t.mark(ctx, http.MethodDelete, t.pins[most-1], "pin"); err != nil {
			return err
		}
		t.pins = t.pins[:most-1]
	}
	if err := t.mark(ctx, http.MethodPut, pinned, "pin"); err != nil {
		return err
	}
	t.pins = slices.Insert(t.pins, 0, pinned)
	if n := len(t.chosen); n > 0 && r.IntN(3) == 0 {
		if err := t.mark(ctx, http.MethodDelete, t.chosen[n-1], "feature"); err != nil {
			return err
		}
		t.chosen = t.chosen[:n-1]
	}
	if err := t.mark(ctx, http.MethodPut, chosen, "feature"); err != nil {
		return err
	}
	t.chosen = append(t.chosen, chosen)
	t.book.write(func(p *audit.Promises) {
		p.Wall.Featured = append(p.Wall.Featured, chosen)
		p.Wall.Pins, p.Wall.Chosen = slices.Clone(t.pins), slices.Clone(t.chosen)
	})
	return nil
}

// mark does something to a check-in twice, of which the second time changes nothing.
func (t *staff) mark(ctx context.Context, method, id, how string) error {
	for range 2 {
		if _, _, err := t.ask(ctx, call{method: method, path: "/checkins/" + id + "/" + how}, http.StatusNoContent); err != nil {
			return err
		}
	}
	return nil
}

// readWall looks at everything that is pinned, chosen or about a topic.
func (l *learner) readWall(ctx context.Context) error {
	seen := audit.Look{Topics: map[string]int{}, About: map[string][]string{}}
	base := "/camps/" + l.camp
	if err := l.pages(ctx, base+"/topics", func(e entry) { seen.Topics[e.Topic] = e.Count }); err != nil {
		return err
	}
	for topic := range seen.Topics {
		if err := l.pages(ctx, base+"/checkins?topic="+url.QueryEscape(topic), func(e entry) {
			seen.About[topic] = append(seen.About[topic], e.ID)
		}); err != nil {
			return err
		}
	}
	if err := l.pages(ctx, base+"/checkins?featured=true", func(e entry) { seen.Chosen = append(seen.Chosen, e.ID) }); err != nil {
		return err
	}
	if err := l.pages(ctx, base+"/checkins", func(e entry) {
		seen.Feed = append(seen.Feed, e.ID)
		if e.Pinned {
			seen.Pins = append(seen.Pins, e.ID)
		}
	}); err != nil {
		return err
	}
	l.book.write(func(p *audit.Promises) { p.Wall.Offered, p.Wall.Seen = offered, seen })
	return nil
}

// entry is one of a list: a check-in, or a topic.
type entry struct {
	ID     string
	Pinned bool
	Topic  string
	Count  int
}

// pages reads a whole list.
func (l *learner) pages(ctx context.Context, path string, each func(entry)) error {
	target, err := url.Parse(path)
	if err != nil {
		return err
	}
	query := target.Query()
	query.Set("limit", "100")
	for {
		target.RawQuery = query.Encode()
		a, ok, err := l.ask(ctx, call{method: http.MethodGet, path: target.String()}, http.StatusOK)
		if err != nil || !ok {
			return err
		}
		var in struct {
			Next  string
			Items []entry
		}
		if err := a.into(&in); err != nil {
			return err
		}
		for _, e := range in.Items {
			each(e)
		}
		if in.Next == "" {
			return nil
		}
		query.Set("after", in.Next)
	}
}
