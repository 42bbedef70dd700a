// Package sheet reads and writes Excel files.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"yingdi/domain"
)

// Excel implements domain.Sheets.
type Excel struct{}

// Bounds of what a small file may unfold to.
const (
	maxUnzipped = 32 << 20 // bytes
	maxXML      = 8 << 20
)

// Read returns the cells of the first sheet as texts. Returns domain.ErrInvalid for what is no spreadsheet and
// domain.ErrTooLarge for more rows.
func (Excel) Read(file io.Reader, rows int) (cells [][]string, err error) {
	defer func() { // the library trusts the parts of a file to fit together
		if fell := recover(); fell != nil {
			cells, err = nil, fmt.Errorf("spreadsheet: %w", domain.ErrInvalid)
		}
	}()
	book, err := excelize.OpenReader(file, excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxXML, RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", domain.ErrInvalid)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	names := book.GetSheetList()
	if len(names) == 0 {
		return nil, fmt.Errorf("spreadsheet: %w", domain.ErrInvalid)
	}
	each, err := book.Rows(names[0])
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", domain.ErrInvalid)
	}
	defer func() { err = errors.Join(err, each.Close()) }()
	for each.Next() {
		if len(cells) == rows {
			return nil, fmt.Errorf("spreadsheet of more than %d rows: %w", rows, domain.ErrTooLarge)
		}
		row, err := each.Columns()
		if err != nil {
			return nil, fmt.Errorf("spreadsheet: %w", domain.ErrInvalid)
		}
		cells = append(cells, row)
	}
	if each.Error() != nil {
		return nil, fmt.Errorf("spreadsheet: %w", domain.ErrInvalid)
	}
	return cells, nil
}

// Write makes a file with one sheet. Every cell is a text; one that a program could take for a formula is given an
// apostrophe in front.
func (e Excel) Write(name string, rows [][]string) (file []byte, err error) {
	table := make([][]any, len(rows))
	for i, row := range rows {
		for _, text := range row {
			table[i] = append(table[i], text)
		}
	}
	return e.Table(name, table)
}

// Table makes a file with one sheet of texts, as Write does, of numbers and of amounts.
func (Excel) Table(name string, rows [][]any) (file []byte, err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	if err := book.SetSheetName(book.GetSheetName(0), name); err != nil {
		return nil, err
	}
	money, err := book.NewStyle(&excelize.Style{NumFmt: twoDecimals})
	if err != nil {
		return nil, err
	}
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		cells, err := safe(row, money)
		if err != nil {
			return nil, err
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return nil, err
		}
	}
	if err := sheet.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// twoDecimals is Excel's own format 0.00.
const twoDecimals = 2

// safe are cells as the library takes them: texts, numbers, and amounts in yuan in the style of money.
func safe(cells []any, money int) ([]any, error) {
	list := make([]any, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case string:
			list[i] = plain(v)
		case int, int64, float64:
			list[i] = v
		case domain.Fen:
			list[i] = excelize.Cell{StyleID: money, Value: yuan(v)}
		default:
			return nil, fmt.Errorf("spreadsheet: a cell cannot hold a %T", cell)
		}
	}
	return list, nil
}

// yuan is the number that a spreadsheet keeps for an amount: it has no whole numbers of fen. The file says the very fen of
// any amount of up to fifteen digits, which are all that Excel keeps.
func yuan(f domain.Fen) float64 { return float64(f) / 100 }

// plain gives a text an apostrophe if a program could take it for a formula, now or after it went through CSV: one that
// begins, behind blanks and characters that nobody sees, with a sign that begins formulas, be it a full-width one.
func plain(text string) string {
	for _, r := range text {
		switch {
		case r == '\t' || r == '\r' || r == '\n' || strings.ContainsRune("=+-@＝＋－＠﹢﹣﹦﹫−", r):
			return "'" + text
		case !unicode.IsSpace(r) && unicode.IsGraphic(r):
			return text
		}
	}
	return text
}

var _ domain.Sheets = Excel{}
