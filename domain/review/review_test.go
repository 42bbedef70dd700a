package review_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/notice"
	"yingdi/domain/review"
)

// checkins is the one check-in of ann's in c1 of o1, and whether it is out of the queue.
type checkins struct {
	review.Checkins
	mu       sync.Mutex
	reviewed bool
	noting   func(reviewed bool) // runs before each note
}

const id = "c1:ann:t1:2026-03-05"

func (c *checkins) Get(_ context.Context, want string) (checkin.Checkin, error) {
	if want != id {
		return checkin.Checkin{}, domain.ErrNotFound
	}
	return checkin.Checkin{Doc: domain.Doc{ID: id}, Camp: "c1", Organiser: "o1", Member: "ann"}, nil
}

func (c *checkins) NoteReviewed(_ context.Context, _ string, reviewed bool) error {
	if c.noting != nil {
		c.noting(reviewed)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reviewed = reviewed
	return nil
}

// notices keeps the first of each id.
type notices struct {
	mu   sync.Mutex
	told map[string]notice.Notice
}

func (n *notices) Tell(_ context.Context, d notice.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, again := n.told[d.ID]; !again {
		n.told[d.ID] = d
	}
	return nil
}

type world struct {
	*review.Service
	store    *domaintest.Store[review.Review]
	checkins *checkins
	notices  *notices
	power    *domaintest.Power
	clock    *domaintest.Clock
}

func newWorld() world {
	w := world{checkins: &checkins{}, notices: &notices{told: map[string]notice.Notice{}}, power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-05T01:00:00Z")}
	w.store = domaintest.NewStore[review.Review](w.power)
	w.Service = &review.Service{Store: w.store, Checkins: w.checkins, Notices: w.notices, Clock: w.clock}
	return w
}

func teacher(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher},
	}})
}

func learner(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

var (
	good   = review.Mark{Text: "写得好", Points: 90}
	better = review.Mark{Text: "更好了", Points: 95}
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w world) release(t testing.TB, who string, m review.Mark) review.Review {
	t.Helper()
	r, err := w.Release(teacher(t, who), id, m)
	must(t, err)
	return r
}

func (w world) reopen(t testing.TB, who string) {
	t.Helper()
	_, err := w.Reopen(teacher(t, who), id)
	must(t, err)
}

func TestMarksAreBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mark           review.Mark
		draft, release bool
	}{
		"fine":              {good, true, true},
		"without points":    {review.Mark{Text: "好"}, true, true},
		"empty":             {review.Mark{}, true, false},
		"points alone":      {review.Mark{Points: 90}, true, false},
		"blank":             {review.Mark{Text: " \n"}, true, false},
		"negative points":   {review.Mark{Text: "好", Points: -1}, false, false},
		"101 points":        {review.Mark{Text: "好", Points: 101}, false, false},
		"2001 characters":   {review.Mark{Text: strings.Repeat("好", 2001)}, false, false},
		"control character": {review.Mark{Text: "好\x1b"}, false, false},
	} {
		if err := c.mark.Check(false); (err == nil) != c.draft {
			t.Errorf("%s as draft: %v", name, err)
		}
		if err := c.mark.Check(true); (err == nil) != c.release {
			t.Errorf("%s released: %v", name, err)
		}
	}
}

func TestADraftIsTheTeachersAloneUntilItIsReleased(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if r, err := w.ForReviewer(teacher(t, "tom"), id); err != nil || r.ID != "" {
		t.Errorf("nobody has begun: %+v, %v", r, err)
	}
	_, err := w.Save(teacher(t, "tom"), id, good)
	must(t, err)
	if _, err := w.ForLearner(learner(t, "ann"), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the learner reads a draft: %v", err)
	}
	if r, err := w.ForReviewer(teacher(t, "tea"), id); err != nil || r.Draft != good || r.Reviewer != "tom" {
		t.Errorf("%+v, %v", r, err)
	}
	w.release(t, "tom", good)
	_, err = w.Save(teacher(t, "tom"), id, better)
	if !errors.Is(err, review.ErrReleased) {
		t.Errorf("written over: %v", err)
	}
	w.reopen(t, "tom")
	_, err = w.Save(teacher(t, "tea"), id, better)
	must(t, err)
	r, err := w.ForLearner(learner(t, "ann"), id)
	if err != nil || r.Released != good || r.Draft != (review.Mark{}) || r.History != nil || r.Reviewer != "tom" {
		t.Errorf("the released mark stands until the next: %+v, %v", r, err)
	}
	if _, err := w.ForLearner(learner(t, "bob"), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another learner: %v", err)
	}
}

func TestTheAuditSaysWhoGaveEachMark(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.release(t, "tom", good)
	first := w.clock.Now()
	w.reopen(t, "tea")
	_, err := w.Save(teacher(t, "tea"), id, better)
	must(t, err)
	w.clock.Add(time.Hour)
	r := w.release(t, "tea", better)
	if diff := cmp.Diff([]review.Past{{Mark: good, Reviewer: "tom", At: first}}, r.History); diff != "" || r.Reviewer != "tea" || r.Round != 2 {
		t.Errorf("by %s in round %d (-want +got)\n%s", r.Reviewer, r.Round, diff)
	}
}

func TestReleasingTheSameMarkAgainIsOneRound(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if r, err := w.Release(teacher(t, "tom"), id, good); err != nil || r.Round != 1 {
				t.Errorf("round %d, %v", r.Round, err)
			}
		})
	}
	wg.Wait()
	if got := w.store.Events(id); len(got) != 1 || !w.checkins.reviewed {
		t.Errorf("events %v, out of the queue %v", got, w.checkins.reviewed)
	}
	if _, err := w.Release(teacher(t, "tea"), id, better); !errors.Is(err, review.ErrReleased) {
		t.Errorf("another mark over it: %v", err)
	}
}

