package storagetest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/storage"
)

// crowd makes tasks with few different values, so that ties and missing values abound.
func crowd(n int) []task {
	r := rand.New(rand.NewPCG(1, 2))
	docs := make([]task, n)
	for i := range docs {
		docs[i] = task{Doc: doc(numbered(i)), Camp: string(rune('a' + r.IntN(2))), Seq: r.IntN(4), State: state([]string{"", "open", "closed"}[r.IntN(3)])}
		if n := r.IntN(4); n > 0 {
			docs[i].Due = noon.Add(time.Duration(n) * time.Hour)
		}
		if r.IntN(2) == 0 {
			docs[i].Code = numbered(i)
		}
	}
	r.Shuffle(n, func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	return docs
}

// expectation is a query and what the documents themselves say about it.
type expectation struct {
	name  string
	query storage.Query
	match func(task) bool
	order func(a, b task) int
}

func expectations() []expectation {
	byID := func(a, b task) int { return strings.Compare(a.ID, b.ID) }
	bySeq := func(a, b task) int {
		return cmp.Or(strings.Compare(a.Camp, b.Camp), cmp.Compare(a.Seq, b.Seq), byID(a, b))
	}
	byDue := func(a, b task) int {
		return cmp.Or(strings.Compare(a.Camp, b.Camp), a.Due.Compare(b.Due), strings.Compare(string(a.State), string(b.State)), byID(a, b))
	}
	byCode := func(a, b task) int { return cmp.Or(strings.Compare(a.Code, b.Code), byID(a, b)) }
	inA := func(d task) bool { return d.Camp == "a" }
	early, late := noon.Add(time.Hour), noon.Add(3*time.Hour)
	return []expectation{
		{"all by id", storage.By("id"), func(task) bool { return true }, byID},
		{"ids in a range", storage.By("id").Range("t01", "t02"), func(d task) bool { return d.ID >= "t01" && d.ID < "t02" }, byID},
		{"all of an index", storage.By("camp_seq"), func(task) bool { return true }, bySeq},
		{"equal", storage.By("camp_seq").Equal("a"), inA, bySeq},
		{"equal on all", storage.By("camp_seq").Equal("a", 2), func(d task) bool { return inA(d) && d.Seq == 2 }, bySeq},
		{"range", storage.By("camp_seq").Equal("a").Range(1, 3), func(d task) bool { return inA(d) && d.Seq >= 1 && d.Seq < 3 }, bySeq},
		{"range open below", storage.By("camp_seq").Equal("a").Range(nil, 2), func(d task) bool { return inA(d) && d.Seq < 2 }, bySeq},
		{"range open above", storage.By("camp_seq").Equal("a").Range(2, nil), func(d task) bool { return inA(d) && d.Seq >= 2 }, bySeq},
		{"in", storage.By("camp_seq").Equal("a").In(3, 0, 3, 9), func(d task) bool { return inA(d) && (d.Seq == 0 || d.Seq == 3) }, bySeq},
		{"in on the first field", storage.By("camp_seq").In("b", "a", "z"), func(task) bool { return true }, bySeq},
		{"in nothing", storage.By("camp_seq").In(), func(task) bool { return false }, bySeq},
		{"missing values in the middle", storage.By("camp_due_state").Equal("a"), inA, byDue},
		{"missing values in the middle, all camps", storage.By("camp_due_state"), func(task) bool { return true }, byDue},
		{"a range leaves out missing values", storage.By("camp_due_state").Equal("a").Range(nil, late),
			func(d task) bool { return inA(d) && !d.Due.IsZero() && d.Due.Before(late) }, byDue},
		{"a range with ties behind it", storage.By("camp_due_state").Equal("a").Range(early, late),
			func(d task) bool { return inA(d) && !d.Due.Before(early) && d.Due.Before(late) }, byDue},
		{"a set of instants", storage.By("camp_due_state").Equal("a").In(late, early),
			func(d task) bool { return inA(d) && (d.Due.Equal(early) || d.Due.Equal(late)) }, byDue},
		{"a text of its own type", storage.By("camp_due_state").Equal("a", early, state("open")),
			func(d task) bool { return inA(d) && d.Due.Equal(early) && d.State == "open" }, byDue},
		{"unique with missing values", storage.By("code"), func(task) bool { return true }, byCode},
	}
}

var queryTests = tests{
	"every query gives what the documents say, in order, page by page, both ways": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		docs := crowd(40)
		put(t, tasks, docs...)
		for _, e := range expectations() {
			want := []string{}
			slices.SortFunc(docs, e.order)
			for _, d := range docs {
				if e.match(d) {
					want = append(want, d.ID)
				}
			}
			for _, size := range []int{1, 3, 100} {
				if s.single && size == 1 {
					continue
				}
				if got := walk(t, tasks, e.query, size); !slices.Equal(got, want) {
					t.Errorf("%s by pages of %d:\n got %v\nwant %v", e.name, size, got, want)
				}
				got := walk(t, tasks, e.query.Descending(), size)
				slices.Reverse(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s descending by pages of %d, read backwards:\n got %v\nwant %v", e.name, size, got, want)
				}
			}
			n, err := tasks.Count(t.Context(), e.query)
			must(t, err)
			if int(n) != len(want) {
				t.Errorf("%s: counted %d, want %d", e.name, n, len(want))
			}
		}
	},
	"rows that arrive while someone pages are neither repeated nor do they hide others": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		var want []string
		for i := range 20 {
			put(t, tasks, task{Doc: doc(numbered(i * 10)), Camp: "c", Seq: i / 3})
			want = append(want, numbered(i*10))
		}
		for run, q := range []storage.Query{storage.By("camp_seq").Equal("c"), storage.By("camp_seq").Equal("c").Descending()} {
			var got []string
			page, turn := domain.Page{Limit: 3}, 0
			for {
				docs, next, err := tasks.Find(t.Context(), q, page)
				must(t, err)
				got = append(got, idsOf(docs)...)
				if next == "" {
					break
				}
				page.After = next
				turn++
				for i, seq := range []int{0, 3, 6} { // before, around and behind the reader
					put(t, tasks, task{Doc: doc(fmt.Sprintf("t%03d-%d-%d-%d", turn*20, run, turn, i)), Camp: "c", Seq: seq})
				}
			}
			old := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return len(id) > 4 })
			slices.Sort(old)
			same(t, old, want)
			slices.Sort(got)
			same(t, len(slices.Compact(slices.Clone(got))), len(got))
			for _, id := range got {
				if len(id) > 4 {
					must(t, tasks.Delete(t.Context(), id))
				}
			}
		}
	},
	"entries are what the index holds": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		const n = 1203 // over several pages
		for i := range n {
			put(t, tasks, task{Doc: doc(fmt.Sprintf("t%04d", i)), Camp: "c", Seq: i / 7})
		}
		put(t, tasks, task{Doc: doc("other"), Camp: "d"})
		i := 0
		for e, err := range tasks.Entries(t.Context(), storage.By("camp_seq").Equal("c")) {
			must(t, err)
			same(t, e, storage.Entry{ID: fmt.Sprintf("t%04d", i), Fields: map[string]any{"camp": "c", "seq": int64(i / 7)}})
			i++
		}
		same(t, i, n)
		for range tasks.Entries(t.Context(), storage.By("camp_seq")) {
			i++
			break
		}
		same(t, i, n+1)
		for _, err := range tasks.Entries(t.Context(), storage.By("nowhere")) {
			if err == nil {
				t.Error("an index that is none")
			}
		}
	},
	"each walks through everything and stops when told": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		for i := range domain.MaxPage + 5 {
			put(t, tasks, task{Doc: doc(numbered(i)), Camp: "c"})
		}
		n := 0
		for d, err := range tasks.Each(t.Context(), storage.By("camp_seq").Equal("c")) {
			must(t, err)
			same(t, d.ID, numbered(n))
			n++
		}
		same(t, n, domain.MaxPage+5)
		for range tasks.Each(t.Context(), storage.By("id")) {
			n++
			break
		}
		same(t, n, domain.MaxPage+6)
		for _, err := range tasks.Each(t.Context(), storage.By("nowhere")) {
			if err == nil {
				t.Fatal("walked without an index")
			}
		}
	},
	"first is the first or not found": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Camp: "c", Seq: 2}, task{Doc: doc("b"), Camp: "c", Seq: 1})
		first, err := tasks.First(t.Context(), storage.By("camp_seq").Equal("c"))
		must(t, err)
		same(t, first.ID, "b")
		_, err = tasks.First(t.Context(), storage.By("camp_seq").Equal("d"))
		refusedWith(t, err, domain.ErrNotFound)
	},
	"a query without a declared index is refused": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		for name, q := range map[string]storage.Query{
			"unknown index":        storage.By("state"),
			"too many values":      storage.By("camp_seq").Equal("a", 1, 2),
			"range beyond the end": storage.By("camp_seq").Equal("a", 1).Range(1, 2),
			"set beyond the end":   storage.By("camp_seq").Equal("a", 1).In(1),
			"set and range":        storage.By("camp_seq").Equal("a").In(1).Range(1, 2),
			"a text for a number":  storage.By("camp_seq").Equal("a", "1"),
			"a number for a text":  storage.By("camp_seq").Equal(1),
			"no value":             storage.By("camp_seq").Equal(nil),
			"no value in a set":    storage.By("camp_seq").In(nil),
			"what has no order":    storage.By("camp_seq").Equal(1.5),
			"too large a set":      storage.By("camp_seq").Equal("a").In(make([]any, storage.MaxIn+1)...),
		} {
			if _, _, err := tasks.Find(t.Context(), q, domain.Page{}); err == nil {
				t.Errorf("%s: found", name)
			}
			if _, err := tasks.Count(t.Context(), q); err == nil {
				t.Errorf("%s: counted", name)
			}
		}
	},
	"a cursor that this query cannot have given is refused": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		for i := range 6 {
			put(t, tasks, task{Doc: doc(numbered(i)), Camp: "c", Seq: i, Due: noon})
		}
		query := storage.By("camp_seq").Equal("c").Range(1, 5)
		_, next, err := tasks.Find(t.Context(), query, domain.Page{Limit: 1})
		must(t, err)
		_, foreign, err := tasks.Find(t.Context(), storage.By("due").Equal(noon), domain.Page{Limit: 1})
		must(t, err)
		pack := func(s string) domain.Cursor { return domain.Cursor(base64.RawURLEncoding.EncodeToString([]byte(s))) }
		for _, bad := range []domain.Cursor{
			"x", "!!!", next[:len(next)-2], next + "AAAA", foreign, pack(`{}`), pack(`[]`), pack(`["camp_seq"]`), pack(`["camp_seq",2]`),
			pack(`["camp_seq","2","t001"]`), pack(`["camp_seq",2.5,"t001"]`), pack(`["camp_seq",2,null]`), pack(`["camp_seq",2,3]`),
			pack(`["camp_seq",null,"t001"]`), pack(`["camp_seq",0,"t000"]`), pack(`["camp_seq",5,"t005"]`), pack(`["camp_seq",2,"t001","more"]`),
			domain.Cursor(strings.Repeat("A", 1<<20)),
		} {
			if _, _, err := tasks.Find(t.Context(), query, domain.Page{After: bad}); !isField(err, "after") {
				t.Errorf("cursor %.40q: %v", bad, err)
			}
		}
	},
}

func isField(err error, name string) bool {
	refusal, ok := err.(*domain.Error)
	return ok && len(refusal.Fields) == 1 && refusal.Fields[0].Name == name
}
