package checkin_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

// Whatever happened in whatever order, and whichever events were told twice or late: what stands is what a count of the
// facts gives.
func TestAStandingIsEqualToCountingAnew(t *testing.T) {
	t.Parallel()
	teacher := staff(t, "o1", "c1", domain.RoleTeacher)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		var ids []string
		for i := range rapid.IntRange(1, 8).Draw(rt, "days") {
			w.goTo(domain.Day("2026-03-01").Add(i))
			if rapid.Bool().Draw(rt, "done") {
				ids = append(ids, w.submit(t, "ann", checkin.Form{Text: "读"}).ID)
			}
			for range rapid.IntRange(0, 3).Draw(rt, "acts") {
				if len(ids) == 0 {
					break
				}
				id := rapid.SampledFrom(ids).Draw(rt, "id")
				c, err := w.Service.Get(t.Context(), id)
				must(t, err)
				switch rapid.IntRange(0, 3).Draw(rt, "act") {
				case 0:
					_, _ = w.Hide(teacher, id, "与任务无关")
				case 1:
					_, _ = w.Show(teacher, id, c.Version)
				case 2:
					_ = w.Delete(as(t, "ann"), id)
				case 3:
					must(t, w.Weigh(t.Context(), id))
				}
			}
		}
		for _, id := range ids {
			must(t, w.Weigh(t.Context(), id))
		}
		p, err := w.Progress(t.Context(), w.camp, "ann")
		must(t, err)
		if len(ids) > 0 {
			if st, err := w.rank.Get(t.Context(), checkin.StandingID("c1", "ann")); err != nil || st.Tally != p.Tally {
				rt.Fatalf("stands at %+v, the facts say %+v, %v", st.Tally, p.Tally, err)
			}
		}
	})
}

// The naive model counts days one by one.
func TestATallyAgreesWithWhoCountsOnTheirFingers(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, day := range []domain.Day{"2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09"} {
		w.goTo(day)
		w.submit(t, "ann", checkin.Form{Text: "读"})
	}
	at := w.clock.Now()
	w.goTo("2026-03-20")
	p, err := w.Progress(t.Context(), w.camp, "ann")
	if diff := cmp.Diff(checkin.Tally{Done: 6, Best: 3, ReachedAt: at}, p.Tally); err != nil || diff != "" || p.Streak != 0 {
		t.Errorf("streak %d, %v (-want +got)\n%s", p.Streak, err, diff)
	}
}

func TestLeaderboardTies(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 5, 1, 0, 0, 0, time.UTC)
	stand := func(who string, done, best int, reached time.Time) checkin.Standing {
		return checkin.Standing{Doc: domain.Doc{ID: checkin.StandingID("c1", who)}, Camp: "c1", Member: who, Tally: checkin.Tally{Done: done, Best: best, ReachedAt: reached}}
	}
	w := newWorld()
	for _, st := range []checkin.Standing{
		stand("ann", 5, 3, at), stand("bob", 5, 4, at), stand("cat", 6, 1, at.Add(time.Hour)), stand("dan", 5, 3, at.Add(-time.Microsecond)),
		stand("abe", 5, 3, at), stand("eve", 0, 0, time.Time{}), stand("fay", 10, 10, at), stand("gus", 9, 9, at),
	} {
		must(t, w.rank.Insert(t.Context(), st))
	}
	type row struct {
		Rank int
		Who  string
	}
	var got []row
	for page := (domain.Page{Limit: 3}); ; {
		r, err := w.Ranking(as(t, "ann"), "c1", page)
		must(t, err)
		for _, one := range r.List {
			got = append(got, row{one.Rank, one.Person.ID})
		}
		if r.Me == nil || r.Me.Rank != 7 || !r.Me.Mine {
			t.Errorf("I stand at %+v", r.Me)
		}
		if page.After = r.Next; r.Next == "" {
			break
		}
	}
	want := []row{{1, "fay"}, {2, "gus"}, {3, "cat"}, {4, "bob"}, {5, "dan"}, {6, "abe"}, {7, "ann"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err := w.Ranking(domain.WithActor(t.Context(), domain.Actor{Member: "zoe"}), "c1", domain.Page{})
	if err == nil {
		t.Error("a stranger sees the ranking")
	}
}

func TestRejectedOrDeletedCheckInsDoNotCount(t *testing.T) {
	t.Parallel()
	w := newWorld()
	teacher := staff(t, "o1", "c1", domain.RoleTeacher)
	var ids []string
	for _, day := range []domain.Day{"2026-03-03", "2026-03-04", "2026-03-05"} {
		w.goTo(day)
		ids = append(ids, w.submit(t, "ann", checkin.Form{Text: "读"}).ID)
	}
	stands := func(streak, done int, what string) {
		t.Helper()
		for _, id := range ids {
			must(t, w.Weigh(t.Context(), id))
		}
		p, err := w.MyProgress(as(t, "ann"), "c1")
		r, _ := w.Ranking(as(t, "ann"), "c1", domain.Page{})
		if err != nil || p.Streak != streak || p.Tally.Done != done || r.Me.Done != done {
			t.Errorf("%s: streak %d, %d done, %d in the ranking, %v", what, p.Streak, p.Tally.Done, r.Me.Done, err)
		}
	}
	stands(3, 3, "all")
	c, err := w.Hide(teacher, ids[1], "与任务无关")
	must(t, err)
	stands(1, 2, "one rejected")
	_, err = w.Show(teacher, ids[1], c.Version)
	must(t, err)
	stands(3, 3, "shown again")
	must(t, w.Delete(as(t, "ann"), ids[1]))
	stands(1, 2, "one deleted")
	counts, err := w.CountDay(t.Context(), "c1", w.tasks[3:4], "2026-03-04")
	if err != nil || counts.Day != 0 || counts.ByTask["t-2026-03-04"] != 0 {
		t.Errorf("%+v, %v", counts, err)
	}
}

func TestStandingsOfACampThatRanBeforeThereWasARanking(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.submit(t, "ann", checkin.Form{Text: "读"})
	for range 2 {
		must(t, w.WeighAll(domain.WithActor(t.Context(), domain.SystemActor)))
	}
	r, err := w.Ranking(as(t, "bob"), "c1", domain.Page{})
	if err != nil || len(r.List) != 1 || r.List[0].Person.ID != "ann" || r.Me != nil {
		t.Errorf("%+v, %v", r, err)
	}
}
