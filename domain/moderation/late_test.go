package moderation_test

import (
	"errors"
	"testing"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/moderation"
)

func TestWhatWasHiddenBeforeThereWereCasesGetsOneFromWhoeverMayDecide(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.hang(t, "k1", checkin.Visible)
	for id, state := range map[string]checkin.State{"hidden": checkin.Hidden, "rejected": checkin.Rejected, "shown": checkin.Visible, "waits": checkin.Pending} {
		must(t, w.wall.comments.Insert(t.Context(), checkin.Comment{Doc: domain.Doc{ID: id}, Camp: "c1", Checkin: "k1", Member: "ann", State: state, Text: "嗯"}))
	}
	id := moderation.ID(moderation.Comment, "hidden")
	if _, err := w.View(as(t, "stranger"), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
	other := as(t, "other", domain.Grant{Scope: domain.ScopeCamp, ID: "c2", Organiser: "o2", Role: domain.RoleTeacher})
	if err := w.Decide(other, id, moderation.Show, "", 0); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a teacher of another camp: %v", err)
	}
	if _, err := w.cases.Get(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
		t.Error("who may not decide opened a case")
	}
	for _, gone := range []string{"shown", "waits", "nowhere"} {
		if _, err := w.View(teacher(t), moderation.ID(moderation.Comment, gone)); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: %v", gone, err)
		}
	}
	for range 2 {
		v, err := w.View(teacher(t), id)
		if err != nil || v.State != moderation.Open || v.Author != "ann" || v.Subject.Text != "嗯" || v.Count != 0 {
			t.Fatalf("looked at: %+v, %v", v, err)
		}
	}
	must(t, w.Decide(teacher(t), id, moderation.Show, "", 0))
	if said, _ := w.wall.comments.Get(t.Context(), "hidden"); said.State != checkin.Visible {
		t.Errorf("shown again it is %s", said.State)
	}
	must(t, w.Undo(teacher(t), id, 1))
	if said, _ := w.wall.comments.Get(t.Context(), "hidden"); said.State != checkin.Hidden {
		t.Errorf("after an undo it is %s", said.State)
	}
	must(t, w.Decide(teacher(t), moderation.ID(moderation.Comment, "rejected"), moderation.Show, "", 0)) // at once, without a look
	if said, _ := w.wall.comments.Get(t.Context(), "rejected"); said.State != checkin.Visible {
		t.Errorf("decided at once it is %s", said.State)
	}
}
