package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
)

var _ media.Bucket = (*Folder)(nil)

// Folder is a Bucket in a directory. A file appears whole or not at all, and what was acknowledged survives a crash.
type Folder struct {
	root  *os.Root
	base  string
	key   []byte
	clock domain.Clock
}

// staging holds files until they are whole. Its dot keeps it out of the keys.
const staging = ".staging"

// abandoned is how long an unfinished file is left alone: another process may be writing it.
const abandoned = 24 * time.Hour

// NewFolder opens or creates the directory. baseURL is where clients reach Handler, the mount path included, such as
// https://camp.example.com/media. key signs forms and links and has at least 32 bytes.
func NewFolder(dir, baseURL string, key []byte, clock domain.Clock) (*Folder, error) {
	base, err := url.Parse(baseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("media folder: base URL %q is not http(s)://host/path", baseURL)
	}
	if len(key) < 32 {
		return nil, errors.New("media folder: the key has fewer than 32 bytes")
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("media folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("media folder: %w", err)
	}
	f := &Folder{root: root, base: strings.TrimSuffix(baseURL, "/"), key: key, clock: clock}
	if err := f.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("media folder: %w", err), root.Close())
	}
	return f, nil
}

// Close releases the directory.
func (f *Folder) Close() error { return f.root.Close() }

// sweep removes what uploads that a crash cut off have left.
func (f *Folder) sweep() error {
	if err := f.root.MkdirAll(staging, 0o750); err != nil {
		return err
	}
	entries, err := fs.ReadDir(f.root.FS(), staging)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && f.clock.Now().Sub(info.ModTime()) > abandoned {
			err = f.root.Remove(path.Join(staging, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Open implements media.Bucket.
func (f *Folder) Open(_ context.Context, key string) (media.Object, error) {
	if err := checkKey(key); err != nil {
		return media.Object{}, err
	}
	file, info, err := f.open(key)
	if err != nil {
		return media.Object{}, err
	}
	return media.Object{ReadSeekCloser: file, Size: info.Size()}, nil
}

func (f *Folder) open(key string) (*os.File, fs.FileInfo, error) {
	file, err := f.root.Open(key)
	if err != nil {
		return nil, nil, notFound(key, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		file.Close()
		return nil, nil, notFound(key, err)
	}
	return file, info, nil
}

func notFound(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("media %s: %w", key, domain.ErrNotFound)
	}
	return unavailable("open", key, err)
}

// Put implements media.Bucket.
func (f *Folder) Put(ctx context.Context, key, _ string, body io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	temp, n, err := f.stage(ctx, body, size)
	if errors.Is(err, domain.ErrTooLarge) {
		return fmt.Errorf("media: put %s: more than %d bytes: %w", key, size, err)
	}
	if err != nil {
		return unavailable("put", key, err)
	}
	defer f.discard(temp)
	if n != size {
		return fmt.Errorf("media: put %s: got %d of %d bytes: %w", key, n, size, io.ErrUnexpectedEOF)
	}
	return f.commit(temp, key)
}

// Move implements media.Bucket. Linking, unlike renaming, replaces nothing.
func (f *Folder) Move(_ context.Context, from, to string) error {
	if err := errors.Join(checkKey(from), checkKey(to)); err != nil {
		return err
	}
	if err := f.root.MkdirAll(path.Dir(to), 0o750); err != nil {
		return unavailable("move", from, err)
	}
	if err := f.root.Link(from, to); err != nil && !errors.Is(err, fs.ErrExist) {
		return notFound(from, err)
	}
	if err := f.syncAbove(to); err != nil {
		return unavailable("move", from, err)
	}
	return f.remove(from)
}

// Delete implements media.Bucket.
func (f *Folder) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return f.remove(key)
}

func (f *Folder) remove(key string) error {
	if err := f.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable("delete", key, err)
	}
	return nil
}

// Ping implements media.Bucket.
func (f *Folder) Ping(ctx context.Context) error {
	temp, _, err := f.stage(ctx, strings.NewReader("ping"), 4)
	if err != nil {
		return unavailable("ping", "folder", err)
	}
	f.discard(temp)
	return nil
}

// stage writes body to a file without a key and makes it durable. It reads at most limit bytes and one more, and
// returns how many it got, or domain.ErrTooLarge; on an error nothing is left.
func (f *Folder) stage(ctx context.Context, body io.Reader, limit int64) (temp string, n int64, err error) {
	temp = path.Join(staging, domain.Secret())
	file, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return "", 0, err
	}
	n, err = io.Copy(file, io.LimitReader(cancellable{ctx, body}, limit+1))
	if err == nil && n > limit {
		err = domain.ErrTooLarge
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		f.discard(temp)
		return "", 0, err
	}
	return temp, n, nil
}

// commit gives a staged file its key and makes that durable too.
func (f *Folder) commit(temp, key string) error {
	err := f.root.MkdirAll(path.Dir(key), 0o750)
	if err == nil {
		err = f.root.Rename(temp, key)
	}
	if err == nil {
		err = f.syncAbove(key)
	}
	if err != nil {
		return unavailable("store", key, err)
	}
	return nil
}

// syncAbove makes the names that lead to a key durable.
func (f *Folder) syncAbove(key string) error {
	for dir := path.Dir(key); ; dir = path.Dir(dir) {
		d, err := f.root.Open(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil || dir == "." {
			return err
		}
	}
}

// discard removes a staged file if it is still there; what it cannot remove, sweep will.
func (f *Folder) discard(temp string) { _ = f.root.Remove(temp) }

// cancellable stops reading when its context ends.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
