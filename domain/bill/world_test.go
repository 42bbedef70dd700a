package bill_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/domaintest"
	"yingdi/domain/media"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// world is a merchant's orders, the bills that WeChat makes of them, and where they are kept.
type world struct {
	*bill.Service
	days   *days
	cases  *cases
	orders *orders
	bank   *bank
	power  *domaintest.Power
	clock  *domaintest.Clock
	next   int
}

type days struct{ *domaintest.Store[bill.Day] }

func byDay(a, b bill.Day) int { return cmp.Compare(a.ID, b.ID) }

func (s *days) end(compare func(a, b bill.Day) int) (bill.Day, error) {
	list, _, err := s.Find(nil, compare, domain.Page{Limit: 1})
	if err == nil && len(list) == 0 {
		err = domain.ErrNotFound
	}
	if err != nil {
		return bill.Day{}, err
	}
	return list[0], nil
}

func (s *days) Newest(context.Context) (bill.Day, error) {
	return s.end(func(a, b bill.Day) int { return byDay(b, a) })
}

func (s *days) Oldest(context.Context) (bill.Day, error) { return s.end(byDay) }

func (s *days) Waiting(_ context.Context, page domain.Page) ([]bill.Day, domain.Cursor, error) {
	return s.Find(func(d bill.Day) bool { return d.State == bill.Waiting }, byDay, page)
}

func (s *days) List(_ context.Context, page domain.Page) ([]bill.Day, domain.Cursor, error) {
	return s.Find(nil, func(a, b bill.Day) int { return byDay(b, a) }, page)
}

type cases struct{ *domaintest.Store[bill.Case] }

func open(organisers []string) func(bill.Case) bool {
	return func(c bill.Case) bool {
		return c.Open() && (organisers == nil || slices.Contains(organisers, c.Organiser))
	}
}

func (s *cases) Open(_ context.Context, organisers []string, page domain.Page) ([]bill.Case, domain.Cursor, error) {
	return s.Find(open(organisers), nil, page)
}

func (s *cases) CountOpen(_ context.Context, organisers []string) (int64, error) {
	return s.Count(open(organisers))
}

type orders struct{ *domaintest.Store[order.Order] }

func (s *orders) Unbilled(_ context.Context, from, before time.Time, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool {
		at := o.Unbilled()
		return !at.IsZero() && !at.Before(from) && at.Before(before)
	}, func(a, b order.Order) int { return a.Unbilled().Compare(b.Unbilled()) }, page)
}

// Ask takes in what the bank knows, as order.Service does.
func (w *world) Ask(ctx context.Context, id, number string) error {
	w.bank.mu.Lock()
	trade, refund := w.bank.trades[number], w.bank.refunds[number]
	down := w.bank.down
	w.bank.mu.Unlock()
	switch {
	case down:
		return wechatpay.ErrUnreachable
	case trade != nil:
		_, err := w.orders.Update(ctx, id, func(o *order.Order) error { return o.Seen(*trade, w.clock.Now()) })
		return err
	case refund != nil:
		_, err := w.orders.Update(ctx, id, func(o *order.Order) error { return o.RefundSeen(*refund, w.clock.Now()) })
		return err
	}
	return wechatpay.ErrUnknown
}

// bank is what WeChat knows, and the bills that it makes of it.
type bank struct {
	mu      sync.Mutex
	clock   *domaintest.Clock
	trades  map[string]*wechatpay.Trade
	refunds map[string]*wechatpay.Refund
	lines   map[domain.Day][]wechatpay.BillLine
	funds   map[domain.Day][]wechatpay.FundLine
	down    bool
	later   bool // the bill is still being made
	broken  bool // the files cannot be read
	fetched int
	open    int
	files   map[string][]byte
}

