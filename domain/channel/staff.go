package channel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// ForStaff returns a channel to those who may run campaigns of its organiser.
func (s *Service) ForStaff(ctx context.Context, id string) (Channel, error) {
	c, err := s.Channels.Get(ctx, id)
	if err != nil {
		return c, err
	}
	return c, domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: c.Organiser})
}

// Save makes a channel under an id that the client chose, or changes the one of that id; version is the one that was seen, 0
// for a new one. Returns domain.ErrConflict if somebody else has changed it meanwhile, and ErrFull.
func (s *Service) Save(ctx context.Context, organiser, id string, version int, f Form) (Channel, error) {
	actor, at := domain.ActorFrom(ctx), domain.Place{Organiser: organiser}
	if !domain.ValidID(organiser) { // an empty place would ask for the right anywhere
		return Channel{}, domain.ErrNotFound
	}
	if err := actor.Must(domain.RightCampaign, at); err != nil {
		return Channel{}, err
	}
	if err := s.check(ctx, organiser, f); err != nil {
		return Channel{}, err
	}
	if !domain.ValidID(id) || len(id) > 40 {
		return Channel{}, domain.Invalid("id", "页面已过期，请刷新后再试")
	}
	now := s.Clock.Now()
	if version > 0 {
		return s.Channels.Update(ctx, id, func(c *Channel) error {
			switch {
			case c.Organiser != organiser:
				return domain.ErrNotFound
			case c.Version != version:
				return domain.ErrConflict
			}
			c.apply(f, actor.Member, now)
			return nil
		})
	}
	n, err := s.Channels.CountOrganiser(ctx, organiser)
	if err != nil {
		return Channel{}, err
	}
	if n >= MaxChannels {
		return Channel{}, ErrFull
	}
	fresh := Channel{Doc: domain.Doc{ID: id}, Organiser: organiser, CreatedAt: now}
	fresh.apply(f, actor.Member, now)
	err = s.Channels.Insert(ctx, fresh)
	if errors.Is(err, domain.ErrExists) { // the click came twice
		return s.ForStaff(ctx, id)
	}
	return fresh, err
}

func (s *Service) check(ctx context.Context, organiser string, f Form) error {
	if err := f.Check(); err != nil || f.Camp == "" {
		return err
	}
	of, err := s.Camps.OrganiserOf(ctx, f.Camp)
	if errors.Is(err, domain.ErrNotFound) || err == nil && of != organiser {
		return domain.Invalid("camp", "选中的训练营不属于这个机构")
	}
	return err
}

// Turn stops a channel, at once, or lets it go on.
func (s *Service) Turn(ctx context.Context, id string, stopped bool) (Channel, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Channel{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Channels.Update(ctx, id, func(c *Channel) error { return c.turn(stopped, by, s.Clock.Now()) })
}

// Spend enters what was paid for a channel.
func (s *Service) Spend(ctx context.Context, id string, f SpendForm) (Channel, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Channel{}, err
	}
	now := s.Clock.Now()
	if err := f.Check(now); err != nil {
		return Channel{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Channels.Update(ctx, id, func(c *Channel) error { return c.spend(f, by, now) })
}

// Void strikes an entry out that was wrong.
func (s *Service) Void(ctx context.Context, id, spend, why string) (Channel, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Channel{}, err
	}
	var check domain.Check
	check.Line("why", "原因", why, 1, 60)
	if err := check.Err(); err != nil {
		return Channel{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Channels.Update(ctx, id, func(c *Channel) error { return c.void(spend, why, by, s.Clock.Now()) })
}

// CodeFor returns the scene and the mini-program code, a JPEG, by which a channel leads to a camp of its organiser; or, for
// no camp, where the channel says. Returns camp.ErrNotPublished for a draft: nobody could open it.
func (s *Service) CodeFor(ctx context.Context, id, campID string) (Scene, []byte, error) {
	scene, err := s.SceneFor(ctx, id, campID)
	if err != nil {
		return Scene{}, nil, err
	}
	code, err := s.Code(ctx, scene)
	return scene, code, err
}

// SceneFor returns the scene by which a channel leads to a camp, as CodeFor does.
func (s *Service) SceneFor(ctx context.Context, id, campID string) (Scene, error) {
	c, err := s.ForStaff(ctx, id)
	if err != nil {
		return Scene{}, err
	}
	to := c.Code()
	if campID != "" {
		to = c.To(campID)
	}
	if to.Camp != "" {
		in, err := s.Camps.Get(ctx, to.Camp)
		switch {
		case err != nil:
			return Scene{}, err
		case in.Organiser != c.Organiser:
			return Scene{}, domain.ErrNotFound
		case in.State == camp.Draft:
			return Scene{}, camp.ErrNotPublished
		}
	}
	scene, err := s.For(ctx, to)
	if err != nil {
		return Scene{}, err
	}
	return s.Resolve(ctx, scene)
}

// Offered lists what an organiser offers that one can enrol in now: a channel without a camp of its own leads there. At most
// domain.MaxPage of the newest are looked at. Returns domain.ErrNotFound for what is no scene of a channel.
func (s *Service) Offered(ctx context.Context, scene Scene) (organiser string, list []camp.Camp, err error) {
	if scene.Channel == "" {
		return "", nil, fmt.Errorf("channel of scene %s: %w", scene.ID, domain.ErrNotFound)
	}
	c, err := s.Channels.Get(ctx, scene.Channel)
	if err != nil {
		return "", nil, err
	}
	list, _, err = s.Camps.OfOrganiser(ctx, c.Organiser, domain.Page{Limit: domain.MaxPage})
	now := s.Clock.Now()
	return c.Organiser, slices.DeleteFunc(list, func(in camp.Camp) bool { return in.MayEnrol(now) != nil }), err
}

// OfferedBy is Offered by the id of a scene.
func (s *Service) OfferedBy(ctx context.Context, id string) ([]camp.Camp, error) {
	scene, err := s.Resolve(ctx, id)
	if err != nil {
		return nil, err
	}
	_, list, err := s.Offered(ctx, scene)
	return list, err
}

// Tags returns the tags of the channels that led people to an organiser, by member, for staff who look at them. Whoever
// calls it has checked who asks.
func (s *Service) Tags(ctx context.Context, organiser string, members []string) (map[string][]string, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = OriginID(organiser, m)
	}
	origins, err := s.Origins.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	var met []string
	for _, o := range origins {
		met = append(met, o.Met...)
	}
	slices.Sort(met)
	channels, err := s.Channels.GetMany(ctx, slices.Compact(met))
	tags := map[string][]string{}
	for _, o := range origins {
		for _, id := range o.Met {
			if tag := channels[id].Tag; tag != "" && !slices.Contains(tags[o.Member], tag) {
				tags[o.Member] = append(tags[o.Member], tag)
			}
		}
	}
	return tags, err
}
