// Package archive writes ZIP files through a temporary file, so that they need no memory of their size.
package archive

import (
	"archive/zip"
	"errors"
	"io"
	"os"

	"yingdi/domain/privacy"
)

// Zip makes archives. It implements privacy.Archives.
type Zip struct{}

// New implements privacy.Archives.
func (Zip) New() (privacy.Archive, error) {
	file, err := os.CreateTemp("", "yingdi-download-")
	if err != nil {
		return nil, err
	}
	return &writer{file, zip.NewWriter(file)}, nil
}

type writer struct {
	file *os.File
	zip  *zip.Writer
}

func (w *writer) Add(name string) (io.Writer, error) { return w.zip.Create(name) }

func (w *writer) Finish() (io.Reader, int64, error) {
	if err := w.zip.Close(); err != nil {
		return nil, 0, err
	}
	size, err := w.file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = w.file.Seek(0, io.SeekStart)
	}
	return w.file, size, err
}

func (w *writer) Discard() error { return errors.Join(w.file.Close(), os.Remove(w.file.Name())) }