func (b *bank) FetchBill(_ context.Context, kind wechatpay.BillKind, day domain.Day) (wechatpay.BillFile, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fetched++
	switch {
	case b.down:
		return wechatpay.BillFile{}, wechatpay.ErrUnreachable
	case b.later:
		return wechatpay.BillFile{}, wechatpay.ErrBillLater
	case kind == wechatpay.TradeBill && len(b.lines[day]) == 0, kind == wechatpay.FundBill && len(b.funds[day]) == 0:
		return wechatpay.BillFile{}, wechatpay.ErrNoBill
	}
	var raw []byte
	if kind == wechatpay.FundBill {
		raw, _ = json.Marshal(b.funds[day])
	} else {
		lines := slices.Clone(b.lines[day])
		for i := range lines {
			lines[i].N = i + 1
		}
		raw, _ = json.Marshal(lines)
	}
	if b.broken {
		raw = raw[:len(raw)/2]
	}
	sum := sha256.Sum256(raw)
	b.open++
	return wechatpay.BillFile{ReadSeekCloser: &opened{bytes.NewReader(raw), b}, Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:])}, nil
}

type opened struct {
	*bytes.Reader
	b *bank
}

func (o *opened) Close() error { o.b.open--; return nil }

func read[T any](file io.Reader) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var lines []T
		var none T
		if err := json.NewDecoder(file).Decode(&lines); err != nil {
			yield(none, fmt.Errorf("%w: %w", err, domain.ErrInvalid))
			return
		}
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (b *bank) ReadTradeBill(file io.Reader) iter.Seq2[wechatpay.BillLine, error] {
	return read[wechatpay.BillLine](file)
}

func (b *bank) ReadFundBill(file io.Reader) iter.Seq2[wechatpay.FundLine, error] {
	return read[wechatpay.FundLine](file)
}

