package storagetest

import (
	"testing"

	"yingdi/domain"
	"yingdi/storage"
)

var uniqueTests = tests{
	"a unique value is taken once": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Code: "x"})
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("b"), Code: "x", Camp: "other"}), domain.ErrExists)
		same(t, walk(t, tasks, storage.By("id"), 5), []string{"a"})
	},
	"documents without a value never collide": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Camp: "c"}, task{Doc: doc("b"), Camp: "c"}, task{Doc: doc("d"), Camp: "c", Code: "x"})
		same(t, walk(t, tasks, storage.By("code"), 2), []string{"a", "b", "d"})
		same(t, walk(t, tasks, storage.By("camp_code").Equal("c").Descending(), 1), []string{"d", "b", "a"})
	},
	"an update cannot take what another holds": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Code: "x"}, task{Doc: doc("b"), Code: "y"})
		_, err := tasks.Update(t.Context(), "b", func(d *task) error { d.Code = "x"; return nil })
		refusedWith(t, err, s.duplicate())
		same(t, get(t, tasks, "b"), task{Doc: domain.Doc{ID: "b", Rev: 1}, Code: "y"})
	},
	"a value that was given up can be taken": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Code: "x"}, task{Doc: doc("b"), Code: "y"})
		_, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Code = ""; return nil })
		must(t, err)
		must(t, tasks.Delete(t.Context(), "b"))
		put(t, tasks, task{Doc: doc("d"), Code: "x"}, task{Doc: doc("e"), Code: "y"})
		found, err := tasks.First(t.Context(), storage.By("code").Equal("x"))
		must(t, err)
		same(t, found.ID, "d")
	},
	"a key that has no value in the zero document may hold numbers": func(s *suite, t *testing.T) {
		db := storage.NewDB(s.open(t))
		t.Cleanup(func() { db.Close() })
		number := func(d *task) any {
			if d.Seq == 0 {
				return nil
			}
			return d.Seq
		}
		places, err := storage.NewCollection(t.Context(), db, "places", storage.Keys[task]{"number": number},
			storage.Index{Name: "number", Fields: []string{"number"}, Unique: true})
		must(t, err)
		put(t, places, task{Doc: doc("d"), Seq: 10}, task{Doc: doc("c"), Seq: 5}, task{Doc: doc("b")}, task{Doc: doc("a")})
		refusedWith(t, places.Insert(t.Context(), task{Doc: doc("e"), Seq: 10}), domain.ErrExists)
		same(t, walk(t, places, storage.By("number"), 1), []string{"a", "b", "c", "d"})
		same(t, walk(t, places, storage.By("number").Descending(), 1), []string{"d", "c", "b", "a"})
		same(t, walk(t, places, storage.By("number").Equal(5), 1), []string{"c"})
	},
}
