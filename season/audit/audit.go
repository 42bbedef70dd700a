// Package audit decides whether a season was played as it should have been. It recomputes every invariant from the raw
// facts: the files that the product leaves behind, WeChat's own ledger, and what the players were promised. It knows
// the rules by itself and shares no code with what it judges.
package audit

import (
	"fmt"
	"slices"
	"strings"
)

// Invariant is one thing that must hold.
type Invariant struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // how much was looked at, or what is wrong
}

// Check judges a season.
func Check(f Facts, p Promises) []Invariant {
	t := newTrial(f, p)
	result := make([]Invariant, len(invariants))
	for i, inv := range invariants {
		var found finding
		inv.check(t, &found)
		result[i] = Invariant{Name: inv.name, OK: len(found.wrong) == 0, Detail: found.detail(inv.of)}
	}
	return result
}

// ofMoney names the invariants that hold for money wherever it moves, and for what must be so whatever is played.
var ofMoney = []string{
	"answers-expected", "prices", "payments", "refunds", "entitled-or-refunded", "pool-split", "transfers-once", "withdrawals", "reconciled", "money-conserved",
	"money-troubles", "capacity", "one-member-per-person", "outbox-empty", "no-dead-jobs",
}

// OfMoney keeps these.
func OfMoney(list []Invariant) []Invariant {
	return keep(list, func(inv Invariant) bool { return slices.Contains(ofMoney, inv.Name) })
}

var invariants = []struct {
	name, of string
	check    func(*trial, *finding)
}{
	{"answers-expected", "answers", func(t *trial, f *finding) { f.checked, f.wrong = t.Answers, t.Unexpected }},
	{"replays-equal", "repeated requests", func(t *trial, f *finding) { f.checked, f.wrong = t.Replays, t.Different }},
	{"acknowledged-kept", "acknowledged things", kept},
	{"nothing-unasked", "stored things", unasked},
	{"one-checkin-per-day", "check-ins", oneADay},
	{"days-by-calendar", "check-ins", days},
	{"streaks", "streaks answered", streaks},
	{"cards", "days with a check-in", cards},
	{"reviews-told", "released reviews", told},
	{"reminders", "reminders and days without one", reminded},
	{"messages-once", "notices", messages},
	{"messages-allowed", "messages sent", allowed},
	{"consents-conserved", "people who agreed to messages", consents},
	{"ranking", "lines of the ranking", ranking},
	{"wall", "pins, choices and topics", wall},
	{"statistics", "numbers", statistics},
	{"prices", "orders", prices},
	{"payments", "payments", payments},
	{"refunds", "refunds", refunds},
	{"entitled-or-refunded", "orders and places", entitled},
	{"money-conserved", "orders", conserved},
	{"pool-split", "members of the pool", pools},
	{"transfers-once", "transfers", transfersOnce},
	{"withdrawals", "withdrawals and wallets", withdrawals},
	{"reconciled", "days and differences", reconciled},
	{"money-troubles", "payments", troubles},
	{"discounts", "lines of prices", discounts},
	{"groups-settled", "seats of groups", groups},
	{"assists", "assists and helps", assists},
	{"coupons", "coupons", coupons},
	{"commissions", "commissions", commissions},
	{"channels", "columns of channels", channels},
	{"effects-once", "counted numbers", effects},
	{"seats", "places", seats},
	{"capacity", "camps", capacity},
	{"places", "places and queues of the circle", places},
	{"make-ups", "days made up", makeUps},
	{"works-kept", "works of the circle", works},
	{"moderation", "decisions", ruled},
	{"answers-in-time", "answers about quizzes", inTime},
	{"attempts", "attempts", attempts},
	{"unlocks", "levels and looks at the map", unlocks},
	{"badges-once", "badges", badges},
	{"forgotten", "people who went for good", forgotten},
	{"media", "files", media},
	{"one-member-per-person", "people", people},
	{"outbox-empty", "collections", outbox},
	{"no-dead-jobs", "dead jobs", deadJobs},
}

// finding is what one look at an invariant found.
type finding struct {
	checked int
	wrong   []string
}

func (f *finding) expect(ok bool, format string, args ...any) {
	f.checked++
	if !ok {
		f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
	}
}

// shownWrong is how many violations a detail spells out.
const shownWrong = 5

func (f *finding) detail(of string) string {
	if len(f.wrong) == 0 {
		return fmt.Sprintf("%d %s", f.checked, of)
	}
	text := strings.Join(f.wrong[:min(len(f.wrong), shownWrong)], "; ")
	if more := len(f.wrong) - shownWrong; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// trial is the facts and the promises, with what several invariants look up in them.
type trial struct {
	Facts       // of the large camp, where they belong to a camp
	whole Facts // of all camps
	Promises
	checkins map[string]Checkin // by id
	byDay    map[[2]string]bool // member and day → something that counts was handed in
	taskDays []string           // days with a task, in order
	rounds   map[string]int     // releases of the review of a check-in
}

func newTrial(f Facts, p Promises) *trial {
	t := &trial{Facts: f.of(p.Camp), whole: f, Promises: p, checkins: map[string]Checkin{}, byDay: map[[2]string]bool{}, rounds: map[string]int{}}
	for _, k := range t.Facts.Checkins {
		t.checkins[k.ID] = k
		if k.State != "rejected" {
			t.byDay[[2]string{k.Member, k.Day}] = true
		}
	}
	for _, r := range t.Facts.Reviews {
		t.rounds[r.ID] = r.Round
	}
	t.taskDays = daysOf(t.Tasks)
	return t
}
