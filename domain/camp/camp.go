// Package camp is the training camp: a fixed period of days with tasks, in a zone, with seats.
package camp

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Camp is one term of a camp. Its plan goes from day 1, which is Start, to its last day, which is End; how learners live
// it is a matter of Pace. A course is a camp that stays open: it starts when it is published, ends on
// Forever, and its tasks belong to levels instead of days.
type Camp struct {
	domain.Doc
	Organiser string          `json:"organiser"`
	Kind      Kind            `json:"kind,omitempty"`
	Title     string          `json:"title"`
	Intro     string          `json:"intro"`
	Cover     string          `json:"cover,omitempty"` // media id
	Tags      []string        `json:"tags,omitempty"`  // by which campaigns name camps
	Calendar  domain.Calendar `json:"calendar"`
	Start     domain.Day      `json:"start"`
	End       domain.Day      `json:"end"`
	Pace      Pace            `json:"pace,omitempty"`
	NextDay   bool            `json:"next_day,omitempty"`   // who has a calendar of their own begins on the day after joining
	EnrolFrom domain.Day      `json:"enrol_from,omitempty"` // the first day on which one can enrol, from EnrolHour on; none: once published
	EnrolHour int             `json:"enrol_hour,omitempty"` // 0–23 of the zone's clock
	EnrolBy   domain.Day      `json:"enrol_by"`             // the last day on which one can enrol
	Closing   int             `json:"closing,omitempty"`    // days after the last one for what is made up and reviewed late
	Seats     int             `json:"seats"`
	MakeUps   MakeUps         `json:"make_ups,omitzero"`
	Pinned    bool            `json:"pinned,omitempty"` // learners have paid for what happens on these days
	Messages  Messages        `json:"messages,omitzero"`
	CallAt    time.Time       `json:"call_at,omitzero"`   // when learners are next told something by the clock
	TurnAt    time.Time       `json:"turn_at,omitzero"`   // when others next hear of a change that the clock brings
	TurnedTo  time.Time       `json:"turned_to,omitzero"` // up to when they have
	Told      []string        `json:"told,omitempty"`     // the events that come once, of which they have
	State     State           `json:"state"`
	CreatedAt time.Time       `json:"created_at"`
	Published time.Time       `json:"published_at,omitzero"`
	Closed    time.Time       `json:"closed_at,omitzero"`
	Archived  time.Time       `json:"archived_at,omitzero"` // hidden from lists since
	Copy      *Copy           `json:"copy,omitempty"`       // of a new term: how its content comes from the one before
}

// Kind says what leads a learner through the tasks.
type Kind string

// The kinds: the days of a calendar, or levels that open one after the other.
const (
	KindDated  Kind = ""
	KindCourse Kind = "course"
)

// Forever is the last day of a course.
const Forever domain.Day = "2199-12-31"

// State is what staff made of the camp; where it stands on its way is its Phase.
type State string

// draft → published → closed. A closed camp takes nobody in and no check-ins; what was handed in stays readable.
const (
	Draft     State = "draft"
	Published State = "published"
	Closed    State = "closed"
)

// Limits of a camp.
const (
	MaxDays    = 400
	MaxOpen    = 1100 // days from the first to the last on which one can enrol
	MaxClosing = 60   // days
	MaxSeats   = 100_000
)

// EventCover says that the camp has another cover: the new picture is to be kept, the old one let go.
const EventCover = "camp:cover"

// EventFace says that what the camp looks like from outside has changed: its title, its days or its cover.
const EventFace = "camp:face"

// CoverChanged is the data of EventCover.
type CoverChanged struct {
	Old string `json:"old"` // media id, may be empty
}

