package media

import (
	"context"
	"io"
	"time"
)

// Bucket keeps the bytes. Its keys are ours alone and name nobody: one to eight parts of letters, digits, ".", "_" and
// "-" joined by "/", no part starting with a dot, 200 characters at most, and no key the folder of another. Every bucket
// is private: bytes enter by a signed form or Put, and leave by a signed link or Open.
type Bucket interface {
	// SignUpload makes the form with which a client sends one file straight to storage: a multipart POST with the
	// fields first, then the file under the name "file" (that is all wx.uploadFile can do). The storage itself refuses
	// another key, another content type, an empty file, more than maxSize bytes, or a form past its expiry. Until then
	// the holder may send again and replace the file, so it must be moved before anyone looks at it.
	SignUpload(ctx context.Context, key, contentType string, maxSize int64, expires time.Time) (Form, error)
	// SignDownload makes a link that works until expires. The file is served with the given content type, never sniffed.
	SignDownload(ctx context.Context, key, contentType string, expires time.Time) (string, error)
	// Open returns domain.ErrNotFound if nothing is there. The caller closes.
	Open(ctx context.Context, key string) (Object, error)
	// Put stores size bytes, replacing what was there.
	Put(ctx context.Context, key, contentType string, body io.Reader, size int64) error
	// Move takes what lies at from to another key. What is there already stays, even against a race, so that what was
	// looked at is what is kept. Returns domain.ErrNotFound if nothing is at from.
	Move(ctx context.Context, from, to string) error
	// Delete of what is not there is no error.
	Delete(ctx context.Context, key string) error
	// Ping tells whether the bucket can be reached and written.
	Ping(ctx context.Context) error
}

// Object is a stored file being read.
type Object struct {
	io.ReadSeekCloser
	Size int64
}

// Form is a signed upload.
type Form struct {
	Method string            `json:"method"` // always POST
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields"`
}
