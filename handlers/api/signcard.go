package api

import "context"

// Card is the sign-card that goes with a check-in.
type Card struct {
	State string `json:"state" enum:"pending,ready,failed,withdrawn" doc:"Ask again while it is pending"`
	URL   string `json:"url" doc:"Short-lived link once it is ready"`
}

func (a *api) card(ctx context.Context, in *CheckinPath) (*Answer[Card], error) {
	card, url, err := a.Signcards.ForCheckin(ctx, in.Checkin)
	return answer(Card{string(card.State), url}), err
}

// InviteCard is a picture with which a person invites others to a camp.
type InviteCard struct {
	State string `json:"state" enum:"pending,ready" doc:"Ask again while it is pending"`
	URL   string `json:"url" doc:"Short-lived link once it is ready"`
}

func (a *api) inviteCard(ctx context.Context, in *CampPath) (*Answer[InviteCard], error) {
	card, url, err := a.Signcards.AskInvite(ctx, in.Camp)
	return answer(InviteCard{string(card.State), url}), err
}