func TestRoundsAreBounded(t *testing.T) {
	t.Parallel()
	var r review.Review
	now := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	rounds := 0
	for {
		must(t, r.Release(good, "tom", now))
		rounds++
		if err := r.Reopen(now); err != nil {
			if !errors.Is(err, review.ErrRounds) {
				t.Error(err)
			}
			break
		}
		if err := r.Reopen(now); !errors.Is(err, domain.ErrSame) {
			t.Errorf("reopened twice: %v", err)
		}
	}
	if rounds != 20 || len(r.History) != 19 || r.Released != good {
		t.Errorf("%d rounds, %d in the history", rounds, len(r.History))
	}
}

func TestWhoMayReview(t *testing.T) {
	t.Parallel()
	grant := func(scope domain.Scope, organiser, place string, role domain.Role) []domain.Grant {
		return []domain.Grant{{Scope: scope, ID: place, Organiser: organiser, Role: role}}
	}
	for name, c := range map[string]struct {
		actor domain.Actor
		want  error
	}{
		"a teacher":               {domain.Actor{Member: "tom", Grants: grant(domain.ScopeCamp, "o1", "c1", domain.RoleTeacher)}, nil},
		"a reviewer":              {domain.Actor{Member: "tom", Grants: grant(domain.ScopeCamp, "o1", "c1", domain.RoleReviewer)}, nil},
		"the owner":               {domain.Actor{Member: "tom", Grants: grant(domain.ScopeOrganiser, "o1", "o1", domain.RoleOwner)}, nil},
		"a teacher, their own":    {domain.Actor{Member: "ann", Grants: grant(domain.ScopeCamp, "o1", "c1", domain.RoleTeacher)}, review.ErrOwn},
		"a teacher of another":    {domain.Actor{Member: "tom", Grants: grant(domain.ScopeCamp, "o1", "c2", domain.RoleTeacher)}, domain.ErrForbidden},
		"another house's owner":   {domain.Actor{Member: "tom", Grants: grant(domain.ScopeOrganiser, "o2", "o2", domain.RoleOwner)}, domain.ErrForbidden},
		"a teacher without camps": {domain.Actor{Member: "tom", Grants: grant(domain.ScopeOrganiser, "o1", "o1", domain.RoleTeacher)}, domain.ErrForbidden},
		"a learner":               {domain.Actor{Member: "bob"}, domain.ErrForbidden},
		"nobody":                  {domain.Actor{}, domain.ErrUnauthenticated},
	} {
		w := newWorld()
		ctx := domain.WithActor(t.Context(), c.actor)
		for what, call := range map[string]func() error{
			"save":    func() error { _, err := w.Save(ctx, id, good); return err },
			"release": func() error { _, err := w.Release(ctx, id, good); return err },
		} {
			if err := call(); !errors.Is(err, c.want) && !errors.Is(err, review.ErrReleased) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if _, err := w.Reopen(ctx, id); !errors.Is(err, c.want) {
			t.Errorf("%s: reopen: %v", name, err)
		}
		if n := len(w.store.All(nil)); (n == 1) != (c.want == nil) {
			t.Errorf("%s: %d reviews", name, n)
		}
	}
}

func TestTheLearnerIsToldOnceARound(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.release(t, "tom", good)
	for range 3 {
		must(t, w.Announce(t.Context(), id))
	}
	w.reopen(t, "tom")
	must(t, w.Announce(t.Context(), id))
	if len(w.notices.told) != 1 || w.checkins.reviewed {
		t.Errorf("told %d times; out of the queue %v", len(w.notices.told), w.checkins.reviewed)
	}
	w.release(t, "tom", better)
	for range 3 {
		must(t, w.Announce(t.Context(), id))
	}
	if len(w.notices.told) != 2 || !w.checkins.reviewed {
		t.Errorf("told %d times; out of the queue %v", len(w.notices.told), w.checkins.reviewed)
	}
	for _, n := range w.notices.told {
		if n.Member != "ann" || strings.Contains(n.Body, good.Text) || len(n.ID) > 160 {
			t.Errorf("%+v", n)
		}
	}
}

func TestAReleaseIsToldAndLeavesTheQueueAfterACrash(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.power.Cut(1, true) // the release is written, and the process is gone
	if _, err := w.Release(teacher(t, "tom"), id, good); !errors.Is(err, domaintest.ErrDead) {
		t.Fatal(err)
	}
	w.power.Restore()
	if got := w.store.Events(id); len(got) != 1 || got[0] != review.EventReleased {
		t.Fatalf("events %v", got)
	}
	must(t, w.Announce(t.Context(), id))
	if !w.checkins.reviewed || len(w.notices.told) != 1 {
		t.Errorf("out of the queue %v, told %d times", w.checkins.reviewed, len(w.notices.told))
	}
}

// The teacher reopens while the job that follows the release is about to take the check-in out of the queue.
func TestAReviewThatIsReopenedMeanwhileStaysInTheQueue(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.release(t, "tom", good)
	reopened := false
	w.checkins.noting = func(reviewed bool) {
		if reviewed && !reopened {
			reopened = true
			w.reopen(t, "tom")
		}
	}
	must(t, w.Announce(t.Context(), id))
	if !reopened || w.checkins.reviewed {
		t.Error("reopened, and nobody will ever see it")
	}
}
