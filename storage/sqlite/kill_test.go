package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"yingdi/domain"
	"yingdi/storage"
)

// killEnv makes the test below the process that is killed: it holds the path of the file to write to.
const killEnv = "YINGDI_TEST_KILL_FILE"

func TestOfABatchThatAKillCutsInTwoNothingIsLeft(t *testing.T) {
	t.Parallel()
	if path := os.Getenv(killEnv); path != "" {
		dieWithinABatch(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "a.db")
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), killEnv+"="+path)
	if out, err := child.CombinedOutput(); child.ProcessState.Exited() {
		t.Fatalf("the writing process ended by itself: %v\n%s", err, out)
	}
	e, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.Ensure(t.Context(), lots, nil); err != nil {
		t.Fatal(err)
	}
	found, err := e.Find(t.Context(), "lots", storage.Plan{Index: lots.Indexes[0], Equal: []any{"c"}, Limit: 9})
	got := []string{}
	for _, r := range found {
		got = append(got, fmt.Sprintf("%s %d %s", r.ID, r.Rev, r.Body))
	}
	if err != nil || !slices.Equal(got, []string{"a 1 {}", "b 1 {}"}) {
		t.Errorf("there are %v, %v", got, err)
	}
}

// dieWithinABatch commits two lots, then kills itself between the writes of a batch that the writer takes together: an
// insert, a change and a removal are done in it, another insert waits.
func dieWithinABatch(t *testing.T, path string) {
	ctx := context.Background()
	e, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	lot := func(id string, rev, seq int64, body string) storage.Record {
		return storage.Record{ID: id, Rev: rev, Body: []byte(body), Fields: map[string]any{"camp": "c", "seq": seq, "code": id}}
	}
	if err := errors.Join(e.Ensure(ctx, lots, nil), e.Insert(ctx, "lots", lot("a", 1, 1, "{}")), e.Insert(ctx, "lots", lot("b", 1, 2, "{}"))); err != nil {
		t.Fatal(err)
	}
	release := hold(t, e)
	var wg sync.WaitGroup
	for i, write := range []func() error{
		func() error { return e.Insert(ctx, "lots", lot("new", 1, 3, "{}")) },
		func() error {
			return e.Update(ctx, "lots", "a", func(storage.Record) (storage.Record, error) { return lot("a", 2, 9, `{"n":1}`), nil })
		},
		func() error { return e.Delete(ctx, "lots", "b") },
		func() error {
			return e.Update(ctx, "lots", "a", func(old storage.Record) (storage.Record, error) {
				if old.Rev != 2 {
					return old, domain.ErrConflict // the change before is not in this batch
				}
				me, err := os.FindProcess(os.Getpid())
				if err != nil {
					return old, err
				}
				_ = me.Kill()
				select {}
			})
		},
		func() error { return e.Insert(ctx, "lots", lot("late", 1, 4, "{}")) },
	} {
		wg.Go(func() { _ = write() })
		waiting(t, e, i+1)
	}
	release()
	wg.Wait()
}
