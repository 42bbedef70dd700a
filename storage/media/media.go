// Package media keeps uploaded files: in a folder of this machine, or in MinIO or another S3. Both make the same
// promises (domain/media.Bucket) and pass mediatest whole.
package media

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"yingdi/domain"
	"yingdi/domain/media"
)

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,7}$`)

// checkKey refuses what the Bucket contract does not call a key: nothing hidden, nothing relative, nothing odd.
func checkKey(key string) error {
	if len(key) > 200 || !keyPattern.MatchString(key) {
		return fmt.Errorf("media key %q: %w", key, domain.ErrInvalid)
	}
	return nil
}

// disposition lets a browser show what cannot run scripts, and makes it save all the rest, by the last part of its key if that
// is a file's name.
func disposition(key, contentType string) string {
	kind, sub, _ := strings.Cut(contentType, "/")
	switch {
	case kind == "audio" || kind == "video":
		return "inline"
	case kind == "image" && !strings.HasPrefix(sub, "svg"):
		return "inline"
	}
	if name := path.Base(key); path.Ext(name) != "" {
		return `attachment; filename="` + name + `"`
	}
	if extension := media.Extension(contentType); extension != "" { // the key has none, and without one nothing opens it
		return `attachment; filename="document.` + extension + `"`
	}
	return "attachment"
}

// unavailable wraps what a disk or a server said.
func unavailable(doing, key string, err error) error {
	return fmt.Errorf("media: %s %s: %w: %w", doing, key, domain.ErrUnavailable, err)
}
