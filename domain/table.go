package domain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Sheets reads and writes spreadsheets that fit into memory.
type Sheets interface {
	// Read returns the cells of the first sheet as texts. Returns ErrInvalid for what is no spreadsheet, and ErrTooLarge
	// beyond so many rows.
	Read(file io.Reader, rows int) ([][]string, error)
	// Write makes a file with one sheet. No cell is ever taken for a formula.
	Write(name string, rows [][]string) ([]byte, error)
}

// Table is a spreadsheet whose first row names its columns.
type Table struct {
	rows  [][]string
	where map[string]int
}

// RowFault is what is wrong with a row; the first row of the sheet is 1.
type RowFault struct {
	Row     int    `json:"row"`
	Message string `json:"message"`
}

// MaxRowFaults is how many faults of one sheet are told.
const MaxRowFaults = 50

// ReadTable reads a file that somebody sent, bounded in bytes and in rows below the head. A refusal names the input file;
// a head that lacks a column is a fault of row 1.
func ReadTable(s Sheets, file []byte, bytesMost, rowsMost int, columns ...string) (Table, []RowFault, error) {
	if len(file) == 0 || len(file) > bytesMost {
		return Table{}, nil, Invalid("file", fmt.Sprintf("请选择不超过 %d KB 的 Excel 文件", bytesMost>>10))
	}
	rows, err := s.Read(bytes.NewReader(file), rowsMost+1)
	switch {
	case errors.Is(err, ErrTooLarge):
		return Table{}, nil, Invalid("file", fmt.Sprintf("一次最多导入 %d 行", rowsMost))
	case errors.Is(err, ErrInvalid):
		return Table{}, nil, Invalid("file", "无法读取，请使用 .xlsx 格式的 Excel 文件")
	case err != nil:
		return Table{}, nil, err
	}
	t, faults := NewTable(rows, columns...)
	return t, faults, nil
}

// NewTable takes rows whose first names the columns; those named here must be among them.
func NewTable(rows [][]string, columns ...string) (Table, []RowFault) {
	t := Table{where: map[string]int{}}
	if len(rows) == 0 {
		return t, nil
	}
	for i, name := range rows[0] {
		t.where[strings.TrimSpace(name)] = i
	}
	for _, name := range columns {
		if _, ok := t.where[name]; !ok {
			return t, []RowFault{{1, "缺少“" + name + "”这一列，请下载模板"}}
		}
	}
	t.rows = rows[1:]
	return t, nil
}

// Rows walks through the rows that are not empty, by their numbers in the sheet. cell returns what stands in the named
// column, without blanks around it.
func (t Table) Rows() iter.Seq2[int, func(column string) string] {
	return func(yield func(int, func(string) string) bool) {
		for i, row := range t.rows {
			if !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" }) {
				continue
			}
			if !yield(i+2, func(column string) string {
				at, ok := t.where[column]
				if !ok || at >= len(row) {
					return ""
				}
				return strings.TrimSpace(strings.ReplaceAll(row[at], "\r\n", "\n"))
			}) {
				return
			}
		}
	}
}
