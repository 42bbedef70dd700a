package referral

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Promoter is a person who recommends the camps of an organiser; its id is organiser:member.
type Promoter struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Member    string    `json:"member"`
	JoinedAt  time.Time `json:"joined_at"`
	Marks     []string  `json:"marks,omitempty"`  // by which the person is known again under another account; hashes, all that were seen
	Device    string    `json:"device,omitempty"` // hash of the one that they joined from
	BarredAt  time.Time `json:"barred_at,omitzero"`
	BarredBy  string    `json:"barred_by,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	LeftAt    time.Time `json:"left_at,omitzero"` // they deleted their account
}

// maxMarks bounds what is remembered of one person; the oldest go first.
const maxMarks = 12

// May reports whether orders can earn them something.
func (p Promoter) May() bool { return p.BarredAt.IsZero() && p.LeftAt.IsZero() }

// marksOf are the hashes by which a person is known again: of what WeChat calls them, who is also the one who pays, and of
// their phone number.
func marksOf(m member.Member) []string {
	return slices.DeleteFunc([]string{m.OpenIDHash, m.UnionIDHash, m.PhoneHash}, func(mark string) bool { return mark == "" })
}

// mixed adds the marks that are new.
func mixed(had, seen []string) []string {
	all := slices.Clone(had)
	for _, mark := range seen {
		if !slices.Contains(all, mark) {
			all = append(all, mark)
		}
	}
	return all[max(0, len(all)-maxMarks):]
}

// alike reports whether two accounts share a mark, and so belong to one person.
func alike(a, b []string) bool {
	return slices.ContainsFunc(a, func(mark string) bool { return slices.Contains(b, mark) })
}

// know remembers marks of the person.
func (p *Promoter) know(marks []string) error {
	all := mixed(p.Marks, marks)
	if slices.Equal(all, p.Marks) {
		return domain.ErrSame
	}
	p.Marks = all
	return nil
}

// Bar takes the right to earn away, or gives it back; what was earned stays.
func (p *Promoter) Bar(barred bool, by, reason string, now time.Time) error {
	switch {
	case barred == !p.BarredAt.IsZero():
		return domain.ErrSame
	case barred:
		p.BarredAt, p.BarredBy, p.Reason = now, by, reason
	default:
		p.BarredAt, p.BarredBy, p.Reason = time.Time{}, by, ""
	}
	return nil
}

// Forget takes out what says who the promoter was.
func (p *Promoter) Forget(now time.Time) error {
	if !p.LeftAt.IsZero() && len(p.Marks) == 0 {
		return domain.ErrSame
	}
	p.Marks, p.Device, p.LeftAt = nil, "", now
	return nil
}

// Given is what the promoter is given of it.
func (p Promoter) Given() Promoter {
	p.Marks, p.Device, p.BarredBy, p.Outbox = nil, "", "", nil
	return p
}
