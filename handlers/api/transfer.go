package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
	"yingdi/domain/wechatpay"
)

// TransferPath is where operations of a transfer lie.
type TransferPath struct {
	Transfer string `path:"transfer" pattern:"^[0-9A-Za-z_:-]{1,160}$" patternDescription:"id" doc:"Id of the transfer"`
}

// Transfer is money on its way to my WeChat balance.
type Transfer struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind" enum:"payout,withdrawal"`
	Amount     domain.Fen `json:"amount" doc:"In fen"`
	Title      string     `json:"title"`
	Reason     string     `json:"reason"`
	State      string     `json:"state" enum:"due,paying,waiting_user_confirm,paid,expired,failed,unclaimed,cancelled"`
	Cancelling bool       `json:"cancelling" doc:"It was decided not to pay it, and WeChat has not yet agreed"`
	ConfirmBy  *time.Time `json:"confirm_by" doc:"Until when it can be confirmed; null unless it waits for that"`
	Claims     int        `json:"claims" doc:"How often it can still be claimed again"`
	CreatedAt  time.Time  `json:"created_at"`
	PaidAt     *time.Time `json:"paid_at"`
}

func transferOf(t transfer.Transfer) Transfer {
	v := Transfer{
		ID: t.ID, Kind: string(t.Kind), Amount: t.Amount, Title: t.Title, Reason: t.Reason, State: string(t.State), Cancelling: t.Cancelling(),
		Claims: max(0, transfer.MaxClaims-t.Claims), CreatedAt: t.CreatedAt, PaidAt: moment(t.PaidAt),
	}
	if b, ok := t.Live(); ok && t.State == transfer.Waiting {
		v.ConfirmBy = moment(b.ClosesAt)
	}
	return v
}

func (a *api) transfers(ctx context.Context, in *Page) (*Answer[List[Transfer]], error) {
	list, next, err := a.Transfers.List(ctx, in.page())
	return listOf(list, next, transferOf), err
}

func (a *api) transfer(ctx context.Context, in *TransferPath) (*Answer[Transfer], error) {
	t, err := a.Transfers.Mine(ctx, in.Transfer)
	return answer(transferOf(t)), err
}

func (a *api) confirmTransfer(ctx context.Context, in *TransferPath) (*Answer[wechatpay.Confirmation], error) {
	c, err := a.Transfers.Confirm(ctx, in.Transfer)
	return answer(c), err
}

func (a *api) claimTransfer(ctx context.Context, in *TransferPath) (*Answer[Transfer], error) {
	t, err := a.Transfers.Claim(ctx, in.Transfer)
	return answer(transferOf(t)), err
}
