package assist

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

func number(n int) string { return strconv.Itoa(n) }

// Begin starts the acting person's assist in a campaign. One of theirs that is still live is given back instead; fresh
// tells which. Returns ErrPaused, ErrEnded, ErrLimit, ErrIn, ErrPrice, ErrCrowd, camp.ErrFull and what enrolment and the
// price list refuse.
func (s *Service) Begin(ctx context.Context, campaign string) (a Assist, fresh bool, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return a, false, err
	}
	c, err := s.campaign(ctx, campaign)
	if err != nil {
		return a, false, err
	}
	last, n, err := s.last(ctx, c, actor.Member)
	if err != nil || last.Live() {
		return last, false, err
	}
	now := s.Clock.Now()
	if err := c.MayStart(now); err != nil {
		return a, false, fmt.Errorf("campaign %s: %w", c.ID, err)
	}
	if n > c.Limits.PerPerson {
		return a, false, fmt.Errorf("campaign %s: %w", c.ID, ErrLimit)
	}
	in, offer, err := s.sold(ctx, c, now)
	if err == nil {
		err = s.needs(ctx, in, actor.Member)
	}
	if err == nil && c.Terms.fits(offer) != nil {
		err = ErrPrice
	}
	if err != nil {
		return a, false, fmt.Errorf("campaign %s: %w", c.ID, err)
	}
	id := s.ID(c.ID, actor.Member, n)
	if err := s.note(ctx, c, id, true, now); err != nil {
		return a, false, err
	}
	a = open(id, c, actor.Member, n, offer, in.EnrolUntil(), now, s.dice(id))
	if err = s.Store.Insert(ctx, a); errors.Is(err, domain.ErrExists) { // another phone was faster
		a, err = s.Store.Get(ctx, id)
		return a, false, err
	}
	return a, true, err
}

// last is the newest assist of a person in a campaign, and the number of the next.
func (s *Service) last(ctx context.Context, c Campaign, member string) (last Assist, next int, err error) {
	var ids [MaxPerPerson]string
	for i := range ids {
		ids[i] = s.ID(c.ID, member, i+1)
	}
	had, err := s.Store.GetMany(ctx, ids[:])
	for next = 1; next <= MaxPerPerson; next++ {
		a, there := had[ids[next-1]]
		if !there {
			break
		}
		last = a
	}
	return last, next, err
}

// sold is the camp and the offer of a campaign, if its seats are sold now.
func (s *Service) sold(ctx context.Context, c Campaign, now time.Time) (in camp.Camp, o product.Offer, err error) {
	if in, err = s.Camps.Get(ctx, c.Camp); err == nil {
		err = in.MayEnrol(now)
	}
	var list product.Product
	if err == nil {
		list, err = s.Products.Of(ctx, c.Camp)
	}
	if err == nil {
		o, err = list.Offer(c.Terms.Offer)
	}
	return in, o, err
}

// needs refuses who is in the camp already, and a camp that has no seat.
func (s *Service) needs(ctx context.Context, in camp.Camp, member string) error {
	has, err := s.Places.Has(ctx, in.ID, member)
	if err == nil && has {
		err = ErrIn
	}
	if err != nil {
		return err
	}
	taken, err := s.Camps.Taken(ctx, in.ID)
	if err == nil && taken >= int64(in.Seats) {
		err = camp.ErrFull
	}
	return err
}

// dice of an assist: nobody can guess them, and whoever begins it again after a crash draws the same.
func (s *Service) dice(id string) *rand.Rand {
	var seed [32]byte
	if _, err := hex.Decode(seed[:], []byte(s.Sealer.Hash("assist.cuts", id))); err != nil {
		panic("assist: a hash that is no hex: " + err.Error())
	}
	return rand.New(rand.NewChaCha8(seed))
}

func (s *Service) campaign(ctx context.Context, id string) (Campaign, error) {
	c, err := s.Campaigns.Get(ctx, id)
	return c, unknown(err, "campaign", id)
}

func unknown(err error, what, id string) error {
	if errors.Is(err, domain.ErrNotFound) {
		return fmt.Errorf("assist %s %s: %w", what, id, ErrUnknown)
	}
	return err
}

