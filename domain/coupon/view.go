package coupon

import (
	"context"
	"errors"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/source"
)

// Mine lists the acting person's coupons, the newest first; an empty stage means all.
func (s *Service) Mine(ctx context.Context, in Stage, page domain.Page) ([]Coupon, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	return s.Store.OfMember(ctx, actor.Member, in, page)
}

// Offer is a public template as somebody who may claim it sees it.
type Offer struct {
	Template
	Left int64
	Mine int           // how many the acting person has got
	Why  *domain.Error // why they cannot claim one; nil if they can
}

// Offers lists what can be claimed for a camp: of its organiser's newest public templates those that hold for it.
func (s *Service) Offers(ctx context.Context, campID string) ([]Offer, error) {
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return nil, err
	}
	list, _, err := s.Templates.Offered(ctx, c.Organiser, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	now, actor := s.Clock.Now(), domain.ActorFrom(ctx)
	offers := []Offer{}
	var ids []string
	for _, t := range list {
		if t.MayGive(now) != nil || !t.Terms.Covers(t.Organiser, c) {
			continue
		}
		given, err := s.Counters.Value(ctx, StockCounter(t.ID))
		if err != nil {
			return nil, err
		}
		offers = append(offers, Offer{Template: t, Left: max(int64(t.Stock)-given, 0)})
		for n := 1; actor.Member != "" && n <= t.PerPerson; n++ {
			ids = append(ids, ID(t.ID, actor.Member, n))
		}
	}
	had, err := s.Store.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, k := range had {
		for i := range offers {
			if offers[i].ID == k.Template && k.given() {
				offers[i].Mine++
			}
		}
	}
	for i, o := range offers {
		switch {
		case o.Mine >= o.PerPerson:
			offers[i].Why = ErrLimit
		case o.Left == 0:
			offers[i].Why = ErrOut
		}
	}
	return offers, nil
}

// Campaign is a template with what became of it.
type Campaign struct {
	Template
	Given   int64
	Tally   Tally
	Titles  map[string]string // of the camps that it names
	Batches []BatchView
	Odd     []source.Source
	Coupons []Coupon // a page
	Next    domain.Cursor
	People  map[string]member.Card
}

// BatchView is a batch and how many of its codes were taken.
type BatchView struct {
	Batch
	Taken int64
}

// Campaign returns everything about a template to those who may run campaigns of its organiser; in narrows the coupons.
func (s *Service) Campaign(ctx context.Context, id string, in Stage, page domain.Page) (v Campaign, err error) {
	if v.Template, err = s.ForStaff(ctx, id); err != nil {
		return v, err
	}
	if v.Given, err = s.Counters.Value(ctx, StockCounter(id)); err != nil {
		return v, err
	}
	if v.Tally, err = s.Tallies.Get(ctx, id); err != nil && !errors.Is(err, domain.ErrNotFound) {
		return v, err
	}
	if v.Titles, err = s.Camps.Titles(ctx, v.Terms.Camps); err != nil {
		return v, err
	}
	batches, _, err := s.Batches.OfTemplate(ctx, id, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return v, err
	}
	for _, b := range batches {
		taken, err := s.Codes.CountTaken(ctx, b.ID)
		if err != nil {
			return v, err
		}
		v.Batches = append(v.Batches, BatchView{b, taken})
	}
	if v.Odd, _, err = s.Sources.Odd(ctx, id, domain.Page{Limit: 20}); err != nil {
		return v, err
	}
	if v.Coupons, v.Next, err = s.Store.OfTemplate(ctx, id, in, page); err != nil {
		return v, err
	}
	v.People, err = s.Members.Cards(ctx, v.people())
	return v, err
}

func (v Campaign) people() []string {
	seen := map[string]bool{}
	for _, c := range v.Coupons {
		seen[c.Member] = true
	}
	for _, x := range v.Odd {
		for _, t := range x.Takes {
			seen[t.Member] = true
		}
	}
	ids := make([]string, 0, len(seen))
	for id := range seen {
		ids = append(ids, id)
	}
	return ids
}

// Ask says that a template's coupons changed, and so its tally. For jobs.
func (s *Service) Ask(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	_, err = domain.Ensure(ctx, s.Tallies, Tally{Doc: domain.Doc{ID: c.Template}}, func(t *Tally) error { return t.Ask(now) })
	return err
}

// Count counts the templates whose coupons changed. For jobs. One that fails does not stop the others.
func (s *Service) Count(ctx context.Context) error {
	return domain.CountDue(ctx, s.Clock, s.Tallies, "tally of coupons", func(due Tally) (func(*Tally), error) {
		var failed error
		days := count(domain.Until(s.Store.Facts(ctx, due.ID), &failed))
		return func(t *Tally) { t.Days = days }, failed
	})
}
