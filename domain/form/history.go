package form

import (
	"context"

	"yingdi/domain/member"
)

// Shown says how much of an answer somebody may see.
type Shown struct{ Texts, Phones bool }

// History is everything that a camp ever asked: its versions by their numbers, and the fields of all of them, those that
// it asks now first. Of a field that was changed it has the last form.
type History struct {
	Versions map[int]Version
	Fields   []Field
}

// History returns what a camp ever asked, in two round trips. Whoever calls it has checked who asks.
func (s *Service) History(ctx context.Context, campID string) (History, error) {
	now, err := s.current(ctx, campID)
	if err != nil {
		return History{}, err
	}
	var ids []string
	for n := now.Number - 1; n > 0; n-- {
		ids = append(ids, VersionID(campID, n))
	}
	before, err := s.Versions.GetMany(ctx, ids)
	if err != nil {
		return History{}, err
	}
	h := History{Versions: map[int]Version{now.Number: now}, Fields: now.Fields}
	known := map[string]bool{}
	for _, f := range now.Fields {
		known[f.ID] = true
	}
	for _, id := range ids {
		v, ok := before[id]
		if !ok {
			continue
		}
		h.Versions[v.Number] = v
		for _, f := range v.Fields {
			if !known[f.ID] {
				known[f.ID], h.Fields = true, append(h.Fields, f)
			}
		}
	}
	return h, nil
}

// Answers opens what was answered, by field, as far as it may be shown. Whoever calls it has checked who asks.
func (s *Service) Answers(h History, enrolment string, r *Reply, shown Shown) (map[string][]string, error) {
	if r == nil {
		return nil, nil
	}
	answers, err := open(s.Sealer, enrolment, r.Sealed)
	if err != nil {
		return nil, err
	}
	types := map[string]Type{}
	for _, f := range h.Versions[r.Version].Fields {
		types[f.ID] = f.Type
	}
	said := map[string][]string{}
	for _, a := range answers {
		for _, value := range a.Values {
			said[a.Field] = append(said[a.Field], shown.of(types[a.Field], value))
		}
	}
	return said, nil
}

func (s Shown) of(t Type, value string) string {
	switch {
	case t == "" && !(s.Phones && s.Texts): // nobody knows what was asked
		return mask(t, value)
	case t == Phone && !s.Phones:
		return member.MaskPhone(value)
	case t != Phone && !s.Texts:
		return mask(t, value)
	}
	return value
}
