package referral

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
)

// Commission is what one order earns one promoter; its id is order:level.
type Commission struct {
	domain.Doc
	Order       string     `json:"order"`
	Level       int        `json:"level"`
	Organiser   string     `json:"organiser"`
	Camp        string     `json:"camp"`
	Plan        string     `json:"plan"`
	Member      string     `json:"member"` // who earns it
	Buyer       string     `json:"buyer"`
	Rate        int        `json:"rate"`
	Days        int        `json:"days"`   // frozen at least, from the payment on
	Base        domain.Fen `json:"base"`   // the tuition that was paid
	Amount      domain.Fen `json:"amount"` // what that earns
	Backs       []Back     `json:"backs,omitempty"`
	Stage       Stage      `json:"stage"` // of what is left of it
	At          time.Time  `json:"at"`    // of the payment
	Until       time.Time  `json:"until"` // when it thaws
	ReleasedAt  time.Time  `json:"released_at,omitzero"`
	Released    domain.Fen `json:"released,omitempty"` // what went into the wallet then
	WithdrawnAt time.Time  `json:"withdrawn_at,omitzero"`
	Posted      int        `json:"posted,omitempty"`  // entries that are in the wallet
	WakeAt      time.Time  `json:"wake_at,omitzero"`  // when somebody must look again
	EndedAt     time.Time  `json:"ended_at,omitzero"` // nothing is left of it
}

// Stage of a commission, or of what is left of one that went back in part.
type Stage string

// frozen → available (in the wallet) → withdrawn (it has left the wallet); any of them → reversed, once nothing is left. The
// wallet pays the oldest money out first, so a commission is withdrawn when all that came after it makes up the balance.
const (
	Frozen    Stage = "frozen"
	Available Stage = "available"
	Withdrawn Stage = "withdrawn"
	Reversed  Stage = "reversed"
)

// Stages in the order in which people look at them.
var Stages = []Stage{Frozen, Available, Withdrawn, Reversed}

