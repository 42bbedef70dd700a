package pool

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
)

// Settlement is who gets what, once and for all. It has the id of its pool, so that there is one. Its list lies in Sheets.
type Settlement struct {
	domain.Doc
	Camp       string       `json:"camp"`
	Organiser  string       `json:"organiser"`
	Run        string       `json:"run"` // whose sheets these are
	Cancelled  bool         `json:"cancelled,omitempty"`
	Rules      Rules        `json:"rules"`
	Scheduled  []domain.Day `json:"scheduled"`
	Sums       Sums         `json:"sums"`
	Hash       string       `json:"hash"` // SHA-256 of the input, in hex
	Sheets     int          `json:"sheets"`
	Spread     int          `json:"spread"` // sheets of which the members know
	ComputedAt time.Time    `json:"computed_at"`
	ComputedBy string       `json:"computed_by,omitempty"` // empty: the clock
	Signatures []Signature  `json:"signatures,omitempty"`
}

// Signature is somebody's word that the list is right.
type Signature struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Sums are the totals of a settlement.
type Sums struct {
	Members   int        `json:"members"`
	Winners   int        `json:"winners"`
	Pool      domain.Fen `json:"pool"`      // all parts
	Forfeited domain.Fen `json:"forfeited"` // the parts of those who failed
	Fee       domain.Fen `json:"fee"`
	Shared    domain.Fen `json:"shared"` // forfeited less the fee
	Own       domain.Fen `json:"own"`    // goes back to whom it came from
	Gain      domain.Fen `json:"gain"`   // goes to the winners on top
}

// Fact is what of one member goes into the list. The list is in the order of the members' ids.
type Fact struct {
	Member   string      `json:"member"`
	Order    string      `json:"order"`
	Part     domain.Fen  `json:"part"`
	Joined   domain.Day  `json:"joined"`
	State    MemberState `json:"state"`
	Days     string      `json:"days"` // a DayState for each scheduled day
	Needed   int         `json:"needed"`
	Done     int         `json:"done"`
	MadeUp   int         `json:"made_up"`
	Homework int         `json:"homework"`
	At       int64       `json:"at"` // when it qualified, Unix microseconds; 0 if it did not
}

// Line of the list: the fact, and what follows from it.
type Line struct {
	Fact
	Own  domain.Fen `json:"own"`
	Gain domain.Fen `json:"gain"`
}

// Sheet is a part of the list, with the id pool:run:n.
type Sheet struct {
	domain.Doc
	Camp  string `json:"camp"`
	Lines []Line `json:"lines"`
}

// PerSheet is how many lines a sheet has, but for the last.
const PerSheet = 500

// SheetID of the nth sheet, from 0.
func SheetID(camp, run string, n int) string { return domain.Key(camp, run, fmt.Sprintf("%04d", n)) }

// String is the canonical form of a fact: its fields in their order, between bars.
func (f Fact) String() string {
	return fmt.Sprintf("%s|%s|%d|%s|%s|%s|%d|%d|%d|%d|%d\n",
		f.Member, f.Order, f.Part, f.Joined, f.State, f.Days, f.Needed, f.Done, f.MadeUp, f.Homework, f.At)
}

// Head is the first line of what is hashed: the pool, the rules by which it is judged, and the scheduled days.
func Head(camp string, r Rules, scheduled []domain.Day, cancelled bool) string {
	days := make([]string, len(scheduled))
	for i, d := range scheduled {
		days[i] = string(d)
	}
	return fmt.Sprintf("%s|v%d|%d/%d|make_ups %d|homework %d|fee %d%% %d|cancelled %t|%s\n",
		camp, r.Version, r.Days, r.Of, r.MakeUps, r.Homework, r.FeePercent, r.FeeFen, cancelled, strings.Join(days, ","))
}

// ledger takes facts in, in the order of their members, and keeps no more of them than it takes to share the pool out:
// about 100 bytes for each winner.
type ledger struct {
	rules   Rules
	cancel  bool
	sums    Sums
	winners []winner
	hash    hash.Hash
	last    string
}

type winner struct {
	member string
	at     int64
	part   domain.Fen
	gain   domain.Fen
}

