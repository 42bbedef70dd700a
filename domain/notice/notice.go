// Package notice is what the platform tells people: an entry in their inbox, and a subscribe message where the person
// has agreed to one.
package notice

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Notice is one thing that one person is told. Its id is its cause, so that nobody is told twice. The inbox has it
// unless it was called back; Outcome says what became of the message.
type Notice struct {
	domain.Doc
	Member    string    `json:"member"`
	Camp      string    `json:"camp,omitempty"` // that it is about, if any
	Kind      Kind      `json:"kind"`
	Title     string    `json:"title"`
	Body      string    `json:"body"`
	Page      string    `json:"page"` // of the mini-program, where a tap leads
	At        time.Time `json:"at"`
	Until     time.Time `json:"until,omitzero"` // from when on its message is pointless
	ReadAt    time.Time `json:"read_at,omitzero"`
	Outcome   Outcome   `json:"outcome"`
	Reason    string    `json:"reason,omitempty"` // why there was no message, or none yet
	WakeAt    time.Time `json:"wake_at,omitzero"` // of a message that waits
	Template  string    `json:"template,omitempty"`
	SentAt    time.Time `json:"sent_at,omitzero"`   // when WeChat was asked
	Delivery  string    `json:"delivery,omitempty"` // what WeChat said later: delivered, or why not
	CalledOff bool      `json:"called_off,omitempty"`
}

// Kind of a notice; each has its message template in the configuration.
type Kind string

// The kinds.
const (
	ReviewReceived  Kind = "review_received"
	Reminder        Kind = "reminder"      // nothing was handed in yet, and the day ends soon
	CampStarting    Kind = "camp_starting" // the evening before the first day
	LevelUnlocked   Kind = "level_unlocked"
	QuizGraded      Kind = "quiz_graded"      // a teacher has marked the answers of an attempt
	ContentRuled    Kind = "content_ruled"    // something of theirs was hidden, rejected or warned about
	SeatOffered     Kind = "seat_offered"     // a seat is held for somebody who waited for one
	CheckinFeatured Kind = "checkin_featured" // staff have chosen it for the others to see
	Welcome         Kind = "welcome"          // what an organiser says to those whom a channel leads to it
	OrderNews       Kind = "order_news"       // a payment opened a place, or a refund arrived
	TransferWaits   Kind = "transfer_waits"   // money is there for them, and they must confirm it
	TransferNews    Kind = "transfer_news"    // what became of money on its way to them
	CouponNews      Kind = "coupon_news"      // a coupon was given, is about to end, or was taken back
	ReferralNews    Kind = "referral_news"    // a commission was earned, came into the wallet, or went back
	GroupNews       Kind = "group_news"       // somebody joined a group-buy, or it succeeded or failed
	AssistNews      Kind = "assist_news"      // a friend has helped to cut a price, or it was reached, or its time is over
	PoolNews        Kind = "pool_news"        // a scholarship pool has come to another stage, or to its result
)

// Kinds that there are, with what is decided once for each.
var Kinds = map[Kind]struct {
	Category Category
	Waits    bool // for the end of quiet hours; the others are left to the inbox
	Outside  bool // goes to those who have no place in the camp, too
}{
	ReviewReceived:  {Reviews, true, false},
	Reminder:        {Reminders, false, false},
	CampStarting:    {CampNews, true, false},
	LevelUnlocked:   {CampNews, true, false},
	QuizGraded:      {Reviews, true, false},
	ContentRuled:    {Moderation, true, false},
	SeatOffered:     {CampNews, true, true},
	CheckinFeatured: {Reviews, true, false},
	Welcome:         {Offers, false, true},
	OrderNews:       {Payments, true, true},
	TransferWaits:   {Payments, true, true},
	TransferNews:    {Payments, true, true},
	CouponNews:      {Offers, true, true},
	ReferralNews:    {Payments, true, true},
	GroupNews:       {Payments, true, true},
	AssistNews:      {Offers, true, true},
	PoolNews:        {Payments, true, true},
}

// Listed is all kinds, in the order in which people are asked for their consent.
var Listed = []Kind{
	ReviewReceived,
	Reminder,
	CampStarting,
	LevelUnlocked,
	QuizGraded,
	ContentRuled,
	SeatOffered,
	OrderNews,
	GroupNews,
	PoolNews,
	CheckinFeatured,
	Welcome,
	TransferWaits,
	TransferNews,
	CouponNews,
	ReferralNews,
	AssistNews,
}

// Outcome of the message that goes with a notice.
type Outcome string

// due → sending → sent | refused; due → waiting → due. One found in sending after a crash may have been sent: it is not
// sent again.
const (
	Due     Outcome = "due"
	Waiting Outcome = "waiting"
	Sending Outcome = "sending"
	Sent    Outcome = "sent"
	Refused Outcome = "refused"
)

