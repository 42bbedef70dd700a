// Package wallet is money that an organiser owes a person and has not sent yet: small gains of scholarship pools,
// commissions. There is one wallet for a person and an organiser, because it is the organiser who owes it, decides about
// withdrawals and sees the books, and nothing of one organiser is another's to see; its id is organiser:member.
//
// The balance is the sum of entries that are only ever added. An entry's id is its cause, so a cause counts once. A wallet
// keeps its newest entries; older ones are copied to pages (Page), a hundred each, that never change, and then leave the
// wallet, which keeps their sum and a short digest of each id: so a cause of long ago is still known to have counted. A
// digest has 72 bits; among a hundred thousand entries of one wallet two are alike with a chance of one in a trillion.
//
// What is on its way out is held: it stays in the balance and can neither be withdrawn twice nor be asked for once more.
// The balance falls below zero by a reversal alone, and is made up by what comes later.
package wallet

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
)

// Wallet is what one organiser owes one person.
type Wallet struct {
	domain.Doc
	Organiser string     `json:"organiser"`
	Member    string     `json:"member"`
	Balance   domain.Fen `json:"balance"` // the sum of all entries
	Entries   []Entry    `json:"entries,omitempty"`
	Rolled    Checkpoint `json:"rolled,omitzero"`
	Holds     []Hold     `json:"holds,omitempty"`
	Today     Spent      `json:"today,omitzero"`
	MovedAt   time.Time  `json:"moved_at"`
}

// Entry is one fact about what is owed. Above zero it adds.
type Entry struct {
	ID     string     `json:"id"` // its cause
	Kind   Kind       `json:"kind"`
	Amount domain.Fen `json:"amount"`
	At     time.Time  `json:"at"`
	Ref    string     `json:"ref,omitempty"` // the pool, the order, the withdrawal; of a reversal the entry that it takes back
	Title  string     `json:"title"`         // as the person reads it
}

// Kind of an entry.
type Kind string

// The kinds.
const (
	PoolGain   Kind = "pool_gain"
	Commission Kind = "commission"
	Withdrawn  Kind = "withdrawal"
	Reversal   Kind = "reversal"
)

// Credits lists the kinds that other features may add.
var Credits = []Kind{PoolGain, Commission}

// Checkpoint is what is left in the wallet of entries that went to pages.
type Checkpoint struct {
	Pages int        `json:"pages"`
	Sum   domain.Fen `json:"sum"`
	IDs   string     `json:"ids"` // the digests of their ids, one after the other
}

// Hold is an amount on its way out.
type Hold struct {
	Withdrawal string     `json:"withdrawal"`
	Amount     domain.Fen `json:"amount"`
	At         time.Time  `json:"at"`
	Sent       bool       `json:"sent,omitempty"` // no longer to be stopped here: it is with WeChat
}

// Spent is what was asked for on one day.
type Spent struct {
	Day    domain.Day `json:"day"`
	Count  int        `json:"count"`
	Amount domain.Fen `json:"amount"`
}

// Page is a hundred entries that have left their wallet. Its id is wallet:n, counted from 1.
type Page struct {
	domain.Doc
	Wallet  string     `json:"wallet"`
	Member  string     `json:"member"`
	Number  int        `json:"number"`
	Sum     domain.Fen `json:"sum"`
	Entries []Entry    `json:"entries"`
}

// Events of this feature. EventHeld carries Held, so that the withdrawal exists whatever dies after the hold.
const (
	EventHeld = "wallet:held"
	EventPaid = "wallet:paid" // a withdrawal has left it
	EventFull = "wallet:full" // old entries shall go to a page
)

// How many entries a page has, and from how many on a wallet gives one away.
const (
	PageSize = 100
	RollFrom = 2*PageSize + 1
)

// The refusals of this feature.
var (
	ErrOther   = domain.Refusal(domain.KindConflict, "wallet_entry_other", "同一笔记录已用其他内容提交过")
	ErrShort   = domain.Refusal(domain.KindConflict, "wallet_short", "可提现的余额不足").On("amount")
	ErrLess    = domain.Refusal(domain.KindConflict, "wallet_under_minimum", "没有达到最低提现金额").On("amount")
	ErrMore    = domain.Refusal(domain.KindConflict, "wallet_over_maximum", "超过了单笔提现的上限，请分几次提现").On("amount")
	ErrPerDay  = domain.Refusal(domain.KindTooMany, "wallet_day_count", "今天的提现次数已用完，请明天再试")
	ErrDaily   = domain.Refusal(domain.KindTooMany, "wallet_day_amount", "超过了每天的提现额度，请明天再试")
	ErrNoMoney = domain.Refusal(domain.KindConflict, "wallet_reversal_over", "撤回的金额超过了原来的收入")
)

// ID of a person's wallet with an organiser.
func ID(organiser, member string) string { return domain.Key(organiser, member) }

// Held is what is on its way out.
func (w Wallet) Held() (sum domain.Fen) {
	for _, h := range w.Holds {
		sum += h.Amount
	}
	return sum
}

// Available is what can be withdrawn.
func (w Wallet) Available() domain.Fen { return max(0, w.Balance-w.Held()) }

// digestLength is that of one digest, of 72 bits.
const digestLength = 12

