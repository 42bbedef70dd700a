package checkin

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode"

	"yingdi/domain"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

// ErrLacks refuses a check-in that does not hold what its task asks for; its fields say what is missing.
var ErrLacks = domain.Refusal(domain.KindInvalid, "checkin_lacks", "还缺少任务要求的内容")

// Characters of a text as a teacher counts them: spaces and line breaks are none.
func Characters(text string) (n int) {
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// Lacks returns ErrLacks with everything that the text and the files fall short of, or nil. How long a recording lasts is
// what its bytes say.
func Lacks(need lesson.Need, text string, files []media.Media) error {
	var missing []domain.Field
	lack := func(field, format string, args ...any) {
		missing = append(missing, domain.Field{Name: field, Message: fmt.Sprintf(format, args...)})
	}
	if n := Characters(text); n < need.Characters {
		lack("text", "文字至少 %d 个字，现在 %d 个", need.Characters, n)
	}
	pictures, recordings := 0, 0
	shortest, longest := time.Duration(need.MinSeconds)*time.Second, time.Duration(need.MaxSeconds)*time.Second
	for i, f := range files {
		switch f.Kind {
		case media.Image:
			pictures++
			continue
		case media.Audio, media.Video:
			recordings++
		default:
			continue
		}
		lasts := int(f.Length.Round(time.Second) / time.Second)
		switch {
		case shortest+longest > 0 && f.Length == 0:
			lack("media", "第 %d 个文件的时长无法识别，请换一种格式", i+1)
		case f.Length.Round(time.Second) < shortest:
			lack("media", "录音或视频至少 %d 秒，第 %d 个文件只有 %d 秒", need.MinSeconds, i+1, lasts)
		case longest > 0 && f.Length.Round(time.Second) > longest:
			lack("media", "录音或视频最长 %d 秒，第 %d 个文件有 %d 秒", need.MaxSeconds, i+1, lasts)
		}
	}
	if pictures < need.Pictures {
		lack("media", "图片至少 %d 张，现在 %d 张", need.Pictures, pictures)
	}
	if recordings < need.Recordings {
		lack("media", "录音或视频至少 %d 个，现在 %d 个", need.Recordings, recordings)
	}
	if missing == nil {
		return nil
	}
	return &domain.Error{Kind: ErrLacks.Kind, Code: ErrLacks.Code, Message: missing[0].Message, Fields: missing}
}

// lacks looks the files up, if the task asks for anything.
func (s *Service) lacks(ctx context.Context, need lesson.Need, f Form) error {
	if need == (lesson.Need{}) {
		return nil
	}
	found, err := s.Media.Many(ctx, f.Media)
	if err != nil {
		return err
	}
	files := make([]media.Media, len(f.Media))
	for i, id := range f.Media {
		files[i] = found[id]
	}
	return Lacks(need, f.Text, files)
}

// needOf returns what the check-in's task asks for; nothing if the task is gone.
func (s *Service) needOf(ctx context.Context, c Checkin) (lesson.Need, error) {
	task, err := s.Tasks.Get(ctx, c.Camp, c.Task)
	if errors.Is(err, domain.ErrNotFound) {
		return lesson.Need{}, nil
	}
	return task.Need, err
}
