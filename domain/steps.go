package domain

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Steps is the story of work that spans several documents, written down in the one that owns it.
type Steps []Step

// Step is one thing that was done elsewhere on behalf of the document.
type Step struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// Done reports whether the named step has been noted.
func (s Steps) Done(name string) bool {
	return slices.ContainsFunc(s, func(step Step) bool { return step.Name == name })
}

// Note writes down that the named step is done; a second note of it changes nothing.
func (s *Steps) Note(name string, at time.Time) {
	if !s.Done(name) {
		*s = append(*s, Step{name, at})
	}
}

// Action is one step as code. Do acts on other documents and must be idempotent by the id of doc: after a crash it
// runs again. Then applies what follows to doc itself, in the same write that notes the step; it may be nil.
type Action[T any] struct {
	Name string
	Do   func(ctx context.Context, doc T) error
	Then func(doc *T) error
}

// RunSteps takes a document through those of its actions that are not yet noted, in order, and returns it as the
// last of them left it. It stops at the first error; running it again goes on from there.
func RunSteps[T any](ctx context.Context, clock Clock, docs Documents[T], id string, steps func(*T) *Steps, actions ...Action[T]) (T, error) {
	doc, err := docs.Get(ctx, id)
	if err != nil {
		return doc, err
	}
	for _, action := range actions {
		if steps(&doc).Done(action.Name) {
			continue
		}
		if action.Do != nil {
			if err := action.Do(ctx, doc); err != nil {
				return doc, fmt.Errorf("step %s of %s: %w", action.Name, id, err)
			}
		}
		doc, err = docs.Update(ctx, id, func(d *T) error {
			if steps(d).Done(action.Name) {
				return ErrSame
			}
			steps(d).Note(action.Name, clock.Now())
			if action.Then != nil {
				return action.Then(d)
			}
			return nil
		})
		if err != nil {
			return doc, fmt.Errorf("noting step %s of %s: %w", action.Name, id, err)
		}
	}
	return doc, nil
}
