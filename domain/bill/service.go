package bill

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/wechatpay"
)

// DayStore keeps days.
type DayStore interface {
	domain.Documents[Day]
	// Newest and Oldest return domain.ErrNotFound if there is none.
	Newest(ctx context.Context) (Day, error)
	Oldest(ctx context.Context) (Day, error)
	// Waiting lists the days that are not done, the oldest first.
	Waiting(ctx context.Context, page domain.Page) ([]Day, domain.Cursor, error)
	// List lists all, the newest first.
	List(ctx context.Context, page domain.Page) ([]Day, domain.Cursor, error)
}

// CaseStore keeps cases.
type CaseStore interface {
	domain.Documents[Case]
	// Open lists the cases that somebody must look at, of these organisers, or of all and of none for nil.
	Open(ctx context.Context, organisers []string, page domain.Page) ([]Case, domain.Cursor, error)
	// CountOpen counts them.
	CountOpen(ctx context.Context, organisers []string) (int64, error)
}

// WeChatPay brings the bills. storage/wechatpay does it.
type WeChatPay interface {
	// FetchBill returns wechatpay.ErrNoBill and wechatpay.ErrBillLater. The caller closes.
	FetchBill(ctx context.Context, kind wechatpay.BillKind, day domain.Day) (wechatpay.BillFile, error)
}

// Reader reads them, line by line. It ends with an error that is domain.ErrInvalid if a bill cannot be read.
type Reader interface {
	ReadTradeBill(file io.Reader) iter.Seq2[wechatpay.BillLine, error]
	ReadFundBill(file io.Reader) iter.Seq2[wechatpay.FundLine, error]
}

// Bucket keeps them.
type Bucket interface {
	Put(ctx context.Context, key, contentType string, body io.Reader, size int64) error
	Open(ctx context.Context, key string) (media.Object, error)
}

// Service holds the use cases.
type Service struct {
	Days      DayStore
	Cases     CaseStore
	Pay       WeChatPay
	Reader    Reader
	Bucket    Bucket
	Orders    Book
	Transfers Book
	App       string // whose lines are ours
	Sells     bool   // a merchant is configured
	Clock     domain.Clock
}

// Work reconciles the days whose bills are due, one after the other, as far as it can. For jobs: it may run at any time,
// beside itself, and goes on where a crash left.
func (s *Service) Work(ctx context.Context) error {
	if !s.Sells {
		return nil
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	waiting, _, err := s.Days.Waiting(ctx, domain.Page{Limit: MaxBehind})
	if err != nil {
		return err
	}
	for _, d := range waiting {
		if done, err := s.reconcile(ctx, d); err != nil || !done {
			return err
		}
	}
	return nil
}

// begin writes down the days that have come due since the last time.
func (s *Service) begin(ctx context.Context) error {
	now := s.Clock.Now()
	last := lastDue(now)
	next, err := s.next(ctx, last)
	if err != nil {
		return err
	}
	if from := last.Add(1 - MaxBehind); next < from {
		next = from
	}
	for ; next <= last; next = next.Add(1) {
		d := Day{Doc: domain.Doc{ID: string(next)}, State: Waiting, CreatedAt: now}
		if err := s.Days.Insert(ctx, d); err != nil && !errors.Is(err, domain.ErrExists) {
			return err
		}
	}
	return nil
}

// next is the day after the last that is known; at the very first, the day of the first money.
func (s *Service) next(ctx context.Context, last domain.Day) (domain.Day, error) {
	newest, err := s.Days.Newest(ctx)
	switch {
	case err == nil:
		return domain.Day(newest.ID).Add(1), nil
	case !errors.Is(err, domain.ErrNotFound):
		return "", err
	}
	facts, _, err := s.Orders.Unmarked(ctx, time.Time{}, s.Clock.Now(), domain.Page{Limit: 1})
	if err != nil {
		return "", err
	}
	first := last
	for _, f := range facts {
		first = min(first, dayOf(f.At))
	}
	return first, nil
}

// reconcile takes a day as far as it goes; done says that the next one can follow.
func (s *Service) reconcile(ctx context.Context, d Day) (done bool, err error) {
	if s.Clock.Now().Before(d.NextAt) {
		return false, nil
	}
	for _, kind := range []wechatpay.BillKind{wechatpay.TradeBill, wechatpay.FundBill} {
		if d, err = s.fetch(ctx, d, kind); err != nil {
			return s.later(ctx, d, err)
		}
	}
	tally, err := s.match(ctx, d)
	if err != nil {
		return s.later(ctx, d, err)
	}
	if err := s.missing(ctx, domain.Day(d.ID)); err != nil {
		return false, err
	}
	_, err = s.Days.Update(ctx, d.ID, func(d *Day) error {
		if d.State == Matched {
			return domain.ErrSame
		}
		d.State, d.Tally, d.Problem, d.NextAt, d.MatchedAt = Matched, tally, "", time.Time{}, s.Clock.Now()
		return nil
	})
	return err == nil, err
}

// later notes why a day cannot be reconciled now. What is not WeChat's to answer for is handed on as it is.
func (s *Service) later(ctx context.Context, d Day, why error) (done bool, err error) {
	var refusal *domain.Error
	if ctx.Err() != nil || !errors.As(why, &refusal) {
		return false, why
	}
	now := s.Clock.Now()
	overdue := now.Sub(dueAt(domain.Day(d.ID)))
	unreadable := errors.Is(why, domain.ErrInvalid)
	d, err = s.Days.Update(ctx, d.ID, func(d *Day) error {
		if d.State != Waiting {
			return domain.ErrSame
		}
		if unreadable { // another copy may be better
			d.Trade, d.Fund = File{}, File{}
		}
		d.Problem, d.NextAt = refusal.Code, now.Add(retry(d.Tries))
		d.Tries++
		if overdue >= GiveUp {
			d.State = Absent
		}
		return nil
	})
	if err == nil && overdue >= AlarmAfter {
		err = s.open(ctx, Case{Day: domain.Day(d.ID), Kind: NoBill, Number: d.ID}, words(NoBill, "", domain.Day(d.ID), nil, Fact{}))
	}
	return d.State != Waiting, err
}
