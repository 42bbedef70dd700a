package moderation_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/moderation"
	"yingdi/domain/notice"
)

type cases struct {
	*domaintest.Store[moderation.Case]
}

func (s cases) Cases(_ context.Context, in moderation.Scope, f moderation.Filter, page domain.Page) ([]moderation.Case, domain.Cursor, error) {
	return s.Find(func(c moderation.Case) bool {
		return c.State == f.State && (f.Kind == "" || c.Kind == f.Kind) &&
			(in.All || slices.Contains(in.Organisers, c.Organiser) || slices.Contains(in.Camps, c.Camp))
	}, nil, page)
}

func (s cases) CountOpen(_ context.Context, in moderation.Scope) (int64, error) {
	list, _, err := s.Cases(context.Background(), in, moderation.Filter{State: moderation.Open}, domain.Page{Limit: 100})
	return int64(len(list)), err
}

func (s cases) Offences(_ context.Context, author, organiser string, page domain.Page) ([]moderation.Case, domain.Cursor, error) {
	return s.Find(func(c moderation.Case) bool {
		_, ok := c.Offence()
		return ok && c.Author == author && (organiser == "" || c.Organiser == organiser)
	}, nil, page)
}

func (s cases) CountOffences(ctx context.Context, author, organiser string) (int64, error) {
	list, _, err := s.Offences(ctx, author, organiser, domain.Page{Limit: 100})
	return int64(len(list)), err
}

type reports struct {
	*domaintest.Store[moderation.Report]
}

func (s reports) OnCase(_ context.Context, id string, page domain.Page) ([]moderation.Report, domain.Cursor, error) {
	return s.Find(func(r moderation.Report) bool { return r.Case == id }, nil, page)
}

// wall is what people show: check-ins that everybody in the camp sees while they are visible.
type wall struct {
	*domaintest.Store[checkin.Checkin]
	comments *domaintest.Store[checkin.Comment]
}

func (w wall) Many(ctx context.Context, ids []string) (map[string]checkin.Checkin, error) {
	return w.GetMany(ctx, ids)
}

func (w wall) CommentsByID(ctx context.Context, ids []string) (map[string]checkin.Comment, error) {
	return w.comments.GetMany(ctx, ids)
}

func within(in checkin.Where, organiser, camp string) bool {
	return in.All || slices.Contains(in.Organisers, organiser) || slices.Contains(in.Camps, camp)
}

func (w wall) Veiled(_ context.Context, in checkin.Where, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return w.Find(func(c checkin.Checkin) bool { return c.Veiled() && within(in, c.Organiser, c.Camp) }, nil, page)
}

// VeiledComments are from when comments did not say whose they are.
func (w wall) VeiledComments(_ context.Context, in checkin.Where, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	return w.comments.Find(func(c checkin.Comment) bool { return c.Veiled() && (len(in.Organisers) > 0 || within(in, "", c.Camp)) }, nil, page)
}

func (w wall) Rule(ctx context.Context, id string, version int, to checkin.State, reason string) error {
	_, err := w.Update(ctx, id, func(c *checkin.Checkin) error { return c.Rule(version, to, reason, time.Time{}) })
	return err
}

func (w wall) RuleComment(ctx context.Context, id string, to checkin.State, reason string) error {
	_, err := w.comments.Update(ctx, id, func(c *checkin.Comment) error {
		c.State, c.Reason = to, reason
		return nil
	})
	return err
}

func (w wall) Reportable(ctx context.Context, id string) (string, error) {
	c, err := w.Get(ctx, id)
	if err == nil && c.State != checkin.Visible {
		err = domain.ErrNotFound
	}
	return c.Member, err
}

func (w wall) ReportableComment(ctx context.Context, id string) (string, error) {
	c, err := w.comments.Get(ctx, id)
	return c.Member, err
}

type files struct{}

func (files) Many(context.Context, []string) (map[string]media.Media, error) { return nil, nil }
func (files) Views(context.Context, map[string]media.Media, []string, bool) ([]media.View, error) {
	return nil, nil
}
func (files) Decide(context.Context, []string, media.Verdict) error { return nil }

type people struct {
	*domaintest.Store[member.Member]
}

func (p people) Many(ctx context.Context, ids []string) (map[string]member.Member, error) {
	return p.GetMany(ctx, ids)
}

func (people) RuleLook(context.Context, string, int, bool, bool) error { return nil }

func (people) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

type camps struct{}

func (camps) Many(context.Context, []string) (map[string]camp.Camp, error) {
	return map[string]camp.Camp{"c1": {Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Title: "晨读"}}, nil
}

type inbox map[string]notice.Notice

func (i inbox) Tell(_ context.Context, n notice.Notice) error {
	if _, there := i[n.ID]; !there {
		i[n.ID] = n
	}
	return nil
}

// cards notes whose cards are drawn anew.
type cards struct{ redrawn []string }

func (c *cards) RedrawPerson(_ context.Context, member string) error {
	c.redrawn = append(c.redrawn, member)
	return nil
}

type world struct {
	*moderation.Service
	cases cases
	wall  wall
	inbox inbox
	cards *cards
	clock *domaintest.Clock
	power *domaintest.Power
}

func newWorld() world {
	power := &domaintest.Power{}
	w := world{
		cases: cases{domaintest.NewStore[moderation.Case](power)}, inbox: inbox{}, cards: &cards{}, clock: domaintest.NewClock("2026-03-05T01:00:00Z"), power: power,
		wall: wall{domaintest.NewStore[checkin.Checkin](power), domaintest.NewStore[checkin.Comment](power)},
	}
	w.Service = &moderation.Service{
		Store: w.cases, Reports: reports{domaintest.NewStore[moderation.Report](power)}, Reporters: domaintest.NewStore[moderation.Reporter](power),
		Checkins: w.wall, Veils: w.wall, Media: files{}, Members: people{domaintest.NewStore[member.Member](power)}, Camps: camps{}, Notices: w.inbox, Cards: w.cards, Clock: w.clock,
	}
	return w
}

// hang puts a check-in of ann's onto the wall.
func (w world) hang(t testing.TB, id string, state checkin.State) {
	t.Helper()
	must(t, w.wall.Insert(t.Context(), checkin.Checkin{
		Doc: domain.Doc{ID: id}, Camp: "c1", Organiser: "o1", Member: "ann", Audience: checkin.ToCamp, State: state, Version: 1, Text: "读了",
	}))
}

func (w world) state(t testing.TB, id string) checkin.State {
	t.Helper()
	c, err := w.wall.Get(t.Context(), id)
	must(t, err)
	return c.State
}

func as(t testing.TB, who string, grants ...domain.Grant) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: who, Grants: grants})
}

func teacher(t testing.TB) context.Context {
	return as(t, "teacher", domain.Grant{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
