package checkin

import (
	"time"

	"yingdi/domain"
)

// forgotten is why nobody sees a check-in of a deleted account.
const forgotten = "账号已注销"

// Forget takes out of a check-in what its author said. That there was one stays, for the numbers of the camp.
func (c *Checkin) Forget() error {
	if c.Reason == forgotten || c.State == Deleted {
		return domain.ErrSame
	}
	if c.State != Rejected {
		c.State = Hidden
	}
	c.Text, c.Media, c.Audience, c.Reason, c.Reviewed = "", nil, ToTeachers, forgotten, true
	c.Chosen, c.FeaturedAt, c.FeaturedBy = nil, time.Time{}, ""
	for i := range c.Submissions {
		c.Submissions[i].Text, c.Submissions[i].Media = "", nil
	}
	c.Version++ // what the check says of the old one is void
	return nil
}

// Forget takes a like back.
func (l *Like) Forget(now time.Time) error {
	if !l.On {
		return domain.ErrSame
	}
	l.On = false
	l.Emit(EventLiked, now, nil)
	return nil
}

// Forget takes out of a comment what was said.
func (c *Comment) Forget(now time.Time) error {
	if c.Reason == forgotten {
		return domain.ErrSame
	}
	c.Text, c.State, c.Reason = "", Rejected, forgotten
	c.Emit(EventCommented, now, nil) // so that the count follows
	return nil
}
