package invitation_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/invitation"
	"yingdi/domain/member"
	"yingdi/domain/organiser"
)

type store struct {
	*domaintest.Store[invitation.Invitation]
}

func (s store) ByToken(_ context.Context, hash string) (invitation.Invitation, error) {
	for _, i := range s.All(func(i invitation.Invitation) bool { return i.TokenHash == hash }) {
		return i, nil
	}
	return invitation.Invitation{}, domain.ErrNotFound
}

func (s store) OfPlace(_ context.Context, at domain.Place, page domain.Page) ([]invitation.Invitation, domain.Cursor, error) {
	return s.Find(func(i invitation.Invitation) bool { return i.Place() == at },
		func(a, b invitation.Invitation) int {
			return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
		}, page)
}

type organisers struct {
	*domaintest.Store[organiser.Organiser]
}

func (organisers) List(context.Context, domain.Page) ([]organiser.Organiser, domain.Cursor, error) {
	return nil, "", nil
}

type members struct {
	*domaintest.Store[member.Member]
}

func (members) ByOpenID(context.Context, string) (member.Member, error) {
	return member.Member{}, domain.ErrNotFound
}

type camps struct{}

func (camps) OrganiserOf(_ context.Context, id string) (string, error) {
	if id != "c1" {
		return "", domain.ErrNotFound
	}
	return "o1", nil
}

func (camps) Titles(context.Context, []string) (map[string]string, error) {
	return map[string]string{"c1": "晨读"}, nil
}

type world struct {
	*invitation.Service
	store      store
	organisers *organiser.Service
	members    *member.Service
	power      *domaintest.Power
	clock      *domaintest.Clock
}

