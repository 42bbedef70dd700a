package api

import (
	"cmp"
	"context"
	"errors"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
)

// Camp is a camp in a list.
type Camp struct {
	ID        string     `json:"id"`
	Organiser string     `json:"organiser"`
	Title     string     `json:"title"`
	Cover     string     `json:"cover" doc:"Short-lived link; empty until it is drawn, if the teacher has uploaded none"`
	Share     string     `json:"share" doc:"Short-lived link to a picture of 5:4 for a share card; empty if the cover is to be shared"`
	Phase     string     `json:"phase" enum:"draft,upcoming,enrolling,running,closing,ended,closed,archived"`
	Start     domain.Day `json:"start" format:"date"`
	End       domain.Day `json:"end" format:"date"`
	Pace      string     `json:"pace" enum:"common,personal,rolling" doc:"common: everybody's days have dates. personal: who joins late begins with day 1. rolling: day 1 is the day of joining"`
	EnrolFrom *time.Time `json:"enrol_from" doc:"When enrolment opens; null: once published"`
	EnrolBy   domain.Day `json:"enrol_by" format:"date" doc:"The last day on which one can enrol"`
	Days      int        `json:"days"`
	Zone      string     `json:"zone" example:"Asia/Shanghai"`
	CutOff    int        `json:"cut_off" doc:"The hour at which a day ends"`
	Seats     int        `json:"seats"`
	Tags      []string   `json:"tags" nullable:"false" doc:"By which coupons name camps; short words for people to read"`
}

// CampPage is a camp on its own page.
type CampPage struct {
	Camp
	Intro     string     `json:"intro"`
	Today     domain.Day `json:"today" format:"date" doc:"By the camp's own calendar"`
	SeatsLeft int64      `json:"seats_left"`
	Waiting   int64      `json:"waiting" doc:"How many wait for a seat"`
	Enrolled  bool       `json:"enrolled" doc:"Whether I am in it"`
}

func (a *api) camps(ctx context.Context, in *Page) (*Answer[List[Camp]], error) {
	camps, next, err := a.Camps.OpenCamps(ctx, in.page())
	if err != nil {
		return nil, err
	}
	convert, err := a.campViews(ctx, camps...)
	if err != nil {
		return nil, err
	}
	return listOf(camps, next, convert), nil
}

func (a *api) camp(ctx context.Context, in *CampPath) (*Answer[CampPage], error) {
	c, err := a.Camps.Get(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	convert, err := a.campViews(ctx, c)
	if err != nil {
		return nil, err
	}
	taken, err := a.Camps.Taken(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	_, err = a.Enrolments.Require(ctx, c.ID)
	enrolled := err == nil
	if !enrolled && !errors.Is(err, enrolment.ErrNotEnrolled) && !errors.Is(err, domain.ErrUnauthenticated) {
		return nil, err
	}
	waiting, err := a.Enrolments.Waiting(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return answer(CampPage{
		Camp: convert(c), Intro: c.Intro, Today: c.Calendar.Day(a.Clock.Now()),
		SeatsLeft: max(0, int64(c.Seats)-taken), Waiting: waiting, Enrolled: enrolled,
	}), nil
}

// campViews prepares camps for the client, their covers in one round trip. Covers are staff's own and shown unchecked.
func (a *api) campViews(ctx context.Context, camps ...camp.Camp) (func(camp.Camp) Camp, error) {
	covers := make([]string, len(camps))
	for i, c := range camps {
		covers[i] = c.Cover
	}
	links, err := a.pictures(ctx, true, covers...)
	if err != nil {
		return nil, err
	}
	fronts, err := a.Signcards.FrontsOf(ctx, camps)
	now := a.Clock.Now()
	return func(c camp.Camp) Camp {
		var from *time.Time
		if at := c.EnrolsAt(); !at.IsZero() {
			from = &at
		}
		front := fronts[c.ID]
		if c.Cover != "" {
			front.Cover = links[c.Cover]
		}
		return Camp{
			ID: c.ID, Organiser: c.Organiser, Title: c.Title, Cover: front.Cover, Share: front.Share, Phase: string(c.Phase(now)),
			Start: c.Start, End: c.End, Pace: cmp.Or(string(c.Pace), "common"), EnrolFrom: from, EnrolBy: c.EnrolBy, Days: c.Days(), Zone: c.Calendar.Zone, CutOff: c.Calendar.CutOff,
			Seats: c.Seats, Tags: append([]string{}, c.Tags...),
		}
	}, err
}
