package checkin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/media"
	"yingdi/domain/member"
)

// Comment is a learner's or a teacher's word under a check-in.
type Comment struct {
	domain.Doc
	Checkin   string    `json:"checkin"`
	Camp      string    `json:"camp"`
	Organiser string    `json:"organiser,omitempty"` // empty of comments of an earlier version
	Member    string    `json:"member"`
	Text      string    `json:"text"`
	State     State     `json:"state"`
	Reason    string    `json:"reason,omitempty"` // why it is not visible, by a person
	At        time.Time `json:"at"`
}

// CheckComment bounds a comment.
func CheckComment(text string) error {
	var check domain.Check
	check.Text("text", "评论", text, 1, MaxComment)
	return check.Err()
}

// Delete takes the comment away.
func (c *Comment) Delete() error {
	if c.State == Deleted {
		return domain.ErrSame
	}
	c.State = Deleted
	return nil
}

// CommentStore keeps comments.
type CommentStore interface {
	domain.Documents[Comment]
	domain.Many[Comment]
	// Shown lists what may be seen under a check-in, the oldest first.
	Shown(ctx context.Context, checkin string, page domain.Page) ([]Comment, domain.Cursor, error)
	CountShown(ctx context.Context, checkin string) (int64, error)
	// OfCheckin lists what was said under a check-in up to the instant and not deleted, in whatever state.
	OfCheckin(ctx context.Context, checkin string, until time.Time, page domain.Page) ([]Comment, domain.Cursor, error)
	// Veiled lists what is, the newest first: of each camp or organiser, or of all. Those that know no organiser are in every one's list.
	Veiled(ctx context.Context, in Where, page domain.Page) ([]Comment, domain.Cursor, error)
}

// Say puts a comment under a check-in. Others see it once WeChat's check has passed it.
func (s *Service) Say(ctx context.Context, id, text string) (Comment, error) {
	c, _, err := s.visible(ctx, id)
	if err != nil {
		return Comment{}, err
	}
	if err := CheckComment(text); err != nil {
		return Comment{}, err
	}
	if c.State != Visible {
		return Comment{}, fmt.Errorf("check-in %s: %w", id, ErrInvisible)
	}
	now := s.Clock.Now()
	said := Comment{
		Doc: domain.Doc{ID: domain.OnceID(ctx, s.IDs)}, Checkin: id, Camp: c.Camp, Organiser: c.Organiser, Member: domain.ActorFrom(ctx).Member,
		Text: text, State: Pending, At: now,
	}
	said.Emit(EventCommented, now, nil)
	err = s.Comments.Insert(ctx, said)
	if errors.Is(err, domain.ErrExists) { // said before the process died that was to answer
		return s.Comments.Get(ctx, said.ID)
	}
	return said, err
}

// Said is a comment with its author.
type Said struct {
	Comment
	Author member.Card
}

// CommentsOf lists the comments under a check-in, the oldest first.
func (s *Service) CommentsOf(ctx context.Context, id string, page domain.Page) ([]Said, domain.Cursor, error) {
	if _, _, err := s.visible(ctx, id); err != nil {
		return nil, "", err
	}
	list, next, err := s.Comments.Shown(ctx, id, page)
	if err != nil {
		return nil, "", err
	}
	people := make([]string, len(list))
	for i, c := range list {
		people[i] = c.Member
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, "", err
	}
	said := make([]Said, len(list))
	for i, c := range list {
		said[i] = Said{c, cards[c.Member]}
	}
	return said, next, nil
}

// Unsay takes a comment away: the acting person's own, or any to those who review.
func (s *Service) Unsay(ctx context.Context, id string) error {
	said, in, err := s.said(ctx, id)
	if err != nil {
		return err
	}
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return err
	}
	if said.Member != actor.Member && !actor.Has(domain.RightReview, in.Place()) {
		return fmt.Errorf("comment %s: %w", id, domain.ErrNotFound)
	}
	if _, err := s.Comments.Update(ctx, id, func(c *Comment) error { return c.Delete() }); err != nil {
		return err
	}
	return s.recount(ctx, said.Checkin, s.Comments.CountShown, func(c *Checkin) *int { return &c.Comments })
}

func (s *Service) said(ctx context.Context, id string) (Comment, camp.Camp, error) {
	said, err := s.Comments.Get(ctx, id)
	if err != nil {
		return Comment{}, camp.Camp{}, err
	}
	in, err := s.Camps.Get(ctx, said.Camp)
	return said, in, err
}

// ModerateComment asks whether others may see a comment, and then counts what the check-in shows. For jobs, after
// EventCommented.
func (s *Service) ModerateComment(ctx context.Context, id string) error {
	said, err := s.Comments.Get(ctx, id)
	if err != nil {
		return err
	}
	if said.State == Pending {
		verdict, err := s.checkText(ctx, said.Member, said.Text)
		if err != nil {
			return fmt.Errorf("comment %s: %w", id, err)
		}
		state := map[media.Verdict]State{media.Passed: Visible, media.InReview: Hidden, media.Rejected: Rejected}[verdict]
		if _, err := s.Comments.Update(ctx, id, func(c *Comment) error {
			if c.State != Pending {
				return domain.ErrSame
			}
			c.State = state
			if state != Visible {
				c.Emit(EventHeld, s.Clock.Now(), nil)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return s.recount(ctx, said.Checkin, s.Comments.CountShown, func(c *Checkin) *int { return &c.Comments })
}
