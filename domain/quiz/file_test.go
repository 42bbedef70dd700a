package quiz_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/quiz"
)

// pictures are the teacher's own media: p… are pictures, v… films.
type pictures struct{}

func (pictures) Usable(_ context.Context, owner string, ids []string) error {
	if owner != "ann" || slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, "x") }) {
		return media.ErrUnusable
	}
	return nil
}

func (pictures) Keep(context.Context, string, []string) error { return nil }

func (pictures) Many(_ context.Context, ids []string) (map[string]media.Media, error) {
	found := map[string]media.Media{}
	for _, id := range ids {
		kind := media.Image
		if strings.HasPrefix(id, "v") {
			kind = media.Video
		}
		found[id] = media.Media{Doc: domain.Doc{ID: id}, Kind: kind}
	}
	return found, nil
}

func (p pictures) Own(ctx context.Context, ids []string) ([]media.View, error) {
	found, _ := p.Many(ctx, ids)
	return p.Views(ctx, found, ids, true)
}

func (pictures) Views(_ context.Context, found map[string]media.Media, ids []string, _ bool) (views []media.View, err error) {
	for _, id := range ids {
		if m, ok := found[id]; ok {
			views = append(views, media.View{ID: id, Kind: m.Kind, URL: "/" + id})
		}
	}
	return views, nil
}

func TestStudyMaterialHasPicturesThatAnAttemptKeepsShowing(t *testing.T) {
	t.Parallel()
	form := quiz.QuestionForm{Points: 2, Content: quiz.Content{Kind: quiz.Truth, Text: "对吗？", Study: "看图", Files: []string{"p1", "p2"}, Key: quiz.Key{Right: []int{0}}}}
	w := newWorld(t, usual, form)
	q := w.questions.All(nil)[0]
	sheet := w.start(t, "lin")
	form.Files = []string{"p2"}
	if changed, err := w.EditQuestion(teacher(t), "c1", q.ID, form); err != nil || changed.Version != 2 {
		t.Fatal(changed.Version, err)
	}
	sheet, err := w.Sheet(as(t, "lin"), sheet.ID)
	if err != nil || len(sheet.Questions[0].Files) != 2 || sheet.Questions[0].Files[0].URL != "/p1" {
		t.Errorf("%+v, %v", sheet.Questions[0].Files, err)
	}
	if events := w.questions.Events(q.ID); len(events) != 2 || events[0] != quiz.EventQuestion {
		t.Errorf("events %v", events)
	}
	for name, files := range map[string][]string{
		"another's": {"x1"}, "a film": {"v1"}, "one twice": {"p3", "p3"}, "no id": {"../p"}, "too many": {"p3", "p4", "p5", "p6", "p7", "p8", "p9"},
	} {
		form.Files = files
		if _, err := w.EditQuestion(teacher(t), "c1", q.ID, form); !errors.Is(err, domain.ErrInvalid) && !errors.Is(err, quiz.ErrFiles) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
