package moderation

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/member"
)

// Veils lists what others do not see; domain/checkin does it.
type Veils interface {
	Veiled(ctx context.Context, in checkin.Where, page domain.Page) ([]checkin.Checkin, domain.Cursor, error)
	VeiledComments(ctx context.Context, in checkin.Where, page domain.Page) ([]checkin.Comment, domain.Cursor, error)
}

// HiddenKinds lists what Hidden can tell of.
var HiddenKinds = []Kind{Checkin, Comment}

// Veiled is something that others do not see now. Its case need not be there: it then has nothing but its id.
type Veiled struct {
	Row
	Ruling Ruling      // that hides it; the zero one if only the check does
	By     member.Card // who made the ruling
}

// Hidden lists check-ins or comments that others do not see now, whoever or whatever hid them, to those who may decide
// about them: the newest first, for the platform's staff over all, for others camp by camp or organiser by
// organiser. Decide and Undo take their ids. A page may be short.
func (s *Service) Hidden(ctx context.Context, f Filter, page domain.Page) ([]Veiled, domain.Cursor, error) {
	in, err := s.scope(ctx, f)
	if err != nil {
		return nil, "", err
	}
	cases, next, err := s.unseen(ctx, f.Kind, checkin.Where(in), page)
	if err != nil {
		return nil, "", err
	}
	veiled, err := s.veiled(ctx, cases)
	return veiled, next, err
}

// unseen are the cases of what is hidden as far as that alone tells of them.
func (s *Service) unseen(ctx context.Context, k Kind, in checkin.Where, page domain.Page) (cases []Case, next domain.Cursor, err error) {
	note := func(k Kind, target, author, camp string) {
		cases = append(cases, Case{Doc: domain.Doc{ID: ID(k, target)}, Kind: k, Target: target, Author: author, Camp: camp})
	}
	if k == Comment {
		list, next, err := s.Veils.VeiledComments(ctx, in, page)
		for _, c := range list {
			note(Comment, c.ID, c.Member, c.Camp)
		}
		return cases, next, err
	}
	list, next, err := s.Veils.Veiled(ctx, in, page)
	for _, c := range list {
		note(Checkin, c.ID, c.Member, c.Camp)
	}
	return cases, next, err
}

// veiled joins what is hidden with its cases, and who decided them.
func (s *Service) veiled(ctx context.Context, cases []Case) ([]Veiled, error) {
	ids := make([]string, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	found, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	var staff []string
	for i, c := range cases {
		if kept, ok := found[c.ID]; ok {
			cases[i] = kept
			staff = append(staff, kept.Last().By)
		}
	}
	rows, err := s.rows(ctx, cases)
	if err != nil {
		return nil, err
	}
	cards, err := s.Members.Cards(ctx, staff)
	if err != nil {
		return nil, err
	}
	actor := domain.ActorFrom(ctx)
	var list []Veiled
	for _, row := range rows {
		if row.Gone || may(actor, domain.Place{Organiser: row.Subject.Organiser, Camp: row.Subject.Camp}) != nil {
			continue
		}
		v := Veiled{Row: row}
		if last := row.Last(); !last.Undone() && row.Standing() == row.Subject.Standing {
			v.Ruling, v.By = last, cards[last.By]
		}
		list = append(list, v)
	}
	return list, nil
}
