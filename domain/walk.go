package domain

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Pages walks through a list, a page at a time.
func Pages[T any](list func(Page) ([]T, Cursor, error)) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for page := (Page{Limit: MaxPage}); ; {
			found, next, err := list(page)
			if !yield(found, err) || err != nil || next == "" {
				return
			}
			page.After = next
		}
	}
}

// Each walks through the items of a list.
func Each[T any](list func(Page) ([]T, Cursor, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for found, err := range Pages(list) {
			for _, t := range found {
				if !yield(t, nil) {
					return
				}
			}
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
		}
	}
}

// Until yields what a list has before its error, which it keeps in failed.
func Until[T any](list iter.Seq2[T, error], failed *error) iter.Seq[T] {
	return func(yield func(T) bool) {
		for t, err := range list {
			if *failed = err; err != nil || !yield(t) {
				return
			}
		}
	}
}

// Sift returns the next page of what a list holds and keep keeps, and where to go on. It looks at no more than most items,
// or a page more, so that what is rare costs no more than that: there may be a next though little was found.
func Sift[T, K any](page Page, most int, list func(Page) ([]T, Cursor, error), keep func([]T) ([]K, error)) (kept []K, next Cursor, err error) {
	from := Page{After: page.After, Limit: MaxPage}
	for looked := 0; ; from.After = next {
		var found []T
		if found, next, err = list(from); err != nil {
			return nil, "", err
		}
		some, err := keep(found)
		if err != nil {
			return nil, "", err
		}
		kept, looked = append(kept, some...), looked+len(found)
		if next == "" || len(kept) >= page.Size(MaxPage) || looked >= most {
			return kept, next, nil
		}
	}
}

// Round does something with each document of a list. One that fails does not stop the others: its error says which one it
// was, what names the kind. A round ends early when the context does. For jobs.
func Round[T any, P interface {
	*T
	Head() *Doc
}](ctx context.Context, what string, list func(Page) ([]T, Cursor, error), do func(T) error) error {
	var failures []error
	for found, err := range Pages(list) {
		for i := range found {
			if err := do(found[i]); err != nil {
				failures = append(failures, fmt.Errorf("%s %s: %w", what, P(&found[i]).Head().ID, err))
			}
		}
		if failures = append(failures, err); ctx.Err() != nil {
			return errors.Join(append(failures, ctx.Err())...)
		}
	}
	return errors.Join(failures...)
}
