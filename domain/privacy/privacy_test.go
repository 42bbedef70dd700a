package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/privacy"
)

type deletions struct {
	*domaintest.Store[privacy.Deletion]
}

func (s deletions) Due(_ context.Context, before time.Time, page domain.Page) ([]privacy.Deletion, domain.Cursor, error) {
	return s.Find(func(d privacy.Deletion) bool {
		return (d.State == privacy.Asked || d.State == privacy.Settling) && d.DueAt.Before(before)
	}, nil, page)
}

func (s deletions) InState(_ context.Context, state privacy.State, page domain.Page) ([]privacy.Deletion, domain.Cursor, error) {
	return s.Find(func(d privacy.Deletion) bool { return d.State == state }, nil, page)
}

type downloads struct {
	*domaintest.Store[privacy.Download]
}

func (s downloads) Ended(_ context.Context, before time.Time, page domain.Page) ([]privacy.Download, domain.Cursor, error) {
	return s.Find(func(d privacy.Download) bool { return d.Until.Before(before) }, nil, page)
}

type people struct {
	*domaintest.Store[member.Member]
}

func (p people) ByOpenID(context.Context, string) (string, error) { return "", domain.ErrNotFound }

func (p people) Cards(context.Context, []string) (map[string]member.Card, error) { return nil, nil }

func (p people) Close(ctx context.Context, id string) error {
	_, err := p.Update(ctx, id, func(m *member.Member) error {
		m.State = member.Deleted
		return nil
	})
	return err
}

// note is what a person has written.
type note struct {
	domain.Doc
	Who  string
	Text string
}

type world struct {
	*privacy.Service
	notes   *domaintest.Store[note]
	letters *domaintest.Store[note]
	people  people
	clock   *domaintest.Clock
	power   *domaintest.Power
}

func newWorld() world {
	power := &domaintest.Power{}
	w := world{
		notes: domaintest.NewStore[note](power), letters: domaintest.NewStore[note](power), people: people{domaintest.NewStore[member.Member](power)},
		clock: domaintest.NewClock("2026-03-05T01:00:00Z"), power: power,
	}
	of := func(s *domaintest.Store[note]) privacy.Of[note] {
		return func(_ context.Context, who string, page domain.Page) ([]note, domain.Cursor, error) {
			return s.Find(func(n note) bool { return n.Who == who }, nil, page)
		}
	}
	w.Service = &privacy.Service{
		Policy: &privacy.Policy{Version: "v1"}, Consents: domaintest.NewStore[privacy.Consent](power), Deletions: deletions{domaintest.NewStore[privacy.Deletion](power)},
		Downloads: downloads{domaintest.NewStore[privacy.Download](power)}, Members: w.people, Clock: w.clock,
		Holders: []privacy.Holder{
			privacy.Part[note]{Collection: "letter", Store: w.letters, Of: of(w.letters)},
			privacy.Part[note]{Collection: "note", Store: w.notes, Of: of(w.notes), Erase: func(n *note) error {
				if n.Text == "" {
					return domain.ErrSame
				}
				n.Text = ""
				return nil
			}},
		},
	}
	return w
}

func (w world) live(t testing.TB, who string, grants ...domain.Grant) {
	t.Helper()
	must(t, w.people.Insert(t.Context(), member.Member{Doc: domain.Doc{ID: who}, State: member.Active, Grants: grants}))
	for n := range 3 {
		must(t, w.notes.Insert(t.Context(), note{Doc: domain.Doc{ID: fmt.Sprint(who, n)}, Who: who, Text: "秘密"}))
		must(t, w.letters.Insert(t.Context(), note{Doc: domain.Doc{ID: fmt.Sprint(who, n)}, Who: who, Text: "秘密"}))
	}
}

func (w world) state(t testing.TB, who string) privacy.State {
	t.Helper()
	d, err := w.Deletions.Get(t.Context(), who)
	must(t, err)
	return d.State
}

// left is what still says something about a person.
func (w world) left(who string) int {
	says := func(n note) bool { return n.Who == who && n.Text != "" }
	return len(w.notes.All(says)) + len(w.letters.All(says))
}

func as(t testing.TB, who string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: who})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var owner = domain.Grant{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner}

