package domain

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// Sealed is the place of one sealed value in a document; the value may be empty.
type Sealed struct {
	Purpose string
	Value   *string
}

// stale reports whether an older key sealed the value.
func (s *Sealer) stale(v Sealed) bool {
	name, _, _ := strings.Cut(*v.Value, ".")
	return *v.Value != "" && name != s.ciphers[0].name
}

// Reseal seals with the newest key what older ones sealed, and leaves the rest as it is. It returns how many values it
// sealed anew, and how many no key opens.
func (s *Sealer) Reseal(values ...Sealed) (again, lost int) {
	for _, v := range values {
		if !s.stale(v) {
			continue
		}
		plain, err := s.Open(v.Purpose, *v.Value)
		if err != nil {
			lost++
			continue
		}
		*v.Value = s.Seal(v.Purpose, plain)
		again++
	}
	return again, lost
}

// Resealed is what came of resealing a collection.
type Resealed struct {
	Documents int    // looked at
	Again     int    // values sealed anew
	Lost      int    // values that no key opens
	LostID    string // of a document that has one
}

// Vault is a collection with sealed values.
type Vault interface {
	Name() string
	// Reseal brings every value to the newest key. It may be interrupted and done again, and while others write. Every
	// so often it tells how far it is.
	Reseal(ctx context.Context, s *Sealer, far func(Resealed)) (Resealed, error)
}

// VaultOf is a Vault over a collection of documents.
type VaultOf[T any] struct {
	Collection string
	Store      Documents[T]
	Each       func(context.Context) iter.Seq2[T, error] // of all documents, in bounded memory
	Sealed     func(*T) []Sealed
}

// resealTells is after how many documents Reseal says how far it is.
const resealTells = 500

// Name implements Vault.
func (v VaultOf[T]) Name() string { return v.Collection }

// Reseal implements Vault.
func (v VaultOf[T]) Reseal(ctx context.Context, s *Sealer, far func(Resealed)) (done Resealed, err error) {
	for doc, err := range v.Each(ctx) {
		if err == nil {
			err = v.reseal(ctx, s, &doc, &done)
		}
		if err != nil {
			return done, fmt.Errorf("resealing %s: %w", v.Collection, err)
		}
		if done.Documents++; done.Documents%resealTells == 0 {
			far(done)
		}
	}
	return done, nil
}

func (v VaultOf[T]) reseal(ctx context.Context, s *Sealer, doc *T, done *Resealed) error {
	old := false
	for _, value := range v.Sealed(doc) {
		old = old || s.stale(value)
	}
	if !old {
		return nil
	}
	id, again, lost := any(doc).(interface{ Head() *Doc }).Head().ID, 0, 0
	_, err := v.Store.Update(ctx, id, func(doc *T) error {
		if again, lost = s.Reseal(v.Sealed(doc)...); again == 0 {
			return ErrSame
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) { // deleted meanwhile
		return nil
	}
	if done.Again, done.Lost = done.Again+again, done.Lost+lost; lost > 0 {
		done.LostID = id
	}
	return err
}
