package storagetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/storage"
)

func pending(t testing.TB, db *storage.DB, before time.Time) []string {
	t.Helper()
	ids := []string{}
	must(t, db.Pending(t.Context(), before, func(p domain.Posted) error {
		ids = append(ids, p.Event.ID)
		return nil
	}))
	return ids
}

var farOff = noon.AddDate(1, 0, 0)

var outboxTests = tests{
	"an event gets its id with the write, and is told of once it is durable": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		var told []domain.Posted
		db.OnWrite(func(p domain.Posted) {
			stored, err := tasks.Get(context.Background(), p.ID)
			if err != nil || !slices.ContainsFunc(stored.Outbox, func(e domain.Event) bool { return e.ID == p.Event.ID }) {
				t.Errorf("told of %s before it was durable: %v", p.Event.ID, err)
			}
			told = append(told, p)
		})
		first := task{Doc: doc("a")}
		first.Emit("task:made", noon, map[string]string{"camp": "c"})
		put(t, tasks, first)
		same(t, first.Outbox[0].ID, "") // the caller's document is not written to
		_, err := tasks.Update(t.Context(), "a", func(d *task) error {
			d.Emit("task:moved", noon, nil)
			d.Emit("task:moved", noon, nil)
			return nil
		})
		must(t, err)
		ids := []string{}
		for _, p := range told {
			same(t, p.Collection, "tasks")
			same(t, p.ID, "a")
			ids = append(ids, p.Event.ID)
		}
		same(t, ids, []string{"tasks:a:1:0", "tasks:a:2:1", "tasks:a:2:2"})
		same(t, string(told[0].Event.Data), `{"camp":"c"}`)
		same(t, pending(t, db, farOff), ids)
	},
	"a write that fails tells of nothing": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		put(t, tasks, task{Doc: doc("a"), Code: "x"}, task{Doc: doc("b")})
		db.OnWrite(func(p domain.Posted) { t.Errorf("told of %s", p.Event.ID) })
		twin := task{Doc: doc("a")}
		twin.Emit("task:made", noon, nil)
		refusedWith(t, tasks.Insert(t.Context(), twin), domain.ErrExists)
		for _, refusal := range []error{domain.ErrSame, domain.ErrForbidden, nil} {
			tasks.Update(t.Context(), "b", func(d *task) error {
				d.Code = "x" // taken
				d.Emit("task:moved", noon, nil)
				return refusal
			})
		}
		same(t, pending(t, db, farOff), []string{})
	},
	"an event stays until every consumer has acknowledged it": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		var told []domain.Posted
		db.OnWrite(func(p domain.Posted) { told = append(told, p) })
		made := task{Doc: doc("a")}
		made.Emit("task:made", noon, nil)
		made.Emit("task:shown", noon, nil)
		put(t, tasks, made)
		both := []string{"cards", "numbers"}
		ack := func(p domain.Posted, consumer string) {
			t.Helper()
			must(t, db.Ack(t.Context(), p, consumer, both))
		}
		ack(told[0], "cards")
		ack(told[0], "cards")
		same(t, get(t, tasks, "a").Rev, int64(2))
		same(t, get(t, tasks, "a").Outbox[0].Done, []string{"cards"})
		same(t, len(pending(t, db, farOff)), 2)
		ack(told[0], "numbers")
		same(t, pending(t, db, farOff), []string{told[1].Event.ID})
		ack(told[1], "numbers")
		ack(told[1], "cards")
		same(t, pending(t, db, farOff), []string{})
		same(t, len(get(t, tasks, "a").Outbox), 0)
		ack(told[1], "cards")
		same(t, len(told), 2) // an acknowledgement is no event

		_, err := tasks.Update(t.Context(), "a", func(d *task) error { d.Emit("task:made", noon, nil); return nil })
		must(t, err)
		if told[2].Event.ID == told[0].Event.ID || told[2].Event.ID == told[1].Event.ID {
			t.Fatalf("the id %s was given twice", told[2].Event.ID)
		}
		must(t, db.Ack(t.Context(), told[2], "", nil))
		same(t, pending(t, db, farOff), []string{})
	},
	"acknowledging what is gone is no error": func(s *suite, t *testing.T) {
		db, _ := s.tasks(t)
		must(t, db.Ack(t.Context(), domain.Posted{Collection: "tasks", ID: "a", Event: domain.Event{ID: "e"}}, "cards", nil))
		if err := db.Ack(t.Context(), domain.Posted{Collection: "nowhere"}, "cards", nil); err == nil {
			t.Fatal("an unknown collection was accepted")
		}
	},
	"pending tells the oldest first, by the instant asked, in every collection": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		notes, err := storage.NewCollection(t.Context(), db, "notes", storage.Keys[task]{})
		must(t, err)
		emitting := func(id string, at ...time.Time) task {
			made := task{Doc: doc(id)}
			for _, at := range at {
				made.Emit("task:made", at, nil)
			}
			return made
		}
		put(t, tasks, emitting("b", noon.Add(time.Minute)), emitting("c", noon, noon.Add(time.Hour)), emitting("a", noon.Add(2*time.Minute)), task{Doc: doc("d")})
		put(t, notes, emitting("n", time.Time{}))
		same(t, pending(t, db, noon), []string{"notes:n:1:0"})
		same(t, pending(t, db, noon.Add(90*time.Second)), []string{"notes:n:1:0", "tasks:c:1:0", "tasks:b:1:0"})
		same(t, len(pending(t, db, farOff)), 5)
		n, err := tasks.Count(t.Context(), storage.By("outbox"))
		must(t, err)
		same(t, n, int64(3))
		stop := errors.New("stop")
		refusedWith(t, db.Pending(t.Context(), farOff, func(domain.Posted) error { return stop }), stop)
	},
	"a document that is inserted anew does not bring old events along": func(s *suite, t *testing.T) {
		db, tasks := s.tasks(t)
		made := task{Doc: doc("a")}
		made.Emit("task:made", noon, nil)
		put(t, tasks, made)
		copied := get(t, tasks, "a")
		copied.ID = "b"
		put(t, tasks, copied)
		same(t, pending(t, db, farOff), []string{"tasks:a:1:0", "tasks:b:1:0"})
	},
}
