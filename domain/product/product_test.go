package product_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/product"
)

func at(instant string) time.Time {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		panic(err)
	}
	return t
}

// windows end one after the other, each with its price.
func windows(prices ...domain.Fen) (list []product.Window) {
	for i, price := range prices {
		list = append(list, product.Window{Until: at("2026-02-01T00:00:00Z").AddDate(0, 0, i), Price: price})
	}
	return list
}

func TestAPriceListIsBoundedFieldByField(t *testing.T) {
	t.Parallel()
	paid := product.Offer{Kind: product.Paid, Title: "普通名额", Price: 199_00}
	pooled := product.Offer{Kind: product.Scholarship, Title: "奖学金名额", Price: 199_00, Part: 100_00}
	free := product.Offer{Kind: product.Free, Title: "公益名额"}
	with := func(o product.Offer, change func(o *product.Offer)) product.Form {
		change(&o)
		return product.Form{Offers: []product.Offer{o}}
	}
	steps := func(list ...product.Step) product.Form {
		return product.Form{Offers: []product.Offer{paid}, Policy: product.Policy{Steps: list}}
	}
	for name, c := range map[string]struct {
		form  product.Form
		field string // that is refused; empty for none
	}{
		"each kind":                      {product.Form{Offers: []product.Offer{paid, pooled, free}}, ""},
		"nothing":                        {product.Form{}, "offers"},
		"too many":                       {product.Form{Offers: make([]product.Offer, product.MaxOffers+1)}, "offers"},
		"one id twice":                   {product.Form{Offers: []product.Offer{with(paid, func(o *product.Offer) { o.ID = "a" }).Offers[0], with(paid, func(o *product.Offer) { o.ID = "a" }).Offers[0]}}, "offers"},
		"an id that is none":             {with(paid, func(o *product.Offer) { o.ID = "a b" }), "offers[0].id"},
		"no title":                       {with(paid, func(o *product.Offer) { o.Title = "" }), "offers[0].title"},
		"no kind":                        {with(paid, func(o *product.Offer) { o.Kind = "gift" }), "offers[0].kind"},
		"a price of nothing":             {with(paid, func(o *product.Offer) { o.Price = 0 }), "offers[0].price"},
		"a price below nothing":          {with(paid, func(o *product.Offer) { o.Price = -1 }), "offers[0].price"},
		"the highest price":              {with(paid, func(o *product.Offer) { o.Price = product.MaxPrice }), ""},
		"a fen more":                     {with(paid, func(o *product.Offer) { o.Price = product.MaxPrice + 1 }), "offers[0].price"},
		"free, and it costs":             {with(free, func(o *product.Offer) { o.Price = 1 }), "offers[0].price"},
		"paid, and a part for the pool":  {with(paid, func(o *product.Offer) { o.Part = 1 }), "offers[0].part"},
		"no part for the pool":           {with(pooled, func(o *product.Offer) { o.Part = 0 }), "offers[0].part"},
		"all of it for the pool":         {with(pooled, func(o *product.Offer) { o.Part = o.Price }), ""},
		"more for the pool than is paid": {with(pooled, func(o *product.Offer) { o.Part = o.Price + 1 }), "offers[0].part"},
		"more than an early bird pays":   {with(pooled, func(o *product.Offer) { o.EarlyBird = windows(99_99) }), "offers[0].part"},
		"early birds":                    {with(paid, func(o *product.Offer) { o.EarlyBird = windows(99_00, 149_00) }), ""},
		"an early bird at the price":     {with(paid, func(o *product.Offer) { o.EarlyBird = windows(199_00) }), "offers[0].early_bird"},
		"an early bird for nothing":      {with(paid, func(o *product.Offer) { o.EarlyBird = windows(0) }), "offers[0].early_bird"},
		"an early bird for ever":         {with(paid, func(o *product.Offer) { o.EarlyBird = []product.Window{{Price: 1}} }), "offers[0].early_bird"},
		"early birds that end at once":   {with(paid, func(o *product.Offer) { o.EarlyBird = append(windows(1), windows(2)...) }), "offers[0].early_bird"},
		"too many early birds":           {with(paid, func(o *product.Offer) { o.EarlyBird = windows(1, 2, 3, 4, 5, 6) }), "offers[0].early_bird"},
		"a policy":                       {steps(product.Step{Day: 0, Percent: 100}, product.Step{Day: 3, Percent: 50}), ""},
		"more than all":                  {steps(product.Step{Day: 0, Percent: 101}), "policy"},
		"nothing, as a step":             {steps(product.Step{Day: 0, Percent: 0}), "policy"},
		"later, and more":                {steps(product.Step{Day: 0, Percent: 50}, product.Step{Day: 3, Percent: 100}), "policy"},
		"earlier, and less":              {steps(product.Step{Day: 3, Percent: 100}, product.Step{Day: 0, Percent: 50}), "policy"},
	} {
		err := c.form.Check()
		var refused *domain.Error
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (!errors.As(err, &refused) || !errors.Is(err, domain.ErrInvalid) ||
			!slices.ContainsFunc(refused.Fields, func(f domain.Field) bool { return f.Name == c.field })):
			t.Errorf("%s: %v, want %s", name, err, c.field)
		}
	}
}