// Why there was no message, in the order of the gate; the last three are WeChat's.
const (
	NoTemplate  = "no_template"  // the organiser has not configured one
	NoWeChat    = "no_wechat"    // a person without WeChat, or a deleted account
	Declined    = "declined"     // the person said no to such messages
	Blocked     = "blocked"      // the person's account is blocked
	LeftCamp    = "left_camp"    // the person has no place in the camp any more
	CampOff     = "camp_off"     // staff have switched the camp's messages off
	NoCredit    = "no_credit"    // the person has not agreed, or all they agreed to was used
	SwitchedOff = "switched_off" // the person has switched the category off
	QuietHours  = "quiet_hours"
	Capped      = "capped" // enough messages for one day
	Done        = "done"   // the person has done what it asks for; it left the inbox, too
	TooLate     = "too_late"
	NoConsent   = "no_consent"  // WeChat says so: our count was wrong and is now zero
	Invalid     = "invalid"     // WeChat refuses the message or the template
	Interrupted = "interrupted" // the process died while sending; it may or may not have arrived
)

// Reasons lists all of them.
var Reasons = []string{
	NoTemplate, NoWeChat, Declined, Blocked, LeftCamp, CampOff, NoCredit, SwitchedOff, QuietHours, Capped, Done, TooLate,
	NoConsent, Invalid, Interrupted,
}

// Result is what staff search for: the reason, or the outcome where there is none.
func (n Notice) Result() string {
	if n.Reason != "" {
		return n.Reason
	}
	return string(n.Outcome)
}

// Delivered is what Delivery says of a message that arrived.
const Delivered = "delivered"

// EventDue says that a notice waits for its message.
const EventDue = "notice:due"

// EventArrived says that a message which had seemed lost has arrived after all.
const EventArrived = "notice:arrived"

// Credit is how many messages of one template a person has agreed to. Its id is member:template.
type Credit struct {
	domain.Doc
	Count    int      `json:"count"`
	Declined bool     `json:"declined,omitempty"` // the person's last word was no
	Seen     []string `json:"seen,omitempty"`     // the newest causes, so that a push delivered twice counts once
}

const maxCredit, seenCauses = 100, 50

// Grant adds one consent for the given cause.
func (c *Credit) Grant(cause string) error {
	if !c.see(cause) {
		return domain.ErrSame
	}
	c.Count, c.Declined = min(c.Count+1, maxCredit), false
	return nil
}

// Withdraw takes all consents back for the given cause.
func (c *Credit) Withdraw(cause string) error {
	if !c.see(cause) {
		return domain.ErrSame
	}
	c.Count, c.Declined = 0, true
	return nil
}

// GiveBack returns what was taken for a cause whose message is not sent after all.
func (c *Credit) GiveBack(cause string) error {
	at := slices.Index(c.Seen, cause)
	if at < 0 {
		return domain.ErrSame
	}
	c.Seen = slices.Delete(c.Seen, at, at+1)
	if !c.Declined {
		c.Count = min(c.Count+1, maxCredit)
	}
	return nil
}

// covers reports whether a message may be sent for the cause.
func (c Credit) covers(cause string) bool { return c.Count > 0 || slices.Contains(c.Seen, cause) }

// Take uses one consent up for the given cause; the same cause takes only once.
func (c *Credit) Take(cause string) (ok bool, err error) {
	switch {
	case slices.Contains(c.Seen, cause):
		return true, domain.ErrSame
	case c.Count == 0:
		return false, domain.ErrSame
	}
	c.Count--
	c.see(cause)
	return true, nil
}

// see remembers a cause, and reports whether it is a new one.
func (c *Credit) see(cause string) bool {
	if slices.Contains(c.Seen, cause) {
		return false
	}
	c.Seen = append(c.Seen, cause)
	if len(c.Seen) > seenCauses {
		c.Seen = c.Seen[1:]
	}
	return true
}

// move takes the notice to an outcome. Sent and refused are the end, but whoever sent the message knows better than
// somebody who came upon it in sending and took the process for dead.
func (n *Notice) move(to Outcome, reason string) error {
	if n.Outcome == Sent || n.Outcome == Refused && n.Reason != Interrupted || n.Outcome == to && n.Reason == reason {
		return domain.ErrSame
	}
	n.Outcome, n.Reason, n.WakeAt = to, reason, time.Time{}
	return nil
}

// wait puts the message off.
func (n *Notice) wait(until time.Time, reason string) error {
	if n.Outcome != Due {
		return domain.ErrSame
	}
	n.Outcome, n.Reason, n.WakeAt = Waiting, reason, until
	return nil
}

// wake makes a waiting message due.
func (n *Notice) wake(now time.Time) error {
	if n.Outcome != Waiting || now.Before(n.WakeAt) {
		return domain.ErrSame
	}
	n.Outcome, n.Reason, n.WakeAt = Due, "", time.Time{}
	n.Emit(EventDue, now, nil)
	return nil
}

// answered notes what WeChat said about a message that was asked for.
func (n *Notice) answered(ok bool, reason string, now time.Time) error {
	if !n.unanswered() {
		return domain.ErrSame
	}
	if n.Delivery = Delivered; !ok {
		n.Delivery = clip("failed "+reason, 60)
	}
	if ok && n.Outcome == Refused { // it had seemed interrupted
		n.Outcome, n.Reason = Sent, ""
		n.Emit(EventArrived, now, nil)
	}
	return nil
}

// unanswered tells that WeChat was, or may have been, asked to send it and has not said what became of it.
func (n Notice) unanswered() bool {
	return n.Delivery == "" && (n.Outcome == Sending || n.Outcome == Sent || n.Outcome == Refused && n.Reason == Interrupted)
}
