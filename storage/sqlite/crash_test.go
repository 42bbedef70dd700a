package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/storage"
	"yingdi/storage/sqlite"
)

// crashEnv makes this test binary the process that is killed: it holds the path of the file to write to.
const crashEnv = "YINGDI_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// entry is written with Left == Right and its index on Left; anything else is half a write.
type entry struct {
	domain.Doc
	Left  int    `json:"left"`
	Pad   string `json:"pad"`
	Right int    `json:"right"`
}

func entries(ctx context.Context, e storage.Engine) (*storage.Collection[entry], error) {
	return storage.NewCollection(ctx, storage.NewDB(e), "entries", storage.Keys[entry]{"left": func(d *entry) any { return d.Left }},
		storage.Index{Name: "left", Fields: []string{"left"}})
}

// writeUntilKilled inserts and updates from several goroutines and prints "id revision" for each write that was
// acknowledged.
func writeUntilKilled(path string) error {
	ctx := context.Background()
	e, err := sqlite.Open(ctx, path)
	if err != nil {
		return err
	}
	all, err := entries(ctx, e)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), g, i)
				if err := all.Insert(ctx, entry{Doc: domain.Doc{ID: id}, Pad: strings.Repeat("x", 3000)}); err != nil {
					failed <- err
				}
				fmt.Printf("%s 1\n", id)
				if _, err := all.Update(ctx, id, func(d *entry) error { d.Left, d.Right = i+1, i+1; return nil }); err != nil {
					failed <- err
				}
				fmt.Printf("%s 2\n", id)
			}
		}()
	}
	return <-failed
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crash.db")
	acknowledged := map[string]int64{}
	for range 5 {
		killAfter(t, path, 1+rand.IntN(600), acknowledged)
		check(t, path, acknowledged)
	}
}

// killAfter starts the writing process, kills it once it has acknowledged so many writes, and notes all it managed to.
func killAfter(t *testing.T, path string, writes int, acknowledged map[string]int64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	n := 0
	for lines.Scan() {
		id, rev, ok := strings.Cut(lines.Text(), " ")
		if revision, err := strconv.ParseInt(rev, 10, 64); ok && err == nil { // the last line may be cut short
			acknowledged[id] = revision
			n++
		}
		if n == writes {
			child.Process.Kill()
		}
	}
	child.Wait()
	if n < writes {
		t.Fatalf("the writing process ended by itself after %d writes", n)
	}
}

func check(t *testing.T, path string, acknowledged map[string]int64) {
	t.Helper()
	e := open(t, path)
	defer e.Close()
	all, err := entries(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int64{}
	for d, err := range all.Each(t.Context(), storage.By("left")) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Left != d.Right || (d.Rev == 1) != (d.Left == 0) || len(d.Pad) != 3000 {
			t.Errorf("%s is half written: revision %d, %d and %d", d.ID, d.Rev, d.Left, d.Right)
		}
		found[d.ID] = d.Rev
	}
	for id, rev := range acknowledged {
		if found[id] < rev {
			t.Errorf("%s was acknowledged with revision %d and is there with %d", id, rev, found[id])
		}
	}
	if n, err := all.Count(t.Context(), storage.By("id")); err != nil || int(n) != len(found) {
		t.Errorf("the table holds %d and its index %d: %v", n, len(found), err)
	}
}
