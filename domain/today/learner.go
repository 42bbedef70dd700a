package today

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/member"
	"yingdi/domain/review"
)

// Story is one learner in a camp: their days, what they handed in, what they were told.
type Story struct {
	Camp     camp.Own
	Member   member.Card
	Place    enrolment.Enrolment
	Reply    []form.Asked // what they answered at enrolment, masked for those who may not see it
	Progress checkin.Progress
	Entries  []Chapter // the newest first
	Timeline []Moment  // the newest first
	Next     domain.Cursor
}

// Chapter is one check-in of the story. Review is the zero one if there is none.
type Chapter struct {
	checkin.Entry
	Task   string // title; empty if the task was removed
	Review review.Review
}

// Done counts the scheduled days on which the learner handed in.
func (s Story) Done() int {
	n := 0
	for _, day := range s.Progress.Scheduled {
		if s.Progress.Done[day] {
			n++
		}
	}
	return n
}

// Learner returns the story of one learner to the camp's staff. The check-ins are paged.
func (s *Service) Learner(ctx context.Context, campID, memberID string, page domain.Page) (Story, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView)
	if err != nil {
		return Story{}, err
	}
	story := Story{}
	if story.Place, err = s.Enrolments.OfMember(ctx, campID, memberID); err != nil {
		return Story{}, err
	}
	story.Camp = story.Place.In(in)
	if story.Reply, err = s.Enrolments.ReplyOf(ctx, story.Place); err != nil {
		return Story{}, err
	}
	cards, err := s.Members.Cards(ctx, []string{memberID})
	if err != nil {
		return Story{}, err
	}
	story.Member = cards[memberID]
	if story.Progress, err = s.Checkins.Progress(ctx, in, memberID); err != nil {
		return Story{}, err
	}
	if story.Entries, story.Next, err = s.chapters(ctx, campID, memberID, page); err != nil {
		return Story{}, err
	}
	return story, s.tell(ctx, &story, page.After == "")
}

func (s *Service) chapters(ctx context.Context, campID, memberID string, page domain.Page) ([]Chapter, domain.Cursor, error) {
	entries, next, err := s.Checkins.OfMember(ctx, campID, memberID, page)
	if err != nil {
		return nil, "", err
	}
	tasks, err := s.Tasks.All(ctx, campID)
	if err != nil {
		return nil, "", err
	}
	titles := map[string]string{}
	for _, t := range tasks {
		titles[t.ID] = t.Title
	}
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	reviews, err := s.Reviews.Many(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	list := make([]Chapter, len(entries))
	for i, e := range entries {
		list[i] = Chapter{Entry: e, Task: titles[e.Task], Review: reviews[e.ID]}
	}
	return list, next, nil
}
