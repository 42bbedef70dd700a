// Package push is what WeChat tells us of its own accord: written down first, worked on after, once each.
package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

// Push is one delivery. Its id is WeChat's, so a second delivery changes nothing.
type Push struct {
	domain.Doc
	Kind  string    `json:"kind"`
	Body  string    `json:"body"` // sealed: it names people
	At    time.Time `json:"at"`
	Until time.Time `json:"until"` // when it is forgotten
}

// EventReceived says that a push waits to be worked on.
const EventReceived = "push:received"

// Remember is how long a push is kept to recognise a second delivery.
const Remember = 7 * 24 * time.Hour

// Patience is how long a verdict may wait for our own note of the check that it answers. After that the check was asked
// for anew by somebody who did not live to note the first one, and its own answer counts.
const Patience = 5 * time.Minute

const purpose = "push.body"

// Store keeps pushes.
type Store interface {
	domain.Documents[Push]
	domain.Passing[Push]
}

// Media takes the verdicts of media checks.
type Media interface {
	Answer(ctx context.Context, r wechat.MediaResult) error
}

// Notices takes what people answered in the subscribe dialog, and what became of messages.
type Notices interface {
	Subscribed(ctx context.Context, openID, cause string, answers []wechat.Subscription) error
	Delivered(ctx context.Context, openID string, results []wechat.SentResult) error
}

// Accounts deletes what a person no longer wants us to have; domain/privacy does it.
type Accounts interface {
	Revoked(ctx context.Context, openID string) error
}

// Service holds the use cases.
type Service struct {
	Store    Store
	Media    Media
	Notices  Notices
	Accounts Accounts
	Sealer   *domain.Sealer
	Clock    domain.Clock
}

// Receive writes a verified push down. When it returns nil, WeChat can be told that all is well.
func (s *Service) Receive(ctx context.Context, p wechat.Push) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("push %s: %w", p.ID, err)
	}
	now := s.Clock.Now()
	kept := Push{
		Doc: domain.Doc{ID: p.ID}, Kind: p.Kind, Body: s.Sealer.Seal(purpose, string(raw)), At: now, Until: now.Add(Remember),
	}
	kept.Emit(EventReceived, now, nil)
	err = s.Store.Insert(ctx, kept)
	if errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

// Work does what the push asks for. For jobs, after EventReceived. Kinds that nobody needs are left alone.
func (s *Service) Work(ctx context.Context, id string) error {
	kept, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	raw, err := s.Sealer.Open(purpose, kept.Body)
	if err != nil {
		return fmt.Errorf("push %s: %w", id, err)
	}
	var p wechat.Push
	if err := json.Unmarshal([]byte(raw), &p); err != nil {
		return fmt.Errorf("push %s: %w", id, err)
	}
	switch {
	case p.Media != nil:
		err := s.Media.Answer(ctx, *p.Media)
		if errors.Is(err, domain.ErrNotFound) && s.Clock.Now().Sub(kept.At) >= Patience {
			return nil
		}
		return err
	case len(p.Subscriptions) > 0:
		return s.Notices.Subscribed(ctx, p.OpenID, p.ID, p.Subscriptions)
	case p.Revoked:
		return s.Accounts.Revoked(ctx, p.OpenID)
	case len(p.Sent) > 0:
		return s.Notices.Delivered(ctx, p.OpenID, p.Sent)
	}
	return nil
}

// Sweep forgets old pushes.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Sweep(ctx, s.Store, s.Clock.Now())
}

// Seals lists what is sealed in it.
func (p *Push) Seals() []domain.Sealed { return []domain.Sealed{{Purpose: purpose, Value: &p.Body}} }
