package team_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/member"
	"yingdi/domain/team"
)

type places struct{ *domaintest.Store[team.Place] }

func (s places) InTeam(_ context.Context, campID, id string, page domain.Page) ([]team.Place, domain.Cursor, error) {
	return s.Find(func(p team.Place) bool { return p.Camp == campID && p.Team == id },
		func(a, b team.Place) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) }, page)
}

func (s places) CountTeam(_ context.Context, campID, id string) (int64, error) {
	return s.Count(func(p team.Place) bool { return p.Camp == campID && p.Team == id })
}

// camps is one camp with learners m0, m1 …
type camps struct{ learners int }

func (c camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	in := camp.Camp{Doc: domain.Doc{ID: "c1"}, Organiser: "o1"}
	if id != "c1" {
		return in, domain.ErrNotFound
	}
	return in, domain.ActorFrom(ctx).Must(right, in.Place())
}

func (c camps) Taken(context.Context, string) (int64, error) { return int64(c.learners), nil }

func (c camps) Require(ctx context.Context, _ string) (enrolment.Enrolment, error) {
	me := domain.ActorFrom(ctx).Member
	if !slices.Contains(people(c.learners), me) {
		return enrolment.Enrolment{}, enrolment.ErrNotEnrolled
	}
	return enrolment.Enrolment{Member: me}, nil
}

func (c camps) OfCamp(_ context.Context, _ string, page domain.Page) (list []enrolment.Enrolment, next domain.Cursor, err error) {
	all := people(c.learners)
	from := slices.Index(all, string(page.After)) + 1
	to := min(from+page.Size(20), len(all))
	for _, m := range all[from:to] {
		list = append(list, enrolment.Enrolment{Member: m})
	}
	if to < len(all) {
		next = domain.Cursor(all[to-1])
	}
	return list, next, nil
}

func (c camps) Placed(_ context.Context, _ string, members []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(members), func(m string) bool { return !slices.Contains(people(c.learners), m) }), nil
}

func (c camps) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

type world struct {
	*team.Service
	places places
	plans  *domaintest.Store[team.Plan]
	power  *domaintest.Power
	clock  *domaintest.Clock
}

func newWorld(learners int) world {
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z")}
	w.places, w.plans = places{domaintest.NewStore[team.Place](w.power)}, domaintest.NewStore[team.Plan](w.power)
	in := camps{learners}
	w.Service = &team.Service{
		Boards: domaintest.NewStore[team.Board](w.power), Store: w.places, Plans: w.plans, Camps: in, Enrolments: in, Members: in,
		IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func teacher(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "teacher", Grants: []domain.Grant{{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher}}})
}

// with makes teams of these names and returns their ids.
func (w world) with(t testing.TB, names ...string) (ids []string) {
	t.Helper()
	for _, name := range names {
		b, err := w.Add(teacher(t), "c1", name)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, b.Teams[len(b.Teams)-1].ID)
	}
	return ids
}

func (w world) plan(t testing.TB, all bool) team.Plan {
	t.Helper()
	p, err := w.Preview(teacher(t), "c1", team.Ask{Method: team.AtRandom, All: all})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sizes of the teams, by the facts.
func (w world) sizes(ids []string) []int {
	sizes := make([]int, len(ids))
	for _, p := range w.places.All(nil) {
		if at := slices.Index(ids, p.Team); at >= 0 {
			sizes[at]++
		}
	}
	return sizes
}

func TestAPreviewChangesNothingAndApplyingItTwiceIsApplyingItOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(250)
	ids, ctx := w.with(t, "甲", "乙", "丙"), teacher(t)
	p := w.plan(t, false)
	if len(w.places.All(nil)) != 0 || len(p.Moves) != 250 {
		t.Fatalf("%d moves, %d places", len(p.Moves), len(w.places.All(nil)))
	}
	for range 2 {
		if _, err := w.Apply(ctx, "c1", p.Seed); err != nil {
			t.Fatal(err)
		}
	}
	if events := w.plans.Events(p.ID); !slices.Equal(events, []string{team.EventApplied}) {
		t.Fatalf("events %v", events)
	}
	if _, err := w.Preview(ctx, "c1", team.Ask{Method: team.AtRandom, All: true}); !errors.Is(err, team.ErrWorking) {
		t.Errorf("a new preview while the last is applied: %v", err)
	}
	for range 2 {
		if err := w.Carry(ctx, p.ID); err != nil {
			t.Fatal(err)
		}
	}
	if sizes := w.sizes(ids); !slices.Equal(sizes, []int{84, 83, 83}) {
		t.Errorf("sizes %v", sizes)
	}
	for _, move := range p.Moves {
		if at, err := w.places.Get(ctx, team.PlaceID("c1", move.Member)); err != nil || at.Team != move.Team || len(at.Changes) != 1 {
			t.Fatalf("%+v, %v", at, err)
		}
	}
	if _, err := w.Preview(ctx, "c1", team.Ask{Method: team.AtRandom, All: false}); !errors.Is(err, team.ErrNobody) {
		t.Errorf("nobody is left, but %v", err)
	}
}

