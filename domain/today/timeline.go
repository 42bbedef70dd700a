package today

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
	"yingdi/domain/quiz"
	"yingdi/domain/team"
)

// Teams is what this feature needs of domain/team.
type Teams interface {
	Of(ctx context.Context, camp, member string) ([]team.Change, error)
}

// Notices is what this feature needs of the store of notices.
type Notices interface {
	// InCamp lists what a person was told about a camp, the newest first.
	InCamp(ctx context.Context, camp, member string, page domain.Page) ([]notice.Notice, domain.Cursor, error)
}

// Moment is one thing that happened to a learner in a camp.
type Moment struct {
	At      time.Time
	Kind    MomentKind
	Text    string // the task, the team, the message; may be empty
	Checkin string // its id, where there is one
}

// MomentKind says what happened.
type MomentKind string

// The kinds.
const (
	MomentEnrolled MomentKind = "enrolled"
	MomentReply    MomentKind = "reply" // answered the form
	MomentTeam     MomentKind = "team"  // moved into a team, or out of any if Text is empty
	MomentCheckin  MomentKind = "checkin"
	MomentReview   MomentKind = "review"
	MomentQuiz     MomentKind = "quiz"
	MomentMessage  MomentKind = "message"
)

// timeline puts what the story tells in order, the newest first.
func timeline(s Story, sat []quiz.Attempt, moves []team.Change, told []notice.Notice) []Moment {
	var all []Moment
	for _, e := range s.Entries {
		all = append(all, Moment{e.SubmittedAt, MomentCheckin, e.Task, e.ID})
		if e.Review.Round > 0 {
			all = append(all, Moment{e.Review.ReleasedAt, MomentReview, e.Task, e.ID})
		}
	}
	for _, a := range sat {
		if a.State == quiz.Finished {
			all = append(all, Moment{At: a.FinishedAt, Kind: MomentQuiz, Text: fmt.Sprintf("%s（%s / %s 分）", a.Title, a.Mark, a.Full())})
		}
	}
	for _, m := range moves {
		all = append(all, Moment{At: m.At, Kind: MomentTeam, Text: m.Name})
	}
	for _, n := range told {
		all = append(all, Moment{At: n.At, Kind: MomentMessage, Text: n.Title})
	}
	slices.SortStableFunc(all, func(a, b Moment) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(string(a.Kind), string(b.Kind))
	})
	return all
}

// tell fills in the story's timeline. What is not a check-in comes with the first page.
func (s *Service) tell(ctx context.Context, story *Story, first bool) error {
	if !first {
		story.Timeline = timeline(*story, nil, nil, nil)
		return nil
	}
	moves, err := s.Teams.Of(ctx, story.Camp.ID, story.Place.Member)
	if err != nil {
		return err
	}
	tasks, err := s.Tasks.All(ctx, story.Camp.ID)
	if err != nil {
		return err
	}
	sat, err := s.Quizzes.OfMember(ctx, story.Camp, story.Place.Member, tasks)
	if err != nil {
		return err
	}
	told, _, err := s.Notices.InCamp(ctx, story.Camp.ID, story.Place.Member, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	story.Timeline = timeline(*story, sat, moves, told)
	// The beginning: nothing can have happened before, whatever a clock said.
	if story.Place.Reply != nil {
		story.Timeline = append(story.Timeline, Moment{At: story.Place.Reply.At, Kind: MomentReply})
	}
	story.Timeline = append(story.Timeline, Moment{At: story.Place.ActiveAt, Kind: MomentEnrolled})
	return nil
}
