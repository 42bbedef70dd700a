package order_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/order"
)

// parties is one group of whoever comes, in one document: who is in it by its end has the place for ¥99 if it succeeded, and
// otherwise the money back.
type parties struct {
	book  *domaintest.Store[group]
	clock *domaintest.Clock
}

type group struct {
	domain.Doc
	Seats map[string]bool // by order: it is paid
	Lost  map[string]bool // the money of these goes back
	Won   bool
	Ends  time.Time
}

var (
	party  = order.Ref{Kind: order.LineGroup, ID: "party"}
	errEnd = domain.Refusal(domain.KindConflict, "party_over", "散了")
)

func newParties(power *domaintest.Power, clock *domaintest.Clock) *parties {
	p := &parties{domaintest.NewStore[group](power), clock}
	if err := p.book.Insert(context.Background(), group{
		Doc: domain.Doc{ID: "party"}, Seats: map[string]bool{}, Lost: map[string]bool{}, Ends: clock.Now().Add(10 * time.Hour),
	}); err != nil {
		panic(err)
	}
	return p
}

func (p *parties) over(g group) bool { return g.Won || !p.clock.Now().Before(g.Ends) }

func (p *parties) Priced(ctx context.Context, c order.Claim) (order.Special, error) {
	g, err := p.book.Get(ctx, c.Ref)
	if _, mine := g.Seats[c.Order]; err == nil && !mine && p.over(g) {
		err = errEnd
	}
	return order.Special{Kind: order.LineGroup, Ref: c.Ref, Text: "同行价", Price: 120_00, Coupons: true, Until: g.Ends}, err
}

func (p *parties) Reserve(ctx context.Context, c order.Claim) error {
	_, err := p.book.Update(ctx, c.Ref, func(g *group) error {
		if _, mine := g.Seats[c.Order]; mine {
			return domain.ErrSame
		}
		if p.over(*g) {
			return errEnd
		}
		g.Seats[c.Order] = false
		return nil
	})
	return err
}

func (p *parties) Paid(ctx context.Context, c order.Claim) (order.Fate, error) {
	g, err := p.book.Update(ctx, c.Ref, func(g *group) error {
		switch paid, mine := g.Seats[c.Order]; {
		case g.Lost[c.Order] || paid && (g.Won || !p.over(*g)):
			return domain.ErrSame
		case !mine && p.over(*g), mine && !paid && !c.PaidAt.Before(g.Ends), paid || g.Won:
			delete(g.Seats, c.Order)
			g.Lost[c.Order] = true
		default:
			g.Seats[c.Order] = true
		}
		return nil
	})
	switch {
	case err != nil || g.Won && g.Seats[c.Order]:
		return order.Fate{}, err
	case g.Lost[c.Order]:
		return order.Fate{Back: "没有成团，原路退回"}, nil
	}
	return order.Fate{Wait: g.Ends}, nil
}

func (p *parties) Free(ctx context.Context, c order.Claim) error {
	_, err := p.book.Update(ctx, c.Ref, func(g *group) error {
		paid, mine := g.Seats[c.Order]
		if !mine || paid && c.PaidAt.IsZero() {
			return domain.ErrSame
		}
		delete(g.Seats, c.Order)
		return nil
	})
	return err
}

// win lets everybody in who has paid; the rest have lost their seats.
func (p *parties) win(ctx context.Context) error {
	_, err := p.book.Update(ctx, "party", func(g *group) error {
		if p.over(*g) {
			return domain.ErrSame
		}
		g.Won = true
		for id, paid := range g.Seats {
			if !paid {
				delete(g.Seats, id)
			}
		}
		return nil
	})
	return err
}

func (p *parties) now() group { return p.book.All(nil)[0] }

// together orders a seat with the party and pays for it.
func (w world) together(t testing.TB, member string) order.Order {
	t.Helper()
	o, _, err := w.Place(as(t, member), order.Wish{Camp: "c1", Offer: "seat", Amount: 120_00, Special: party})
	if err != nil {
		t.Fatal(err)
	}
	number := w.askPay(t, o)
	w.bank.pay(number)
	w.told(t, number)
	return w.drive(t, o.ID)
}

