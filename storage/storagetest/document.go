package storagetest

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/storage"
)

type tests = map[string]func(*suite, *testing.T)

var documentTests = tests{
	"an inserted document is found by its id with revision 1": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Camp: "c", Seq: 3, Due: noon})
		same(t, get(t, tasks, "a"), task{Doc: domain.Doc{ID: "a", Rev: 1}, Camp: "c", Seq: 3, Due: noon})
		_, err := tasks.Get(t.Context(), "b")
		refusedWith(t, err, domain.ErrNotFound)
	},
	"an id is taken once": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("a"), Seq: 2}), domain.ErrExists)
		same(t, get(t, tasks, "a").Seq, 1)
		if err := tasks.Insert(t.Context(), task{}); err == nil {
			t.Fatal("a document without an id went in")
		}
	},
	"many are fetched at once and those that do not exist are left out": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		ids := []string{"nobody"}
		for i := range 2 + domain.MaxPage {
			put(t, tasks, task{Doc: doc(numbered(i)), Seq: i})
			ids = append(ids, numbered(i))
		}
		found, err := tasks.GetMany(t.Context(), ids)
		must(t, err)
		same(t, len(found), 2+domain.MaxPage)
		same(t, found[numbered(101)].Seq, 101)
		found, err = tasks.GetMany(t.Context(), nil)
		must(t, err)
		same(t, len(found), 0)
	},
	"an update is written with the next revision": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Camp: "c", Seq: 1})
		after, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Seq, d.Camp, d.Due = 2, "e", noon; return nil })
		must(t, err)
		want := task{Doc: domain.Doc{ID: "a", Rev: 2}, Camp: "e", Seq: 2, Due: noon}
		same(t, after, want)
		same(t, get(t, tasks, "a"), want)
		same(t, walk(t, tasks, storage.By("camp_seq").Equal("e", 2), 5), []string{"a"})
		same(t, walk(t, tasks, storage.By("camp_seq").Equal("c"), 5), []string{})
		_, err = tasks.Update(t.Context(), "b", func(*task) error { return nil })
		refusedWith(t, err, domain.ErrNotFound)
	},
	"a refused change writes nothing and its error comes back as it is": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		no := errors.New("no")
		after, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Seq = 2; return no })
		if err != no {
			t.Fatalf("got %v", err)
		}
		same(t, after, task{})
		same(t, get(t, tasks, "a"), task{Doc: domain.Doc{ID: "a", Rev: 1}, Seq: 1})
	},
	"a change that finds its work done writes nothing and is no error": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		after, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Seq = 2; return domain.ErrSame })
		must(t, err)
		want := task{Doc: domain.Doc{ID: "a", Rev: 1}, Seq: 1}
		same(t, after, want)
		same(t, get(t, tasks, "a"), want)
	},
	"a change cannot move a document to another id": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a")})
		if _, err := tasks.Update(t.Context(), "a", func(d *task) error { d.ID = "b"; return nil }); err == nil {
			t.Fatal("it moved")
		}
		same(t, walk(t, tasks, storage.By("id"), 5), []string{"a"})
	},
	"a panic in a change goes on in its caller and hurts nobody else": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			tasks.Update(t.Context(), "a", func(d *task) error { d.Seq = 2; panic("boom") })
		}()
		after, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Seq += 10; return nil })
		must(t, err)
		same(t, after, task{Doc: domain.Doc{ID: "a", Rev: 2}, Seq: 11})
	},
	"a stale writer loses": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		stale, err := db.Engine.Get(t.Context(), "tasks", "a")
		must(t, err)
		_, err = tasks.Update(t.Context(), "a", func(d *task) error { d.Seq = 2; return nil })
		must(t, err)
		stale.Rev++
		err = db.Engine.Update(t.Context(), "tasks", "a", func(storage.Record) (storage.Record, error) { return stale, nil })
		refusedWith(t, err, domain.ErrConflict)
		same(t, get(t, tasks, "a"), task{Doc: domain.Doc{ID: "a", Rev: 2}, Seq: 2})
	},
	"a deleted document is gone, and deleting it again is no error": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Camp: "c"})
		must(t, tasks.Delete(t.Context(), "a"))
		must(t, tasks.Delete(t.Context(), "a"))
		_, err := tasks.Get(t.Context(), "a")
		refusedWith(t, err, domain.ErrNotFound)
		same(t, walk(t, tasks, storage.By("camp_seq").Equal("c"), 5), []string{})
		put(t, tasks, task{Doc: doc("a"), Camp: "c"})
	},
	"every value comes back as it went in": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		for i, total := range []int64{math.MaxInt64, math.MinInt64, 1<<53 + 1, -1, 0} {
			want := task{Doc: domain.Doc{ID: numbered(i), Rev: 1}, Total: total, Text: "打卡 🎵 \"'\\\u2028<&>\n\t\x00 end", Extra: map[string]any{
				"nothing": nil, "yes": true, "no": false, "half": 0.5, "tiny": 1e-300, "huge": 1e300, "text": "", "$set": "x", "a.b": "x",
				"": "empty key", "100%": "x", "list": []any{1.5, "a", nil, map[string]any{"deep": []any{"x", map[string]any{}}}, ""},
				"$date": map[string]any{"$numberLong": "5"}, "day": "2026-05-04T00:00:00Z", "钥匙": map[string]any{"z": "1", "a": "2"},
			}}
			if !s.flat {
				want.Extra["lists"] = []any{[]any{}, []any{[]any{1.0}, nil}}
			}
			put(t, tasks, want)
			same(t, get(t, tasks, want.ID), want)
			_, err := tasks.Update(t.Context(), want.ID, func(*task) error { return nil })
			must(t, err)
			want.Rev = 2
			same(t, get(t, tasks, want.ID), want)
		}
	},
	"reopening keeps everything": func(s *suite, t *testing.T) {
		db := storage.NewDB(s.open(t))
		tasks := tasksIn(t, db)
		put(t, tasks, task{Doc: doc("a"), Camp: "c", Code: "x", Seq: 1})
		want, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Seq = 2; d.Emit("task:moved", noon, nil); return nil })
		must(t, err)
		_, err = db.Add(t.Context(), "seats", "op", 0, 3, 5)
		must(t, err)
		must(t, db.Close())

		db, tasks = s.tasks(t)
		same(t, get(t, tasks, "a"), want)
		same(t, walk(t, tasks, storage.By("camp_seq").Equal("c", 2), 5), []string{"a"})
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("b"), Code: "x"}), domain.ErrExists)
		value, err := db.Add(t.Context(), "seats", "op", 0, 3, 5)
		must(t, err)
		same(t, value, int64(3))
	},
	"a closed engine refuses and does not hang": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		must(t, db.Close())
		if err := tasks.Insert(t.Context(), task{Doc: doc("a")}); err == nil {
			t.Fatal("it wrote")
		}
		if _, err := tasks.Get(t.Context(), "a"); err == nil || errors.Is(err, domain.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	},
	"a context that is done writes nothing": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		refusedWith(t, tasks.Insert(done(), task{Doc: doc("b")}), context.Canceled)
		_, err := tasks.Update(done(), "a", func(d *task) error { d.Seq = 2; return nil })
		refusedWith(t, err, context.Canceled)
		refusedWith(t, tasks.Delete(done(), "a"), context.Canceled)
		_, err = db.Add(done(), "seats", "op", 0, 1, 9)
		refusedWith(t, err, context.Canceled)
		_, err = tasks.Get(done(), "a")
		refusedWith(t, err, context.Canceled)
		_, _, err = tasks.Find(done(), storage.By("camp_seq"), domain.Page{})
		refusedWith(t, err, context.Canceled)
		same(t, walk(t, tasks, storage.By("id"), 5), []string{"a"})
		same(t, get(t, tasks, "a").Seq, 1)
		value, err := db.Value(t.Context(), "seats")
		must(t, err)
		same(t, value, int64(0))
	},
	"a context that ends while its change runs still learns the true outcome": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Seq: 1})
		ctx, cancel := context.WithCancel(t.Context())
		_, err := tasks.Update(ctx, "a", func(d *task) error { cancel(); d.Seq = 2; return nil })
		if written := get(t, tasks, "a").Seq == 2; written != (err == nil) {
			t.Fatalf("written: %v, told: %v", written, err)
		}
	},
}

var limitTests = tests{
	"big documents are kept, bigger ones refused": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		big := strings.Repeat("营地", 5<<20/6)
		put(t, tasks, task{Doc: doc("a"), Text: big})
		if get(t, tasks, "a").Text != big {
			t.Fatal("the text changed")
		}
		tooBig := strings.Repeat("x", storage.MaxBody)
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("b"), Text: tooBig}), domain.ErrTooLarge)
		_, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Text = tooBig; return nil })
		refusedWith(t, err, domain.ErrTooLarge)
		same(t, get(t, tasks, "a").Rev, int64(1))
	},
	"ids and indexed texts are bounded": func(s *suite, t *testing.T) {
		_, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc(strings.Repeat("i", storage.MaxID)), Camp: strings.Repeat("<", storage.MaxText)})
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc(strings.Repeat("i", storage.MaxID+1))}), domain.ErrTooLarge)
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("a"), Camp: strings.Repeat("c", storage.MaxText+1)}), domain.ErrTooLarge)
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("a"), Camp: "\xff"}), domain.ErrInvalid)
		refusedWith(t, tasks.Insert(t.Context(), task{Doc: doc("a"), Camp: "a\x00b"}), domain.ErrInvalid)
	},
}
