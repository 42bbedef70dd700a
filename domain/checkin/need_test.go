package checkin_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

func TestWhatACheckInLacksIsNamed(t *testing.T) {
	t.Parallel()
	picture := media.Media{Kind: media.Image}
	lasting := func(kind media.Kind, d time.Duration) media.Media { return media.Media{Kind: kind, Length: d} }
	for name, c := range map[string]struct {
		need  lesson.Need
		text  string
		files []media.Media
		want  []domain.Field
	}{
		"nothing asked for":        {lesson.Need{}, "", nil, nil},
		"enough characters":        {lesson.Need{Characters: 3}, "读 \n\u3000完了", nil, nil},
		"spaces are none":          {lesson.Need{Characters: 4}, "读 \n\u3000完了", nil, []domain.Field{{Name: "text", Message: "文字至少 4 个字，现在 3 个"}}},
		"a picture":                {lesson.Need{Pictures: 1}, "", []media.Media{picture}, nil},
		"a picture too few":        {lesson.Need{Pictures: 2}, "", []media.Media{picture}, []domain.Field{{Name: "media", Message: "图片至少 2 张，现在 1 张"}}},
		"a film is a recording":    {lesson.Need{Recordings: 1}, "", []media.Media{lasting(media.Video, 0)}, nil},
		"a picture is none":        {lesson.Need{Recordings: 1}, "", []media.Media{picture}, []domain.Field{{Name: "media", Message: "录音或视频至少 1 个，现在 0 个"}}},
		"just long enough":         {lesson.Need{Recordings: 1, MinSeconds: 30}, "", []media.Media{lasting(media.Audio, 29_500*time.Millisecond)}, nil},
		"too short":                {lesson.Need{Recordings: 1, MinSeconds: 30}, "", []media.Media{picture, lasting(media.Audio, 29*time.Second)}, []domain.Field{{Name: "media", Message: "录音或视频至少 30 秒，第 2 个文件只有 29 秒"}}},
		"too long":                 {lesson.Need{MaxSeconds: 60}, "", []media.Media{lasting(media.Audio, 61*time.Second)}, []domain.Field{{Name: "media", Message: "录音或视频最长 60 秒，第 1 个文件有 61 秒"}}},
		"nobody knows how long":    {lesson.Need{MaxSeconds: 60}, "", []media.Media{lasting(media.Audio, 0)}, []domain.Field{{Name: "media", Message: "第 1 个文件的时长无法识别，请换一种格式"}}},
		"a bound and no recording": {lesson.Need{MinSeconds: 5, MaxSeconds: 60}, "读", nil, nil},
		"everything at once": {lesson.Need{Characters: 2, Pictures: 1}, "", nil, []domain.Field{
			{Name: "text", Message: "文字至少 2 个字，现在 0 个"}, {Name: "media", Message: "图片至少 1 张，现在 0 张"},
		}},
	} {
		err := checkin.Lacks(c.need, c.text, c.files)
		var refusal *domain.Error
		if (err != nil) != (c.want != nil) || err != nil && (!errors.As(err, &refusal) || !errors.Is(err, checkin.ErrLacks)) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if refusal == nil {
			continue
		}
		if diff := cmp.Diff(c.want, refusal.Fields); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestATaskHoldsItsCheckInsToWhatItAsksFor(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.tasks[4].Need = lesson.Need{Characters: 3, Pictures: 1}
	w.picture(t, "ann_1", media.Passed)
	_, _, err := w.Submit(as(t, "ann"), "c1", "t-2026-03-05", checkin.Form{Text: "读完了"})
	refused(t, "without a picture", err, checkin.ErrLacks)
	if n := len(w.store.All(nil)); n != 0 {
		t.Errorf("%d stored", n)
	}
	c := w.submit(t, "ann", checkin.Form{Text: "读完了", Media: []string{"ann_1"}})
	_, err = w.Edit(as(t, "ann"), c.ID, checkin.Form{Text: "读", Media: []string{"ann_1"}})
	refused(t, "an edit that takes words away", err, checkin.ErrLacks)
	w.tasks[4].ID = "gone"
	_, err = w.Edit(as(t, "ann"), c.ID, checkin.Form{Text: "读"})
	must(t, err)
}
