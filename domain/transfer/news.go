package transfer

import (
	"context"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// page of the mini-program that shows a transfer.
const page = "pages/wallet/transfer?id="

// Tell tells the person what became of their transfer, unless it has moved on since. For jobs, after the events with Told.
func (s *Service) Tell(ctx context.Context, id, event string) error {
	t, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	n, ok := t.news(event)
	if !ok {
		return nil
	}
	return s.Notices.Tell(ctx, n)
}

// news is the notice of an event, if it is still what there is to say.
func (t Transfer) news(event string) (notice.Notice, bool) {
	n := notice.Notice{Member: t.Member, Kind: notice.TransferNews, Page: page + t.ID, At: t.CreatedAt}
	var about State
	what := t.Amount.String() + "（" + t.Title + "）"
	switch event {
	case EventWaiting:
		about, n.Kind, n.Title, n.Body = Waiting, notice.TransferWaits, "有一笔钱等你收下", what+"，请在 24 小时内确认收款"
	case EventPaid:
		about, n.Title, n.Body = Paid, "钱已到账", what+"已存入你的微信零钱"
	case EventExpired:
		about, n.Title, n.Body = Expired, "收款已过期", what+"没有在 24 小时内确认，可以重新领取"
	case EventFailed:
		about, n.Title, n.Body = Failed, "转账没有成功", what+"，请检查微信实名与收款额度，再重新领取"
	case EventUnclaimed:
		about, n.Title, n.Body = Unclaimed, "有一笔钱没有领取", what+"多次过期，请联系机构领取"
	case EventCancelled:
		about, n.Title, n.Body = Cancelled, "转账已取消", what+"："+t.CancelFor
	}
	if t.State != about {
		return n, false
	}
	n.At = t.lately()
	if about == Waiting {
		n.Until = t.live().ClosesAt
	}
	n.ID = domain.Key("transfer", t.Code, string(about), strconv.Itoa(len(t.Bills)))
	return n, true
}

// lately is when the last thing happened to it.
func (t Transfer) lately() (at time.Time) {
	at = t.CreatedAt
	for _, b := range t.Bills {
		for _, then := range []time.Time{b.TriedAt, b.EndedAt} {
			if then.After(at) {
				at = then
			}
		}
	}
	return at
}
