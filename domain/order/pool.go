package order

import (
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
)

// Pool is what a price depends on of a scholarship pool: which rules are shown, until when all of the part comes back and
// new ones are taken, and how large a part may be. The zero one takes nobody.
type Pool struct {
	Rules  int
	LockAt time.Time
	Cap    domain.Fen
}

// The refusals of scholarship seats.
var (
	ErrNoPool     = domain.Refusal(domain.KindConflict, "pool_not_open", "奖学金池还没有开启，这种名额暂时不能购买")
	ErrPoolLocked = domain.Refusal(domain.KindConflict, "pool_locked", "奖学金池已经锁定，这种名额不再出售")
	ErrPoolCap    = domain.Refusal(domain.KindConflict, "pool_part_over_cap", "奖学金部分超过了平台允许的上限，请联系机构")
	ErrTied       = domain.Refusal(domain.KindConflict, "refund_part_tied", "奖学金部分在奖学金池里，由结算决定，不能这样退").On("amount")
	ErrPartBack   = domain.Refusal(domain.KindConflict, "refund_part_whole", "锁定前退出，奖学金部分要全额退回，退款金额不能少于它").On("amount")
)

// sells says why a kind of seat cannot be sold with this pool now, or nil.
func (p Pool) sells(o product.Offer, now time.Time) error {
	switch {
	case o.Kind != product.Scholarship:
		return nil
	case p.Rules == 0:
		return ErrNoPool
	case !now.Before(p.LockAt):
		return ErrPoolLocked
	case o.Part > p.Cap:
		return ErrPoolCap
	}
	return nil
}

// Pooled reports whether a part of the order's money is, was or may come to be in a pool.
func (o Order) Pooled() bool { return o.Promise.Part > 0 && o.State != Cancelled }

// Withdrawn reports whether the place went before the lock, and the part with it.
func (o Order) Withdrawn() bool { return !o.EndedAt.IsZero() && o.EndedAt.Before(o.Promise.LockAt) }

// Tied is what of the payment belongs to the pool: the part, from the opening of the place until the pool has paid it
// back. It never goes back by another way, except for all of it with a place that is given up before the lock.
func (o Order) Tied() domain.Fen {
	if o.Promise.Part == 0 || o.FulfilledAt.IsZero() || o.Withdrawn() {
		return 0
	}
	return max(o.Promise.Part-o.pooledBack(), 0)
}

// pooledBack is what the pool has given back of its part.
func (o Order) pooledBack() (sum domain.Fen) {
	for _, r := range o.Refunds {
		if r.Cause == CausePool {
			sum += r.Amount
		}
	}
	return sum
}

// frees reports whether a refund that ends the place gives the part back with it.
func (o Order) frees(ends bool, now time.Time) bool { return ends && now.Before(o.Promise.LockAt) }

// Spare is what can be refunded of the payment that counted, otherwise than by the pool.
func (o Order) Spare(ends bool, now time.Time) domain.Fen {
	if o.frees(ends, now) {
		return o.Left()
	}
	return max(o.Left()-o.Tied(), 0)
}

// keepsTied refuses a refund that would touch what is the pool's.
func (o Order) keepsTied(r Refund, now time.Time) error {
	tied := o.Tied()
	switch {
	case tied == 0 || r.Cause == CausePool:
		return nil
	case !o.frees(r.Ends, now) && r.Amount > o.Spare(r.Ends, now):
		return ErrTied
	case o.frees(r.Ends, now) && r.Amount < tied:
		return ErrPartBack
	}
	return nil
}
