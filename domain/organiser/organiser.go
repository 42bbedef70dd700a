// Package organiser is a studio, a school or a club: the scope that owns staff, camps and all that belongs to them.
package organiser

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Organiser owns its staff list: who holds which role in it and in its camps. What members carry as grants is a copy.
type Organiser struct {
	domain.Doc
	Name      string    `json:"name"`
	Intro     string    `json:"intro"`
	Staff     []Post    `json:"staff"`
	CreatedAt time.Time `json:"created_at"`
}

// Post is one role held by one person, in the organiser (Camp empty) or in one camp of it.
type Post struct {
	Member string      `json:"member"`
	Camp   string      `json:"camp,omitempty"`
	Role   domain.Role `json:"role"`
	Since  time.Time   `json:"since"`
}

// MaxStaff is the number of posts that one organiser can have.
const MaxStaff = 500

// EventStaff says that somebody's posts changed: their grants follow.
const EventStaff = "organiser:staff"

// StaffChanged is the data of EventStaff.
type StaffChanged struct {
	Member string `json:"member"`
}

// The refusals of this feature.
var (
	ErrTooManyStaff = domain.Refusal(domain.KindConflict, "staff_full", "工作人员数量已达上限")
	ErrLastOwner    = domain.Refusal(domain.KindConflict, "last_owner", "机构至少要有一位负责人")
)

// Form is what can be said about an organiser.
type Form struct {
	Name  string
	Intro string
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.Line("name", "机构名称", f.Name, 2, 40)
	check.Text("intro", "机构介绍", f.Intro, 0, 1000)
	return check.Err()
}

func (p Post) grant(organiser string) domain.Grant {
	if p.Camp == "" {
		return domain.Grant{Scope: domain.ScopeOrganiser, ID: organiser, Organiser: organiser, Role: p.Role}
	}
	return domain.Grant{Scope: domain.ScopeCamp, ID: p.Camp, Organiser: organiser, Role: p.Role}
}

// Grants lists what the member may do by this organiser's word.
func (o Organiser) Grants(member string) []domain.Grant {
	var grants []domain.Grant
	for _, p := range o.Staff {
		if p.Member == member {
			grants = append(grants, p.grant(o.ID))
		}
	}
	return grants
}

func (o Organiser) find(p Post) int {
	return slices.IndexFunc(o.Staff, func(q Post) bool { return q.Member == p.Member && q.Camp == p.Camp })
}

// Appoint gives a post, or changes the role of the one that the person holds there.
func (o *Organiser) Appoint(p Post) error {
	if !p.grant(o.ID).Valid() {
		return domain.Invalid("role", "这个角色不能授予在这里")
	}
	at := o.find(p)
	switch {
	case at >= 0 && o.Staff[at].Role == p.Role:
		return domain.ErrSame
	case at >= 0:
		if o.lastOwner(at) {
			return ErrLastOwner
		}
		o.Staff[at].Role = p.Role
	case len(o.Staff) >= MaxStaff:
		return ErrTooManyStaff
	default:
		o.Staff = append(o.Staff, p)
	}
	o.Emit(EventStaff, p.Since, StaffChanged{p.Member})
	return nil
}

// Dismiss takes a post away. An organiser keeps at least one owner.
func (o *Organiser) Dismiss(member, camp string, now time.Time) error {
	at := o.find(Post{Member: member, Camp: camp})
	if at < 0 {
		return domain.ErrSame
	}
	if o.lastOwner(at) {
		return ErrLastOwner
	}
	o.Staff = slices.Delete(o.Staff, at, at+1)
	o.Emit(EventStaff, now, StaffChanged{member})
	return nil
}

func (o Organiser) lastOwner(at int) bool {
	isOwner := func(p Post) bool { return p.Camp == "" && p.Role == domain.RoleOwner }
	others := slices.Delete(slices.Clone(o.Staff), at, at+1)
	return isOwner(o.Staff[at]) && !slices.ContainsFunc(others, isOwner)
}
