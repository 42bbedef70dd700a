package notice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
	"yingdi/domain/wechat"
)

// Deliver takes a notice through the gate and sends its message at most once, or puts it off. For jobs, after EventDue.
// An error means that WeChat could not be asked, and that it is safe to try again.
func (s *Service) Deliver(ctx context.Context, id string) error {
	n, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	switch n.Outcome {
	case Sending:
		return s.settle(ctx, id, Refused, Interrupted)
	case Sent, Refused, Waiting:
		return nil
	}
	m, err := s.look(ctx, n)
	if err != nil {
		return err
	}
	switch a := Gate(m.Facts); {
	case a.Send:
		return s.send(ctx, m)
	case !a.At.IsZero():
		_, err := s.Store.Update(ctx, id, func(n *Notice) error { return n.wait(a.At, a.Reason) })
		return err
	default:
		return s.refuse(ctx, m, a.Reason)
	}
}

// message is a notice on its way, with what the gate asks about it.
type message struct {
	Facts
	notice   Notice
	template Template
	openID   string
	day      domain.Day // of the person
}

// look gathers the facts.
func (s *Service) look(ctx context.Context, n Notice) (message, error) {
	kind := Kinds[n.Kind]
	m := message{notice: n, Facts: Facts{Now: s.Clock.Now(), Waits: kind.Waits, Until: n.Until, Cap: s.Limits.PerDay}}
	m.template, m.Facts.Template = s.Templates[n.Kind]
	var err error
	switch m.openID, err = s.Members.OpenID(ctx, n.Member); {
	case err == nil:
		m.Facts.WeChat = true
	case !errors.Is(err, domain.ErrNotFound):
		return m, err
	}
	in, err := s.suppression(ctx, &m)
	if err != nil {
		return m, err
	}
	if m.Facts.Template {
		credit, err := s.Credits.Get(ctx, domain.Key(n.Member, m.template.ID))
		if err != nil && !errors.Is(err, domain.ErrNotFound) {
			return m, err
		}
		m.Declined, m.Credit = credit.Declined, credit.covers(n.ID)
	}
	kept, err := s.setting(ctx, n.Member)
	if err != nil {
		return m, err
	}
	choice := s.choice(kept)
	m.Off = slices.Contains(choice.Off, kind.Category)
	m.Quiet = choice.Quiet.Ends(m.Now, choice.zone(in))
	m.day = domain.Calendar{Zone: choice.zone(camp.Camp{}).String()}.Day(m.Now)
	m.Sent = kept.spent(m.day, n.ID)
	if n.Kind == Reminder {
		m.Moot, err = s.Errands.Done(ctx, n)
	}
	return m, err
}

// suppression finds out whether nothing may be sent at all, and returns the camp that the notice is about.
func (s *Service) suppression(ctx context.Context, m *message) (camp.Camp, error) {
	n := m.notice
	who, err := s.Members.Get(ctx, n.Member)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return camp.Camp{}, err
	}
	if err == nil && who.State == member.Blocked {
		m.Suppressed = Blocked
	}
	if n.Camp == "" {
		return camp.Camp{}, nil
	}
	camps, err := s.Camps.Many(ctx, []string{n.Camp})
	if err != nil {
		return camp.Camp{}, err
	}
	there, err := s.Places.Has(ctx, n.Camp, n.Member)
	switch {
	case m.Suppressed != "":
	case !there && !Kinds[n.Kind].Outside:
		m.Suppressed = LeftCamp
	case camps[n.Camp].Messages.Off:
		m.Suppressed = CampOff
	}
	return camps[n.Camp], err
}

// zone is by what clock the person lives: the one they named, the camp's, or that of WeChat's own country.
func (c Choice) zone(in camp.Camp) *time.Location {
	switch {
	case c.Zone != "":
		return domain.Calendar{Zone: c.Zone}.Location()
	case in.Calendar.Zone != "":
		return in.Calendar.Location()
	}
	return domain.Calendar{Zone: "Asia/Shanghai"}.Location()
}

// send spends one of the person's day and one consent, and asks WeChat. Both are spent by the notice's id, so that
// another try spends nothing more.
func (s *Service) send(ctx context.Context, m message) error {
	n := m.notice
	var room bool
	if _, err := s.set(ctx, n.Member, func(k *Setting) (err error) {
		room, err = k.spend(m.day, n.ID, m.Cap)
		return err
	}); err != nil {
		return err
	}
	if !room {
		return s.refuse(ctx, m, Capped)
	}
	took, err := s.takeCredit(ctx, n.Member, m.template.ID, n.ID)
	if err != nil {
		return err
	}
	if !took {
		return s.refuse(ctx, m, NoCredit)
	}
	if mine, err := s.begin(ctx, n.ID, m); err != nil || !mine {
		return err
	}
	return s.sent(ctx, n, m.template, s.WeChat.Send(ctx, n.message(m.openID, m.template)))
}

// begin marks the notice as being sent, and reports whether it was this call that did: of two that deliver at once only
// one sends.
func (s *Service) begin(ctx context.Context, id string, m message) (mine bool, err error) {
	_, err = s.Store.Update(ctx, id, func(n *Notice) error {
		if mine = n.Outcome == Due; !mine {
			return domain.ErrSame
		}
		n.Template, n.SentAt = m.template.ID, m.Now
		return n.move(Sending, "")
	})
	return mine, err
}

// refuse stores the no, and gives back what an earlier try had taken. What is done already leaves the inbox.
func (s *Service) refuse(ctx context.Context, m message, reason string) error {
	var mine bool
	_, err := s.Store.Update(ctx, m.notice.ID, func(n *Notice) error {
		if mine = n.Outcome == Due; !mine {
			return domain.ErrSame
		}
		n.CalledOff = m.Moot
		return n.move(Refused, reason)
	})
	if err != nil || !mine || !m.Facts.Template {
		return err
	}
	_, err = s.Credits.Update(ctx, domain.Key(m.notice.Member, m.template.ID), func(c *Credit) error { return c.GiveBack(m.notice.ID) })
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	_, err = s.Settings.Update(ctx, m.notice.Member, func(k *Setting) error { return k.giveBack(m.notice.ID) })
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
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
