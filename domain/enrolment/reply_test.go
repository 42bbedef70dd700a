package enrolment_test

import (
	"errors"
	"testing"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
)

func TestWhatWasAnsweredIsKeptWithThePlaceAndNotWithoutOne(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	staff := domain.WithActor(t.Context(), domain.Actor{Member: "teacher", Grants: []domain.Grant{{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher}}})
	if _, err := w.forms.Save(staff, "c1", form.Draft{Fields: []form.Field{{ID: "f1", Type: form.City, Label: "城市", Required: true}}}, 0); err != nil {
		t.Fatal(err)
	}
	given := form.Given{Version: 1, Answers: []form.Answer{{Field: "f1", Values: []string{"杭州"}}}}
	if _, err := w.Enrol(as(t, "ann"), "c1"); !errors.Is(err, form.ErrChanged) || len(w.store.All(nil)) != 0 {
		t.Fatalf("enrolled without an answer: %v", err)
	}
	if _, err := w.EnrolWith(as(t, "ann"), "c1", given); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Enrol(as(t, "ann"), "c1"); err != nil {
		t.Errorf("the second tap is asked again: %v", err)
	}
	if asked, err := w.MyReply(as(t, "ann"), "c1"); err != nil || len(asked) != 1 || asked[0].Values[0] != "杭州" {
		t.Errorf("%+v, %v", asked, err)
	}
	if e, err := w.EnrolWith(as(t, "bob"), "c1", given); !errors.Is(err, camp.ErrFull) || e.Reply != nil {
		t.Fatalf("%+v, %v", e, err)
	}
	w.setSeats(2)
	if _, err := w.EnrolWith(as(t, "bob"), "c1", given); err != nil {
		t.Fatal(err)
	}
	if e, err := w.store.Get(t.Context(), enrolment.ID("c1", "bob")); err != nil || e.Reply == nil {
		t.Errorf("%+v, %v", e, err)
	}
}
