package audit

import (
	"slices"
	"time"
)

// reviews counts the first answer to whatever was handed in.
func (c *tally) reviews() {
	for _, r := range c.facts.Reviews {
		answered := map[int]bool{}
		all := r.History
		if r.Round > 0 && r.SettleAt.IsZero() {
			all = append(slices.Clone(all), Past{r.Reviewer, r.ReleasedAt, r.Judged})
		}
		for _, p := range all {
			if answered[p.Judged.Redo] || p.Judged.HandedAt.IsZero() {
				continue
			}
			answered[p.Judged.Redo] = true
			day, minutes := c.on(p.At), int(p.At.Sub(p.Judged.HandedAt)/time.Minute)
			c.day(day).Reviews++
			c.waits[day] = append(c.waits[day], minutes)
			c.speed[p.Reviewer] = append(c.speed[p.Reviewer], minutes)
		}
	}
}

// passes counts each quiz once for each learner who has passed it.
func (c *tally) passes() {
	first := map[[2]string]time.Time{}
	for _, a := range c.facts.Attempts {
		full := int64(0)
		for _, e := range a.Entries {
			full += e.Full
		}
		key := [2]string{a.Quiz, a.Member}
		if at, ok := first[key]; a.State == "finished" && a.Mark*100 >= full*a.Pass && (!ok || a.FinishedAt.Before(at)) {
			first[key] = a.FinishedAt
		}
	}
	for _, at := range first {
		c.day(c.on(at)).Passed++
	}
}

func (c *tally) messages() {
	for _, n := range c.facts.Notices {
		switch n.Outcome {
		case "sent":
			c.day(c.on(n.At)).Sent++
		case "refused":
			c.day(c.on(n.At)).Unsent++
		}
	}
}

// money counts what arrived and what went back, on the days on which it did.
func (c *tally) money() {
	for _, o := range c.facts.Orders {
		for _, a := range o.Attempts {
			if !a.PaidAt.IsZero() {
				c.day(c.on(a.PaidAt)).Received += a.Amount
			}
		}
		for _, r := range o.Refunds {
			if r.State == "succeeded" {
				c.day(c.on(r.DoneAt)).Returned += r.Amount
			}
		}
	}
}
