package moderation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
	"yingdi/domain/notice"
)

// Store keeps cases.
type Store interface {
	domain.Documents[Case]
	domain.Many[Case]
	// Cases lists those in a state and of a kind (empty: all) in the scope, the longest open first, or the last decided first.
	Cases(ctx context.Context, in Scope, f Filter, page domain.Page) ([]Case, domain.Cursor, error)
	// CountOpen counts the open ones in the scope.
	CountOpen(ctx context.Context, in Scope) (int64, error)
	// Offences lists those in which the newest ruling stands against the author, the newest first; in all, or in one organiser.
	Offences(ctx context.Context, author, organiser string, page domain.Page) ([]Case, domain.Cursor, error)
	CountOffences(ctx context.Context, author, organiser string) (int64, error)
}

// ReportStore keeps reports.
type ReportStore interface {
	domain.Documents[Report]
	// OnCase lists the reports of a case, the newest first.
	OnCase(ctx context.Context, caseID string, page domain.Page) ([]Report, domain.Cursor, error)
}

// ReporterStore keeps what people reported today.
type ReporterStore interface {
	domain.Documents[Reporter]
}

// Notices tells people; domain/notice does it.
type Notices interface {
	Tell(ctx context.Context, n notice.Notice) error
}

// Cards draws somebody's sign-cards anew, which show their nickname and avatar; domain/signcard does it.
type Cards interface {
	RedrawPerson(ctx context.Context, member string) error
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Many(ctx context.Context, ids []string) (map[string]camp.Camp, error)
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Reports   ReportStore
	Reporters ReporterStore
	Checkins  Checkins
	Veils     Veils
	Media     Media
	Members   Members
	Camps     Camps
	Notices   Notices
	Cards     Cards
	Clock     domain.Clock
}

// raise changes the case of a thing, and makes one if there is none. What is gone needs none.
func (s *Service) raise(ctx context.Context, k Kind, target string, change func(*Case) error) error {
	id := ID(k, target)
	_, err := s.Store.Update(ctx, id, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	fresh := Case{Doc: domain.Doc{ID: id}, Kind: k, Target: target, State: Decided}
	found, err := s.subjects(ctx, fresh)
	if err != nil {
		return err
	}
	subject, ok := found[id]
	if !ok {
		return nil
	}
	fresh.Author, fresh.Organiser, fresh.Camp, fresh.OpenedAt = subject.Author, subject.Organiser, subject.Camp, s.Clock.Now()
	if err := change(&fresh); errors.Is(err, domain.ErrSame) {
		return nil
	} else if err != nil {
		return err
	}
	if err = s.Store.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		_, err = s.Store.Update(ctx, id, change)
	}
	return err
}

// review brings content in doubt before the staff, closes the case of what was mended, and tells the author of what the
// check rejected.
func (s *Service) review(ctx context.Context, k Kind, target string) error {
	id := ID(k, target)
	found, err := s.subjects(ctx, Case{Kind: k, Target: target})
	if err != nil {
		return err
	}
	subject, ok := found[id]
	switch {
	case !ok:
		return nil
	case subject.Standing == Hidden:
		return s.raise(ctx, k, target, func(c *Case) error { return c.hold(subject.Version, s.Clock.Now()) })
	}
	kept, err := s.Store.Update(ctx, id, func(c *Case) error { return c.release() })
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	if subject.Standing != Rejected || kept.Count > 0 && kept.Last().Version == subject.Version {
		return nil
	}
	return s.Notices.Tell(ctx, notice.Notice{
		Doc:    domain.Doc{ID: fmt.Sprintf("moderation_%s_auto%d", id, subject.Version)},
		Member: subject.Author, Camp: subject.Camp, Kind: notice.ContentRuled, At: s.Clock.Now(),
		Title: "你的" + names[k] + "没有通过审核", Body: "内容可能违反社区规范，其他人看不到", Page: page(k, subject.Checkin),
	})
}

// CheckinModerated looks at a check-in that the check did not simply pass. For jobs.
func (s *Service) CheckinModerated(ctx context.Context, id string) error {
	return s.review(ctx, Checkin, id)
}

// CommentModerated looks at a comment that the check did not simply pass. For jobs.
func (s *Service) CommentModerated(ctx context.Context, id string) error {
	return s.review(ctx, Comment, id)
}

// Presented looks at how a member presents themselves. For jobs, after member.EventPresented.
func (s *Service) Presented(ctx context.Context, memberID string) error {
	found, err := s.lookProfiles(ctx, []string{memberID})
	if err != nil || found[memberID].Standing != Hidden {
		return err
	}
	return s.review(ctx, Profile, memberID)
}

// MediaModerated looks at the profiles that use a picture. For jobs, after media.EventModerated.
func (s *Service) MediaModerated(ctx context.Context, mediaID string) error {
	found, err := s.Media.Many(ctx, []string{mediaID})
	if err != nil || found[mediaID].Verdict == media.Passed {
		return err
	}
	for _, ref := range found[mediaID].Refs {
		if id, ok := strings.CutPrefix(ref, "member_"); ok {
			if err := s.Presented(ctx, id); err != nil {
				return err
			}
			if err := s.Cards.RedrawPerson(ctx, id); err != nil { // it may have been shown until now
				return fmt.Errorf("cards of member %s: %w", id, err)
			}
		}
	}
	return nil
}

// names of the kinds as their authors read them.
var names = map[Kind]string{Checkin: "打卡", Comment: "评论", Profile: "昵称或头像"}

// page of the mini-program where a tap on a notice leads.
func page(k Kind, checkinID string) string {
	if k == Profile || checkinID == "" {
		return "pages/me/me"
	}
	return "pages/checkin/checkin?id=" + checkinID
}

var (
	_ Checkins = (*checkin.Service)(nil)
	_ Veils    = (*checkin.Service)(nil)
)
