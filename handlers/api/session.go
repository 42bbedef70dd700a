package api

import (
	"context"
	"time"

	"yingdi/domain/session"
)

// Tokens is what the mini-program holds.
type Tokens struct {
	AccessToken  string `json:"access_token" doc:"Goes into the Authorization header"`
	RefreshToken string `json:"refresh_token" doc:"Traded once for new tokens"`
	ExpiresIn    int    `json:"expires_in" doc:"Seconds until the access token ends" example:"1800"`
}

// SignedIn is a new session.
type SignedIn struct {
	Tokens
	Member Member `json:"member"`
}

type signInInput struct {
	Body struct {
		Code  string `json:"code" minLength:"1" maxLength:"128" doc:"What wx.login gave"`
		Scene string `json:"scene,omitempty" pattern:"^[0-9A-Za-z_-]{0,32}$" patternDescription:"scene" doc:"By which the person came, if the mini-program was opened by one"`
	}
}

func (a *api) signIn(ctx context.Context, in *signInInput) (*Made[SignedIn], error) {
	tokens, m, err := a.Sessions.SignIn(ctx, in.Body.Code)
	if err != nil {
		return nil, err
	}
	a.cameBy(ctx, in.Body.Scene, m)
	me, err := a.self(ctx, m)
	return made(SignedIn{tokensOf(tokens), me}, true), err
}

type renewInput struct {
	Body struct {
		RefreshToken string `json:"refresh_token" minLength:"1" maxLength:"200"`
	}
}

func (a *api) renew(ctx context.Context, in *renewInput) (*Answer[Tokens], error) {
	tokens, err := a.Sessions.Renew(ctx, in.Body.RefreshToken)
	return answer(tokensOf(tokens)), err
}

func tokensOf(t session.Tokens) Tokens {
	return Tokens{t.Access, t.Refresh, int(t.ExpiresIn.Seconds())}
}

func (a *api) signOut(ctx context.Context, _ *none) (*none, error) {
	return nil, a.Sessions.SignOut(ctx)
}

func (a *api) signOutEverywhere(ctx context.Context, _ *none) (*none, error) {
	return nil, a.Members.SignOutEverywhere(ctx)
}

// SignIn is a browser that wants to be signed in to the console.
type SignIn struct {
	State string    `json:"state" enum:"waiting,scanned,confirmed,refused,used"`
	Where string    `json:"where" doc:"Which browser asks, to be shown before confirming"`
	Until time.Time `json:"until" doc:"When the code ends"`
}

func signInOf(t session.Ticket, err error) (*Answer[SignIn], error) {
	return answer(SignIn{string(t.State), t.Where, t.Until}), err
}

func (a *api) scan(ctx context.Context, in *ScenePath) (*Answer[SignIn], error) {
	return signInOf(a.Sessions.ScanTicket(ctx, in.Scene))
}

func (a *api) confirm(ctx context.Context, in *ScenePath) (*Answer[SignIn], error) {
	return signInOf(a.Sessions.ConfirmTicket(ctx, in.Scene))
}

func (a *api) refuse(ctx context.Context, in *ScenePath) (*Answer[SignIn], error) {
	return signInOf(a.Sessions.RefuseTicket(ctx, in.Scene))
}
