package quiz

import "yingdi/domain"

// Forget takes out of an attempt what the learner wrote and was told; the marks stay, for the statistics.
func (a *Attempt) Forget() error {
	clean := true
	for i := range a.Entries {
		e := &a.Entries[i]
		clean = clean && e.Answer.Text == "" && e.Remark == ""
		e.Answer.Text, e.Remark = "", ""
	}
	if clean {
		return domain.ErrSame
	}
	return nil
}

// Given is what a learner is given of an attempt: what they answered, and nothing that may not be revealed yet.
func (a Attempt) Given() any {
	answers := make([]map[string]any, len(a.Entries))
	for i, e := range a.Entries {
		answers[i] = map[string]any{"question": e.Question, "options": e.Answer.Options, "text": e.Answer.Text, "at": e.At}
	}
	return map[string]any{"id": a.ID, "camp": a.Camp, "quiz": a.Quiz, "title": a.Title, "n": a.N, "state": a.State, "started_at": a.StartedAt, "answers": answers}
}
