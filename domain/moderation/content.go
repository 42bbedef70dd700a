package moderation

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
	"yingdi/domain/member"
)

// Subject is what a case is about, as it is now.
type Subject struct {
	Author    string
	Organiser string
	Camp      string
	Checkin   string // that it is, or that it stands under
	Version   int
	Standing  Standing
	Reason    string // why others do not see it; empty if only the check said so
	Text      string
	Media     []string
	At        time.Time
}

// Checkins is what this feature needs of domain/checkin.
type Checkins interface {
	Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error)
	CommentsByID(ctx context.Context, ids []string) (map[string]checkin.Comment, error)
	Rule(ctx context.Context, id string, version int, to checkin.State, reason string) error
	RuleComment(ctx context.Context, id string, to checkin.State, reason string) error
	Reportable(ctx context.Context, id string) (author string, err error)
	ReportableComment(ctx context.Context, id string) (author string, err error)
}

// Members is what this feature needs of domain/member.
type Members interface {
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
	Many(ctx context.Context, ids []string) (map[string]member.Member, error)
	RuleLook(ctx context.Context, id string, version int, yes, no bool) error
}

// Media is what this feature needs of domain/media.
type Media interface {
	Many(ctx context.Context, ids []string) (map[string]media.Media, error)
	Views(ctx context.Context, found map[string]media.Media, ids []string, all bool) ([]media.View, error)
	Decide(ctx context.Context, ids []string, v media.Verdict) error
}

// subjects finds what cases are about, in one round trip for each kind; what is gone is left out.
func (s *Service) subjects(ctx context.Context, cases ...Case) (map[string]Subject, error) {
	targets := map[Kind][]string{}
	for _, c := range cases {
		targets[c.Kind] = append(targets[c.Kind], c.Target)
	}
	found := map[string]Subject{}
	for kind, look := range map[Kind]func(context.Context, []string) (map[string]Subject, error){
		Checkin: s.lookCheckins, Comment: s.lookComments, Profile: s.lookProfiles,
	} {
		if len(targets[kind]) == 0 {
			continue
		}
		subjects, err := look(ctx, targets[kind])
		if err != nil {
			return nil, err
		}
		for target, subject := range subjects {
			found[ID(kind, target)] = subject
		}
	}
	return found, nil
}

func (s *Service) lookCheckins(ctx context.Context, ids []string) (map[string]Subject, error) {
	found, err := s.Checkins.Many(ctx, ids)
	subjects := make(map[string]Subject, len(found))
	for id, c := range found {
		if c.State == checkin.Deleted {
			continue
		}
		subjects[id] = Subject{
			Author: c.Member, Organiser: c.Organiser, Camp: c.Camp, Checkin: id, Version: c.Version,
			Standing: Standing(c.State), Reason: c.Reason, Text: c.Text, Media: c.Media, At: c.SubmittedAt,
		}
	}
	return subjects, err
}

func (s *Service) lookComments(ctx context.Context, ids []string) (map[string]Subject, error) {
	found, err := s.Checkins.CommentsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	under := map[string]bool{}
	for _, c := range found {
		under[c.Checkin] = true
	}
	parents, err := s.Checkins.Many(ctx, slices.Collect(maps.Keys(under)))
	subjects := make(map[string]Subject, len(found))
	for id, c := range found {
		subjects[id] = Subject{
			Author: c.Member, Organiser: parents[c.Checkin].Organiser, Camp: c.Camp, Checkin: c.Checkin,
			Standing: Standing(c.State), Reason: c.Reason, Text: c.Text, At: c.At,
		}
	}
	return subjects, err
}

func (s *Service) lookProfiles(ctx context.Context, ids []string) (map[string]Subject, error) {
	found, err := s.Members.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	var avatars []string
	for _, m := range found {
		if m.Avatar != "" {
			avatars = append(avatars, m.Avatar)
		}
	}
	pictures, err := s.Media.Many(ctx, avatars)
	subjects := make(map[string]Subject, len(found))
	for id, m := range found {
		if m.State != member.Deleted {
			subjects[id] = profile(m, pictures[m.Avatar])
		}
	}
	return subjects, err
}

// profile waits while either the nickname or the avatar does.
func profile(m member.Member, avatar media.Media) Subject {
	v := Subject{Author: m.ID, Version: m.Looks, Standing: Visible, Text: m.Nickname}
	if m.Wish.Nickname != "" {
		v.Text = m.Wish.Nickname
	}
	if avatar.ID != "" {
		v.Media = []string{avatar.ID}
	}
	switch {
	case m.Wish.Waits() || avatar.Verdict == media.InReview:
		v.Standing = Hidden
	case m.Wish.Refused || avatar.Verdict == media.Rejected:
		v.Standing = Rejected
	}
	return v
}

// ruleProfile puts a decision about a nickname and an avatar into effect.
func (s *Service) ruleProfile(ctx context.Context, id string, version int, to Standing) error {
	yes, no := to == Visible, to == Rejected
	if err := s.Members.RuleLook(ctx, id, version, yes, no); err != nil {
		return err
	}
	found, err := s.lookProfiles(ctx, []string{id})
	if err != nil || found[id].Version != version {
		return err
	}
	verdict := media.InReview
	if yes {
		verdict = media.Passed
	} else if no {
		verdict = media.Rejected
	}
	return s.Media.Decide(ctx, found[id].Media, verdict)
}

// waiting is the reason that an author sees while a person has yet to decide.
const waiting = "内容需要人工审核"

// put makes what a case is about stand as its newest ruling says. What is gone, or was changed since, stays as it is.
func (s *Service) put(ctx context.Context, c Case) error {
	last, to := c.Last(), c.Standing()
	reason := last.Reason
	if last.Undone() {
		reason = waiting
	}
	var err error
	switch {
	case to == "" || to == Gone:
	case c.Kind == Checkin:
		err = s.Checkins.Rule(ctx, c.Target, last.Version, checkin.State(to), reason)
	case c.Kind == Comment:
		err = s.Checkins.RuleComment(ctx, c.Target, checkin.State(to), reason)
	case c.Kind == Profile:
		err = s.ruleProfile(ctx, c.Target, last.Version, to)
	}
	if errors.Is(err, domain.ErrNotFound) || errors.Is(err, domain.ErrConflict) {
		return nil
	}
	return err
}
