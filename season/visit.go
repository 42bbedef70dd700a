package season

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"yingdi/season/audit"
)

// receipt is what handing in is answered with.
type receipt struct {
	ID     string
	Task   string
	Day    string
	State  string
	Streak int
	Text   string
	Media  []string
}

// visit plays one visit of a seat on a day of the camp (1 is the first).
func (l *learner) visit(ctx context.Context, day int, v Visit) error {
	if err := l.enter(ctx, v); err != nil {
		return err
	}
	task, err := l.today(ctx, day)
	if err != nil || task == "" {
		return err
	}
	media, err := l.files(ctx, day, v)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return l.stumble(ctx, day, v, task) },
		func() error { return l.handIn(ctx, day, v, task, media) },
		func() error { return l.change(ctx, day, v, media) },
		func() error { return l.meet(ctx, day, v) },
		func() error { return l.look(ctx, day, v) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// enter opens the mini-program, on both phones of those who have two.
func (l *learner) enter(ctx context.Context, v Visit) error {
	if v.Login {
		if err := l.login(ctx, 0); err != nil {
			return err
		}
	} else {
		if !v.Unseen {
			if err := l.season.visit(ctx, l.name); err != nil {
				return err
			}
		}
		if err := l.renew(ctx, 0); err != nil {
			return err
		}
	}
	switch {
	case v.Other == "":
		return nil
	case len(l.phones) == 1:
		return l.login(ctx, 1)
	}
	return l.renew(ctx, 1)
}

// today asks what there is to do and returns the task.
func (l *learner) today(ctx context.Context, day int) (task string, err error) {
	a, ok, err := l.ask(ctx, call{method: http.MethodGet, path: "/camps/" + l.camp + "/today"}, http.StatusOK)
	if err != nil || !ok {
		return "", err
	}
	var in struct {
		Day   string
		Tasks []struct{ ID, State string }
	}
	if err := a.into(&in); err != nil {
		return "", err
	}
	want := l.dayOf(day)
	if !l.book.check(in.Day == want && len(in.Tasks) == 1, "today is %s with %d tasks, not %s with one", in.Day, len(in.Tasks), want) {
		return "", nil
	}
	l.book.check(in.Tasks[0].State == "open", "the task of %s is %s before %s has handed in", want, in.Tasks[0].State, l.member)
	l.book.check(in.Tasks[0].ID == l.task(day), "the task of %s is %s, not %s", want, in.Tasks[0].ID, l.task(day))
	return in.Tasks[0].ID, nil
}

func (l *learner) checkinCall(task, text string, media []string, topics ...string) call {
	return call{method: http.MethodPost, path: "/camps/" + l.camp + "/checkins", key: l.key(), json: map[string]any{
		"task": task, "text": text, "media": append([]string{}, media...), "topics": append([]string{}, topics...),
	}}
}

// stumble tries what must be refused.
func (l *learner) stumble(ctx context.Context, day int, v Visit, task string) error {
	if v.Late {
		text := v.Text + "（昨天的）"
		if err := l.refuse(ctx, l.checkinCall(l.task(day-1), text, nil), text, http.StatusConflict, "task_not_today"); err != nil {
			return err
		}
	}
	if v.OwnDate {
		text := v.Text + "（自己的日期）"
		k := call{method: http.MethodPost, path: "/camps/" + l.camp + "/checkins", json: map[string]any{
			"task": task, "text": text, "day": l.dayOf(day - 1),
		}}
		return l.refuse(ctx, k, text, http.StatusUnprocessableEntity, "invalid")
	}
	return nil
}

// refuse expects a refusal of a text, of which nothing may remain.
func (l *learner) refuse(ctx context.Context, k call, text string, status int, code string) error {
	a, ok, err := l.ask(ctx, k, status)
	if err != nil || !ok {
		return err
	}
	l.book.check(a.code() == code, "%s %s was refused with %s, not with %s", k.method, k.path, a.code(), code)
	l.book.count("refused", 1)
	l.book.write(func(p *audit.Promises) { p.Refused = append(p.Refused, text) })
	return nil
}

// handIn hands in once, however often and from however many phones.
func (l *learner) handIn(ctx context.Context, day int, v Visit, task string, media []string) error {
	at := *l.now.Load()
	first := l.checkinCall(task, v.Text, media, v.Topics...)
	if l.seat.Temperament == Abroad {
		first.date = at.Add(-13 * time.Hour).Format(http.TimeFormat)
	}
	var answers []answer
	switch {
	case v.Other != "":
		other := l.checkinCall(task, v.Other, nil)
		other.token = l.phones[1].access
		both, err := l.twice(ctx, first, other, http.StatusCreated, http.StatusOK)
		if err != nil {
			return err
		}
		answers = both[:]
	case v.Twice:
		again := first
		if !v.SameKey {
			again.key = l.key()
		}
		both, err := l.twice(ctx, first, again, http.StatusCreated, http.StatusOK)
		if err != nil {
			return err
		}
		if answers = both[:]; v.SameKey {
			l.book.same(both[0].body, both[1].body, "the check-in of "+l.member+" on "+l.dayOf(day))
		}
	default:
		a, _, err := l.ask(ctx, first, http.StatusCreated, http.StatusOK)
		if err != nil {
			return err
		}
		answers = []answer{a}
	}
	return l.noteReceipts(day, at, v, task, answers)
}

// noteReceipts sees that all answers speak of one check-in, and writes that one down.
func (l *learner) noteReceipts(day int, at time.Time, v Visit, task string, answers []answer) error {
	fresh := 0
	receipts := make([]receipt, len(answers))
	for i, a := range answers {
		if err := a.into(&receipts[i]); err != nil {
			return err
		}
		if a.status == http.StatusCreated {
			fresh++
		}
	}
	r := receipts[0]
	for _, other := range receipts[1:] {
		same := other.Streak == r.Streak || v.Risk == risky // WeChat's no may come between the two
		l.book.check(other.ID == r.ID && other.Text == r.Text && other.Day == r.Day && same,
			"two requests of %s for one day were answered with two check-ins", l.member)
	}
	// A server that is killed between the deed and the answer calls the repetition's answer an old one.
	l.book.check(fresh == 1 || v.SameKey && fresh == len(answers) || l.options.Kills > 0,
		"%d of %d requests of %s for one day were answered as the first", fresh, len(answers), l.member)
	l.book.check(r.Task == task && (r.Text == v.Text || r.Text == v.Other && v.Other != ""), "check-in %s is not what %s handed in", r.ID, l.member)
	l.book.hand(l.seat.N, day, audit.Handed{
		ID: r.ID, Member: l.member, Task: r.Task, Day: r.Day, Text: r.Text, Media: r.Media, Streak: r.Streak, At: at, Topics: v.Topics,
	})
	l.book.count("checkins", 1)
	l.book.count("repeats", len(answers)-1)
	l.use(r.Media)
	return nil
}

// change edits what was handed in.
func (l *learner) change(ctx context.Context, day int, v Visit, media []string) error {
	id, ok := l.book.checkin(l.seat.N, day)
	if !ok || v.Edit == "" {
		return nil
	}
	a, ok, err := l.ask(ctx, call{method: http.MethodPut, path: "/checkins/" + id, json: map[string]any{
		"text": v.Edit, "media": append([]string{}, media...), "topics": append([]string{}, v.Topics...),
	}}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var r receipt
	if err := a.into(&r); err != nil {
		return err
	}
	l.book.check(r.ID == id && r.Text == v.Edit && slices.Equal(r.Media, media), "the change of %s was answered with something else", id)
	l.book.edit(l.seat.N, day, r.Text, r.Media)
	l.use(r.Media)
	l.book.count("edits", 1)
	return nil
}

// meet likes and comments on what others handed in the day before.
func (l *learner) meet(ctx context.Context, day int, v Visit) error {
	for i, seat := range v.Likes {
		id, ok := l.book.checkin(seat, day-1)
		if !l.book.check(ok, "seat %d has not handed in on day %d", seat, day-1) {
			continue
		}
		path := "/checkins/" + id + "/like"
		for range 1 + (day+seat)%3/2 { // now and then a double tap
			if _, _, err := l.ask(ctx, call{method: http.MethodPut, path: path}, http.StatusOK, http.StatusNoContent); err != nil {
				return err
			}
		}
		l.book.like(id, l.member, true)
		l.book.count("likes", 1)
		if i > 0 {
			continue
		}
		if v.Unlike {
			if _, _, err := l.ask(ctx, call{method: http.MethodDelete, path: path}, http.StatusOK, http.StatusNoContent); err != nil {
				return err
			}
			l.book.like(id, l.member, false)
			l.book.count("unlikes", 1)
		}
		if v.Comment {
			if err := l.say(ctx, id, fmt.Sprintf("第 %d 天的这一句真好，%s", day-1, l.name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *learner) say(ctx context.Context, checkin, text string) error {
	k := call{method: http.MethodPost, path: "/checkins/" + checkin + "/comments", key: l.key(), json: map[string]string{"text": text}}
	a, ok, err := l.ask(ctx, k, http.StatusCreated)
	if err != nil || !ok {
		return err
	}
	again, ok, err := l.ask(ctx, k, http.StatusCreated)
	if err != nil || !ok {
		return err
	}
	l.book.same(a.body, again.body, "a comment of "+l.member)
	var in struct{ ID string }
	if err := json.Unmarshal(a.body, &in); err != nil {
		return err
	}
	l.book.write(func(p *audit.Promises) {
		p.Said = append(p.Said, audit.Comment{ID: in.ID, Checkin: checkin, Member: l.member, Text: text})
	})
	l.book.count("comments", 1)
	l.book.count("repeats", 1)
	return nil
}

// look reads the feed and the inbox, and takes yesterday's card home.
func (l *learner) look(ctx context.Context, day int, v Visit) error {
	if !v.Looks {
		return nil
	}
	for _, path := range []string{"/camps/" + l.camp + "/checkins?limit=20", "/camps/" + l.camp + "/checkins?mine=true", "/notices", "/me"} {
		if _, _, err := l.ask(ctx, call{method: http.MethodGet, path: path}, http.StatusOK); err != nil {
			return err
		}
	}
	id, ok := l.book.checkin(l.seat.N, day-1)
	if !ok {
		return nil
	}
	a, ok, err := l.ask(ctx, call{method: http.MethodGet, path: "/checkins/" + id + "/card"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var card struct{ State, URL string }
	if err := a.into(&card); err != nil {
		return err
	}
	if !l.book.check(card.State == "ready", "the card of %s is %s the day after", id, card.State) {
		return nil
	}
	k := call{method: http.MethodGet, path: card.URL}
	a, err = l.client.do(ctx, k)
	if err != nil {
		return err
	}
	l.book.check(a.status == http.StatusOK && http.DetectContentType(a.body) == "image/jpeg", "the card of %s is no picture", id)
	l.book.count("cards_taken_home", 1)
	return nil
}
