package payment_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/payment"
	"yingdi/domain/wechatpay"
)

type store struct {
	*domaintest.Store[payment.Notice]
}

func (s store) Ended(_ context.Context, before time.Time, page domain.Page) ([]payment.Notice, domain.Cursor, error) {
	return s.Find(func(n payment.Notice) bool { return n.Until.Before(before) }, nil, page)
}

// features remember what they were told.
type features struct {
	told []string
	err  error
}

func (f *features) TakeTrade(_ context.Context, t wechatpay.Trade) error {
	f.told = append(f.told, "trade "+t.Number)
	return f.err
}

func (f *features) TakeRefund(_ context.Context, r wechatpay.Refund) error {
	f.told = append(f.told, "refund "+r.Number)
	return f.err
}

func (f *features) TakeTransfer(_ context.Context, t wechatpay.Transfer) error {
	f.told = append(f.told, "transfer "+t.Number)
	return f.err
}

func newWorld() (*payment.Service, *features, store, *domaintest.Clock) {
	f, s, c := &features{}, store{domaintest.NewStore[payment.Notice](&domaintest.Power{})}, domaintest.NewClock("2026-03-01T01:00:00Z")
	return &payment.Service{Store: s, Orders: f, Transfers: f, Sealer: domaintest.Sealer(), Clock: c}, f, s, c
}

func TestANoticeThatIsDeliveredTwiceIsWrittenDownOnce(t *testing.T) {
	t.Parallel()
	s, _, kept, _ := newWorld()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			n := wechatpay.Notice{ID: "n1", Kind: "TRANSACTION.SUCCESS", Trade: &wechatpay.Trade{Number: "o-1", Payer: "openid-ann"}}
			if err := s.Receive(t.Context(), n); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list := kept.All(nil)
	if len(list) != 1 || len(kept.Events("n1")) != 1 || strings.Contains(list[0].Body, "openid-ann") || list[0].Number != "o-1" {
		t.Errorf("%+v", list)
	}
}

func TestANoticeGoesToTheFeatureThatWaitsForIt(t *testing.T) {
	t.Parallel()
	s, f, _, _ := newWorld()
	for _, n := range []wechatpay.Notice{
		{ID: "a", Trade: &wechatpay.Trade{Number: "o-1"}}, {ID: "b", Refund: &wechatpay.Refund{Number: "r-1"}},
		{ID: "c", Transfer: &wechatpay.Transfer{Number: "t1"}}, {ID: "d", Kind: "SOMETHING.NEW"},
	} {
		if err := errors.Join(s.Receive(t.Context(), n), s.Work(t.Context(), n.ID)); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(f.told, ", "); got != "trade o-1, refund r-1, transfer t1" {
		t.Error(got)
	}
}

func TestANoticeAboutNobodyIsNotedAndOneThatFailsComesAgain(t *testing.T) {
	t.Parallel()
	s, f, kept, _ := newWorld()
	if err := s.Receive(t.Context(), wechatpay.Notice{ID: "a", Trade: &wechatpay.Trade{Number: "x"}}); err != nil {
		t.Fatal(err)
	}
	f.err = wechatpay.ErrUnreachable
	if err := s.Work(t.Context(), "a"); !errors.Is(err, wechatpay.ErrUnreachable) {
		t.Error(err)
	}
	f.err = domain.ErrNotFound
	if err := errors.Join(s.Work(t.Context(), "a"), s.Work(t.Context(), "a")); err != nil || kept.All(nil)[0].Outcome == "" {
		t.Error(err, kept.All(nil))
	}
}

func TestOldNoticesAreForgotten(t *testing.T) {
	t.Parallel()
	s, _, kept, clock := newWorld()
	if err := s.Receive(t.Context(), wechatpay.Notice{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	clock.Add(payment.Remember + time.Second)
	if err := s.Sweep(t.Context()); err != nil || len(kept.All(nil)) != 0 {
		t.Error(err, kept.All(nil))
	}
}