func (b *bank) Put(_ context.Context, key, _ string, body io.Reader, size int64) error {
	raw, err := io.ReadAll(body)
	if err != nil || int64(len(raw)) != size {
		return fmt.Errorf("%d bytes of %d: %w", len(raw), size, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[key] = raw
	return nil
}

func (b *bank) Open(_ context.Context, key string) (media.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	raw, ok := b.files[key]
	if !ok {
		return media.Object{}, domain.ErrNotFound
	}
	b.open++
	return media.Object{ReadSeekCloser: &opened{bytes.NewReader(raw), b}, Size: int64(len(raw))}, nil
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// newWorld is at ten past ten in China, on the second of March.
func newWorld() *world {
	w := &world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-02T02:10:00Z")}
	w.days, w.cases = &days{domaintest.NewStore[bill.Day](w.power)}, &cases{domaintest.NewStore[bill.Case](w.power)}
	w.orders = &orders{domaintest.NewStore[order.Order](w.power)}
	w.bank = &bank{
		clock: w.clock, trades: map[string]*wechatpay.Trade{}, refunds: map[string]*wechatpay.Refund{}, files: map[string][]byte{},
		lines: map[domain.Day][]wechatpay.BillLine{}, funds: map[domain.Day][]wechatpay.FundLine{},
	}
	w.Service = &bill.Service{
		Days: w.days, Cases: w.cases, Pay: w.bank, Reader: w.bank, Bucket: w.bank, Orders: bill.Orders{Store: w.orders, Asker: w}, Transfers: noTransfers{},
		App: "wx1", Sells: true, Clock: w.clock,
	}
	return w
}

var zone = time.FixedZone("", 8*60*60)

func dayOf(t time.Time) domain.Day { return domain.Day(t.In(zone).Format(time.DateOnly)) }

// paid is an order of o1 whose ¥199 came at an instant, in our books and in WeChat's bill; it returns the attempt's number.
func (w *world) paid(when string) string {
	number := w.asked(when)
	trade := *w.bank.trades[number]
	if _, err := w.orders.Update(context.Background(), order.OrderOf(number), func(o *order.Order) error { return o.Seen(trade, trade.PaidAt) }); err != nil {
		panic(err)
	}
	return number
}

// asked is an order whose ¥199 came at WeChat, and we do not know.
func (w *world) asked(when string) string {
	w.next++
	t := at(when)
	promise := order.Promise{Title: "名额", Lines: []order.Line{{Kind: order.LinePrice, Text: "名额", Amount: 199_00}}}
	o := order.Place(fmt.Sprintf("o%d", w.next), "o1", "c1", fmt.Sprintf("m%d", w.next), promise, order.JSAPI, t.Add(-time.Minute))
	if err := o.Try(t.Add(-time.Minute)); err != nil {
		panic(err)
	}
	if err := w.orders.Insert(context.Background(), o); err != nil {
		panic(err)
	}
	number := order.Number(o.ID, 1)
	w.bank.trades[number] = &wechatpay.Trade{Number: number, State: wechatpay.TradeSuccess, Amount: 199_00, Transaction: "wx" + number, PaidAt: t}
	w.billed(dayOf(t), wechatpay.BillLine{At: t, App: "wx1", Trade: number, State: "SUCCESS", Amount: 199_00})
	return number
}

func (w *world) billed(day domain.Day, l wechatpay.BillLine) {
	w.bank.lines[day] = append(w.bank.lines[day], l)
	w.bank.funds[day] = append(w.bank.funds[day], wechatpay.FundLine{Name: "交易", In: true, Amount: l.Amount, Voucher: l.Trade})
}

// refunded is a refund of a payment that WeChat has made; known says whether we know of it.
func (w *world) refunded(number, when string, amount domain.Fen, known bool) string {
	t := at(when)
	var refund wechatpay.Refund
	if _, err := w.orders.Update(context.Background(), order.OrderOf(number), func(o *order.Order) error {
		if err := o.GiveBack("k", order.CauseStaff, amount, false, "boss", "补偿", t); err != nil {
			return err
		}
		r := o.Refunds[len(o.Refunds)-1]
		refund = wechatpay.Refund{Number: r.Number, Trade: r.Attempt, State: wechatpay.RefundSuccess, Amount: amount, At: t}
		if known {
			return o.RefundSeen(refund, t)
		}
		return nil
	}); err != nil {
		panic(err)
	}
	w.bank.refunds[refund.Number] = &refund
	w.billed(dayOf(t), wechatpay.BillLine{At: t, App: "wx1", Trade: number, State: "REFUND", Refund: refund.Number, Refunded: amount, RefundState: "SUCCESS"})
	return refund.Number
}

// work reconciles, and returns the kinds of the open cases.
func (w *world) work(t testing.TB) []bill.Kind {
	t.Helper()
	if err := w.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w.kinds()
}

func (w *world) kinds() []bill.Kind {
	kinds := []bill.Kind{}
	for _, c := range w.cases.All(open(nil)) {
		kinds = append(kinds, c.Kind)
	}
	return slices.Sorted(slices.Values(kinds))
}

func (w *world) states() map[string]bill.State {
	states := map[string]bill.State{}
	for _, d := range w.days.All(nil) {
		states[d.ID] = d.State
	}
	return states
}

func boss(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{
		{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner},
	}})
}

func admin(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "root", Grants: []domain.Grant{{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}}})
}

// noTransfers is a book without a line.
type noTransfers struct{}

func (noTransfers) Facts(context.Context, []string) (map[string]bill.Fact, error) { return nil, nil }

func (noTransfers) Mark(context.Context, string, wechatpay.Billed) error { return domain.ErrNotFound }

func (noTransfers) Unmarked(context.Context, time.Time, time.Time, domain.Page) ([]bill.Fact, domain.Cursor, error) {
	return nil, "", nil
}

func (noTransfers) Ask(context.Context, string) error { return domain.ErrNotFound }

// oneTransfer is a book with one line.
type oneTransfer struct {
	noTransfers
	fact bill.Fact
}

func (b *oneTransfer) Facts(context.Context, []string) (map[string]bill.Fact, error) {
	return map[string]bill.Fact{b.fact.Number: b.fact}, nil
}

func (b *oneTransfer) Mark(_ context.Context, _ string, at wechatpay.Billed) error {
	b.fact.Billed = at
	return nil
}

func (b *oneTransfer) Unmarked(_ context.Context, from, before time.Time, _ domain.Page) ([]bill.Fact, domain.Cursor, error) {
	if b.fact.Billed.Day != "" || b.fact.At.Before(from) || !b.fact.At.Before(before) {
		return nil, "", nil
	}
	return []bill.Fact{b.fact}, "", nil
}
