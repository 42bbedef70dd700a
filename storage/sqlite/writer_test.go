package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/storage"
)

var lots = storage.Schema{
	Name:    "lots",
	Fields:  []storage.FieldType{{Name: "camp"}, {Name: "seq", Type: storage.Int}, {Name: "code"}},
	Indexes: []storage.Index{{Name: "camp_seq", Fields: []string{"camp", "seq"}}, {Name: "code", Fields: []string{"code"}, Unique: true}},
}

func fresh(t testing.TB) *Engine {
	t.Helper()
	e, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if err := e.Ensure(t.Context(), lots, nil); err != nil {
		t.Fatal(err)
	}
	return e
}

func record(id string) storage.Record { return storage.Record{ID: id, Rev: 1, Body: []byte("{}")} }

// hold keeps the writer busy inside a transaction until the returned function is called.
func hold(t testing.TB, e *Engine) (release func()) {
	t.Helper()
	held, let := make(chan struct{}), make(chan struct{})
	go e.writer.do(context.Background(), func(*writer) error { close(held); <-let; return nil })
	<-held
	return sync.OnceFunc(func() { close(let) })
}

// waiting returns once n writes wait for the writer.
func waiting(t testing.TB, e *Engine, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); len(e.writer.queue) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d writes wait, want %d", len(e.writer.queue), n)
		}
	}
}

func TestWaitingWritesShareATransactionAndFailAlone(t *testing.T) {
	t.Parallel()
	e := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	release := hold(t, e)
	defer release()
	outcome := make([]error, 6)
	var panicked any
	var wg sync.WaitGroup
	for i, write := range []func() error{
		func() error { return e.Insert(t.Context(), "lots", record("a")) },
		func() error { return e.Insert(t.Context(), "lots", record("a")) },
		func() error {
			return e.Update(t.Context(), "lots", "a", func(r storage.Record) (storage.Record, error) {
				if _, err := e.Get(t.Context(), "lots", "a"); !errors.Is(err, domain.ErrNotFound) {
					t.Errorf("the insert before was committed on its own: %v", err)
				}
				r.Rev, r.Body = 2, []byte(`{"n":1}`)
				return r, nil
			})
		},
		func() (err error) {
			defer func() { panicked = recover() }()
			return e.Update(t.Context(), "lots", "a", func(storage.Record) (storage.Record, error) { panic("boom") })
		},
		func() error { return e.Insert(ctx, "lots", record("late")) },
		func() error { return e.Insert(t.Context(), "lots", record("b")) },
	} {
		wg.Go(func() { outcome[i] = write() })
		waiting(t, e, i+1)
	}
	cancel()
	release()
	wg.Wait()
	for i, want := range []error{nil, domain.ErrExists, nil, nil, context.Canceled, nil} {
		if !errors.Is(outcome[i], want) {
			t.Errorf("write %d: %v, want %v", i, outcome[i], want)
		}
	}
	if p, ok := panicked.(*Panic); !ok || p.Value != "boom" || !strings.Contains(p.Error(), "writer_test.go") {
		t.Errorf("the panic came back as %v", panicked)
	}
	records, err := e.GetMany(t.Context(), "lots", []string{"a", "b", "late"})
	if err != nil || len(records) != 2 || string(records[0].Body)+string(records[1].Body) != `{"n":1}{}` {
		t.Errorf("stored: %v %v", records, err)
	}
}

func TestOfAWriteThatIsRefusedAmongOthersNothingIsLeft(t *testing.T) {
	t.Parallel()
	e := fresh(t)
	lot := func(id, code string, rev, seq int64) storage.Record {
		return storage.Record{ID: id, Rev: rev, Body: []byte(fmt.Sprintf(`{"seq":%d}`, seq)), Fields: map[string]any{"camp": "c", "seq": seq, "code": code}}
	}
	become := func(next storage.Record) func() error {
		return func() error {
			return e.Update(t.Context(), "lots", next.ID, func(storage.Record) (storage.Record, error) { return next, nil })
		}
	}
	release := hold(t, e)
	defer release()
	outcome := make([]error, 6)
	var wg sync.WaitGroup
	for i, write := range []func() error{
		func() error { return e.Insert(t.Context(), "lots", lot("a", "x", 1, 1)) },
		func() error { return e.Insert(t.Context(), "lots", lot("b", "y", 1, 2)) },
		func() error { return e.Insert(t.Context(), "lots", lot("c", "x", 1, 3)) },
		become(lot("b", "x", 2, 9)),
		become(lot("a", "z", 2, 5)),
		become(lot("b", "x", 2, 4)), // the code is free now
	} {
		wg.Go(func() { outcome[i] = write() })
		waiting(t, e, i+1)
	}
	release()
	wg.Wait()
	for i, want := range []error{nil, nil, domain.ErrExists, domain.ErrExists, nil, nil} {
		if !errors.Is(outcome[i], want) {
			t.Errorf("write %d: %v, want %v", i, outcome[i], want)
		}
	}
	found, err := e.Find(t.Context(), "lots", storage.Plan{Index: lots.Indexes[0], Equal: []any{"c"}, Limit: 9})
	got := ""
	for _, r := range found {
		got += fmt.Sprint(r.ID, r.Rev, r.Fields["seq"], " ")
	}
	if err != nil || got != "b2 4 a2 5 " {
		t.Errorf("stored: %s %v", got, err)
	}
	var sound string
	if err := e.read.QueryRow("PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("the file is %s %v", sound, err)
	}
}

