package pool

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// staff tells who of the organiser or the camp may not take part.
func (s *Service) staff(ctx context.Context, c camp.Camp) (map[string]bool, error) {
	o, err := s.Organisers.Get(domain.WithActor(ctx, domain.SystemActor), c.Organiser)
	if err != nil {
		return nil, err
	}
	list := map[string]bool{}
	for _, p := range o.Staff {
		if p.Camp == "" || p.Camp == c.ID {
			list[p.Member] = true
		}
	}
	return list, nil
}

// withoutStaff sends those their part back who became staff after they had joined: nobody may judge and take part.
func (s *Service) withoutStaff(ctx context.Context, c camp.Camp) error {
	staff, err := s.staff(ctx, c)
	if err != nil {
		return err
	}
	var ids []string
	for who := range staff {
		ids = append(ids, ID(c.ID, who))
	}
	joined, err := s.People.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	for _, m := range joined {
		if m.State != In || m.Listed() {
			continue
		}
		_, err := s.Refunds.PayBackPart(ctx, m.Order, "pool-staff", m.Part, "工作人员不参加奖学金池")
		if err == nil {
			_, err = s.People.Update(ctx, m.ID, func(m *Member) error {
				if m.State != In || m.Listed() {
					return domain.ErrSame
				}
				m.State = Withdrawn
				return nil
			})
		}
		if err != nil {
			return fmt.Errorf("staff %s in pool %s: %w", m.Member, c.ID, err)
		}
	}
	return nil
}

// impartial refuses somebody whose word is asked for about a list that has them in it.
func (s *Service) impartial(ctx context.Context, campID, who string) error {
	m, err := s.People.Get(ctx, ID(campID, who))
	switch {
	case errors.Is(err, domain.ErrNotFound), err == nil && !m.InPool():
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("pool %s: %w", campID, ErrOwn)
}
