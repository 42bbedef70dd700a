package sqlite

import (
	"fmt"
	"os"
	"syscall"
)

// lockFile takes the file for this engine alone until it is closed; the system lets go of it when the process dies.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another process has this database open: stop it first (%s: %w)", path, err)
	}
	return f, nil
}
