package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
	"yingdi/domain/order"
)

// perNetwork is how many visitors of one network address a channel counts a day: many people can sit behind one, and nobody
// shall make up more than that.
const perNetwork = 32

// Visit notes that the acting person, or somebody who is not signed in, has opened a scene, and returns where it leads.
// Staff who look at their own organiser's scenes, and people who look at what they shared themselves, change nothing.
func (s *Service) Visit(ctx context.Context, id string) (Scene, error) {
	scene, err := s.Resolve(ctx, id)
	if err != nil {
		return scene, err
	}
	organiser, counted, err := s.source(ctx, scene)
	actor := domain.ActorFrom(ctx)
	if err != nil || actor.Has(domain.RightCampView, domain.Place{Organiser: organiser}) {
		return scene, err
	}
	now := s.Clock.Now()
	if counted != "" {
		if err := s.count(ctx, counted, actor, now); err != nil {
			return scene, err
		}
	}
	if actor.Member == "" || actor.Member == scene.Member || counted == "" && scene.Channel != "" {
		return scene, nil
	}
	fresh := Origin{Doc: domain.Doc{ID: OriginID(organiser, actor.Member)}, Organiser: organiser, Member: actor.Member}
	_, err = domain.Ensure(ctx, s.Origins, fresh, func(o *Origin) error { return o.take(Touch{counted, id, now}) })
	return scene, err
}

// source is the organiser that a scene belongs to, and the channel that it counts for: none of a channel that has stopped.
func (s *Service) source(ctx context.Context, scene Scene) (organiser, channel string, err error) {
	if scene.Channel != "" {
		c, err := s.Channels.Get(ctx, scene.Channel)
		if err != nil || c.Stopped {
			return c.Organiser, "", err
		}
		return c.Organiser, c.ID, nil
	}
	organiser, err = s.Camps.OrganiserOf(ctx, scene.Camp)
	return organiser, "", err
}

// count notes a visitor, once a day.
func (s *Service) count(ctx context.Context, channel string, actor domain.Actor, now time.Time) error {
	day := calendar.Day(now)
	who := "m" + actor.Member
	if actor.Member == "" {
		device := s.Sealer.Hash("channel.device", actor.Device)
		who = fmt.Sprintf("n%s#%d", actor.Network, int(device[0]+device[1])%perNetwork)
	}
	v := Visit{
		Doc: domain.Doc{ID: domain.Key(channel, string(day), s.Sealer.Hash("channel.visit", domain.HashToken(channel+string(day)+who))[:16])}, Channel: channel, Day: day, At: now,
	}
	v.Emit(EventVisited, now, nil)
	if err := s.Visits.Insert(ctx, v); err != nil && !errors.Is(err, domain.ErrExists) {
		return err
	}
	return nil
}

// Of implements order.Origins.
func (s *Service) Of(ctx context.Context, organiser, member string) (order.Origin, error) {
	o, err := s.Origins.Get(ctx, OriginID(organiser, member))
	if errors.Is(err, domain.ErrNotFound) {
		return order.Origin{}, nil
	}
	return o.By(s.Clock.Now()), err
}

// Arrive notes where somebody came from who took a place. What they paid for keeps the origin of its order. For jobs, after
// enrolment.EventEntered.
func (s *Service) Arrive(ctx context.Context, enrolmentID string) error {
	e, err := s.Enrolments.Get(ctx, enrolmentID)
	if err != nil || e.ActiveAt.IsZero() {
		return err
	}
	fresh := Origin{Doc: domain.Doc{ID: OriginID(e.Organiser, e.Member)}, Organiser: e.Organiser, Member: e.Member}
	known, err := domain.Ensure(ctx, s.Origins, fresh, func(o *Origin) error { return o.come(e.ActiveAt) })
	if err != nil {
		return err
	}
	from := known.By(e.ActiveAt)
	if e.Order != "" {
		o, err := s.Orders.Get(ctx, e.Order)
		if err != nil {
			return err
		}
		from = o.Origin
	}
	if from == (order.Origin{}) {
		return nil
	}
	a := Arrival{Doc: domain.Doc{ID: e.ID}, Organiser: e.Organiser, Camp: e.Camp, Member: e.Member, Origin: from, At: e.ActiveAt}
	a.Emit(EventArrived, s.Clock.Now(), nil)
	if err := s.Arrivals.Insert(ctx, a); err != nil && !errors.Is(err, domain.ErrExists) { // who comes again arrived before
		return err
	}
	return nil
}

// Graduate notes who of those whom channels led has completed a camp. For jobs, after the camp has ended, or somebody has
// come further in a course.
func (s *Service) Graduate(ctx context.Context, campID string) error {
	list := func(page domain.Page) ([]Arrival, domain.Cursor, error) { return s.Arrivals.OfCamp(ctx, campID, page) }
	for found, err := range domain.Pages(list) {
		if err != nil {
			return err
		}
		if err := s.graduate(ctx, campID, found); err != nil {
			return err
		}
	}
	return nil
}

// GraduateOne is Graduate for one enrolment. For jobs.
func (s *Service) GraduateOne(ctx context.Context, enrolmentID string) error {
	a, err := s.Arrivals.Get(ctx, enrolmentID)
	if errors.Is(err, domain.ErrNotFound) || err == nil && !a.CompletedAt.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	return s.graduate(ctx, a.Camp, []Arrival{a})
}

func (s *Service) graduate(ctx context.Context, campID string, list []Arrival) error {
	members := make([]string, len(list))
	for i, a := range list {
		members[i] = a.Member
	}
	done, err := s.Graduates.Completed(ctx, campID, members)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, a := range list {
		if !done[a.Member] {
			continue
		}
		if _, err := s.Arrivals.Update(ctx, a.ID, func(a *Arrival) error { return a.complete(now) }); err != nil {
			return err
		}
	}
	return nil
}

// Welcome tells somebody what a channel says to those whom it leads for the first time. For jobs, after EventTouched.
func (s *Service) Welcome(ctx context.Context, originID, channel string) error {
	o, err := s.Origins.Get(ctx, originID)
	if err != nil {
		return err
	}
	c, err := s.Channels.Get(ctx, channel)
	if err != nil || c.Welcome == "" {
		return err
	}
	scene, err := s.For(ctx, c.Code())
	if err != nil {
		return err
	}
	return s.Notices.Tell(ctx, notice.Notice{
		Doc: domain.Doc{ID: domain.Key("channel", channel, o.Member)}, Member: o.Member, Camp: c.Camp, Kind: notice.Welcome, At: s.Clock.Now(),
		Title: "欢迎你", Body: c.Welcome, Page: c.Code().Page() + "?scene=" + scene,
	})
}
