package pool

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"yingdi/domain"
)

var rules = Rules{Version: 1, Days: 3, Of: 5, MakeUps: 1, Appeal: 2, Decide: 1}

var week = []domain.Day{"2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"}

// fact of a member who did so many days, in this order of qualification.
func fact(id string, part domain.Fen, days string, at int64) Fact {
	f := Fact{Member: id, Order: "o-" + id, Part: part, Joined: week[0], State: Failed, Days: days, Needed: 3, Done: strings.Count(days, "+")}
	if f.Done >= 3 {
		f.State, f.At = Qualified, at
	}
	return f
}

// settled computes a list out of facts.
func settled(t testing.TB, r Rules, cancelled bool, facts ...Fact) (Settlement, []Line) {
	t.Helper()
	set, lines, err := compute(r, cancelled, facts)
	if err != nil {
		t.Fatal(err)
	}
	return set, lines
}

func compute(r Rules, cancelled bool, facts []Fact) (Settlement, []Line, error) {
	book := newLedger("c1", r, week, cancelled)
	for _, f := range facts {
		if err := book.add(f); err != nil {
			return Settlement{}, nil, err
		}
	}
	if err := book.share(); err != nil {
		return Settlement{}, nil, err
	}
	set := Settlement{
		Doc: domain.Doc{ID: "c1"}, Camp: "c1", Rules: r, Scheduled: week, Cancelled: cancelled, Sums: book.sums, Hash: book.sum(),
		Sheets: (len(facts) + PerSheet - 1) / PerSheet,
	}
	lines := make([]Line, len(facts))
	for i, f := range facts {
		lines[i] = book.line(f)
	}
	return set, lines, nil
}

func seq(lines []Line) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}

// verified computes a list once more, the other way.
func verified(set Settlement, lines []Line) []string {
	v, err := VerifyList(func() (Settlement, iter.Seq2[Line, error], error) { return set, seq(lines), nil })
	if err != nil {
		return []string{err.Error()}
	}
	return v.Differences
}

func gains(lines []Line) (list []domain.Fen) {
	for _, l := range lines {
		list = append(list, l.Gain)
	}
	return list
}

func TestThoseWhoPerseveredShareThePartOfThoseWhoGaveUp(t *testing.T) {
	t.Parallel()
	set, lines := settled(t, rules, false,
		fact("a", 100_00, "+++--", 5), fact("b", 50_00, "+++++", 9), fact("c", 100_00, "++---", 0), fact("d", 1, "-----", 0))
	want := Sums{Members: 4, Winners: 2, Pool: 250_01, Forfeited: 100_01, Shared: 100_01, Own: 150_00, Gain: 100_01}
	if diff := cmp.Diff(want, set.Sums); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]domain.Fen{66_67, 33_34, 0, 0}, gains(lines)); diff != "" { // 66.673 and 33.336: the larger remainder
		t.Error(diff)
	}
	if found := verified(set, lines); found != nil {
		t.Error(found)
	}
}

// Pitfall: leaderboard ties.
func TestTiesForTheLastFenGoToWhoQualifiedEarlierThenById(t *testing.T) {
	t.Parallel()
	late := fact("a", 10_00, "+++--", 9)
	for _, c := range []struct {
		facts []Fact
		want  []domain.Fen
	}{
		{[]Fact{late, fact("b", 10_00, "+++--", 3), fact("c", 10_00, "+++--", 5), fact("d", 11, "+----", 0)}, []domain.Fen{3, 4, 4, 0}},
		{[]Fact{fact("a", 10_00, "+++--", 3), fact("b", 10_00, "+++--", 3), fact("c", 10_00, "+++--", 3), fact("d", 10, "+----", 0)}, []domain.Fen{4, 3, 3, 0}},
	} {
		set, lines := settled(t, rules, false, c.facts...)
		if diff := cmp.Diff(c.want, gains(lines)); diff != "" {
			t.Error(diff)
		}
		if found := verified(set, lines); found != nil {
			t.Error(found)
		}
	}
}

