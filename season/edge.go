package season

import (
	"context"
	"net/http"
	"net/url"

	"yingdi/season/audit"
)

// outside tries a task while the camp is not running.
func (l *learner) outside(ctx context.Context, day int, code string) error {
	if err := l.renew(ctx, 0); err != nil {
		return err
	}
	text := l.name + " 在营外打卡"
	return l.refuse(ctx, l.checkinCall(l.task(day), text, nil), text, http.StatusConflict, code)
}

// intrude tries what only learners of the camp may, and what nobody may.
func (l *learner) intrude(ctx context.Context) error {
	text := l.name + " 没有报名"
	if err := l.refuse(ctx, l.checkinCall(l.task(1), text, nil), text, http.StatusForbidden, "not_enrolled"); err != nil {
		return err
	}
	for _, path := range []string{"/camps/" + l.camp + "/today", "/camps/" + l.camp + "/checkins"} {
		if _, _, err := l.ask(ctx, call{method: http.MethodGet, path: path}, http.StatusForbidden); err != nil {
			return err
		}
		l.book.count("refused", 1)
	}
	return nil
}

// lookBack reads the calendar when all is over.
func (l *learner) lookBack(ctx context.Context) error {
	if err := l.renew(ctx, 0); err != nil {
		return err
	}
	a, ok, err := l.ask(ctx, call{method: http.MethodGet, path: "/camps/" + l.camp + "/calendar"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct {
		Today  string
		Streak int
		Days   []struct {
			Day  string
			Done bool
		}
	}
	if err := a.into(&in); err != nil {
		return err
	}
	seen := audit.Calendar{Member: l.member, Today: in.Today, Streak: in.Streak}
	for _, d := range in.Days {
		if d.Done {
			seen.Done = append(seen.Done, d.Day)
		}
	}
	l.book.write(func(p *audit.Promises) { p.Calendars = append(p.Calendars, seen) })
	return nil
}

// readRanking writes the whole ranking down, page by page.
func (l *learner) readRanking(ctx context.Context) error {
	after := ""
	for {
		a, ok, err := l.ask(ctx, call{method: http.MethodGet, path: "/camps/" + l.camp + "/ranking?limit=50&after=" + url.QueryEscape(after)}, http.StatusOK)
		if err != nil || !ok {
			return err
		}
		var in struct {
			Next  string
			Items []struct {
				Rank, Days, Streak int
				Person             struct{ ID string }
			}
		}
		if err := a.into(&in); err != nil {
			return err
		}
		l.book.write(func(p *audit.Promises) {
			for _, r := range in.Items {
				p.Ranking = append(p.Ranking, audit.Ranked{Rank: r.Rank, Member: r.Person.ID, Days: r.Days, Streak: r.Streak})
			}
		})
		if after = in.Next; after == "" {
			return nil
		}
	}
}

// hush switches reminders off; the inbox has them all the same.
func (l *learner) hush(ctx context.Context) error {
	k := call{method: http.MethodPut, path: "/me/notices/settings", json: map[string]any{
		"off": []string{"reminders"}, "quiet_from": "22:00", "quiet_to": "07:30", "zone": "",
	}}
	if _, ok, err := l.ask(ctx, k, http.StatusOK); err != nil || !ok {
		return err
	}
	l.book.write(func(p *audit.Promises) { p.Hushed = append(p.Hushed, l.member) })
	return nil
}
