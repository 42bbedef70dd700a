package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/camp"
	"yingdi/domain/groupbuy"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
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

// waits is what features above and below have for a person.
type waits struct {
	withdrawals []wallet.Withdrawal
	transfers   []transfer.Transfer
	pools       []pool.Pool
	members     []pool.Member
	groups      []groupbuy.Group
	done        []string
}

func (w *waits) Waiting(context.Context, domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
	return w.withdrawals, "", nil
}

func (w *waits) Again(_ context.Context, id string) (wallet.Withdrawal, error) {
	w.done = append(w.done, "again "+id)
	return wallet.Withdrawal{}, nil
}

type transfers struct {
	ledger.Transfers
	*waits
}

func (w transfers) Troubled(context.Context, domain.Page) ([]transfer.Transfer, domain.Cursor, error) {
	return w.transfers, "", nil
}

func (w transfers) Again(context.Context, string) (transfer.Transfer, error) {
	return transfer.Transfer{}, nil
}

func (w transfers) Rule(_ context.Context, id string, paid bool, outcome string) (transfer.Transfer, error) {
	w.done = append(w.done, fmt.Sprint("rule ", id, " ", paid, " ", outcome))
	return transfer.Transfer{}, nil
}

func (w transfers) Many(_ context.Context, ids []string) (map[string]transfer.Transfer, error) {
	found := map[string]transfer.Transfer{}
	for _, t := range w.transfers {
		if slices.Contains(ids, t.ID) {
			found[t.ID] = t
		}
	}
	return found, nil
}

type pools struct{ *waits }

func (w pools) Waiting(context.Context, domain.Page) ([]pool.Pool, domain.Cursor, error) {
	return w.pools, "", nil
}

func (w pools) Helpless(context.Context, domain.Page) ([]pool.Member, domain.Cursor, error) {
	return w.members, "", nil
}

func (w pools) PayAgain(_ context.Context, camp, member string) error {
	w.done = append(w.done, "pay "+camp+" "+member)
	return nil
}

func (w pools) Helped(_ context.Context, camp, member, outcome string) error {
	w.done = append(w.done, "helped "+camp+" "+member+" "+outcome)
	return nil
}

type groups struct{ *waits }

func (w groups) Late(context.Context, domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return w.groups, "", nil
}

func (w groups) Again(_ context.Context, id string) error {
	w.done = append(w.done, "drive "+id)
	return nil
}

