package storage

import (
	"context"
	"errors"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/referral"
)

// ReferralStores are the collections of referral.
type ReferralStores struct {
	Plans       ReferralPlans
	Promoters   Promoters
	Bindings    ReferralBindings
	Commissions Commissions
	Sources     Sources
	Tallies     Recounts[referral.Tally]
}

// NewReferrals declares the collections.
func NewReferrals(ctx context.Context, db *DB) (s ReferralStores, err error) {
	var failures []error
	note := func(err error) { failures = append(failures, err) }
	plans, err := NewCollection(ctx, db, "referral_plan", Keys[referral.Plan]{
		"organiser": func(p *referral.Plan) any { return p.Organiser },
		"at":        func(p *referral.Plan) any { return p.CreatedAt },
	}, Index{Name: "organiser", Fields: []string{"organiser", "at"}})
	s.Plans = ReferralPlans{plans}
	note(err)
	promoters, err := NewCollection(ctx, db, "promoter", Keys[referral.Promoter]{
		"organiser": func(p *referral.Promoter) any { return p.Organiser },
		"at":        func(p *referral.Promoter) any { return p.JoinedAt },
		"owned":     func(p *referral.Promoter) any { return p.Member },
	}, Index{Name: "organiser", Fields: []string{"organiser", "at"}}, ofPerson)
	s.Promoters = Promoters{promoters}
	note(err)
	bindings, err := NewCollection(ctx, db, "referral_binding", Keys[referral.Binding]{
		"promoter": func(b *referral.Binding) any { return pendingKey(b.Organiser, b.Promoter) },
		"at":       func(b *referral.Binding) any { return b.At },
		"owned":    func(b *referral.Binding) any { return b.Member },
	}, Index{Name: "promoter", Fields: []string{"promoter", "at"}}, ofPerson)
	s.Bindings = ReferralBindings{bindings}
	note(err)
	s.Commissions, err = newCommissions(ctx, db)
	note(err)
	s.Sources, err = newSources(ctx, db, "referral_source")
	note(err)
	s.Tallies, err = newRecounts[referral.Tally](ctx, db, "referral_tally")
	note(err)
	return s, errors.Join(failures...)
}

// ReferralPlans keeps plans.
type ReferralPlans struct {
	*Collection[referral.Plan]
}

// OfOrganiser implements referral.Plans.
func (s ReferralPlans) OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]referral.Plan, domain.Cursor, error) {
	return s.Find(ctx, By("organiser").Equal(organiser), page)
}

// Promoters keeps who recommends.
type Promoters struct {
	*Collection[referral.Promoter]
}

// ByMember implements referral.Promoters.
func (s Promoters) ByMember(ctx context.Context, member string, page domain.Page) ([]referral.Promoter, domain.Cursor, error) {
	return s.OfPerson(ctx, member, page)
}

// OfOrganiser implements referral.Promoters.
func (s Promoters) OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]referral.Promoter, domain.Cursor, error) {
	return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
}

// ReferralBindings keeps who was recommended by whom.
type ReferralBindings struct {
	*Collection[referral.Binding]
}

// CountOf implements referral.Bindings.
func (s ReferralBindings) CountOf(ctx context.Context, organiser, promoter string) (int64, error) {
	return s.Count(ctx, By("promoter").Equal(pendingKey(organiser, promoter)))
}

// OfPromoter implements referral.Bindings.
func (s ReferralBindings) OfPromoter(ctx context.Context, organiser, promoter string, page domain.Page) ([]referral.Binding, domain.Cursor, error) {
	return s.Find(ctx, By("promoter").Equal(pendingKey(organiser, promoter)).Descending(), page)
}

// Commissions keeps what promoters earn.
type Commissions struct {
	*Collection[referral.Commission]
}

