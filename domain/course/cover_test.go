package course_test

import (
	"encoding/json"
	"slices"
	"testing"

	"yingdi/domain/course"
)

// settleCovers does what jobs do after each EventCover so far.
func (w *world) settleCovers(t testing.TB) {
	t.Helper()
	c, err := w.courses.Get(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Outbox {
		var changed course.CoverChanged
		if e.Type != course.EventCover {
			continue
		}
		if err := json.Unmarshal(e.Data, &changed); err != nil {
			t.Fatal(err)
		}
		if err := w.SettleCover(t.Context(), "c1", changed); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACoverThatIsReplacedIsLetGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var level string
	for _, step := range []struct {
		what, cover string
		want        []string
	}{
		{"a level with a cover", "ann_1", []string{"ann_1"}},
		{"another cover", "ann_2", []string{"ann_2"}},
		{"other words", "ann_2", []string{"ann_2"}},
		{"no cover", "", []string{}},
		{"one again", "ann_3", []string{"ann_3"}},
	} {
		f := course.Form{Title: step.what, Cover: step.cover}
		var c course.Course
		var err error
		if level == "" {
			c, err = w.Add(staff(t), "c1", f)
		} else {
			c, err = w.Edit(staff(t), "c1", level, f)
		}
		if err != nil {
			t.Fatal(err)
		}
		level = c.Levels[3].ID
		w.settleCovers(t)
		if got := w.pictures.kept["level:"+level]; !slices.Equal(got, step.want) {
			t.Errorf("%s: kept %v, want %v", step.what, got, step.want)
		}
	}
	if _, err := w.Remove(staff(t), "c1", level); err != nil {
		t.Fatal(err)
	}
	w.settleCovers(t)
	if got := w.pictures.kept["level:"+level]; len(got) != 0 {
		t.Errorf("kept %v of a level that is gone", got)
	}
}
