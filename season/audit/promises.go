package audit

import "time"

// Promises is what the players have been told, written down by themselves.
type Promises struct {
	Camp  string
	Seats int // that the camp was opened with
	Asked int // people who asked for one

	People    []Person
	Handed    []Handed
	Likes     []Like // On says what was asked last
	Said      []Comment
	Marks     []Mark
	Uploads   []Upload
	Calendars []Calendar
	Refused   []string // texts that were refused: none of them may be found

	Ranking []Ranked // of the large camp, when all is over
	Hushed  []string // members who have switched reminders off before the first

	Wall Wall // of the large camp

	Statistics []Statistics // of every camp, when all is over
	House      House        // of their organiser, likewise

	Shop       Shop
	Prizes     []Prize
	Growth     Growth
	Funnel     Funnel
	Orders     []Ordered
	Refunds    []RefundAsked
	OrdersSeen []OrderSeen // by their buyers, when all is over

	Withdrawn []Withdrawn
	Purses    []Purse // as their owners are shown them, when all is over

	Circle Circle
	Maps   []Map  // of the course, as they were looked at, in order
	Peeks  []Peek // at answers that have to do with a quiz

	Answers    int      // requests that were answered
	Unexpected []string // answers that no rule explains
	Replays    int      // repeated requests that were answered
	Different  []string // those that were not answered as the first

	Kills  int            // of the server
	Faults map[string]int // that WeChat was made to have, by path or by push fault
}

// Person is somebody who has logged in.
type Person struct {
	Name     string // at WeChat
	Member   string
	Nickname string // set and confirmed; empty if never
	Avatar   string // likewise
	Enrolled bool
}

// Handed is a check-in that was acknowledged, as it was last.
type Handed struct {
	ID     string
	Member string
	Task   string
	Day    string // by the server's word
	Text   string
	Media  []string
	Streak int       // answered at the first hand-in
	At     time.Time // of the first hand-in, by the season's clock
	Topics []string  // chosen of those that are offered
}

// Mark is a released review.
type Mark struct {
	Checkin string
	Text    string
	Points  int
	Round   int
}

// Upload is a file that was sent.
type Upload struct {
	ID       string
	Member   string
	Accepted bool
	Used     bool // in something acknowledged
}

// Calendar is what a learner's calendar says when all is over.
type Calendar struct {
	Member string
	Today  string
	Streak int
	Done   []string
}

// Ranked is one line of the ranking.
type Ranked struct {
	Rank   int
	Member string
	Days   int
	Streak int // the longest
}
