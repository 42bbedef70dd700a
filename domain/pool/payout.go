package pool

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/wechatpay"
)

// Leg is one amount on its way to a member.
type Leg struct {
	Amount domain.Fen `json:"amount"`
	State  LegState   `json:"state"`
	Note   string     `json:"note,omitempty"` // why it is stuck, for people
	At     time.Time  `json:"at"`             // of the last change

	Refused bool `json:"refused,omitempty"` // there is no refund and no transfer in which a person would find it
	Help    Help `json:"help,omitzero"`     // what a person did about that
}

// Help is what a person did about an amount that could not be paid.
type Help struct {
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// LegState says where it is.
type LegState string

// due → paying → waiting_user_confirm → paid | expired | failed | unclaimed. How a refund or a transfer goes on after it
// has expired or failed is its own matter; here stands how it stands.
const (
	LegNone      LegState = ""
	LegDue       LegState = "due"
	LegPaying    LegState = "paying"
	LegWaiting   LegState = "waiting_user_confirm"
	LegPaid      LegState = "paid"
	LegExpired   LegState = "expired"
	LegFailed    LegState = "failed"
	LegUnclaimed LegState = "unclaimed"
)

// LegStates lists those of an amount that is owed.
var LegStates = []LegState{LegDue, LegPaying, LegWaiting, LegExpired, LegPaid, LegFailed, LegUnclaimed}

func due(amount domain.Fen, now time.Time) Leg {
	if amount == 0 {
		return Leg{}
	}
	return Leg{Amount: amount, State: LegDue, At: now}
}

// Moves reports whether it is on its way.
func (l Leg) Moves() bool { return l.State == LegDue || l.State == LegPaying || l.State == LegWaiting }

// Parked reports whether a person has to do something: the learner claim it, or staff look.
func (l Leg) Parked() bool {
	return l.State == LegExpired || l.State == LegFailed || l.State == LegUnclaimed
}

// move notes how the amount stands; paid is never downgraded.
func (l *Leg) move(to Leg, now time.Time) bool {
	if l.Amount == 0 || l.State == LegPaid || l.State == to.State && l.Note == to.Note && l.Refused == to.Refused {
		return false
	}
	l.State, l.Note, l.Refused, l.At = to.State, to.Note, to.Refused, now
	return true
}

// refused notes a refusal that will not change; what may work later stays an error.
func (l *Leg) refused(err error) error {
	var refusal *domain.Error
	if !errors.As(err, &refusal) || refusal.Kind == domain.KindUnavailable {
		return err
	}
	l.State, l.Note, l.Refused = LegFailed, refusal.Message, true
	return nil
}

// helpless reports whether nobody can pay it, and no person has said yet what became of it.
func (l Leg) helpless() bool { return l.State == LegFailed && l.Refused && l.Help.At.IsZero() }

// Helpless reports whether a person must do by other means what the machine cannot.
func (m Member) Helpless() bool { return m.Own.helpless() || m.Gain.helpless() }

// help notes what a person did about it.
func (m *Member) help(by, text string, now time.Time) error {
	if !m.Helpless() {
		return domain.ErrSame
	}
	for _, l := range []*Leg{&m.Own, &m.Gain} {
		if l.helpless() {
			l.Help = Help{by, now, text}
		}
	}
	return nil
}

// Stage of a member's payout, by which those with something to do are found.
type Stage string

// The stages, the one that matters first.
const (
	StageMoving Stage = "moving"
	StageParked Stage = "parked"
	StageDone   Stage = "done"
)

// Stage of the two amounts together; empty while there is no list.
func (m Member) Stage() Stage {
	switch {
	case !m.Listed():
		return ""
	case m.Own.Moves() || m.Gain.Moves():
		return StageMoving
	case m.Own.Parked() || m.Gain.Parked():
		return StageParked
	}
	return StageDone
}

// Look is when somebody must look at a payout that moves, even if nothing is heard of it; zero once none does.
func (m Member) Look() time.Time {
	switch {
	case m.Stage() != StageMoving:
		return time.Time{}
	case m.LookAt.IsZero():
		return m.moved()
	}
	return m.LookAt
}

// moved is when either of the amounts last changed.
func (m Member) moved() time.Time {
	if m.Own.At.After(m.Gain.At) {
		return m.Own.At
	}
	return m.Gain.At
}

// lookAtMost bounds how long a payout of which nothing is heard is left alone.
const lookAtMost = 6 * time.Hour

// looked takes in how the amounts stand. The longer nothing happens to a payout, the longer nobody looks: what does happen
// is heard of. What could not be looked at stays due.
func (m *Member) looked(own, gain Leg, failed bool, now time.Time) error {
	first, second := m.Own.move(own, now), m.Gain.move(gain, now)
	switch due := !failed && !now.Before(m.Look()); {
	case m.Stage() == StageMoving && due:
		m.LookAt = now.Add(min(max(now.Sub(m.moved()), lookAgain), lookAtMost))
	case !first && !second:
		return domain.ErrSame
	}
	return nil
}

// Standing is the one state that a list of members shows: the most urgent of the two.
func (m Member) Standing() LegState {
	for _, s := range []LegState{LegFailed, LegUnclaimed, LegExpired, LegWaiting, LegDue, LegPaying, LegPaid} {
		if m.Own.State == s || m.Gain.State == s {
			return s
		}
	}
	return LegNone
}

// PayoutID of the nth transfer of a member's gain, from 1. It derives from the pool and the member: however often a payout
// is begun, it is the same one.
func PayoutID(camp, member string, n int) string {
	return domain.Key("pool", camp, member, strconv.Itoa(n))
}

// Portions cuts an amount into transfers of at most so much each, none of them below wechatpay.MinTransfer.
func Portions(amount, most domain.Fen) (list []domain.Fen) {
	for amount > most {
		portion := most
		if rest := amount - most; rest < wechatpay.MinTransfer {
			portion -= wechatpay.MinTransfer
		}
		list = append(list, portion)
		amount -= portion
	}
	return append(list, amount)
}

// Check holds a listed member against itself, for the audit.
func (m Member) Check() error {
	switch {
	case !m.Listed():
		return nil
	case m.Own.Amount != 0 && m.Own.Amount != m.Part, m.Gain.Amount < 0, m.Gain.Amount > 0 && m.State != Qualified:
		return fmt.Errorf("member %s, %s, gets %s and %s for a part of %s: %w", m.ID, m.State, m.Own.Amount, m.Gain.Amount, m.Part, ErrList)
	case m.Line.Part != m.Part || m.Line.Order != m.Order || m.Own.Amount != m.Line.Own || m.Gain.Amount != m.Line.Gain:
		return fmt.Errorf("member %s gets %s and %s for a part of %s, by the list %s and %s for %s: %w",
			m.ID, m.Own.Amount, m.Gain.Amount, m.Part, m.Line.Own, m.Line.Gain, m.Line.Part, ErrList)
	}
	return nil
}

// Against holds the member against the order that the part came by: what was promised is in the pool, and what is said to
// be back was refunded.
func (m Member) Against(orders map[string]order.Order) error {
	o, ok := orders[m.Order]
	switch {
	case !ok:
		return fmt.Errorf("member %s: there is no order %s: %w", m.ID, m.Order, ErrList)
	case o.Camp != m.Camp || o.Promise.Part != m.Part:
		return fmt.Errorf("member %s has a part of %s, order %s promised %s: %w", m.ID, m.Part, o.ID, o.Promise.Part, ErrList)
	case m.Own.State != LegPaid:
		return nil
	}
	for _, r := range o.Refunds {
		if r.Number == order.RefundNumber(o.ID, ownKey) && r.State == order.RefundSucceeded && r.Amount == m.Own.Amount {
			return nil
		}
	}
	return fmt.Errorf("member %s has %s back, which order %s never refunded: %w", m.ID, m.Own.Amount, o.ID, ErrList)
}

// Payouts are the ids of the transfers that a gain was sent by.
func (m Member) Payouts() (ids []string) {
	if m.Gain.Amount < wechatpay.MinTransfer || m.Gain.State == LegDue {
		return nil
	}
	for n := range Portions(m.Gain.Amount, wechatpay.MaxTransfer) {
		ids = append(ids, PayoutID(m.Camp, m.Member, n+1))
	}
	return ids
}

// Paid holds a gain that is said to be paid against what was transferred, by payout.
func (m Member) Paid(transferred map[string]domain.Fen) error {
	if m.Gain.State != LegPaid || m.Gain.Amount < wechatpay.MinTransfer {
		return nil
	}
	var sum domain.Fen
	for _, id := range m.Payouts() {
		sum += transferred[id]
	}
	if sum != m.Gain.Amount {
		return fmt.Errorf("member %s has gained %s, %s were transferred: %w", m.ID, m.Gain.Amount, sum, ErrList)
	}
	return nil
}
