// Package invitation brings people into the staff: a link or a code that expires, gives one role, and says afterwards who
// came by whom.
package invitation

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Invitation gives a role to whoever holds its token, while it stands. The token itself is shown once and never stored.
type Invitation struct {
	domain.Doc
	TokenHash string      `json:"token_hash"`
	Organiser string      `json:"organiser"`
	Camp      string      `json:"camp,omitempty"` // empty: the whole organiser
	Role      domain.Role `json:"role"`
	By        string      `json:"by"` // member id of who invites
	Note      string      `json:"note,omitempty"`
	Uses      int         `json:"uses"` // how many people can accept
	Accepted  []Accepted  `json:"accepted,omitempty"`
	CreatedAt time.Time   `json:"created_at"`
	Until     time.Time   `json:"until"`
	RevokedAt time.Time   `json:"revoked_at,omitzero"`
}

// Accepted is one use. Done is set once the role was given.
type Accepted struct {
	Member string    `json:"member"`
	At     time.Time `json:"at"`
	Done   bool      `json:"done,omitempty"`
}

// State of an invitation.
type State string

// The states. All but open refuse.
const (
	Open    State = "open"
	Used    State = "used"
	Expired State = "expired"
	Revoked State = "revoked"
)

// Limits.
const (
	MaxUses = 50
	MaxLife = 30 * 24 * time.Hour
	MaxNote = 40
	MinLife = time.Hour
)

// EventAccepted says that somebody has accepted: the role follows.
const EventAccepted = "invitation:accepted"

// AcceptedBy is the data of EventAccepted.
type AcceptedBy struct {
	Member string `json:"member"`
}

// The refusals of this feature.
var (
	ErrUnknown = domain.Refusal(domain.KindNotFound, "invitation_unknown", "邀请不存在或已经失效，请联系邀请你的人")
	ErrExpired = domain.Refusal(domain.KindConflict, "invitation_expired", "邀请已经过期，请联系邀请你的人")
	ErrUsed    = domain.Refusal(domain.KindConflict, "invitation_used", "邀请的人数已满，请联系邀请你的人")
	ErrRevoked = domain.Refusal(domain.KindConflict, "invitation_revoked", "邀请已经撤回，请联系邀请你的人")
	ErrAlready = domain.Refusal(domain.KindConflict, "invitation_not_needed", "你已经有这些权限，不需要接受邀请")
	ErrBeyond  = domain.Refusal(domain.KindForbidden, "invitation_beyond", "不能邀请别人担任权限比你更大的角色")
)

// Form is what an invitation is made of.
type Form struct {
	Role domain.Role
	Uses int
	Life time.Duration
	Note string // for oneself: whom it is meant for
}

// Roles that can be given by invitation, in an organiser or in one of its camps. An owner is appointed by name.
func Roles(camp string) []domain.Role {
	if camp == "" {
		return []domain.Role{domain.RoleTeacher, domain.RoleManager}
	}
	return []domain.Role{domain.RoleReviewer, domain.RoleTeacher}
}

// Check bounds the form for an organiser, or for a camp of it.
func (f Form) Check(camp string) error {
	var check domain.Check
	check.That(slices.Contains(Roles(camp), f.Role), "role", "这个角色不能通过邀请授予")
	check.Range("uses", "可用人数", f.Uses, 1, MaxUses)
	check.That(MinLife <= f.Life && f.Life <= MaxLife, "life", "有效期应在 1 小时到 30 天之间")
	check.Line("note", "备注", f.Note, 0, MaxNote)
	return check.Err()
}

// Grant is what the invitation gives.
func (i Invitation) Grant() domain.Grant {
	if i.Camp == "" {
		return domain.Grant{Scope: domain.ScopeOrganiser, ID: i.Organiser, Organiser: i.Organiser, Role: i.Role}
	}
	return domain.Grant{Scope: domain.ScopeCamp, ID: i.Camp, Organiser: i.Organiser, Role: i.Role}
}

// Place is where rights to the invitation are asked for.
func (i Invitation) Place() domain.Place { return domain.Place{Organiser: i.Organiser, Camp: i.Camp} }

// State of the invitation at an instant.
func (i Invitation) State(now time.Time) State {
	switch {
	case !i.RevokedAt.IsZero():
		return Revoked
	case len(i.Accepted) >= i.Uses:
		return Used
	case !now.Before(i.Until):
		return Expired
	}
	return Open
}

// standing returns why nobody new can accept, or nil.
func (i Invitation) standing(now time.Time) error {
	switch i.State(now) {
	case Revoked:
		return ErrRevoked
	case Used:
		return ErrUsed
	case Expired:
		return ErrExpired
	}
	return nil
}

func (i Invitation) find(member string) int {
	return slices.IndexFunc(i.Accepted, func(a Accepted) bool { return a.Member == member })
}

// Accept uses the invitation up for one person; whoever has accepted does not use it up again.
func (i *Invitation) Accept(member string, now time.Time) error {
	if i.find(member) >= 0 {
		return domain.ErrSame
	}
	if err := i.standing(now); err != nil {
		return err
	}
	i.Accepted = append(i.Accepted, Accepted{Member: member, At: now})
	i.Emit(EventAccepted, now, AcceptedBy{member})
	return nil
}

// Finish notes that the person has the role.
func (i *Invitation) Finish(member string) error {
	at := i.find(member)
	if at < 0 || i.Accepted[at].Done {
		return domain.ErrSame
	}
	i.Accepted[at].Done = true
	return nil
}

// GiveBack frees the use of a person to whom the role could not be given.
func (i *Invitation) GiveBack(member string) error {
	at := i.find(member)
	if at < 0 || i.Accepted[at].Done {
		return domain.ErrSame
	}
	i.Accepted = slices.Delete(i.Accepted, at, at+1)
	return nil
}

// Revoke ends the invitation; who came by it stays.
func (i *Invitation) Revoke(now time.Time) error {
	if !i.RevokedAt.IsZero() {
		return domain.ErrSame
	}
	i.RevokedAt = now
	return nil
}
