package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// static serves styles and scripts under addresses that name their content, so that browsers keep them for good.
type static struct {
	files    fs.FS
	versions map[string]string
}

func newStatic(files fs.FS) (*static, error) {
	s := &static{files, map[string]string{}}
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		opened, err := files.Open(file)
		if err != nil {
			return err
		}
		defer opened.Close()
		sum := sha256.New()
		if _, err := io.Copy(sum, opened); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		s.versions[file] = hex.EncodeToString(sum.Sum(nil)[:6])
		return nil
	})
	return s, err
}

// address of a file, with its version.
func (s *static) address(file string) string {
	return Root + "/static/" + file + "?v=" + s.versions[file]
}

func (s *static) serve(c echo.Context) error {
	name := c.Param("*")
	if _, ok := s.versions[name]; !ok {
		return domain.ErrNotFound
	}
	http.ServeFileFS(c.Response(), c.Request(), s.files, name)
	return nil
}
