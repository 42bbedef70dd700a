package review_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/review"
)

func TestMarksAreBounded(t *testing.T) {
	t.Parallel()
	rubric := lesson.Rubric{{Title: "流利", Points: 60}, {Title: "感情", Points: 40}}
	past := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		form           review.Form
		rubric         lesson.Rubric
		draft, release bool
	}{
		"fine":                   {good, nil, true, true},
		"without points":         {review.Form{Text: "好"}, nil, true, true},
		"a voice alone":          {review.Form{Media: []string{"tom_audio_1"}}, nil, true, true},
		"empty":                  {review.Form{}, nil, true, false},
		"points alone":           {review.Form{Points: 90}, nil, true, false},
		"blank":                  {review.Form{Text: " \n"}, nil, true, false},
		"negative points":        {review.Form{Text: "好", Points: -1}, nil, false, false},
		"101 points":             {review.Form{Text: "好", Points: 101}, nil, false, false},
		"2001 characters":        {review.Form{Text: strings.Repeat("好", 2001)}, nil, false, false},
		"control character":      {review.Form{Text: "好\x1b"}, nil, false, false},
		"a video":                {review.Form{Text: "好", Media: []string{"tom_video_1"}}, nil, false, false},
		"another's file":         {review.Form{Text: "好", Media: []string{"ann_image_1"}}, nil, false, false},
		"a file twice":           {review.Form{Text: "好", Media: []string{"tom_image_1", "tom_image_1"}}, nil, false, false},
		"all scores":             {review.Form{Scores: []int{60, 0}}, rubric, true, true},
		"one score":              {review.Form{Text: "好", Scores: []int{60}}, rubric, true, false},
		"a score too high":       {review.Form{Text: "好", Scores: []int{61, 0}}, rubric, false, false},
		"returned":               {again, nil, true, true},
		"returned without score": {again, rubric, true, true},
		"returned for nothing":   {review.Form{Text: "好", Return: &review.Return{}}, nil, true, false},
		"returned until past":    {review.Form{Return: &review.Return{Reason: "再读", Until: past}}, nil, true, false},
		"returned at length":     {review.Form{Return: &review.Return{Reason: strings.Repeat("再", 201)}}, nil, false, false},
	} {
		w := newWorld()
		w.house.rubric = c.rubric
		if _, err := w.Save(teacher(t, "tom"), id, c.form); (err == nil) != c.draft {
			t.Errorf("%s as draft: %v", name, err)
		}
		if _, err := w.Release(teacher(t, "tom"), id, c.form); (err == nil) != c.release {
			t.Errorf("%s released: %v", name, err)
		}
	}
}

func TestThePointsOfARubricAreTheirSumAndStayAsTheyWere(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.house.rubric = lesson.Rubric{{Title: "流利", Points: 60}, {Title: "感情", Points: 40}}
	w.release(t, "tom", review.Form{Points: 1, Scores: []int{50, 30}})
	w.house.rubric = nil
	r, err := w.ForLearner(learner(t, "ann"), id)
	want := []review.Score{{Title: "流利", Most: 60, Points: 50}, {Title: "感情", Most: 40, Points: 30}}
	if diff := cmp.Diff(want, r.Scores); err != nil || diff != "" || r.Points != 80 {
		t.Errorf("%d points, %v (-want +got)\n%s", r.Points, err, diff)
	}
}

