package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"yingdi/domain/checkin"
)

// Topical is a topic as somebody writes it, with or without number signs.
type Topical string

// Schema bounds it, also within a list.
func (Topical) Schema(huma.Registry) *huma.Schema {
	most := 30
	return &huma.Schema{Type: huma.TypeString, MaxLength: &most, Description: "2 to 20 letters and digits, of any language"}
}

// Topic is what learners of a camp write about.
type Topic struct {
	Topic   string `json:"topic"`
	Count   int    `json:"count" doc:"Check-ins about it that everybody in the camp may see"`
	Offered bool   `json:"offered" doc:"By staff, to choose from"`
}

type topicsInput struct {
	CampPath
	Page
}

func (a *api) topics(ctx context.Context, in *topicsInput) (*Answer[List[Topic]], error) {
	list, next, err := a.Checkins.TopicsOf(ctx, in.Camp, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(list, next, func(o checkin.Offer) Topic { return Topic{o.Name, o.Count, o.Offered} }), nil
}

func (a *api) pin(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Checkins.Pin(ctx, in.Checkin, true)
}

func (a *api) unpin(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Checkins.Pin(ctx, in.Checkin, false)
}

func (a *api) feature(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Checkins.Feature(ctx, in.Checkin, true)
}

func (a *api) unfeature(ctx context.Context, in *CheckinPath) (*none, error) {
	return nil, a.Checkins.Feature(ctx, in.Checkin, false)
}
