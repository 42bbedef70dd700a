package jobs

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/referral"
	"yingdi/domain/wallet"
)

func referrals(s *referral.Service) []Consumer {
	return []Consumer{
		{Name: "referral-earn", Events: []string{order.EventFulfilled}, Lane: Normal, Handle: byID(s.Earn)},
		{Name: "referral-reckon", Events: []string{order.EventRefund, order.EventRefunded, order.EventEnded}, Lane: Normal, Handle: byID(s.Reckon)},
		{Name: "referral-post", Events: []string{referral.EventReleased, referral.EventReversed}, Lane: Normal, Handle: byID(s.Post)},
		{Name: "referral-follow", Events: []string{wallet.EventPaid}, Lane: Normal, Handle: byID(s.Follow)},
		{Name: "referral-tally", Events: []string{referral.EventEarned, referral.EventReversed}, Lane: Normal, Handle: byID(s.Ask)},
		{Name: "referral-earned", Events: []string{referral.EventEarned}, Lane: Normal, Handle: byID(s.TellEarned)},
		{Name: "referral-released", Events: []string{referral.EventReleased}, Lane: Normal, Handle: byID(s.TellReleased)},
		{
			Name: "referral-reversed", Events: []string{referral.EventReversed}, Lane: Normal,
			Handle: func(ctx context.Context, p domain.Posted) error {
				var back referral.ReversedData
				if err := decode(p, &back); err != nil {
					return err
				}
				return s.TellReversed(ctx, p.ID, back.N)
			},
		},
	}
}

func referralTable(s *referral.Service) []Periodic {
	return []Periodic{
		{"commissions", time.Minute, s.Sweep},
		{"referral-tallies", time.Minute, s.Count},
		{"referral-sources", 24 * time.Hour, s.SweepSources},
	}
}