func TestFilesOfAReviewAreKeptAndShownUnlessTheyWereRejected(t *testing.T) {
	t.Parallel()
	w := newWorld()
	files := []string{"tom_audio_1", "tom_image_1", "tom_image_bad"}
	_, err := w.Save(teacher(t, "tom"), id, review.Form{Media: files[:1]})
	must(t, err)
	must(t, w.Follow(t.Context(), id))
	if diff := cmp.Diff(files[:1], w.files.kept); diff != "" {
		t.Errorf("kept with the draft (-want +got)\n%s", diff)
	}
	w.release(t, "tom", review.Form{Media: files})
	r, err := w.ForLearner(learner(t, "ann"), id)
	if err != nil || len(r.Files) != 2 || r.Files[0].Kind != media.Audio {
		t.Errorf("%+v, %v", r.Files, err)
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
	if r, err := w.ForReviewer(teacher(t, "tea"), id); err != nil || r.Draft.Text != good.Text || r.Reviewer != "tom" {
		t.Errorf("%+v, %v", r, err)
	}
	w.release(t, "tom", good)
	_, err = w.Save(teacher(t, "tom"), id, better)
	if !errors.Is(err, review.ErrReleased) {
		t.Errorf("written over: %v", err)
	}
	w.reopen(t, "tom")
	_, err = w.Save(teacher(t, "tom"), id, better)
	must(t, err)
	r, err := w.ForLearner(learner(t, "ann"), id)
	if err != nil || r.Text != good.Text || len(r.Earlier) != 0 || r.Reviewer != "tom" {
		t.Errorf("the released mark stands until the next: %+v, %v", r, err)
	}
	if _, err := w.ForLearner(learner(t, "bob"), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another learner: %v", err)
	}
}

func TestTheAuditSaysWhoGaveEachMark(t *testing.T) {
	t.Parallel()
	w := newWorld()
	first := w.clock.Now()
	w.release(t, "tom", good)
	w.reopen(t, "tea")
	_, err := w.Save(teacher(t, "tea"), id, better)
	must(t, err)
	w.clock.Add(time.Hour)
	r := w.release(t, "tea", better)
	judged := review.Judged{Version: 1, HandedAt: first.Add(-time.Hour)}
	want := []review.Past{{Mark: review.Mark{Text: good.Text, Points: good.Points}, Reviewer: "tom", At: first, Judged: judged}}
	if diff := cmp.Diff(want, r.History); diff != "" || r.Reviewer != "tea" || r.Round != 2 {
		t.Errorf("by %s in round %d (-want +got)\n%s", r.Reviewer, r.Round, diff)
	}
	var acts []string
	for _, c := range r.Audit {
		acts = append(acts, string(c.Act)+" by "+c.By)
	}
	if diff := cmp.Diff([]string{"released by tom", "reopened by tea", "released by tea"}, acts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
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
	if got := w.store.Events(id); len(got) != 1 || !w.reviewed(id) {
		t.Errorf("events %v, out of the queue %v", got, w.reviewed(id))
	}
	if _, err := w.Release(teacher(t, "tea"), id, better); !errors.Is(err, review.ErrReleased) {
		t.Errorf("another mark over it: %v", err)
	}
}

func TestRoundsAreBounded(t *testing.T) {
	t.Parallel()
	var r review.Review
	now := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	m, rounds := review.Mark{Text: "好"}, 0
	for {
		must(t, r.Release(m, review.Judged{}, "tom", now, 0))
		rounds++
		if err := r.Reopen("tom", now); err != nil {
			if !errors.Is(err, review.ErrRounds) {
				t.Error(err)
			}
			break
		}
		if err := r.Reopen("tom", now); !errors.Is(err, domain.ErrSame) {
			t.Errorf("reopened twice: %v", err)
		}
	}
	if rounds != 20 || len(r.History) != 19 || r.Released.Text != "好" {
		t.Errorf("%d rounds, %d in the history", rounds, len(r.History))
	}
	r = review.Review{}
	for n := range 1000 {
		if err := r.Release(m, review.Judged{}, "tom", now, time.Minute); errors.Is(err, review.ErrRounds) && n > 10 {
			return
		}
		must(t, r.Undo("tom", now))
	}
	t.Error("released and undone without end")
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
			"take":    func() error { _, err := w.Take(ctx, id); return err },
			"let go":  func() error { return w.LetGo(ctx, id) },
			"save":    func() error { _, err := w.Save(ctx, id, good); return err },
			"release": func() error { _, err := w.Release(ctx, id, good); return err },
		} {
			if err := call(); !errors.Is(err, c.want) && !errors.Is(err, review.ErrReleased) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if _, err := w.Undo(ctx, id); !errors.Is(err, c.want) {
			t.Errorf("%s: undo: %v", name, err)
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
	must(t, w.Follow(t.Context(), id))
	if len(w.notices.told) != 1 || w.reviewed(id) {
		t.Errorf("told %d times; out of the queue %v", len(w.notices.told), w.reviewed(id))
	}
	w.release(t, "tom", better)
	for range 3 {
		must(t, w.Announce(t.Context(), id))
	}
	if len(w.notices.told) != 2 || !w.reviewed(id) {
		t.Errorf("told %d times; out of the queue %v", len(w.notices.told), w.reviewed(id))
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
	w.settle(t)
	if !w.reviewed(id) || len(w.notices.told) != 1 {
		t.Errorf("out of the queue %v, told %d times", w.reviewed(id), len(w.notices.told))
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
	must(t, w.Follow(t.Context(), id))
	if !reopened || w.reviewed(id) {
		t.Error("reopened, and nobody will ever see it")
	}
}
