package season

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Temperament says how somebody behaves.
type Temperament int

// The temperaments.
const (
	Steady Temperament = iota
	Keen
	Forgetful
	DoubleTapping
	TwoPhones
	Abroad // in another time zone, with a phone that says so
	Quitting
)

// Moment of a camp's day at which people act.
type Moment int

// The moments. Night is after midnight and before the day's end.
const (
	Morning Moment = iota
	Evening
	Night
)

// Seat is the part that is played by whoever gets that seat.
type Seat struct {
	N           int
	Temperament Temperament
	Quits       int  // the first day that they no longer come; 0 for never
	Avatar      bool // brings a picture of themselves
}

// Words is what one seat hands in on one day.
type Words struct {
	Text      string
	Picture   bool
	Recording bool
	Unseen    bool     // without having the mini-program open, so that WeChat cannot judge the text
	Other     string   // what the other phone hands in at the same time
	Edit      string   // what it is changed to
	Topics    []string // chosen of those that the camp offers; others are in the text
	Risk      string   // the word that WeChat minds
}

// plain words are seen by everybody, whatever goes wrong.
func (w Words) plain() bool { return !w.Picture && !w.Recording && !w.Unseen && w.Risk == "" }

// Visit is what one seat does on one day of the camp.
type Visit struct {
	Words
	At        Moment
	Spoilt    bool  // first sends a file that is no picture
	Abandoned bool  // first sends a picture that they do not use
	Twice     bool  // the same request twice at once
	SameKey   bool  // both with one key
	Late      bool  // first tries the task of the day before
	OwnDate   bool  // first sends a date of their own
	Login     bool  // signs in anew rather than going on with the old session
	Likes     []int // seats whose check-in of the day before they like
	Unlike    bool  // and then no longer the first of them
	Comment   bool  // says something to the first of them
	Consents  int   // messages that they agree to in the morning
	Looks     bool  // at the feed, the inbox and the card
}

// Mark is what the teacher does about one check-in, in some evening after it.
type Mark struct {
	After  int // days
	Points int
	Again  bool // changed the day after
}

// Plan is the whole script. It follows from the seed alone; nothing that happens changes it.
type Plan struct {
	Seed           uint64
	Learners, Days int
	Applicants     int // more than there are seats
	Seats          []Seat
}

// NewPlan writes the script.
func NewPlan(learners, days int, seed uint64) Plan {
	p := Plan{Seed: seed, Learners: learners, Days: days, Applicants: learners + max(2, learners/20)}
	r := p.dice(0, 0, 0)
	kinds := []Temperament{Keen, Forgetful, DoubleTapping, TwoPhones, Abroad, Quitting, Steady, Steady}
	for n := range learners {
		s := Seat{N: n, Temperament: kinds[n%len(kinds)], Avatar: r.IntN(5) == 0}
		if s.Temperament == Quitting {
			s.Quits = 2 + r.IntN(max(1, days-1))
		}
		p.Seats = append(p.Seats, s)
	}
	r.Shuffle(len(p.Seats), func(i, j int) {
		p.Seats[i], p.Seats[j] = p.Seats[j], p.Seats[i]
	})
	for n := range p.Seats {
		p.Seats[n].N = n
	}
	return p
}

// dice are the same for the same purpose, whoever throws first.
func (p Plan) dice(purpose, a, b int) *rand.Rand {
	return rand.New(rand.NewPCG(p.Seed, uint64(purpose)<<48|uint64(a)<<24|uint64(b)))
}

// comes tells whether a seat hands in on a day (1 is the first), and when.
func (p Plan) comes(s Seat, day int) (Moment, bool) {
	r := p.dice(1, s.N, day)
	often := map[Temperament]int{Keen: 100, Forgetful: 60}[s.Temperament]
	if often == 0 {
		often = 94
	}
	if day < 1 || day > p.Days || s.Quits > 0 && day >= s.Quits || r.IntN(100) >= often {
		return 0, false
	}
	switch n := r.IntN(10); {
	case s.Temperament == Keen || n < 3:
		return Morning, true
	case n < 8:
		return Evening, true
	}
	return Night, true
}

// Words that WeChat's stand-in minds.
const (
	risky      = "赌博"
	suspicious = "加微信"
)

// offered are the topics that the camp lets people choose from.
var offered = []string{"晨光", "每日一句"}

// words tells what a seat that comes hands in.
func (p Plan) words(s Seat, day int) Words {
	r := p.dice(2, s.N, day)
	one := func(in int) bool { return r.IntN(in) == 0 }
	w := Words{Text: fmt.Sprintf("第 %d 天，读到一句话，想了很久。🌱 <b>%d</b> & “%d”", day, s.N, r.IntN(1000))}
	topics := p.dice(9, s.N, day)
	if topics.IntN(5) == 0 {
		w.Text += fmt.Sprintf(" #共读Day%d# #晨光", 1+day%3)
	}
	w.Picture, w.Recording = one(9), one(40)
	w.Unseen = one(80) && !w.Picture && !w.Recording
	switch {
	case one(90):
		w.Risk = risky
	case one(90):
		w.Risk = suspicious
	case s.Temperament == TwoPhones:
		w.Other = w.Text + "（另一部手机）"
	case topics.IntN(6) == 0:
		w.Topics = offered[:1+topics.IntN(2)]
	}
	w.Text += w.Risk
	if one(12) && w.Risk == "" {
		w.Edit = w.Text + "（改）"
	}
	return w
}

// Visit tells what a seat does on a day; ok is false for nothing.
func (p Plan) Visit(s Seat, day int) (v Visit, ok bool) {
	if v.At, ok = p.comes(s, day); !ok {
		return Visit{}, false
	}
	v.Words = p.words(s, day)
	r := p.dice(3, s.N, day)
	one := func(in int) bool { return r.IntN(in) == 0 }
	if !v.Unseen {
		v.Spoilt, v.Abandoned, v.Login = one(100), one(100), one(5)
	}
	v.Twice, v.SameKey = s.Temperament == DoubleTapping || one(30), one(2)
	v.Late = day > 1 && (s.Temperament == Forgetful && one(3) || one(40))
	v.OwnDate = s.Temperament == Abroad && one(3)
	for range r.IntN(2) {
		at := r.IntN(p.Learners)
		if _, comes := p.comes(p.Seats[at], day-1); comes && at != s.N && p.words(p.Seats[at], day-1).plain() && !slices.Contains(v.Likes, at) {
			v.Likes = append(v.Likes, at)
		}
	}
	v.Unlike, v.Comment, v.Looks = one(5), one(4), one(8)
	if one(3) {
		v.Consents = 1 + r.IntN(2)
	}
	return v, true
}

// Mark tells what the teacher does about a seat's check-in of a day; ok is false for nothing.
func (p Plan) Mark(s Seat, day int) (m Mark, ok bool) {
	if _, comes := p.comes(s, day); !comes {
		return Mark{}, false
	}
	r := p.dice(4, s.N, day)
	m = Mark{After: 1 + r.IntN(2), Points: 60 + r.IntN(41), Again: r.IntN(10) == 0}
	return m, r.IntN(3) == 0
}
