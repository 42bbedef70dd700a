package order_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/form"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/wechatpay"
)

// world is one camp with a price list, its orders, and a WeChat Pay that can be told to lose answers.
type world struct {
	*order.Service
	store   *store
	places  *places
	coupons *coupons
	parties *parties
	bank    *bank
	power   *domaintest.Power
	clock   *domaintest.Clock
	list    *product.Product
}

type store struct{ *domaintest.Store[order.Order] }

func (s *store) Pending(_ context.Context, campID, member string) (order.Order, error) {
	found, _, err := s.Find(func(o order.Order) bool {
		return o.State == order.Pending && o.Camp == campID && o.Member == member
	}, nil, domain.Page{})
	if err == nil && len(found) == 0 {
		err = domain.ErrNotFound
	}
	if err != nil {
		return order.Order{}, err
	}
	return found[0], nil
}

func (s *store) ByMember(_ context.Context, member string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return o.Member == member }, nil, page)
}

func (s *store) ByCamp(_ context.Context, campID string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return o.Camp == campID && (state == "" || o.State == state) }, nil, page)
}

func (s *store) Waking(_ context.Context, before time.Time, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return !o.WakeAt.IsZero() && o.WakeAt.Before(before) }, nil, page)
}

func (s *store) ByOrganiser(_ context.Context, organiser string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return o.Organiser == organiser && (state == "" || o.State == state) }, nil, page)
}

func (s *store) Troubled(_ context.Context, organisers []string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool {
		return (organisers == nil || slices.Contains(organisers, o.Organiser)) && o.Troubled()
	}, nil, page)
}

func (s *store) Late(_ context.Context, organisers []string, before time.Time, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool {
		late := o.LateAt()
		return (organisers == nil || slices.Contains(organisers, o.Organiser)) && !late.IsZero() && late.Before(before)
	}, nil, page)
}

// camps is the one camp c1.
type camps struct{ camp camp.Camp }

func (c camps) Get(_ context.Context, id string) (camp.Camp, error) {
	if id != c.camp.ID {
		return camp.Camp{}, domain.ErrNotFound
	}
	return c.camp, nil
}

func (c camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	in, err := c.Get(ctx, id)
	if err != nil {
		return in, err
	}
	return in, domain.ActorFrom(ctx).Must(right, in.Place())
}

type products struct{ list *product.Product }

func (p products) Of(context.Context, string) (product.Product, error) { return *p.list, nil }

type pools struct{}

func (pools) Quoted(context.Context, string) (order.Pool, error) {
	return order.Pool{Rules: 1, LockAt: at("2026-03-03T16:00:00Z"), Cap: 500_00}, nil
}

func (pools) Promised(context.Context, string, order.Promise, string) error { return nil }

type members struct{}

// promoters have recommended everybody to everything.
type promoters struct{}

func (promoters) Shares(context.Context, string, camp.Camp) ([]order.Share, error) {
	return []order.Share{{Level: 1, Member: "pro", Rate: 10_00, Plan: "o1"}}, nil
}

func (members) OpenID(_ context.Context, member string) (string, error) { return "open-" + member, nil }

// places is the seats of the camp in one document: who holds one, by which order, and whether it is open.
type places struct {
	seats int
	book  *domaintest.Store[book]
}

type book struct {
	domain.Doc
	Held map[string]place
}

type place struct {
	Order string
	Open  bool
}

func newPlaces(seats int, power *domaintest.Power) *places {
	p := &places{seats, domaintest.NewStore[book](power)}
	if err := p.book.Insert(context.Background(), book{Doc: domain.Doc{ID: "c1"}, Held: map[string]place{}}); err != nil {
		panic(err)
	}
	return p
}

var errTaken = domain.Refusal(domain.KindConflict, "already_enrolled", "已经报名")

func (p *places) change(ctx context.Context, f func(held map[string]place) error) error {
	_, err := p.book.Update(ctx, "c1", func(b *book) error { return f(b.Held) })
	return err
}

func (p *places) Hold(ctx context.Context, _, member, orderID string, _ form.Given) error {
	return p.change(ctx, func(held map[string]place) error {
		had, ok := held[member]
		switch {
		case ok && had.Order == orderID:
			return domain.ErrSame
		case ok:
			return errTaken
		case len(held) >= p.seats:
			return camp.ErrFull
		}
		held[member] = place{Order: orderID}
		return nil
	})
}

func (p *places) Open(ctx context.Context, _, member, orderID string) error {
	return p.change(ctx, func(held map[string]place) error {
		if held[member].Order != orderID {
			return domain.ErrConflict
		}
		held[member] = place{orderID, true}
		return nil
	})
}

func (p *places) Free(ctx context.Context, _, member, orderID string) error {
	return p.change(ctx, func(held map[string]place) error {
		if held[member].Order != orderID {
			return domain.ErrSame
		}
		delete(held, member)
		return nil
	})
}

func (p *places) all() map[string]place { return p.book.All(nil)[0].Held }

