package wallet

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/transfer"
)

// Withdrawal is a person's wish to have part of a wallet sent to their WeChat balance. Until it is done or comes to
// nothing, its amount is held in the wallet.
type Withdrawal struct {
	domain.Doc
	Wallet    string     `json:"wallet"`
	Organiser string     `json:"organiser"`
	Member    string     `json:"member"`
	Amount    domain.Fen `json:"amount"`
	State     State      `json:"state"`
	At        time.Time  `json:"at"`
	Story     []Change   `json:"story"` // every state it came to, by whom and why
	WakeAt    time.Time  `json:"wake_at,omitzero"`
}

// State of a withdrawal.
type State string

// applied → approved → transferring → done | failed (still held; tried again or cancelled); applied → rejected or
// cancelled, approved → rejected if the balance was taken back meanwhile. What is rejected or cancelled is released.
const (
	Applied      State = "applied" // waits for staff
	Approved     State = "approved"
	Transferring State = "transferring"
	Done         State = "done"
	Failed       State = "failed"
	Rejected     State = "rejected"
	Cancelled    State = "cancelled"
)

// States lists all of them.
var States = []State{Applied, Approved, Transferring, Failed, Done, Rejected, Cancelled}

// Over reports whether nothing more will become of it.
func (s State) Over() bool { return s == Done || s == Rejected || s == Cancelled }

// Change is one line of a withdrawal's story.
type Change struct {
	To     State     `json:"to"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"` // member id; empty for the system
	Reason string    `json:"reason,omitempty"`
}

// EventMoved says that a withdrawal came to another state, and that somebody must drive it.
const EventMoved = "withdrawal:moved"

// Rules of withdrawals, from the configuration.
type Rules struct {
	Min          domain.Fen // of one, at least transfer.Min
	PerDay       int        // how many in a day of one wallet
	Daily        domain.Fen // how much in a day of one wallet
	ApproveAbove domain.Fen // what is more than this waits for staff
}

// Max of one withdrawal: it is sent as one transfer.
const Max = transfer.Max

// Held is what EventHeld carries.
type Held struct {
	Withdrawal string     `json:"withdrawal"`
	Amount     domain.Fen `json:"amount"`
	Approved   bool       `json:"approved"`
	At         time.Time  `json:"at"`
}

var zone = domain.Calendar{Zone: "Asia/Shanghai"} // whose days the caps count

// hold takes an amount out of what is available, within the rules; again for the same withdrawal changes nothing.
func (w *Wallet) hold(id string, amount domain.Fen, r Rules, now time.Time) error {
	if w.held(id) != nil {
		return domain.ErrSame
	}
	day := zone.Day(now)
	if w.Today.Day != day {
		w.Today = Spent{Day: day}
	}
	switch {
	case amount < max(r.Min, transfer.Min):
		return ErrLess
	case amount > Max:
		return ErrMore
	case amount > w.Balance-w.Held():
		return ErrShort
	case w.Today.Count >= r.PerDay:
		return ErrPerDay
	case w.Today.Amount+amount > r.Daily:
		return ErrDaily
	}
	w.Today.Count++
	w.Today.Amount += amount
	w.Holds = append(w.Holds, Hold{Withdrawal: id, Amount: amount, At: now})
	w.MovedAt = now
	w.Emit(EventHeld, now, Held{id, amount, amount <= r.ApproveAbove, now})
	return nil
}

// send lets a held amount go to WeChat, or releases it if so much was taken back meanwhile that it is no longer there.
// Together, what was sent never comes to more than the balance of that moment.
func (w *Wallet) send(id string, now time.Time) error {
	h := w.held(id)
	if h == nil || h.Sent {
		return domain.ErrSame
	}
	sent := h.Amount
	for _, other := range w.Holds {
		if other.Sent {
			sent += other.Amount
		}
	}
	if sent > w.Balance {
		return w.release(id, now)
	}
	h.Sent = true
	return nil
}

// pay notes that a withdrawal has arrived: the hold becomes an entry.
func (w *Wallet) pay(d Withdrawal, now time.Time) error {
	err := w.add(Entry{ID: domain.Key("withdrawal", d.ID), Kind: Withdrawn, Amount: -d.Amount, At: now, Ref: d.ID, Title: "提现到微信零钱"})
	if err == nil {
		_ = w.release(d.ID, now)
		w.Emit(EventPaid, now, nil)
	}
	return err
}

// release makes a held amount available again.
func (w *Wallet) release(id string, now time.Time) error {
	for i, h := range w.Holds {
		if h.Withdrawal == id {
			w.Holds = append(w.Holds[:i:i], w.Holds[i+1:]...)
			w.MovedAt = now
			return nil
		}
	}
	return domain.ErrSame
}

func (w *Wallet) held(id string) *Hold {
	for i := range w.Holds {
		if w.Holds[i].Withdrawal == id {
			return &w.Holds[i]
		}
	}
	return nil
}

// withdrawal is the document of what a wallet holds.
func (w Wallet) withdrawal(h Held) Withdrawal {
	d := Withdrawal{
		Doc: domain.Doc{ID: h.Withdrawal}, Wallet: w.ID, Organiser: w.Organiser, Member: w.Member, Amount: h.Amount, At: h.At,
	}
	d.move(Applied, w.Member, "", h.At)
	if h.Approved {
		d.move(Approved, "", "", h.At)
	}
	return d
}

