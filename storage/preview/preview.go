// Package preview draws the first pages of documents with tools that the machine may have: poppler's pdftoppm for PDF, and
// LibreOffice before it for all else. Documents come from outside, so the tools get little: a folder of their own, a bounded
// share of the machine, no network where the system allows that, and not long.
package preview

import (
	"context"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Options name the tools, each by a name in PATH or by a path; "" is none.
type Options struct {
	PDFToPPM string
	Soffice  string
	Patience time.Duration // with one document; 0 is 90 seconds
}

// Tools draws documents, one at a time.
type Tools struct {
	pdftoppm, soffice string
	patience          time.Duration
	alone             []string // what keeps a tool off the network
	turn              chan struct{}
}

var _ media.Previewer = (*Tools)(nil)

// New looks for the tools. What is not there draws nothing; Kinds tells.
func New(ctx context.Context, o Options) *Tools {
	t := &Tools{pdftoppm: find(o.PDFToPPM), soffice: find(o.Soffice), patience: o.Patience, turn: make(chan struct{}, 1)}
	if t.patience == 0 {
		t.patience = 90 * time.Second
	}
	if t.pdftoppm != "" {
		t.alone = alone(ctx)
	}
	return t
}

func find(tool string) string {
	path, err := exec.LookPath(tool)
	if err != nil {
		return ""
	}
	if path, err = filepath.Abs(path); err != nil { // it will run in a folder of its own
		return ""
	}
	return path
}

// Kinds tells whether PDF, and whether other documents, can be drawn.
func (t *Tools) Kinds() (pdf, office bool) {
	return t.pdftoppm != "", t.pdftoppm != "" && t.soffice != ""
}

// Draws implements media.Previewer.
func (t *Tools) Draws(contentType string) bool {
	pdf, office := t.Kinds()
	if contentType == media.PDF {
		return pdf
	}
	return office && media.Extension(contentType) != ""
}

// The files in the folder of one document.
const (
	pdfFile = "document.pdf"
	prefix  = "page" // of the pictures: page-1.jpg, or page-01.jpg where the document has ten pages or more
)

// Draw implements media.Previewer.
func (t *Tools) Draw(ctx context.Context, contentType string, document io.Reader) ([][]byte, error) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-t.turn }()
	folder, err := os.MkdirTemp("", "yingdi-preview-")
	if err != nil {
		return nil, unavailable(err)
	}
	defer os.RemoveAll(folder)
	name := "document." + media.Extension(contentType)
	if err := keep(filepath.Join(folder, name), document); err != nil {
		return nil, unavailable(err)
	}
	hurry, cancel := context.WithTimeoutCause(ctx, t.patience, errLate)
	defer cancel()
	if contentType != media.PDF {
		if err := t.convert(hurry, folder, name); err != nil {
			return nil, err
		}
	}
	// It rounds up what it scales.
	err = t.run(hurry, folder, drawMemory, t.pdftoppm, "-jpeg", "-jpegopt", "quality=75", "-f", "1", "-l", strconv.Itoa(media.MaxPages),
		"-scale-to", strconv.Itoa(media.PageSide-1), pdfFile, prefix)
	if err != nil {
		return nil, err
	}
	return collect(folder)
}

// convert makes a PDF of an office document. LibreOffice ends well even if it could not, and then leaves none.
func (t *Tools) convert(ctx context.Context, folder, name string) error {
	if err := writeProfile(folder); err != nil {
		return unavailable(err)
	}
	return t.run(ctx, folder, convertMemory, t.soffice, "-env:UserInstallation=file://"+filepath.Join(folder, profile),
		"--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "pdf", "--outdir", ".", name)
}

func keep(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// collect reads the pictures that were drawn, and believes nothing about them.
func collect(folder string) ([][]byte, error) {
	root, err := os.OpenRoot(folder) // a link that leads elsewhere is not followed
	if err != nil {
		return nil, unavailable(err)
	}
	defer root.Close()
	names, err := filepath.Glob(filepath.Join(folder, prefix+"-*.jpg"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no pages: %w", media.ErrUndrawable)
	}
	var pages [][]byte
	for _, name := range names[:min(len(names), media.MaxPages)] { // Glob sorts, and the numbers are of one length
		page, err := picture(root, filepath.Base(name))
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func picture(root *os.Root, name string) ([]byte, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would wait for ever
	if err != nil {
		return nil, fmt.Errorf("a page: %w", media.ErrUndrawable)
	}
	defer f.Close()
	if about, err := f.Stat(); err != nil || !about.Mode().IsRegular() || about.Size() > media.MaxPageSize {
		return nil, fmt.Errorf("a page is no file, or larger than %d bytes: %w", media.MaxPageSize, media.ErrUndrawable)
	}
	config, err := jpeg.DecodeConfig(f)
	if err != nil || max(config.Width, config.Height) > media.PageSide {
		return nil, fmt.Errorf("a page is no picture: %w", media.ErrUndrawable)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, unavailable(err)
	}
	page, err := io.ReadAll(io.LimitReader(f, media.MaxPageSize))
	if err != nil {
		return nil, unavailable(err)
	}
	return page, nil
}

func unavailable(err error) error { return fmt.Errorf("preview: %w: %w", domain.ErrUnavailable, err) }
