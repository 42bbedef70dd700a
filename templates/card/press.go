package card

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"yingdi/domain/signcard"
	"yingdi/templates/card/mosaic"
	"yingdi/templates/card/typeset"
)

//go:embed fonts
var embedded embed.FS

// fonts are those that the build embedded.
func fonts() fs.FS {
	sub, err := fs.Sub(embedded, "fonts")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// press is the fonts, and what was made ready for cards with them, known by its content alone.
type press struct {
	serif, sans *typeset.Typeface
	plates      *cache[plateKey, func() (plate, error)] // of default pictures
	canvases    sync.Pool
	blocks      *cache[blockKey, typeset.Block]
	avatars     *cache[patchKey, *patch]
	codes       *cache[patchKey, *patch]
	logos       *cache[patchKey, *patch]
}

// blockKey is what the lines of a saying follow from.
type blockKey struct {
	text          string
	font          signcard.Font
	size          int
	width, height int
}

// mostPlates and mostPhotos are kept, among them every default picture in each of its four places: on cards, on invite cards
// and on both covers of a camp. A plate takes a megabyte and a half.
const mostPlates, mostPhotos = 48, 16

// house is the press of the embedded fonts.
var house = sync.OnceValues(func() (*press, error) { return newPress(fonts()) })

// newPress reads NotoSerifSC-SemiBold.ttf, NotoSansSC-Regular.ttf and, for emoji, NotoEmoji-Regular.ttf; without the last
// one, emoji are left out.
func newPress(fonts fs.FS) (*press, error) {
	emoji, err := typeface(fonts, "NotoEmoji-Regular.ttf", nil)
	if errors.Is(err, fs.ErrNotExist) {
		emoji, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	sans, err := typeface(fonts, "NotoSansSC-Regular.ttf", emoji)
	if err != nil {
		return nil, err
	}
	serif, err := typeface(fonts, "NotoSerifSC-SemiBold.ttf", sans)
	if err != nil {
		return nil, err
	}
	p := &press{
		serif: serif, sans: sans,
		plates:  newCache[plateKey, func() (plate, error)](mostPlates),
		blocks:  newCache[blockKey, typeset.Block](1024),
		avatars: newCache[patchKey, *patch](1024),
		codes:   newCache[patchKey, *patch](512),
		logos:   newCache[patchKey, *patch](64),
	}
	p.canvases.New = func() any { return mosaic.NewCanvas(signcard.Width, signcard.Height) }
	return p, nil
}

func typeface(fonts fs.FS, name string, fallback *typeset.Typeface) (*typeset.Typeface, error) {
	f, err := fonts.Open(name)
	if err != nil {
		return nil, fmt.Errorf("card: font %s is missing, run make assets: %w", name, err)
	}
	src, ok := f.(io.ReaderAt) // an embedded font stays where it is
	if !ok {
		data, err := io.ReadAll(f)
		if err != nil {
			return nil, fmt.Errorf("card: read font %s: %w", name, err)
		}
		src = bytes.NewReader(data)
	}
	face, err := typeset.Parse(src, fallback)
	if err != nil {
		return nil, fmt.Errorf("card: font %s: %w", name, err)
	}
	return face, nil
}
