package product

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Store keeps price lists.
type Store interface {
	domain.Documents[Product]
	domain.Many[Product]
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Service holds the use cases.
type Service struct {
	Store Store
	Camps Camps
	IDs   domain.IDs
	Clock domain.Clock
}

// Of returns a camp's price list; one that nobody has set is empty, and the camp free. Whoever calls it has checked who
// asks.
func (s *Service) Of(ctx context.Context, campID string) (Product, error) {
	p, err := s.Store.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Product{Doc: domain.Doc{ID: campID}}, nil
	}
	return p, err
}

// Costs reports whether a seat of the camp must be ordered, not just taken.
func (s *Service) Costs(ctx context.Context, campID string) (bool, error) {
	p, err := s.Of(ctx, campID)
	return p.Costs(), err
}

// Many returns the price lists of camps, for lists. Whoever calls it has checked who asks.
func (s *Service) Many(ctx context.Context, camps []string) (map[string]Product, error) {
	return s.Store.GetMany(ctx, camps)
}

// ForStaff returns the price list to the camp's staff.
func (s *Service) ForStaff(ctx context.Context, campID string) (Product, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return Product{}, err
	}
	return s.Of(ctx, campID)
}

// CopyTo gives a new term the price list of a camp, with the early birds' time that is still to come: what had a price must
// not be given away. For camp.Copier.
func (s *Service) CopyTo(ctx context.Context, from, to camp.Camp) error {
	p, err := s.Store.Get(ctx, from.ID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	p.Doc, p.Version, p.ChangedAt, p.Offers = domain.Doc{ID: to.ID}, 1, now, slices.Clone(p.Offers)
	for i := range p.Offers {
		var windows []Window
		for _, w := range p.Offers[i].EarlyBird {
			if w.Until = from.Later(w.Until, to); w.Until.After(now) {
				windows = append(windows, w)
			}
		}
		p.Offers[i].EarlyBird = windows
	}
	if err = s.Store.Insert(ctx, p); errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

// Save changes the price list. version is the one that was seen; ErrConflict if somebody else has changed it meanwhile.
func (s *Service) Save(ctx context.Context, campID string, version int, f Form) (Product, error) {
	c, err := s.Camps.ForStaff(ctx, campID, domain.RightPrice)
	if err != nil {
		return Product{}, err
	}
	if err := f.Check(); err != nil {
		return Product{}, err
	}
	if c.State == camp.Closed {
		return Product{}, fmt.Errorf("camp %s: %w", campID, camp.ErrClosed)
	}
	now := s.Clock.Now()
	names := make([]string, len(f.Offers)) // drawn once: a change may run twice
	for i := range names {
		names[i] = s.IDs.New()
	}
	apply := func(p *Product) error {
		if p.Version != version {
			return domain.ErrConflict
		}
		next := 0
		return p.Apply(f, now, func() string { next++; return names[next-1] })
	}
	fresh := Product{Doc: domain.Doc{ID: campID}, Organiser: c.Organiser}
	if err := apply(&fresh); err == nil {
		if err := s.Store.Insert(ctx, fresh); !errors.Is(err, domain.ErrExists) {
			return fresh, err
		}
	} else if version == 0 {
		return Product{}, err
	}
	return s.Store.Update(ctx, campID, apply)
}
