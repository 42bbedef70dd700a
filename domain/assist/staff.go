package assist

import (
	"context"
	"errors"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// forStaff returns a campaign to those who may run campaigns of its organiser.
func (s *Service) forStaff(ctx context.Context, id string) (Campaign, error) {
	c, err := s.campaign(ctx, id)
	if err != nil {
		return c, err
	}
	return c, domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: c.Organiser})
}

// ForStaff returns a campaign to those who may run campaigns of its organiser.
func (s *Service) ForStaff(ctx context.Context, id string) (Campaign, error) {
	return s.forStaff(ctx, id)
}

// List returns an organiser's campaigns to those who may run them, and the camps that they are of.
func (s *Service) List(ctx context.Context, organiser string, in State, page domain.Page) ([]Campaign, map[string]camp.Camp, domain.Cursor, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: organiser}); err != nil {
		return nil, nil, "", err
	}
	list, next, err := s.Campaigns.OfOrganiser(ctx, organiser, in, page)
	if err != nil {
		return nil, nil, "", err
	}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.Camp
	}
	camps, err := s.Camps.Many(ctx, ids)
	return list, camps, next, err
}

// Save makes a campaign under an id that the client chose, or changes the one of that id; version is the one that was seen,
// 0 for a new one. Returns domain.ErrConflict if somebody else has changed it meanwhile, and ErrPromised.
func (s *Service) Save(ctx context.Context, organiser, id string, version int, f Form) (Campaign, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightCampaign, domain.Place{Organiser: organiser}); err != nil {
		return Campaign{}, err
	}
	if !plain(id) {
		return Campaign{}, domain.Invalid("id", "页面已过期，请刷新后再试")
	}
	now := s.Clock.Now()
	if err := f.Check(now); err != nil {
		return Campaign{}, err
	}
	change := func(c *Campaign) error {
		switch {
		case c.Organiser != organiser:
			return domain.ErrNotFound
		case c.Version != version:
			return domain.ErrConflict
		}
		return c.Apply(f, actor.Member, now)
	}
	if version > 0 {
		had, err := s.Campaigns.Get(ctx, id)
		if err == nil && (had.State == Draft || had.Terms != f.Terms) {
			err = s.fits(ctx, organiser, f)
		}
		if err != nil {
			return Campaign{}, err
		}
		return s.Campaigns.Update(ctx, id, change)
	}
	if err := s.fits(ctx, organiser, f); err != nil {
		return Campaign{}, err
	}
	fresh := Campaign{Doc: domain.Doc{ID: id}, Organiser: organiser, State: Draft, CreatedAt: now}
	if err := change(&fresh); err != nil {
		return Campaign{}, err
	}
	err := s.Campaigns.Insert(ctx, fresh)
	if errors.Is(err, domain.ErrExists) { // the click came twice
		return s.forStaff(ctx, id)
	}
	return fresh, err
}

// fits bounds the form to a camp of the organiser's and to what its price list allows.
func (s *Service) fits(ctx context.Context, organiser string, f Form) error {
	found, err := s.Camps.Many(ctx, []string{f.Camp})
	if err != nil {
		return err
	}
	if found[f.Camp].Organiser != organiser {
		return domain.Invalid("camp", "选中的训练营不属于这个机构")
	}
	list, err := s.Products.Of(ctx, f.Camp)
	if err != nil {
		return err
	}
	offer, err := list.Offer(f.Terms.Offer)
	if refused := new(domain.Error); errors.As(err, &refused) {
		return domain.Invalid("offer", refused.Message)
	} else if err != nil {
		return err
	}
	return f.Terms.fits(offer)
}

// Turn activates or pauses a campaign, at once.
func (s *Service) Turn(ctx context.Context, id string, to State) (Campaign, error) {
	return s.campaigns(ctx, id, func(c *Campaign, by string) error { return c.Turn(to, by, s.Clock.Now()) })
}

// Close ends a campaign, and with stop what is open of it, at once; see Campaign.Close.
func (s *Service) Close(ctx context.Context, id string, stop bool) (Campaign, error) {
	return s.campaigns(ctx, id, func(c *Campaign, by string) error { return c.Close(stop, by, s.Clock.Now()) })
}

func (s *Service) campaigns(ctx context.Context, id string, change func(c *Campaign, by string) error) (Campaign, error) {
	if _, err := s.forStaff(ctx, id); err != nil {
		return Campaign{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Campaigns.Update(ctx, id, func(c *Campaign) error { return change(c, by) })
}

// Revoke ends an assist that came about unfairly; its owner reads the reason. Returns ErrInOrder and ErrUsed.
func (s *Service) Revoke(ctx context.Context, campaign, id, reason string) (Assist, error) {
	if _, err := s.forStaff(ctx, campaign); err != nil {
		return Assist{}, err
	}
	var check domain.Check
	check.Line("reason", "原因", reason, 1, 60)
	if err := check.Err(); err != nil {
		return Assist{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Store.Update(ctx, id, func(a *Assist) error {
		if a.Campaign != campaign {
			return domain.ErrNotFound
		}
		return a.Revoke(by, reason, s.Clock.Now())
	})
}

// SeeSource notes that a person has looked at an odd source and found it fine.
func (s *Service) SeeSource(ctx context.Context, campaign, id string) (source.Source, error) {
	if _, err := s.forStaff(ctx, campaign); err != nil {
		return source.Source{}, err
	}
	return s.places().See(ctx, campaign, id, s.Clock.Now())
}

// Report is a campaign with what became of it.
type Report struct {
	Campaign
	In      camp.Camp
	Offer   product.Offer
	Unsold  string // why nobody can buy at its price now; empty if they can
	Tally   Tally
	Open    int64 // assists that are open
	Reached int64 // and that have a price that is not in an order
	Odd     []source.Source
	Assists []Assist // a page
	Next    domain.Cursor
	People  map[string]member.Card
}

// Report returns everything about a campaign to those who may run it; in narrows the assists.
func (s *Service) Report(ctx context.Context, id string, in Stage, page domain.Page) (r Report, err error) {
	if r.Campaign, err = s.forStaff(ctx, id); err != nil {
		return r, err
	}
	var refused *domain.Error
	switch r.In, r.Offer, err = s.sold(ctx, r.Campaign, s.Clock.Now()); {
	case errors.As(err, &refused):
		r.Unsold = refused.Message
	case err != nil:
		return r, err
	}
	if r.Tally, err = s.Tallies.Get(ctx, id); err != nil && !errors.Is(err, domain.ErrNotFound) {
		return r, err
	}
	if r.Open, err = s.Store.CountIn(ctx, id, Open); err != nil {
		return r, err
	}
	if r.Reached, err = s.Store.CountIn(ctx, id, Reached); err != nil {
		return r, err
	}
	if r.Odd, _, err = s.Sources.Odd(ctx, id, domain.Page{Limit: 20}); err != nil {
		return r, err
	}
	if r.Assists, r.Next, err = s.Store.OfCampaign(ctx, id, in, page); err != nil {
		return r, err
	}
	r.People, err = s.Members.Cards(ctx, r.people())
	return r, err
}

func (r Report) people() (ids []string) {
	seen := map[string]bool{}
	add := func(id string) {
		if !seen[id] {
			seen[id], ids = true, append(ids, id)
		}
	}
	for _, a := range r.Assists {
		add(a.Member)
	}
	for _, x := range r.Odd {
		for _, p := range x.Takes {
			add(p.Member)
		}
	}
	return ids
}
