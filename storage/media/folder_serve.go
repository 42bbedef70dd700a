package media

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"yingdi/domain"
)

const (
	uploadPath = "upload" // below the mount path, and only for POST
	maxFields  = 64 << 10 // bytes of a form before its file, all told
	afterFile  = 4 << 10  // bytes of a form after its file
	drained    = 4 << 20  // bytes still read after a refusal, so that the client gets to see it
)

// Handler serves the forms and links that the folder signs, below the mount path, such as /media:
// POST {mount}/upload and GET {mount}/{key}. It answers as S3 does: 204 for a stored file, 403 for a form or link
// that was altered or has expired, 400 for a file that is too large or empty and for a form out of order.
func (f *Folder) Handler(mount string, log *slog.Logger) http.Handler {
	prefix := strings.TrimSuffix(mount, "/") + "/"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, prefix)
		var err error
		switch {
		case !ok:
			err = absent
		case r.Method == http.MethodPost && name == uploadPath:
			if err = f.upload(w, r); err != nil {
				w.Header().Set("Connection", "close")
				_, _ = io.CopyN(io.Discard, r.Body, drained)
			}
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			err = f.download(w, r, name)
		default:
			err = &refusal{http.StatusMethodNotAllowed, "MethodNotAllowed"}
		}
		if err != nil {
			answer(w, r, err, log)
		}
	})
}

// refusal is an answer in S3's words.
type refusal struct {
	status int
	code   string
}

func (r *refusal) Error() string { return r.code }

var (
	denied    = &refusal{http.StatusForbidden, "AccessDenied"}
	malformed = &refusal{http.StatusBadRequest, "MalformedPOSTRequest"}
	tooLarge  = &refusal{http.StatusBadRequest, "EntityTooLarge"}
	tooSmall  = &refusal{http.StatusBadRequest, "EntityTooSmall"}
	absent    = &refusal{http.StatusNotFound, "NoSuchKey"}
	failed    = &refusal{http.StatusServiceUnavailable, "ServiceUnavailable"}
)

func answer(w http.ResponseWriter, r *http.Request, err error, log *slog.Logger) {
	var said *refusal
	if !errors.As(err, &said) {
		said = failed
		log.ErrorContext(r.Context(), "media folder failed", "method", r.Method, "error", err)
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(said.status)
	if r.Method != http.MethodHead {
		fmt.Fprintf(w, "%s<Error><Code>%s</Code></Error>", xml.Header, said.code)
	}
}

// upload takes one form. It streams: no more than a buffer of the file is ever in memory.
func (f *Folder) upload(w http.ResponseWriter, r *http.Request) error {
	body := &capped{r: r.Body, left: maxFields}
	form, err := formOf(r, body)
	if err != nil {
		return err
	}
	fields, file, err := readFields(form)
	if err != nil {
		return err
	}
	p, ok := f.checkForm(fields)
	if !ok {
		return denied
	}
	if r.ContentLength > maxFields+p.MaxSize+afterFile {
		return tooLarge
	}
	body.left = p.MaxSize + maxFields + afterFile
	source := &tracked{r: file}
	temp, size, err := f.stage(r.Context(), source, p.MaxSize)
	switch {
	case errors.Is(err, domain.ErrTooLarge), errors.Is(err, errCapped):
		return tooLarge
	case source.err != nil || r.Context().Err() != nil: // the client went away, or sent what is no form
		return malformed
	case err != nil:
		return err
	}
	defer f.discard(temp)
	if size == 0 {
		return tooSmall
	}
	if _, err := form.NextRawPart(); !errors.Is(err, io.EOF) {
		return malformed
	}
	if err := f.commit(temp, p.Key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func formOf(r *http.Request, body io.Reader) (*multipart.Reader, error) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" {
		return nil, malformed
	}
	return multipart.NewReader(body, parameters["boundary"]), nil
}

// readFields reads a form up to its file, which is the part after the last field.
func readFields(form *multipart.Reader) (map[string]string, *multipart.Part, error) {
	fields := map[string]string{}
	for {
		part, err := form.NextRawPart()
		if err != nil {
			return nil, nil, malformed
		}
		name := part.FormName()
		if name == "file" {
			return fields, part, nil
		}
		value, err := io.ReadAll(part)
		if _, twice := fields[name]; err != nil || twice || name == "" || part.FileName() != "" {
			return nil, nil, malformed
		}
		fields[name] = string(value)
	}
}

// download serves one file, in ranges if asked, so that sound and film can be wound forward.
func (f *Folder) download(w http.ResponseWriter, r *http.Request, key string) error {
	contentType, left := f.checkLink(key, r.URL.Query())
	if left <= 0 || checkKey(key) != nil {
		return denied
	}
	file, info, err := f.open(key)
	if errors.Is(err, domain.ErrNotFound) {
		return absent
	}
	if err != nil {
		return err
	}
	defer file.Close()
	head := w.Header()
	head.Set("Content-Type", contentType)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Disposition", disposition(key, contentType))
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	head.Set("Cache-Control", fmt.Sprintf("private, max-age=%d", int(left.Seconds())))
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

var errCapped = errors.New("more bytes than the form allows")

// capped reads at most left bytes; left is raised once the form says how much may come.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errCapped
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// tracked tells the client's errors from the disk's.
type tracked struct {
	r   io.Reader
	err error
}

func (t *tracked) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
	}
	return n, err
}
