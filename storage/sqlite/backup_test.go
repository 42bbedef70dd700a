package sqlite_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"yingdi/domain"
	"yingdi/storage"
	"yingdi/storage/sqlite"
)

func TestABackupHoldsWhatWasThereWhileOthersGoOnWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, to := filepath.Join(dir, "live.db"), filepath.Join(dir, "100%? #1.db")
	live := open(t, path)
	defer live.Close()
	all, err := entries(t.Context(), live)
	if err != nil {
		t.Fatal(err)
	}
	write := func(id string) error {
		if err := all.Insert(t.Context(), entry{Doc: domain.Doc{ID: id}, Pad: strings.Repeat("x", 3000)}); err != nil {
			return err
		}
		_, err := all.Update(t.Context(), id, func(d *entry) error { d.Left, d.Right = 1, 1; return nil })
		return err
	}
	for i := range 300 {
		if err := write(fmt.Sprint("before-", i)); err != nil {
			t.Fatal(err)
		}
	}
	stop := make(chan struct{})
	var writing sync.WaitGroup
	for g := range 4 {
		writing.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := write(fmt.Sprint("meanwhile-", g, "-", i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	err = sqlite.Backup(t.Context(), path, to)
	close(stop)
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}

	restored := open(t, to)
	defer restored.Close()
	if all, err = entries(t.Context(), restored); err != nil {
		t.Fatal(err)
	}
	before := 0
	for d, err := range all.Each(t.Context(), storage.By("left")) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Left != d.Right || len(d.Pad) != 3000 {
			t.Errorf("%s is half there: %d and %d", d.ID, d.Left, d.Right)
		}
		if strings.HasPrefix(d.ID, "before-") && d.Left == 1 {
			before++
		}
	}
	if before != 300 {
		t.Errorf("of 300 documents that were there before, the backup holds %d", before)
	}
	if err := write("after"); err != nil {
		t.Errorf("the backup cannot be written to: %v", err)
	}
}

func TestABackupNeverOverwritesAndNeverMakesUpADatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, taken := filepath.Join(dir, "live.db"), filepath.Join(dir, "taken")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Backup(t.Context(), path, taken); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if raw, err := os.ReadFile(taken); err != nil || string(raw) != "mine" {
		t.Errorf("the file in the way holds %q (%v)", raw, err)
	}
	if err := sqlite.Backup(t.Context(), filepath.Join(dir, "missing.db"), filepath.Join(dir, "b")); err == nil {
		t.Error("of nothing: no error")
	}
	if err := sqlite.Backup(t.Context(), taken, filepath.Join(dir, "c")); err == nil {
		t.Error("of a file that is no database: no error")
	}
	for _, name := range []string{"missing.db", "b", "b.part", "c", "c.part"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left behind (%v)", name, err)
		}
	}
}