func (p *places) of(member string) (place, bool) {
	got, ok := p.all()[member]
	return got, ok
}

// bank is WeChat Pay as the merchant sees it. Every fen that it takes and gives is in its books.
type bank struct {
	mu      sync.Mutex
	clock   *domaintest.Clock
	trades  map[string]*wechatpay.Trade
	refunds map[string]*wechatpay.Refund
	slow    bool // refunds stay in processing
	// fault, if set, decides about each call: lost before it arrives, or its answer lost.
	fault func(call string) (before, after bool)
}

func (b *bank) call(name string, f func() error) error {
	var before, after bool
	if b.fault != nil {
		before, after = b.fault(name)
	}
	if before {
		return wechatpay.ErrUnreachable
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	err := f()
	if after {
		return wechatpay.ErrUnreachable
	}
	return err
}

func (b *bank) Prepay(_ context.Context, p wechatpay.Prepay) (handle string, err error) {
	err = b.call("prepay", func() error {
		t, ok := b.trades[p.Number]
		switch {
		case !ok:
			b.trades[p.Number] = &wechatpay.Trade{Number: p.Number, State: wechatpay.TradeNotPaid, Amount: p.Amount, Payer: p.OpenID}
		case t.Amount != p.Amount:
			return wechatpay.ErrUsed
		case t.Paid():
			return wechatpay.ErrPaid
		case t.Over():
			return wechatpay.ErrClosed
		}
		handle = "prepay-" + p.Number
		return nil
	})
	return handle, err
}

func (b *bank) Params(handle string) (wechatpay.Params, error) {
	return wechatpay.Params{Package: "prepay_id=" + handle}, nil
}

func (b *bank) Query(_ context.Context, number string) (t wechatpay.Trade, err error) {
	err = b.call("query", func() error {
		found, ok := b.trades[number]
		if !ok {
			return wechatpay.ErrUnknown
		}
		t = *found
		return nil
	})
	return t, err
}

func (b *bank) Close(_ context.Context, number string) error {
	return b.call("close", func() error {
		t, ok := b.trades[number]
		switch {
		case !ok:
			return wechatpay.ErrUnknown
		case t.Paid():
			return wechatpay.ErrPaid
		}
		t.State = wechatpay.TradeClosed
		return nil
	})
}

func (b *bank) Refund(_ context.Context, r wechatpay.RefundRequest) (back wechatpay.Refund, err error) {
	err = b.call("refund", func() error {
		t := b.trades[r.Trade]
		if t == nil || !t.Paid() {
			return wechatpay.ErrRefused
		}
		if had, ok := b.refunds[r.Number]; ok {
			if had.Amount != r.Amount || had.Trade != r.Trade {
				return wechatpay.ErrUsed
			}
			back = *had
			return nil
		}
		if b.returned(r.Trade)+r.Amount > t.Amount {
			return wechatpay.ErrRefused
		}
		state := wechatpay.RefundSuccess
		if b.slow {
			state = wechatpay.RefundProcessing
		}
		b.refunds[r.Number] = &wechatpay.Refund{Number: r.Number, Trade: r.Trade, Amount: r.Amount, State: state, At: b.clock.Now()}
		t.State = wechatpay.TradeRefund
		back = *b.refunds[r.Number]
		return nil
	})
	return back, err
}

func (b *bank) QueryRefund(_ context.Context, number string) (r wechatpay.Refund, err error) {
	err = b.call("query refund", func() error {
		found, ok := b.refunds[number]
		if !ok {
			return wechatpay.ErrUnknown
		}
		r = *found
		return nil
	})
	return r, err
}

func (b *bank) returned(number string) (sum domain.Fen) {
	for _, r := range b.refunds {
		if r.Trade == number {
			sum += r.Amount
		}
	}
	return sum
}

// pay is a person who pays, if WeChat lets them.
func (b *bank) pay(number string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.trades[number]
	if t == nil || t.State != wechatpay.TradeNotPaid {
		return false
	}
	t.State, t.Transaction, t.PaidAt = wechatpay.TradeSuccess, "wx"+number, b.clock.Now()
	return true
}

// kept is what the merchant has of an order: all that was paid less all that went back.
func (b *bank) kept(orderID string) (paid, back domain.Fen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for number, t := range b.trades {
		if order.OrderOf(number) == orderID && t.Paid() {
			paid += t.Amount
			back += b.returned(number)
		}
	}
	return paid, back
}

func (b *bank) numbers() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.trades))
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func newWorld(seats int) world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-02-25T01:00:00Z")}
	w.store = &store{domaintest.NewStore[order.Order](w.power)}
	w.store.Unique = func(o *order.Order) []string {
		if o.State != order.Pending {
			return nil
		}
		return []string{o.Camp + "/" + o.Member}
	}
	w.places, w.coupons, w.parties = newPlaces(seats, w.power), newCoupons(w.power), newParties(w.power, w.clock)
	w.bank = &bank{clock: w.clock, trades: map[string]*wechatpay.Trade{}, refunds: map[string]*wechatpay.Refund{}}
	w.list = &product.Product{
		Doc: domain.Doc{ID: "c1"}, Version: 1,
		Offers: []product.Offer{
			{ID: "seat", Kind: product.Paid, Title: "普通名额", Price: 199_00},
			{ID: "pool", Kind: product.Scholarship, Title: "奖学金名额", Price: 199_00, Part: 100_00,
				EarlyBird: []product.Window{{Until: at("2026-02-26T00:00:00Z"), Price: 159_00}}},
			{ID: "gift", Kind: product.Free, Title: "公益名额"},
		},
		Policy: product.Policy{Steps: []product.Step{{Day: 0, Percent: 100}, {Day: 3, Percent: 50}}},
	}
	c := camp.Camp{
		Doc: domain.Doc{ID: "c1"}, Kind: camp.KindDated, Organiser: "o1", Title: "晨读营", Calendar: domain.Calendar{Zone: "Asia/Shanghai"},
		Start: "2026-03-01", End: "2026-03-21", EnrolBy: "2026-03-10", Seats: seats, State: camp.Published,
	}
	w.Service = &order.Service{
		Store: w.store, Camps: camps{c}, Products: products{w.list}, Places: w.places, Coupons: w.coupons, Specials: map[order.LineKind]order.Specials{order.LineGroup: w.parties}, Pools: pools{}, Referrals: promoters{}, Members: members{}, Notices: news{}, Origins: origins{},
		Pay: w.bank, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func as(t testing.TB, member string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: member})
}

