package pool

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
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

// VerifyList computes a list again from the facts that are written on it: that each fact follows from its days, each
// amount from the facts, and the hash from all of it.
func VerifyList(set Settlement, lines iter.Seq2[Line, error]) (Verified, error) {
	var v Verified
	var list []Line
	for l, err := range lines {
		if err != nil {
			return v, err
		}
		v.recheck(set, l)
		l.Days = "" // the longest of it, which nothing needs any more
		list = append(list, l)
	}
	v.amounts(set, list)
	return v, nil
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

// amounts shares the pool out with whole numbers of any size, and compares.
func (v *Verified) amounts(set Settlement, list []Line) {
	s := &v.Sums
	var winners []int
	for i, l := range list {
		if i > 0 && list[i-1].Member >= l.Member {
			v.differs("%s: not in the order of the ids", l.Member)
		}
		s.Members, s.Pool = s.Members+1, s.Pool+l.Part
		if l.State == Qualified {
			s.Winners++
			winners = append(winners, i)
		} else {
			s.Forfeited += l.Part
		}
	}
	want := make([]Line, len(list))
	if s.Winners == 0 || set.Cancelled {
		for i, l := range list {
			want[i].Own = l.Part
			s.Own += l.Part
		}
	} else {
		s.Fee = min(set.Rules.FeeFen, s.Forfeited)
		if p := set.Rules.FeePercent; p > 0 {
			s.Fee = percentOf(s.Forfeited, p)
		}
		s.Shared = s.Forfeited - s.Fee
		for _, i := range winners {
			want[i].Own = list[i].Part
			s.Own += list[i].Part
		}
		divide(s.Shared, list, winners, want)
		s.Gain = s.Shared
	}
	for i, l := range list {
		if l.Own != want[i].Own || l.Gain != want[i].Gain {
			v.differs("%s: %s and %s, should be %s and %s", l.Member, l.Own, l.Gain, want[i].Own, want[i].Gain)
		}
	}
	if *s != set.Sums {
		v.differs("totals %+v, should be %+v", set.Sums, *s)
	}
	if s.Own+s.Gain+s.Fee != s.Pool {
		v.differs("%s go out of a pool of %s", s.Own+s.Gain+s.Fee, s.Pool)
	}
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

// divide gives each winner the floor of the share, then hands the rest out fen by fen.
func divide(shared domain.Fen, list []Line, winners []int, want []Line) {
	whole := new(big.Int)
	for _, i := range winners {
		whole.Add(whole, big.NewInt(int64(list[i].Part)))
	}
	if whole.Sign() == 0 {
		return
	}
	rest, left := make(map[int]*big.Int, len(winners)), shared
	for _, i := range winners {
		product := new(big.Int).Mul(big.NewInt(int64(shared)), big.NewInt(int64(list[i].Part)))
		floor, r := new(big.Int).QuoRem(product, whole, new(big.Int))
		want[i].Gain, rest[i] = domain.Fen(floor.Int64()), r
		left -= want[i].Gain
	}
	order := slices.Clone(winners)
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(rest[b].Cmp(rest[a]), cmp.Compare(list[a].At, list[b].At), cmp.Compare(list[a].Member, list[b].Member))
	})
	for i := range int(left) {
		want[order[i]].Gain++
	}
}

// hashed adds the hash of a list, and compares it.
func (v *Verified) hashed(set Settlement, lines iter.Seq2[Line, error]) error {
	digest := sha256.New()
	digest.Write([]byte(Head(set.Camp, set.Rules, set.Scheduled, set.Cancelled)))
	for l, err := range lines {
		if err != nil {
			return err
		}
		digest.Write([]byte(l.Fact.String()))
	}
	if v.Hash = hex.EncodeToString(digest.Sum(nil)); v.Hash != set.Hash {
		v.differs("hash %s, should be %s", set.Hash, v.Hash)
	}
	return nil
}

// Verify computes a pool's list again from what is stored now: the orders, everything that was handed in, reviews, and
// what staff decided. A fact that has changed since the list was frozen is a difference, too. For commands.
func (s *Service) Verify(ctx context.Context, campID string) (Verified, error) {
	set, err := s.Settlements.Get(ctx, campID)
	if err != nil {
		return Verified{}, err
	}
	v, err := VerifyList(set, s.lines(ctx, set))
	if err != nil {
		return v, err
	}
	if err := v.hashed(set, s.lines(ctx, set)); err != nil {
		return v, err
	}
	c, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return v, err
	}
	return v, s.recount(ctx, &v, c, set)
}

// VerifyFile is VerifyList for an exported file, with its hash; read opens it, as often as it takes.
func VerifyFile(read func() (Settlement, iter.Seq2[Line, error], error)) (Verified, error) {
	set, lines, err := read()
	if err != nil {
		return Verified{}, err
	}
	v, err := VerifyList(set, lines)
	if err != nil {
		return v, err
	}
	if set, lines, err = read(); err != nil {
		return v, err
	}
	return v, v.hashed(set, lines)
}