func newCommissions(ctx context.Context, db *DB) (Commissions, error) {
	type c = referral.Commission
	all, err := NewCollection(ctx, db, "commission", Keys[c]{
		"mine":      func(k *c) any { return pendingKey(k.Organiser, k.Member) },
		"organiser": func(k *c) any { return k.Organiser },
		"camp":      func(k *c) any { return k.Camp },
		"member":    func(k *c) any { return k.Member },
		"stage":     func(k *c) any { return string(k.Stage) },
		"level":     func(k *c) any { return int64(k.Level) },
		"at":        func(k *c) any { return k.At },
		"base":      func(k *c) any { return int64(k.Base) },
		"net":       func(k *c) any { return int64(k.Net()) },
		"back":      func(k *c) any { return int64(k.Reversed()) },
		"thawed":    func(k *c) any { return keyed(k.Stage == referral.Available, pendingKey(k.Organiser, k.Member)) },
		"released":  func(k *c) any { return k.ReleasedAt },
		"wake":      func(k *c) any { return k.WakeAt },
		"owned":     func(k *c) any { return k.Member },
	},
		Index{Name: "mine", Fields: []string{"mine", "at"}}, Index{Name: "minestage", Fields: []string{"mine", "stage", "at"}},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}}, Index{Name: "organiserstage", Fields: []string{"organiser", "stage", "at"}},
		Index{Name: "thawed", Fields: []string{"thawed", "released"}}, Index{Name: "wake", Fields: []string{"wake"}},
		Index{Name: "sums", Fields: []string{"mine", "stage", "net", "back"}},
		Index{Name: "books", Fields: []string{"organiser", "camp", "stage", "net", "back"}},
		Index{Name: "facts", Fields: []string{"organiser", "member", "level", "at", "base", "net"}}, ofPerson)
	return Commissions{all}, err
}

func staged(index, of string, in referral.Stage) Query {
	if in == "" {
		return By(index).Equal(of).Descending()
	}
	return By(index+"stage").Equal(of, string(in)).Descending()
}

// OfMember implements referral.Store.
func (s Commissions) OfMember(ctx context.Context, organiser, member string, in referral.Stage, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.Find(ctx, staged("mine", pendingKey(organiser, member), in), page)
}

// OfOrganiser implements referral.Store.
func (s Commissions) OfOrganiser(ctx context.Context, organiser string, in referral.Stage, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.Find(ctx, staged("organiser", organiser, in), page)
}

// Thawed implements referral.Store.
func (s Commissions) Thawed(ctx context.Context, organiser, member string, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.Find(ctx, By("thawed").Equal(pendingKey(organiser, member)).Descending(), page)
}

// Sums implements referral.Store.
func (s Commissions) Sums(ctx context.Context, organiser, member string) (sums referral.Sums, err error) {
	q := By("books").Equal(organiser)
	if member != "" {
		q = By("sums").Equal(pendingKey(organiser, member))
	}
	for e, err := range s.Entries(ctx, q) {
		if err != nil {
			return sums, err
		}
		stage, _ := e.Fields["stage"].(string)
		sums.Add(referral.Stage(stage), domain.Fen(number(e.Fields["net"])), domain.Fen(number(e.Fields["back"])))
	}
	return sums, nil
}

// Facts implements referral.Store.
func (s Commissions) Facts(ctx context.Context, organiser string) iter.Seq2[referral.Fact, error] {
	return func(yield func(referral.Fact, error) bool) {
		for e, err := range s.Entries(ctx, By("facts").Equal(organiser)) {
			if err != nil {
				yield(referral.Fact{}, err)
				return
			}
			member, _ := e.Fields["member"].(string)
			f := referral.Fact{
				Member: member, Level: int(number(e.Fields["level"])), At: instant(e.Fields["at"]), Base: domain.Fen(number(e.Fields["base"])), Net: domain.Fen(number(e.Fields["net"])),
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Waking implements referral.Store.
func (s Commissions) Waking(ctx context.Context, before time.Time, page domain.Page) ([]referral.Commission, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

var (
	_ referral.Store     = Commissions{}
	_ referral.Plans     = ReferralPlans{}
	_ referral.Promoters = Promoters{}
	_ referral.Bindings  = ReferralBindings{}
)
