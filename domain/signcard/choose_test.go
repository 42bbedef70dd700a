package signcard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/signcard"
)

var anyDay = rapid.Custom(func(t *rapid.T) domain.Day {
	return domain.Day("2000-01-01").Add(rapid.IntRange(0, 70000).Draw(t, "days"))
})

func library(t *rapid.T, most int) (pictures []string, sayings []signcard.Saying) {
	for i := range rapid.IntRange(1, most).Draw(t, "pictures") {
		pictures = append(pictures, fmt.Sprint("p", i))
	}
	for i := range rapid.IntRange(1, most).Draw(t, "sayings") {
		sayings = append(sayings, signcard.Saying{Text: fmt.Sprint("s", i)})
	}
	return pictures, sayings
}

func TestALearnerMeetsEverythingOnceBeforeAnythingComesAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pictures, sayings := library(t, 40)
		camp, member, day := rapid.String().Draw(t, "camp"), rapid.String().Draw(t, "member"), anyDay.Draw(t, "day")
		seenPictures, seenSayings := map[string]bool{}, map[string]bool{}
		for i := range max(len(pictures), len(sayings)) {
			p, s := signcard.Choose(camp, day.Add(i), member, pictures, sayings)
			if again, _ := signcard.Choose(camp, day.Add(i), member, pictures, sayings); again != p {
				t.Fatalf("the same day chose %q, then %q", p, again)
			}
			if i < len(pictures) && seenPictures[p] || i < len(sayings) && seenSayings[s.Text] {
				t.Fatalf("day %d: %q and %q: something came again too early", i, p, s.Text)
			}
			seenPictures[p], seenSayings[s.Text] = true, true
		}
	})
}

func TestLearnersOfOneDayMostlyDiffer(t *testing.T) {
	t.Parallel()
	const learners = 600
	rapid.Check(t, func(t *rapid.T) {
		camp, day := rapid.StringN(1, 20, -1).Draw(t, "camp"), anyDay.Draw(t, "day")
		pictures, sayings := map[string]int{}, map[string]int{}
		for i := range learners {
			p, s := signcard.Choose(camp, day, fmt.Sprint("m", i), signcard.Pictures, signcard.Sayings)
			pictures[p]++
			sayings[s.Text]++
		}
		for p, n := range pictures { // 50 expected
			if n < 15 || n > 110 {
				t.Fatalf("picture %q for %d of %d learners", p, n, learners)
			}
		}
		if len(pictures) != len(signcard.Pictures) || len(sayings) < len(signcard.Sayings)*9/10 {
			t.Fatalf("only %d pictures and %d sayings were chosen", len(pictures), len(sayings))
		}
	})
}

func TestTheChoiceNeverChanges(t *testing.T) {
	t.Parallel()
	p, s := signcard.Choose("camp1", "2026-11-21", "member1", []string{"a", "b", "c", "d", "e"}, signcard.Sayings[:7])
	if p != "e" || s.Text != "吾日三省吾身。" {
		t.Errorf("got %q, %q: cards of days gone by would change", p, s.Text)
	}
}

func TestAnEmptyLibraryChoosesNothing(t *testing.T) {
	t.Parallel()
	if p, s := signcard.Choose("c", "2026-11-21", "m", nil, nil); p != "" || s != (signcard.Saying{}) {
		t.Errorf("got %q and %v", p, s)
	}
}

func TestTheDefaultCopyLibraryIsFitForACard(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range signcard.Sayings {
		if n := utf8.RuneCountInString(s.Text); n < 5 || n > 40 {
			t.Errorf("%q has %d characters", s.Text, n)
		}
		if !strings.HasSuffix(s.Author, "》") || seen[s.Text] || !strings.ContainsAny(s.Text[len(s.Text)-3:], "。？！") {
			t.Errorf("%q by %q: said twice, without its work or without an end", s.Text, s.Author)
		}
		seen[s.Text] = true
	}
	if len(signcard.Sayings) < 80 || len(signcard.Pictures) < 12 || len(slices.Compact(slices.Sorted(slices.Values(signcard.Pictures)))) != len(signcard.Pictures) {
		t.Errorf("%d sayings, %d pictures", len(signcard.Sayings), len(signcard.Pictures))
	}
}
