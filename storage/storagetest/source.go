package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/source"
	"yingdi/storage"
)

// sourceTests are of what all features' sources share.
var sourceTests = tests{
	"odd sources are found, and those to be forgotten": func(s *suite, t *testing.T) {
		at, err := storage.NewReferrals(t.Context(), s.db(t))
		must(t, err)
		for id, by := range map[string]time.Duration{"o1:m1:s1": 0, "o1:m2:s1": time.Hour, "o2:m1:s1": time.Hour} {
			takes := []source.Take{{Member: "a", At: noon}, {Member: "b", At: noon.Add(by)}}
			must(t, at.Sources.Insert(t.Context(), source.Source{Doc: doc(id), Takes: takes, Signals: []string{"two"}}))
			must(t, at.Sources.Insert(t.Context(), source.Source{Doc: doc(id + "2"), Takes: takes[1:]}))
		}
		odd, _, err := at.Sources.Odd(t.Context(), "o1", domain.Page{})
		must(t, err)
		same(t, []string{odd[0].By(), odd[1].By()}, []string{"m2", "m1"})
		same(t, len(odd), 2)
		old, _, err := at.Sources.Ended(t.Context(), noon.Add(time.Minute), domain.Page{})
		must(t, err)
		same(t, len(old), 2)
	},
}

var sourceRaces = tests{
	"no more take part from one place than may": func(s *suite, t *testing.T) {
		const most = 5
		at, err := storage.NewAssists(t.Context(), s.db(t))
		must(t, err)
		full := errors.New("full")
		book := source.Book{Store: at.Sources, Sealer: domaintest.Sealer(), Rules: source.Rules{Name: "race", Full: full}}
		in := atOnce(t, racers, func(i int) error {
			who := fmt.Sprint("m", i)
			return book.Note(member(t.Context(), who), source.Into{ID: "k1", Network: most}, source.Take{Member: who, At: noon})
		}, full)
		same(t, in, most)
	},
}
