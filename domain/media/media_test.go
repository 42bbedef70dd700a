package media_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/media"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestAnnouncementsAreBoundedByKind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a  media.Announcement
		ok bool
	}{
		"a picture":             {media.Announcement{Kind: media.Image, ContentType: "image/jpeg", Size: 10 << 20}, true},
		"a picture too large":   {media.Announcement{Kind: media.Image, ContentType: "image/jpeg", Size: 10<<20 + 1}, false},
		"an empty picture":      {media.Announcement{Kind: media.Image, ContentType: "image/jpeg"}, false},
		"a negative size":       {media.Announcement{Kind: media.Image, ContentType: "image/jpeg", Size: -1}, false},
		"a drawing":             {media.Announcement{Kind: media.Image, ContentType: "image/svg+xml", Size: 1}, false},
		"a page":                {media.Announcement{Kind: media.Image, ContentType: "text/html", Size: 1}, false},
		"a type with a tail":    {media.Announcement{Kind: media.Image, ContentType: "image/png; charset=x", Size: 1}, false},
		"a recording":           {media.Announcement{Kind: media.Audio, ContentType: "audio/mpeg", Size: 1}, true},
		"a film as recording":   {media.Announcement{Kind: media.Audio, ContentType: "video/mp4", Size: 1}, false},
		"a film":                {media.Announcement{Kind: media.Video, ContentType: "video/mp4", Size: 200 << 20}, true},
		"a film too large":      {media.Announcement{Kind: media.Video, ContentType: "video/mp4", Size: 200<<20 + 1}, false},
		"a kind that is none":   {media.Announcement{Kind: "document", ContentType: "image/png", Size: 1}, false},
		"nothing was announced": {media.Announcement{}, false},
	} {
		if err := c.a.Check(); (err == nil) != c.ok || err != nil && !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatWasStoredMustBeWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	picture := media.Found{ContentType: "image/jpeg", Size: 9, Width: 3, Height: 3}
	for name, c := range map[string]struct {
		kind      media.Kind
		announced string
		found     media.Found
		want      media.State
	}{
		"a picture":                        {media.Image, "image/jpeg", picture, media.Ready},
		"another kind of picture":          {media.Image, "image/png", picture, media.Bad},
		"a page that calls itself picture": {media.Image, "image/jpeg", media.Found{Size: 9, Width: 3, Height: 3}, media.Bad},
		"a header without a picture":       {media.Image, "image/jpeg", media.Found{ContentType: "image/jpeg", Size: 9}, media.Bad},
		"an empty file":                    {media.Image, "image/jpeg", media.Found{ContentType: "image/jpeg", Width: 3, Height: 3}, media.Bad},
		"more bytes than any picture may":  {media.Image, "image/jpeg", media.Found{ContentType: "image/jpeg", Size: 11 << 20, Width: 3, Height: 3}, media.Bad},
		"too wide":                         {media.Image, "image/jpeg", media.Found{ContentType: "image/jpeg", Size: 9, Width: media.MaxSide + 1, Height: 1}, media.Bad},
		"a bomb of pixels":                 {media.Image, "image/jpeg", media.Found{ContentType: "image/jpeg", Size: 9, Width: media.MaxSide, Height: media.MaxSide}, media.Bad},
		"a recording as picture":           {media.Image, "image/jpeg", media.Found{ContentType: "audio/mpeg", Size: 9, Width: 3, Height: 3}, media.Bad},
		"AAC in its other wrapping":        {media.Audio, "audio/aac", media.Found{ContentType: "audio/mp4", Size: 9}, media.Ready},
		"a film as recording":              {media.Audio, "audio/mp4", media.Found{ContentType: "video/mp4", Size: 9}, media.Bad},
		"a film by its other name":         {media.Video, "video/quicktime", media.Found{ContentType: "video/mp4", Size: 9}, media.Ready},
	} {
		m := media.Media{Kind: c.kind, ContentType: c.announced, State: media.Pending}
		if err := m.Accept(c.found, noon); err != nil || m.State != c.want {
			t.Errorf("%s: %s, %v", name, m.State, err)
		}
		if events := len(m.Outbox); events != map[media.State]int{media.Ready: 1, media.Bad: 0}[m.State] {
			t.Errorf("%s: %d events", name, events)
		}
		if err := m.Accept(picture, noon); !errors.Is(err, domain.ErrSame) || m.State != c.want {
			t.Errorf("%s, a second look: %s, %v", name, m.State, err)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, verdict media.Verdict
		human           bool
		want            media.Verdict
	}{
		"the machine passes":                       {media.Waiting, media.Passed, false, media.Passed},
		"the machine doubts":                       {media.Waiting, media.InReview, false, media.InReview},
		"the machine says no":                      {media.Waiting, media.Rejected, false, media.Rejected},
		"a person after the machine":               {media.Rejected, media.Passed, true, media.Passed},
		"the machine after a person":               {media.Passed, media.Rejected, false, media.Passed},
		"the machine, when a person was to look":   {media.InReview, media.Passed, false, media.InReview},
		"a person before the machine":              {media.Waiting, media.Rejected, true, media.Rejected},
		"the machine tells the same a second time": {media.Passed, media.Passed, false, media.Passed},
	} {
		m := media.Media{State: media.Ready, Verdict: c.before, Trace: "t", CheckDueAt: noon}
		err := m.Judge(c.verdict, noon, c.human)
		changed := c.before != c.want
		if m.Verdict != c.want || changed != (err == nil) || changed != (len(m.Outbox) == 1) || changed != m.CheckDueAt.IsZero() {
			t.Errorf("%s: %s, %v, %d events", name, m.Verdict, err, len(m.Outbox))
		}
	}
	unseen := media.Media{State: media.Pending, Verdict: media.Waiting}
	if err := unseen.Judge(media.Passed, noon, true); !errors.Is(err, domain.ErrSame) {
		t.Errorf("judged before it was there: %v", err)
	}
}

func TestUseIsNotedOnceAndBounded(t *testing.T) {
	t.Parallel()
	m := media.Media{State: media.Ready, OrphanAt: noon}
	for range 2 {
		if err := m.Use("r"); err != nil && !errors.Is(err, domain.ErrSame) {
			t.Fatal(err)
		}
	}
	if len(m.Refs) != 1 || !m.OrphanAt.IsZero() {
		t.Errorf("%+v", m)
	}
	for i := range 49 {
		if err := m.Use(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Use("one more"); !errors.Is(err, media.ErrUnusable) {
		t.Errorf("got %v", err)
	}
	if err := m.Use("r"); !errors.Is(err, domain.ErrSame) {
		t.Errorf("what uses it already still may: %v", err)
	}
	for _, state := range []media.State{media.Pending, media.Bad} {
		m := media.Media{State: state}
		if err := m.Use("r"); !errors.Is(err, media.ErrUnusable) {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// An orphan is discarded or used, never both, in whatever order the two come.
func TestAnOrphanIsDiscardedOrUsedNeverBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := media.Media{State: media.Ready, OrphanAt: noon.Add(media.OrphanLife)}
		now, held := noon, time.Time{}
		for range rapid.IntRange(1, 10).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 16).Draw(t, "hours")) * time.Hour)
			switch rapid.SampledFrom([]string{"hold", "use", "discard"}).Draw(t, "do") {
			case "hold":
				if err := m.Hold(now); err == nil || errors.Is(err, domain.ErrSame) {
					held = now
				}
			case "use":
				if err := m.Use("r"); errors.Is(err, media.ErrUnusable) && !held.IsZero() && now.Before(held.Add(media.OrphanLife/2)) {
					t.Fatalf("held at %s and gone at %s", held, now)
				}
			case "discard":
				_ = m.Discard(now)
			}
			if m.State == media.Bad && len(m.Refs) > 0 {
				t.Fatalf("%+v", m)
			}
		}
	})
}

