package domain_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
)

var (
	everyRight = []domain.Right{
		domain.RightConsole, domain.RightCampOpen, domain.RightCampView, domain.RightCampEdit, domain.RightReview,
		domain.RightStaff, domain.RightInvite, domain.RightOrganiser, domain.RightOperate, domain.RightPersonal, domain.RightCardLibrary,
		domain.RightExport, domain.RightPhones, domain.RightAudit,
		domain.RightPrice, domain.RightMoney,
	}
	everyRole  = []domain.Role{domain.RoleAdmin, domain.RoleOwner, domain.RoleManager, domain.RoleTeacher, domain.RoleReviewer}
	everyScope = []domain.Scope{domain.ScopePlatform, domain.ScopeOrganiser, domain.ScopeCamp}
)

// grant of a role at a scope: organiser o1, camp c1 of it.
func grant(scope domain.Scope, role domain.Role) domain.Grant {
	switch scope {
	case domain.ScopePlatform:
		return domain.Grant{Scope: scope, Role: role}
	case domain.ScopeOrganiser:
		return domain.Grant{Scope: scope, ID: "o1", Organiser: "o1", Role: role}
	}
	return domain.Grant{Scope: scope, ID: "c1", Organiser: "o1", Role: role}
}

// What each role may do where it is held; everything that is not listed is forbidden.
var mayDo = map[domain.Grant][]domain.Right{
	grant(domain.ScopePlatform, domain.RoleAdmin): everyRight,
	grant(domain.ScopeOrganiser, domain.RoleOwner): {
		domain.RightConsole, domain.RightCampOpen, domain.RightCampView, domain.RightCampEdit, domain.RightReview,
		domain.RightStaff, domain.RightInvite, domain.RightPersonal, domain.RightCardLibrary,
		domain.RightExport, domain.RightPhones, domain.RightAudit,
		domain.RightPrice, domain.RightMoney,
	},
	grant(domain.ScopeOrganiser, domain.RoleManager): {
		domain.RightConsole, domain.RightCampOpen, domain.RightCampView, domain.RightCampEdit, domain.RightReview, domain.RightCardLibrary,
		domain.RightExport,
		domain.RightPrice, domain.RightMoney,
	},
	grant(domain.ScopeOrganiser, domain.RoleTeacher): {domain.RightConsole, domain.RightCampOpen},
	grant(domain.ScopeCamp, domain.RoleTeacher): {
		domain.RightConsole, domain.RightCampView, domain.RightCampEdit, domain.RightReview, domain.RightInvite, domain.RightPersonal,
		domain.RightExport,
		domain.RightPrice,
	},
	grant(domain.ScopeCamp, domain.RoleReviewer): {domain.RightConsole, domain.RightCampView, domain.RightReview},
}

func TestEveryRoleAtEveryScopeMayDoWhatItMayAndNoMore(t *testing.T) {
	t.Parallel()
	places := map[string]domain.Place{
		"own organiser":                  {Organiser: "o1"},
		"own camp":                       {Organiser: "o1", Camp: "c1"},
		"another camp of the organiser":  {Organiser: "o1", Camp: "c2"},
		"another organiser":              {Organiser: "o2"},
		"a camp of another organiser":    {Organiser: "o2", Camp: "c9"},
		"own camp's id in another house": {Organiser: "o2", Camp: "c1"},
		"anywhere":                       {},
	}
	within := map[domain.Scope][]string{
		domain.ScopePlatform: {
			"own organiser", "own camp", "another camp of the organiser", "another organiser", "a camp of another organiser",
			"own camp's id in another house", "anywhere",
		},
		domain.ScopeOrganiser: {"own organiser", "own camp", "another camp of the organiser", "anywhere"},
		domain.ScopeCamp:      {"own camp", "anywhere"},
	}
	for _, scope := range everyScope {
		for _, role := range everyRole {
			g := grant(scope, role)
			rights, valid := mayDo[g]
			if g.Valid() != valid {
				t.Errorf("%s at %s: valid is %v", role, scope, g.Valid())
			}
			actor := domain.Actor{Member: "m", Grants: []domain.Grant{g}}
			for _, right := range everyRight {
				for name, place := range places {
					want := slices.Contains(rights, right) && slices.Contains(within[scope], name)
					if got := actor.Has(right, place); got != want {
						t.Errorf("%s at %s, %s in %s: got %v, want %v", role, scope, right, name, got, want)
					}
				}
			}
		}
	}
}

func TestGrantsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, g := range map[string]domain.Grant{
		"admin of an organiser":            {Scope: domain.ScopePlatform, ID: "o1", Role: domain.RoleAdmin},
		"owner of nothing":                 {Scope: domain.ScopeOrganiser, Role: domain.RoleOwner},
		"owner of one by another's word":   {Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o2", Role: domain.RoleOwner},
		"teacher of a camp of nobody":      {Scope: domain.ScopeCamp, ID: "c1", Role: domain.RoleTeacher},
		"teacher of no camp":               {Scope: domain.ScopeCamp, Organiser: "o1", Role: domain.RoleTeacher},
		"a scope that nobody has heard of": {Scope: "world", ID: "w", Organiser: "w", Role: domain.RoleOwner},
	} {
		if g.Valid() {
			t.Errorf("%s is valid", name)
		}
	}
}

func TestNobodyMayDoNothingAndTheSystemEverything(t *testing.T) {
	t.Parallel()
	for _, right := range everyRight {
		at := domain.Place{Organiser: "o1", Camp: "c1"}
		if err := (domain.Actor{}).Must(right, at); !errors.Is(err, domain.ErrUnauthenticated) {
			t.Errorf("nobody, %s: %v", right, err)
		}
		if err := (domain.Actor{Member: "m"}).Must(right, domain.Place{}); !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("a learner, %s: %v", right, err)
		}
		if err := domain.SystemActor.Must(right, at); err != nil {
			t.Errorf("the system, %s: %v", right, err)
		}
	}
	if err := domain.SystemActor.MustBeMember(); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("the system is no person: %v", err)
	}
	if err := (domain.Actor{Member: "m"}).MustBeMember(); err != nil {
		t.Error(err)
	}
}

func TestWithinListsWhereARightIsHeldDirectly(t *testing.T) {
	t.Parallel()
	actor := domain.Actor{Member: "m", Grants: []domain.Grant{
		grant(domain.ScopeOrganiser, domain.RoleManager), grant(domain.ScopeCamp, domain.RoleReviewer),
		{Scope: domain.ScopeOrganiser, ID: "o2", Organiser: "o2", Role: domain.RoleTeacher},
	}}
	for scope, want := range map[domain.Scope][]string{domain.ScopeOrganiser: {"o1"}, domain.ScopeCamp: {"c1"}} {
		ids, all := actor.Within(domain.RightCampView, scope)
		if diff := cmp.Diff(want, ids); diff != "" || all {
			t.Errorf("%s: all %v (-want +got)\n%s", scope, all, diff)
		}
	}
	for name, a := range map[string]domain.Actor{
		"admin": {Member: "m", Grants: []domain.Grant{grant(domain.ScopePlatform, domain.RoleAdmin)}}, "system": domain.SystemActor,
	} {
		if _, all := a.Within(domain.RightCampView, domain.ScopeCamp); !all {
			t.Errorf("%s does not see all", name)
		}
	}
}

func TestARightInSingleCampsOpensNoListOverWholeOrganisers(t *testing.T) {
	t.Parallel()
	manager, teacher := grant(domain.ScopeOrganiser, domain.RoleManager), grant(domain.ScopeCamp, domain.RoleTeacher)
	for name, tt := range map[string]struct {
		actor domain.Actor
		want  []string
		err   error
	}{
		"everybody's":           {domain.Actor{Member: "m", Grants: []domain.Grant{teacher, grant(domain.ScopePlatform, domain.RoleAdmin)}}, nil, nil},
		"the system":            {domain.SystemActor, nil, nil},
		"an organiser's":        {domain.Actor{Member: "m", Grants: []domain.Grant{teacher, manager}}, []string{"o1"}, nil},
		"only a camp's":         {domain.Actor{Member: "m", Grants: []domain.Grant{teacher}}, []string{}, nil},
		"nowhere":               {domain.Actor{Member: "m", Grants: []domain.Grant{grant(domain.ScopeCamp, domain.RoleReviewer)}}, nil, domain.ErrForbidden},
		"nobody, and not known": {domain.Actor{}, nil, domain.ErrUnauthenticated},
	} {
		got, err := tt.actor.Organisers(domain.RightPrice)
		if diff := cmp.Diff(tt.want, got); diff != "" || !errors.Is(err, tt.err) {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

func TestTheContextCarriesTheActor(t *testing.T) {
	t.Parallel()
	ctx := domain.WithActor(context.Background(), domain.Actor{Member: "m"})
	if got := domain.ActorFrom(ctx).Member; got != "m" {
		t.Errorf("got %q", got)
	}
	if got := domain.ActorFrom(context.Background()); got.Member != "" || got.System {
		t.Errorf("without an actor: %+v", got)
	}
}