// The refusals of this feature.
var (
	ErrNotPublished = domain.Refusal(domain.KindConflict, "camp_not_published", "训练营还没有发布")
	ErrClosed       = domain.Refusal(domain.KindConflict, "camp_closed", "训练营已经关闭")
	ErrEnrolNotYet  = domain.Refusal(domain.KindConflict, "enrolment_not_open", "报名还没有开始")
	ErrEnrolOver    = domain.Refusal(domain.KindConflict, "enrolment_over", "报名已经截止")
	ErrFull         = domain.Refusal(domain.KindConflict, "camp_full", "名额已满")
	ErrStarted      = domain.Refusal(domain.KindConflict, "camp_started", "训练营已经开始，不能再修改日期、学习日历、时区和截止钟点")
	ErrFewerSeats   = domain.Refusal(domain.KindConflict, "seats_taken", "名额不能少于已报名的人数")
	ErrArchived     = domain.Refusal(domain.KindConflict, "camp_archived", "训练营已归档，只能查看")
	ErrNotEnded     = domain.Refusal(domain.KindConflict, "camp_not_ended", "训练营还没有结束，不能归档")
	ErrOver         = domain.Refusal(domain.KindConflict, "camp_ended", "训练营已经结束，报名不能再延长")
	ErrNoTask       = domain.Refusal(domain.KindConflict, "camp_without_task", "请至少添加一个任务再发布")
)

// Form is what staff can say about a camp.
type Form struct {
	Kind      Kind // of a new camp; it stays what it is
	Title     string
	Intro     string
	Cover     string
	Tags      []string
	Calendar  domain.Calendar
	Start     domain.Day
	End       domain.Day
	Pace      Pace
	NextDay   bool
	EnrolFrom domain.Day // may be empty
	EnrolHour int
	EnrolBy   domain.Day
	Closing   int
	Seats     int
	MakeUps   MakeUps // none of a course, which has no day to miss
	Messages  Messages
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.Line("title", "标题", f.Title, 2, 40)
	check.Text("intro", "介绍", f.Intro, 0, 5000)
	check.That(f.Cover == "" || domain.ValidID(f.Cover), "cover", "封面无效")
	CheckTags(&check, f.Tags)
	f.Calendar.Check(&check)
	check.That(f.Kind == KindDated || f.Kind == KindCourse, "kind", "请选择训练营或闯关课")
	if f.Kind != KindCourse {
		f.checkDays(&check)
	}
	check.Range("seats", "名额", f.Seats, 1, MaxSeats)
	f.MakeUps.Check(&check)
	f.Messages.Check(&check)
	if err := check.Err(); err != nil || f.Kind == KindCourse {
		return err
	}
	check.That(f.End >= f.Start, "end", "结营日期不能早于开营日期")
	check.That(f.End < f.Start.Add(MaxDays), "end", "训练营最长 400 天")
	check.That(f.EnrolBy <= f.End || f.Pace == PaceRolling, "enrol_by", "报名截止不能晚于结营日期")
	check.That(f.EnrolBy < f.Start.Add(MaxOpen), "enrol_by", "报名最长开放 3 年")
	check.That(f.EnrolFrom <= f.EnrolBy, "enrol_from", "报名开始不能晚于报名截止")
	return check.Err()
}

func (f Form) checkDays(check *domain.Check) {
	check.That(f.Start.Valid(), "start", "请选择开营日期")
	check.That(f.End.Valid(), "end", "请选择结营日期")
	check.That(f.Pace.Valid(), "pace", "请选择学习日历")
	check.That(f.EnrolFrom == "" || f.EnrolFrom.Valid(), "enrol_from", "报名开始日期不正确")
	check.Range("enrol_hour", "报名开始钟点", f.EnrolHour, 0, 23)
	check.That(f.EnrolBy.Valid(), "enrol_by", "请选择报名截止日期")
	check.Range("closing", "结营后的天数", f.Closing, 0, MaxClosing)
}