// Pitfall: prize lost when a challenge was deleted or had no winner.
func TestPrizeLostWhenAChallengeWasDeletedOrHadNoWinner(t *testing.T) {
	t.Parallel()
	withFee := rules
	withFee.FeePercent = 30
	for name, cancelled := range map[string]bool{"no winner": false, "cancelled": true} {
		facts := []Fact{fact("a", 100_00, "+----", 0), fact("b", 50_00, "-----", 0)}
		if cancelled {
			facts[0].State, facts[1].State = In, Quit
		}
		set, lines := settled(t, withFee, cancelled, facts...)
		if lines[0].Own != 100_00 || lines[1].Own != 50_00 || set.Sums.Fee != 0 || set.Sums.Own != 150_00 {
			t.Errorf("%s: %+v", name, lines)
		}
		if found := verified(set, lines); found != nil {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestWhereAllWinEachGetsTheirOwnPart(t *testing.T) {
	t.Parallel()
	set, lines := settled(t, rules, false, fact("a", 100_00, "+++--", 1), fact("b", 3, "+++++", 2))
	if lines[0].Own != 100_00 || lines[1].Own != 3 || set.Sums.Gain != 0 || set.Sums.Fee != 0 {
		t.Errorf("%+v", lines)
	}
}

func TestTheFeeIsOfWhatTheFailedLost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		percent                int
		fixed, forfeited, want domain.Fen
	}{{10, 0, 100_05, 10_01}, {0, 30_00, 100_00, 30_00}, {0, 300_00, 100_00, 100_00}, {0, 0, 100_00, 0}, {30, 0, 0, 0}} {
		r := rules
		r.FeePercent, r.FeeFen = c.percent, c.fixed
		if got := r.Fee(c.forfeited); got != c.want {
			t.Errorf("%d%% or %s of %s: %s, want %s", c.percent, c.fixed, c.forfeited, got, c.want)
		}
	}
}

// drawFacts makes members of all kinds, with small and with huge parts.
func drawFacts(rt *rapid.T) []Fact {
	size := rapid.SampledFrom([]int64{3, 100_00, 50_000_00, 1 << 50}).Draw(rt, "size")
	facts := make([]Fact, rapid.IntRange(0, 60).Draw(rt, "members"))
	for i := range facts {
		days := rapid.SampledFrom([]string{"+++++", "+++--", "++---", "-----"}).Draw(rt, "days")
		facts[i] = fact(fmt.Sprintf("m%03d", i), domain.Fen(rapid.Int64Range(1, size).Draw(rt, "part")), days, rapid.Int64Range(1, 4).Draw(rt, "at"))
		switch rapid.IntRange(0, 9).Draw(rt, "state") {
		case 0:
			facts[i].State, facts[i].At = Quit, 0
		case 1:
			facts[i].State, facts[i].At = Disqualified, 0
		}
	}
	return facts
}

func TestEveryFenOfAPoolIsPaidOutAndTheSameEachTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r, cancelled := rules, rapid.IntRange(0, 9).Draw(rt, "cancelled") == 0
		if rapid.Bool().Draw(rt, "percent") {
			r.FeePercent = rapid.IntRange(0, MaxFeePercent).Draw(rt, "fee")
		} else {
			r.FeeFen = domain.Fen(rapid.Int64Range(0, 100_00).Draw(rt, "fee"))
		}
		facts := drawFacts(rt)
		if cancelled {
			for i := range facts {
				if facts[i].State == Qualified || facts[i].State == Failed {
					facts[i].State, facts[i].At = In, 0
				}
			}
		}
		set, lines, err := compute(r, cancelled, facts)
		if err != nil {
			rt.Fatal(err)
		}
		var out, pool domain.Fen
		for i, l := range lines {
			out, pool = out+l.Own+l.Gain, pool+facts[i].Part
		}
		if out+set.Sums.Fee != pool || set.CheckLines(seq(lines)) != nil {
			rt.Fatalf("%s and %s of %s: %v", out, set.Sums.Fee, pool, set.CheckLines(seq(lines)))
		}
		if found := verified(set, lines); found != nil {
			rt.Fatal(found)
		}
		for _, a := range lines {
			for _, b := range lines {
				if a.State == Qualified && b.State == Qualified && a.Part > b.Part && a.Gain < b.Gain {
					rt.Fatalf("more in, less out: %+v and %+v", a, b)
				}
			}
		}
		again, twice, err := compute(r, cancelled, facts)
		if err != nil || again.Hash != set.Hash || cmp.Diff(lines, twice) != "" {
			rt.Fatal("another list from the same facts")
		}
	})
}

