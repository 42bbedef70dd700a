package today

import (
	"testing"

	"yingdi/domain/camp"
)

func TestWhatToDoNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		now  Summary
		want Step
	}{
		{"a fresh draft wants tasks", Summary{Phase: camp.PhaseDraft}, StepTasks},
		{"a draft with tasks wants to be published", Summary{Phase: camp.PhaseDraft, Tasks: 3}, StepPublish},
		{"learners who wait come first", Summary{Phase: camp.PhaseRunning, Tasks: 3, Enrolled: 5, Waiting: 1}, StepReview},
		{"even after the end", Summary{Phase: camp.PhaseEnded, Waiting: 1}, StepReview},
		{"a running day without a task", Summary{Phase: camp.PhaseRunning, Tasks: 3, Enrolled: 5}, StepDay},
		{"nobody there before the start", Summary{Phase: camp.PhaseEnrolling, Tasks: 3}, StepInvite},
		{"nobody there while it runs", Summary{Phase: camp.PhaseRunning, Tasks: 3, Due: 1}, StepInvite},
		{"over and answered", Summary{Phase: camp.PhaseEnded, Enrolled: 5}, StepClose},
		{"all is well", Summary{Phase: camp.PhaseRunning, Tasks: 3, Due: 1, Enrolled: 5}, StepNone},
		{"closed for good", Summary{Phase: camp.PhaseClosed}, StepNone},
	} {
		if got := c.now.next(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
