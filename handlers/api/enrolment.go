package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"yingdi/domain/enrolment"
)

// Enrolment is my place in a camp.
type Enrolment struct {
	ID    string    `json:"id"`
	Camp  string    `json:"camp"`
	State string    `json:"state" enum:"reserving,active,refused"`
	At    time.Time `json:"at" doc:"When it was asked for"`
}

// MyEnrolment is my place together with its camp.
type MyEnrolment struct {
	Enrolment
	CampView Camp `json:"camp_view"`
}

func enrolmentOf(e enrolment.Enrolment) Enrolment {
	return Enrolment{e.ID, e.Camp, string(e.State), e.CreatedAt}
}

func (a *api) enrol(ctx context.Context, in *enrolInput) (*Made[Enrolment], error) {
	e, err := a.Enrolments.EnrolWith(ctx, in.Camp, in.given())
	return made(enrolmentOf(e), true), err
}

func (a *api) myEnrolments(ctx context.Context, in *Page) (*Answer[List[MyEnrolment]], error) {
	mine, next, err := a.Enrolments.Mine(ctx, in.page())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(mine))
	for i, e := range mine {
		ids[i] = e.Camp
	}
	found, err := a.Camps.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	convert, err := a.campViews(ctx, slices.Collect(maps.Values(found))...)
	if err != nil {
		return nil, err
	}
	return listOf(mine, next, func(e enrolment.Enrolment) MyEnrolment {
		return MyEnrolment{enrolmentOf(e), convert(found[e.Camp])}
	}), nil
}