func TestADivisionThatIsKilledAnywhereIsFinishedLater(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld(7)
			ids := w.with(t, "甲", "乙")
			p := w.plan(t, false)
			if _, err := w.Apply(teacher(t), "c1", p.Seed); err != nil {
				t.Fatal(err)
			}
			w.power.Cut(n, after)
			_ = w.Carry(teacher(t), p.ID)
			died := w.power.Restore()
			if err := w.Carry(teacher(t), p.ID); err != nil {
				t.Fatal(err)
			}
			got, err := w.plans.Get(t.Context(), p.ID)
			if err != nil || got.State != team.Done || got.Moved != 7 || !slices.Equal(w.sizes(ids), []int{4, 3}) {
				t.Fatalf("killed at %d: %+v, sizes %v, %v", n, got, w.sizes(ids), err)
			}
			if !died {
				break
			}
		}
	}
}

func TestWhoIsMovedByHandWhileAPlanIsAppliedStaysThere(t *testing.T) {
	t.Parallel()
	w := newWorld(4)
	ids, ctx := w.with(t, "甲", "乙", "丙"), teacher(t)
	p := w.plan(t, true)
	if _, err := w.Apply(ctx, "c1", p.Seed); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Second)
	if n, err := w.Assign(ctx, "c1", ids[2], []string{"m0", "m1", "m2", "m3", "stranger"}); n != 4 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if err := w.Carry(ctx, p.ID); err != nil {
		t.Fatal(err)
	}
	if sizes := w.sizes(ids); !slices.Equal(sizes, []int{0, 0, 4}) {
		t.Errorf("sizes %v", sizes)
	}
}

func TestOnlyThePlanThatWasSeenIsApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(4)
	w.with(t, "甲")
	seen := w.plan(t, true)
	w.plan(t, true)
	if _, err := w.Apply(teacher(t), "c1", seen.Seed); !errors.Is(err, team.ErrStale) {
		t.Errorf("applied something else: %v", err)
	}
}

func TestATeamThatIsGoneGetsNobodyAndItsLearnersAreInNone(t *testing.T) {
	t.Parallel()
	w := newWorld(4)
	ids, ctx := w.with(t, "甲", "乙"), teacher(t)
	if _, err := w.Assign(ctx, "c1", ids[0], people(4)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Remove(ctx, "c1", ids[0]); err != nil {
		t.Fatal(err)
	}
	v, err := w.View(ctx, "c1", team.Look{Team: ids[0]}, domain.Page{})
	if err != nil || v.None != 4 || v.Look.Team != "" || v.Learners[0].Team.ID != "" {
		t.Errorf("%+v, %v", v, err)
	}
	if p := w.plan(t, false); len(p.Moves) != 4 {
		t.Errorf("%d are to be placed again", len(p.Moves))
	}
	mine, err := w.Mine(domain.WithActor(t.Context(), domain.Actor{Member: "m1"}), "c1", domain.Page{})
	if err != nil || mine.Team.ID != "" || len(mine.Fellows) != 0 {
		t.Errorf("%+v, %v", mine, err)
	}
	if _, err := w.Assign(ctx, "c1", ids[0], people(1)); !errors.Is(err, team.ErrGone) {
		t.Errorf("moved into nothing: %v", err)
	}
}

func TestALearnerIsFoundByAPartOfTheirName(t *testing.T) {
	t.Parallel()
	w := newWorld(250)
	for look, want := range map[team.Look]string{
		{Name: "M24"}:                  "m24 m240 m241 m242 m243 m244 m245 m246 m247 m248 m249",
		{Name: "m7"}:                   "m7 m70 m71 m72 m73 m74 m75 m76 m77 m78 m79",
		{Name: "nobody"}:               "",
		{Name: "m249", Team: "no-one"}: "m249", // a team that is gone
	} {
		v, err := w.View(teacher(t), "c1", look, domain.Page{Limit: 50})
		var got []string
		for _, l := range v.Learners {
			got = append(got, l.Member.ID)
		}
		if strings.Join(got, " ") != want || v.Next != "" || err != nil {
			t.Errorf("%+v: %v, next %q, %v", look, got, v.Next, err)
		}
	}
	if v, err := w.View(teacher(t), "c1", team.Look{Name: "m"}, domain.Page{Limit: 50}); err != nil || len(v.Learners) != 100 || v.Next == "" {
		t.Errorf("a name that everybody has: %d, next %q, %v", len(v.Learners), v.Next, err)
	}
	if _, err := w.View(teacher(t), "c1", team.Look{Name: strings.Repeat("长", 61)}, domain.Page{}); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a long name: %v", err)
	}
}