func digest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func (c Checkpoint) has(id string) bool {
	d := digest(id)
	for at := 0; at+digestLength <= len(c.IDs); at += digestLength {
		if c.IDs[at:at+digestLength] == d {
			return true
		}
	}
	return false
}

// add puts an entry down, once for each id. Returns ErrOther if a recent one of the same id says something else.
func (w *Wallet) add(e Entry) error {
	for _, had := range w.Entries {
		if had.ID != e.ID {
			continue
		}
		if had.Kind != e.Kind || had.Amount != e.Amount || had.Ref != e.Ref {
			return fmt.Errorf("entry %s of wallet %s: %w", e.ID, w.ID, ErrOther)
		}
		return domain.ErrSame
	}
	if w.Rolled.has(e.ID) {
		return domain.ErrSame
	}
	w.Entries = append(w.Entries, e)
	w.Balance += e.Amount
	w.MovedAt = e.At
	if len(w.Entries) == RollFrom {
		w.Emit(EventFull, e.At, nil)
	}
	return nil
}

// reverse takes back of an entry what its cause no longer gives. As far as both are still in the wallet, no more is taken
// back than was given; beyond that it is for the feature that gave it to count.
func (w *Wallet) reverse(e Entry) error {
	var given, taken domain.Fen
	found := false
	for _, had := range w.Entries {
		switch {
		case had.ID == e.Ref:
			given, found = had.Amount, true
		case had.Kind == Reversal && had.Ref == e.Ref && had.ID != e.ID:
			taken -= had.Amount
		}
	}
	switch {
	case !found && !w.Rolled.has(e.Ref):
		return fmt.Errorf("entry %s of wallet %s: %w", e.Ref, w.ID, domain.ErrNotFound)
	case found && taken-e.Amount > given:
		return fmt.Errorf("entry %s of wallet %s: %w", e.Ref, w.ID, ErrNoMoney)
	}
	return w.add(e)
}

// Counts reports whether a cause has counted, and, as long as its entry is in the wallet itself, with this amount.
func (w Wallet) Counts(id string, amount domain.Fen) bool {
	for _, e := range w.Entries {
		if e.ID == id {
			return e.Amount == amount
		}
	}
	return w.Rolled.has(id)
}

// page is the next one that the wallet's oldest entries make, if it has enough of them.
func (w Wallet) page() (Page, bool) {
	if len(w.Entries) < RollFrom {
		return Page{}, false
	}
	p := Page{
		Doc: domain.Doc{ID: fmt.Sprintf("%s:%d", w.ID, w.Rolled.Pages+1)}, Wallet: w.ID, Member: w.Member, Number: w.Rolled.Pages + 1,
		Entries: slices.Clone(w.Entries[:PageSize]),
	}
	for _, e := range p.Entries {
		p.Sum += e.Amount
	}
	return p, true
}

// roll lets the entries go that a page has.
func (w *Wallet) roll(p Page, now time.Time) error {
	if w.Rolled.Pages != p.Number-1 {
		return domain.ErrSame
	}
	for _, e := range p.Entries {
		w.Rolled.IDs += digest(e.ID)
	}
	w.Rolled.Pages, w.Rolled.Sum = p.Number, w.Rolled.Sum+p.Sum
	w.Entries = slices.Clone(w.Entries[len(p.Entries):])
	if len(w.Entries) >= RollFrom {
		w.Emit(EventFull, now, nil)
	}
	return nil
}

// Check says whether the document's sums hold: the balance is the sum of all entries, no cause counts twice, and each
// entry and hold goes the way of its kind.
func (w Wallet) Check() error {
	sum := w.Rolled.Sum
	seen := map[string]bool{}
	for _, e := range w.Entries {
		switch {
		case seen[e.ID] || w.Rolled.has(e.ID):
			return fmt.Errorf("wallet %s counts %s twice", w.ID, e.ID)
		case e.Amount == 0 || (e.Amount > 0) != slices.Contains(Credits, e.Kind):
			return fmt.Errorf("wallet %s has a %s of %s", w.ID, e.Kind, e.Amount)
		}
		seen[e.ID] = true
		sum += e.Amount
	}
	if sum != w.Balance {
		return fmt.Errorf("wallet %s has %s by its entries, and says %s", w.ID, sum, w.Balance)
	}
	if len(w.Rolled.IDs) != w.Rolled.Pages*PageSize*digestLength {
		return fmt.Errorf("wallet %s does not know the causes of its %d pages", w.ID, w.Rolled.Pages)
	}
	held := map[string]bool{}
	for _, h := range w.Holds {
		if h.Amount <= 0 || held[h.Withdrawal] {
			return fmt.Errorf("wallet %s holds %s for %s", w.ID, h.Amount, h.Withdrawal)
		}
		held[h.Withdrawal] = true
	}
	return nil
}

// Check says whether the page's sum holds.
func (p Page) Check() error {
	var sum domain.Fen
	for _, e := range p.Entries {
		sum += e.Amount
	}
	if sum != p.Sum || len(p.Entries) != PageSize {
		return fmt.Errorf("page %s has %d entries of %s, and says %s", p.ID, len(p.Entries), sum, p.Sum)
	}
	return nil
}
