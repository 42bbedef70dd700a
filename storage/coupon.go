package storage

import (
	"context"
	"errors"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/coupon"
)

// CouponStores are the collections of coupons.
type CouponStores struct {
	Coupons   Coupons
	Templates CouponTemplates
	Batches   CouponBatches
	Codes     CouponCodes
	Sources   Sources
	Tallies   Recounts[coupon.Tally]
}

// NewCoupons declares the collections.
func NewCoupons(ctx context.Context, db *DB) (s CouponStores, err error) {
	var failures []error
	note := func(err error) { failures = append(failures, err) }
	s.Coupons, err = newCoupons(ctx, db)
	note(err)
	s.Templates, err = newCouponTemplates(ctx, db)
	note(err)
	batches, err := NewCollection(ctx, db, "couponbatch", Keys[coupon.Batch]{
		"template": func(b *coupon.Batch) any { return b.Template },
		"at":       func(b *coupon.Batch) any { return b.At },
	}, Index{Name: "template", Fields: []string{"template", "at"}})
	s.Batches = CouponBatches{batches}
	note(err)
	codes, err := NewCollection(ctx, db, "couponcode", Keys[coupon.Code]{
		"taken": func(c *coupon.Code) any { return keyed(c.Member != "", c.Batch) },
		"owned": func(c *coupon.Code) any { return keyed(c.Member != "", c.Member) },
	}, Index{Name: "taken", Fields: []string{"taken"}}, ofPerson)
	s.Codes = CouponCodes{codes}
	note(err)
	s.Sources, err = newSources(ctx, db, "couponsource")
	note(err)
	s.Tallies, err = newRecounts[coupon.Tally](ctx, db, "coupontally")
	note(err)
	return s, errors.Join(failures...)
}

// Coupons keeps what people got.
type Coupons struct {
	*Collection[coupon.Coupon]
}

func newCoupons(ctx context.Context, db *DB) (Coupons, error) {
	type c = coupon.Coupon
	got := func(k *c) bool { return !k.GotAt.IsZero() }
	all, err := NewCollection(ctx, db, "coupon", Keys[c]{
		"member":   func(k *c) any { return keyed(got(k), k.Member) },
		"template": func(k *c) any { return keyed(got(k), k.Template) },
		"ready":    func(k *c) any { return keyed(k.State == coupon.Unused, pendingKey(k.Organiser, k.Member)) },
		"state":    func(k *c) any { return string(k.State) },
		"got":      func(k *c) any { return k.GotAt },
		"until":    func(k *c) any { return k.Until },
		"wake":     func(k *c) any { return k.WakeAt },
		"used":     func(k *c) any { return k.UsedAt },
		"took":     func(k *c) any { return int64(k.Took) },
		"paid":     func(k *c) any { return int64(k.Paid) },
		"back":     func(k *c) any { return int64(k.Back) },
		"owned":    func(k *c) any { return k.Member },
	},
		Index{Name: "member", Fields: []string{"member", "got"}}, Index{Name: "memberstate", Fields: []string{"member", "state", "got"}},
		Index{Name: "template", Fields: []string{"template", "got"}}, Index{Name: "templatestate", Fields: []string{"template", "state", "got"}},
		Index{Name: "ready", Fields: []string{"ready", "until"}}, Index{Name: "wake", Fields: []string{"wake"}},
		Index{Name: "facts", Fields: []string{"template", "got", "used", "took", "paid", "back"}}, ofPerson)
	return Coupons{all}, err
}

// OfPerson implements privacy.Of.
func (s Coupons) OfPerson(ctx context.Context, member string, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.Find(ctx, By(ofPerson.Name).Equal(member), page)
}

// OfMember implements coupon.Store.
func (s Coupons) OfMember(ctx context.Context, member string, in coupon.Stage, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.Find(ctx, narrowed("member", member, string(in)), page)
}

// OfTemplate implements coupon.Store.
func (s Coupons) OfTemplate(ctx context.Context, template string, in coupon.Stage, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.Find(ctx, narrowed("template", template, string(in)), page)
}

// narrowed is what belongs to something, the newest first, in a state unless it is empty.
func narrowed(index, of, state string) Query {
	if state == "" {
		return By(index).Equal(of).Descending()
	}
	return By(index+"state").Equal(of, state).Descending()
}

