// Package notice is what the platform tells people: an entry in their inbox, and a subscribe message where the person
// has agreed to one.
package notice

import (
	"slices"
	"time"

	"yingdi/domain"
)

// Notice is one thing that one person is told. Its id is its cause, so that nobody is told twice. The inbox always
// has it; Outcome says what became of the message.
type Notice struct {
	domain.Doc
	Member  string    `json:"member"`
	Camp    string    `json:"camp,omitempty"` // that it is about; empty if about none
	Kind    Kind      `json:"kind"`
	Title   string    `json:"title"`
	Body    string    `json:"body"`
	Page    string    `json:"page"` // of the mini-program, where a tap leads
	At      time.Time `json:"at"`
	ReadAt  time.Time `json:"read_at,omitzero"`
	Outcome Outcome   `json:"outcome"`
	Reason  string    `json:"reason,omitempty"` // why there was no message
}

// Kind of a notice; each has its message template in the configuration.
type Kind string

// The kinds.
const (
	ReviewReceived Kind = "review_received"
)

// Outcome of the message that goes with a notice.
type Outcome string

// due → sending → sent | refused. One found in sending after a crash may have been sent: it is not sent again.
const (
	Due     Outcome = "due"
	Sending Outcome = "sending"
	Sent    Outcome = "sent"
	Refused Outcome = "refused"
)

// Why there was no message, in the order of the gate.
const (
	NoTemplate  = "no_template" // the organiser has not configured one
	NoWeChat    = "no_wechat"   // a person without WeChat, or a deleted account
	NoCredit    = "no_credit"   // the person has not agreed, or all they agreed to was used
	NoConsent   = "no_consent"  // WeChat says so: our count was wrong and is now zero
	Invalid     = "invalid"     // WeChat refuses the message or the template
	Interrupted = "interrupted" // the process died while sending; it may or may not have arrived
)

// EventDue says that a notice waits for its message.
const EventDue = "notice:due"

// Credit is how many messages of one template a person has agreed to. Its id is member:template.
type Credit struct {
	domain.Doc
	Count int      `json:"count"`
	Seen  []string `json:"seen,omitempty"` // the newest causes, so that a push delivered twice counts once
}

const maxCredit, seenCauses = 100, 50

// Grant adds one consent for the given cause.
func (c *Credit) Grant(cause string) error {
	if !c.see(cause) {
		return domain.ErrSame
	}
	c.Count = min(c.Count+1, maxCredit)
	return nil
}

// Withdraw takes all consents back for the given cause.
func (c *Credit) Withdraw(cause string) error {
	if !c.see(cause) {
		return domain.ErrSame
	}
	c.Count = 0
	return nil
}

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
	n.Outcome, n.Reason = to, reason
	return nil
}
