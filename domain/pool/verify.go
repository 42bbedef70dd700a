package pool

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"math/big"
	"strings"

	"yingdi/domain"
)

// Verified is what a second computation found. It goes its own way through the rules, so that a mistake of the first is
// not repeated.
type Verified struct {
	Sums        Sums
	Hash        string
	Differences []string // at most maxDifferences of them
	More        int
}

// maxDifferences that are told one by one.
const maxDifferences = 200

func (v *Verified) differs(format string, args ...any) {
	if len(v.Differences) == maxDifferences {
		v.More++
		return
	}
	v.Differences = append(v.Differences, fmt.Sprintf(format, args...))
}

// List opens a frozen list; its lines are walked through once.
type List func() (Settlement, iter.Seq2[Line, error], error)

// VerifyList computes a list again from the facts that are written on it: that each fact follows from its days, each
// amount from the facts, and the hash from all of it. It opens the list twice, once for the totals and once for what each
// member gets of them, and holds no more than a line of it.
func VerifyList(open List) (Verified, error) {
	var v Verified
	set, lines, err := open()
	if err != nil {
		return v, err
	}
	whole, err := v.totals(set, lines)
	if err != nil {
		return v, err
	}
	if set, lines, err = open(); err != nil {
		return v, err
	}
	return v, v.amounts(set, whole, lines)
}

// totals adds a list up, and says what the parts of all winners come to.
func (v *Verified) totals(set Settlement, lines iter.Seq2[Line, error]) (whole domain.Fen, err error) {
	digest, s, last := sha256.New(), &v.Sums, ""
	digest.Write([]byte(Head(set.Camp, set.Rules, set.Scheduled, set.Cancelled)))
	for l, err := range lines {
		if err != nil {
			return 0, err
		}
		if l.Member <= last {
			v.differs("%s: not in the order of the ids", l.Member)
		}
		last = l.Member
		v.recheck(set, l)
		digest.Write([]byte(l.Fact.String()))
		s.Members, s.Pool = s.Members+1, s.Pool+l.Part
		if l.State == Qualified {
			s.Winners, whole = s.Winners+1, whole+l.Part
		} else {
			s.Forfeited += l.Part
		}
	}
	if s.Winners == 0 || set.Cancelled {
		s.Own = s.Pool
	} else {
		s.Fee = min(set.Rules.FeeFen, s.Forfeited)
		if p := set.Rules.FeePercent; p > 0 {
			s.Fee = percentOf(s.Forfeited, p)
		}
		s.Own, s.Shared = whole, s.Forfeited-s.Fee
		s.Gain = s.Shared
	}
	if *s != set.Sums {
		v.differs("totals %+v, should be %+v", set.Sums, *s)
	}
	if s.Own+s.Gain+s.Fee != s.Pool {
		v.differs("%s go out of a pool of %s", s.Own+s.Gain+s.Fee, s.Pool)
	}
	if v.Hash = hex.EncodeToString(digest.Sum(nil)); v.Hash != set.Hash {
		v.differs("hash %s, should be %s", set.Hash, v.Hash)
	}
	return whole, nil
}

// recheck counts the days of a line anew.
func (v *Verified) recheck(set Settlement, l Line) {
	r := set.Rules
	done := strings.Count(l.Days, "+") + strings.Count(l.Days, "g") + strings.Count(l.Days, "m")
	needed := r.Days
	if gone := r.Of - len(set.Scheduled); gone > 0 {
		needed = max(needed-gone, 0)
	}
	switch {
	case len(l.Days) != len(set.Scheduled) || strings.Trim(l.Days, "+mog-b") != "":
		v.differs("%s: days %q are not %d days", l.Member, l.Days, len(set.Scheduled))
	case l.Done != done || l.Needed != needed || l.MadeUp != strings.Count(l.Days, "m") || l.MadeUp > r.MakeUps:
		v.differs("%s: %d of %d days with %d made up, by its days it is %d of %d", l.Member, l.Done, l.Needed, l.MadeUp, done, needed)
	}
	won := done >= needed && l.Homework >= r.Homework
	switch {
	case set.Cancelled && (l.State == Qualified || l.State == Failed):
		v.differs("%s: %s in a pool that was cancelled", l.Member, l.State)
	case !set.Cancelled && l.State == Qualified && !won, !set.Cancelled && l.State == Failed && won,
		l.State != Qualified && l.State != Failed && l.State != Quit && l.State != Disqualified && !(set.Cancelled && l.State == In):
		v.differs("%s: %s, by its days and homework it is not", l.Member, l.State)
	}
}

