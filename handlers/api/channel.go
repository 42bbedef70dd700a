package api

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/channel"
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
