package api

import (
	"context"
	"time"
)

// The token goes into the body: addresses are written down on their way.
type invitationInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"64" doc:"The scene of the code, or the token of the link"`
	}
}

// Invitation is an offer to become one of the staff.
type Invitation struct {
	Organiser string    `json:"organiser" doc:"Name of the organiser"`
	Camp      string    `json:"camp" doc:"Title of the camp; empty if it is for the whole organiser"`
	Role      string    `json:"role" enum:"manager,teacher,reviewer"`
	Host      Person    `json:"host" doc:"Who invites"`
	Until     time.Time `json:"until"`
	Accepted  bool      `json:"accepted" doc:"By me"`
}

func (a *api) invitation(ctx context.Context, in *invitationInput) (*Answer[Invitation], error) {
	o, err := a.Invitations.Look(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	people, err := a.people(ctx, o.Host)
	return answer(Invitation{o.OrganiserName, o.CampTitle, string(o.Role), people[o.Host.ID], o.Until, o.Accepted}), err
}

// Post is a role that I hold now.
type Post struct {
	Organiser string `json:"organiser" doc:"Id of the organiser"`
	Camp      string `json:"camp" doc:"Id of the camp; empty for the whole organiser"`
	Role      string `json:"role" enum:"manager,teacher,reviewer"`
}

func (a *api) acceptInvitation(ctx context.Context, in *invitationInput) (*Answer[Post], error) {
	i, err := a.Invitations.Accept(ctx, in.Body.Token)
	return answer(Post{i.Organiser, i.Camp, string(i.Role)}), err
}
