package checkin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/wechat"
)

const refPrefix = "checkin_"

// ref is how the media note that a check-in uses them.
func ref(id string) string { return refPrefix + id }

// Moderate asks whether others may see a check-in. For jobs, after it was handed in or edited. It first notes that the
// check-in uses its media, so that a verdict on one of them that comes after finds its way back here.
func (s *Service) Moderate(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.hold(ctx, c); err != nil {
		return err
	}
	if c.State != Pending {
		return nil
	}
	text := media.Passed
	if !c.TextPassed {
		if text, err = s.checkText(ctx, c.Member, c.Text); err != nil {
			return fmt.Errorf("check-in %s: %w", id, err)
		}
	}
	found, err := s.Media.Many(ctx, c.Media)
	if err != nil {
		return err
	}
	files := make([]media.Verdict, len(c.Media))
	for i, m := range c.Media {
		files[i] = found[m].Verdict
	}
	_, err = s.Store.Update(ctx, id, func(d *Checkin) error {
		if err := d.Decide(c.Version, text, files, s.Clock.Now()); err != nil {
			return err
		}
		if d.State == Hidden || d.State == Rejected || d.State == Visible && d.Version > 1 {
			d.Emit(EventModerated, s.Clock.Now(), nil)
		}
		return nil
	})
	return err
}

// MediaModerated decides again about everything that uses the media. For jobs, after media.EventModerated.
func (s *Service) MediaModerated(ctx context.Context, mediaID string) error {
	found, err := s.Media.Many(ctx, []string{mediaID})
	if err != nil {
		return err
	}
	for _, r := range found[mediaID].Refs {
		if id, ok := strings.CutPrefix(r, refPrefix); ok {
			if err := s.Moderate(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkText asks WeChat. A text that is too long for one question is asked in parts; the worst part counts. Somebody
// whom WeChat cannot judge (inactive for two hours, unknown to it, no WeChat at all) is left to a person: a failing check closes.
func (s *Service) checkText(ctx context.Context, author, text string) (media.Verdict, error) {
	openID, err := s.Members.OpenID(ctx, author)
	if errors.Is(err, domain.ErrNotFound) {
		return media.InReview, nil
	}
	if err != nil {
		return "", err
	}
	worst := media.Passed
	for _, part := range parts(text, 2400) {
		verdict, err := s.WeChat.CheckText(ctx, openID, part)
		switch {
		case errors.Is(err, wechat.ErrInactive), errors.Is(err, wechat.ErrUnknown):
			worst = media.InReview
		case err != nil:
			return "", err
		case verdict.Suggest == wechat.Risky:
			return media.Rejected, nil
		case verdict.Suggest != wechat.Pass:
			worst = media.InReview
		}
	}
	return worst, nil
}

func parts(text string, n int) []string {
	runes := []rune(text)
	var list []string
	for len(runes) > n {
		list, runes = append(list, string(runes[:n])), runes[n:]
	}
	return append(list, string(runes))
}

// Show is a reviewer's yes to a check-in that was hidden or rejected, in the version that they saw; its files pass with
// it. Returns domain.ErrConflict if the learner has changed it meanwhile: the yes was to something else.
func (s *Service) Show(ctx context.Context, id string, version int) (Checkin, error) {
	c, err := s.forReviewer(ctx, id)
	if err != nil {
		return Checkin{}, err
	}
	if c.Version != version {
		return Checkin{}, fmt.Errorf("check-in %s: %w", id, domain.ErrConflict)
	}
	if err := s.Media.Decide(ctx, c.Media, media.Passed); err != nil {
		return Checkin{}, err
	}
	return s.Store.Update(ctx, id, func(d *Checkin) error { return d.Show(version, s.Clock.Now()) })
}

// Hide is a reviewer's no, with the reason that the author is shown: at once nobody else sees it any more, and it does
// not count.
func (s *Service) Hide(ctx context.Context, id, reason string) (Checkin, error) {
	if _, err := s.forReviewer(ctx, id); err != nil {
		return Checkin{}, err
	}
	return s.Store.Update(ctx, id, func(c *Checkin) error { return c.Hide(reason, s.Clock.Now()) })
}

func (s *Service) forReviewer(ctx context.Context, id string) (Checkin, error) {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return Checkin{}, err
	}
	if err = domain.ActorFrom(ctx).Must(domain.RightReview, domain.Place{Organiser: c.Organiser, Camp: c.Camp}); err == nil && c.State == Deleted {
		err = fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
	}
	return c, err
}