func TestAListThatWasTamperedWithIsFoundOut(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(set *Settlement, lines []Line){
		"a fen more":           func(_ *Settlement, l []Line) { l[0].Gain++ },
		"a fen moved":          func(_ *Settlement, l []Line) { l[0].Gain++; l[1].Gain-- },
		"a loser wins":         func(_ *Settlement, l []Line) { l[2].State = Qualified },
		"a day more":           func(_ *Settlement, l []Line) { l[0].Days, l[0].Done = "++++-", 4 },
		"a part is another":    func(_ *Settlement, l []Line) { l[2].Part++ },
		"a fee nobody agreed":  func(s *Settlement, _ []Line) { s.Sums.Fee++ },
		"the order":            func(_ *Settlement, l []Line) { l[0], l[1] = l[1], l[0] },
		"earlier than it was":  func(_ *Settlement, l []Line) { l[0].At-- },
		"other rules":          func(s *Settlement, _ []Line) { s.Rules.Days = 4 },
		"another hash":         func(s *Settlement, _ []Line) { s.Hash = strings.Repeat("0", 64) },
		"somebody is left out": func(s *Settlement, l []Line) { l[2] = l[1]; s.Sums.Members-- },
	} {
		set, lines := settled(t, rules, false, fact("a", 100_00, "+++--", 5), fact("b", 50_00, "+++++", 9), fact("c", 100_00, "++---", 0))
		tamper(&set, lines)
		if found := verified(set, lines); found == nil {
			t.Errorf("%s: nobody noticed", name)
		}
	}
}

func TestAPoolThatIsTooLargeForWholeNumbersIsRefused(t *testing.T) {
	t.Parallel()
	_, _, err := compute(rules, false, []Fact{fact("a", 1<<62, "+++--", 1), fact("b", 1<<62, "-----", 0)})
	if !errors.Is(err, domain.ErrTooLarge) {
		t.Error(err)
	}
}

func TestAFileIsReadBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	set, lines := settled(t, rules, false, fact("a", 100_00, "+++--", 5), fact("c", 100_00, "++---", 0))
	var file strings.Builder
	out := json.NewEncoder(&file)
	if err := out.Encode(FileHead{FileFormat, "c1", false, set.Rules, set.Scheduled, set.Sums, set.Hash, ""}); err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if err := out.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	check := func(text string) (Verified, error) {
		return VerifyList(func() (Settlement, iter.Seq2[Line, error], error) { return ReadFile(strings.NewReader(text)) })
	}
	v, err := check(file.String())
	if err != nil || v.Differences != nil || v.Hash != set.Hash {
		t.Errorf("%v %v", v, err)
	}
	if v, err = check(strings.Replace(file.String(), `"gain":10000`, `"gain":10001`, 1)); err != nil || len(v.Differences) == 0 {
		t.Errorf("a fen more in the file: %v %v", v, err)
	}
	for _, bad := range []string{"", "{}", "[1", file.String()[:len(file.String())-20]} {
		if _, err := check(bad); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestALargeGainIsCutIntoTransfersThatWeChatTakes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		most := domain.Fen(rapid.Int64Range(20, 2000_00).Draw(rt, "most"))
		amount := most*domain.Fen(rapid.Int64Range(0, 20).Draw(rt, "times")) + domain.Fen(rapid.Int64Range(10, 2000).Draw(rt, "rest"))
		list := Portions(amount, most)
		var sum domain.Fen
		for _, p := range list {
			sum += p
		}
		if sum != amount || slices.Max(list) > most || slices.Min(list) < 10 {
			rt.Fatal(list)
		}
	})
}
