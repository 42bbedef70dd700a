package domain_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
)

func TestFenReadsLikeMoney(t *testing.T) {
	t.Parallel()
	for fen, want := range map[domain.Fen]string{
		0: "¥0.00", 5: "¥0.05", 1205: "¥12.05", -300: "-¥3.00", -1: "-¥0.01", 100_000_000: "¥1000000.00",
		math.MaxInt64: "¥92233720368547758.07", math.MinInt64: "-¥92233720368547758.08",
	} {
		if got := fen.String(); got != want {
			t.Errorf("%d fen: got %s, want %s", int64(fen), got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		total   domain.Fen
		weights []int64
		want    []domain.Fen
	}{
		"even":                             {9, []int64{1, 1, 1}, []domain.Fen{3, 3, 3}},
		"the earlier one first on a tie":   {10, []int64{1, 1, 1}, []domain.Fen{4, 3, 3}},
		"the largest remainder first":      {10, []int64{1, 2, 2}, []domain.Fen{2, 4, 4}},
		"the larger weight has the larger": {7, []int64{1, 3}, []domain.Fen{2, 5}},
		"no weight gets nothing":           {7, []int64{0, 1, 0}, []domain.Fen{0, 7, 0}},
		"nobody has weight":                {7, []int64{0, 0}, []domain.Fen{0, 0}},
		"nobody at all":                    {7, nil, []domain.Fen{}},
		"nothing to share":                 {0, []int64{3, 4}, []domain.Fen{0, 0}},
		"numbers whose product overflows":  {math.MaxInt64, []int64{math.MaxInt64 - 1, 1}, []domain.Fen{math.MaxInt64 - 1, 1}},
	} {
		if diff := cmp.Diff(c.want, domain.Split(c.total, c.weights)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestSplitConservesEveryFen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, math.MaxInt64).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/60), 1, 60).Draw(t, "weights")
		var sum, weight int64
		shares := domain.Split(domain.Fen(total), weights)
		for i, s := range shares {
			sum += int64(s)
			weight += weights[i]
			if weights[i] == 0 && s != 0 {
				t.Fatalf("share %d is %d without weight", i, s)
			}
		}
		if weight > 0 && sum != total {
			t.Fatalf("shares add up to %d of %d", sum, total)
		}
		for i := range shares {
			for j := range shares {
				if weights[i] < weights[j] && shares[i] > shares[j] || weights[i] == weights[j] && i < j && shares[i] < shares[j] {
					t.Fatalf("weights %v give %v", weights, shares)
				}
			}
		}
	})
}

func TestSplitPanicsOnWhatCannotBeShared(t *testing.T) {
	t.Parallel()
	for name, split := range map[string]func(){
		"negative weight":       func() { domain.Split(1, []int64{1, -1}) },
		"negative total":        func() { domain.Split(-1, []int64{1}) },
		"weights that overflow": func() { domain.Split(1, []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			split()
		}()
	}
}

func TestAnAmountIsReadAsAPersonTypesIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]domain.Fen{"199": 199_00, " 199.5 ": 199_50, "¥0.01": 1, "0": 0, "100000000": 100_000_000_00} {
		if got, err := domain.ParseYuan(typed); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "-1", "+1", "1.", ".5", "1.005", "1,000", "1e3", "１", "100000001", "99999999999999999999", "abc", "1.-1", "1.+1"} {
		if got, err := domain.ParseYuan(typed); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%q: %d, %v", typed, got, err)
		}
	}
	for amount, want := range map[domain.Fen]string{199_00: "199", 199_50: "199.50", -1: "-0.01", 0: "0"} {
		if got := amount.Yuan(); got != want {
			t.Errorf("%d: %s, want %s", amount, got, want)
		}
	}
}