func TestAnEarlyBirdEndsOnTheSecond(t *testing.T) {
	t.Parallel()
	o := product.Offer{Kind: product.Paid, Price: 199_00, EarlyBird: windows(99_00, 149_00)}
	for instant, want := range map[string]domain.Fen{
		"2026-01-31T23:59:59Z": 99_00, "2026-02-01T00:00:00Z": 149_00, "2026-02-01T23:59:59Z": 149_00, "2026-02-02T00:00:00Z": 199_00,
	} {
		if got, window := o.At(at(instant)); got != want || (window == nil) != (want == 199_00) {
			t.Errorf("at %s it costs %s (%v), want %s", instant, got, window, want)
		}
	}
}

func TestAPolicyEndsWithTheDaysOfItsCamp(t *testing.T) {
	t.Parallel()
	c := camp.Camp{Calendar: domain.Calendar{Zone: "America/New_York", CutOff: 2}, Start: "2026-03-08"} // the clocks go forward that night
	p := product.Policy{Steps: []product.Step{{Day: 0, Percent: 100}, {Day: 1, Percent: 50}}}
	deadlines := p.Deadlines(c)
	for i, day := range []domain.Day{"2026-03-07", "2026-03-08"} {
		if !deadlines[i].Until.Equal(c.Calendar.End(day)) {
			t.Errorf("step %d ends at %s", i, deadlines[i].Until)
		}
	}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{-time.Second, 100}, {0, 50}, {deadlines[1].Until.Sub(deadlines[0].Until) - 1, 50}, {48 * time.Hour, 0}} {
		if got := product.Percent(deadlines, deadlines[0].Until.Add(tt.after)); got != tt.want {
			t.Errorf("%s after the first step: %d%%, want %d%%", tt.after, got, tt.want)
		}
	}
}

type camps struct{ camp.Camp }

func (c camps) Get(context.Context, string) (camp.Camp, error) { return c.Camp, nil }

func (c camps) ForStaff(ctx context.Context, _ string, right domain.Right) (camp.Camp, error) {
	return c.Camp, domain.ActorFrom(ctx).Must(right, c.Place())
}

func TestAPriceListIsChangedFromTheVersionThatWasSeen(t *testing.T) {
	t.Parallel()
	in := camp.Camp{Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Calendar: domain.Calendar{Zone: "Asia/Shanghai"}, Start: "2026-03-01"}
	s := product.Service{
		Store: domaintest.NewStore[product.Product](&domaintest.Power{}), Camps: camps{in}, IDs: &domaintest.IDs{}, Clock: domaintest.NewClock("2026-01-01T00:00:00Z"),
	}
	owner := domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner}}})
	priced := func(price domain.Fen) product.Form {
		return product.Form{Offers: []product.Offer{{Kind: product.Paid, Title: "普通名额", Price: price, EarlyBird: windows(1_00)}}}
	}
	if p, err := s.Of(t.Context(), "c1"); err != nil || p.Costs() {
		t.Errorf("a camp that nobody has priced: %+v, %v", p, err)
	}
	for version := range 2 { // the first list, and a change of it
		var race sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			race.Go(func() { _, errs[i] = s.Save(owner, "c1", version, priced(domain.Fen(100_00+i))) })
		}
		race.Wait()
		saved := 0
		for _, err := range errs {
			if err == nil {
				saved++
			} else if !errors.Is(err, domain.ErrConflict) {
				t.Error(err)
			}
		}
		if p, err := s.ForStaff(owner, "c1"); err != nil || saved != 1 || p.Version != version+1 || p.Offers[0].ID == "" {
			t.Errorf("%d of 8 changed version %d: %+v, %v", saved, version, p, err)
		}
	}
	if _, err := s.Save(domain.WithActor(t.Context(), domain.Actor{Member: "ann"}), "c1", 2, priced(2_00)); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("nobody's price: %v", err)
	}
	next := in
	next.ID, next.Start = "c2", "2026-06-01"
	for range 2 {
		if err := s.CopyTo(t.Context(), in, next); err != nil {
			t.Fatal(err)
		}
	}
	was, err1 := s.Of(t.Context(), "c1")
	is, err2 := s.Of(t.Context(), "c2")
	if err1 != nil || err2 != nil || is.Version != 1 || is.Offers[0].Price != was.Offers[0].Price || !is.Costs() {
		t.Errorf("the next term costs %+v, this one %+v", is.Offers, was.Offers)
	}
	if got, want := is.Offers[0].EarlyBird[0].Until, was.Offers[0].EarlyBird[0].Until.AddDate(0, 0, 92); !cmp.Equal(got, want) {
		t.Errorf("its early birds pay less until %s, want %s", got, want)
	}
}
