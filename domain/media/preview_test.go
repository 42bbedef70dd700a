package media_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/media"
)

// previews draws as many pages as it is told to, or fails.
type previews struct {
	pages int
	err   error
	tried int
	while func() // it draws
}

func (p *previews) Draws(contentType string) bool { return contentType == media.PDF }

func (p *previews) Draw(_ context.Context, _ string, document io.Reader) ([][]byte, error) {
	p.tried++
	body, err := io.ReadAll(document)
	if err != nil || p.err != nil {
		return nil, errors.Join(err, p.err)
	}
	if p.while != nil {
		p.while()
	}
	pages := make([][]byte, p.pages)
	for i := range pages {
		pages[i] = fmt.Appendf(nil, "page %d of %s", i+1, body)
	}
	return pages, nil
}

// document brings a complete one of the admin's.
func (w world) document(t *testing.T, contentType, body string) media.Media {
	t.Helper()
	ctx := domain.WithActor(t.Context(), domain.Actor{Member: "admin", Grants: []domain.Grant{{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}}})
	m, form, err := w.Begin(ctx, media.Announcement{Kind: media.Document, ContentType: contentType, Name: "课件", Size: int64(len(body))})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bucket.Put(ctx, form.Fields["key"], "", strings.NewReader(body), 0); err != nil {
		t.Fatal(err)
	}
	if m, err = w.Complete(ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	return m
}

// drawn is a world that draws, with a document in it.
func drawn(t *testing.T, p *previews) (world, media.Media) {
	t.Helper()
	w := newWorld()
	w.Previews = p
	return w, w.document(t, media.PDF, "%PDF-1.7")
}

// seen is a document as somebody sees it.
func (w world) seen(t *testing.T, id string) media.View {
	t.Helper()
	found, err := w.Many(t.Context(), []string{id})
	if err != nil {
		t.Fatal(err)
	}
	views, err := w.Views(t.Context(), found, []string{id}, true)
	if err != nil || len(views) != 1 {
		t.Fatalf("%v, %v", views, err)
	}
	return views[0]
}

func TestTheFirstPagesOfADocumentLieBesideItAndGoWithIt(t *testing.T) {
	t.Parallel()
	p := &previews{pages: 3}
	w, m := drawn(t, p)
	for range 2 {
		if err := w.MakePreview(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
	}
	v := w.seen(t, m.ID)
	if p.tried != 1 || len(v.Pages) != 3 || !strings.HasPrefix(v.Pages[2], m.PageKey(3)) || !strings.HasPrefix(v.ThumbURL, m.ThumbKey()) || v.Undrawable {
		t.Errorf("drawn %d times: %+v", p.tried, v)
	}
	want := slices.Sorted(slices.Values([]string{m.Key(), m.ThumbKey(), m.PageKey(1), m.PageKey(2), m.PageKey(3)}))
	if diff := cmp.Diff(want, w.bucket.keys()); diff != "" {
		t.Error(diff)
	}
	w.clock.Add(media.OrphanLife + time.Second)
	if err := w.SweepOrphans(t.Context()); err != nil || len(w.bucket.keys()) > 0 {
		t.Errorf("left: %v, %v", w.bucket.keys(), err)
	}
}

func TestADocumentThatCannotBeDrawnKeepsItsNameAndItsSize(t *testing.T) {
	t.Parallel()
	p := &previews{err: fmt.Errorf("exit status 1: %w", media.ErrUndrawable)}
	w, m := drawn(t, p)
	for range 2 {
		if err := w.MakePreview(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.seen(t, m.ID); p.tried != 1 || !v.Undrawable || v.Pages != nil || v.ThumbURL != "" || v.Name != "课件" || v.Size != 8 || v.URL == "" {
		t.Errorf("tried %d times: %+v", p.tried, v)
	}
}

func TestAToolThatIsAwayIsTriedAgain(t *testing.T) {
	t.Parallel()
	p := &previews{pages: 1, err: domain.ErrUnavailable}
	w, m := drawn(t, p)
	if err := w.MakePreview(t.Context(), m.ID); !errors.Is(err, domain.ErrUnavailable) || w.seen(t, m.ID).Undrawable {
		t.Error(err)
	}
	p.err = nil
	if err := w.MakePreview(t.Context(), m.ID); err != nil || len(w.seen(t, m.ID).Pages) != 1 {
		t.Error(err)
	}
}

func TestWhatNoToolDrawsStaysAsItIs(t *testing.T) {
	t.Parallel()
	p := &previews{pages: 1}
	w := newWorld()
	w.Previews = p
	word := w.document(t, media.Word, packed(t, "[Content_Types].xml", "word/document.xml"))
	picture := w.ready(t)
	for _, id := range []string{word.ID, picture.ID, "gone"} {
		if err := w.MakePreview(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	if v := w.seen(t, word.ID); p.tried > 0 || v.Undrawable || v.Pages != nil {
		t.Errorf("tried %d times: %+v", p.tried, v)
	}
}

func TestADocumentThatGoesWhileItIsDrawnLeavesNothing(t *testing.T) {
	t.Parallel()
	p := &previews{pages: 3}
	w, m := drawn(t, p)
	p.while = func() {
		if err := w.Forget(t.Context(), m); err != nil {
			t.Error(err)
		}
	}
	if err := w.MakePreview(t.Context(), m.ID); err != nil || len(w.bucket.keys()) > 0 {
		t.Errorf("left: %v, %v", w.bucket.keys(), err)
	}
}

func TestAPreviewIsMadeThoughTheProcessDiesAtAnyMoment(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		w, m := drawn(t, &previews{pages: 2})
		w.power.Cut(1, after)
		_ = w.MakePreview(t.Context(), m.ID)
		if !w.power.Restore() {
			t.Fatal("it never died")
		}
		if err := w.MakePreview(t.Context(), m.ID); err != nil || len(w.seen(t, m.ID).Pages) != 2 {
			t.Errorf("died after the write: %v: %v", after, err)
		}
	}
}

// heard lets every consumer be done with what happened to the media, and returns what that was.
func (w world) heard(t *testing.T, id string) (events []string) {
	t.Helper()
	if _, err := w.store.Update(t.Context(), id, func(m *media.Media) error {
		events = nil
		for _, e := range m.Outbox {
			events = append(events, e.Type)
		}
		m.Outbox = nil
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return events
}

func TestDocumentsOlderThanTheToolsGetTheirPreviewsSomeAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld()
	var old []media.Media
	for range 130 {
		old = append(old, w.document(t, media.PDF, "%PDF-1.7"))
	}
	word := w.document(t, media.Word, packed(t, "[Content_Types].xml", "word/document.xml"))
	for _, m := range append(old, word, w.ready(t)) {
		w.heard(t, m.ID) // and nobody could draw
	}
	w.Previews = &previews{pages: 1}
	fresh := w.document(t, media.PDF, "%PDF-1.7") // whose turn comes by itself
	for round, want := range []int{100, 30, 0} {
		if round == 1 { // the process dies in the midst of it
			w.power.Cut(5, true)
			_ = w.SweepPreviews(t.Context())
			if !w.power.Restore() {
				t.Fatal("it never died")
			}
		}
		if err := w.SweepPreviews(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, m := range old {
			for _, event := range w.heard(t, m.ID) {
				if event != media.EventUndrawn {
					t.Fatalf("%s of media %s", event, m.ID)
				}
				asked++
				if err := w.MakePreview(t.Context(), m.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		if asked != want {
			t.Errorf("round %d asked for %d previews, want %d", round, asked, want)
		}
	}
	for _, m := range old {
		if v := w.seen(t, m.ID); len(v.Pages) != 1 {
			t.Errorf("media %s has %d pages", m.ID, len(v.Pages))
		}
	}
	if got := w.heard(t, word.ID); got != nil {
		t.Errorf("what nothing draws is asked for: %v", got)
	}
	if diff := cmp.Diff([]string{media.EventReady}, w.heard(t, fresh.ID)); diff != "" {
		t.Error(diff)
	}
}
