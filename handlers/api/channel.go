package api

import "context"

// Scene is where a scanned code leads. Who handed it out is not told.
type Scene struct {
	Camp string `json:"camp" doc:"Id of the camp"`
}

func (a *api) scene(ctx context.Context, in *ScenePath) (*Answer[Scene], error) {
	scene, err := a.Channels.Resolve(ctx, in.Scene)
	return answer(Scene{scene.Camp}), err
}