func newLedger(camp string, r Rules, scheduled []domain.Day, cancel bool) *ledger {
	l := &ledger{rules: r, cancel: cancel, hash: sha256.New()}
	l.hash.Write([]byte(Head(camp, r, scheduled, cancel)))
	return l
}

// add refuses what is not in order, or cannot be.
func (l *ledger) add(f Fact) error {
	if f.Member <= l.last || f.Part < 0 {
		return fmt.Errorf("fact of member %s after %s: %w", f.Member, l.last, domain.ErrConflict)
	}
	l.last = f.Member
	l.hash.Write([]byte(f.String()))
	l.sums.Members++
	l.sums.Pool += f.Part
	if l.sums.Pool < 0 {
		return fmt.Errorf("the pool's sum overflows at member %s: %w", f.Member, domain.ErrTooLarge)
	}
	if f.State == Qualified {
		l.sums.Winners++
		l.winners = append(l.winners, winner{f.Member, f.At, f.Part, 0})
	} else {
		l.sums.Forfeited += f.Part
	}
	return nil
}

// share settles everything: each winner's gain is floor(shared × part / parts of all winners), and the fen that are left
// go one each by the largest remainder, ties by earlier qualification, then by id. Where nobody wins, or the pool is
// cancelled, everybody's own part goes back.
func (l *ledger) share() error {
	s := &l.sums
	if s.Winners == 0 || l.cancel {
		s.Own, l.winners = s.Pool, nil
		return s.Check()
	}
	s.Fee = l.rules.Fee(s.Forfeited)
	s.Shared, s.Own = s.Forfeited-s.Fee, s.Pool-s.Forfeited
	slices.SortFunc(l.winners, rank)
	weights := make([]int64, len(l.winners))
	for i, w := range l.winners {
		weights[i] = int64(w.part)
	}
	for i, gain := range domain.Split(s.Shared, weights) {
		l.winners[i].gain = gain
		s.Gain += gain
	}
	slices.SortFunc(l.winners, func(a, b winner) int { return cmp.Compare(a.member, b.member) })
	return s.Check()
}

// line is what a fact leads to; facts come in the order in which they were added.
func (l *ledger) line(f Fact) Line {
	switch {
	case l.cancel || l.sums.Winners == 0:
		return Line{f, f.Part, 0}
	case f.State != Qualified:
		return Line{f, 0, 0}
	}
	w := l.winners[0]
	l.winners = l.winners[1:]
	return Line{f, f.Part, w.gain}
}

func (l *ledger) sum() string { return hex.EncodeToString(l.hash.Sum(nil)) }

// Check holds the sums against each other: what goes out is what came in.
func (s Sums) Check() error {
	if s.Own+s.Gain+s.Fee != s.Pool || s.Own < 0 || s.Gain < 0 || s.Fee < 0 || s.Gain != s.Shared {
		return fmt.Errorf("%s back, %s gained and %s of fee out of %s: %w", s.Own, s.Gain, s.Fee, s.Pool, ErrList)
	}
	return nil
}

// Check holds the settlement against itself. Whoever has its lines compares their sums, too.
func (s Settlement) Check() error {
	if err := s.Sums.Check(); err != nil {
		return fmt.Errorf("settlement %s: %w", s.ID, err)
	}
	if want := (s.Sums.Members + PerSheet - 1) / PerSheet; s.Sheets != want {
		return fmt.Errorf("settlement %s has %d sheets for %d members: %w", s.ID, s.Sheets, s.Sums.Members, ErrList)
	}
	return nil
}

// Sign adds somebody's word; two different people make the list binding. Whoever computed it has given theirs.
func (s *Settlement) Sign(by string, now time.Time) error {
	if by == "" || slices.ContainsFunc(s.Signatures, func(g Signature) bool { return g.By == by }) {
		return ErrSigned
	}
	if s.Binding() {
		return domain.ErrSame
	}
	s.Signatures = append(s.Signatures, Signature{by, now})
	return nil
}

// Binding reports whether two people have signed.
func (s Settlement) Binding() bool { return len(s.Signatures) >= 2 }