// recount holds each line against the facts behind it.
func (s *Service) recount(ctx context.Context, v *Verified, c camp.Camp, set Settlement) error {
	facts, err := s.witnesses(ctx, c, set)
	if err != nil {
		return err
	}
	for l, err := range s.lines(ctx, set) {
		if err != nil {
			return err
		}
		w := facts[l.Member]
		if w == nil {
			v.differs("%s: no order of theirs is in the pool", l.Member)
			continue
		}
		delete(facts, l.Member)
		if w.order != l.Order || w.part != l.Part {
			v.differs("%s: order %s with %s, should be %s with %s", l.Member, l.Order, l.Part, w.order, w.part)
		}
		if days := w.days(set); days != l.Days {
			v.differs("%s: days %s, should be %s", l.Member, l.Days, days)
		}
		if quit := w.quit && w.quitAt.Before(set.ComputedAt); quit && l.State != Quit && l.State != Disqualified {
			v.differs("%s: %s, though they gave up", l.Member, l.State)
		}
		if m := w.member; m.Line == nil || *m.Line != l {
			v.differs("%s: their own document says something else than the list", l.Member)
		} else if err := m.Check(); err != nil {
			v.differs("%s: %v", l.Member, err)
		}
	}
	for id, w := range facts {
		if w.member.InPool() && w.paidAt.Before(set.ComputedAt) {
			v.differs("%s: has paid for order %s and is in no list", id, w.order)
		}
	}
	return nil
}

// witness is what the facts say of one member.
type witness struct {
	member  Member
	order   string
	part    domain.Fen
	joined  domain.Day
	paidAt  time.Time
	quit    bool
	quitAt  time.Time
	onTime  map[domain.Day]bool
	madeUp  map[domain.Day]time.Time
	granted map[domain.Day]bool
}

func (s *Service) witnesses(ctx context.Context, c camp.Camp, set Settlement) (map[string]*witness, error) {
	all := map[string]*witness{}
	list := func(page domain.Page) (found []*witness, next domain.Cursor, err error) {
		orders, next, err := s.Orders.Pooled(ctx, c.ID, page)
		for _, o := range orders {
			if !o.FulfilledAt.IsZero() && !o.Withdrawn() {
				found = append(found, &witness{
					member: Member{Member: o.Member}, order: o.ID, part: o.Promise.Part, joined: c.Calendar.Day(o.PaidAt), paidAt: o.FulfilledAt,
					quit: !o.EndedAt.IsZero(), quitAt: o.EndedAt,
				})
			}
		}
		return found, next, err
	}
	for w, err := range domain.Each(list) {
		if err != nil {
			return nil, err
		}
		all[w.member.Member] = w
	}
	for people, err := range s.people(ctx, c.ID) {
		if err != nil {
			return nil, err
		}
		for _, m := range people {
			if w := all[m.Member]; w != nil && w.order == m.Order {
				w.member, w.granted = m, map[domain.Day]bool{}
				for _, a := range m.Appeals {
					w.granted[a.Day] = a.State == AppealGranted
				}
			}
		}
	}
	return all, s.Evidence.Each(ctx, c.ID, func(d checkin.Checkin) error {
		if w := all[d.Member]; w != nil {
			w.saw(d)
		}
		return nil
	})
}

// saw takes in something that was handed in.
func (w *witness) saw(d checkin.Checkin) {
	if d.State == checkin.Rejected || d.State == checkin.Deleted || d.Day < w.joined {
		return
	}
	if !d.MadeUp {
		if w.onTime == nil {
			w.onTime = map[domain.Day]bool{}
		}
		w.onTime[d.Day] = true
		return
	}
	if w.madeUp == nil {
		w.madeUp = map[domain.Day]time.Time{}
	}
	if first, ok := w.madeUp[d.Day]; !ok || d.SubmittedAt.Before(first) {
		w.madeUp[d.Day] = d.SubmittedAt
	}
}

// days says of each scheduled day what the list should say.
func (w *witness) days(set Settlement) string {
	var s strings.Builder
	for _, day := range set.Scheduled {
		_, late := w.madeUp[day]
		switch {
		case w.onTime[day]:
			s.WriteByte('+')
		case w.granted[day]:
			s.WriteByte('g')
		case late && w.earlier(day, set.Scheduled) < set.Rules.MakeUps:
			s.WriteByte('m')
		case late:
			s.WriteByte('o')
		case day < w.joined:
			s.WriteByte('b')
		default:
			s.WriteByte('-')
		}
	}
	return s.String()
}

// earlier counts the days that were made up before this one was.
func (w *witness) earlier(day domain.Day, scheduled []domain.Day) (n int) {
	at := w.madeUp[day]
	for _, other := range scheduled {
		t, ok := w.madeUp[other]
		if !ok || other == day || w.onTime[other] || w.granted[other] {
			continue
		}
		if t.Before(at) || t.Equal(at) && other < day {
			n++
		}
	}
	return n
}