// place orders a seat for a member.
func (w world) place(t testing.TB, member, offer string) order.Order {
	t.Helper()
	promise, err := w.Preview(as(t, member), order.Wish{Camp: "c1", Offer: offer})
	if err != nil {
		t.Fatal(err)
	}
	o, _, err := w.Place(as(t, member), order.Wish{Camp: "c1", Offer: offer, Amount: order.Sum(promise.Lines)})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// askPay is a member on the point of paying; it returns the number of the attempt.
func (w world) askPay(t testing.TB, o order.Order) string {
	t.Helper()
	if _, err := w.AskPay(as(t, o.Member), o.ID); err != nil {
		t.Fatal(err)
	}
	a, _ := w.get(t, o.ID).Current()
	return a.Number
}

// bought is a member whose money came and whose place is open.
func (w world) bought(t testing.TB, member, offer string) order.Order {
	t.Helper()
	o := w.place(t, member, offer)
	number := w.askPay(t, o)
	w.bank.pay(number)
	w.told(t, number)
	return w.drive(t, o.ID)
}

// told is WeChat's callback about an attempt.
func (w world) told(t testing.TB, number string) {
	t.Helper()
	trade, err := w.bank.Query(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seen(t.Context(), trade); err != nil {
		t.Fatal(err)
	}
}

func (w world) drive(t testing.TB, id string) order.Order {
	t.Helper()
	o, err := w.Drive(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w world) get(t testing.TB, id string) order.Order {
	t.Helper()
	o, err := w.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// exact checks one order that has come to rest against the bank's books and the places.
func (w world) exact(o order.Order) error {
	if err := o.Check(); err != nil {
		return err
	}
	paid, back := w.bank.kept(o.ID)
	held, found := w.places.of(o.Member)
	mine := found && held.Order == o.ID
	switch {
	case o.Received() != paid:
		return fmt.Errorf("order %s says %s came, the bank %s", o.ID, o.Received(), paid)
	case o.Returned() != back:
		return fmt.Errorf("order %s says %s went back, the bank %s", o.ID, o.Returned(), back)
	case o.Held() != paid-back:
		return fmt.Errorf("order %s holds %s of %s", o.ID, o.Held(), paid-back)
	case back > paid:
		return fmt.Errorf("order %s gave back %s of %s", o.ID, back, paid)
	}
	switch o.State {
	case order.Fulfilled, order.PartRefunded:
		if o.EndedAt.IsZero() != (mine && held.Open) {
			return fmt.Errorf("order %s is %s, ended %v, its place open %v", o.ID, o.State, o.EndedAt, mine && held.Open)
		}
		if o.State == order.Fulfilled && paid-back != o.Amount {
			return fmt.Errorf("order %s is fulfilled for %s of %s", o.ID, paid-back, o.Amount)
		}
	case order.Refunded, order.Cancelled:
		if mine || paid != back {
			return fmt.Errorf("order %s is %s, has its place: %v, keeps %s", o.ID, o.State, mine, paid-back)
		}
	default:
		return errors.New("order " + o.ID + " is at rest as " + string(o.State))
	}
	return nil
}

type news struct{}

func (news) Tell(context.Context, notice.Notice) error { return nil }

func pageOf(n int) domain.Page { return domain.Page{Limit: n} }

// origins are where everybody comes from.
type origins struct{}

func (origins) Of(_ context.Context, organiser, member string) (order.Origin, error) {
	return order.Origin{First: organiser + "-fair", Last: member + "-poster"}, nil
}
