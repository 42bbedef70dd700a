package camp

import (
	"context"
	"slices"

	"yingdi/domain"
)

// Filter chooses among the camps that one works in.
type Filter struct {
	Phase Phase // none: all but the archived ones
}

// keeps reports whether a camp is chosen.
func (f Filter) keeps(p Phase) bool {
	if f.Phase == "" {
		return p != PhaseArchived
	}
	return p == f.Phase
}

// maxScan bounds the pages that one look costs where the filter keeps little.
const maxScan = 25

// Mine lists the camps that the actor works in: all of the organisers where they may see every camp, and the single
// camps that they were made teacher or reviewer of. The single ones come with the first page. As a phase follows from the
// clock, a page holds what the filter keeps of as many camps as it takes, up to a bound: it may be a little longer than
// asked, or short although there is another.
func (s *Service) Mine(ctx context.Context, f Filter, page domain.Page) ([]Camp, domain.Cursor, error) {
	size := page.Size(20)
	var mine []Camp
	for range maxScan {
		list, next, err := s.mine(ctx, page)
		if err != nil {
			return nil, "", err
		}
		now := s.Clock.Now()
		mine = append(mine, slices.DeleteFunc(list, func(c Camp) bool { return !f.keeps(c.Phase(now)) })...)
		if page.After = next; next == "" || len(mine) >= size {
			break
		}
	}
	return mine, page.After, nil
}

// OfOrganiser lists the camps of one organiser, the newest first. Whoever calls it has checked who asks.
func (s *Service) OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]Camp, domain.Cursor, error) {
	return s.Store.ByOrganiser(ctx, []string{organiser}, page)
}

func (s *Service) mine(ctx context.Context, page domain.Page) ([]Camp, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightConsole, domain.Place{}); err != nil {
		return nil, "", err
	}
	organisers, all := actor.Within(domain.RightCampView, domain.ScopeOrganiser)
	if all {
		return s.Store.All(ctx, page)
	}
	var mine []Camp
	var next domain.Cursor
	var err error
	if len(organisers) > 0 {
		if mine, next, err = s.Store.ByOrganiser(ctx, organisers, page); err != nil {
			return nil, "", err
		}
	}
	if page.After != "" {
		return mine, next, nil
	}
	single, _ := actor.Within(domain.RightCampView, domain.ScopeCamp)
	found, err := s.Store.GetMany(ctx, single)
	if err != nil {
		return nil, "", err
	}
	var own []Camp
	for _, id := range single {
		c, ok := found[id]
		if ok && !slices.Contains(organisers, c.Organiser) && actor.Has(domain.RightCampView, c.Place()) {
			own = append(own, c)
		}
	}
	slices.SortFunc(own, func(a, b Camp) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return append(own, mine...), next, nil
}
