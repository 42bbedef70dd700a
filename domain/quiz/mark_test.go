package quiz_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"yingdi/domain/quiz"
)

func TestMultipleChoiceIsMarkedByItsRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                string
		chosen              []int // of A–D, where A, B and C are right
		all, partial, minus quiz.Mark
	}{
		{"nothing", nil, 0, 0, 0},
		{"one right", []int{0}, 0, 100, 100},
		{"two right", []int{0, 2}, 0, 200, 200},
		{"every right one", []int{0, 1, 2}, 300, 300, 300},
		{"two right, one wrong", []int{0, 1, 3}, 0, 0, 100},
		{"all there are", []int{0, 1, 2, 3}, 0, 0, 200},
		{"only the wrong one", []int{3}, 0, 0, 0},
	} {
		for rule, want := range map[quiz.Rule]quiz.Mark{quiz.AllOrNothing: c.all, quiz.Partial: c.partial, quiz.RightMinusWrong: c.minus} {
			if got := rule.Multiple([]int{0, 1, 2}, c.chosen, 300); got != want {
				t.Errorf("%s by %s: %s, want %s", c.name, rule, got, want)
			}
		}
	}
}

func TestWhateverIsChosenTheRulesHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, quiz.MaxOptions).Draw(t, "options")
		some := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, n, rapid.ID)
		right := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID).Draw(t, "right")
		chosen := some.Draw(t, "chosen")
		full := quiz.Marks(rapid.IntRange(1, quiz.MaxPoints).Draw(t, "points"))
		mark := map[quiz.Rule]quiz.Mark{}
		exact := len(right) == len(chosen) && !slices.ContainsFunc(chosen, func(c int) bool { return !slices.Contains(right, c) })
		for _, rule := range []quiz.Rule{quiz.AllOrNothing, quiz.Partial, quiz.RightMinusWrong} {
			got := rule.Multiple(right, chosen, full)
			mark[rule] = got
			if got < 0 || got > full || (got == full) != exact {
				t.Fatalf("%s gives %d of %d, exact %v", rule, got, full, exact)
			}
			turned := slices.Clone(chosen)
			slices.Reverse(turned)
			if rule.Multiple(right, turned, full) != got {
				t.Fatalf("%s depends on the order", rule)
			}
			for _, r := range right {
				if !slices.Contains(chosen, r) && rule.Multiple(right, append(slices.Clone(chosen), r), full) < got {
					t.Fatalf("%s: one more right option costs points", rule)
				}
			}
			for o := range n {
				if !slices.Contains(chosen, o) && !slices.Contains(right, o) && rule.Multiple(right, append(slices.Clone(chosen), o), full) > got {
					t.Fatalf("%s: one more wrong option earns points", rule)
				}
			}
		}
		if mark[quiz.AllOrNothing] > mark[quiz.Partial] || mark[quiz.Partial] > mark[quiz.RightMinusWrong] {
			t.Fatalf("the rules are not as strict as they say: %v", mark)
		}
	})
}

func TestFillInsAreComparedAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	c := quiz.Content{Kind: quiz.FillIn, Key: quiz.Key{Accepted: []string{"Spring Festival", "春节"}}}
	for said, right := range map[string]bool{
		"春节": true, " 春节。": true, "spring  festival": true, "ＳＰＲＩＮＧ　ＦＥＳＴＩＶＡＬ！": true, "Spring\tFestival.": true,
		"": false, "  ": false, "。": false, "春天": false, "springfestival": false, "春节快乐": false,
	} {
		mark, graded := c.Mark(quiz.Answer{Text: said}, quiz.AllOrNothing, 200)
		if !graded || (mark == 200) != right {
			t.Errorf("%q: %s", said, mark)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if once := quiz.Normalise(s); quiz.Normalise(once) != once {
			t.Fatalf("%q becomes %q and then %q", s, once, quiz.Normalise(once))
		}
	})
}

func TestAShortAnswerWaitsForATeacher(t *testing.T) {
	t.Parallel()
	short := quiz.Content{Kind: quiz.Short}
	if mark, graded := short.Mark(quiz.Answer{Text: "因为"}, quiz.Partial, 500); mark != 0 || graded {
		t.Errorf("%s, %v", mark, graded)
	}
	if mark, graded := short.Mark(quiz.Answer{}, quiz.Partial, 500); mark != 0 || !graded {
		t.Errorf("an empty one: %s, %v", mark, graded)
	}
}
