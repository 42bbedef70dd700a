package bill

import (
	"fmt"

	"yingdi/domain"
)

// Unclaimed reports whether the case is about a line of its day's bill that moved money and that no document of ours holds.
func (c Case) Unclaimed() bool {
	if c.Said == nil || !c.Said.Done || c.Book != OrderBook {
		return false
	}
	return c.Kind == Double || c.Kind == MissingHere && (c.Open() || c.ClosedBy != "")
}

// Check says what is wrong with the case's own amounts, nil if nothing is.
func (c Case) Check() error {
	if c.Said != nil && c.Said.Amount != c.Amount {
		return fmt.Errorf("case %s: it is about %s, and its line of %s", c.ID, c.Amount, c.Said.Amount)
	}
	return nil
}

// Check says what is wrong with the day's own sums, nil if nothing is. The account holds what the lines hold: the sums of
// the trade bill are of our app alone, those of the fund bill of the whole merchant.
func (d Day) Check() error {
	var in, out domain.Fen
	for _, m := range d.Tally.Moves {
		if in, out = in+m.In, out+m.Out; m.In < 0 || m.Out < 0 {
			return fmt.Errorf("bill of %s: movements of %s and %s named %s", d.ID, m.In, m.Out, m.Name)
		}
	}
	if in != d.Tally.In || out != d.Tally.Out {
		return fmt.Errorf("bill of %s: its movements add up to %s in and %s out, it says %s and %s", d.ID, in, out, d.Tally.In, d.Tally.Out)
	}
	return nil
}
