package team_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/team"
)

func people(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint("m", i)
	}
	return list
}

func TestADivisionPutsEverybodyInOneTeamAndSizesDifferByOneAtMost(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		n, k := dice.IntN(200), 1+dice.IntN(team.MaxTeams)
		members, teams := people(n), people(k)
		moves := team.Divide(team.Shuffle(members, "seed"), teams, nil)
		sizes, seen := map[string]int{}, map[string]bool{}
		for _, m := range moves {
			if seen[m.Member] || !slices.Contains(teams, m.Team) || !slices.Contains(members, m.Member) {
				t.Fatalf("%d in %d: %+v", n, k, m)
			}
			seen[m.Member] = true
			sizes[m.Team]++
		}
		for _, id := range teams {
			if size := sizes[id]; size < n/k || size > (n+k-1)/k {
				t.Fatalf("%d in %d: a team of %d", n, k, size)
			}
		}
		if len(moves) != n {
			t.Fatalf("%d of %d have a team", len(moves), n)
		}
	}
}

func TestNewcomersGoToTheSmallestTeams(t *testing.T) {
	t.Parallel()
	moves := team.Divide(people(4), []string{"a", "b", "c"}, map[string]int{"a": 5, "b": 2, "c": 3})
	want := []team.Move{{Member: "m0", Team: "b"}, {Member: "m1", Team: "b"}, {Member: "m2", Team: "b"}, {Member: "m3", Team: "c"}}
	if diff := cmp.Diff(want, moves); diff != "" {
		t.Error(diff)
	}
	if moves := team.Divide(people(3), nil, nil); len(moves) != 0 {
		t.Errorf("%v went nowhere", moves)
	}
}

func TestTheSameSeedShufflesAlikeAndAnotherOneDoesNot(t *testing.T) {
	t.Parallel()
	members := people(50)
	first := team.Shuffle(members, "a")
	slices.Reverse(members)
	if diff := cmp.Diff(first, team.Shuffle(members, "a")); diff != "" {
		t.Errorf("the order they come in matters: %s", diff)
	}
	if slices.Equal(first, team.Shuffle(members, "b")) || slices.Equal(first, people(50)) {
		t.Error("not shuffled")
	}
}

func TestTheBoard(t *testing.T) {
	t.Parallel()
	var b team.Board
	for i := range team.MaxTeams {
		if err := b.Add(team.Team{ID: fmt.Sprint("t", i), Name: fmt.Sprint("组", i)}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct{ got, want error }{
		"one too many":     {b.Add(team.Team{ID: "x", Name: "x"}), team.ErrFull},
		"a taken name":     {b.Rename("t1", "组2"), team.ErrTaken},
		"the same name":    {b.Rename("t1", "组1"), domain.ErrSame},
		"one that is gone": {b.Rename("x", "x"), team.ErrGone},
		"another name":     {b.Rename("t1", "清晨"), nil},
		"remove":           {b.Remove("t0"), nil},
		"remove again":     {b.Remove("t0"), domain.ErrSame},
		"a name twice":     {(&team.Board{Teams: []team.Team{{ID: "a", Name: "x"}}}).Add(team.Team{ID: "b", Name: "x"}), team.ErrTaken},
	} {
		if c.want == nil && c.got != nil || c.want != nil && !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

func TestAPlaceRemembersItsLastMoves(t *testing.T) {
	t.Parallel()
	var p team.Place
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 60 {
		if err := p.Move(team.Team{ID: fmt.Sprint(i), Name: strings.Repeat("组", 1+i%3)}, "teacher", at.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if last := p.Changes[len(p.Changes)-1]; len(p.Changes) != 50 || !last.At.Equal(p.Since) || last.By != "teacher" {
		t.Errorf("%d changes, the last %+v", len(p.Changes), last)
	}
	if err := p.Move(team.Team{ID: "59"}, "teacher", at); !errors.Is(err, domain.ErrSame) {
		t.Error(err)
	}
}

func TestWhoSaidTheSameComesTogetherOrIsSpread(t *testing.T) {
	t.Parallel()
	said := map[string]string{"m0": "杭州", "m1": "上海", "m2": "杭州", "m3": "上海", "m4": "", "m5": "杭州", "m6": "上海", "m7": "杭州"}
	ordered := team.Alike(people(8), said)
	if diff := cmp.Diff([]string{"m1", "m3", "m6", "m0", "m2", "m5", "m7", "m4"}, ordered); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	mix := func(moves []team.Move) map[string]int {
		n := map[string]int{}
		for _, m := range moves {
			n[m.Team+said[m.Member]]++
		}
		return n
	}
	if diff := cmp.Diff(map[string]int{"a上海": 3, "a杭州": 1, "b杭州": 3, "b": 1}, mix(team.Divide(ordered, []string{"a", "b"}, nil))); diff != "" {
		t.Errorf("together (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"a上海": 2, "b上海": 1, "a杭州": 2, "b杭州": 2, "b": 1}, mix(team.Deal(ordered, said, []string{"a", "b"}, nil))); diff != "" {
		t.Errorf("spread (-want +got)\n%s", diff)
	}
}

func TestASpreadIsEvenInSizeAndInEachAnswer(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		n, k, answers := dice.IntN(150), 1+dice.IntN(12), 1+dice.IntN(6)
		members, said := people(n), map[string]string{}
		for _, m := range members {
			said[m] = fmt.Sprint(dice.IntN(answers))
		}
		sizes, each, all := map[string]int{}, map[[2]string]int{}, map[string]int{}
		for _, m := range team.Deal(team.Alike(members, said), said, people(k), nil) {
			sizes[m.Team]++
			each[[2]string{m.Team, said[m.Member]}]++
			all[said[m.Member]]++
		}
		for _, id := range people(k) {
			if size := sizes[id]; size < n/k || size > (n+k-1)/k {
				t.Fatalf("%d in %d: a team of %d", n, k, size)
			}
			for answer, total := range all {
				if got := each[[2]string{id, answer}]; got < total/k || got > (total+k-1)/k {
					t.Fatalf("of %d who said %s, %d are in one of %d teams", total, answer, got, k)
				}
			}
		}
	}
	if moves := team.Deal(people(3), nil, nil, nil); len(moves) != 0 {
		t.Errorf("%v went nowhere", moves)
	}
}
