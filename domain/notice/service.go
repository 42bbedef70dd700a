package notice

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/wechat"
)

// Store keeps notices.
type Store interface {
	domain.Documents[Notice]
	Delete(ctx context.Context, id string) error
	// ByMember lists a person's inbox, the newest first.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Notice, domain.Cursor, error)
	// CountUnread counts what came into the inbox from an instant on and was not opened.
	CountUnread(ctx context.Context, member string, from time.Time) (int64, error)
	// OfCamp lists what a camp's people were told, the newest first: all of it, or one result, or one person.
	OfCamp(ctx context.Context, camp string, f Filter, page domain.Page) ([]Notice, domain.Cursor, error)
	// Asleep lists those that are to wake before the instant, the earliest first.
	Asleep(ctx context.Context, before time.Time, page domain.Page) ([]Notice, domain.Cursor, error)
	// Old lists those from before the instant, the oldest first.
	Old(ctx context.Context, before time.Time, page domain.Page) ([]Notice, domain.Cursor, error)
	// Asked lists what WeChat was asked to send to a person from an instant on, the newest first.
	Asked(ctx context.Context, member string, from time.Time, page domain.Page) ([]Notice, domain.Cursor, error)
}

// CreditStore keeps credits.
type CreditStore interface {
	domain.Documents[Credit]
	domain.Many[Credit]
}

// SettingStore keeps settings.
type SettingStore interface {
	domain.Documents[Setting]
}

// WeChat sends subscribe messages.
type WeChat interface {
	Send(ctx context.Context, m wechat.Message) error
}

// Members is what this feature needs of domain/member.
type Members interface {
	Get(ctx context.Context, member string) (member.Member, error)
	OpenID(ctx context.Context, member string) (string, error)
	ByOpenID(ctx context.Context, openID string) (member string, err error)
	Cards(ctx context.Context, ids []string) (map[string]member.Card, error)
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Many(ctx context.Context, ids []string) (map[string]camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Places tells who is in a camp; domain/enrolment does it.
type Places interface {
	Has(ctx context.Context, camp, member string) (bool, error)
}

// Errands tells whether what a notice asks the person to do is done; domain/reminder does it.
type Errands interface {
	Done(ctx context.Context, n Notice) (bool, error)
}

// Template of a subscribe message: which keyword of it holds what. From the configuration.
type Template struct {
	ID    string
	Title string // keyword of the title, such as thing1
	Body  string // keyword of the text
	Time  string // keyword of the time; may be empty
}

// Limits are what the deployment decides for everybody.
type Limits struct {
	PerDay int           // messages that one person gets in a day at most
	Quiet  Quiet         // of those who have chosen none
	Keep   time.Duration // how long an inbox remembers
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Credits   CreditStore
	Settings  SettingStore
	WeChat    WeChat
	Members   Members
	Camps     Camps
	Places    Places
	Errands   Errands
	Templates map[Kind]Template
	Limits    Limits
	Clock     domain.Clock
}

// Tell puts a notice into the person's inbox and, by event, on its way as a message. The same id again does nothing.
// At is when its cause was, if that may have been long ago: what an inbox has forgotten is not told again.
func (s *Service) Tell(ctx context.Context, n Notice) error {
	now := s.Clock.Now()
	if !n.At.IsZero() && now.Sub(n.At) > s.Limits.Keep {
		return nil
	}
	n.At, n.Outcome = now, Due
	n.Emit(EventDue, n.At, nil)
	err := s.Store.Insert(ctx, n)
	if errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

// Wake makes those messages due whose quiet hours are over. For jobs.
func (s *Service) Wake(ctx context.Context) error {
	now := s.Clock.Now()
	return domain.Round(ctx, "notice", func(page domain.Page) ([]Notice, domain.Cursor, error) {
		return s.Store.Asleep(ctx, now.Add(time.Microsecond), page)
	}, func(n Notice) error {
		_, err := s.Store.Update(ctx, n.ID, func(n *Notice) error { return n.wake(now) })
		return err
	})
}

// Sweep forgets what is older than an inbox remembers. For jobs.
func (s *Service) Sweep(ctx context.Context) error {
	return domain.Round(ctx, "notice", func(page domain.Page) ([]Notice, domain.Cursor, error) {
		return s.Store.Old(ctx, s.Clock.Now().Add(-s.Limits.Keep), page)
	}, func(n Notice) error { return s.Store.Delete(ctx, n.ID) })
}
