package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/privacy"
)

// Policy is the privacy policy.
type Policy struct {
	Version  string    `json:"version" doc:"Empty if there is none, and nothing is asked"`
	URL      string    `json:"url"`
	Agreed   bool      `json:"agreed" doc:"By me, to this version"`
	AgreedAt time.Time `json:"agreed_at,omitzero"`
}

func (a *api) policy(c privacy.Consent) Policy {
	p := a.Privacy.Policy
	return Policy{p.Version, p.URL, c.ID != "", c.At}
}

func (a *api) privacy(ctx context.Context, _ *none) (*Answer[Policy], error) {
	given, err := a.Privacy.Agreed(ctx)
	return answer(a.policy(given)), err
}

type agreeInput struct {
	Body struct {
		Version string `json:"version" minLength:"1" maxLength:"32" doc:"The one that was read"`
	}
}

func (a *api) agree(ctx context.Context, in *agreeInput) (*Answer[Policy], error) {
	given, err := a.Privacy.Agree(ctx, in.Body.Version)
	return answer(a.policy(given)), err
}

// Deletion is my wish to have the account deleted.
type Deletion struct {
	State string     `json:"state" enum:"asked,cancelled,held,running,settling,done"`
	At    time.Time  `json:"at" doc:"When I asked"`
	DueAt time.Time  `json:"due_at,omitzero" doc:"When it begins; until then it can be cancelled"`
	Owed  domain.Fen `json:"owed" doc:"What is left in my wallets, in fen: withdraw it first, nothing can be sent to me afterwards"`
}

func (a *api) wished(ctx context.Context, d privacy.Deletion, err error) (*Answer[Deletion], error) {
	if err != nil {
		return nil, err
	}
	owed, err := a.Wallets.Owed(ctx, domain.ActorFrom(ctx).Member)
	return answer(Deletion{string(d.State), d.At, d.DueAt, owed}), err
}

func (a *api) deletion(ctx context.Context, _ *none) (*Answer[Deletion], error) {
	d, err := a.Privacy.MyDeletion(ctx)
	return a.wished(ctx, d, err)
}

func (a *api) askDeletion(ctx context.Context, _ *none) (*Answer[Deletion], error) {
	d, err := a.Privacy.AskDeletion(ctx)
	return a.wished(ctx, d, err)
}

func (a *api) cancelDeletion(ctx context.Context, _ *none) (*Answer[Deletion], error) {
	d, err := a.Privacy.CancelDeletion(ctx)
	return a.wished(ctx, d, err)
}

// Download is a copy of everything about me.
type Download struct {
	State   string    `json:"state" enum:"making,ready" doc:"Ask again while it is being made"`
	URL     string    `json:"url" doc:"Short-lived link to a ZIP file once it is ready"`
	Size    int64     `json:"size" doc:"Bytes"`
	Left    int       `json:"left" doc:"Files that there was no room for"`
	AskedAt time.Time `json:"asked_at"`
	Until   time.Time `json:"until" doc:"When the copy is deleted"`
}

func copied(d privacy.Download, url string) *Answer[Download] {
	return answer(Download{string(d.State), url, d.Size, d.Left, d.AskedAt, d.Until})
}

func (a *api) download(ctx context.Context, _ *none) (*Answer[Download], error) {
	d, url, err := a.Privacy.MyDownload(ctx)
	return copied(d, url), err
}

func (a *api) askDownload(ctx context.Context, _ *none) (*Answer[Download], error) {
	d, err := a.Privacy.AskDownload(ctx)
	return copied(d, ""), err
}
