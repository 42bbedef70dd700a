package media

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

// verdicts translates WeChat's advice.
var verdicts = map[wechat.Suggestion]Verdict{
	wechat.Pass: Passed, wechat.Review: InReview, wechat.Risky: Rejected,
}

// StartCheck hands a complete file to moderation. Pictures and recordings go to WeChat, which answers by a push;
// videos, which WeChat does not look at, and files of people whom it does not know or cannot judge go to a person. For
// jobs, after EventReady.
func (s *Service) StartCheck(ctx context.Context, id string) error {
	m, err := s.Store.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil || m.State != Ready || m.Verdict != Waiting || m.Trace != "" {
		return err
	}
	kind := map[Kind]wechat.MediaKind{Image: wechat.Image, Audio: wechat.Audio}[m.Kind]
	openID, err := s.Members.OpenID(ctx, m.Owner)
	if errors.Is(err, domain.ErrNotFound) {
		kind = 0
	} else if err != nil {
		return err
	}
	if kind == 0 {
		return s.judge(ctx, id, InReview, false)
	}
	now := s.Clock.Now()
	url, err := s.Bucket.SignDownload(ctx, m.Key(), m.ContentType, now.Add(LinkLife))
	if err != nil {
		return err
	}
	trace, err := s.WeChat.CheckMedia(ctx, openID, url, kind)
	if errors.Is(err, wechat.ErrInactive) || errors.Is(err, wechat.ErrUnknown) {
		return s.judge(ctx, id, InReview, false)
	}
	if err != nil {
		return fmt.Errorf("check of media %s: %w", id, err)
	}
	_, err = s.Store.Update(ctx, id, func(m *Media) error {
		if m.Verdict != Waiting || m.Trace != "" {
			return domain.ErrSame
		}
		m.Trace, m.CheckDueAt = trace, now.Add(CheckPatience)
		return nil
	})
	return err
}

// Answer takes WeChat's verdict. An unknown trace is domain.ErrNotFound: the push may have overtaken our own note of
// the trace, so the caller tries again later.
func (s *Service) Answer(ctx context.Context, r wechat.MediaResult) error {
	m, err := s.Store.ByTrace(ctx, r.Trace)
	if err != nil {
		return err
	}
	return s.judge(ctx, m.ID, verdicts[r.Verdict.Suggest], false)
}

// SweepUnanswered hands what WeChat never answered to a person.
func (s *Service) SweepUnanswered(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "media", func(page domain.Page) ([]Media, domain.Cursor, error) { return s.Store.Unanswered(ctx, now, page) },
		func(m Media) error { return s.judge(ctx, m.ID, InReview, false) })
}

// Decide is a person's word about media: pass or reject. Whoever calls it has checked who asks.
func (s *Service) Decide(ctx context.Context, ids []string, v Verdict) error {
	for _, id := range ids {
		if err := s.judge(ctx, id, v, true); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) judge(ctx context.Context, id string, v Verdict, human bool) error {
	if v == "" {
		v = InReview
	}
	_, err := s.Store.Update(ctx, id, func(m *Media) error { return m.Judge(v, s.Clock.Now(), human) })
	return err
}
