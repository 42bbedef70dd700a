package season

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// mine are the fellow's works that stand, in order.
func (f *fellow) mine() []*work {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []*work
	for _, w := range f.works {
		if !w.Deleted {
			list = append(list, w)
		}
	}
	sortWorks(list)
	return list
}

// redoAll does again what a teacher has returned, from two phones at once.
func (f *fellow) redoAll(ctx context.Context, day int) error {
	for _, w := range f.mine() {
		if w.Passed || w.reviews <= w.Redone || f.state != "active" {
			continue
		}
		a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/checkins/" + w.ID + "/review"}, http.StatusOK)
		if err != nil || !ok {
			return err
		}
		var in struct {
			Passed bool
			Redo   *struct{ Open bool }
		}
		if err := a.into(&in); err != nil {
			return err
		}
		if !f.book.check(in.Redo != nil && in.Redo.Open && !in.Passed, "%s was returned and cannot be handed in again", w.ID) {
			continue
		}
		texts := []string{fmt.Sprintf("%s 第 %d 天重做", f.name, day), fmt.Sprintf("%s 第 %d 天重做（另一部手机）", f.name, day)}
		var calls [2]call
		for i := range calls {
			calls[i] = call{method: http.MethodPost, path: "/checkins/" + w.ID + "/redo", key: f.key(), json: map[string]any{"text": texts[i]}}
		}
		answers, err := f.twice(ctx, calls[0], calls[1], http.StatusOK, http.StatusConflict)
		if err != nil {
			return err
		}
		var taken []string
		for _, a := range answers {
			if a.status == http.StatusOK {
				var r receipt
				if err := a.into(&r); err != nil {
					return err
				}
				taken = append(taken, r.Text)
			}
		}
		if !f.book.check(len(taken) == 1 && slices.Contains(texts, taken[0]) || f.options.Kills > 0 && len(taken) < 2, "%s was done again %d times after one return", w.ID, len(taken)) {
			continue
		}
		if len(taken) == 0 { // the answer to the one that was taken got lost with the server
			if err := f.relearn(ctx, w, texts); err != nil {
				return err
			}
			continue
		}
		w.Earlier, w.Text = append(w.Earlier, w.Text), taken[0]
		w.Redone++
	}
	return nil
}

// relearn asks what stands where no answer arrived.
func (f *fellow) relearn(ctx context.Context, w *work, texts []string) error {
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/checkins/" + w.ID}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct{ Text string }
	if err := a.into(&in); err != nil {
		return err
	}
	if f.book.check(slices.Contains(texts, in.Text), "%s was refused to be done again", w.ID) {
		w.Earlier, w.Text = append(w.Earlier, w.Text), in.Text
		w.Redone++
	}
	return nil
}

// makeUp makes up what the calendar offers: all of it at once, and the first day twice.
func (f *fellow) makeUp(ctx context.Context, day int) error {
	if f.state != "active" || f.dice(4, day).IntN(3) > 0 {
		return nil
	}
	a, ok, err := f.ask(ctx, call{method: http.MethodGet, path: "/camps/" + f.in.camp + "/calendar"}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	var in struct {
		Days []struct {
			Day    string
			MakeUp bool `json:"make_up"`
		}
	}
	if err := a.into(&in); err != nil {
		return err
	}
	var calls []call
	var texts []string
	homework := map[string]bool{}
	for _, d := range in.Days {
		if !d.MakeUp {
			continue
		}
		tasks, err := f.tasksOf(ctx, d.Day)
		if err != nil {
			return err
		}
		for _, task := range tasks {
			if task.State != "open" || !task.byCheckin() {
				continue
			}
			text := fmt.Sprintf("%s 补 %s 的共读 %s", f.name, d.Day, task.Kind)
			both := []string{text, text + "（另一部手机）"}
			calls, texts = append(calls, f.handCalls(task, both, true)...), append(texts, both...)
			homework[task.ID] = task.Kind == "homework"
		}
	}
	answers, err := f.atOnce(ctx, calls, http.StatusCreated, http.StatusOK, http.StatusConflict)
	if err != nil {
		return err
	}
	for _, a := range answers {
		var r receipt
		if a.status < 300 {
			if err := a.into(&r); err != nil {
				return err
			}
		}
		if err := f.note(a, day, homework[r.Task], texts); err != nil {
			return err
		}
	}
	return nil
}

// withdraw deletes something of these days, and perhaps hands in anew in its place.
func (f *fellow) withdraw(ctx context.Context, day int) error {
	r := f.dice(5, day)
	list := f.mine()
	if len(list) == 0 || r.IntN(5) > 0 || f.state != "active" {
		return nil
	}
	w := list[len(list)-1-r.IntN(min(3, len(list)))]
	if w.reviews > 0 {
		return nil
	}
	remove := call{method: http.MethodDelete, path: "/checkins/" + w.ID}
	answers, err := f.twice(ctx, remove, remove, http.StatusNoContent, http.StatusConflict)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.status == http.StatusNoContent {
			w.Deleted = true
		} else {
			f.book.check(slices.Contains([]string{"checkin_rejected", "homework_reviewed"}, a.code()), "%s cannot be deleted: %s", w.ID, a.code())
		}
	}
	return nil
}

// meet likes what others handed in, says something to it, and reports one thing now and then.
func (f *fellow) meet(ctx context.Context, day int) error {
	if f.state != "active" {
		return nil
	}
	r := f.dice(6, day)
	others := slices.DeleteFunc(f.in.known(day), func(w *work) bool { return w.by == f })
	for n := range min(2, len(others)) {
		w := others[r.IntN(len(others))]
		calls := []call{
			{method: http.MethodPut, path: "/checkins/" + w.ID + "/like"},
			{method: http.MethodPost, path: "/checkins/" + w.ID + "/comments", key: f.key(), json: map[string]string{"text": fmt.Sprintf("%s 第 %d 天第 %d 次路过", f.name, day, n)}},
			{method: http.MethodPost, path: "/checkins/" + w.ID + "/reports", key: f.key(), json: map[string]string{"reason": "other", "text": f.name + " 觉得不对"}},
		}
		for i, k := range calls {
			if r.IntN(2+i) > 0 {
				continue
			}
			a, _, err := f.ask(ctx, k, http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusNotFound, http.StatusConflict)
			if err != nil {
				return err
			}
			if i == 2 && a.status < 300 {
				f.mu.Lock()
				f.reported = append(f.reported, w.ID)
				f.mu.Unlock()
			}
		}
	}
	return nil
}

// askDeletion asks for the account to be deleted; the fellow goes on until it is.
func (f *fellow) askDeletion(ctx context.Context) error {
	if err := f.renew(ctx, 0); err != nil {
		return err
	}
	wish := call{method: http.MethodPost, path: "/me/deletion", key: f.key()}
	for range 2 {
		if _, _, err := f.ask(ctx, wish, http.StatusOK); err != nil {
			return err
		}
	}
	f.askedAt = *f.now.Load()
	return nil
}

// revoke withdraws the authorisation at WeChat, which tells the product.
func (f *fellow) revoke(ctx context.Context) error {
	f.gone, f.revoked = true, true
	return f.season.control(ctx, pathWeChat+"/revoke", map[string][]string{"who": {f.name}}, nil)
}
