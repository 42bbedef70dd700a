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
