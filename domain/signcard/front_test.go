package signcard_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/signcard"
)

func TestACampWithoutACoverGetsOneThatFollowsItsTitle(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for range 2 {
		if err := w.MakeFront(t.Context(), "c1"); err != nil {
			t.Fatal(err)
		}
	}
	if w.drawn != 2 || !strings.HasPrefix(string(w.files["front/c1/cover.jpg"]), "晨读") || len(w.keys("front/")) != 2 {
		t.Errorf("%d drawn, %q", w.drawn, w.files)
	}
	w.camp.Title = "夜读"
	if err := w.SweepFronts(t.Context()); err != nil || w.drawn != 4 || !strings.HasPrefix(string(w.files["front/c1/share.jpg"]), "夜读") {
		t.Errorf("%d drawn, %v", w.drawn, err)
	}
	if err := w.SweepFronts(t.Context()); err != nil || w.drawn != 4 {
		t.Errorf("nothing has changed, and %d were drawn, %v", w.drawn, err)
	}
	links, err := w.FrontsOf(t.Context(), []camp.Camp{{Doc: domain.Doc{ID: "c1"}}, {Doc: domain.Doc{ID: "c9"}}})
	if err != nil || links["c1"] != (signcard.FrontLinks{Cover: "front/c1/cover.jpg", Share: "front/c1/share.jpg"}) || len(links) != 1 {
		t.Errorf("%+v, %v", links, err)
	}
	w.camp.Cover, w.camp.Title = "pic", "晚读"
	if err := errors.Join(w.MakeFront(t.Context(), "c1"), w.SweepFronts(t.Context())); err != nil || w.drawn != 4 {
		t.Errorf("with a cover of its own: %d drawn, %v", w.drawn, err)
	}
	if links, err := w.FrontsOf(t.Context(), []camp.Camp{{Doc: domain.Doc{ID: "c1"}, Cover: "pic"}}); err != nil || len(links) != 0 {
		t.Errorf("%+v, %v", links, err)
	}
}

func TestAnInviteCardIsDrawnWhenAskedForAndAgainWhenItsNameChanges(t *testing.T) {
	t.Parallel()
	w := newWorld()
	i, url, err := w.AskInvite(ann(t), "c1")
	if err != nil || i.State != signcard.Pending || url != "" {
		t.Fatalf("%+v, %q, %v", i, url, err)
	}
	for range 2 {
		if err := w.MakeInvite(t.Context(), i.ID); err != nil {
			t.Fatal(err)
		}
	}
	i, url, err = w.AskInvite(ann(t), "c1")
	if err != nil || i.State != signcard.Ready || w.drawn != 1 || !strings.Contains(string(w.files[url]), "code of c1-ann") {
		t.Errorf("%+v, %q, %v", i, w.files[url], err)
	}
	w.name = "安安"
	if i, _, err = w.AskInvite(ann(t), "c1"); err != nil || i.State != signcard.Pending {
		t.Errorf("%+v, %v", i, err)
	}
	if err := w.MakeInvite(t.Context(), i.ID); err != nil || w.drawn != 2 || len(w.invites.All(nil)) != 1 {
		t.Errorf("%d drawn, %v", w.drawn, err)
	}
	if _, _, err := w.AskInvite(domain.WithActor(t.Context(), domain.Actor{Member: "pro"}), "c1"); err != nil {
		t.Errorf("who promotes the camp has no card: %v", err)
	}
	if _, _, err := w.AskInvite(domain.WithActor(t.Context(), domain.Actor{Member: "eve"}), "c1"); !errors.Is(err, enrolment.ErrNotEnrolled) {
		t.Errorf("a stranger: %v", err)
	}
	w.camp.State = camp.Draft
	if _, _, err := w.AskInvite(ann(t), "c1"); !errors.Is(err, camp.ErrNotPublished) {
		t.Errorf("a draft: %v", err)
	}
}

func TestTheWindowOfACampThatWasJustPublishedIsDrawnAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	published := w.camp
	published.ID = "c1"
	for range 2 {
		picture, err := w.Window(t.Context(), published)
		if err != nil || !strings.HasPrefix(string(picture), "晨读") || w.drawn != 2 {
			t.Errorf("%q after %d drawings, %v", picture, w.drawn, err)
		}
	}
}

// By several processes that know nothing of one another, of which one dies with the pictures there and nothing said of them.
func TestAWindowThatIsDrawnByManyAtOnceIsOne(t *testing.T) {
	t.Parallel()
	w := newWorld()
	published := w.camp
	published.ID = "c1"
	w.power.Cut(1, false)
	if _, err := w.Window(t.Context(), published); !errors.Is(err, domaintest.ErrDead) {
		t.Fatalf("killed: %v", err)
	}
	w.power.Restore()
	clear(w.files)
	var race sync.WaitGroup
	for range 8 {
		race.Go(func() {
			if picture, err := w.Window(t.Context(), published); err != nil || !strings.HasPrefix(string(picture), "晨读") {
				t.Errorf("%q, %v", picture, err)
			}
		})
	}
	race.Wait()
	if err := w.MakeFront(t.Context(), "c1"); err != nil || len(w.fronts.All(nil)) != 1 || len(w.keys("front/")) != 2 {
		t.Errorf("%d fronts, %q, %v", len(w.fronts.All(nil)), w.keys("front/"), err)
	}
}
