package api

import (
	"context"
	"errors"

	"yingdi/domain"
	"yingdi/domain/channel"
	"yingdi/domain/member"
)

// Scene is where a scanned code leads. Who handed it out is not told.
type Scene struct {
	Kind string `json:"kind" enum:"camp,group,assist,invite,channel"`
	Camp string `json:"camp" doc:"Id of the camp that it is about; empty for a channel that leads to none"`
	Ref  string `json:"ref" doc:"Id of the group or the assist; else empty"`
}

func (a *api) scene(ctx context.Context, in *ScenePath) (*Answer[Scene], error) {
	scene, err := a.Channels.Resolve(ctx, in.Scene)
	return answer(sceneOf(scene)), err
}

func sceneOf(s channel.Scene) Scene { return Scene{Kind: string(s.Kind), Camp: s.Camp, Ref: s.Ref} }

// Shared is how to share something.
type Shared struct {
	Scene string `json:"scene" doc:"Goes into the path of a share card as scene=…"`
	URL   string `json:"url" doc:"A page that anybody can open"`
}

func (a *api) shareCamp(ctx context.Context, in *CampPath) (*Answer[Shared], error) {
	if _, err := a.Camps.Get(ctx, in.Camp); err != nil {
		return nil, err
	}
	scene, err := a.Channels.ForShare(ctx, in.Camp, domain.ActorFrom(ctx).Member)
	return answer(a.shared(scene)), err
}

func (a *api) shared(scene string) Shared { return Shared{scene, a.Channels.Address(scene)} }

func (a *api) visitScene(ctx context.Context, in *ScenePath) (*Answer[Scene], error) {
	scene, err := a.Channels.Visit(ctx, in.Scene)
	return answer(sceneOf(scene)), err
}

func (a *api) sceneCamps(ctx context.Context, in *ScenePath) (*Answer[List[Camp]], error) {
	camps, err := a.Channels.OfferedBy(ctx, in.Scene)
	if err != nil {
		return nil, err
	}
	convert, err := a.campViews(ctx, camps...)
	if err != nil {
		return nil, err
	}
	return listOf(camps, "", convert), nil
}

// cameBy notes by which scene somebody came who has just signed in. One that leads nowhere keeps nobody out.
func (a *api) cameBy(ctx context.Context, scene string, m member.Member) {
	if scene == "" {
		return
	}
	actor := domain.ActorFrom(ctx)
	actor.Member, actor.Grants = m.ID, m.Grants
	if _, err := a.Channels.Visit(domain.WithActor(ctx, actor), scene); err != nil && !errors.Is(err, domain.ErrNotFound) {
		a.Log.WarnContext(ctx, "noting where somebody came from", "err", err)
	}
}
