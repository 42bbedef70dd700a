package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
)

// Enrolment is my place in a camp.
type Enrolment struct {
	ID    string    `json:"id"`
	Camp  string    `json:"camp"`
	State string    `json:"state" enum:"none,reserving,active,refused,waiting,offered,lapsed,left,removed" doc:"waiting: in the queue. offered: a seat is held. lapsed: it went to the next, or enrolment is over. left, removed: was there once"`
	At    time.Time `json:"at" doc:"When it was asked for"`
}

// Place is how I stand to a camp.
type Place struct {
	Enrolment
	Position int64       `json:"position" doc:"In the queue, 1 is the first; 0 if I do not wait"`
	Until    *time.Time  `json:"until" doc:"The seat is held for me until then; enrol to take it"`
	Start    *domain.Day `json:"start" format:"date" doc:"My own first day"`
	End      *domain.Day `json:"end" format:"date" doc:"My own last day"`
}

// MyEnrolment is my place together with its camp.
type MyEnrolment struct {
	Enrolment
	CampView Camp `json:"camp_view"`
}

func enrolmentOf(e enrolment.Enrolment) Enrolment {
	return Enrolment{e.ID, e.Camp, string(e.State), e.CreatedAt}
}

func placeOf(p enrolment.Place, in camp.Camp) Place {
	body := Place{Enrolment: enrolmentOf(p.Enrolment), Position: p.Position}
	switch {
	case p.ID == "":
		body.ID, body.Camp, body.State = "", in.ID, "none"
	case p.State == enrolment.Offered:
		body.Until = &p.ExpiresAt
	case p.State == enrolment.Active:
		own := p.In(in)
		body.Start, body.End = &own.Start, &own.End
	}
	return body
}

// place is how I stand to the camp of the path, after what was done to it.
func (a *api) place(ctx context.Context, in *CampPath) (*Answer[Place], error) {
	c, err := a.Camps.Get(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	p, err := a.Enrolments.MyPlace(ctx, in.Camp)
	return answer(placeOf(p, c)), err
}

func (a *api) wait(ctx context.Context, in *CampPath) (*Answer[Place], error) {
	if _, err := a.Enrolments.Wait(ctx, in.Camp); err != nil {
		return nil, err
	}
	return a.place(ctx, in)
}

func (a *api) leave(ctx context.Context, in *CampPath) (*Answer[Place], error) {
	if _, err := a.Enrolments.Leave(ctx, in.Camp); err != nil {
		return nil, err
	}
	return a.place(ctx, in)
}

func (a *api) enrol(ctx context.Context, in *enrolInput) (*Made[Enrolment], error) {
	e, err := a.Enrolments.EnrolWith(ctx, in.Camp, in.Body.given())
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