func TestAFullDiskRefusesTheWholeBatchAndHealsWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	e := fresh(t)
	if err := e.Insert(t.Context(), "lots", record("before")); err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		if err := e.writer.do(t.Context(), func(w *writer) error {
			var now int
			_, err := w.row(fmt.Sprintf("PRAGMA max_page_count = %d", pages), nil, &now)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // as many pages as there are
	release := hold(t, e)
	defer release()
	big := record("big")
	big.Body = []byte(`"` + strings.Repeat("x", 1<<20) + `"`)
	outcome := make([]error, 3)
	var wg sync.WaitGroup
	for i, r := range []storage.Record{record("small"), big, record("other")} {
		wg.Go(func() { outcome[i] = e.Insert(t.Context(), "lots", r) })
		waiting(t, e, i+1)
	}
	release()
	wg.Wait()
	for i, err := range outcome[:2] {
		if !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if _, err := e.Get(t.Context(), "lots", "small"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("a refused write is there: %v", err)
	}
	if _, err := e.Get(t.Context(), "lots", "before"); err != nil {
		t.Errorf("an earlier write is gone: %v", err)
	}
	limit(1 << 30)
	if err := e.Insert(t.Context(), "lots", big); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestCloseFinishesWhatWasAccepted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	e, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Ensure(t.Context(), lots, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Count(t.Context(), "lots", storage.Plan{Index: storage.IDIndex}); err != nil { // a reader, too
		t.Fatal(err)
	}
	release := hold(t, e)
	outcome := make([]error, 20)
	var wg sync.WaitGroup
	for i := range outcome {
		wg.Go(func() { outcome[i] = e.Insert(context.Background(), "lots", record(fmt.Sprint(i))) })
	}
	waiting(t, e, len(outcome))
	closed := make(chan error)
	go func() { closed <- e.Close() }()
	release()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if err := errors.Join(outcome...); err != nil {
		t.Errorf("accepted and not written: %v", err)
	}
	if err := e.Insert(t.Context(), "lots", record("late")); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("after closing: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the log is not folded into the file: %v", err)
	}
	again, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Ensure(t.Context(), lots, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := again.Count(t.Context(), "lots", storage.Plan{Index: storage.IDIndex}); err != nil || n != 20 {
		t.Errorf("%d are there: %v", n, err)
	}
}

func TestASecondEngineOnTheFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "odd #name?%41.db")
	first, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "another process has it open") {
		t.Errorf("got %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
}

func TestAFileOfANewerFormatIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	e, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.writer.do(t.Context(), func(w *writer) error { return w.exec("PRAGMA user_version = 2") }); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("got %v", err)
	}
}

func TestQueriesAreServedByTheirIndexAlone(t *testing.T) {
	t.Parallel()
	e := fresh(t)
	camp := e.tables["lots"].Indexes[0]
	for name, p := range map[string]storage.Plan{
		"all":         {Index: camp},
		"by id":       {Index: storage.IDIndex, After: []any{"x"}},
		"equal":       {Index: camp, Equal: []any{"a"}, Desc: true},
		"set":         {Index: camp, In: []any{"a", "b"}},
		"range":       {Index: camp, Equal: []any{"a"}, From: int64(1), Before: int64(5), Desc: true},
		"after":       {Index: camp, Equal: []any{"a"}, After: []any{int64(3), "x"}, Desc: true},
		"after a gap": {Index: camp, After: []any{"a", nil, "x"}},
		"outbox":      {Index: storage.OutboxIndex, Before: int64(5), After: []any{int64(3), "x"}},
	} {
		for _, s := range stretches(p) {
			where, args := e.tables["lots"].where(p, s)
			rows, err := e.read.Query("EXPLAIN QUERY PLAN SELECT body"+where+e.tables["lots"].order(p, len(s.Fixed)), args...)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			for rows.Next() {
				var id, parent, unused int
				var step string
				if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
					t.Fatal(err)
				}
				bounded := len(s.Fixed)+len(s.Bounds) > 0
				if strings.Contains(step, "TEMP B-TREE") || bounded && !strings.HasPrefix(step, "SEARCH") {
					t.Errorf("%s%s: %s", name, where, step)
				}
			}
			if err := rows.Err(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			rows.Close()
		}
	}
}
