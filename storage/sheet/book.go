package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/xuri/excelize/v2"

	"yingdi/domain/export"
)

// Books makes spreadsheets of any length in temporary files: a few megabytes of each are in memory. It implements
// export.Books.
type Books struct {
	Rows int // of one sheet, its head apart; 0 is MaxRows
}

// Bounds of one sheet. Excel takes 1,048,576 rows, and no sheet of more than 4 GB, markup and all.
const (
	MaxRows  = 1_000_000
	maxBytes = 1 << 30 // of texts
)

// New implements export.Books.
func (b Books) New() (export.Book, error) {
	rows := b.Rows
	if rows == 0 {
		rows = MaxRows
	}
	made := &book{file: excelize.NewFile(), most: rows}
	style, err := made.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8F3EC"}},
		Alignment: &excelize.Alignment{Vertical: "center"},
	})
	if err != nil {
		return nil, err
	}
	made.bold = style
	made.money, err = made.file.NewStyle(&excelize.Style{NumFmt: twoDecimals})
	return made, err
}

type book struct {
	file   *excelize.File
	sheet  *excelize.StreamWriter
	bold   int
	money  int
	most   int
	name   string
	part   int // of the sheets that go by the name
	sheets int
	head   []string
	rows   int
	bytes  int
	zip    *os.File
}

// Sheet implements export.Book.
func (b *book) Sheet(name string, head []string) error {
	b.name, b.head, b.part = name, head, 0
	return b.next()
}

// next begins a sheet, the first of its name or one that goes on.
func (b *book) next() (err error) {
	if err := b.flush(); err != nil {
		return err
	}
	b.part++
	b.sheets++
	name := b.name
	if b.part > 1 {
		name += " " + strconv.Itoa(b.part)
	}
	if b.sheets == 1 {
		err = b.file.SetSheetName(b.file.GetSheetName(0), name)
	} else {
		_, err = b.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if b.sheet, err = b.file.NewStreamWriter(name); err != nil {
		return err
	}
	b.rows, b.bytes = 0, 0
	if err := b.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := b.sheet.SetColWidth(1, max(1, len(b.head)), 16); err != nil {
		return err
	}
	cells := make([]any, len(b.head))
	for i, text := range b.head {
		cells[i] = excelize.Cell{StyleID: b.bold, Value: plain(text)}
	}
	return b.sheet.SetRow("A1", cells)
}

func (b *book) flush() error {
	if b.sheet == nil {
		return nil
	}
	return b.sheet.Flush()
}

// Row implements export.Book.
func (b *book) Row(cells []any) error {
	if b.sheet == nil {
		return errors.New("spreadsheet: a row before any sheet")
	}
	if b.rows == b.most || b.bytes > maxBytes {
		if err := b.next(); err != nil {
			return err
		}
	}
	list, err := safe(cells, b.money)
	if err != nil {
		return err
	}
	for _, cell := range cells {
		text, _ := cell.(string)
		b.bytes += len(text)
	}
	b.rows++
	return b.sheet.SetRow("A"+strconv.Itoa(b.rows+1), list)
}

// Finish implements export.Book. The library would put the whole file together in memory; it is given a file instead.
func (b *book) Finish() (file io.Reader, size int64, err error) {
	if err := b.flush(); err != nil {
		return nil, 0, err
	}
	if b.zip, err = os.CreateTemp("", "yingdi-export-"); err != nil {
		return nil, 0, err
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(b.zip) })
	if err := b.file.Write(io.Discard); err != nil {
		return nil, 0, err
	}
	if size, err = b.zip.Seek(0, io.SeekCurrent); err != nil {
		return nil, 0, err
	}
	_, err = b.zip.Seek(0, io.SeekStart)
	return b.zip, size, err
}

// Discard implements export.Book.
func (b *book) Discard() error {
	err := b.file.Close()
	if b.zip != nil {
		err = errors.Join(err, b.zip.Close(), os.Remove(b.zip.Name()))
		b.zip = nil
	}
	return err
}

var _ export.Books = Books{}
