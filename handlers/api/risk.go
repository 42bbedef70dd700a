package api

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/risk"
)

// AtRisk is a learner who may drop out, and why.
type AtRisk struct {
	Member  Person       `json:"member"`
	Last    domain.Day   `json:"last" doc:"Day of the last check-in; empty if there was none"`
	Reasons []RiskReason `json:"reasons" nullable:"false"`
}

// RiskReason is one why.
type RiskReason struct {
	Kind string `json:"kind" enum:"missed,quiet,never"`
	Days int    `json:"days" doc:"missed: scheduled days in a row; quiet: since the last check-in; never: scheduled days without any"`
}

type riskInput struct {
	CampPath
	After string `query:"after" maxLength:"1400" doc:"The next of the page before; a page may be empty and yet have a next"`
}

func (a *api) atRisk(ctx context.Context, in *riskInput) (*Answer[List[AtRisk]], error) {
	v, err := a.Risks.List(ctx, in.Camp, domain.Cursor(in.After))
	if err != nil {
		return nil, err
	}
	cards := make([]member.Card, len(v.Learners))
	for i, l := range v.Learners {
		cards[i] = l.Member
	}
	people, err := a.people(ctx, cards...)
	if err != nil {
		return nil, err
	}
	return listOf(v.Learners, v.Next, func(l risk.Learner) AtRisk {
		reasons := make([]RiskReason, len(l.Reasons))
		for i, r := range l.Reasons {
			reasons[i] = RiskReason{string(r.Kind), r.Days}
		}
		return AtRisk{people[l.Member.ID], l.Last, reasons}
	}), nil
}
