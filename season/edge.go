package season

import (
	"context"
	"net/http"

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