func TestALearnerSeesTheirTeam(t *testing.T) {
	t.Parallel()
	w := newWorld(4)
	ids, ctx := w.with(t, "甲", "乙"), teacher(t)
	if _, err := w.Assign(ctx, "c1", ids[0], []string{"m1", "m2"}); err != nil {
		t.Fatal(err)
	}
	mine, err := w.Mine(domain.WithActor(t.Context(), domain.Actor{Member: "m1"}), "c1", domain.Page{})
	if err != nil || mine.Team.Name != "甲" || mine.Size != 2 || len(mine.Fellows) != 2 {
		t.Errorf("%+v, %v", mine, err)
	}
}

func TestTwoTeachersMakeTheFirstTeamsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(0)
	var both sync.WaitGroup
	for i := range 8 {
		both.Go(func() {
			if _, err := w.Add(teacher(t), "c1", fmt.Sprint("组", i)); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if v, err := w.View(teacher(t), "c1", team.Look{}, domain.Page{}); err != nil || len(v.Teams) != 8 {
		t.Errorf("%d teams, %v", len(v.Teams), err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(4)
	reviewer := domain.WithActor(t.Context(), domain.Actor{Member: "r", Grants: []domain.Grant{{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleReviewer}}})
	for name, c := range map[string]struct {
		got  func() error
		want error
	}{
		"a reviewer's team": {func() error { _, err := w.Add(reviewer, "c1", "甲"); return err }, domain.ErrForbidden},
		"a reviewer's move": {func() error { _, err := w.Assign(reviewer, "c1", "", people(1)); return err }, domain.ErrForbidden},
		"a reviewer's preview": {func() error {
			_, err := w.Preview(reviewer, "c1", team.Ask{Method: team.AtRandom, All: true})
			return err
		}, domain.ErrForbidden},
		"a reviewer's yes":  {func() error { _, err := w.Apply(reviewer, "c1", "x"); return err }, domain.ErrForbidden},
		"a stranger's look": {func() error { _, err := w.View(t.Context(), "c1", team.Look{}, domain.Page{}); return err }, domain.ErrUnauthenticated},
		"no name":           {func() error { _, err := w.Add(teacher(t), "c1", ""); return err }, domain.ErrInvalid},
		"a long name":       {func() error { _, err := w.Add(teacher(t), "c1", strings.Repeat("组", 21)); return err }, domain.ErrInvalid},
		"nobody":            {func() error { _, err := w.Assign(teacher(t), "c1", "", nil); return err }, domain.ErrInvalid},
		"too many":          {func() error { _, err := w.Assign(teacher(t), "c1", "", people(101)); return err }, domain.ErrInvalid},
		"an unknown method": {func() error { _, err := w.Preview(teacher(t), "c1", team.Ask{Method: "luck"}); return err }, domain.ErrInvalid},
		"no teams": {func() error {
			_, err := w.Preview(teacher(t), "c1", team.Ask{Method: team.AtRandom, All: true})
			return err
		}, team.ErrNoTeams},
		"a plan that is not there": {func() error { _, err := w.Apply(teacher(t), "c1", "x"); return err }, domain.ErrNotFound},
		"somebody not enrolled":    {func() error { _, err := w.Mine(teacher(t), "c1", domain.Page{}); return err }, enrolment.ErrNotEnrolled},
	} {
		if err := c.got(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
