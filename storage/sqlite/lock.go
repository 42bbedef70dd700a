package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// ErrTaken is returned for what another process has open.
var ErrTaken = errors.New("another process has it open: stop that one first")

// Lock takes a file for this process alone until it is closed; the system lets go of it when the process dies.
// Returns ErrTaken.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrTaken
		}
		return nil, err
	}
	return f, nil
}
