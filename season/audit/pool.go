package audit

import (
	"cmp"
	"slices"
	"strings"
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
	Cancelled  bool // before there was a list
}

// prize is the scholarship camp of that id.
func (t *trial) prize(camp string) (Prize, bool) {
	for _, z := range t.Prizes {
		if z.Camp == camp {
			return z, true
		}
	}
	return Prize{}, false
}

// stake is what a member of the pool has done, by the facts alone.
type stake struct {
	member, order string
	part          int64
	won           bool
	at            time.Time // when the last of the needed days was done
	own, gain     int64
}

// pools: whoever kept their days gets their part back and a share of what the others lost, to the fen; where nobody did, or
// the pool was cancelled, everybody's part goes back; nobody gets anything twice, and nobody anything else.
func pools(t *trial, f *finding) {
	for _, z := range t.Prizes {
		t.pool(z, f)
	}
	for _, p := range t.whole.Pools {
		_, ok := t.prize(p.ID)
		f.expect(ok, "nobody opened pool %s", p.ID)
	}
}

// minTransfer is what WeChat transfers at least: what is won below it goes into the wallet.
const minTransfer = 10

func (t *trial) pool(z Prize, f *finding) {
	stakes := t.stakes(z)
	fee := z.share(stakes)
	state := ""
	for _, p := range t.whole.Pools {
		if p.ID == z.Camp {
			state = p.State
		}
	}
	f.expect(state == map[bool]string{true: "cancelled", false: "settled"}[z.Cancelled], "pool %s is %q", z.Camp, state)
	refunds, transfers, kept := t.paidOut(z)
	var in, out int64
	for _, s := range stakes {
		in += s.part
		out += refunds[s.order] + transfers[s.member] + kept[s.member]
		f.expect(refunds[s.order] == s.own, "%s got %d of their part back and deserves %d", s.member, refunds[s.order], s.own)
		sent, put := s.gain, int64(0)
		if s.gain < minTransfer {
			sent, put = 0, s.gain
		}
		f.expect(transfers[s.member] == sent && kept[s.member] == put, "%s won %d, and %d in the wallet, and deserves %d", s.member, transfers[s.member], kept[s.member], s.gain)
		delete(refunds, s.order)
		delete(transfers, s.member)
		delete(kept, s.member)
	}
	f.expect(in == out+fee, "%d came into pool %s, %d went out of it, and %d is its fee", in, z.Camp, out, fee)
	for _, won := range []map[string]int64{transfers, kept} {
		for who, amount := range won {
			f.expect(amount == 0, "%s won %d and took no part in pool %s", who, amount, z.Camp)
		}
	}
	for order, amount := range refunds {
		f.expect(amount == 0, "%d went back for order %s, which has no part in pool %s", amount, order, z.Camp)
	}
}

// stakes are the parts that are in the pool: of every order that was paid and not given back before the lock.
func (t *trial) stakes(z Prize) (list []*stake) {
	facts := t.whole.of(z.Camp)
	camp := camps(facts.Camps)[z.Camp]
	joined, granted, barred := map[string]string{}, map[string]map[string]time.Time{}, map[string]bool{}
	for _, e := range facts.Enrolments {
		joined[e.Member], _ = dayAt(e.ActiveAt, camp.Calendar.Zone, camp.Calendar.CutOff)
	}
	for _, m := range t.whole.PoolMembers {
		if m.Camp != z.Camp {
			continue
		}
		barred[m.Member], granted[m.Member] = m.Bar != nil, map[string]time.Time{}
		for _, a := range m.Appeals {
			if a.State == "granted" {
				granted[m.Member][a.Day] = a.DoneAt
			}
		}
	}
	for _, o := range t.whole.Orders {
		paid := slices.IndexFunc(o.Attempts, func(a Payment) bool { return a.State == "succeeded" })
		if o.Camp != z.Camp || paid < 0 || !o.EndedAt.IsZero() && o.EndedAt.Before(z.Lock) {
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
		s := &stake{member: o.Member, order: o.ID, part: z.Part}
		if s.won = len(done) >= z.Needed && o.EndedAt.IsZero() && !barred[o.Member]; s.won {
			var at []time.Time
			for _, when := range done {
				at = append(at, when)
			}
			slices.SortFunc(at, time.Time.Compare)
			s.at = at[z.Needed-1]
		}
		list = append(list, s)
	}
	return list
}

// share settles the stakes and returns the fee.
func (z Prize) share(stakes []*stake) (fee int64) {
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
	if len(winners) == 0 || z.Cancelled {
		for _, s := range stakes {
			s.own = s.part
		}
		return 0
	}
	if fee = lost * z.Fee / 100; (lost*z.Fee%100)*2 >= 100 { // to the nearest fen
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

// paidOut is what went back of the pool by order, what was transferred by member, both by WeChat's own word, and what was
// put into wallets.
func (t *trial) paidOut(z Prize) (refunds, transfers, kept map[string]int64) {
	refunds, transfers, kept = map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, o := range t.whole.Orders {
		for _, r := range o.Refunds {
			if o.Camp == z.Camp && r.Cause == "pool" && t.Pay.Refunds[r.Number].State == "SUCCESS" {
				refunds[o.ID] += t.Pay.Refunds[r.Number].Amount
			}
		}
	}
	for _, out := range t.arrived() {
		if strings.HasPrefix(out.cause, "pool:"+z.Camp+":") {
			transfers[out.member] += out.amount
		}
	}
	for _, w := range t.whole.Wallets {
		for _, e := range w.Entries {
			if strings.HasPrefix(e.ID, "pool:"+z.Camp+":") {
				kept[w.Member] += e.Amount
			}
		}
	}
	return refunds, transfers, kept
}

// arrival is money that reached somebody's balance, by WeChat's own word.
type arrival struct {
	cause, member string
	amount        int64
}

// arrived lists all of it, by what the product sent it for.
func (t *trial) arrived() (list []arrival) {
	members, causes := map[string]string{}, map[string]string{}
	for _, p := range t.Promises.People {
		members[p.Name] = p.Member
	}
	for _, d := range t.whole.Transfers {
		for _, b := range d.Bills {
			causes[b.Number] = d.ID
		}
	}
	for number, out := range t.Pay.Transfers {
		if out.State == "SUCCESS" {
			list = append(list, arrival{causes[number], members[t.Ledger.Names[out.Person]], out.Amount})
		}
	}
	return list
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
