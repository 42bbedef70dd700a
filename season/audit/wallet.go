package audit

import "strings"

// Withdrawn is a withdrawal that was acknowledged.
type Withdrawn struct {
	ID, Member string
	Amount     int64
	Ends       string // as it must; empty where that is a matter of luck
}

// Purse is a wallet as its owner is shown it.
type Purse struct {
	Member                   string
	Balance, Held, Available int64
}

// withdrawals: a wallet's entries add up to its balance, and what it holds is on its way out; each withdrawal was asked for
// once and ended one way: WeChat gave exactly that to exactly that person, and the wallet has it less, or neither.
func withdrawals(t *trial, f *finding) {
	arrived, asked, taken, open := map[string]arrival{}, map[string]Withdrawn{}, map[string]int64{}, map[string]int64{}
	for _, out := range t.arrived() {
		if id, ok := strings.CutPrefix(out.cause, "withdrawal:"); ok {
			f.expect(arrived[id] == arrival{}, "withdrawal %s arrived twice", id)
			arrived[id] = out
		}
	}
	for _, w := range t.Promises.Withdrawn {
		asked[w.ID] = w
	}
	for _, w := range t.whole.Wallets {
		t.entries(w, taken, f)
	}
	for _, d := range t.whole.Withdrawals {
		want, had := map[bool]int64{true: d.Amount}[d.State == "done"], arrived[d.ID]
		f.expect(d.State == "done" || d.State == "rejected" || d.State == "cancelled", "withdrawal %s is still %s", d.ID, d.State)
		f.expect(had.amount == want && (want == 0 || had.member == d.Member), "withdrawal %s of %d is %s, and %d arrived at %q", d.ID, d.Amount, d.State, had.amount, had.member)
		f.expect(taken[d.ID] == want, "withdrawal %s of %d is %s, and its wallet has %d less", d.ID, d.Amount, d.State, taken[d.ID])
		a, ok := asked[d.ID]
		f.expect(ok && a.Member == d.Member && a.Amount == d.Amount, "withdrawal %s of %d is not what %s asked for", d.ID, d.Amount, d.Member)
		f.expect(a.Ends == "" || a.Ends == d.State, "withdrawal %s should be %s and is %s", d.ID, a.Ends, d.State)
		if want == 0 && d.State != "rejected" && d.State != "cancelled" {
			open[d.Wallet] += d.Amount
		}
		delete(taken, d.ID)
		delete(arrived, d.ID)
		delete(asked, d.ID)
	}
	for id := range asked {
		f.expect(false, "withdrawal %s was acknowledged and is gone", id)
	}
	for id, amount := range taken {
		f.expect(false, "a wallet has %d less for withdrawal %s, which nobody knows", amount, id)
	}
	for id, out := range arrived {
		f.expect(false, "%d arrived at %s for withdrawal %s, which nobody knows", out.amount, out.member, id)
	}
	t.purses(open, f)
}

// entries of a wallet; taken is what left it, by withdrawal. Only what is taken back makes it less than nothing.
func (t *trial) entries(w Wallet, taken map[string]int64, f *finding) {
	var sum, reversed int64
	seen := map[string]bool{}
	for _, e := range w.Entries {
		f.expect(!seen[e.ID], "wallet %s counts %s twice", w.ID, e.ID)
		seen[e.ID] = true
		sum += e.Amount
		switch id, ok := strings.CutPrefix(e.ID, "withdrawal:"); {
		case ok:
			taken[id] -= e.Amount
		case e.Amount < 0:
			reversed -= e.Amount
		}
		f.expect(sum >= -reversed, "wallet %s was at %d after %s", w.ID, sum, e.ID)
	}
	f.expect(sum == w.Balance, "the entries of wallet %s add up to %d and it says %d", w.ID, sum, w.Balance)
}

// purses: what a wallet holds is for withdrawals that are open, and its owner is shown what is so.
func (t *trial) purses(open map[string]int64, f *finding) {
	shown := map[string]Purse{}
	for _, p := range t.Purses {
		shown[p.Member] = p
	}
	for _, w := range t.whole.Wallets {
		var held int64
		for _, h := range w.Holds {
			held += h.Amount
		}
		f.expect(held == open[w.ID], "wallet %s holds %d and %d are on their way", w.ID, held, open[w.ID])
		want := Purse{w.Member, w.Balance, held, max(0, w.Balance-held)}
		f.expect(shown[w.Member] == want, "wallet %s is shown as %+v and it is %+v", w.ID, shown[w.Member], want)
	}
}
