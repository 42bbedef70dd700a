package domain

import (
	"context"
	"slices"
)

// Actor is who acts. Every use case asks it what it may do; nothing else decides.
type Actor struct {
	Member   string   // the person's id; empty for nobody and for the system
	Session  string   // the session that the request came with
	System   bool     // a job or a command: may do everything
	Console  bool     // signed in to the web console
	Network  string   // that the request came from: an address, or the /64 of one; empty for jobs
	Device   string   // as the client names itself, if it does; whoever lies about it says nothing
	Platform Platform // of the phone, as the client says it
	Grants   []Grant  // what the person may do as staff, read anew at each request
}

// Platform is the system of a phone: WeChat does not let the same things be sold on all of them.
type Platform string

// The platforms.
const (
	IOS     Platform = "ios"
	Android Platform = "android"
	Other   Platform = "other" // or not known
)

// SystemActor acts for jobs and commands.
var SystemActor = Actor{System: true}

// Role is what a grant makes of a person.
type Role string

// The roles, each at the scopes where it can be given.
const (
	RoleAdmin    Role = "admin"    // platform: everything
	RoleOwner    Role = "owner"    // organiser: everything of it, its staff included
	RoleManager  Role = "manager"  // organiser: camps, campaigns, messages, numbers
	RoleTeacher  Role = "teacher"  // organiser: may open camps · camp: everything of it
	RoleReviewer Role = "reviewer" // camp: look and review
)

// Scope is where a grant holds.
type Scope string

// The three scopes. A grant at a wider scope holds in everything within it.
const (
	ScopePlatform  Scope = "platform"
	ScopeOrganiser Scope = "organiser"
	ScopeCamp      Scope = "camp"
)

// Grant gives a role at a scope. ID is the organiser's or the camp's, and empty for the platform.
type Grant struct {
	Scope     Scope  `json:"scope"`
	ID        string `json:"id"`
	Organiser string `json:"organiser"` // the organiser that the scope lies in; empty for the platform
	Role      Role   `json:"role"`
}

// Right is one thing that staff may do.
type Right string

// The rights.
const (
	RightConsole     Right = "console"      // sign in to the console and see its front page
	RightCampOpen    Right = "camp.open"    // open a new camp
	RightCampView    Right = "camp.view"    // see a camp as staff do: drafts, learners, numbers
	RightCampEdit    Right = "camp.edit"    // change a camp, publish it, close it; its tasks
	RightReview      Right = "review"       // review check-ins, hide and show them
	RightModerate    Right = "moderate"     // decide about reported and doubtful content
	RightStaff       Right = "staff"        // give and take roles
	RightInvite      Right = "invite"       // invite others into roles of no more rights than one's own
	RightOrganiser   Right = "organiser"    // open organisers and change their settings
	RightOperate     Right = "operate"      // failed jobs, health
	RightPersonal    Right = "personal"     // see personal data unmasked
	RightCardLibrary Right = "card.library" // change the organiser's picture and copy libraries
	RightExport      Right = "export"       // take a camp's data away in a file; names in full need RightPersonal
	RightPhones      Right = "export.phone" // have whole phone numbers in such a file
	RightAudit       Right = "audit"        // see who took what away
	RightPrice       Right = "price"        // set what the seats of a camp cost
	RightMoney       Right = "money"        // see where the money is, send it back, decide what a machine must not
	RightCampaign    Right = "campaign"     // set up, watch and stop what brings new learners: coupons and the like
)

var rightsOf = map[Scope]map[Role][]Right{
	ScopeOrganiser: {
		RoleOwner: {
			RightConsole, RightCampOpen, RightCampView, RightCampEdit, RightReview, RightModerate, RightStaff, RightInvite, RightCardLibrary,
			RightPersonal, RightExport, RightPhones, RightAudit,
			RightPrice, RightMoney, RightCampaign,
		},
		RoleManager: {
			RightConsole, RightCampOpen, RightCampView, RightCampEdit, RightReview, RightModerate, RightCardLibrary,
			RightExport,
			RightPrice, RightMoney, RightCampaign,
		},
		RoleTeacher: {RightConsole, RightCampOpen},
	},
	ScopeCamp: {
		RoleTeacher: {
			RightConsole, RightCampView, RightCampEdit, RightReview, RightModerate, RightInvite,
			RightPersonal, RightExport,
			RightPrice,
		},
		RoleReviewer: {RightConsole, RightCampView, RightReview, RightModerate},
	},
}

// Valid reports whether the grant's role can be given at its scope.
func (g Grant) Valid() bool {
	if g.Scope == ScopePlatform {
		return g.Role == RoleAdmin && g.ID == "" && g.Organiser == ""
	}
	_, ok := rightsOf[g.Scope][g.Role]
	return ok && g.ID != "" && g.Organiser != "" && (g.Scope != ScopeOrganiser || g.ID == g.Organiser)
}

// Place is what a right is asked for: an organiser, or a camp of it.
type Place struct{ Organiser, Camp string }

// Has reports whether the actor has the right at the place. An empty place asks whether they have it anywhere.
func (a Actor) Has(right Right, at Place) bool {
	if a.System {
		return true
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		switch {
		case g.Scope == ScopePlatform:
			return g.Role == RoleAdmin
		case !slices.Contains(rightsOf[g.Scope][g.Role], right):
			return false
		case at == Place{}:
			return true
		case g.Scope == ScopeOrganiser:
			return g.ID == at.Organiser
		default:
			return g.ID == at.Camp && g.Organiser == at.Organiser
		}
	})
}

// Covers reports whether the actor has every right that the grant gives, where it gives it.
func (a Actor) Covers(g Grant) bool {
	at := Place{Organiser: g.Organiser}
	if g.Scope == ScopeCamp {
		at.Camp = g.ID
	}
	return g.Valid() && at != Place{} && !slices.ContainsFunc(rightsOf[g.Scope][g.Role], func(r Right) bool { return !a.Has(r, at) })
}

// Must returns ErrUnauthenticated if nobody is signed in and ErrForbidden if they do not have the right there.
func (a Actor) Must(right Right, at Place) error {
	switch {
	case a.Has(right, at):
		return nil
	case a.Member == "":
		return ErrUnauthenticated
	}
	return ErrForbidden
}

// MustBeMember returns ErrUnauthenticated unless a person is signed in.
func (a Actor) MustBeMember() error {
	if a.Member == "" {
		return ErrUnauthenticated
	}
	return nil
}

// Within lists the ids of the given scope at which the actor holds the right directly. all is true for those
// who hold it everywhere.
func (a Actor) Within(right Right, scope Scope) (ids []string, all bool) {
	if a.System {
		return nil, true
	}
	for _, g := range a.Grants {
		switch {
		case g.Scope == ScopePlatform:
			return nil, true
		case g.Scope == scope && slices.Contains(rightsOf[scope][g.Role], right):
			ids = append(ids, g.ID)
		}
	}
	return ids, false
}

// Organisers are those whose every camp the acting person has the right at, for lists over several: nil is all of them,
// and empty none, such as for who holds the right in single camps only. Its errors are those of Must.
func (a Actor) Organisers(right Right) ([]string, error) {
	if err := a.Must(right, Place{}); err != nil {
		return nil, err
	}
	ids, all := a.Within(right, ScopeOrganiser)
	if all {
		return nil, nil
	}
	return append([]string{}, ids...), nil
}

type actorKey struct{}

// WithActor puts the actor into the context; the edge does it once per request or job.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom is the one accessor. Without an actor it answers nobody, who may do nothing.
func ActorFrom(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