func TestAPaidOrderWaitsForItsGroupAndHoldsItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.together(t, "an")
	place, held := w.places.of("an")
	if o.State != order.PaidWaiting || !o.Waits() || !held || place.Open || o.WakeAt != w.parties.now().Ends {
		t.Fatalf("%s, wakes at %s, place %+v", o.State, o.WakeAt, place)
	}
	w.clock.Add(3 * time.Hour)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, held := w.places.of("an"); !held {
		t.Fatal("the place went while the order waited")
	}
	if err := w.parties.win(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o = w.drive(t, o.ID); o.State != order.Fulfilled || w.exact(o) != nil {
		t.Fatalf("%s: %v", o.State, w.exact(o))
	}
}

func TestAnOrderWhoseGroupIsNotFullGoesBackWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.together(t, "an")
	w.clock.Add(11 * time.Hour)
	if err := w.Sweep(t.Context()); err != nil { // the sweeper alone
		t.Fatal(err)
	}
	o = w.get(t, o.ID)
	if o.State != order.Refunded || o.Returned() != 120_00 || w.exact(o) != nil || o.Refunds[0].Cause != order.CauseSpecial || len(w.places.all()) != 0 {
		t.Fatalf("%s, %s back, %v", o.State, o.Returned(), w.exact(o))
	}
	if done, err := w.Settled(t.Context(), o.ID); err != nil || !done {
		t.Fatalf("settled %v %v", done, err)
	}
}

func TestWhoWaitsCanLeaveByThePolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	o := w.together(t, "an")
	if _, err := w.AskBack(as(t, "an"), o.ID, 120_00); err != nil {
		t.Fatal(err)
	}
	if o = w.drive(t, o.ID); o.State != order.Refunded || w.exact(o) != nil || len(w.parties.now().Seats) != 0 {
		t.Fatalf("%s %v %v", o.State, w.exact(o), w.parties.now().Seats)
	}
}

func TestAnOrderThatIsRefusedBySpecialHoldsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	w.parties.book.Raced = func(string) { // it was over between the price and the order
		w.parties.book.Raced = nil
		if err := w.parties.win(t.Context()); err != nil {
			t.Error(err)
		}
	}
	o, _, err := w.Place(as(t, "an"), order.Wish{Camp: "c1", Offer: "seat", Amount: 70_00, Special: party, Coupon: "an"})
	if !errors.Is(err, errEnd) || o.State != order.Cancelled || o.Cause != order.NoSpecial || len(w.places.all()) != 0 || w.coupons.of("an") != (voucher{}) {
		t.Fatalf("%s by %s, %v, the coupon %+v", o.State, o.Cause, err, w.coupons.of("an"))
	}
	if _, err := w.Preview(as(t, "an"), order.Wish{Camp: "c1", Offer: "seat", Special: order.Ref{Kind: "x", ID: "y"}}); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestNobodyPaysAfterTheGroupsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	w.clock.Add(10*time.Hour - 10*time.Minute)
	o, _, err := w.Place(as(t, "an"), order.Wish{Camp: "c1", Offer: "seat", Amount: 120_00, Special: party})
	if err != nil || !o.PayBy.Equal(w.parties.now().Ends) {
		t.Fatalf("pay by %s, the end is %s: %v", o.PayBy, w.parties.now().Ends, err)
	}
}

func TestWhoeverLostTheAnswerGetsTheirOrderBack(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	wish := order.Wish{Camp: "c1", Offer: "seat", Amount: 70_00, Special: party, Coupon: "an"}
	o, fresh, err := w.Place(as(t, "an"), wish)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	v, err := w.Look(as(t, "an"), wish)
	if err != nil || v.Pending != o.ID || order.Sum(v.Lines) != 70_00 {
		t.Errorf("the price of what is theirs: %+v %v", v, err)
	}
	if had, fresh, err := w.Place(as(t, "an"), wish); err != nil || fresh || had.ID != o.ID {
		t.Errorf("ordered again: %s, fresh %v, %v", had.ID, fresh, err)
	}
}

// partied checks that exactly those orders are open whose group succeeded with them, or who bought by themselves.
func (w world) partied() error {
	g := w.parties.now()
	for id := range g.Seats {
		if i := slices.IndexFunc(w.store.All(nil), func(o order.Order) bool { return o.ID == id && o.EndedAt.IsZero() && !o.FulfilledAt.IsZero() }); i < 0 {
			return errors.New("a seat of the group is order " + id + "'s, which has no place")
		}
	}
	for _, o := range w.store.All(nil) {
		if o.Promise.Used(order.LineGroup) != "" && !o.FulfilledAt.IsZero() && o.EndedAt.IsZero() && !(g.Won && g.Seats[o.ID]) {
			return errors.New("order " + o.ID + " is open, and its group is not")
		}
	}
	return nil
}
