package push_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/push"
	"yingdi/domain/wechat"
)

type store struct{ *domaintest.Store[push.Push] }

func (s store) Ended(_ context.Context, before time.Time, page domain.Page) ([]push.Push, domain.Cursor, error) {
	return s.Find(func(p push.Push) bool { return p.Until.Before(before) }, nil, page)
}

// features remember what they were told.
type features struct {
	answers []wechat.MediaResult
	causes  []string
	arrived []string
	err     error
}

func (f *features) Answer(_ context.Context, r wechat.MediaResult) error {
	f.answers = append(f.answers, r)
	return f.err
}

func (f *features) Subscribed(_ context.Context, openID, cause string, _ []wechat.Subscription) error {
	f.causes = append(f.causes, openID+" "+cause)
	return f.err
}

func (f *features) Delivered(_ context.Context, openID string, results []wechat.SentResult) error {
	for _, r := range results {
		f.arrived = append(f.arrived, openID+" "+r.Template)
	}
	return f.err
}

type world struct {
	*push.Service
	*features
	store store
	clock *domaintest.Clock
}

func newWorld() world {
	w := world{features: &features{}, store: store{domaintest.NewStore[push.Push](&domaintest.Power{})}, clock: domaintest.NewClock("2026-03-01T01:00:00Z")}
	w.Service = &push.Service{Store: w.store, Media: w.features, Notices: w.features, Sealer: domaintest.Sealer(), Clock: w.clock}
	return w
}

func TestAPushThatIsDeliveredTwiceIsWrittenDownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := w.Receive(t.Context(), wechat.Push{ID: "p1", OpenID: "openid-ann", Kind: "x"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list := w.store.All(nil)
	if len(list) != 1 || len(w.store.Events("p1")) != 1 || strings.Contains(list[0].Body, "openid-ann") {
		t.Errorf("%+v", list)
	}
}

func TestWorkGoesToTheFeatureThatWaitsForIt(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, p := range []wechat.Push{
		{ID: "p1", Media: &wechat.MediaResult{Trace: "t"}},
		{ID: "p2", OpenID: "openid-ann", Subscriptions: []wechat.Subscription{{Template: "t1", Accepted: true}}},
		{ID: "p3", Kind: "something new"},
		{ID: "p4", OpenID: "openid-ann", Sent: []wechat.SentResult{{Template: "t1", OK: true}}},
	} {
		if err := w.Receive(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if err := w.Work(t.Context(), p.ID); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
	if len(w.arrived) != 1 || w.arrived[0] != "openid-ann t1" {
		t.Errorf("%v", w.arrived)
	}
	if len(w.answers) != 1 || w.answers[0].Trace != "t" || len(w.causes) != 1 || w.causes[0] != "openid-ann p2" {
		t.Errorf("%+v, %v", w.answers, w.causes)
	}
	if err := w.Work(t.Context(), "nothere"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestAVerdictOnACheckThatNobodyNotedIsNoDeadJob(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.err = domain.ErrNotFound
	if err := w.Receive(t.Context(), wechat.Push{ID: "p1", Media: &wechat.MediaResult{Trace: "t"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Work(t.Context(), "p1"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("it may have overtaken our own note: %v", err)
	}
	w.clock.Add(push.Patience)
	if err := w.Work(t.Context(), "p1"); err != nil {
		t.Errorf("tried until it is dead: %v", err)
	}
	w.err = domain.ErrUnavailable
	if err := w.Work(t.Context(), "p1"); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("any other failure is tried again: %v", err)
	}
}

func TestPushesAreForgottenAfterAWeek(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, id := range []string{"a", "b"} {
		if err := w.Receive(t.Context(), wechat.Push{ID: id}); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(24 * time.Hour)
	}
	w.clock.Add(push.Remember - 36*time.Hour)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := w.store.All(nil); len(left) != 1 || left[0].ID != "b" {
		t.Errorf("%+v", left)
	}
}
