package signcard_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/signcard"
)

var many = []string{"ann", "bob", "cid", "dan", "eve"}

// drain does what the outbox of a redraw asks for, until it asks for nothing more.
func (w world) drain(t *testing.T) {
	t.Helper()
	done := map[string]bool{}
	for range 50 {
		again := false
		for _, r := range w.redraws.All(nil) {
			for _, e := range r.Outbox {
				if done[e.ID] {
					continue
				}
				var due signcard.RedrawStep
				if err := json.Unmarshal(e.Data, &due); err != nil {
					t.Fatal(err)
				}
				err := w.RunRedraw(t.Context(), r.ID, due.Step)
				if errors.Is(err, domaintest.ErrDead) {
					w.power.Restore()
				} else if err != nil {
					t.Fatal(err)
				} else {
					done[e.ID] = true
				}
				again = true
			}
		}
		if !again {
			return
		}
	}
	t.Fatal("it never ends")
}

func TestACampIsDrawnAnewAndNothingIsLeftOver(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.make(t, "c1", many, 21)
	w.make(t, "c2", []string{"ann"}, 2)
	before := w.keys("card/")
	choices := map[string]signcard.Choice{}
	for _, c := range w.cards.All(nil) {
		choices[c.ID] = c.Choice
	}
	w.name = "新名字"
	r, err := w.RedrawCamp(owner(t), "c1", false)
	if err != nil || r.Total != 105 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := w.RedrawCamp(owner(t), "c1", false); !errors.Is(err, signcard.ErrRedrawing) {
		t.Errorf("a second one meanwhile: %v", err)
	}
	w.drain(t)
	r, _ = w.redraws.Get(t.Context(), r.ID)
	if r.State != signcard.Done || r.Done != 105 || r.Failed != 0 || r.EndedAt.IsZero() {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff(before, w.keys("card/")); diff != "" {
		t.Errorf("pictures (-before +after)\n%s", diff)
	}
	for key, raw := range w.files {
		if named := strings.HasPrefix(string(raw), "新名字"); strings.HasPrefix(key, "card/") && named != strings.HasPrefix(key, "card/c1/") {
			t.Errorf("%s says %s", key, raw)
		}
	}
	for _, c := range w.cards.All(nil) {
		if c.Choice != choices[c.ID] || c.State != signcard.Ready {
			t.Errorf("%s chose %+v, and then %+v", c.ID, choices[c.ID], c.Choice)
		}
	}
	if _, err := w.RedrawCamp(owner(t), "c1", false); err != nil {
		t.Errorf("another one after it: %v", err)
	}
}

// Whatever write the process dies at, the redraw goes on and counts each card once.
func TestARedrawGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 39, 40, 41, 42, 60, 83} {
		for _, done := range []bool{false, true} {
			w := newWorld()
			w.make(t, "c1", many, 12)
			r, err := w.RedrawCamp(owner(t), "c1", false)
			if err != nil {
				t.Fatal(err)
			}
			w.power.Cut(n, done)
			w.drain(t)
			w.power.Restore()
			w.drain(t)
			if r, _ = w.redraws.Get(t.Context(), r.ID); r.State != signcard.Done || r.Done != 60 || r.Failed != 0 {
				t.Errorf("killed at write %d (done %v): %+v", n, done, r)
			}
		}
	}
}

func TestARedrawCanBeCancelledAndOneBadCardStopsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.make(t, "c1", many, 21)
	w.faulty = "c1-bob"
	r, err := w.RedrawCamp(owner(t), "c1", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.RunRedraw(t.Context(), r.ID, 0); err != nil {
		t.Fatal(err)
	}
	for range 2 { // told of the same event twice
		if err := w.RunRedraw(t.Context(), r.ID, 0); err != nil {
			t.Fatal(err)
		}
	}
	if r, _ = w.redraws.Get(t.Context(), r.ID); r.Done != 40 || r.Failed != 19 || r.State != signcard.Running {
		t.Errorf("%+v", r)
	}
	if err := w.CancelRedraw(staff(t, domain.RoleTeacher), "c1", r.ID); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a stranger cancels: %v", err)
	}
	if err := w.CancelRedraw(owner(t), "c2", r.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("by way of another camp: %v", err)
	}
	if err := w.CancelRedraw(owner(t), "c1", r.ID); err != nil {
		t.Fatal(err)
	}
	w.drain(t)
	if r, _ = w.redraws.Get(t.Context(), r.ID); r.Done != 40 || r.State != signcard.Cancelled {
		t.Errorf("%+v", r)
	}
}

func TestAPersonsCardsAreDrawnAnewInEveryCamp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.make(t, "c1", many, 3)
	w.make(t, "c2", []string{"ann"}, 2)
	drawn := w.drawn
	w.name = "微信用户"
	for range 2 { // the second name comes while the first is under way: everything again
		if err := w.RedrawPerson(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
	}
	w.drain(t)
	if got := w.drawn - drawn; got != 5 || len(w.redraws.All(nil)) != 1 {
		t.Errorf("%d cards were drawn", got)
	}
	if err := w.RedrawPerson(t.Context(), "nobody"); err != nil || len(w.redraws.All(nil)) != 1 {
		t.Errorf("someone without cards: %v", err)
	}
}

func TestCardsKeepTheirTemplateUntilTheCampIsRestyled(t *testing.T) {
	t.Parallel()
	w := newWorld()
	form := signcard.TemplateForm{Name: "春天", Design: signcard.DefaultDesign()}
	made, err := w.SaveTemplate(owner(t), "o1", "", form)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SaveSetting(owner(t), "c1", signcard.SettingForm{Template: made.ID}); err != nil {
		t.Fatal(err)
	}
	w.make(t, "c1", many, 1)
	form.Design.Paper = "#fffaf0"
	if _, err := w.SaveTemplate(owner(t), "o1", made.ID, form); err != nil {
		t.Fatal(err)
	}
	w.make(t, "c1", []string{"fay"}, 1)
	versions := func() (list []int) {
		for _, c := range w.cards.All(nil) {
			list = append(list, c.Choice.Version)
		}
		slices.Sort(list)
		return list
	}
	if _, err := w.RedrawCamp(owner(t), "c1", false); err != nil {
		t.Fatal(err)
	}
	w.drain(t)
	if diff := cmp.Diff([]int{1, 1, 1, 1, 1, 2}, versions()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := w.RedrawCamp(owner(t), "c1", true); err != nil {
		t.Fatal(err)
	}
	w.drain(t)
	if diff := cmp.Diff([]int{2, 2, 2, 2, 2, 2}, versions()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
