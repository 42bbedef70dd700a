package media_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"yingdi/domain"
	"yingdi/domain/media"
)

// packed is a zip file with these parts.
func packed(t testing.TB, parts ...string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range parts {
		part, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte("<x/>"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// compound is a file of Microsoft's older format with these streams: a header, the table of chains, then the list.
func compound(streams ...string) string {
	const sector = 512
	head, table, list := make([]byte, sector), bytes.Repeat([]byte{0xff}, sector), make([]byte, 0, sector)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(head[30:], 9)
	binary.LittleEndian.PutUint32(head[48:], 1) // the list begins in sector 1
	binary.LittleEndian.PutUint32(head[76:], 0) // the table is sector 0
	binary.LittleEndian.PutUint32(table, 0xfffffffd)
	for i, name := range append([]string{"Root Entry"}, streams...) {
		entry := make([]byte, 128)
		units := utf16.Encode([]rune(name))
		for j, u := range units {
			binary.LittleEndian.PutUint16(entry[2*j:], u)
		}
		binary.LittleEndian.PutUint16(entry[64:], uint16(2*len(units)+2))
		list = append(list, entry...)
		if next := (i + 1) / 4; (i+1)%4 == 0 && i < len(streams) {
			binary.LittleEndian.PutUint32(table[4*next:], uint32(next+1))
		}
	}
	end := (len(list) + sector - 1) / sector
	binary.LittleEndian.PutUint32(table[4*end:], 0xfffffffe)
	list = append(list, make([]byte, end*sector-len(list))...)
	return string(head) + string(table) + string(list)
}

const (
	oldWord  = "application/msword"
	oldExcel = "application/vnd.ms-excel"
	oldPPT   = "application/vnd.ms-powerpoint"
)

func TestADocumentIsWhatItSaysOrIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		announced, body string
		ok              bool
	}{
		"a PDF":                       {media.PDF, "%PDF-1.7\n%…", true},
		"a page as PDF":               {media.PDF, "<html>%PDF-1.7", false},
		"a docx":                      {media.Word, packed(t, "[Content_Types].xml", "word/document.xml"), true},
		"a pptx":                      {media.PowerPoint, packed(t, "[Content_Types].xml", "ppt/presentation.xml"), true},
		"an xlsx":                     {media.Excel, packed(t, "_rels/.rels", "xl/workbook.xml", "[Content_Types].xml"), true},
		"an xlsx as docx":             {media.Word, packed(t, "[Content_Types].xml", "xl/workbook.xml"), false},
		"a docx with macros":          {media.Word, packed(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), false},
		"any zip":                     {media.Word, packed(t, "word/document.xml"), false},
		"a zip cut off":               {media.Word, packed(t, "[Content_Types].xml", "word/document.xml")[:60], false},
		"a zip of very many parts":    {media.Word, packed(t, append(many(10_001), "[Content_Types].xml", "word/document.xml")...), false},
		"a doc":                       {oldWord, compound("1Table", "WordDocument"), true},
		"a ppt whose list is long":    {oldPPT, compound("a", "b", "c", "d", "e", "f", "g", "h", "PowerPoint Document"), true},
		"an xls":                      {oldExcel, compound("Workbook"), true},
		"a doc with macros":           {oldWord, compound("WordDocument", "a", "b", "c", "Macros"), false},
		"an xls as doc":               {oldWord, compound("Workbook"), false},
		"an installer":                {oldWord, compound("Property"), false},
		"a compound file cut off":     {oldWord, compound("WordDocument")[:700], false},
		"a compound file in a circle": {oldWord, circle(), false},
		"too short for anything":      {media.PDF, "%PDF", false},
	} {
		w := newWorld()
		ctx := domain.WithActor(t.Context(), domain.Actor{Member: "ann", Grants: []domain.Grant{{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}}})
		m, form, err := w.Begin(ctx, media.Announcement{Kind: media.Document, ContentType: c.announced, Name: "课件", Size: int64(len(c.body))})
		if err != nil {
			t.Fatal(err)
		}
		w.bucket.Put(t.Context(), form.Fields["key"], "", strings.NewReader(c.body), 0)
		m, err = w.Complete(ctx, m.ID)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, media.ErrNotReal) || c.ok && (m.ContentType != c.announced || m.Name != "课件") {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func many(n int) []string { return strings.Split(strings.Repeat("x ", n-1)+"x", " ") }

// circle is a compound file whose list of streams never ends.
func circle() string {
	body := []byte(compound("WordDocument"))
	binary.LittleEndian.PutUint32(body[512+4:], 1)
	return string(body)
}

func FuzzDocuments(f *testing.F) {
	f.Add([]byte(compound("WordDocument")))
	f.Add([]byte(packed(f, "[Content_Types].xml", "word/document.xml")))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := newWorld()
		ctx := domain.WithActor(t.Context(), domain.Actor{Member: "ann", Grants: []domain.Grant{{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}}})
		m, form, err := w.Begin(ctx, media.Announcement{Kind: media.Document, ContentType: oldWord, Name: "a", Size: 50 << 20})
		if err != nil {
			t.Fatal(err)
		}
		w.bucket.Put(t.Context(), form.Fields["key"], "", bytes.NewReader(body), 0)
		if m, err = w.Complete(ctx, m.ID); err == nil && m.State != media.Ready {
			t.Errorf("%+v", m)
		}
	})
}

func TestDocumentsAreTheStaffsToBring(t *testing.T) {
	t.Parallel()
	w := newWorld()
	a := media.Announcement{Kind: media.Document, ContentType: media.PDF, Name: "课件.pdf", Size: 1}
	if _, _, err := w.Begin(as(t, "ann"), a); !errors.Is(err, media.ErrStaffOnly) {
		t.Errorf("a learner: %v", err)
	}
	for name, a := range map[string]media.Announcement{
		"without a name": {Kind: media.Document, ContentType: media.PDF, Size: 1},
		"a long name":    {Kind: media.Document, ContentType: media.PDF, Size: 1, Name: strings.Repeat("名", 101)},
		"with macros":    {Kind: media.Document, ContentType: "application/vnd.ms-word.document.macroEnabled.12", Size: 1, Name: "a"},
		"too large":      {Kind: media.Document, ContentType: media.PDF, Size: 50<<20 + 1, Name: "a"},
	} {
		if err := a.Check(); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
