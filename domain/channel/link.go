package channel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"yingdi/domain"
)

// WeChat makes codes and links into the mini-program.
type WeChat interface {
	QR(ctx context.Context, scene, page string) ([]byte, error)
	// Link makes an address that opens the mini-program for thirty days.
	Link(ctx context.Context, path, query string) (string, error)
}

// Bucket keeps the pictures of codes.
type Bucket interface {
	Put(ctx context.Context, key, contentType string, body io.Reader, size int64) error
}

// Files reads what the bucket keeps.
type Files interface {
	// Read returns domain.ErrNotFound if nothing is there.
	Read(ctx context.Context, key string, limit int64) ([]byte, error)
}

// How often WeChat is asked about one scene, however many people open its page.
const (
	linkLife = 25 * 24 * time.Hour // of the thirty days, so that a page that somebody kept still leads somewhere
	askEvery = 20 * time.Second
	patience = 4 * time.Second
)

// ErrNotYet says that WeChat was asked a moment ago, and somebody else waits for the answer.
var ErrNotYet = domain.Refusal(domain.KindUnavailable, "scene_not_yet", "小程序码正在生成，请稍后刷新")

// Link returns an address that opens the mini-program where the scene leads. WeChat is asked once and the answer kept, also
// if the caller does not wait for it. Returns ErrNotYet, and what WeChat refuses.
func (s *Service) Link(ctx context.Context, scene Scene) (string, error) {
	if scene.Link != "" && s.Clock.Now().Before(scene.LinkUntil) {
		return scene.Link, nil
	}
	if err := s.turn(ctx, scene.ID, func(x *Scene) *time.Time { return &x.AskedAt }); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	link, err := s.WeChat.Link(ctx, scene.Page(), "scene="+scene.ID)
	if err != nil {
		return "", fmt.Errorf("link of scene %s: %w", scene.ID, err)
	}
	_, err = s.Store.Update(ctx, scene.ID, func(x *Scene) error {
		x.Link, x.LinkUntil, x.AskedAt = link, s.Clock.Now().Add(linkLife), time.Time{}
		return nil
	})
	return link, err
}

func codeKey(scene string) string { return "scene/" + scene + ".jpg" }

// Code returns the mini-program code of a scene, a JPEG. WeChat is asked once and the picture kept, also if the caller does
// not wait for it. Returns ErrNotYet, and what WeChat refuses.
func (s *Service) Code(ctx context.Context, scene Scene) ([]byte, error) {
	kept, err := s.Files.Read(ctx, codeKey(scene.ID), 1<<20)
	if !errors.Is(err, domain.ErrNotFound) {
		return kept, err
	}
	if err := s.turn(ctx, scene.ID, func(x *Scene) *time.Time { return &x.CodeAskedAt }); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	code, err := s.WeChat.QR(ctx, scene.ID, scene.Page())
	if err == nil {
		err = s.Bucket.Put(ctx, codeKey(scene.ID), "image/jpeg", bytes.NewReader(code), int64(len(code)))
	}
	if err != nil {
		return nil, fmt.Errorf("code of scene %s: %w", scene.ID, err)
	}
	_, err = s.Store.Update(ctx, scene.ID, func(x *Scene) error {
		x.CodeAskedAt = time.Time{}
		return nil
	})
	return code, err
}

// turn makes the caller the one who asks WeChat about a scene now.
func (s *Service) turn(ctx context.Context, id string, asked func(*Scene) *time.Time) error {
	now := s.Clock.Now()
	_, err := s.Store.Update(ctx, id, func(x *Scene) error {
		at := asked(x)
		if now.Before(at.Add(askEvery)) {
			return ErrNotYet
		}
		*at = now
		return nil
	})
	return err
}
