package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"yingdi/storage/sqlite"
)

// devFolder keeps everything of a development server. Only one process works in it at a time.
type devFolder struct {
	path string
	lock *os.File
}

// openFolder makes the folder if there is none, and takes it.
func openFolder(path string) (devFolder, error) {
	f := devFolder{path: path}
	if err := os.MkdirAll(path, 0o750); err != nil {
		return f, err
	}
	var err error
	if f.lock, err = sqlite.Lock(f.file("dev.lock")); errors.Is(err, sqlite.ErrTaken) {
		return f, fmt.Errorf("another yingdi works in the folder %s: stop it, or choose another folder: YINGDI_DATA=./other", path)
	}
	return f, err
}

func (f devFolder) close() error { return f.lock.Close() }

func (f devFolder) file(name string) string { return filepath.Join(f.path, name) }

func (f devFolder) has(name string) bool {
	_, err := os.Stat(f.file(name))
	return err == nil
}

// What the folder says of its demo camp.
const (
	demoDone  = "demo"      // it was seeded
	demoBegun = "demo.part" // an empty folder is being seeded, and nobody can have used it yet
)

// beginDemo reports whether the folder still wants its demo camp. What a seeding that was cut short left behind is
// cleared away, so that nothing is there twice.
func (f devFolder) beginDemo() (bool, error) {
	if f.has(demoDone) {
		return false, nil
	}
	if f.has(demoBegun) {
		for _, name := range []string{documentsFile, documentsFile + "-wal", documentsFile + "-shm", "wechat.json", "pay.json", "media"} {
			if err := os.RemoveAll(f.file(name)); err != nil {
				return false, err
			}
		}
	}
	if f.has(documentsFile) {
		return true, nil // somebody's own, which must not be cleared away
	}
	return true, os.WriteFile(f.file(demoBegun), nil, 0o600)
}

func (f devFolder) endDemo(camp string) error {
	if err := os.WriteFile(f.file(demoDone), []byte(camp+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Remove(f.file(demoBegun)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// devSecrets are made up at the first start.
type devSecrets struct{ Master, Hash, AppSecret, Token, AESKey string }

// PayKey is what notices of payments are encrypted with; it follows from the others.
func (s devSecrets) PayKey() string { return s.Hash[:32] }

// secrets returns the folder's. They appear all at once, whenever the process is killed.
func (f devFolder) secrets() (kept devSecrets, err error) {
	path := f.file("secrets.json")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		kept = devSecrets{
			Master: random(32), Hash: random(32), AppSecret: random(16), Token: random(8),
			AESKey: base64.StdEncoding.EncodeToString([]byte(random(16)))[:43],
		}
		if raw, err = json.MarshalIndent(kept, "", "  "); err == nil {
			if err = os.WriteFile(path+".part", raw, 0o600); err == nil {
				err = os.Rename(path+".part", path)
			}
		}
		return kept, err
	}
	if err == nil {
		err = json.Unmarshal(raw, &kept)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return kept, err
}
