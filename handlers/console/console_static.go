package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// assets makes the addresses of styles and scripts. An address names the content, so that browsers keep it for good.
func assets(files fs.FS) (func(file string) string, error) {
	versions := map[string]string{}
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		sum := sha256.Sum256(content)
		versions[file] = hex.EncodeToString(sum[:6])
		return nil
	})
	return func(file string) string { return "/static/" + file + "?v=" + versions[file] }, err
}
