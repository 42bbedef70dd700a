package pool_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/organiser"
	"yingdi/domain/pool"
	"yingdi/domain/product"
)

// orders are paid and refunded at once, unless the bank's line is down.
type orders struct {
	*domaintest.Store[order.Order]
	clock *domaintest.Clock
	bank  *bank
}

func (s *orders) Pooled(_ context.Context, camp string, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return o.Camp == camp && o.Pooled() }, nil, page)
}

func (s *orders) ByCamp(_ context.Context, camp string, state order.State, page domain.Page) ([]order.Order, domain.Cursor, error) {
	return s.Find(func(o order.Order) bool { return o.Camp == camp && o.State == state }, nil, page)
}

func (s *orders) PayBackPart(ctx context.Context, id, key string, amount domain.Fen, reason string) (order.Order, error) {
	if s.bank.down {
		return order.Order{}, domain.ErrUnavailable
	}
	if err := s.bank.refuses[id]; err != nil {
		return order.Order{}, fmt.Errorf("order %s: %w", id, err)
	}
	return s.Update(ctx, id, func(o *order.Order) error {
		if err := o.GiveBack(key, order.CausePool, amount, false, "", reason, s.clock.Now()); err != nil && !errors.Is(err, domain.ErrSame) {
			return err
		}
		for i := range o.Refunds {
			o.Refunds[i].State = order.RefundSucceeded
		}
		return nil
	})
}

// bank is where gains go: each payout once, whatever it is told.
type bank struct {
	mu    sync.Mutex
	sent  map[string]pool.Payout
	state map[string]pool.LegState // by member; paid at once if there is none
	asked map[string]int           // by member: how often
	down  bool

	refuses map[string]error // by order: what a refund of it is refused with
}

func (b *bank) Send(_ context.Context, p pool.Payout) (pool.LegState, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return "", "", domain.ErrUnavailable
	}
	if had, ok := b.sent[p.ID]; ok && had != p {
		return "", "", fmt.Errorf("payout %s asked for anew: %w", p.ID, domain.ErrConflict)
	}
	b.sent[p.ID] = p
	b.asked[p.Member]++
	if state := b.state[p.Member]; state != "" {
		return state, "请联系老师", nil
	}
	return pool.LegPaid, "", nil
}

func (b *bank) Credit(ctx context.Context, p pool.Payout) error {
	_, _, err := b.Send(ctx, p)
	return err
}

// gained is what a member got on top, by all transfers.
func (b *bank) gained(member string) (sum domain.Fen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.sent {
		if p.Member == member {
			sum += p.Amount
		}
	}
	return sum
}

type news struct {
	mu   sync.Mutex
	told map[string]notice.Notice
}

func (n *news) Tell(_ context.Context, t notice.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told[t.ID] = t
	return nil
}

type camps struct{ camp *camp.Camp }

func (c camps) Get(context.Context, string) (camp.Camp, error) { return *c.camp, nil }

func (c camps) Pin(context.Context, string) (camp.Camp, error) {
	c.camp.Pinned = true
	return *c.camp, nil
}

func (c camps) ForStaff(ctx context.Context, _ string, right domain.Right) (camp.Camp, error) {
	return *c.camp, domain.ActorFrom(ctx).Must(right, c.camp.Place())
}

type (
	tasks    struct{ list *[]lesson.Task }
	products struct{ list product.Product }
	houses   struct{ house *organiser.Organiser }
	cards    struct{}
)

func (t tasks) All(context.Context, string) ([]lesson.Task, error) { return slices.Clone(*t.list), nil }

func (p products) Of(context.Context, string) (product.Product, error) {
	return p.list, nil
}

func (h houses) Get(context.Context, string) (organiser.Organiser, error) { return *h.house, nil }

func (cards) Cards(context.Context, []string) (map[string]member.Card, error) {
	return nil, nil
}
