package sqlite_test

import (
	"path/filepath"
	"strings"
	"testing"

	"yingdi/storage"
	"yingdi/storage/sqlite"
	"yingdi/storage/storagetest"
)

func TestConformance(t *testing.T) {
	dir := t.TempDir()
	storagetest.Run(t, func(t testing.TB) storage.Engine {
		name := strings.NewReplacer("/", "_", "?", "_").Replace(t.Name())
		return open(t, filepath.Join(dir, name+".db"))
	})
}

func open(t testing.TB, path string) *sqlite.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
