package media

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
)

// The types of documents.
const (
	PDF           = "application/pdf"
	Word          = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	PowerPoint    = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	Excel         = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	oldWord       = "application/msword"
	oldPowerPoint = "application/vnd.ms-powerpoint"
	oldExcel      = "application/vnd.ms-excel"
)

// extensions by type, as the files are called.
var extensions = map[string]string{
	PDF: "pdf", Word: "docx", PowerPoint: "pptx", Excel: "xlsx", oldWord: "doc", oldPowerPoint: "ppt", oldExcel: "xls",
}

// Extension is what the name of a document of the type ends in, without the dot; "" for other types.
func Extension(contentType string) string { return extensions[contentType] }

// document tells what a document is by the parts that it is made of; "" for anything else and for whatever holds macros.
// It reads a bounded part of the file.
func document(r io.ReaderAt, size int64) string {
	head := make([]byte, 8)
	if _, err := r.ReadAt(head, 0); err != nil {
		return ""
	}
	switch {
	case string(head[:5]) == "%PDF-":
		return PDF
	case string(head[:4]) == "PK\x03\x04":
		return packaged(r, size)
	case string(head) == compoundMagic:
		return compound(r)
	}
	return ""
}

// The directory of a zip file lies at its end, and says itself how many entries it has.
const (
	endOfDirectory = "PK\x05\x06"
	endSize        = 22
	maxComment     = 1 << 16
	maxParts       = 10_000
)

// packaged tells a docx, pptx or xlsx: a zip file with certain parts.
func packaged(r io.ReaderAt, size int64) string {
	tail := make([]byte, min(size, endSize+maxComment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return ""
	}
	at := bytes.LastIndex(tail, []byte(endOfDirectory))
	if at < 0 || at+endSize > len(tail) || binary.LittleEndian.Uint16(tail[at+10:]) > maxParts || binary.LittleEndian.Uint32(tail[at+12:]) > 4<<20 {
		return ""
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return ""
	}
	found, listed := "", false
	for _, part := range z.File {
		switch name := part.Name; {
		case strings.HasSuffix(strings.ToLower(name), "vbaproject.bin"):
			return ""
		case name == "[Content_Types].xml":
			listed = true
		case name == "word/document.xml":
			found = Word
		case name == "ppt/presentation.xml":
			found = PowerPoint
		case name == "xl/workbook.xml":
			found = Excel
		}
	}
	if !listed {
		return ""
	}
	return found
}

// The compound file of Microsoft's older formats ([MS-CFB]): sectors in chains, one chain of which lists what is in it.
const (
	compoundMagic  = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	compoundHeader = 512
	maxSectors     = 256 // of the list that are looked at
	entrySize      = 128
)

// compound tells a doc, ppt or xls by the name of its main stream.
func compound(r io.ReaderAt) string {
	head := make([]byte, compoundHeader)
	if _, err := r.ReadAt(head, 0); err != nil {
		return ""
	}
	number := binary.LittleEndian.Uint32
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return ""
	}
	length := int64(1) << shift
	offset := func(sector uint32) int64 { return (int64(sector) + 1) * length }
	sector, found := number(head[48:]), ""
	block, link := make([]byte, length), make([]byte, 4)
	for range maxSectors {
		if sector >= 0xfffffffa { // the end of the chain
			return found
		}
		if _, err := r.ReadAt(block, offset(sector)); err != nil {
			return ""
		}
		for at := 0; at+entrySize <= len(block); at += entrySize {
			switch streamName(block[at : at+entrySize]) {
			case "WordDocument":
				found = oldWord
			case "PowerPoint Document":
				found = oldPowerPoint
			case "Workbook", "Book":
				found = oldExcel
			case "Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT":
				return ""
			}
		}
		table := int64(sector) / (length / 4)
		if table >= 109 { // further tables are listed elsewhere, in files far larger than a document's list is
			return ""
		}
		if _, err := r.ReadAt(link, offset(number(head[76+4*table:]))+int64(sector)%(length/4)*4); err != nil {
			return ""
		}
		sector = number(link)
	}
	return ""
}

func streamName(entry []byte) string {
	length := int(binary.LittleEndian.Uint16(entry[64:]))
	if length < 2 || length > 64 {
		return ""
	}
	units := make([]uint16, length/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(entry[2*i:])
	}
	return string(utf16.Decode(units))
}

// reading reads at an offset by seeking there; for one reader at a time.
type reading struct{ io.ReadSeeker }

func (r reading) ReadAt(p []byte, offset int64) (int, error) {
	if _, err := r.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r, p)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}