// note writes down where the acting person takes part, and refuses where too many do.
func (s *Service) note(ctx context.Context, c Campaign, assist string, starts bool, now time.Time) error {
	take := source.Take{Of: assist, Member: domain.ActorFrom(ctx).Member, Starts: starts, At: now}
	if err := s.places().Note(ctx, source.Into{ID: c.ID, Network: c.Limits.PerNetwork, Device: c.Limits.PerDevice}, take); err != nil {
		return fmt.Errorf("assist %s: %w", assist, err)
	}
	return nil
}

// Help has the acting person help an assist; again changes nothing, and fresh tells which. It takes a part of their quota
// first, and gives it back if it becomes no help. Returns ErrSelf, ErrDone, ErrOver, ErrQuota, ErrCrowd, ErrPaused,
// ErrEnded and why the camp's seats are not sold.
func (s *Service) Help(ctx context.Context, id string) (a Assist, fresh bool, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return a, false, err
	}
	if a, err = s.Store.Get(ctx, id); err != nil {
		return a, false, unknown(err, "of", id)
	}
	if a.By(actor.Member) != nil {
		return a, false, s.firm(ctx, a, actor.Member)
	}
	c, err := s.campaign(ctx, a.Campaign)
	if err == nil {
		err = c.MayHelp()
	}
	now := s.Clock.Now()
	if err == nil { // on our own copy: whoever cannot help leaves no trace
		try := a
		err = try.Help(c, actor.Member, now, now)
	}
	var in camp.Camp
	if err == nil {
		in, _, err = s.sold(ctx, c, now)
	}
	if err != nil {
		return a, false, fmt.Errorf("assist %s: %w", id, err)
	}
	try, err := s.take(ctx, c, id, actor.Member)
	if err != nil {
		return a, false, fmt.Errorf("assist %s: %w", id, err)
	}
	if err = s.note(ctx, c, id, false, now); err == nil {
		var helped Assist
		helped, err = s.Store.Update(ctx, id, func(a *Assist) error {
			if a.barred(actor.Member, try) {
				return domain.ErrConflict
			}
			return a.Help(c, actor.Member, in.EnrolUntil(), now)
		})
		if err == nil {
			return helped, true, s.firm(ctx, helped, actor.Member)
		}
	}
	if refused := new(domain.Error); errors.As(err, &refused) {
		err = errors.Join(fmt.Errorf("assist %s: %w", id, err), s.settle(ctx, c.ID, id, actor.Member, try))
	}
	return a, false, err
}

func (s *Service) helper(ctx context.Context, campaign, member string, change func(*Helper) error) (Helper, error) {
	fresh := Helper{Doc: domain.Doc{ID: HelperID(campaign, member)}, Campaign: campaign, Member: member}
	return domain.Ensure(ctx, s.Helpers, fresh, change)
}

func (s *Service) firm(ctx context.Context, a Assist, member string) error {
	_, err := s.helper(ctx, a.Campaign, member, func(h *Helper) error { return h.firm(a.ID, s.Clock.Now()) })
	return err
}

// settle ends somebody's tries to help an assist, up to one, and gives back what was set aside for them, unless one has
// become a help. One that is still under way somewhere helps nobody any more: its quota may be used elsewhere.
func (s *Service) settle(ctx context.Context, campaign, id, member string, try int) error {
	a, err := s.Store.Update(ctx, id, func(a *Assist) error { return a.bar(member, try) })
	switch {
	case err != nil && !errors.Is(err, domain.ErrNotFound):
		return err
	case a.By(member) != nil:
		return s.firm(ctx, a, member)
	}
	_, err = s.helper(ctx, campaign, member, func(h *Helper) error { return h.drop(id, try) })
	return err
}

// take sets one of a helper's quota aside, and says which of their tries this is. Where the quota is used up, what a crash
// left of it is looked at first.
func (s *Service) take(ctx context.Context, c Campaign, id, member string) (try int, err error) {
	take := func(h *Helper) error { return h.take(id, c.Limits.Quota, s.Clock.Now()) }
	h, err := s.helper(ctx, c.ID, member, take)
	if errors.Is(err, ErrQuota) {
		if h, err = s.Helpers.Get(ctx, HelperID(c.ID, member)); err != nil {
			return 0, err
		}
		for _, d := range h.left(s.Clock.Now()) {
			if err := s.settle(ctx, c.ID, d.Assist, member, d.Try); err != nil {
				return 0, err
			}
		}
		h, err = s.helper(ctx, c.ID, member, take)
	}
	if d := h.of(id); err == nil && d != nil {
		try = d.Try
	}
	return try, err
}
