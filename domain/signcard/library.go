package signcard

import (
	"hash/fnv"

	"yingdi/domain"
)

// Saying of the default copy library.
type Saying struct{ Text, Author string }

// Pictures and Sayings are the default libraries.
var (
	Pictures = []string{"mist"}
	Sayings  = []Saying{{"学而时习之，不亦说乎", "《论语·学而》"}}
)

// Choose picks the picture and the saying of a card: always the same for the same camp, day and member.
func Choose(camp string, day domain.Day, member string, pictures []string, sayings []Saying) (string, Saying) {
	h := fnv.New64a()
	h.Write([]byte(camp + "|" + member))
	n := int(h.Sum64()%1_000_003) + day.Since("2000-01-01")
	return pictures[n%len(pictures)], sayings[n%len(sayings)]
}
