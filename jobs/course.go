package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/lesson"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/study"
)

func courses(s *course.Service, tasks *lesson.Service) []Consumer {
	return []Consumer{
		{Name: "course-checkin", Events: []string{checkin.EventSubmitted, review.EventPassed}, Lane: Urgent, Handle: byID(s.HeardCheckin)},
		{Name: "course-quiz", Events: []string{quiz.EventMarked}, Lane: Urgent, Handle: byID(s.HeardAttempt)},
		{Name: "course-mark", Events: []string{study.EventMarked}, Lane: Urgent, Handle: byID(s.HeardMark)},
		{Name: "course-news", Events: []string{course.EventAdvanced}, Lane: Normal, Handle: byID(s.Announce)},
		{Name: "course-changed", Events: []string{course.EventChanged}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.Changed)},
		{Name: "course-badge", Events: []string{course.EventBadge}, Lane: Slow, Timeout: 10 * time.Minute, Handle: byID(s.HonourAll)},
		{Name: "course-cover", Events: []string{course.EventCover}, Lane: Normal, Handle: func(ctx context.Context, p domain.Posted) error {
			var changed course.CoverChanged
			if err := decode(p, &changed); err != nil {
				return err
			}
			return s.SettleCover(ctx, p.ID, changed)
		}},
		{Name: "course-task", Events: []string{lesson.EventTask, lesson.EventRemoved}, Lane: Slow, Timeout: 10 * time.Minute,
			Handle: func(ctx context.Context, p domain.Posted) error {
				campID, err := tasks.CampOf(ctx, p.ID)
				if err != nil {
					return err
				}
				return s.Changed(ctx, campID)
			}},
	}
}