// Apply changes the camp by the form. Once a published camp has begun, its days can no longer move, because facts
// have been written by them.
func (c *Camp) Apply(f Form, now time.Time) error {
	f.Kind = c.Kind
	if err := f.Check(); err != nil {
		return err
	}
	if c.Kind == KindCourse {
		f.Start, f.End, f.EnrolBy = f.Calendar.Day(now), Forever, Forever
		f.Pace, f.NextDay, f.EnrolFrom, f.EnrolHour, f.Closing = PaceCommon, false, "", 0, 0
		f.MakeUps = MakeUps{}
		f.Messages.Starting, f.Messages.Remind = false, false // no day of a course asks for anything
		if c.State != Draft {
			f.Start = c.Start
		}
	}
	if c.Begun(now) && (f.Start != c.Start || f.End != c.End || f.Calendar != c.Calendar || f.Pace != c.Pace || f.NextDay != c.NextDay) {
		return ErrStarted
	}
	if c.Pinned && c.moves(f) {
		return ErrPinned
	}
	if f.EnrolBy > c.EnrolBy && slices.Contains(c.Told, EventClosing) {
		return ErrOver
	}
	if c.State == Published && (f.Seats > c.Seats || f.EnrolFrom != c.EnrolFrom || f.EnrolHour != c.EnrolHour || f.EnrolBy != c.EnrolBy) {
		c.tell(EventSeats, now)
	}
	if f.Cover != c.Cover {
		c.Emit(EventCover, now, CoverChanged{c.Cover})
	}
	if f.Title != c.Title || f.Start != c.Start || f.End != c.End || f.Cover != c.Cover {
		c.Emit(EventFace, now, nil)
	}
	c.MakeUps = f.MakeUps
	c.Title, c.Intro, c.Cover, c.Tags, c.Calendar = f.Title, f.Intro, f.Cover, f.Tags, f.Calendar
	c.Start, c.End, c.Pace, c.NextDay = f.Start, f.End, f.Pace, f.NextDay
	c.EnrolFrom, c.EnrolHour, c.EnrolBy, c.Closing, c.Seats = f.EnrolFrom, f.EnrolHour, f.EnrolBy, f.Closing, f.Seats
	since := now
	if !c.CallAt.IsZero() && c.CallAt.Before(now) { // a round is due and not made yet
		since = c.CallAt.Add(-time.Microsecond)
	}
	c.Messages = f.Messages
	c.CallAt = c.NextCall(since).At
	c.awaits()
	return nil
}

// Begun reports whether facts may have been written by the camp's days, which then stay as they are.
func (c Camp) Begun(now time.Time) bool { return c.State != Draft && c.Calendar.Day(now) >= c.Start }

// Publish makes the camp visible and opens enrolment.
func (c *Camp) Publish(now time.Time) error {
	switch c.State {
	case Published:
		return domain.ErrSame
	case Closed:
		return ErrClosed
	}
	if c.Copying() {
		return ErrCopying
	}
	c.State, c.Published = Published, now
	if c.Kind == KindCourse {
		c.Start = c.Calendar.Day(now)
	}
	c.CallAt = c.NextCall(now).At
	c.awaits()
	return nil
}

// Close ends the camp for good, at whatever phase.
func (c *Camp) Close(now time.Time) error {
	switch c.State {
	case Closed:
		return domain.ErrSame
	case Draft:
		return ErrNotPublished
	}
	c.State, c.Closed, c.CallAt, c.TurnAt = Closed, now, time.Time{}, time.Time{}
	c.tell(EventSeats, now)
	c.tell(EventEnded, now)
	return nil
}

// Days is how long the camp lasts; 0 for a course, which has no end.
func (c Camp) Days() int {
	if c.Kind == KindCourse {
		return 0
	}
	return c.End.Since(c.Start) + 1
}

// DayN is the number of the day in the camp, 1 on Start; outside the camp it is below 1 or above Days.
func (c Camp) DayN(d domain.Day) int { return d.Since(c.Start) + 1 }

// Place is where rights to the camp are asked for.
func (c Camp) Place() domain.Place { return domain.Place{Organiser: c.Organiser, Camp: c.ID} }

// SeatCounter is the name of the bounded counter of seats taken.
func SeatCounter(camp string) string { return domain.Key("seats", camp) }