// claim is a winner's to one of the fen that are left over once everybody has the floor of their share.
type claim struct {
	member string
	rest   *big.Int // of the division, of which the largest comes first
	at     int64
}

func (a claim) before(b claim) bool {
	return cmp.Or(b.rest.Cmp(a.rest), cmp.Compare(a.at, b.at), cmp.Compare(a.member, b.member)) < 0
}

// amounts compares each amount with whole numbers of any size. Of the fen that are left over it is enough to know that
// all of them were handed out, and that of those with one the last comes before the first of those without.
func (v *Verified) amounts(set Settlement, whole domain.Fen, lines iter.Seq2[Line, error]) error {
	back, left := set.Cancelled || v.Sums.Winners == 0, v.Sums.Shared
	var with, without *claim
	for l, err := range lines {
		if err != nil {
			return err
		}
		var own, gain domain.Fen
		if back || l.State == Qualified {
			own = l.Part
		}
		if !back && l.State == Qualified && whole > 0 {
			c := claim{member: l.Member, at: l.At}
			gain, c.rest = share(v.Sums.Shared, l.Part, whole)
			if left -= gain; l.Gain == gain+1 {
				gain, left = l.Gain, left-1
				if with == nil || with.before(c) {
					with = &c
				}
			} else if without == nil || c.before(*without) {
				without = &c
			}
		}
		if l.Own != own || l.Gain != gain {
			v.differs("%s: %s and %s, should be %s and %s", l.Member, l.Own, l.Gain, own, gain)
		}
	}
	switch {
	case whole > 0 && left != 0:
		v.differs("%s of what is shared are left over", left)
	case with != nil && without != nil && without.before(*with):
		v.differs("%s has a fen that was left over, %s comes first and has none", with.member, without.member)
	}
	return nil
}

// share is the floor of a winner's share, and what remains of the division.
func share(shared, part, whole domain.Fen) (domain.Fen, *big.Int) {
	product := new(big.Int).Mul(big.NewInt(int64(shared)), big.NewInt(int64(part)))
	floor, rest := new(big.Int).QuoRem(product, big.NewInt(int64(whole)), new(big.Int))
	return domain.Fen(floor.Int64()), rest
}

// percentOf rounds to the nearest fen, half up to whom the larger remainder belongs: the fee first where they are equal.
func percentOf(amount domain.Fen, percent int) domain.Fen {
	product := new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(int64(percent)))
	fee, rest := new(big.Int).QuoRem(product, big.NewInt(100), new(big.Int))
	if rest.Int64() >= 50 {
		fee.Add(fee, big.NewInt(1))
	}
	return domain.Fen(fee.Int64())
}

// Verify computes a pool's list again from what is stored now: the orders, everything that was handed in, reviews, and
// what staff decided. A fact that has changed since the list was frozen is a difference, too. For commands.
func (s *Service) Verify(ctx context.Context, campID string) (Verified, error) {
	set, err := s.Settlements.Get(ctx, campID)
	if err != nil {
		return Verified{}, err
	}
	v, err := VerifyList(func() (Settlement, iter.Seq2[Line, error], error) { return set, s.lines(ctx, set), nil })
	if err != nil {
		return v, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return v, err
	}
	if err := s.recount(ctx, &v, c, set); err != nil {
		return v, err
	}
	return v, s.unlisted(ctx, &v, set)
}
