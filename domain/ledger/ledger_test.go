package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/camp"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/transfer"
	"yingdi/domain/wechatpay"
)

func of[T any](list ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range list {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// paid is an order of ¥199 that WeChat's bill of March the first holds.
func paid(id string) order.Order {
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	o := order.Place(id, "o1", "c1", "m-"+id, order.Promise{Lines: []order.Line{{Kind: order.LinePrice, Amount: 199_00}}}, order.JSAPI, at)
	if err := errors.Join(o.Try(at), o.Seen(wechatpay.Trade{Number: id + "-1", State: wechatpay.TradeSuccess, Amount: 199_00, PaidAt: at}, at),
		o.Bill(id+"-1", wechatpay.Billed{Day: "2026-03-01", Line: 1, Amount: 199_00})); err != nil {
		panic(err)
	}
	return o
}

func march(amount domain.Fen) bill.Day {
	return bill.Day{Doc: domain.Doc{ID: "2026-03-01"}, State: bill.Matched, Tally: bill.Tally{Paid: amount}}
}

func TestTheAuditNamesWhatBreaksTheBooks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		facts ledger.Facts
		want  []string
	}{
		"all holds":              {ledger.Facts{Orders: of(paid("a"), paid("b")), Days: of(march(398_00))}, nil},
		"a bill says more":       {ledger.Facts{Orders: of(paid("a")), Days: of(march(398_00))}, []string{"2026-03-01"}},
		"a bill not matched yet": {ledger.Facts{Orders: of(paid("a")), Days: of(bill.Day{Doc: domain.Doc{ID: "2026-03-01"}, State: bill.Waiting})}, nil},
		"a line of nobody": {ledger.Facts{Orders: of(paid("a")), Days: of(march(206_00)), Cases: of(bill.Case{
			Day: "2026-03-01", Kind: bill.MissingHere, Book: bill.OrderBook, Amount: 7_00, Said: &bill.Said{Amount: 7_00, Done: true},
		})}, nil},
		"more paid out than came": {ledger.Facts{Transfers: of(transfer.Transfer{
			Doc: domain.Doc{ID: "t"}, Amount: 5_00, State: transfer.Paid, Bills: []transfer.Bill{{State: wechatpay.TransferSuccess}},
		})}, []string{"t", "overall"}},
		"another feature's proof": {ledger.Facts{Others: []ledger.Proof{{Name: "wallet", Walk: func(_ context.Context, found func(string, error)) error {
			found("w1", nil)
			found("w2", errors.New("broken"))
			return nil
		}}}}, []string{"w2"}},
	} {
		none := ledger.Facts{Orders: of[order.Order](), Transfers: of[transfer.Transfer](), Cases: of[bill.Case](), Days: of[bill.Day]()}
		if tt.facts.Orders == nil {
			tt.facts.Orders = none.Orders
		}
		if tt.facts.Transfers == nil {
			tt.facts.Transfers = none.Transfers
		}
		if tt.facts.Cases == nil {
			tt.facts.Cases = none.Cases
		}
		if tt.facts.Days == nil {
			tt.facts.Days = none.Days
		}
		report, err := ledger.Audit(t.Context(), tt.facts)
		var named []string
		for _, f := range report.Faults {
			named = append(named, f.ID)
		}
		if !slices.Equal(named, tt.want) || errors.Is(err, ledger.ErrBroken) != (len(tt.want) > 0) {
			t.Errorf("%s: %v, %v", name, report.Faults, err)
		}
	}
}

func TestAnAuditOfRuinsTellsTheFirstHundredAndCountsTheRest(t *testing.T) {
	t.Parallel()
	var broken []order.Order
	for i := range 130 {
		o := paid(fmt.Sprint("o", i))
		o.Amount++
		broken = append(broken, o)
	}
	report, err := ledger.Audit(t.Context(), ledger.Facts{Orders: of(broken...), Transfers: of[transfer.Transfer](), Cases: of[bill.Case](), Days: of[bill.Day]()})
	if !errors.Is(err, ledger.ErrBroken) || len(report.Faults) != ledger.MaxFaults || report.More != 30 || report.Faults[0].ID != "o0" {
		t.Errorf("%d and %d more, %v", len(report.Faults), report.More, err)
	}
}

type books []ledger.Booked

func (b books) Booked(context.Context, string, string) iter.Seq2[ledger.Booked, error] {
	return of(b...)
}

func (b books) ByFlow(context.Context, string, order.Flow, domain.Page) ([]order.Order, domain.Cursor, error) {
	return nil, "", nil
}

type camps struct{}

func (camps) ForStaff(context.Context, string, domain.Right) (camp.Camp, error) {
	return camp.Camp{}, nil
}

func (camps) Titles(context.Context, []string) (map[string]string, error) {
	return map[string]string{"c1": "晨读", "c2": "夜读"}, nil
}

func TestTheSumsOfAnOrganiserAreThoseOfItsCamps(t *testing.T) {
	t.Parallel()
	s := ledger.Service{Camps: camps{}, Books: books{
		{"c1", ledger.Sums{Orders: 1, In: 199_00, Back: 50_00, Part: 100_00}}, {"c1", ledger.Sums{Orders: 1, In: 199_00, Underway: 199_00}},
		{"c2", ledger.Sums{Orders: 1, In: 9_00}},
	}}
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	list, total, err := s.OfOrganiser(ctx, "o1")
	if err != nil || len(list) != 2 || list[0].Title != "晨读" || list[0].Held() != 149_00 || list[0].Tuition() != 49_00 || total.In != 407_00 || total.Held() != 158_00 {
		t.Errorf("%+v, %+v, %v", list, total, err)
	}
	if _, _, err := s.OfOrganiser(t.Context(), "o1"); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Error(err)
	}
}