func TestWithdrawalsGroupsAndPoolsThatNeedAPersonTellTheirStory(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	failed := wallet.Withdrawal{Doc: domain.Doc{ID: "w2"}, Organiser: "o1", Member: "m2", Amount: 5_00, State: wallet.Failed, Story: []wallet.Change{
		{To: wallet.Applied, At: at, By: "m2"}, {To: wallet.Transferring, At: at}, {To: wallet.Failed, At: at.Add(time.Hour)},
	}}
	w := &waits{
		withdrawals: []wallet.Withdrawal{{Doc: domain.Doc{ID: "w1"}, Organiser: "o1", Member: "m1", Amount: 300_00, State: wallet.Applied, Story: []wallet.Change{{To: wallet.Applied, At: at, By: "m1"}}}, failed},
		transfers: []transfer.Transfer{
			{Doc: domain.Doc{ID: failed.Transfer()}, Kind: transfer.Withdrawal, State: transfer.Failed, Trouble: []transfer.Trouble{{Number: "n2", Note: "对方账户异常", At: at}}},
			{Doc: domain.Doc{ID: "gain"}, Kind: transfer.Payout, State: transfer.Failed, Amount: 7_00, Trouble: []transfer.Trouble{{Number: "n3", Note: "一直没有人领取", At: at}}},
		},
		pools:   []pool.Pool{{Doc: domain.Doc{ID: "c1"}, State: pool.Computed, Totals: pool.Totals{Pool: 500_00}, Log: []pool.Act{{Kind: pool.ActRules, At: at}, {Kind: pool.ActCompute, At: at}, {Kind: pool.ActSign, By: "boss", At: at}}}},
		members: []pool.Member{{Doc: domain.Doc{ID: "c1:m4"}, Camp: "c1", Member: "m4", Part: 100_00, Own: pool.Leg{Amount: 100_00, State: pool.LegFailed, Refused: true, Note: "订单已经全部退完"}}},
	}
	w.groups = []groupbuy.Group{{Doc: domain.Doc{ID: "k:n1"}, Terms: groupbuy.Terms{Size: 3}, State: groupbuy.Failed, Seats: []groupbuy.Seat{
		{Order: "n1", State: groupbuy.Refunding, Why: groupbuy.NotFull}, {Order: "n2", State: groupbuy.Refunded}, {Order: "n3", State: groupbuy.Refunding, Why: groupbuy.NotFull, Asked: true},
	}}}
	s := ledger.Service{Wallets: w, Transfers: transfers{waits: w}, Pools: pools{w}, Groups: groups{w}}
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	for _, tt := range []struct {
		source ledger.Source
		want   []string
	}{
		{ledger.Asked, []string{"w1 ¥300.00 false: 申请提现", "w2 ¥5.00 true: 申请提现/交给微信付款/没有付成，金额仍为学员留着/对方账户异常"}},
		{ledger.Payout, []string{"gain ¥7.00 true: ，，¥7.00/一直没有人领取"}},
		{ledger.Stuck, []string{"k:n1 ¥0.00 true: 开了 3 人团/没有成团，已付的钱应全部退回/订单 n1：应退款，还没有交给微信（没有成团，原路退回）/订单 n3：退款已交给微信，还没有到账（没有成团，原路退回）"}},
		{ledger.Halted, []string{"c1 ¥500.00 false: 计算名单/确认名单/名单已经算好，等另一位有资金权限的同事核对并确认，之后才会发放"}},
		{ledger.Helpless, []string{"c1:m4 ¥100.00 true: 入池 ¥100.00/退回自己的部分 ¥100.00：订单已经全部退完"}},
	} {
		list, err := s.Desk(ctx, tt.source, "")
		var got []string
		for _, section := range list {
			for _, m := range section.Matters {
				var story []string
				for _, c := range m.Story {
					story = append(story, c.Text)
				}
				got = append(got, fmt.Sprintf("%s %s %t: %s", m.ID, m.Amount, m.Again, strings.Join(story, "/")))
			}
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, %v", tt.source, got, err)
		}
	}
	for _, d := range []ledger.Decision{
		{Source: ledger.Asked, ID: "w2", Again: true}, {Source: ledger.Helpless, ID: "c1:m4", Again: true}, {Source: ledger.Helpless, ID: "c1:m4", Outcome: "线下转账"},
		{Source: ledger.Stuck, ID: "k:n1", Again: true}, {Source: ledger.Payout, ID: "gain", Ruling: ledger.Paid, Outcome: "账单已付"}, {Source: ledger.Payout, ID: "gain", Ruling: ledger.Unpaid, Outcome: "账单没有"},
	} {
		if err := s.Decide(ctx, d); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"again w2", "pay c1 m4", "helped c1 m4 线下转账", "drive k:n1", "rule gain true 账单已付", "rule gain false 账单没有"}; !slices.Equal(w.done, want) {
		t.Error(w.done)
	}
	if err := s.Decide(ctx, ledger.Decision{Source: ledger.Halted, ID: "c1", Again: true}); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a list is not signed from here: %v", err)
	}
}

type books []ledger.Booked

func (b books) Booked(context.Context, string, string) iter.Seq2[ledger.Booked, error] {
	return of(b...)
}

func (b books) ByFlow(context.Context, string, order.Flow, domain.Page) ([]order.Order, domain.Cursor, error) {
	return nil, "", nil
}

type commissions []ledger.Booked

func (c commissions) Promised(context.Context, string, string) iter.Seq2[ledger.Booked, error] {
	return of(c...)
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
	}, Commissions: commissions{{"c2", ledger.Sums{Promoted: 90}}, {"c1", ledger.Sums{Promoted: 4_90}}}}
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	list, total, err := s.OfOrganiser(ctx, "o1")
	if err != nil || len(list) != 2 || list[0].Title != "晨读" || list[0].Held() != 149_00 || list[0].Tuition() != 49_00 || list[0].Income() != 44_10 || list[1].Income() != 8_10 || total.Promoted != 5_80 || total.In != 407_00 || total.Held() != 158_00 {
		t.Errorf("%+v, %+v, %v", list, total, err)
	}
	if _, _, err := s.OfOrganiser(t.Context(), "o1"); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Error(err)
	}
}
