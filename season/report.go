package season

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"yingdi/season/audit"
)

// Report is the outcome of a season.
type Report struct {
	OK         bool              `json:"ok"`
	Seed       uint64            `json:"seed"`
	Learners   int               `json:"learners"`
	Days       int               `json:"days"`
	Kills      int               `json:"kills"`
	Counts     map[string]int    `json:"counts"` // the same for the same seed
	Luck       map[string]int    `json:"luck"`   // what also depends on who was quicker
	Money      Money             `json:"money"`
	Invariants []audit.Invariant `json:"invariants"`
	Elapsed    float64           `json:"elapsed_s"`
}

// Money is where it all went, in fen.
type Money struct {
	Paid       int64 `json:"paid_fen"`
	Refunded   int64 `json:"refunded_fen"`
	PaidOut    int64 `json:"paid_out_fen"`
	Held       int64 `json:"held_fen"`
	Difference int64 `json:"difference_fen"`
}

// NewReport judges what was played by what is there.
func NewReport(o Options, s Story, f audit.Facts, elapsed time.Duration) Report {
	f.Dead = s.Dead
	r := Report{
		OK: true, Seed: o.Seed, Learners: o.Learners, Days: o.Days, Kills: s.Promises.Kills, Counts: maps.Clone(s.Counts), Luck: s.Luck,
		Invariants: audit.Check(f, s.Promises), Elapsed: elapsed.Seconds(),
	}
	for _, inv := range r.Invariants {
		r.OK = r.OK && inv.OK
	}
	sum := f.Flow()
	r.Money = Money{sum.Paid, sum.Refunded, sum.PaidOut, sum.Held, sum.Paid - sum.Refunded - sum.PaidOut - sum.Held}
	for _, c := range f.Cards { // who of the circle gets a seat is a matter of luck
		if c.Camp == s.Promises.Camp {
			r.Counts["cards"]++
		}
	}
	for _, n := range f.Notices {
		if n.Camp == s.Promises.Camp {
			r.Counts["notices"]++
		}
	}
	for _, line := range f.Ledger.Lines {
		if line.Sent != nil {
			r.Counts["messages_sent"]++
		}
	}
	for _, p := range f.Ledger.Pushes {
		if p.Kind == "subscribe_msg_popup_event" && p.State == "accepted" {
			r.Counts["consents_heard"]++
		}
	}
	return r
}

// Add takes in what somebody else has found.
func (r *Report) Add(list ...audit.Invariant) {
	for _, inv := range list {
		r.OK = r.OK && inv.OK
		r.Invariants = append(r.Invariants, inv)
	}
}

// Print writes the report for people.
func (r Report) Print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\nseed %d: %d learners, %d days, %d kills, %.1f s\n\n", r.Seed, r.Learners, r.Days, r.Kills, r.Elapsed)
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		fmt.Fprintf(table, "  %s\t%d\n", name, r.Counts[name])
	}
	fmt.Fprintln(table)
	for _, name := range slices.Sorted(maps.Keys(r.Luck)) {
		fmt.Fprintf(table, "  %s\t%d\n", name, r.Luck[name])
	}
	fmt.Fprintf(table, "  money (fen)\t%d paid, %d refunded, %d paid out, %d held, difference %d\n\n",
		r.Money.Paid, r.Money.Refunded, r.Money.PaidOut, r.Money.Held, r.Money.Difference)
	for _, inv := range r.Invariants {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", map[bool]string{true: "holds", false: "BROKEN"}[inv.OK], inv.Name, inv.Detail)
	}
	verdict := "\neverything holds"
	if !r.OK {
		verdict = "\nthe product did not keep its word"
	}
	fmt.Fprintln(table, verdict)
	return table.Flush()
}
