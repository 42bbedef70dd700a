package audit

import (
	"cmp"
	"slices"
	"time"
)

// Prize is the scholarship camp.
type Prize struct {
	Camp       string
	Price      int64
	Part       int64 // of it, that goes into the pool
	Needed     int   // days that win
	Fee        int64 // percent of what is lost
	Percent    int64 // of the rest of the price that comes back, from the lock until Half
	Lock, Half time.Time
}

// stake is what a member of the pool has done, by the facts alone.
type stake struct {
	member, order string
	part          int64
	won           bool
	at            time.Time // when the last of the needed days was done
	own, gain     int64
}

// pools: whoever kept their days gets their part back and a share of what the others lost, to the fen; nobody gets
// anything twice, and nobody anything else.
func pools(t *trial, f *finding) {
	if t.Prize.Camp == "" {
		return
	}
	stakes := t.stakes()
	fee := t.share(stakes)
	state := ""
	for _, p := range t.whole.Pools {
		if p.ID == t.Prize.Camp {
			state = p.State
		}
	}
	f.expect(state == "settled", "the pool is %q", state)
	refunds, transfers := t.paidOut()
	var in, out int64
	for _, s := range stakes {
		in += s.part
		out += refunds[s.order] + transfers[s.member]
		f.expect(refunds[s.order] == s.own, "%s got %d of their part back and deserves %d", s.member, refunds[s.order], s.own)
		f.expect(transfers[s.member] == s.gain, "%s won %d and deserves %d", s.member, transfers[s.member], s.gain)
		delete(refunds, s.order)
		delete(transfers, s.member)
	}
	f.expect(in == out+fee, "%d came into the pool, %d went out of it, and %d is its fee", in, out, fee)
	for who, amount := range transfers {
		f.expect(amount == 0, "%s won %d and took no part", who, amount)
	}
	for order, amount := range refunds {
		f.expect(amount == 0, "%d went back for order %s, which has no part in the pool", amount, order)
	}
}

// stakes are the parts that are in the pool: of every order that was paid and not given back before the lock.
func (t *trial) stakes() (list []*stake) {
	facts := t.whole.of(t.Prize.Camp)
	camp := camps(facts.Camps)[t.Prize.Camp]
	joined, granted, barred := map[string]string{}, map[string]map[string]time.Time{}, map[string]bool{}
	for _, e := range facts.Enrolments {
		joined[e.Member], _ = dayAt(e.ActiveAt, camp.Calendar.Zone, camp.Calendar.CutOff)
	}
	for _, m := range t.whole.PoolMembers {
		barred[m.Member], granted[m.Member] = m.Bar != nil, map[string]time.Time{}
		for _, a := range m.Appeals {
			if a.State == "granted" {
				granted[m.Member][a.Day] = a.DoneAt
			}
		}
	}
	for _, o := range t.whole.Orders {
		paid := slices.IndexFunc(o.Attempts, func(a Payment) bool { return a.State == "succeeded" })
		if o.Camp != t.Prize.Camp || paid < 0 || !o.EndedAt.IsZero() && o.EndedAt.Before(t.Prize.Lock) {
			continue
		}
		done := granted[o.Member]
		for _, c := range facts.Checkins {
			if c.Member != o.Member || c.State == "rejected" || c.State == "deleted" || c.Day < joined[o.Member] {
				continue
			}
			if at, ok := done[c.Day]; !ok || c.SubmittedAt.Before(at) {
				if done == nil {
					done = map[string]time.Time{}
				}
				done[c.Day] = c.SubmittedAt
			}
		}
		s := &stake{member: o.Member, order: o.ID, part: t.Prize.Part}
		if s.won = len(done) >= t.Prize.Needed && o.EndedAt.IsZero() && !barred[o.Member]; s.won {
			var at []time.Time
			for _, when := range done {
				at = append(at, when)
			}
			slices.SortFunc(at, time.Time.Compare)
			s.at = at[t.Prize.Needed-1]
		}
		list = append(list, s)
	}
	return list
}

// share settles the stakes and returns the fee.
func (t *trial) share(stakes []*stake) (fee int64) {
	var lost, won int64
	var winners []*stake
	for _, s := range stakes {
		if s.won {
			won += s.part
			winners = append(winners, s)
		} else {
			lost += s.part
		}
	}
	if len(winners) == 0 {
		for _, s := range stakes {
			s.own = s.part
		}
		return 0
	}
	if fee = lost * t.Prize.Fee / 100; (lost*t.Prize.Fee%100)*2 >= 100 { // to the nearest fen
		fee++
	}
	shared := lost - fee
	left := shared
	for _, s := range winners {
		s.own, s.gain = s.part, shared*s.part/won
		left -= s.gain
	}
	slices.SortFunc(winners, func(a, b *stake) int {
		return cmp.Or(cmp.Compare(shared*b.part%won, shared*a.part%won), a.at.Compare(b.at), cmp.Compare(a.member, b.member))
	})
	for _, s := range winners[:left] {
		s.gain++
	}
	return fee
}

// paidOut is what went back of the pool by order, and what was transferred by member, by WeChat's own word.
func (t *trial) paidOut() (refunds, transfers map[string]int64) {
	refunds, transfers = map[string]int64{}, map[string]int64{}
	for _, o := range t.whole.Orders {
		for _, r := range o.Refunds {
			if r.Cause == "pool" && t.Pay.Refunds[r.Number].State == "SUCCESS" {
				refunds[o.ID] += t.Pay.Refunds[r.Number].Amount
			}
		}
	}
	members := map[string]string{}
	for _, p := range t.Promises.People {
		members[p.Name] = p.Member
	}
	for _, out := range t.Pay.Transfers {
		if out.State == "SUCCESS" {
			transfers[members[t.Ledger.Names[out.Person]]] += out.Amount
		}
	}
	return refunds, transfers
}

// transfersOnce: each transfer was paid once, under one of its numbers, and WeChat paid none that nobody knows of.
func transfersOnce(t *trial, f *finding) {
	known := map[string]bool{}
	for _, d := range t.whole.Transfers {
		paid := int64(0)
		for _, b := range d.Bills {
			known[b.Number] = true
			if out := t.Pay.Transfers[b.Number]; out.State == "SUCCESS" {
				paid += out.Amount
			}
		}
		want := map[bool]int64{true: d.Amount}[d.State == "paid"]
		f.expect(paid == want, "transfer %s of %d is %s and WeChat paid %d", d.ID, d.Amount, d.State, paid)
	}
	for number, out := range t.Pay.Transfers {
		f.expect(known[number], "WeChat was asked to transfer %d as %s, of which nobody knows", out.Amount, number)
	}
}
