package export

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// progress is how far a worker is.
type progress struct{ done, total, rows int64 }

// part is one sheet of a file.
type part struct {
	name  string
	head  []string
	count func(context.Context) (int64, error) // of the documents that each reads
	// each reads page by page and hands on how many documents it read and the rows that they make, until yield says no.
	each func(ctx context.Context, yield func(read int, rows [][]any) error) error
}

// Run writes the file that an export asks for. For jobs, after EventAsked. Running it again, also after it died half-way,
// starts from nothing and ends with the same one file.
func (s *Service) Run(ctx context.Context, id string) error {
	e, err := s.Store.Update(ctx, id, func(e *Export) error { return e.begin(s.Clock.Now()) })
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if e.State == Running {
		err = s.write(ctx, e)
	}
	var refusal *domain.Error
	switch {
	case errors.Is(err, errStopped):
		e, err = s.Store.Get(ctx, id)
	case errors.As(err, &refusal) && hopeless[refusal.Kind]:
		e, err = s.Store.Update(ctx, id, func(e *Export) error { return e.stop(Failed, refusal.Message, s.Clock.Now()) })
	}
	if err != nil || e.Open() || e.State == Done {
		return err
	}
	return s.Bucket.Delete(ctx, e.Key) // it may have been stored just before the export ended otherwise
}

// hopeless are the refusals that trying again does not mend.
var hopeless = map[domain.Kind]bool{domain.KindInvalid: true, domain.KindNotFound: true, domain.KindTooLarge: true}

func (s *Service) write(ctx context.Context, e Export) (err error) {
	in := camp.Camp{Calendar: home}
	if e.Kind != Codes {
		if in, err = s.Camps.Get(ctx, e.Camp); err != nil {
			return err
		}
	}
	parts, err := s.parts(ctx, e, in)
	if err != nil {
		return err
	}
	var p progress
	for _, part := range parts {
		n, err := part.count(ctx)
		if err != nil {
			return err
		}
		p.total += n
	}
	if p.total > MaxRows {
		return tooMany(e)
	}
	book, err := s.Books.New()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, book.Discard()) }()
	for _, part := range parts {
		if err := s.fill(ctx, e, book, part, &p); err != nil {
			return err
		}
	}
	file, size, err := book.Finish()
	if err != nil {
		return err
	}
	if err := s.note(ctx, e, p); err != nil { // the last look before there is a file
		return err
	}
	if err := s.Bucket.Put(ctx, e.Key, ContentType, file, size); err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, e.ID, func(x *Export) error { return x.finish(e.Turn, p, size, s.Clock.Now()) })
	return err
}

func tooMany(e Export) error {
	return fmt.Errorf("export %s: %w", e.ID, domain.Invalid("from", fmt.Sprintf("数据超过 %d 万行，请缩小日期范围", MaxRows/10_000)))
}

func (s *Service) note(ctx context.Context, e Export, p progress) error {
	_, err := s.Store.Update(ctx, e.ID, func(x *Export) error { return x.note(e.Turn, p, s.Clock.Now()) })
	return err
}

func (s *Service) fill(ctx context.Context, e Export, book Book, from part, p *progress) error {
	if err := book.Sheet(from.name, from.head); err != nil {
		return err
	}
	if err := s.note(ctx, e, *p); err != nil {
		return err
	}
	noted := p.done
	return from.each(ctx, func(read int, rows [][]any) error {
		for _, row := range rows {
			if err := book.Row(row); err != nil {
				return err
			}
		}
		p.done += int64(read)
		p.rows += int64(len(rows))
		switch {
		case p.done > MaxRows:
			return tooMany(e)
		case p.done-noted < noteEvery:
			return ctx.Err()
		}
		noted = p.done
		return s.note(ctx, e, *p)
	})
}

// pages walks through a list.
func pages[T any](list func(domain.Page) ([]T, domain.Cursor, error), do func([]T) error) error {
	for items, err := range domain.Pages(list) {
		if err == nil {
			err = do(items)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Sweep takes away the files whose time is over, and gives up exports that nothing is heard of. One that fails does not
// stop the others.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "export", func(page domain.Page) ([]Export, domain.Cursor, error) { return s.Store.Due(ctx, now, page) },
		func(e Export) error { return s.end(ctx, e) })
}

func (s *Service) end(ctx context.Context, e Export) error {
	now := s.Clock.Now()
	if e.State == Done {
		if err := s.Bucket.Delete(ctx, e.Key); err != nil {
			return err
		}
		_, err := s.Store.Update(ctx, e.ID, func(e *Export) error { return e.expire(now) })
		return err
	}
	e, err := s.Store.Update(ctx, e.ID, func(e *Export) error {
		if e.HeardAt.Add(Patience).After(now) {
			return domain.ErrSame
		}
		return e.stop(Failed, "导出没有完成，请重新导出", now)
	})
	if err != nil || e.State != Failed {
		return err
	}
	return s.Bucket.Delete(ctx, e.Key)
}

// parts of the file, by its kind.
func (s *Service) parts(ctx context.Context, e Export, in camp.Camp) ([]part, error) {
	w := writer{s, e, in, zoneOf(in)}
	switch e.Kind {
	case Learners:
		return []part{w.learners()}, nil
	case Codes:
		codes, err := w.codes(ctx)
		return []part{codes}, err
	case Forms:
		forms, err := w.forms(ctx)
		return []part{forms}, err
	case Checkins:
		return []part{w.checkins()}, nil
	case Money:
		return []part{w.money()}, nil
	case Marks:
		return []part{w.reviews(), w.quizzes()}, nil
	}
	return nil, fmt.Errorf("export %s of kind %q: %w", e.ID, e.Kind, domain.ErrInvalid)
}
