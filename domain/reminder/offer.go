package reminder

import (
	"context"
	"strconv"

	"yingdi/domain"
	"yingdi/domain/enrolment"
	"yingdi/domain/notice"
)

// OfferID of the notice that a seat is held for somebody; each time that they wait for one has its own.
func OfferID(e enrolment.Enrolment) string {
	return domain.Key("seat", e.Camp, e.Member, strconv.FormatInt(e.QueuedAt.UnixMicro(), 36))
}

// Offered tells somebody who waited that a seat is held for them, and until when. For jobs, after enrolment.EventOffered.
func (s *Service) Offered(ctx context.Context, id string) error {
	e, err := s.Enrolments.Get(ctx, id)
	if err != nil || e.State != enrolment.Offered {
		return err
	}
	c, err := s.Camps.Get(ctx, e.Camp)
	if err != nil {
		return err
	}
	until := e.ExpiresAt.In(c.Calendar.Location()).Format("1月2日 15:04")
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: OfferID(e)}, Member: e.Member, Camp: c.ID, Kind: notice.SeatOffered,
		Title: "有名额了，" + until + "前确认", Body: c.Title, Page: page(c.ID), Until: e.ExpiresAt,
	})
}
