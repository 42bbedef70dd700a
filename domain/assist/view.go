package assist

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/member"
)

// View is what anybody may see of an assist.
type View struct {
	Assist           // its end moved by pauses; its cuts are for nobody to see
	In     camp.Camp // that it is of
	Owner  member.Card
	Mine   bool                   // the acting person started it
	Did    *Help                  // what the acting person did for it; nil for nothing
	Why    *domain.Error          // why they cannot help; nil if they can
	Paused bool                   // time stands still
	People map[string]member.Card // who helped; only of a single one
}

// Missing is how many friends must still come.
func (v View) Missing() int { return len(v.Assist.Cuts) - len(v.Helps) }

// Look shows an assist to anybody who has its link.
func (s *Service) Look(ctx context.Context, id string) (View, error) {
	a, err := s.Store.Get(ctx, id)
	if err != nil {
		return View{}, unknown(err, "of", id)
	}
	views, err := s.views(ctx, []Assist{a})
	if err != nil {
		return View{}, err
	}
	v := views[0]
	people := []string{a.Member}
	for _, h := range a.Helps {
		people = append(people, h.Member)
	}
	if v.People, err = s.Members.Cards(ctx, people); err != nil {
		return View{}, err
	}
	v.Owner = v.People[a.Member]
	if me := domain.ActorFrom(ctx).Member; v.Why == nil && me != "" && v.Did == nil {
		v.Why, err = s.quota(ctx, v, me)
	}
	return v, err
}

// quota says whether somebody has helped as often as they may.
func (s *Service) quota(ctx context.Context, v View, member string) (*domain.Error, error) {
	c, err := s.campaign(ctx, v.Campaign)
	if err != nil {
		return nil, err
	}
	h, err := s.Helpers.Get(ctx, HelperID(c.ID, member))
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	if err == nil && errors.Is(h.take(v.ID, c.Limits.Quota, s.Clock.Now()), ErrQuota) {
		return ErrQuota, nil
	}
	return nil, err
}

// Mine lists the acting person's assists, the newest first.
func (s *Service) Mine(ctx context.Context, page domain.Page) ([]View, domain.Cursor, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return nil, "", err
	}
	list, next, err := s.Store.OfMember(ctx, actor.Member, page)
	if err != nil {
		return nil, "", err
	}
	views, err := s.views(ctx, list)
	return views, next, err
}

func (s *Service) views(ctx context.Context, list []Assist) ([]View, error) {
	var ids, in []string
	for _, a := range list {
		ids, in = append(ids, a.Campaign), append(in, a.Camp)
	}
	campaigns, err := s.Campaigns.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	camps, err := s.Camps.Many(ctx, in)
	if err != nil {
		return nil, err
	}
	now, me := s.Clock.Now(), domain.ActorFrom(ctx).Member
	views := make([]View, len(list))
	for i, a := range list {
		views[i] = a.view(campaigns[a.Campaign], camps[a.Camp], me, now)
	}
	return views, nil
}

func (a Assist) view(c Campaign, in camp.Camp, me string, now time.Time) View {
	a.catchUp(c, now)
	v := View{Assist: a, In: in, Mine: me == a.Member, Paused: a.State == Open && c.State == Paused}
	if me != "" {
		v.Did = a.By(me)
	}
	switch {
	case a.State == Open && (c.Stopped || !now.Before(a.ExpiresAt)): // nobody has noted it yet
		v.State, v.Assist.Cause = Expired, NotEnough
		if c.Stopped {
			v.Assist.Cause = Stopped
		}
	case a.State == Reached && !now.Before(a.LockedUntil):
		v.State, v.Assist.Cause = Expired, Unused
	}
	if v.Did != nil {
		return v
	}
	try := a
	err := try.Help(c, me, now, now)
	if err == nil {
		err = c.MayHelp()
	}
	if err == nil {
		err = in.MayEnrol(now)
	}
	errors.As(err, &v.Why)
	return v
}

// Offer is a campaign as somebody who may start in it sees it.
type Offer struct {
	Campaign
	Mine string        // the acting person's assist that is live; empty without one
	Why  *domain.Error // why they cannot start; nil if they can, or have
}

// Offers lists the campaigns in which one can start for a camp.
func (s *Service) Offers(ctx context.Context, campID string) ([]Offer, error) {
	in, err := s.Camps.Get(ctx, campID)
	if err != nil {
		return nil, err
	}
	list, _, err := s.Campaigns.Running(ctx, campID, domain.Page{Limit: 20})
	if err != nil {
		return nil, err
	}
	now, me := s.Clock.Now(), domain.ActorFrom(ctx).Member
	var needed *domain.Error
	if me != "" {
		if err := s.needs(ctx, in, me); err != nil && !errors.As(err, &needed) {
			return nil, err
		}
	}
	offers := []Offer{}
	for _, c := range list {
		if c.MayStart(now) != nil || in.MayEnrol(now) != nil {
			continue
		}
		o := Offer{Campaign: c}
		if me != "" {
			last, n, err := s.last(ctx, c, me)
			if err != nil {
				return nil, err
			}
			switch {
			case last.Live():
				o.Mine = last.ID
			case n > c.Limits.PerPerson:
				o.Why = ErrLimit
			default:
				o.Why = needed
			}
		}
		offers = append(offers, o)
	}
	return offers, nil
}

// Says tells in plain words how the assist stands.
func (v View) Says() string {
	switch {
	case v.State == Open && v.Paused:
		return "活动暂停中，暂停的时间不计入时限"
	case v.State == Open:
		return fmt.Sprintf("还差 %d 位好友，%s前有效", v.Missing(), clock(v.ExpiresAt))
	case v.State == Reached:
		return fmt.Sprintf("助力成功，%s保留到%s", v.Terms.Floor, clock(v.LockedUntil))
	case v.State == Ordered:
		return "助力价已经用在待支付的订单里"
	case v.State == Used:
		return "已经用助力价报名"
	}
	return ended[v.Assist.Cause]
}

var ended = map[Cause]string{
	NotEnough: "时间到了，没有集齐好友", Unused: "助力成功，但没有在保留时间内报名", Stopped: "活动已经结束", Revoked: "这个助力已被机构结束", Departed: "这个助力已经结束",
}

// clock writes an instant as people read it.
func clock(at time.Time) string { return at.In(calendar.Location()).Format("1月2日 15:04") }
