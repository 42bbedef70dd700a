package review_test

import (
	"encoding/json"
	"slices"
	"testing"

	"yingdi/domain/media"
	"yingdi/domain/review"
)

// settleFiles does what jobs do after each EventDrafted so far.
func (w world) settleFiles(t testing.TB) {
	t.Helper()
	r, err := w.Store.Get(t.Context(), id)
	must(t, err)
	for _, e := range r.Outbox {
		var dropped media.Dropped
		if e.Type == review.EventDrafted {
			must(t, json.Unmarshal(e.Data, &dropped))
			must(t, w.SettleFiles(t.Context(), id, dropped.Files))
		}
	}
}

func TestAFileThatIsTakenOutOfADraftIsLetGo(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, step := range []struct {
		what    string
		files   []string
		release bool
		want    []string
	}{
		{"two", []string{"tom_audio_1", "tom_image_2"}, false, []string{"tom_audio_1", "tom_image_2"}},
		{"one is taken out", []string{"tom_audio_1"}, false, []string{"tom_audio_1"}},
		{"another is in its place, and released at once", []string{"tom_audio_3"}, true, []string{"tom_audio_3"}},
	} {
		f := review.Form{Text: "好", Media: step.files}
		var err error
		if step.release {
			_, err = w.Release(teacher(t, "tom"), id, f)
		} else {
			_, err = w.Save(teacher(t, "tom"), id, f)
		}
		must(t, err)
		w.settleFiles(t)
		if !slices.Equal(w.files.kept, step.want) {
			t.Errorf("%s: kept %v, want %v", step.what, w.files.kept, step.want)
		}
	}
	w.settle(t)
	w.reopen(t, "tom")
	_, err := w.Release(teacher(t, "tom"), id, review.Form{Text: "更好"})
	must(t, err)
	w.settleFiles(t)
	if want := []string{"tom_audio_3"}; !slices.Equal(w.files.kept, want) {
		t.Errorf("what was once released is in the record: kept %v, want %v", w.files.kept, want)
	}
	r, err := w.Store.Get(t.Context(), id)
	must(t, err)
	must(t, r.Forget(w.clock.Now()))
	var dropped media.Dropped
	must(t, json.Unmarshal(r.Outbox[len(r.Outbox)-1].Data, &dropped))
	if want := []string{"tom_audio_3"}; !slices.Equal(dropped.Files, want) {
		t.Errorf("a forgotten review drops %v, want %v", dropped.Files, want)
	}
}