// newWorld is an organiser o1 with an owner, and a teacher of its camp c1.
func newWorld(t testing.TB) world {
	t.Helper()
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z")}
	w.store = store{domaintest.NewStore[invitation.Invitation](w.power)}
	w.members = &member.Service{Store: members{domaintest.NewStore[member.Member](w.power)}, Clock: w.clock}
	w.organisers = &organiser.Service{Store: organisers{domaintest.NewStore[organiser.Organiser](w.power)}, Members: w.members, Clock: w.clock}
	w.Service = &invitation.Service{
		Store: w.store, Organisers: w.organisers, Camps: camps{}, Members: w.members, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	for _, id := range []string{"owner", "teacher", "ann", "bob"} {
		if err := w.members.Store.Insert(t.Context(), member.Member{Doc: domain.Doc{ID: id}, Nickname: id, State: member.Active}); err != nil {
			t.Fatal(err)
		}
	}
	staff := []organiser.Post{{Member: "owner", Role: domain.RoleOwner}, {Member: "teacher", Camp: "c1", Role: domain.RoleTeacher}}
	if err := w.organisers.Store.Insert(t.Context(), organiser.Organiser{Doc: domain.Doc{ID: "o1"}, Name: "晨光", Staff: staff}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"owner", "teacher"} {
		if err := w.organisers.SyncGrants(t.Context(), "o1", id); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w world) as(t testing.TB, id string) context.Context {
	t.Helper()
	m, err := w.members.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return domain.WithActor(t.Context(), domain.Actor{Member: id, Grants: m.Grants})
}

var atCamp, atOrganiser = domain.Place{Organiser: "o1", Camp: "c1"}, domain.Place{Organiser: "o1"}

func (w world) invite(t testing.TB, by string, at domain.Place, role domain.Role, uses int) (id, token string) {
	t.Helper()
	i, token, err := w.Invite(w.as(t, by), at, invitation.Form{Role: role, Uses: uses, Life: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return i.ID, token
}

func (w world) has(t testing.TB, id string, right domain.Right, at domain.Place) bool {
	t.Helper()
	return domain.ActorFrom(w.as(t, id)).Has(right, at)
}

func TestWhoeverAcceptsHasTheRoleAndNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, token := w.invite(t, "teacher", atCamp, domain.RoleReviewer, 1)
	if o, err := w.Look(w.as(t, "ann"), token); err != nil || o.CampTitle != "晨读" || o.OrganiserName != "晨光" || o.Host.ID != "teacher" || o.Accepted {
		t.Errorf("%+v, %v", o, err)
	}
	for range 2 {
		if _, err := w.Accept(w.as(t, "ann"), token); err != nil {
			t.Fatal(err)
		}
	}
	if !w.has(t, "ann", domain.RightReview, atCamp) || w.has(t, "ann", domain.RightCampEdit, atCamp) || w.has(t, "ann", domain.RightConsole, atOrganiser) {
		t.Error("the rights are not those of the role")
	}
	i, err := w.store.Get(t.Context(), id)
	if err != nil || len(i.Accepted) != 1 || !i.Accepted[0].Done || strings.Contains(fmt.Sprint(i), token) {
		t.Errorf("%+v, %v", i, err)
	}
	rows, _, err := w.List(w.as(t, "owner"), atCamp, domain.Page{})
	if err != nil || len(rows) != 1 || rows[0].Host.ID != "teacher" || rows[0].Guests[0].ID != "ann" || rows[0].State != invitation.Used {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestTheLastUseIsOnePersons(t *testing.T) {
	t.Parallel()
	for range 20 {
		w := newWorld(t)
		id, token := w.invite(t, "owner", atCamp, domain.RoleTeacher, 1)
		var taken atomic.Int32
		var race sync.WaitGroup
		for _, who := range []string{"ann", "bob", "ann", "bob"} {
			ctx := w.as(t, who)
			race.Go(func() {
				if _, err := w.Accept(ctx, token); err == nil {
					taken.Add(1)
				} else if !errors.Is(err, invitation.ErrUsed) && !errors.Is(err, invitation.ErrAlready) {
					t.Error(err)
				}
			})
		}
		race.Wait()
		i, err := w.store.Get(t.Context(), id)
		if err != nil || len(i.Accepted) != 1 || taken.Load() < 1 || taken.Load() > 2 {
			t.Fatalf("%d came, %+v, %v", taken.Load(), i, err)
		}
		if w.has(t, "ann", domain.RightReview, atCamp) == w.has(t, "bob", domain.RightReview, atCamp) {
			t.Fatal("not one of the two")
		}
	}
}

func TestWhatNoLongerStandsIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(w world, id string) error
		want  error
	}{
		"expired": {func(w world, _ string) error { w.clock.Add(24 * time.Hour); return nil }, invitation.ErrExpired},
		"revoked": {func(w world, id string) error { _, err := w.Revoke(w.as(t, "owner"), atCamp, id); return err }, invitation.ErrRevoked},
		"by one who was dismissed": {func(w world, _ string) error {
			_, err := w.organisers.Dismiss(w.as(t, "owner"), "o1", "teacher", "c1")
			return err
		}, invitation.ErrRevoked},
		"by one who now has less": {func(w world, _ string) error {
			_, err := w.organisers.Store.Update(t.Context(), "o1", func(o *organiser.Organiser) error {
				return o.Appoint(organiser.Post{Member: "teacher", Camp: "c1", Role: domain.RoleReviewer})
			})
			return errors.Join(err, w.organisers.SyncGrants(t.Context(), "o1", "teacher"))
		}, invitation.ErrRevoked},
	} {
		w := newWorld(t)
		id, token := w.invite(t, "teacher", atCamp, domain.RoleTeacher, 5)
		if err := c.spoil(w, id); err != nil {
			t.Fatal(name, err)
		}
		if _, err := w.Look(w.as(t, "ann"), token); !errors.Is(err, c.want) {
			t.Errorf("%s: looking: %v", name, err)
		}
		if _, err := w.Accept(w.as(t, "ann"), token); !errors.Is(err, c.want) || w.has(t, "ann", domain.RightConsole, domain.Place{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACrashBetweenYesAndRoleIsMadeGoodByTheEvent(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld(t)
			id, token := w.invite(t, "teacher", atCamp, domain.RoleReviewer, 1)
			ctx := w.as(t, "ann")
			w.power.Cut(n, after)
			_, _ = w.Accept(ctx, token)
			died := w.power.Restore()
			events := w.store.Events(id)
			for range events {
				if err := w.Finish(t.Context(), id, "ann"); err != nil {
					t.Fatal(err)
				}
			}
			if got := w.has(t, "ann", domain.RightReview, atCamp); got != (len(events) == 1) {
				t.Fatalf("killed at %d: the role is held: %v, events %v", n, got, events)
			}
			if !died {
				break
			}
		}
	}
}

func TestWhoWasDismissedStaysSoWhenTheEventComesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, token := w.invite(t, "teacher", atCamp, domain.RoleReviewer, 1)
	if _, err := w.Accept(w.as(t, "ann"), token); err != nil {
		t.Fatal(err)
	}
	if _, err := w.organisers.Dismiss(w.as(t, "owner"), "o1", "ann", "c1"); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(t.Context(), id, "ann"); err != nil || w.has(t, "ann", domain.RightReview, atCamp) {
		t.Errorf("back again, %v", err)
	}
}

func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := func(role domain.Role) invitation.Form { return invitation.Form{Role: role, Uses: 1, Life: time.Hour} }
	with := func(change func(*invitation.Form)) invitation.Form {
		f := form(domain.RoleReviewer)
		change(&f)
		return f
	}
	elsewhere := domain.Place{Organiser: "o2", Camp: "c1"}
	for name, c := range map[string]struct {
		by   string
		at   domain.Place
		form invitation.Form
		want error
	}{
		"a teacher into the organiser":  {"teacher", atOrganiser, form(domain.RoleTeacher), domain.ErrForbidden},
		"a learner":                     {"ann", atCamp, form(domain.RoleReviewer), domain.ErrForbidden},
		"a camp of another house":       {"owner", elsewhere, form(domain.RoleReviewer), domain.ErrNotFound},
		"no place":                      {"owner", domain.Place{}, form(domain.RoleReviewer), domain.ErrNotFound},
		"an owner by link":              {"owner", atOrganiser, form(domain.RoleOwner), domain.ErrInvalid},
		"a reviewer of the whole house": {"owner", atOrganiser, form(domain.RoleReviewer), domain.ErrInvalid},
		"nobody may use it":             {"owner", atCamp, with(func(f *invitation.Form) { f.Uses = 0 }), domain.ErrInvalid},
		"too many may":                  {"owner", atCamp, with(func(f *invitation.Form) { f.Uses = 51 }), domain.ErrInvalid},
		"for ever":                      {"owner", atCamp, with(func(f *invitation.Form) { f.Life = 31 * 24 * time.Hour }), domain.ErrInvalid},
		"for no time":                   {"owner", atCamp, with(func(f *invitation.Form) { f.Life = -time.Hour }), domain.ErrInvalid},
		"a long note":                   {"owner", atCamp, with(func(f *invitation.Form) { f.Note = strings.Repeat("长", 41) }), domain.ErrInvalid},
		"as it should be":               {"teacher", atCamp, form(domain.RoleTeacher), nil},
		"a manager by the owner":        {"owner", atOrganiser, form(domain.RoleManager), nil},
	} {
		if _, _, err := w.Invite(w.as(t, c.by), c.at, c.form); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	_, token := w.invite(t, "teacher", atCamp, domain.RoleReviewer, 2)
	if _, err := w.Accept(w.as(t, "owner"), token); !errors.Is(err, invitation.ErrAlready) {
		t.Errorf("an owner becomes a reviewer: %v", err)
	}
	if _, err := w.Accept(t.Context(), token); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Error(err)
	}
	if _, err := w.Look(w.as(t, "ann"), "guess"); !errors.Is(err, invitation.ErrUnknown) {
		t.Error(err)
	}
	id, _ := w.invite(t, "owner", atOrganiser, domain.RoleManager, 2)
	if _, err := w.Revoke(w.as(t, "teacher"), atCamp, id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a teacher revokes what is the organiser's: %v", err)
	}
}

func TestAFullStaffListGivesTheUseBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, token := w.invite(t, "teacher", atCamp, domain.RoleReviewer, 1)
	if _, err := w.organisers.Store.Update(t.Context(), "o1", func(o *organiser.Organiser) error {
		for i := len(o.Staff); i < organiser.MaxStaff; i++ {
			o.Staff = append(o.Staff, organiser.Post{Member: fmt.Sprint("x", i), Camp: "c1", Role: domain.RoleReviewer})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Accept(w.as(t, "ann"), token); !errors.Is(err, organiser.ErrTooManyStaff) {
		t.Fatal(err)
	}
	if i, err := w.store.Get(t.Context(), id); err != nil || len(i.Accepted) != 0 {
		t.Errorf("%+v, %v", i, err)
	}
}
