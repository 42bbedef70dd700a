package notice

import "time"

// Facts is everything that the gate asks about one message, as it stands now.
type Facts struct {
	Now        time.Time
	Template   bool      // the deployment has one for the kind
	WeChat     bool      // the person can be reached there
	Declined   bool      // the person's last word on the template was no
	Suppressed string    // the reason for which nothing may be sent at all, or ""
	Credit     bool      // a consent is left, or was taken for this very message
	Off        bool      // the person has switched the category off
	Quiet      time.Time // when the person's quiet hours end; zero while there are none
	Waits      bool      // the message may wait for that
	Until      time.Time // when it is pointless; zero for never
	Sent       int       // other messages of the person's day
	Cap        int       // how many of them a person gets at most
	Moot       bool      // what the message asks for is done
}

// Answer of the gate: send, refuse with a reason, or wait until an instant with a reason.
type Answer struct {
	Send   bool
	Reason string
	At     time.Time
}

// Gate decides about a message. The order is fixed, so that a person is always given the first reason: consent,
// suppression, credit, category, quiet hours, caps, and at last whether it is still worth saying. Sending it at most
// once is the ledger's to see to.
func Gate(f Facts) Answer {
	switch {
	case !f.Template:
		return Answer{Reason: NoTemplate}
	case !f.WeChat:
		return Answer{Reason: NoWeChat}
	case f.Declined:
		return Answer{Reason: Declined}
	case f.Suppressed != "":
		return Answer{Reason: f.Suppressed}
	case !f.Credit:
		return Answer{Reason: NoCredit}
	case f.Off:
		return Answer{Reason: SwitchedOff}
	case !f.Quiet.IsZero() && f.Waits && (f.Until.IsZero() || f.Quiet.Before(f.Until)):
		return Answer{Reason: QuietHours, At: f.Quiet}
	case !f.Quiet.IsZero():
		return Answer{Reason: QuietHours}
	case f.Sent >= f.Cap:
		return Answer{Reason: Capped}
	case f.Moot:
		return Answer{Reason: Done}
	case !f.Until.IsZero() && !f.Now.Before(f.Until):
		return Answer{Reason: TooLate}
	}
	return Answer{Send: true}
}
