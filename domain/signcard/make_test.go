package signcard_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/signcard"
)

const id = "c1:ann:t1:2026-03-05"

func TestACardIsDrawnOnceAndItsCodeIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s := newWorld()
	ann := domain.WithActor(t.Context(), domain.Actor{Member: "ann"})
	if card, url, err := s.ForCheckin(ann, id); err != nil || card.State != signcard.Pending || url != "" {
		t.Errorf("%+v, %q, %v", card, url, err)
	}
	for range 3 {
		if err := s.Make(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	card, url, err := s.ForCheckin(ann, id)
	if err != nil || card.State != signcard.Ready || string(s.files[url]) != "小安 2026-03-05 5/21 5 code of c1-ann" {
		t.Errorf("%+v, %q: %q, %v", card, url, s.files[url], err)
	}
	if s.asked != 1 || len(s.cards.All(nil)) != 1 {
		t.Errorf("asked for the code %d times, %d cards", s.asked, len(s.cards.All(nil)))
	}
	if _, _, err := s.ForCheckin(domain.WithActor(t.Context(), domain.Actor{Member: "eve"}), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

// The check-in was deleted before its card was drawn: whoever came to take the card away found none.
func TestTheCardOfACheckinThatWasDeletedMeanwhileIsTakenAway(t *testing.T) {
	t.Parallel()
	s := newWorld()
	s.deleted = true
	for _, job := range []func(context.Context, string) error{s.Withdraw, s.Make} {
		if err := job(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range s.cards.All(nil) {
		if c.State == signcard.Ready {
			t.Errorf("card %s is still there", c.ID)
		}
	}
}

func TestACardThatFailedIsDrawnWhenTheJobComesAgain(t *testing.T) {
	t.Parallel()
	s := newWorld()
	s.fails = domain.ErrUnavailable
	for range 2 {
		if err := s.Make(t.Context(), id); !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		if card := s.cards.All(nil)[0]; card.State != signcard.Failed || card.Reason == "" {
			t.Errorf("%+v", card)
		}
	}
	s.fails = nil
	if err := s.Make(t.Context(), id); err != nil || s.cards.All(nil)[0].State != signcard.Ready || s.cards.All(nil)[0].Reason != "" {
		t.Errorf("%+v, %v", s.cards.All(nil)[0], err)
	}
}

func TestTwoWorkersAndACrashLeaveOneCard(t *testing.T) {
	t.Parallel()
	s := newWorld()
	s.power.Cut(1, false)
	if err := s.Make(t.Context(), id); !errors.Is(err, domaintest.ErrDead) {
		t.Errorf("got %v", err)
	}
	s.power.Restore()
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := s.Make(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if list := s.cards.All(nil); len(list) != 1 || list[0].State != signcard.Ready {
		t.Errorf("%+v", list)
	}
}
