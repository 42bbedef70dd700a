package domain

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Fen is an amount of money in fen, 1/100 of a yuan. Money never passes through a float.
type Fen int64

// String writes the amount as a person reads it: ¥12.05, -¥3.00.
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", uint64(-f)
	}
	return fmt.Sprintf("%s¥%d.%02d", sign, n/100, n%100)
}

// maxYuan bounds what ParseYuan reads, far above any price and far below an overflow.
const maxYuan = 100_000_000

// ParseYuan reads an amount as a person types it, in yuan: 199, 199.5 or ¥199.50. It refuses a sign, a third decimal
// and anything over a hundred million.
func ParseYuan(typed string) (Fen, error) {
	bad := Invalid("amount", "金额应为数字，最多两位小数，例如 199 或 199.50")
	typed = strings.TrimPrefix(strings.TrimSpace(typed), "¥")
	whole, cents, dot := strings.Cut(typed, ".")
	if whole == "" || dot && cents == "" || len(cents) > 2 || len(whole) > 9 {
		return 0, bad
	}
	yuan, err := strconv.ParseUint(whole, 10, 64)
	if err != nil || yuan > maxYuan {
		return 0, bad
	}
	fen, err := strconv.ParseUint((cents + "00")[:2], 10, 64)
	if err != nil {
		return 0, bad
	}
	return Fen(yuan*100 + fen), nil
}

// Yuan writes the amount as a person types it, without the sign of the currency: 199 or 199.50.
func (f Fen) Yuan() string {
	s := strings.Replace(f.String(), "¥", "", 1)
	return strings.TrimSuffix(s, ".00")
}

// Split shares total out by weights so that the shares add up to total exactly: everyone gets the floor of
// their part, and the fen left over go one each to the largest remainders, the earlier one first on a tie.
// It panics on a negative total or weight, and on weights that do not fit into an int64 together; with no weight at
// all everybody gets nothing.
func Split(total Fen, weights []int64) []Fen {
	shares := make([]Fen, len(weights))
	var sum uint64
	for _, w := range weights {
		if w < 0 {
			panic("domain: negative weight")
		}
		if sum += uint64(w); sum > math.MaxInt64 {
			panic("domain: too much weight")
		}
	}
	if total < 0 {
		panic("domain: negative total")
	}
	if sum == 0 {
		return shares
	}
	left := total
	remainders := make([]uint64, len(weights))
	order := make([]int, len(weights))
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		quo, rem := bits.Div64(hi, lo, sum) // hi < sum, because w ≤ sum and total < 2⁶³
		shares[i], remainders[i], order[i] = Fen(quo), rem, i
		left -= Fen(quo)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case remainders[a] > remainders[b]:
			return -1
		case remainders[a] < remainders[b]:
			return 1
		}
		return 0
	})
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}
