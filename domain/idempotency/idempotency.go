// Package idempotency lets a client repeat a request that may have got lost: the same key from the same person gives
// the first answer again.
package idempotency

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
)

// Answer is a request's remembered answer. Its id is made from the person and the key.
type Answer struct {
	domain.Doc
	Request string    `json:"request"`        // digest of method, path and body
	Status  int       `json:"status"`         // 0 while the request is under way
	Body    string    `json:"body,omitempty"` // sealed
	BeganAt time.Time `json:"began_at"`
	Until   time.Time `json:"until"`
}

// Remember is how long an answer is kept. Abandoned is when a request under way counts as lost: the process that ran it
// died, and since what it did is idempotent itself, it may run again.
const (
	Remember  = 24 * time.Hour
	Abandoned = time.Minute
)

const purpose = "idempotency.body"

// The refusals of this feature.
var (
	ErrKey       = domain.Refusal(domain.KindInvalid, "idempotency_key_invalid", "请求标识只能用字母、数字、- 和 _，最多 64 个").On("Idempotency-Key")
	ErrDiffers   = domain.Refusal(domain.KindConflict, "idempotency_key_reused", "同一个请求标识不能用于不同的请求")
	ErrUnderWay  = domain.Refusal(domain.KindConflict, "request_under_way", "上一次请求还在处理中，请稍候")
	MaxKeyLength = 64
)

// Store keeps answers.
type Store interface {
	domain.Documents[Answer]
	domain.Passing[Answer]
}

// Service holds the use cases.
type Service struct {
	Store  Store
	Sealer *domain.Sealer
	Clock  domain.Clock
}

// Begin claims the key of whom for a request. Either the caller shall run it (status 0), or this is the first answer.
func (s *Service) Begin(ctx context.Context, whom, key, request string) (status int, body string, err error) {
	if len(key) > MaxKeyLength || !domain.ValidID(key) {
		return 0, "", ErrKey
	}
	now := s.Clock.Now()
	id := domain.HashToken(whom + "|" + key)
	for range 5 {
		err = s.Store.Insert(ctx, Answer{Doc: domain.Doc{ID: id}, Request: request, BeganAt: now, Until: now.Add(Remember)})
		if !errors.Is(err, domain.ErrExists) {
			return 0, "", err
		}
		status, body, err = s.claimed(ctx, id, request, now)
		if !errors.Is(err, domain.ErrNotFound) { // else the first one was refused a moment ago, and its key freed
			return status, body, err
		}
	}
	return 0, "", ErrUnderWay
}

// claimed returns what is remembered of a key that somebody has claimed already.
func (s *Service) claimed(ctx context.Context, id, request string, now time.Time) (status int, body string, err error) {
	mine := false
	claimed, err := s.Store.Update(ctx, id, func(a *Answer) error {
		mine = false
		switch {
		case a.Request != request:
			return ErrDiffers
		case a.Status != 0:
			return domain.ErrSame
		case now.Sub(a.BeganAt) < Abandoned:
			return ErrUnderWay
		}
		mine, a.BeganAt = true, now
		return nil
	})
	if err != nil || mine {
		return 0, "", err
	}
	body, err = s.Sealer.Open(purpose, claimed.Body)
	return claimed.Status, body, err
}

// Finish remembers the answer. A refusal that a repetition may overcome (status 0) frees the key instead.
func (s *Service) Finish(ctx context.Context, whom, key string, status int, body string) error {
	id := domain.HashToken(whom + "|" + key)
	if status == 0 {
		return s.Store.Delete(ctx, id)
	}
	_, err := s.Store.Update(ctx, id, func(a *Answer) error {
		a.Status, a.Body = status, s.Sealer.Seal(purpose, body)
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) { // freed by one who took this request for lost, and ran it
		return nil
	}
	return err
}

// Sweep forgets old answers.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Sweep(ctx, s.Store, s.Clock.Now())
}

// Seals lists what is sealed in it.
func (a *Answer) Seals() []domain.Sealed { return []domain.Sealed{{Purpose: purpose, Value: &a.Body}} }
