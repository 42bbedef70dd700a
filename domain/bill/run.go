package bill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// ContentType of the files.
const ContentType = "text/csv"

func (d *Day) file(kind wechatpay.BillKind) *File {
	if kind == wechatpay.FundBill {
		return &d.Fund
	}
	return &d.Trade
}

// fetch brings a bill into the bucket, unless it is there. The key is made of what is in the file, so that after a crash the
// same file lies in the same place.
func (s *Service) fetch(ctx context.Context, d Day, kind wechatpay.BillKind) (Day, error) {
	if d.file(kind).fetched() {
		return d, nil
	}
	got, err := s.take(ctx, domain.Day(d.ID), kind)
	if err != nil {
		return d, err
	}
	after, err := s.Days.Update(ctx, d.ID, func(d *Day) error {
		if d.file(kind).fetched() {
			return domain.ErrSame
		}
		*d.file(kind) = got
		return nil
	})
	if err != nil {
		return d, err
	}
	return after, nil
}

func (s *Service) take(ctx context.Context, day domain.Day, kind wechatpay.BillKind) (got File, err error) {
	file, err := s.Pay.FetchBill(ctx, kind, day)
	if errors.Is(err, wechatpay.ErrNoBill) {
		busy, err := s.busy(ctx, day, kind)
		if err == nil && busy { // it should be there: perhaps it will be
			err = fmt.Errorf("bill of %s: %w", day, wechatpay.ErrNoBill)
		}
		return File{None: err == nil}, err
	}
	if err != nil {
		return File{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	got = File{Key: fmt.Sprintf("bills/%s/%s-%s.csv", day, kind, file.SHA256), SHA256: file.SHA256, Size: file.Size}
	return got, s.Bucket.Put(ctx, got.Key, ContentType, file, file.Size)
}

// busy reports whether our books have anything on a day that belongs into a bill and stands in none. Transfers stand in
// the fund bill alone, and a refund stands there on the day on which it was asked for, not on the one on which it arrived.
func (s *Service) busy(ctx context.Context, day domain.Day, kind wechatpay.BillKind) (bool, error) {
	books := []Book{s.Orders}
	if kind == wechatpay.FundBill {
		books = append(books, s.Transfers)
	}
	for i, book := range books {
		for fact, err := range domain.Each(func(page domain.Page) ([]Fact, domain.Cursor, error) {
			return book.Unmarked(ctx, startOf(day), startOf(day.Add(1)), page)
		}) {
			if err != nil {
				return false, err
			}
			if kind == wechatpay.TradeBill || i > 0 || !fact.Back {
				return true, nil
			}
		}
	}
	return false, nil
}

// read opens a stored bill after it was seen to be the one that was stored.
func (s *Service) read(ctx context.Context, f File) (io.ReadCloser, error) {
	file, err := s.Bucket.Open(ctx, f.Key)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != f.SHA256 {
		err = fmt.Errorf("stored bill %s is not the one that was stored: %w", f.Key, domain.ErrInvalid)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// batch is how many lines are looked up at once, hands how many of them are marked at once.
const (
	batch = domain.MaxPage
	hands = 32
)

// line is one of a bill, ready to be matched.
type line struct {
	number string
	said   Said
}

// match holds both bills of a day against our books, a batch of lines at a time.
func (s *Service) match(ctx context.Context, d Day) (Tally, error) {
	day := domain.Day(d.ID)
	tally, err := s.matchTrades(ctx, day, d.Trade)
	if err != nil {
		return tally, err
	}
	err = s.matchFunds(ctx, day, d.Fund, &tally)
	return tally, err
}

func (s *Service) matchTrades(ctx context.Context, day domain.Day, f File) (tally Tally, err error) {
	if f.None {
		return tally, nil
	}
	file, err := s.read(ctx, f)
	if err != nil {
		return tally, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	lines := make([]line, 0, batch)
	for l, err := range s.Reader.ReadTradeBill(file) {
		if err != nil {
			return tally, err
		}
		if tally.Lines++; l.App != s.App {
			tally.Foreign++
			continue
		}
		number, said := saidOf(l)
		switch {
		case said.Done && said.Back:
			tally.Refunded += said.Amount
		case said.Done:
			tally.Paid += said.Amount
		}
		if lines = append(lines, line{number, said}); len(lines) == batch {
			if err := s.compare(ctx, day, OrderBook, s.Orders, lines); err != nil {
				return tally, err
			}
			lines = lines[:0]
		}
	}
	return tally, s.compare(ctx, day, OrderBook, s.Orders, lines)
}

// transfers are the names under which the fund bill holds transfers to balances.
var transfers = []string{"商家转账", "商家转账到零钱", "企业付款", "企业付款到零钱"}

func (s *Service) matchFunds(ctx context.Context, day domain.Day, f File, tally *Tally) (err error) {
	if f.None {
		return nil
	}
	file, err := s.read(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	lines := make([]line, 0, batch)
	for l, err := range s.Reader.ReadFundBill(file) {
		if err != nil {
			return err
		}
		tally.move(l)
		if l.In || !slices.Contains(transfers, l.Name) {
			continue
		}
		if lines = append(lines, line{l.Voucher, Said{Line: l.N, At: l.At, Back: true, Amount: l.Amount, Done: true}}); len(lines) == batch {
			if err := s.compare(ctx, day, TransferBook, s.Transfers, lines); err != nil {
				return err
			}
			lines = lines[:0]
		}
	}
	return s.compare(ctx, day, TransferBook, s.Transfers, lines)
}

// move adds a movement to the sums. Beyond maxMoves names the rest goes by one.
func (t *Tally) move(l wechatpay.FundLine) {
	name := l.Name
	if len(t.Moves) >= maxMoves-1 && !slices.ContainsFunc(t.Moves, func(m Move) bool { return m.Name == name }) {
		name = "其他"
	}
	at := slices.IndexFunc(t.Moves, func(m Move) bool { return m.Name == name })
	if at < 0 {
		t.Moves, at = append(t.Moves, Move{Name: name}), len(t.Moves)
	}
	t.Moves[at].Count++
	if l.In {
		t.In += l.Amount
		t.Moves[at].In += l.Amount
	} else {
		t.Out += l.Amount
		t.Moves[at].Out += l.Amount
	}
}

// compare looks a batch of lines up in one round trip and marks them side by side, so that the writes go to disk together.
func (s *Service) compare(ctx context.Context, day domain.Day, name BookName, book Book, lines []line) error {
	numbers := make([]string, len(lines))
	for i, l := range lines {
		numbers[i] = l.number
	}
	facts, err := book.Facts(ctx, numbers)
	if err != nil {
		return err
	}
	failures := make([]error, len(lines))
	var all sync.WaitGroup
	free := make(chan struct{}, hands)
	for i, l := range lines {
		all.Add(1)
		free <- struct{}{}
		go func() {
			defer func() { <-free; all.Done() }()
			fact, known := facts[l.number]
			failures[i] = s.one(ctx, day, name, book, l, fact, known)
		}()
	}
	all.Wait()
	return errors.Join(failures...)
}

// one matches a line. Where only the state is another, WeChat is asked first: a notice that is late is no difference.
func (s *Service) one(ctx context.Context, day domain.Day, name BookName, book Book, l line, fact Fact, known bool) error {
	kind := differ(l.said, fact, known)
	if kind == OtherState {
		if err := book.Ask(ctx, l.number); !answered(err) {
			return err
		}
		facts, err := book.Facts(ctx, []string{l.number})
		if err != nil {
			return err
		}
		fact, known = facts[l.number]
		kind = differ(l.said, fact, known)
	}
	at := wechatpay.Billed{Day: day, Line: l.said.Line, Amount: l.said.Amount, Soon: !l.said.Done}
	if known && fact.Billed != at {
		err := book.Mark(ctx, l.number, at)
		switch {
		case errors.Is(err, ErrTwice):
			kind = Double
		case err != nil:
			return err
		}
	}
	if kind == "" {
		return nil
	}
	return s.open(ctx, Case{
		Day: day, Kind: kind, Number: l.number, Book: name, Organiser: fact.Organiser, Camp: fact.Camp, Order: fact.Order, Said: &l.said, Amount: l.said.Amount,
	}, words(kind, name, day, &l.said, fact))
}

// missing finds what our books have and no bill does. A movement near midnight may stand in the bill of the next day, so
// that only what lies before this whole day is missed.
func (s *Service) missing(ctx context.Context, day domain.Day) error {
	oldest, err := s.Days.Oldest(ctx)
	if err != nil {
		return err
	}
	from, before := startOf(domain.Day(oldest.ID)), startOf(day)
	for name, book := range map[BookName]Book{OrderBook: s.Orders, TransferBook: s.Transfers} {
		list := func(page domain.Page) ([]Fact, domain.Cursor, error) { return book.Unmarked(ctx, from, before, page) }
		for f, err := range domain.Each(list) {
			if err != nil {
				return err
			}
			if f.At.Before(from) || !f.At.Before(before) {
				continue
			}
			found := Case{
				Day: dayOf(f.At), Kind: MissingThere, Number: f.Number, Book: name, Organiser: f.Organiser, Camp: f.Camp, Order: f.Order, Amount: f.Amount,
			}
			if err := s.open(ctx, found, words(MissingThere, name, found.Day, nil, f)); err != nil {
				return err
			}
		}
	}
	return nil
}
