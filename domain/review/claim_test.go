package review_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/review"
)

func TestTwoReviewersNeverHaveTheSameCheckinOnTheirDesks(t *testing.T) {
	t.Parallel()
	w := newWorld()
	const many, each = 40, 5
	for n := range many {
		w.checkins.add(fmt.Sprintf("ann%02d", n), w.clock.Now().Add(-time.Duration(n)*time.Minute))
	}
	var mu sync.Mutex
	by := map[string]string{} // who released what
	var wg sync.WaitGroup
	for n := range many / each {
		wg.Go(func() {
			name := fmt.Sprintf("tom%d", n)
			ctx := teacher(t, name)
			for range each {
				desk, err := w.Desk(ctx, review.Filter{Camp: "c1"}, "", false)
				if err != nil || desk.Open == nil || !desk.Open.Writing {
					t.Errorf("%s has nothing to do: %v", name, err)
					return
				}
				if _, err := w.Release(ctx, desk.Open.ID, review.Form{Text: "好，" + name}); err != nil {
					t.Errorf("%s reviewed in vain: %v", name, err)
				}
				mu.Lock()
				if other := by[desk.Open.ID]; other != "" {
					t.Errorf("%s and %s reviewed the same", name, other)
				}
				by[desk.Open.ID] = name
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(by) != many {
		t.Errorf("%d reviewed, want %d", len(by), many)
	}
}

func TestAClaimEndsAndIsProlongedByWorking(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, err := w.Take(teacher(t, "tom"), id)
	must(t, err)
	for range 3 {
		w.clock.Add(review.ClaimLife - time.Second)
		_, err := w.Save(teacher(t, "tom"), id, good)
		must(t, err)
	}
	for what, call := range map[string]func() error{
		"take":    func() error { _, err := w.Take(teacher(t, "tea"), id); return err },
		"save":    func() error { _, err := w.Save(teacher(t, "tea"), id, better); return err },
		"release": func() error { _, err := w.Release(teacher(t, "tea"), id, better); return err },
	} {
		if err := call(); !errors.Is(err, review.ErrClaimed) {
			t.Errorf("%s what another has: %v", what, err)
		}
	}
	w.clock.Add(review.ClaimLife)
	r, err := w.Take(teacher(t, "tea"), id)
	if err != nil || r.Draft.Text != good.Text {
		t.Errorf("the draft %q goes on, %v", r.Draft.Text, err)
	}
	if _, err := w.Save(teacher(t, "tom"), id, good); !errors.Is(err, review.ErrClaimed) {
		t.Errorf("who came back too late: %v", err)
	}
	must(t, w.LetGo(teacher(t, "tom"), id)) // not theirs: nothing
	must(t, w.LetGo(teacher(t, "tea"), id))
	_, err = w.Take(teacher(t, "tom"), id)
	must(t, err)
}

func TestOneDeskOneCheckin(t *testing.T) {
	t.Parallel()
	w := newWorld()
	bob := w.checkins.add("bob", w.clock.Now())
	for _, next := range []string{id, bob, id} {
		_, err := w.Take(teacher(t, "tom"), next)
		must(t, err)
		held := w.store.All(func(r review.Review) bool { return r.Holder(w.clock.Now()) == "tom" })
		if len(held) != 1 || held[0].ID != next {
			t.Errorf("holds %d, want only %s", len(held), next)
		}
	}
}

func TestTheDeskOpensWhatIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld()
	bob := w.checkins.add("bob", w.clock.Now().Add(-time.Minute))
	own := w.checkins.add("tea", w.clock.Now().Add(-2*time.Hour)) // the teacher learns here too
	_, err := w.Take(teacher(t, "tom"), id)
	must(t, err)
	desk, err := w.Desk(teacher(t, "tea"), review.Filter{Camp: "c1"}, "", false)
	if err != nil || desk.Open == nil || desk.Open.ID != bob || !desk.Open.Writing || desk.Waiting != 3 {
		t.Fatalf("%+v, %v", desk.Open, err)
	}
	if at := slices.IndexFunc(desk.Queue, func(r review.Row) bool { return r.Holder.Nickname == "tom" }); at < 0 || desk.Queue[at].ID != id {
		t.Errorf("nobody sees that tom has one: %+v", desk.Queue)
	}
	desk, err = w.Desk(teacher(t, "tea"), review.Filter{Camp: "c1"}, id, false)
	if err != nil || desk.Open.Writing || desk.Open.Holder.Nickname != "tom" {
		t.Errorf("what tom has can be looked at: %+v, %v", desk.Open, err)
	}
	desk, err = w.Desk(teacher(t, "tea"), review.Filter{Camp: "c1"}, id, true)
	if err != nil || desk.Open.ID != bob {
		t.Errorf("another comes in its place: %+v, %v", desk.Open, err)
	}
	desk, err = w.Desk(teacher(t, "tea"), review.Filter{Camp: "c1"}, own, false)
	if err != nil || desk.Open.Writing || !desk.Open.Mine {
		t.Errorf("one's own: %+v, %v", desk.Open, err)
	}
}

func TestTheDeskCountsWhatTheFilterLeaves(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for n := range 150 {
		w.checkins.add(fmt.Sprintf("bob%03d", n), w.clock.Now().Add(-50*time.Hour))
	}
	must(t, w.checkins.set(id, func(c *checkin.Checkin) { c.Homework = true }))
	for name, c := range map[string]struct {
		filter review.Filter
		want   int64
	}{
		"everything":                {review.Filter{Camp: "c1"}, 151},
		"homework":                  {review.Filter{Camp: "c1", Turn: checkin.TurnHomework}, 1},
		"homework in all camps":     {review.Filter{Turn: checkin.TurnHomework}, 1},
		"for two days":              {review.Filter{Camp: "c1", Days: 2}, 150},
		"a team":                    {review.Filter{Camp: "c1", Team: "blue"}, 150},
		"a team, and homework only": {review.Filter{Camp: "c1", Team: "blue", Turn: checkin.TurnHomework}, 0},
	} {
		desk, err := w.Desk(owner(t, "olga"), c.filter, "", false)
		if err != nil || desk.Matching != (review.Matching{Count: c.want}) || desk.Waiting != 151 {
			t.Errorf("%s: %+v of %d, %v; want %d", name, desk.Matching, desk.Waiting, err, c.want)
		}
	}
}

func TestTheDeskShowsWhatTheTaskAsked(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.house.blocks = append(lesson.Text("读三遍"), lesson.Block{Kind: lesson.PictureBlock, Media: "tea_image_1"})
	desk, err := w.Desk(teacher(t, "tom"), review.Filter{Camp: "c1"}, "", false)
	if err != nil || len(desk.Open.Body) != 2 || desk.Open.Body[0].Text != "读三遍" || desk.Open.Body[1].File.ID != "tea_image_1" {
		t.Errorf("%+v, %v", desk.Open, err)
	}
}

func TestTheQueueIsFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.checkins.add("bob", w.clock.Now().Add(-50*time.Hour))
	must(t, w.checkins.set(id, func(c *checkin.Checkin) { c.Homework = true }))
	for name, c := range map[string]struct {
		filter review.Filter
		want   []string
	}{
		"all of a camp":     {review.Filter{Camp: "c1"}, []string{"bob", "ann"}},
		"all of my camps":   {review.Filter{}, []string{"bob", "ann"}},
		"a team":            {review.Filter{Camp: "c1", Team: "red"}, []string{"ann"}},
		"homework":          {review.Filter{Turn: checkin.TurnHomework}, []string{"ann"}},
		"for two days":      {review.Filter{Camp: "c1", Days: 2}, []string{"bob"}},
		"a team for a week": {review.Filter{Camp: "c1", Team: "red", Days: 7}, nil},
	} {
		for who, ctx := range map[string]context.Context{"teacher": teacher(t, "tom"), "owner": owner(t, "olga")} {
			rows, _, err := w.List(ctx, c.filter, page)
			var got []string
			for _, r := range rows {
				got = append(got, r.Member)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s, %s: %v, %v; want %v", name, who, got, err, c.want)
			}
		}
	}
	for name, f := range map[string]review.Filter{
		"a team of no camp": {Team: "red"}, "a strange turn": {Camp: "c1", Turn: "x"}, "31 days": {Camp: "c1", Days: 31}, "no id": {Camp: "c1:"},
	} {
		if _, _, err := w.List(teacher(t, "tom"), f, page); err == nil {
			t.Errorf("%s is fine", name)
		}
	}
}
