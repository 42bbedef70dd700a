package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/moderation"
)

// Cases keeps what a person must decide, or has.
type Cases struct{ *Collection[moderation.Case] }

// Reports keeps who reported what.
type Reports struct {
	*Collection[moderation.Report]
}

// Reporters keeps how much people reported today.
type Reporters struct {
	*Collection[moderation.Reporter]
}

// NewCases declares the collections. at is since when an open case waits, or when a decided one was last decided;
// against is the author of those in which the newest ruling stands against them, offence when it was made.
func NewCases(ctx context.Context, db *DB) (cases Cases, reports Reports, reporters Reporters, err error) {
	if cases.Collection, err = NewCollection(ctx, db, "moderation", Keys[moderation.Case]{
		"state":     func(c *moderation.Case) any { return string(c.State) },
		"kind":      func(c *moderation.Case) any { return string(c.Kind) },
		"organiser": func(c *moderation.Case) any { return c.Organiser },
		"camp":      func(c *moderation.Case) any { return c.Camp },
		"at": func(c *moderation.Case) any {
			if c.State == moderation.Open {
				return c.OpenedAt
			}
			return c.Last().At
		},
		"against": func(c *moderation.Case) any {
			if _, ok := c.Offence(); !ok {
				return nil
			}
			return c.Author
		},
		"offence": func(c *moderation.Case) any {
			at, _ := c.Offence()
			return at
		},
	}, Index{Name: "state", Fields: []string{"state", "at"}}, Index{Name: "state_kind", Fields: []string{"state", "kind", "at"}},
		Index{Name: "organiser", Fields: []string{"state", "organiser", "at"}}, Index{Name: "organiser_kind", Fields: []string{"state", "kind", "organiser", "at"}},
		Index{Name: "camp", Fields: []string{"state", "camp", "at"}}, Index{Name: "camp_kind", Fields: []string{"state", "kind", "camp", "at"}},
		Index{Name: "against", Fields: []string{"against", "offence"}}, Index{Name: "against_in", Fields: []string{"against", "organiser", "offence"}}); err != nil {
		return
	}
	if reports.Collection, err = NewCollection(ctx, db, "report", Keys[moderation.Report]{
		"owned": func(d *moderation.Report) any { return d.Reporter },
		"case":  func(r *moderation.Report) any { return r.Case },
		"at":    func(r *moderation.Report) any { return r.At },
	}, ofPerson, Index{Name: "case", Fields: []string{"case", "at"}}); err != nil {
		return
	}
	reporters.Collection, err = NewCollection(ctx, db, "reporter", Keys[moderation.Reporter]{})
	return
}

func casesIn(in moderation.Scope, state moderation.State, kind moderation.Kind) Query {
	index, fixed, places := "state", []any{string(state)}, []string(nil)
	switch {
	case in.All:
	case len(in.Organisers) > 0:
		index, places = "organiser", in.Organisers
	default:
		index, places = "camp", in.Camps
	}
	if kind != "" {
		index, fixed = index+"_kind", append(fixed, string(kind))
	}
	q := By(index).Equal(fixed...)
	switch {
	case in.All:
		return q
	case len(places) == 1:
		return q.Equal(places[0])
	}
	these := make([]any, min(len(places), MaxIn))
	for i := range these {
		these[i] = places[i]
	}
	return q.In(these...)
}

// Cases implements moderation.Store.
func (s Cases) Cases(ctx context.Context, in moderation.Scope, f moderation.Filter, page domain.Page) ([]moderation.Case, domain.Cursor, error) {
	q := casesIn(in, f.State, f.Kind)
	if f.State == moderation.Decided {
		q = q.Descending()
	}
	return s.Find(ctx, q, page)
}

// CountOpen implements moderation.Store.
func (s Cases) CountOpen(ctx context.Context, in moderation.Scope) (int64, error) {
	return s.Count(ctx, casesIn(in, moderation.Open, ""))
}

// Offences implements moderation.Store.
func (s Cases) Offences(ctx context.Context, author, organiser string, page domain.Page) ([]moderation.Case, domain.Cursor, error) {
	return s.Find(ctx, offences(author, organiser).Descending(), page)
}

// CountOffences implements moderation.Store.
func (s Cases) CountOffences(ctx context.Context, author, organiser string) (int64, error) {
	return s.Count(ctx, offences(author, organiser))
}

func offences(author, organiser string) Query {
	if organiser == "" {
		return By("against").Equal(author)
	}
	return By("against_in").Equal(author, organiser)
}

// OnCase implements moderation.ReportStore.
func (s Reports) OnCase(ctx context.Context, caseID string, page domain.Page) ([]moderation.Report, domain.Cursor, error) {
	return s.Find(ctx, By("case").Equal(caseID).Descending(), page)
}

var (
	_ moderation.Store         = Cases{}
	_ moderation.ReportStore   = Reports{}
	_ moderation.ReporterStore = Reporters{}
)