var heads = map[string][]string{
	"image/jpeg":      {"\xff\xd8\xff\xe0\x00\x10JFIF", "\xff\xd8\xff\xe1Exif"},
	"image/png":       {"\x89PNG\r\n\x1a\n\x00\x00"},
	"audio/mpeg":      {"ID3\x04\x00", "\xff\xfb\x90\x00", "\xff\xf3\x40\x00", "\xff\xe3\x18\x00"},
	"audio/aac":       {"\xff\xf1\x50\x80", "\xff\xf9\x50\x80"},
	"audio/wav":       {"RIFF\x24\x00\x00\x00WAVEfmt "},
	"audio/mp4":       {"\x00\x00\x00\x20ftypM4A \x00"},
	"video/mp4":       {"\x00\x00\x00\x20ftypisom\x00", "\x00\x00\x00\x18ftypmp42"},
	"video/quicktime": {"\x00\x00\x00\x14ftypqt  "},
	"": {
		"", "\xff", "\xff\xd8", "<html>", "<?xml version=\"1.0\"?><svg", "GIF89a", "RIFF\x24\x00\x00\x00WEBP", "RIFF", "%PDF-1.7",
		"PK\x03\x04", "MZ\x90\x00", "\x7fELF", "\x00\x00\x00\x20ftypheic", "\x00\x00\x00\x20ftypavif", "\x00\x00\x00\x20ftyp", "#!/bin/sh",
		" \xff\xd8\xff", "<!--ftypisom--><script>", "\xff\xff\xff\xff",
	},
}

func TestSniffGoesByTheContent(t *testing.T) {
	t.Parallel()
	for want, list := range heads {
		for _, head := range list {
			if got := media.Sniff([]byte(head)); got != want {
				t.Errorf("%q: got %q, want %q", head, got, want)
			}
		}
	}
}

// Whatever bytes come, what Sniff answers is one of the accepted types and never one that a browser would run.
func FuzzSniff(f *testing.F) {
	for _, list := range heads {
		for _, head := range list {
			f.Add([]byte(head))
		}
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		got := media.Sniff(head)
		if got == "" {
			return
		}
		kind, _, _ := strings.Cut(got, "/")
		if err := (media.Announcement{Kind: media.Kind(kind), ContentType: got, Size: 1}).Check(); err != nil {
			t.Errorf("%q is called %q, which nobody may bring", head, got)
		}
		if c := head[0]; slices.Contains([]byte("<#%MPG \t\r\n"), c) {
			t.Errorf("%q is called %q", head, got)
		}
	})
}
