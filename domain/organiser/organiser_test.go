package organiser_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/organiser"
)

type store struct {
	*domaintest.Store[organiser.Organiser]
}

func (s store) List(_ context.Context, page domain.Page) ([]organiser.Organiser, domain.Cursor, error) {
	return s.Find(nil, nil, page)
}

type people struct {
	*domaintest.Store[member.Member]
}

func (p people) ByOpenID(context.Context, string) (member.Member, error) {
	return member.Member{}, domain.ErrNotFound
}

type world struct {
	*organiser.Service
	store   store
	people  people
	members *member.Service
	power   *domaintest.Power
}

func newWorld(t testing.TB, names ...string) world {
	t.Helper()
	w := world{power: &domaintest.Power{}}
	clock := domaintest.NewClock("2026-03-01T01:00:00Z")
	w.store, w.people = store{domaintest.NewStore[organiser.Organiser](w.power)}, people{domaintest.NewStore[member.Member](w.power)}
	w.members = &member.Service{Store: w.people, Clock: clock}
	w.Service = &organiser.Service{Store: w.store, Members: w.members, IDs: &domaintest.IDs{}, Clock: clock}
	for _, name := range names {
		if err := w.people.Insert(t.Context(), member.Member{Doc: domain.Doc{ID: name}, State: member.Active}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// as acts with what the person may do now.
func (w world) as(t testing.TB, name string) context.Context {
	t.Helper()
	m, err := w.people.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: m.Grants})
}

func system(t testing.TB) context.Context { return domain.WithActor(t.Context(), domain.SystemActor) }

func (w world) studio(t testing.TB, owner string) organiser.Organiser {
	t.Helper()
	o, err := w.Create(system(t), organiser.Form{Name: "晨光阅读"}, owner)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func grantsOf(t testing.TB, w world, name string) []domain.Grant {
	t.Helper()
	m, err := w.people.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return m.Grants
}

func TestFormIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form organiser.Form
		ok   bool
	}{
		"fine":           {organiser.Form{Name: "晨光", Intro: "一\n二"}, true},
		"a short name":   {organiser.Form{Name: "晨"}, false},
		"a long name":    {organiser.Form{Name: strings.Repeat("晨", 41)}, false},
		"a long intro":   {organiser.Form{Name: "晨光", Intro: strings.Repeat("一", 1001)}, false},
		"two-line names": {organiser.Form{Name: "晨\n光"}, false},
	} {
		if err := c.form.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyThePlatformOpensOrganisers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ann")
	o := w.studio(t, "ann")
	if got := grantsOf(t, w, "ann"); len(got) != 1 || got[0].Role != domain.RoleOwner || got[0].ID != o.ID {
		t.Errorf("the owner's grants: %+v", got)
	}
	if _, err := w.Create(w.as(t, "ann"), organiser.Form{Name: "第二家"}, "ann"); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("an owner: %v", err)
	}
	if _, err := w.Create(t.Context(), organiser.Form{Name: "第二家"}, "ann"); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := w.Create(system(t), organiser.Form{Name: "第二家"}, "ghost"); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("an owner who does not exist: %v", err)
	}
	if n := len(w.store.All(nil)); n != 1 {
		t.Errorf("%d organisers", n)
	}
}

func TestWhoMayGiveAndTakeRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ann", "bob", "cat", "dan", "eve")
	o, other := w.studio(t, "ann"), w.studio(t, "eve")
	ann := w.as(t, "ann")
	appoint := func(name, camp string, role domain.Role) {
		t.Helper()
		if _, err := w.Appoint(ann, o.ID, name, camp, role); err != nil {
			t.Fatal(err)
		}
	}
	appoint("bob", "", domain.RoleManager)
	appoint("cat", "c1", domain.RoleTeacher)
	for name, want := range map[string]error{"ann": nil, "bob": domain.ErrForbidden, "cat": domain.ErrForbidden, "dan": domain.ErrForbidden, "eve": domain.ErrForbidden} {
		if _, err := w.Appoint(w.as(t, name), o.ID, "dan", "c1", domain.RoleReviewer); !errors.Is(err, want) {
			t.Errorf("%s appoints: %v", name, err)
		}
		if _, err := w.Dismiss(w.as(t, name), o.ID, "dan", "c1"); !errors.Is(err, want) {
			t.Errorf("%s dismisses: %v", name, err)
		}
	}
	for name, call := range map[string]func() error{
		"no organiser":           func() error { _, err := w.Appoint(ann, "", "dan", "", domain.RoleManager); return err },
		"nobody":                 func() error { _, err := w.Appoint(ann, o.ID, "ghost", "", domain.RoleManager); return err },
		"an id that cannot be":   func() error { _, err := w.Appoint(ann, o.ID, "da n", "", domain.RoleManager); return err },
		"a camp that cannot be":  func() error { _, err := w.Appoint(ann, o.ID, "dan", "c 1", domain.RoleTeacher); return err },
		"admin of an organiser":  func() error { _, err := w.Appoint(ann, o.ID, "dan", "", domain.RoleAdmin); return err },
		"owner of a camp":        func() error { _, err := w.Appoint(ann, o.ID, "dan", "c1", domain.RoleOwner); return err },
		"another's organiser":    func() error { _, err := w.Appoint(ann, other.ID, "dan", "", domain.RoleManager); return err },
		"looking at the others'": func() error { _, _, err := w.Colleagues(ann, other.ID); return err },
		"reading the others'":    func() error { _, err := w.Get(ann, other.ID); return err },
	} {
		if call() == nil {
			t.Errorf("%s was allowed", name)
		}
	}
	if got := grantsOf(t, w, "dan"); len(got) != 0 {
		t.Errorf("dan holds %+v", got)
	}
}