// Ready implements coupon.Store.
func (s Coupons) Ready(ctx context.Context, organiser, member string, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.Find(ctx, By("ready").Equal(pendingKey(organiser, member)), page)
}

// CountGot implements coupon.Store.
func (s Coupons) CountGot(ctx context.Context, template string) (int64, error) {
	return s.Count(ctx, By("template").Equal(template))
}

// Facts implements coupon.Store.
func (s Coupons) Facts(ctx context.Context, template string) iter.Seq2[coupon.Fact, error] {
	return func(yield func(coupon.Fact, error) bool) {
		for e, err := range s.Entries(ctx, By("facts").Equal(template)) {
			if err != nil {
				yield(coupon.Fact{}, err)
				return
			}
			f := coupon.Fact{GotAt: instant(e.Fields["got"])}
			if used := e.Fields["used"]; used != nil {
				f.UsedAt, f.Took, f.Paid = instant(used), domain.Fen(number(e.Fields["took"])), domain.Fen(number(e.Fields["paid"]))
				f.Back = domain.Fen(number(e.Fields["back"]))
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

func number(field any) int64 {
	n, _ := field.(int64)
	return n
}

// Waking implements coupon.Store.
func (s Coupons) Waking(ctx context.Context, before time.Time, page domain.Page) ([]coupon.Coupon, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// CouponTemplates keeps what coupons are made of.
type CouponTemplates struct {
	*Collection[coupon.Template]
}

func newCouponTemplates(ctx context.Context, db *DB) (CouponTemplates, error) {
	type t = coupon.Template
	all, err := NewCollection(ctx, db, "coupontemplate", Keys[t]{
		"organiser": func(c *t) any { return c.Organiser },
		"state":     func(c *t) any { return string(c.State) },
		"offered":   func(c *t) any { return keyed(c.State == coupon.Active && c.Public, c.Organiser) },
		"running":   func(c *t) any { return keyed(c.State == coupon.Active || c.State == coupon.Paused, "yes") },
		"at":        func(c *t) any { return c.CreatedAt },
	},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}}, Index{Name: "organiserstate", Fields: []string{"organiser", "state", "at"}},
		Index{Name: "offered", Fields: []string{"offered", "at"}}, Index{Name: "running", Fields: []string{"running", "at"}})
	return CouponTemplates{all}, err
}

// OfOrganiser implements coupon.Templates.
func (s CouponTemplates) OfOrganiser(ctx context.Context, organiser string, in coupon.State, page domain.Page) ([]coupon.Template, domain.Cursor, error) {
	return s.Find(ctx, narrowed("organiser", organiser, string(in)), page)
}

// Offered implements coupon.Templates.
func (s CouponTemplates) Offered(ctx context.Context, organiser string, page domain.Page) ([]coupon.Template, domain.Cursor, error) {
	return s.Find(ctx, By("offered").Equal(organiser).Descending(), page)
}

// Running implements coupon.Templates.
func (s CouponTemplates) Running(ctx context.Context, page domain.Page) ([]coupon.Template, domain.Cursor, error) {
	return s.Find(ctx, By("running").Equal("yes"), page)
}

// CouponBatches keeps batches of codes.
type CouponBatches struct {
	*Collection[coupon.Batch]
}

// OfTemplate implements coupon.Batches.
func (s CouponBatches) OfTemplate(ctx context.Context, template string, page domain.Page) ([]coupon.Batch, domain.Cursor, error) {
	return s.Find(ctx, By("template").Equal(template).Descending(), page)
}

// CouponCodes keeps codes.
type CouponCodes struct{ *Collection[coupon.Code] }

// CountTaken implements coupon.Codes.
func (s CouponCodes) CountTaken(ctx context.Context, batch string) (int64, error) {
	return s.Count(ctx, By("taken").Equal(batch))
}

// OfPerson implements privacy.Of.
func (s CouponCodes) OfPerson(ctx context.Context, member string, page domain.Page) ([]coupon.Code, domain.Cursor, error) {
	return s.Find(ctx, By(ofPerson.Name).Equal(member), page)
}

var (
	_ coupon.Store     = Coupons{}
	_ coupon.Templates = CouponTemplates{}
	_ coupon.Batches   = CouponBatches{}
	_ coupon.Codes     = CouponCodes{}
)
