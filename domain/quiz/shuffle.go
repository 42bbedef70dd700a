package quiz

import (
	"hash/fnv"
	"math/rand/v2"
)

// shuffle mixes by a seed, so that an attempt is mixed the same however often it is begun.
type shuffle struct{ *rand.Rand }

func newShuffle(seed string) shuffle {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed)) // never fails
	return shuffle{rand.New(rand.NewPCG(h.Sum64(), 0x9e3779b97f4a7c15))}
}

// straight is 0, 1, … n-1.
func (shuffle) straight(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

func (s shuffle) mix(order []int) []int {
	s.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}
