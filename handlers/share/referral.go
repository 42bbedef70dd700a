package share

import (
	"context"

	"yingdi/domain/channel"
)

// invite is what the page of a promoter's code tells besides the camp.
type invite struct {
	Earns bool // the promoter earns something by it, which whoever reads the page shall know
}

// invite fills in the page of a camp that a promoter shares.
func (h *share) invite(ctx context.Context, v *view) error {
	if err := h.camp(ctx, v); err != nil || v.Over != "" {
		return err
	}
	earns, err := h.Referrals.Promotes(ctx, v.Camp.Camp, v.Scene.Member)
	v.Template, v.Own = string(channel.ToInvite), invite{earns}
	return err
}
