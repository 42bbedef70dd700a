package groupbuy

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Entry is what one person has in a campaign: at most one group that is open, and those that succeeded. Its id is
// campaign:member.
type Entry struct {
	domain.Doc
	Campaign string   `json:"campaign"`
	Member   string   `json:"member"`
	Open     *Claim   `json:"open,omitempty"`
	Won      []string `json:"won,omitempty"` // the groups that succeeded with them, also if they left one after
}

// Claim is the one group that somebody is in, or about to be.
type Claim struct {
	Group string    `json:"group"`
	Order string    `json:"order"`
	Since time.Time `json:"since"`
	Firm  bool      `json:"firm,omitempty"` // the seat is known to be there
	Paid  bool      `json:"paid,omitempty"` // by the time of this word the order was paid
}

// EntryID is the id of somebody's entry.
func EntryID(campaign, member string) string { return domain.Key(campaign, member) }

// begin is the entry of somebody who has none yet.
func begin(campaign, member string) Entry {
	return Entry{Doc: domain.Doc{ID: EntryID(campaign, member)}, Campaign: campaign, Member: member}
}

// claim is said before a seat is taken: nobody takes another one meanwhile, unless the first was never finished.
func (e *Entry) claim(group, order string, most int, now time.Time) error {
	if e.Open != nil && e.Open.Order == order {
		return domain.ErrSame
	}
	if err := e.free(order, most, now); err != nil {
		return err
	}
	e.Open = &Claim{Group: group, Order: order, Since: now}
	return nil
}

// free says why the person cannot take a seat for an order, or nil.
func (e Entry) free(order string, most int, now time.Time) error {
	switch {
	case e.Open != nil && e.Open.Order != order && (e.Open.Firm || now.Before(e.Open.Since.Add(AskFor))):
		return ErrInGroup
	case len(e.Won) >= most:
		return ErrLimit
	}
	return nil
}

// firm is said after the seat was taken. Returns domain.ErrConflict if another order was faster.
func (e *Entry) firm(order string) error {
	switch {
	case e.Open == nil || e.Open.Order != order:
		return domain.ErrConflict
	case e.Open.Firm:
		return domain.ErrSame
	}
	e.Open.Firm = true
	return nil
}

// take is said when the order was paid, whatever became of its seat meanwhile. Returns why there can be none.
func (e *Entry) take(group, order string, most int, now time.Time) error {
	switch mine := e.Open != nil && e.Open.Order == order; {
	case slices.Contains(e.Won, group), mine && e.Open.Paid:
		return domain.ErrSame
	case !mine:
		if err := e.free(order, most, now); err != nil {
			return err
		}
	}
	e.Open = &Claim{Group: group, Order: order, Since: now, Firm: true, Paid: true}
	return nil
}

// drop forgets the claim of an order. One that says paid is not forgotten for a seat that was given up unpaid: that word is
// older.
func (e *Entry) drop(order string, paid bool) error {
	if e.Open == nil || e.Open.Order != order || e.Open.Paid && !paid {
		return domain.ErrSame
	}
	e.Open = nil
	return nil
}

// win notes that the group of an order succeeded.
func (e *Entry) win(group, order string) error {
	dropped := e.drop(order, true) == nil
	if !slices.Contains(e.Won, group) {
		e.Won = append(e.Won, group)
		return nil
	}
	if !dropped {
		return domain.ErrSame
	}
	return nil
}

// learn notes what became of a seat that does not wait for anything any more.
func (e *Entry) learn(group string, s Seat) error {
	if s.Won {
		return e.win(group, s.Order)
	}
	return e.drop(s.Order, s.State != Released)
}
