package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

// Store keeps notices.
type Store interface {
	domain.Documents[Notice]
	// ByMember lists a person's inbox, the newest first.
	ByMember(ctx context.Context, member string, page domain.Page) ([]Notice, domain.Cursor, error)
	CountUnread(ctx context.Context, member string) (int64, error)
}

// CreditStore keeps credits.
type CreditStore interface {
	domain.Documents[Credit]
}

// WeChat sends subscribe messages.
type WeChat interface {
	Send(ctx context.Context, m wechat.Message) error
}

// Members is what this feature needs of domain/member.
type Members interface {
	OpenID(ctx context.Context, member string) (string, error)
}

// People finds members by what WeChat calls them.
type People interface {
	ByOpenID(ctx context.Context, openID string) (member string, err error)
}

// Template of a subscribe message: which keyword of it holds what. From the configuration.
type Template struct {
	ID    string
	Title string // keyword of the title, such as thing1
	Body  string // keyword of the text
	Time  string // keyword of the time; may be empty
}

// Service holds the use cases.
type Service struct {
	Store     Store
	Credits   CreditStore
	WeChat    WeChat
	Members   Members
	People    People
	Templates map[Kind]Template
	Clock     domain.Clock
}

// Tell puts a notice into the person's inbox and, by event, on its way as a message. The same id again does nothing.
func (s *Service) Tell(ctx context.Context, n Notice) error {
	n.At, n.Outcome = s.Clock.Now(), Due
	n.Emit(EventDue, n.At, nil)
	err := s.Store.Insert(ctx, n)
	if errors.Is(err, domain.ErrExists) {
		return nil
	}
	return err
}

// Deliver takes a notice through the gate and sends its message at most once. For jobs, after EventDue. An error
// means that WeChat could not be asked, and that it is safe to try again.
func (s *Service) Deliver(ctx context.Context, id string) error {
	n, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	switch n.Outcome {
	case Sending:
		return s.settle(ctx, id, Refused, Interrupted)
	case Sent, Refused:
		return nil
	}
	template, ok := s.Templates[n.Kind]
	if !ok {
		return s.settle(ctx, id, Refused, NoTemplate)
	}
	openID, err := s.Members.OpenID(ctx, n.Member)
	if errors.Is(err, domain.ErrNotFound) {
		return s.settle(ctx, id, Refused, NoWeChat)
	}
	if err != nil {
		return err
	}
	took, err := s.takeCredit(ctx, n.Member, template.ID, id)
	if err != nil {
		return err
	}
	if !took {
		return s.settle(ctx, id, Refused, NoCredit)
	}
	if mine, err := s.begin(ctx, id); err != nil || !mine {
		return err
	}
	return s.sent(ctx, n, template, s.WeChat.Send(ctx, n.message(openID, template)))
}

// begin marks the notice as being sent, and reports whether it was this call that did: of two that deliver at once only
// one sends.
func (s *Service) begin(ctx context.Context, id string) (mine bool, err error) {
	_, err = s.Store.Update(ctx, id, func(n *Notice) error {
		if mine = n.Outcome == Due; !mine {
			return domain.ErrSame
		}
		return n.move(Sending, "")
	})
	return mine, err
}

// china is where subscribe messages are read, whatever the zone of the camp.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

func (n Notice) message(openID string, t Template) wechat.Message {
	values := map[string]string{t.Title: clip(n.Title, 20), t.Body: clip(n.Body, 20)}
	if t.Time != "" {
		values[t.Time] = n.At.In(china).Format("2006-01-02 15:04")
	}
	return wechat.Message{OpenID: openID, Template: t.ID, Page: n.Page, Values: values}
}

// clip shortens a text to n characters; WeChat refuses longer ones.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (s *Service) sent(ctx context.Context, n Notice, t Template, err error) error {
	switch {
	case err == nil:
		return s.settle(ctx, n.ID, Sent, "")
	case errors.Is(err, wechat.ErrNoConsent):
		if _, err := s.Credits.Update(ctx, domain.Key(n.Member, t.ID), func(c *Credit) error {
			c.Count = 0
			return nil
		}); err != nil {
			return err
		}
		return s.settle(ctx, n.ID, Refused, NoConsent)
	case errors.Is(err, wechat.ErrUnknown):
		return s.settle(ctx, n.ID, Refused, NoWeChat)
	case errors.Is(err, wechat.ErrBadMessage), errors.Is(err, wechat.ErrBadTemplate), errors.Is(err, wechat.ErrRefused):
		return s.settle(ctx, n.ID, Refused, Invalid)
	case errors.Is(err, wechat.ErrTooOften), errors.Is(err, wechat.ErrQuota), errors.Is(err, wechat.ErrSetup): // not sent for certain
		if again := s.settle(ctx, n.ID, Due, ""); again != nil {
			return again
		}
		return fmt.Errorf("message of notice %s: %w", n.ID, err)
	}
	// It may have arrived. Better none than two.
	return s.settle(ctx, n.ID, Refused, Interrupted)
}

func (s *Service) settle(ctx context.Context, id string, outcome Outcome, reason string) error {
	_, err := s.Store.Update(ctx, id, func(n *Notice) error { return n.move(outcome, reason) })
	return err
}

func (s *Service) takeCredit(ctx context.Context, member, template, cause string) (bool, error) {
	var took bool
	_, err := s.Credits.Update(ctx, domain.Key(member, template), func(c *Credit) (err error) {
		took, err = c.Take(cause)
		return err
	})
	if errors.Is(err, domain.ErrNotFound) {
		return false, nil
	}
	return took, err
}

// Subscribed notes what the person answered in WeChat's subscribe dialog. cause is the push's id.
func (s *Service) Subscribed(ctx context.Context, openID, cause string, answers []wechat.Subscription) error {
	member, err := s.People.ByOpenID(ctx, openID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, a := range answers {
		if err := s.subscribed(ctx, domain.Key(member, a.Template), cause, a.Accepted); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) subscribed(ctx context.Context, id, cause string, accepted bool) error {
	change := func(c *Credit) error {
		if !accepted {
			return c.Withdraw(cause)
		}
		return c.Grant(cause)
	}
	_, err := s.Credits.Update(ctx, id, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	fresh := Credit{Doc: domain.Doc{ID: id}}
	if err := change(&fresh); err != nil {
		return err
	}
	if err = s.Credits.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		_, err = s.Credits.Update(ctx, id, change)
	}
	return err
}

// Inbox lists what the acting person was told, and how much of it they have not read.
func (s *Service) Inbox(ctx context.Context, page domain.Page) (list []Notice, unread int64, next domain.Cursor, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, 0, "", err
	}
	if list, next, err = s.Store.ByMember(ctx, actor.Member, page); err != nil {
		return nil, 0, "", err
	}
	unread, err = s.Store.CountUnread(ctx, actor.Member)
	return list, unread, next, err
}

// Read notes that the acting person has read a notice of theirs.
func (s *Service) Read(ctx context.Context, id string) (Notice, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Notice{}, err
	}
	return s.Store.Update(ctx, id, func(n *Notice) error {
		switch {
		case n.Member != actor.Member:
			return domain.ErrNotFound
		case !n.ReadAt.IsZero():
			return domain.ErrSame
		}
		n.ReadAt = s.Clock.Now()
		return nil
	})
}
