package api

import (
	"context"
	"time"
)

// Review is what a teacher said to my check-in.
type Review struct {
	Text     string    `json:"text"`
	Points   int       `json:"points" doc:"0–100; 0 gives none"`
	Round    int       `json:"round" doc:"Counts how often it was changed"`
	Reviewer Person    `json:"reviewer"`
	At       time.Time `json:"at"`
}

func (a *api) review(ctx context.Context, in *CheckinPath) (*Answer[Review], error) {
	r, err := a.Reviews.ForLearner(ctx, in.Checkin)
	if err != nil {
		return nil, err
	}
	cards, err := a.Members.Cards(ctx, []string{r.Reviewer})
	if err != nil {
		return nil, err
	}
	people, err := a.people(ctx, cards[r.Reviewer])
	return answer(Review{r.Text, r.Points, r.Round, people[r.Reviewer], r.At}), err
}
