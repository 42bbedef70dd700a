package notice

import (
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/wechat"
)

// Subscribed notes what the person answered in WeChat's subscribe dialog. cause is the push's id.
func (s *Service) Subscribed(ctx context.Context, openID, cause string, answers []wechat.Subscription) error {
	member, err := s.Members.ByOpenID(ctx, openID)
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

// answerWithin is how long after it was asked WeChat may still say what became of a message.
const answerWithin = 24 * time.Hour

// Delivered notes what WeChat says became of messages. It names no message, so that only an answer that can mean but one
// is taken: every message that was sent has one answer, and of several without one nobody knows whose it is.
func (s *Service) Delivered(ctx context.Context, openID string, results []wechat.SentResult) error {
	member, err := s.Members.ByOpenID(ctx, openID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, r := range results {
		asked, next, err := s.Store.Asked(ctx, member, s.Clock.Now().Add(-answerWithin), domain.Page{Limit: domain.MaxPage})
		if err != nil {
			return err
		}
		open := slices.DeleteFunc(asked, func(n Notice) bool { return n.Template != r.Template || !n.unanswered() })
		if len(open) != 1 || next != "" {
			continue
		}
		if _, err := s.Store.Update(ctx, open[0].ID, func(n *Notice) error { return n.answered(r.OK, r.Reason, s.Clock.Now()) }); err != nil {
			return err
		}
	}
	return nil
}

// Offer is a template that the mini-program should ask consent for.
type Offer struct {
	Template string
	Kinds    []Kind
	Credit   int  // messages that are still agreed to
	Off      bool // the person wants none of its kinds
}

// Offers lists the templates that are in use, in a fixed order, with how the acting person stands to each.
func (s *Service) Offers(ctx context.Context) ([]Offer, error) {
	choice, err := s.MyChoice(ctx)
	if err != nil {
		return nil, err
	}
	me := domain.ActorFrom(ctx).Member
	offers, ids := []Offer{}, []string{}
	for _, kind := range Listed {
		t, ok := s.Templates[kind]
		if !ok {
			continue
		}
		at := slices.IndexFunc(offers, func(o Offer) bool { return o.Template == t.ID })
		if at < 0 {
			at, offers, ids = len(offers), append(offers, Offer{Template: t.ID, Off: true}), append(ids, domain.Key(me, t.ID))
		}
		o := &offers[at]
		o.Kinds, o.Off = append(o.Kinds, kind), o.Off && slices.Contains(choice.Off, Kinds[kind].Category)
	}
	credits, err := s.Credits.GetMany(ctx, ids)
	for i, id := range ids {
		offers[i].Credit = credits[id].Count
	}
	return offers, err
}
