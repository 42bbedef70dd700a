package notice

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"yingdi/domain"
)

// Category is what a person can switch off.
type Category string

// The categories.
const (
	Reminders Category = "reminders"
	Reviews   Category = "reviews"
	CampNews  Category = "camp_news"
	// Moderation is what became of something that the person showed.
	Moderation Category = "moderation"
	Payments   Category = "payments"
	Offers     Category = "offers" // coupons and the like
)

// Categories that there are.
var Categories = []Category{Reminders, Reviews, CampNews, Moderation, Payments, Offers}

// Setting is how one person wants to be told, and what they were sent today. Its id is the member's.
type Setting struct {
	domain.Doc
	Choice *Choice    `json:"choice,omitempty"` // nil while they have said nothing
	Day    domain.Day `json:"day,omitempty"`    // that Told is of, by the person's own clock
	Told   []string   `json:"told,omitempty"`   // notices that a message was spent on
	ReadTo time.Time  `json:"read_to,omitzero"`
}

// Choice is what a person says about messages. The inbox has everything, whatever they choose.
type Choice struct {
	Off   []Category `json:"off"`
	Quiet Quiet      `json:"quiet"`
	Zone  string     `json:"zone,omitempty"` // IANA name; "" is the zone of the camp that a message is about
}

// Quiet is when a person is not to be disturbed, by the clock on their wall: from From until To, over midnight if To is
// the earlier one. Two equal ones are no quiet hours.
type Quiet struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// Clock is what a clock shows, in minutes after midnight.
type Clock int

// ParseClock reads 07:30.
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, domain.Invalid("quiet", "时间应为 07:30 的格式")
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText writes 07:30.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads 07:30.
func (c *Clock) UnmarshalText(raw []byte) (err error) {
	*c, err = ParseClock(string(raw))
	return err
}

const dayMinutes = 24 * 60

// Check bounds the choice.
func (c Choice) Check() error {
	var check domain.Check
	check.That(len(c.Off) <= len(Categories), "off", "通知类型重复")
	for _, category := range c.Off {
		check.That(slices.Contains(Categories, category), "off", "没有 "+strconv.Quote(string(category))+" 这类通知")
	}
	for _, clock := range []Clock{c.Quiet.From, c.Quiet.To} {
		check.That(clock >= 0 && clock < dayMinutes, "quiet", "免打扰时间不正确")
	}
	if c.Zone != "" {
		(domain.Calendar{Zone: c.Zone}).Check(&check)
	}
	return check.Err()
}

// holds reports whether it is quiet while the clock shows that.
func (q Quiet) holds(shows Clock) bool {
	if q.From <= q.To {
		return q.From <= shows && shows < q.To
	}
	return shows >= q.From || shows < q.To
}

// Ends returns the first instant from at on at which it is not quiet in the zone, and the zero time if it is not quiet
// now. Where a change of summer time leaves the end out or repeats it, the clock on the wall decides.
func (q Quiet) Ends(at time.Time, zone *time.Location) time.Time {
	t := at
	for {
		wall := t.In(zone)
		shows := Clock(wall.Hour()*60 + wall.Minute())
		if !q.holds(shows) {
			if t.Equal(at) {
				return time.Time{}
			}
			return t.UTC()
		}
		left := time.Duration((q.To-shows+dayMinutes)%dayMinutes) * time.Minute
		next := t.Add(left - time.Duration(wall.Second())*time.Second - time.Duration(wall.Nanosecond()))
		if _, until := wall.ZoneBounds(); !until.IsZero() && until.Before(next) {
			next = until
		}
		t = next
	}
}

// spent counts what was sent on a day besides the given notice.
func (s Setting) spent(day domain.Day, cause string) int {
	if s.Day != day {
		return 0
	}
	n := len(s.Told)
	if slices.Contains(s.Told, cause) {
		n--
	}
	return n
}

// spend takes one of the day's messages for the given notice; the same notice takes only once.
func (s *Setting) spend(day domain.Day, cause string, most int) (ok bool, err error) {
	if s.Day != day {
		s.Day, s.Told = day, nil
	}
	switch {
	case slices.Contains(s.Told, cause):
		return true, domain.ErrSame
	case len(s.Told) >= most:
		return false, domain.ErrSame
	}
	s.Told = append(s.Told, cause)
	return true, nil
}

// giveBack undoes spend for a message that is not sent after all.
func (s *Setting) giveBack(cause string) error {
	at := slices.Index(s.Told, cause)
	if at < 0 {
		return domain.ErrSame
	}
	s.Told = slices.Delete(s.Told, at, at+1)
	return nil
}
