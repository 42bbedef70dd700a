// Package templates holds what the console and the pages that are shared are made of: pages, styles and scripts.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed console
var console embed.FS

//go:embed share
var share embed.FS

// static holds our own files, and below vendor what make assets has put there.
//
//go:embed static
var static embed.FS

// Console holds the console's pages: layout, partial, and one folder per feature.
func Console() fs.FS { return sub(console, "console") }

// Share holds the pages that are shared: layout, its style, and one page per feature.
func Share() fs.FS { return sub(share, "share") }

// Static holds styles, scripts and icons as they are served.
func Static() fs.FS { return sub(static, "static") }

func sub(files embed.FS, dir string) fs.FS {
	below, err := fs.Sub(files, dir)
	if err != nil {
		panic("templates: " + err.Error())
	}
	return below
}