// Back is a part of a commission that went back.
type Back struct {
	Amount domain.Fen `json:"amount"`
	Cause  Cause      `json:"cause"`
	At     time.Time  `json:"at"`
	By     string     `json:"by,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// Cause of a reversal.
type Cause string

// The causes.
const (
	ByRefund Cause = "refund"
	BySelf   Cause = "self"  // the buyer turned out to be the promoter
	ByStaff  Cause = "staff" // while it was frozen
)

// Events of this feature.
const (
	EventEarned   = "referral:earned"
	EventReleased = "referral:released"
	EventReversed = "referral:reversed" // data ReversedData
)

// ReversedData says which of the Backs it was.
type ReversedData struct {
	N int `json:"n"`
}

// CommissionID of an order's promoter of a level.
func CommissionID(order string, level int) string { return domain.Key(order, strconv.Itoa(level)) }

// Thaws is when a commission of an order can be paid out at the earliest: the days of the plan have passed since the
// payment, no step of the refund policy gives anything back any more, and the camp has begun.
func Thaws(o order.Order, s order.Share, c camp.Camp) time.Time {
	at := o.PaidAt.Add(time.Duration(s.Days) * 24 * time.Hour)
	for _, d := range o.Promise.Deadlines {
		at = later(at, d.Until)
	}
	if o.Promise.Part > 0 {
		at = later(at, o.Promise.LockAt)
	}
	if c.Start.Valid() {
		at = later(at, c.Calendar.Start(c.Start))
	}
	return at
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Earn makes the commission of an order's share. What went back of the order meanwhile is for Reckon.
func Earn(o order.Order, s order.Share, c camp.Camp, now time.Time) Commission {
	k := Commission{
		Doc: domain.Doc{ID: CommissionID(o.ID, s.Level)}, Order: o.ID, Level: s.Level, Organiser: o.Organiser, Camp: o.Camp, Plan: s.Plan,
		Member: s.Member, Buyer: o.Member, Rate: s.Rate, Days: s.Days, Base: o.Tuition(), Amount: Cut(o.Tuition(), s.Rate),
		Stage: Frozen, At: o.PaidAt, Until: Thaws(o, s, c),
	}
	k.WakeAt = k.Until
	k.Emit(EventEarned, now, nil)
	return k
}

// Reversed is what went back of it.
func (c Commission) Reversed() (sum domain.Fen) {
	for _, b := range c.Backs {
		sum += b.Amount
	}
	return sum
}

// Net is what is left of it.
func (c Commission) Net() domain.Fen { return c.Amount - c.Reversed() }

// Partly reports whether it went back in part.
func (c Commission) Partly() bool { return len(c.Backs) > 0 && c.Net() > 0 }

// In is what of it is in the wallet, or was.
func (c Commission) In() domain.Fen {
	if c.ReleasedAt.IsZero() {
		return 0
	}
	return c.Net()
}

// Reckon takes back what a tuition of which only so much is kept no longer earns. It never gives anything again, so it does
// not matter in which order refunds are heard of.
func (c *Commission) Reckon(kept domain.Fen, now time.Time) error {
	return c.back(Back{Amount: c.Net() - Cut(min(kept, c.Base), c.Rate), Cause: ByRefund, At: now})
}

// Void takes all of it back while it is frozen.
func (c *Commission) Void(cause Cause, by, reason string, now time.Time) error {
	if !c.ReleasedAt.IsZero() {
		return ErrOver
	}
	return c.back(Back{Amount: c.Net(), Cause: cause, At: now, By: by, Reason: reason})
}

func (c *Commission) back(b Back) error {
	if b.Amount <= 0 {
		return domain.ErrSame
	}
	c.Backs = append(c.Backs, b)
	if c.Net() == 0 {
		c.Stage, c.EndedAt = Reversed, b.At
	}
	c.WakeAt = c.nextWake(b.At)
	c.Emit(EventReversed, b.At, ReversedData{len(c.Backs) - 1})
	return nil
}

// Release thaws it for what is kept of the tuition. until is when it may, by what is known of the camp now: days that moved
// later hold it longer.
func (c *Commission) Release(kept domain.Fen, until, now time.Time) error {
	if c.Stage != Frozen {
		return domain.ErrSame
	}
	reckoned := c.Reckon(kept, now)
	switch moved := until.After(c.Until); {
	case c.Net() == 0:
		return nil
	case now.Before(later(c.Until, until)):
		if !moved {
			return reckoned
		}
		c.Until, c.WakeAt = until, until
		return nil
	}
	c.Stage, c.ReleasedAt, c.Released = Available, now, c.Net()
	c.WakeAt = c.nextWake(now)
	c.Emit(EventReleased, now, nil)
	return nil
}

// Entry is what a commission puts into the wallet. Below zero it takes something of the first one back.
type Entry struct {
	ID     string
	Amount domain.Fen
	Title  string
}

// Entries lists what is in the wallet because of it, or has to be: what it was released with, and what went back since.
func (c Commission) Entries() (list []Entry) {
	if c.ReleasedAt.IsZero() {
		return nil
	}
	left := c.Amount - c.Released // went back before
	list = append(list, Entry{ID: c.ID, Amount: c.Released, Title: "推广佣金"})
	for i, b := range c.Backs {
		if left > 0 {
			left -= b.Amount
			continue
		}
		list = append(list, Entry{ID: fmt.Sprintf("%s:back:%d", c.ID, i), Amount: -b.Amount, Title: "学员退款，佣金扣回"})
	}
	return list
}

// posted notes that the first n entries are in the wallet.
func (c *Commission) posted(n int, now time.Time) error {
	if n <= c.Posted {
		return domain.ErrSame
	}
	c.Posted = n
	c.WakeAt = c.nextWake(now)
	return nil
}

// nextWake is when somebody must look at it: when it thaws, and soon while the wallet lacks an entry.
func (c Commission) nextWake(now time.Time) time.Time {
	switch {
	case c.Stage == Frozen:
		return c.Until
	case c.Posted < len(c.Entries()):
		return now
	}
	return time.Time{}
}

// withdraw notes that it has left the wallet.
func (c *Commission) withdraw(now time.Time) error {
	if c.Stage != Available {
		return domain.ErrSame
	}
	c.Stage, c.WithdrawnAt = Withdrawn, now
	return nil
}

// Check holds it against its order: what it was promised, and that it is what the tuition that is kept earns. lagging says
// that the order has refunds that nobody has heard of yet.
func (c Commission) Check(o order.Order, lagging bool) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("commission %s of %s: "+format, append([]any{c.ID, c.Amount}, args...)...)
	}
	share, found := order.Share{}, false
	for _, s := range o.Promise.Shares {
		if s.Level == c.Level {
			share, found = s, true
		}
	}
	due := Cut(min(o.Kept(), c.Base), c.Rate)
	void := false
	for _, b := range c.Backs {
		void = void || b.Cause != ByRefund
	}
	switch net := c.Net(); {
	case o.ID != c.Order || !found:
		return wrong("its order promised none")
	case share.Member != c.Member || share.Rate != c.Rate || c.Buyer != o.Member || c.Member == c.Buyer:
		return wrong("its order promised another")
	case c.Base != o.Tuition() || c.Amount != Cut(c.Base, c.Rate):
		return wrong("%s of tuition at %s is %s", o.Tuition(), Percent(c.Rate), Cut(o.Tuition(), c.Rate))
	case net < 0 || net > due && !lagging || net < due && !void:
		return wrong("%s are left, and %s are due", net, due)
	case (c.Stage == Reversed) != (net == 0), (c.Stage == Frozen) && !c.ReleasedAt.IsZero(), (c.Stage == Available || c.Stage == Withdrawn) && c.ReleasedAt.IsZero():
		return wrong("it is %s", c.Stage)
	}
	var sum domain.Fen
	for _, e := range c.Entries() {
		sum += e.Amount
	}
	if sum != c.In() {
		return wrong("the wallet got %s, and %s are left", sum, c.In())
	}
	return nil
}

// Given is what the promoter is given of it: not who bought.
func (c Commission) Given() Commission {
	c.Buyer, c.Outbox = "", nil
	c.Backs = slices.Clone(c.Backs)
	for i := range c.Backs {
		c.Backs[i].By = ""
	}
	return c
}
