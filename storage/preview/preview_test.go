package preview_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/storage/preview"
)

// pdf of so many pages, each 300 points wide and high times as high. What extra adds to the trailer encrypts it, say.
func pdf(pages int, high float64, extra string) string {
	var out bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	out.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", i+4)
	}
	object(fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", pages, kids))
	const content = "0 0 1 rg 50 50 200 200 re f"
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	for range pages {
		object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 %g] /Contents 3 0 R >>", 300*high))
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, extra, start)
	return out.String()
}

// locked is what a trailer says of a PDF whose password nobody knows.
var locked = "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" +
	strings.Repeat("a1", 32) + "> /U <" + strings.Repeat("b2", 32) + "> >>"

func tools(t *testing.T, o preview.Options) *preview.Tools {
	t.Helper()
	if o.PDFToPPM == "" {
		o.PDFToPPM = "pdftoppm"
	}
	if o.Soffice == "" {
		o.Soffice = "testdata/soffice"
	}
	made := preview.New(t.Context(), o)
	if pdf, office := made.Kinds(); !pdf || !office {
		t.Fatal("pdftoppm is missing: make setup installs it")
	}
	return made
}

// script is an executable file.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tool")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheFirstPagesOfADocumentAreDrawn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		contentType, document string
		pages, wide, high     int
	}{
		"one page":                      {media.PDF, pdf(1, 1, ""), 1, media.PageSide, media.PageSide},
		"a high page":                   {media.PDF, pdf(1, 2, ""), 1, media.PageSide / 2, media.PageSide},
		"a page as long as a street":    {media.PDF, pdf(1, 40, ""), 1, media.PageSide / 40, media.PageSide},
		"three pages":                   {media.PDF, pdf(3, 1, ""), 3, media.PageSide, media.PageSide},
		"a thousand pages":              {media.PDF, pdf(1000, 2, ""), media.MaxPages, media.PageSide / 2, media.PageSide},
		"a text":                        {media.Word, "docx\n" + pdf(2, 2, ""), 2, media.PageSide / 2, media.PageSide},
		"slides":                        {media.PowerPoint, "pptx\n" + pdf(12, 0.5, ""), media.MaxPages, media.PageSide, media.PageSide / 2},
		"a sheet":                       {media.Excel, "xlsx\n" + pdf(1, 1, ""), 1, media.PageSide, media.PageSide},
		"a PDF that lost its directory": {media.PDF, strings.Replace(pdf(2, 1, ""), "xref\n0", "lost\n0", 1), 2, media.PageSide, media.PageSide},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages, err := tools(t, preview.Options{}).Draw(t.Context(), c.contentType, strings.NewReader(c.document))
			if err != nil || len(pages) != c.pages {
				t.Fatalf("%d pages, want %d: %v", len(pages), c.pages, err)
			}
			for i, page := range pages {
				config, err := jpeg.DecodeConfig(bytes.NewReader(page))
				if err != nil || !near(config.Width, c.wide) || !near(config.Height, c.high) || len(page) > media.MaxPageSize {
					t.Errorf("page %d: %d bytes, %d × %d, %v", i+1, len(page), config.Width, config.Height, err)
				}
			}
		})
	}
}

// near is up to a pixel and what comes of a page's own rounding.
func near(got, want int) bool { return got <= want+1 && got >= want-2 && got <= media.PageSide }

func TestWhatCannotBeDrawnIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		contentType, document string
		pdftoppm              string // instead of the real one
	}{
		"a broken PDF":     {media.PDF, "%PDF-1.7\n" + strings.Repeat("garbage ", 1000), ""},
		"nothing":          {media.PDF, "", ""},
		"an encrypted PDF": {media.PDF, pdf(2, 1, locked), ""},
		"no pages at all":  {media.PDF, pdf(0, 1, ""), ""},
		"an office document that LibreOffice fails":     {media.Word, "fail\n", ""},
		"one of which it makes nothing, and is content": {media.Word, "none\n", ""},
		"one of which it makes no PDF":                  {media.Word, "docx\nhello", ""},
		"one that fills the disk":                       {media.Word, "huge\n", ""},
		"a page that fills the disk":                    {media.PDF, pdf(1, 1, ""), "yes >page-1.jpg"},
		"a page that is a gigabyte of nothing":          {media.PDF, pdf(1, 1, ""), "truncate -s 30M page-1.jpg"},
		"a page that is no picture":                     {media.PDF, pdf(1, 1, ""), "echo hello >page-1.jpg"},
		"a page that is a link to something else":       {media.PDF, pdf(1, 1, ""), "ln -s /etc/passwd page-1.jpg"},
		"a page that is a folder":                       {media.PDF, pdf(1, 1, ""), "mkdir page-1.jpg"},
		"a page that waits for somebody to write it":    {media.PDF, pdf(1, 1, ""), "mkfifo page-1.jpg"},
		"a tool that dies":                              {media.PDF, pdf(1, 1, ""), "kill -SEGV $$"},
		"a tool that takes all memory":                  {media.PDF, pdf(1, 1, ""), "exec awk 'BEGIN { s = \"x\"; while (length(s) < 3e9) s = s s }'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := preview.Options{}
			if c.pdftoppm != "" {
				o.PDFToPPM = script(t, c.pdftoppm)
			}
			pages, err := tools(t, o).Draw(t.Context(), c.contentType, strings.NewReader(c.document))
			if !errors.Is(err, media.ErrUndrawable) || pages != nil {
				t.Errorf("%d pages, %v", len(pages), err)
			}
		})
	}
}

func TestAToolThatHangsIsKilledWithAllThatItStarted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		patience time.Duration
		end      bool // the process is told to end meanwhile
		want     error
	}{
		"when patience ends":     {500 * time.Millisecond, false, media.ErrUndrawable},
		"when the process stops": {time.Minute, true, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			note := filepath.Join(t.TempDir(), "child")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			made := tools(t, preview.Options{Patience: c.patience})
			if c.end {
				go func() { child(t, note); cancel() }()
			}
			began := time.Now()
			if _, err := made.Draw(ctx, media.Word, strings.NewReader("sleep\n"+note)); !errors.Is(err, c.want) {
				t.Fatal(err)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("that took %s", took)
			}
			id := child(t, note)
			for deadline := time.Now().Add(10 * time.Second); alive(id); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("its child lives on")
				}
			}
		})
	}
}

// child waits for the note of the child's id.
func child(t *testing.T, note string) int {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		raw, _ := os.ReadFile(note)
		if id, err := strconv.Atoi(strings.TrimSpace(string(raw))); err == nil {
			return id
		}
	}
	t.Error("the child never ran")
	return 0
}

// alive tells whether a process runs; one that is dead and not buried does not.
func alive(id int) bool {
	if syscall.Kill(id, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func TestNothingIsLeftBehindInTheMachinesTemporaryFolder(t *testing.T) { // not in parallel: the folder is the process's
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	made := tools(t, preview.Options{})
	_, _ = made.Draw(t.Context(), media.PDF, strings.NewReader(pdf(1, 1, "")))
	_, _ = made.Draw(t.Context(), media.Word, strings.NewReader("huge\n"))
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestWithoutToolsNothingIsDrawn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o           preview.Options
		pdf, office bool
	}{
		{preview.Options{}, false, false},
		{preview.Options{PDFToPPM: "/nowhere/pdftoppm", Soffice: "testdata/soffice"}, false, false},
		{preview.Options{PDFToPPM: "pdftoppm"}, true, false},
		{preview.Options{PDFToPPM: "pdftoppm", Soffice: "testdata/soffice"}, true, true},
	} {
		made := preview.New(t.Context(), c.o)
		if made.Draws(media.PDF) != c.pdf || made.Draws(media.Word) != c.office || made.Draws("image/png") {
			t.Errorf("%+v: PDF %v, Word %v, a picture %v", c.o, made.Draws(media.PDF), made.Draws(media.Word), made.Draws("image/png"))
		}
	}
}

func TestAToolThatIsNoLongerThereMayComeBack(t *testing.T) {
	t.Parallel()
	tool := script(t, "exit 0")
	made := tools(t, preview.Options{PDFToPPM: tool})
	if err := os.Remove(tool); err != nil {
		t.Fatal(err)
	}
	if _, err := made.Draw(t.Context(), media.PDF, strings.NewReader(pdf(1, 1, ""))); !errors.Is(err, domain.ErrUnavailable) {
		t.Error(err)
	}
}
