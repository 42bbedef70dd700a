package storagetest

import (
	"testing"

	"yingdi/domain"
	"yingdi/storage"
)

func (s *suite) plainTasks(t *testing.T, indexes ...storage.Index) (*storage.DB, *storage.Collection[task], error) {
	db := storage.NewDB(s.open(t))
	tasks, err := storage.NewCollection(t.Context(), db, "tasks", taskKeys, indexes...)
	return db, tasks, err
}

var upgradeTests = tests{
	"a new index finds the documents that were there before it": func(s *suite, t *testing.T) {
		db, tasks, err := s.plainTasks(t, storage.Index{Name: "camp", Fields: []string{"camp"}})
		must(t, err)
		put(t, tasks, task{Doc: doc("a"), Camp: "c", Seq: 2, Code: "x"}, task{Doc: doc("b"), Camp: "c", Seq: 1, Code: "y"}, task{Doc: doc("d"), Camp: "c"})
		must(t, db.Close())

		_, tasks = s.tasks(t)
		same(t, walk(t, tasks, storage.By("camp_seq").Equal("c"), 1), []string{"d", "b", "a"})
		same(t, walk(t, tasks, storage.By("code").Equal("y"), 5), []string{"b"})
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("e"), Code: "x"}), domain.ErrExists)
		same(t, get(t, tasks, "a").Rev, int64(1))
	},
	"a unique index over documents that collide is refused, and the store stays as it was": func(s *suite, t *testing.T) {
		unique := storage.Index{Name: "seq", Fields: []string{"seq"}, Unique: true}
		db, tasks, err := s.plainTasks(t)
		must(t, err)
		put(t, tasks, task{Doc: doc("a"), Seq: 1}, task{Doc: doc("b"), Seq: 1})
		must(t, db.Close())
		db, _, err = s.plainTasks(t, unique)
		refusedWith(t, err, s.duplicate())
		must(t, db.Close())
		db, tasks, err = s.plainTasks(t)
		must(t, err)
		same(t, walk(t, tasks, storage.By("id"), 5), []string{"a", "b"})
		must(t, tasks.Delete(t.Context(), "b"))
		must(t, db.Close())
		db, tasks, err = s.plainTasks(t, unique)
		must(t, err)
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("b"), Seq: 1}), domain.ErrExists)
		must(t, db.Close())
	},
	"an index that is no longer unique no longer refuses": func(s *suite, t *testing.T) {
		db, tasks, err := s.plainTasks(t, storage.Index{Name: "code", Fields: []string{"code"}, Unique: true})
		must(t, err)
		put(t, tasks, task{Doc: doc("a"), Code: "x"})
		must(t, db.Close())
		db, tasks, err = s.plainTasks(t, storage.Index{Name: "code", Fields: []string{"code"}})
		must(t, err)
		put(t, tasks, task{Doc: doc("b"), Code: "x"})
		same(t, walk(t, tasks, storage.By("code").Equal("x"), 1), []string{"a", "b"})
		must(t, db.Close())
	},
	"a field that left the indexes and came back is right again": func(s *suite, t *testing.T) {
		seq := storage.Index{Name: "seq", Fields: []string{"seq"}}
		db, tasks, err := s.plainTasks(t, seq)
		must(t, err)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		must(t, db.Close())
		db, tasks, err = s.plainTasks(t)
		must(t, err)
		_, err = tasks.Update(t.Context(), "a", func(d *task) error { d.Seq = 7; return nil })
		must(t, err)
		put(t, tasks, task{Doc: doc("b"), Seq: 3})
		must(t, db.Close())
		db, tasks, err = s.plainTasks(t, seq)
		must(t, err)
		same(t, walk(t, tasks, storage.By("seq"), 1), []string{"b", "a"})
		must(t, db.Close())
	},
	"a bad declaration is refused": func(s *suite, t *testing.T) {
		db, _ := s.tasks(t)
		declare := func(name string, indexes ...storage.Index) error {
			keys := storage.Keys[task]{"camp": taskKeys["camp"], "half": func(*task) any { return 0.5 }}
			_, err := storage.NewCollection(t.Context(), db, name, keys, indexes...)
			return err
		}
		camp := []string{"camp"}
		for what, err := range map[string]error{
			"a second time":    declare("tasks"),
			"a bad name":       declare("my tasks"),
			"an unknown key":   declare("a", storage.Index{Name: "x", Fields: []string{"nowhere"}}),
			"a float":          declare("b", storage.Index{Name: "x", Fields: []string{"half"}}),
			"a reserved index": declare("c", storage.Index{Name: "outbox", Fields: camp}),
			"no field":         declare("d", storage.Index{Name: "x"}),
			"an index twice":   declare("e", storage.Index{Name: "x", Fields: camp}, storage.Index{Name: "x", Fields: camp}),
			"a bad index name": declare("f", storage.Index{Name: "x y", Fields: camp}),
		} {
			if err == nil {
				t.Errorf("%s was accepted", what)
			}
		}
	},
}
