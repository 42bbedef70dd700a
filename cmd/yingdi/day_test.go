package main

import (
	"testing"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/review"
)

func TestOneCampDayThroughTheUseCases(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	_, teacher := b.person(t, "teacher")
	c, tasks := b.running(t, teacher, 10)
	learner, id := b.person(t, "小满")
	if _, err := b.services.Enrolments.Enrol(learner, c.ID); err != nil {
		t.Fatal(err)
	}
	view, err := b.services.Today.ForLearner(learner, c.ID, "")
	if err != nil || len(view.Tasks) != 1 || view.Tasks[0].ID != tasks[0].ID {
		t.Fatalf("today: %+v, %v", view, err)
	}
	handed, fresh, err := b.services.Checkins.Submit(learner, c.ID, tasks[0].ID, checkin.Form{Text: "今天读了《学而》"})
	if err != nil || !fresh || handed.State != checkin.Pending {
		t.Fatalf("check-in: %+v, %v, %v", handed, fresh, err)
	}
	if err := b.services.Checkins.Moderate(t.Context(), handed.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.services.Signcards.Make(t.Context(), handed.ID); err != nil {
		t.Fatal(err)
	}
	card, url, err := b.services.Signcards.ForCheckin(learner, handed.ID)
	if err != nil || card.State != "ready" || url == "" {
		t.Fatalf("card: %+v, %q, %v", card, url, err)
	}
	b.reviewed(t, teacher, handed.ID, review.Form{Text: "很好", Points: 95})
	inbox, unread, _, err := b.services.Notices.Inbox(learner, domain.Page{})
	if err != nil || len(inbox) != 1 || unread != 1 || inbox[0].Member != id {
		t.Fatalf("inbox: %+v, %d, %v", inbox, unread, err)
	}
}
