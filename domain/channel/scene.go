package channel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yingdi/domain"
)

// Scene is what a code or a link carries: an opaque id that leads to a target. Only the server knows which.
type Scene struct {
	domain.Doc
	Target
	Link      string    `json:"link,omitempty"` // WeChat's address that opens the mini-program there
	LinkUntil time.Time `json:"link_until,omitzero"`
	// When WeChat was last asked for the link and for the code, in vain until now. One may fail for ever, as links do for an
	// account of a private person, and must not keep the other waiting.
	AskedAt     time.Time `json:"asked_at,omitzero"`
	CodeAskedAt time.Time `json:"code_asked_at,omitzero"`
}

// Target is where a scene leads, and who handed it out.
type Target struct {
	Kind    Kind   `json:"kind,omitempty"`
	Camp    string `json:"camp,omitempty"`    // that it is about; only a channel can be without one
	Ref     string `json:"ref,omitempty"`     // of the group, the assist, the plan …; empty where the camp says it all
	Member  string `json:"member,omitempty"`  // who shared it; their id is never shown to whoever scans
	Channel string `json:"channel,omitempty"` // that it was put out by
}

// Kind says what a scene leads to.
type Kind string

// The kinds.
const (
	ToCamp    Kind = "camp" // also the empty kind of scenes from earlier versions
	ToGroup   Kind = "group"
	ToAssist  Kind = "assist"
	ToInvite  Kind = "invite"  // a camp, by a promoter
	ToChannel Kind = "channel" // what an organiser offers
)

// pages of the mini-program that a kind opens. They get the scene as "scene" in their query.
var pages = map[Kind]string{
	ToCamp: "pages/camp/camp", ToGroup: "pages/group/show", ToAssist: "pages/assist/show", ToInvite: "pages/camp/camp",
	ToChannel: "pages/organiser/show",
}

// Page of the mini-program that the target opens.
func (t Target) Page() string { return pages[t.Kind] }

// Kinds in no order of meaning.
var Kinds = []Kind{ToCamp, ToGroup, ToAssist, ToInvite, ToChannel}

// Store keeps scenes.
type Store interface {
	domain.Documents[Scene]
}

// check refuses what is no target. None comes from outside, so it is a fault of our own.
func (t Target) check() error {
	_, known := pages[t.Kind]
	ok := known && (t.Camp != "" || t.Kind == ToChannel && t.Channel != "") && (t.Ref != "" || t.Kind != ToGroup && t.Kind != ToAssist)
	for _, part := range []string{t.Camp, t.Ref, t.Member, t.Channel} {
		ok = ok && (part == "" || domain.ValidID(part))
	}
	if !ok {
		return fmt.Errorf("scene of kind %q: %w", t.Kind, domain.ErrInvalid)
	}
	return nil
}

// id of a target's one scene: 24 characters that tell nothing.
func (s *Service) id(t Target) string {
	if t == (Target{Kind: ToCamp, Camp: t.Camp, Member: t.Member}) && t.Member != "" { // as it is printed on cards that are out
		return s.Sealer.Hash("channel.share", domain.Key(t.Camp, t.Member))[:24]
	}
	return s.Sealer.Hash("channel.scene", strings.Join([]string{string(t.Kind), t.Camp, t.Ref, t.Member, t.Channel}, "|"))[:24]
}

// For returns the scene that leads to a target, always the same one. Whoever calls it has checked that the member may
// share that.
func (s *Service) For(ctx context.Context, t Target) (id string, err error) {
	if err := t.check(); err != nil {
		return "", err
	}
	id = s.id(t)
	err = s.Store.Insert(ctx, Scene{Doc: domain.Doc{ID: id}, Target: t})
	if errors.Is(err, domain.ErrExists) {
		err = nil
	}
	return id, err
}

// ForShare returns the scene with which a member shares a camp.
func (s *Service) ForShare(ctx context.Context, camp, member string) (string, error) {
	return s.For(ctx, Target{Kind: ToCamp, Camp: camp, Member: member})
}

// Root is the path below which the pages of scenes lie.
const Root = "/s"

// Address of the page of a scene.
func (s *Service) Address(scene string) string { return s.URL + Root + "/" + scene }

// Resolve returns where a scene leads, or domain.ErrNotFound.
func (s *Service) Resolve(ctx context.Context, id string) (Scene, error) {
	scene, err := s.Store.Get(ctx, id)
	if scene.Kind == "" {
		scene.Kind = ToCamp
	}
	return scene, err
}