func TestAnOrganiserKeepsAnOwnerWhateverHappens(t *testing.T) {
	t.Parallel()
	people := []string{"a", "b", "c"}
	roles := []domain.Role{domain.RoleOwner, domain.RoleManager, domain.RoleTeacher}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		o := organiser.Organiser{Doc: domain.Doc{ID: "o"}}
		if err := o.Appoint(organiser.Post{Member: "a", Role: domain.RoleOwner, Since: now}); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			who, events := rapid.SampledFrom(people).Draw(t, "who"), len(o.Outbox)
			camp := rapid.SampledFrom([]string{"", "c1"}).Draw(t, "camp")
			var err error
			if rapid.Bool().Draw(t, "appoint") {
				err = o.Appoint(organiser.Post{Member: who, Camp: camp, Role: rapid.SampledFrom(roles).Draw(t, "role"), Since: now})
			} else {
				err = o.Dismiss(who, camp, now)
			}
			if (err == nil) != (len(o.Outbox) == events+1) {
				t.Fatalf("%v, and %d events after %d", err, len(o.Outbox), events)
			}
			owners, held := 0, map[string]bool{}
			for _, p := range o.Staff {
				if p.Camp == "" && p.Role == domain.RoleOwner {
					owners++
				}
				if place := p.Member + "@" + p.Camp; held[place] {
					t.Fatalf("%s holds two posts", place)
				} else {
					held[place] = true
				}
			}
			if owners == 0 {
				t.Fatal("nobody owns it any more")
			}
		}
	})
}

func TestTheStaffListIsBounded(t *testing.T) {
	t.Parallel()
	o := organiser.Organiser{Doc: domain.Doc{ID: "o"}}
	for i := range organiser.MaxStaff {
		if err := o.Appoint(organiser.Post{Member: fmt.Sprint("m", i), Role: domain.RoleOwner}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Appoint(organiser.Post{Member: "late", Role: domain.RoleOwner}); !errors.Is(err, organiser.ErrTooManyStaff) {
		t.Errorf("got %v", err)
	}
	if err := o.Appoint(organiser.Post{Member: "m1", Role: domain.RoleManager}); err != nil {
		t.Errorf("a post that exists can still change: %v", err)
	}
}

func TestGrantsFollowThePostsAfterACrashBetweenTheTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ann", "bob")
	o := w.studio(t, "ann")
	w.power.Cut(1, true) // the post is written, the grant is not
	if _, err := w.Appoint(w.as(t, "ann"), o.ID, "bob", "", domain.RoleManager); !errors.Is(err, domaintest.ErrDead) {
		t.Fatal(err)
	}
	w.power.Restore()
	if got := grantsOf(t, w, "bob"); len(got) != 0 {
		t.Fatalf("no crash: %+v", got)
	}
	if events := w.store.Events(o.ID); len(events) != 2 {
		t.Fatalf("events %v", events)
	}
	if err := w.SyncGrants(t.Context(), o.ID, "bob"); err != nil { // as the consumer of the event does
		t.Fatal(err)
	}
	if got := grantsOf(t, w, "bob"); len(got) != 1 {
		t.Errorf("grants %+v", got)
	}
}

// Two changes at once: the copy of the first must not come to lie over that of the second.
func TestWhoWasDismissedKeepsNoGrantFromASlowCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ann", "bob")
	o := w.studio(t, "ann")
	dismissed := false
	w.people.Raced = func(id string) {
		if id != "bob" || dismissed {
			return
		}
		dismissed = true
		if _, err := w.Dismiss(w.as(t, "ann"), o.ID, "bob", ""); err != nil {
			t.Error(err)
		}
	}
	if _, err := w.Appoint(w.as(t, "ann"), o.ID, "bob", "", domain.RoleManager); err != nil {
		t.Fatal(err)
	}
	if got := grantsOf(t, w, "bob"); !dismissed || len(got) != 0 {
		t.Errorf("dismissed %v, and holds %+v", dismissed, got)
	}
}

func TestMineListsWhereOneWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ann", "bob", "cat")
	first, second := w.studio(t, "ann"), w.studio(t, "bob")
	if err := w.AppointFounder(t.Context(), second.ID, "c1", "ann"); err != nil {
		t.Fatal(err)
	}
	ids := func(list []organiser.Organiser) (ids []string) {
		for _, o := range list {
			ids = append(ids, o.ID)
		}
		return ids
	}
	for name, want := range map[string][]string{"ann": {first.ID, second.ID}, "bob": {second.ID}} {
		list, _, err := w.Mine(w.as(t, name), domain.Page{})
		if diff := cmp.Diff(want, ids(list)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
	if _, _, err := w.Mine(w.as(t, "cat"), domain.Page{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
	if list, _, err := w.Mine(system(t), domain.Page{}); err != nil || len(list) != 2 {
		t.Errorf("the system: %d, %v", len(list), err)
	}
}