// move takes the withdrawal to a state.
func (d *Withdrawal) move(to State, by, reason string, now time.Time) {
	d.State = to
	d.Story = append(d.Story, Change{to, now, by, reason})
	d.WakeAt = now.Add(lookAgain)
	if to == Applied {
		d.WakeAt = time.Time{}
		return
	}
	d.Emit(EventMoved, now, nil)
}

// lookAgain is when somebody looks at a withdrawal that has not been driven on by event.
const lookAgain = 10 * time.Minute

// decide is the answer of staff.
func (d *Withdrawal) decide(to State, by, reason string, now time.Time) error {
	switch {
	case d.State == to:
		return domain.ErrSame
	case d.State != Applied:
		return fmt.Errorf("withdrawal %s is %s: %w", d.ID, d.State, ErrDecided)
	}
	d.move(to, by, reason, now)
	return nil
}

// ErrDecided refuses what comes too late for a withdrawal.
var ErrDecided = domain.Refusal(domain.KindConflict, "withdrawal_decided", "这笔提现已经处理过，请刷新后再看")

// ErrSelf refuses staff who decide about their own money.
var ErrSelf = domain.Refusal(domain.KindConflict, "withdrawal_own", "不能审批自己的提现，请由同事处理")

// spoilt takes an approved withdrawal back whose money is no longer there.
func (d *Withdrawal) spoilt(now time.Time) error {
	if d.State != Approved {
		return domain.ErrSame
	}
	d.move(Rejected, "", "余额不足：部分收入已被撤回", now)
	return nil
}

// follow lets the state follow from that of the transfer.
func (d *Withdrawal) follow(t transfer.Transfer, now time.Time) error {
	to := Transferring
	switch t.State {
	case transfer.Paid:
		to = Done
	case transfer.Failed, transfer.Unclaimed:
		to = Failed
	case transfer.Cancelled:
		to = Cancelled
	}
	if d.State == to || d.State.Over() && (to != Done || d.State == Rejected) {
		return domain.ErrSame
	}
	reason := ""
	if to == Cancelled {
		reason = t.CancelFor
	}
	d.move(to, t.CancelBy, reason, now)
	return nil
}

// rested notes that all that could be done now is done: what is transferring is told of by the transfer's events.
func (d *Withdrawal) rested() error {
	if d.WakeAt.IsZero() {
		return domain.ErrSame
	}
	d.WakeAt = time.Time{}
	return nil
}

// Open reports whether its amount must be held.
func (d Withdrawal) Open() bool { return !d.State.Over() }

// Waits reports whether it waits for staff: to be approved, or because WeChat did not manage to pay it.
func (d Withdrawal) Waits() bool { return d.State == Applied || d.State == Failed }

// CheckHolds says whether a wallet holds exactly what its open withdrawals need. A withdrawal that has just ended, and
// whose amount is about to be released, is given too.
func (w Wallet) CheckHolds(all []Withdrawal) error {
	byID := map[string]Withdrawal{}
	for _, d := range all {
		byID[d.ID] = d
		if d.Open() && w.held(d.ID) == nil {
			return fmt.Errorf("wallet %s does not hold %s for withdrawal %s", w.ID, d.Amount, d.ID)
		}
	}
	for _, h := range w.Holds {
		d, ok := byID[h.Withdrawal]
		if !ok && w.adopting(h) {
			continue
		}
		if !ok || d.Amount != h.Amount || d.State.Over() && d.WakeAt.IsZero() {
			return fmt.Errorf("wallet %s holds %s for withdrawal %s, which does not want it", w.ID, h.Amount, h.Withdrawal)
		}
	}
	return nil
}

// adopting reports whether the withdrawal of a hold is still to be made, by the event that waits in the wallet.
func (w Wallet) adopting(h Hold) bool {
	return slices.ContainsFunc(w.Outbox, func(e domain.Event) bool {
		var held Held
		return e.Type == EventHeld && json.Unmarshal(e.Data, &held) == nil && held.Withdrawal == h.Withdrawal && held.Amount == h.Amount
	})
}

// Against holds the withdrawal against the transfer that it was sent by, if it was sent.
func (d Withdrawal) Against(sent map[string]transfer.Transfer) error {
	t, ok := sent[d.Transfer()]
	switch {
	case d.Amount <= 0:
		return fmt.Errorf("withdrawal %s is of %s", d.ID, d.Amount)
	case d.Transfer() == "":
		if d.State == Done || d.State == Transferring || d.State == Failed {
			return fmt.Errorf("withdrawal %s is %s and was never sent", d.ID, d.State)
		}
	case !ok:
		return fmt.Errorf("withdrawal %s: there is no transfer %s", d.ID, d.Transfer())
	case t.Amount != d.Amount || t.Member != d.Member:
		return fmt.Errorf("withdrawal %s of %s was sent as %s", d.ID, d.Amount, t.Amount)
	case d.State == Done && t.State != transfer.Paid:
		return fmt.Errorf("withdrawal %s is done, its transfer is %s", d.ID, t.State)
	}
	return nil
}

// Given is what a person is given of it in the copy of their data: not who of the staff decided.
func (d Withdrawal) Given() Withdrawal {
	given := d
	given.Outbox, given.Story = nil, nil
	for _, c := range d.Story {
		if c.By != d.Member {
			c.By = ""
		}
		given.Story = append(given.Story, c)
	}
	return given
}

// Transfer is the id of the transfer that pays it; empty before there is one.
func (d Withdrawal) Transfer() string {
	for _, c := range d.Story {
		if c.To == Transferring {
			return transferID(d.ID)
		}
	}
	return ""
}
