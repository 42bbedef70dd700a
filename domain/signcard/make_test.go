package signcard_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/signcard"
)

// studio is everything that a card is drawn from and goes to.
type studio struct {
	mu    sync.Mutex
	files map[string][]byte
	asked int // for codes
	fails error
}

func (s *studio) Get(_ context.Context, id string) (checkin.Checkin, error) {
	return checkin.Checkin{Doc: domain.Doc{ID: id}, Camp: "c1", Member: "ann", Day: "2026-03-05"}, nil
}

func (s *studio) View(ctx context.Context, id string) (checkin.Entry, error) {
	if domain.ActorFrom(ctx).Member != "ann" {
		return checkin.Entry{}, domain.ErrNotFound
	}
	c, err := s.Get(ctx, id)
	return checkin.Entry{Checkin: c}, err
}

func (s *studio) ProgressOn(_ context.Context, in camp.Camp, _ string, day domain.Day) (checkin.Progress, error) {
	return checkin.Progress{In: in.For(0, time.Time{}), Today: day, Streak: 5}, nil
}

func (s *studio) SignDownload(_ context.Context, key, _ string, expires time.Time) (string, error) {
	return key, nil
}

func (s *studio) Put(_ context.Context, key, _ string, body io.Reader, _ int64) error {
	raw, err := io.ReadAll(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[key] = raw
	return err
}

func (s *studio) Read(_ context.Context, key string, _ int64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if raw, ok := s.files[key]; ok {
		return raw, nil
	}
	return nil, domain.ErrNotFound
}

func (s *studio) Avatar(context.Context, string) ([]byte, error) { return nil, nil }

func (s *studio) QR(_ context.Context, scene, _ string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return []byte("code of " + scene), s.fails
}

func (s *studio) ForShare(_ context.Context, camp, member string) (string, error) {
	return camp + "-" + member, nil
}

func (s *studio) Render(_ context.Context, d signcard.Sheet) ([]byte, error) {
	return fmt.Appendf(nil, "%s %s %d/%d %d %s", d.Nickname, d.Day, d.DayN, d.Total, d.Streak, d.QR), nil
}

func (s *studio) Measure(_ signcard.Design, said signcard.Saying) signcard.Measured {
	return signcard.Measured{Fits: len(said.Text) < 200, Lines: 1}
}

type camps struct{}

func (camps) Get(context.Context, string) (camp.Camp, error) {
	return camp.Camp{Doc: domain.Doc{ID: "c1"}, Title: "晨读", Start: "2026-03-01", End: "2026-03-21"}, nil
}

type members struct{}

func (members) Get(context.Context, string) (member.Member, error) {
	return member.Member{Doc: domain.Doc{ID: "ann"}, Nickname: "小安", State: member.Active}, nil
}

func newStudio() (*signcard.Service, *studio, *domaintest.Store[signcard.Card], *domaintest.Power) {
	power, s := &domaintest.Power{}, &studio{files: map[string][]byte{}}
	store := domaintest.NewStore[signcard.Card](power)
	return &signcard.Service{
		Store: store, Bucket: s, WeChat: s, Scenes: s, Checkins: s, Camps: camps{}, Members: members{}, Files: s, Renderer: s,
		Clock: domaintest.NewClock("2026-03-05T01:00:00Z"),
	}, s, store, power
}

const id = "c1:ann:t1:2026-03-05"

func TestACardIsDrawnOnceAndItsCodeIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s, studio, store, _ := newStudio()
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
	if err != nil || card.State != signcard.Ready || string(studio.files[url]) != "小安 2026-03-05 5/21 5 code of c1-ann" {
		t.Errorf("%+v, %q: %q, %v", card, url, studio.files[url], err)
	}
	if studio.asked != 1 || len(store.All(nil)) != 1 {
		t.Errorf("asked for the code %d times, %d cards", studio.asked, len(store.All(nil)))
	}
	if _, _, err := s.ForCheckin(domain.WithActor(t.Context(), domain.Actor{Member: "eve"}), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestACardThatFailedIsDrawnWhenTheJobComesAgain(t *testing.T) {
	t.Parallel()
	s, studio, store, _ := newStudio()
	studio.fails = domain.ErrUnavailable
	for range 2 {
		if err := s.Make(t.Context(), id); !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		if card := store.All(nil)[0]; card.State != signcard.Failed || card.Reason == "" {
			t.Errorf("%+v", card)
		}
	}
	studio.fails = nil
	if err := s.Make(t.Context(), id); err != nil || store.All(nil)[0].State != signcard.Ready || store.All(nil)[0].Reason != "" {
		t.Errorf("%+v, %v", store.All(nil)[0], err)
	}
}

func TestTwoWorkersAndACrashLeaveOneCard(t *testing.T) {
	t.Parallel()
	s, _, store, power := newStudio()
	power.Cut(1, false)
	if err := s.Make(t.Context(), id); !errors.Is(err, domaintest.ErrDead) {
		t.Errorf("got %v", err)
	}
	power.Restore()
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := s.Make(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if list := store.All(nil); len(list) != 1 || list[0].State != signcard.Ready {
		t.Errorf("%+v", list)
	}
}
