package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup copies the database at path into a new file, as it stood at one moment; whoever has it open goes on writing.
// The copy is read back and on the disk when Backup returns, and no file is there if it fails. It is refused if there
// is a file already.
func Backup(ctx context.Context, path, to string) error {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("backup to %s: %w", to, fs.ErrExist), err)
	}
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup to %s: %w", to, err)
	}
	err := with(path, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, "VACUUM INTO ?", part)
		return err
	})
	if err == nil {
		err = verify(ctx, part)
	}
	if err == nil {
		err = os.Rename(part, to)
	}
	if err == nil {
		err = flush(filepath.Dir(to))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("backup of %s to %s: %w", path, to, err), os.RemoveAll(part))
	}
	return nil
}

// with opens a file that must be there.
func with(path string, use func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", address(path)+"&mode=rw")
	if err != nil {
		return err
	}
	return errors.Join(use(db), db.Close())
}

func verify(ctx context.Context, path string) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	var found string
	if err := with(path, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found)
	}); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("the copy is damaged: %s", found)
	}
	return flush(path)
}

func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