func TestAPersonCanChangeTheirMindForSevenDays(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.live(t, "ann")
	w.live(t, "bob")
	for range 2 {
		_, err := w.AskDeletion(as(t, "ann"))
		must(t, err)
	}
	for range 2 {
		_, err := w.CancelDeletion(as(t, "ann"))
		must(t, err)
	}
	w.clock.Add(privacy.Grace)
	must(t, w.Sweep(t.Context()))
	if got := w.state(t, "ann"); got != privacy.Cancelled {
		t.Errorf("got %s", got)
	}
	d, err := w.AskDeletion(as(t, "ann"))
	if err != nil || !d.DueAt.Equal(w.clock.Now().Add(privacy.Grace)) {
		t.Errorf("the days do not begin anew: %+v, %v", d, err)
	}
	w.clock.Add(privacy.Grace)
	must(t, w.Sweep(t.Context()))
	if _, err := w.CancelDeletion(as(t, "ann")); !errors.Is(err, privacy.ErrUnderWay) {
		t.Errorf("got %v", err)
	}
	must(t, w.Erase(t.Context(), "ann"))
	if w.left("ann") != 0 || w.left("bob") != 6 {
		t.Errorf("%d of ann, %d of bob", w.left("ann"), w.left("bob"))
	}
}

func TestADeletionThatIsKilledAnywhereGoesOnAndEnds(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		cut := false
		for _, done := range []bool{false, true} {
			w := newWorld()
			w.live(t, "ann")
			_, err := w.AskDeletion(as(t, "ann"))
			must(t, err)
			w.clock.Add(privacy.Grace)
			must(t, w.Sweep(t.Context()))
			w.power.Cut(n, done)
			_ = w.Erase(t.Context(), "ann")
			cut = w.power.Restore()
			must(t, w.Erase(t.Context(), "ann"))
			if got := w.state(t, "ann"); got != privacy.Settling || w.left("ann") != 0 {
				t.Fatalf("cut at %d %v: %s, %d left", n, done, got, w.left("ann"))
			}
			must(t, w.letters.Insert(t.Context(), note{Doc: domain.Doc{ID: "late"}, Who: "ann", Text: "秘密"})) // what was on its way
			w.clock.Add(privacy.SettleAfter)
			must(t, w.Sweep(t.Context()))
			must(t, w.Erase(t.Context(), "ann"))
			if got := w.state(t, "ann"); got != privacy.Done || w.left("ann") != 0 {
				t.Fatalf("cut at %d %v: at the end %s, %d left", n, done, got, w.left("ann"))
			}
		}
		if !cut {
			if n < 8 {
				t.Errorf("only %d places to die", n)
			}
			return
		}
	}
}

func TestStaffCannotGoBeforeTheirRolesDo(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.live(t, "boss", owner)
	if _, err := w.AskDeletion(as(t, "boss")); !errors.Is(err, privacy.ErrStaff) {
		t.Errorf("got %v", err)
	}
	w.live(t, "rising")
	_, err := w.AskDeletion(as(t, "rising"))
	must(t, err)
	if _, err := w.people.Update(t.Context(), "rising", func(m *member.Member) error {
		m.Grants = []domain.Grant{owner}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(privacy.Grace)
	must(t, w.Sweep(t.Context()))
	admin := domain.WithActor(t.Context(), domain.SystemActor)
	if err := w.Proceed(admin, "rising"); !errors.Is(err, privacy.ErrStaff) || w.state(t, "rising") != privacy.Held {
		t.Errorf("%v, %s", err, w.state(t, "rising"))
	}
	if _, err := w.people.Update(t.Context(), "rising", func(m *member.Member) error {
		m.Grants = nil
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Proceed(as(t, "ann"), "rising"); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner proceeds: %v", err)
	}
	must(t, w.Proceed(admin, "rising"))
	d, err := w.Deletions.Get(t.Context(), "rising")
	must(t, err)
	var story []privacy.State
	for _, c := range d.Audit {
		story = append(story, c.To)
	}
	if !slices.Equal(story, []privacy.State{privacy.Asked, privacy.Held, privacy.Running}) {
		t.Errorf("the audit says %v", story)
	}
}

func TestConsentIsToAVersionAndKeptWithItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if err := w.Require(as(t, "ann")); !errors.Is(err, privacy.ErrConsent) {
		t.Errorf("got %v", err)
	}
	first, err := w.Agree(as(t, "ann"), "v1")
	must(t, err)
	w.clock.Add(time.Hour)
	again, err := w.Agree(as(t, "ann"), "v1")
	must(t, err)
	if !again.At.Equal(first.At) {
		t.Errorf("the time moved from %v to %v", first.At, again.At)
	}
	must(t, w.Require(as(t, "ann")))
	w.Policy.Version = "v2"
	if err := w.Require(as(t, "ann")); !errors.Is(err, privacy.ErrConsent) {
		t.Errorf("got %v", err)
	}
	if _, err := w.Agree(as(t, "ann"), "v1"); !errors.Is(err, privacy.ErrVersion) {
		t.Errorf("got %v", err)
	}
	w.Policy.Version = ""
	must(t, w.Require(as(t, "bob")))
}
