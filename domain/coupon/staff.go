package coupon

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
	"yingdi/domain/source"
	"yingdi/domain/team"
)

// ForStaff returns a template to those who may run campaigns of its organiser.
func (s *Service) ForStaff(ctx context.Context, id string) (Template, error) {
	t, err := s.Templates.Get(ctx, id)
	if err != nil {
		return t, err
	}
	return t, domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: t.Organiser})
}

// List returns an organiser's templates to those who may run its campaigns, and how many of each were given out.
func (s *Service) List(ctx context.Context, organiser string, in State, page domain.Page) ([]Template, map[string]int64, domain.Cursor, error) {
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: organiser}); err != nil {
		return nil, nil, "", err
	}
	list, next, err := s.Templates.OfOrganiser(ctx, organiser, in, page)
	if err != nil {
		return nil, nil, "", err
	}
	given := map[string]int64{}
	for _, t := range list {
		if given[t.ID], err = s.Counters.Value(ctx, StockCounter(t.ID)); err != nil {
			return nil, nil, "", err
		}
	}
	return list, given, next, nil
}

// Save makes a template under an id that the client chose, or changes the one of that id; version is the one that was seen,
// 0 for a new one. Returns domain.ErrConflict if somebody else has changed it meanwhile, and ErrPromised.
func (s *Service) Save(ctx context.Context, organiser, id string, version int, f Form) (Template, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.Must(domain.RightCampaign, domain.Place{Organiser: organiser}); err != nil {
		return Template{}, err
	}
	if err := s.check(ctx, organiser, f); err != nil {
		return Template{}, err
	}
	if !plain(id) {
		return Template{}, domain.Invalid("id", "页面已过期，请刷新后再试")
	}
	now := s.Clock.Now()
	change := func(t *Template) error {
		switch {
		case t.Organiser != organiser:
			return domain.ErrNotFound
		case t.Version != version:
			return domain.ErrConflict
		}
		return t.Apply(f, actor.Member, now)
	}
	if version > 0 {
		return s.Templates.Update(ctx, id, change)
	}
	fresh := Template{Doc: domain.Doc{ID: id}, Organiser: organiser, State: Draft, CreatedAt: now}
	if err := change(&fresh); err != nil {
		return Template{}, err
	}
	err := s.Templates.Insert(ctx, fresh)
	if errors.Is(err, domain.ErrExists) { // the click came twice
		return s.ForStaff(ctx, id)
	}
	return fresh, err
}

// check bounds the form, and the camps that it names to the organiser's own.
func (s *Service) check(ctx context.Context, organiser string, f Form) error {
	if err := f.Check(); err != nil {
		return err
	}
	found, err := s.Camps.Many(ctx, f.Terms.Camps)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(f.Terms.Camps, func(id string) bool { return found[id].Organiser != organiser }) {
		return domain.Invalid("camps", "选中的训练营不属于这个机构")
	}
	return nil
}

// Turn activates, pauses or ends a template at once. What was given out keeps its promise.
func (s *Service) Turn(ctx context.Context, id string, to State) (Template, error) {
	if _, err := s.ForStaff(ctx, id); err != nil {
		return Template{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Templates.Update(ctx, id, func(t *Template) error { return t.Turn(to, by, s.Clock.Now()) })
}

// MakeBatch has codes of a template made by a worker.
func (s *Service) MakeBatch(ctx context.Context, template string, f BatchForm) (Batch, error) {
	t, err := s.ForStaff(ctx, template)
	if err != nil {
		return Batch{}, err
	}
	if err := f.Check(); err != nil {
		return Batch{}, err
	}
	if t.State == Ended {
		return Batch{}, fmt.Errorf("template %s: %w", template, ErrEnded)
	}
	b := Batch{
		Doc: domain.Doc{ID: domain.Key(template, f.Key)}, Template: t.ID, Organiser: t.Organiser, Note: f.Note, Size: f.Size,
		At: s.Clock.Now(), By: domain.ActorFrom(ctx).Member,
	}
	b.Emit(EventBatch, b.At, nil)
	if err := s.Batches.Insert(ctx, b); errors.Is(err, domain.ErrExists) {
		return s.Batches.Get(ctx, b.ID)
	} else if err != nil {
		return Batch{}, err
	}
	return b, nil
}

// VoidBatch ends the codes of a batch that nobody has taken; coupons that came of it stay.
func (s *Service) VoidBatch(ctx context.Context, template, batch string) (Batch, error) {
	if _, err := s.BatchForStaff(ctx, template, batch); err != nil {
		return Batch{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Batches.Update(ctx, batch, func(b *Batch) error { return b.void(by, s.Clock.Now()) })
}

// BatchForStaff returns a batch to those who may run campaigns of its organiser.
func (s *Service) BatchForStaff(ctx context.Context, template, batch string) (Batch, error) {
	if _, err := s.ForStaff(ctx, template); err != nil {
		return Batch{}, err
	}
	b, err := s.Batches.Get(ctx, batch)
	if err == nil && b.Template != template {
		err = fmt.Errorf("batch %s of template %s: %w", batch, template, domain.ErrNotFound)
	}
	return b, err
}

// Revoke takes an unused coupon back.
func (s *Service) Revoke(ctx context.Context, template, id, reason string) (Coupon, error) {
	if _, err := s.ForStaff(ctx, template); err != nil {
		return Coupon{}, err
	}
	var check domain.Check
	check.Line("reason", "原因", reason, 1, 60)
	if err := check.Err(); err != nil {
		return Coupon{}, err
	}
	by := domain.ActorFrom(ctx).Member
	return s.Store.Update(ctx, id, func(c *Coupon) error {
		if c.Template != template {
			return domain.ErrNotFound
		}
		return c.Revoke(by, reason, s.Clock.Now())
	})
}

// SeeSource notes that a person has looked at an odd source and found it fine.
func (s *Service) SeeSource(ctx context.Context, template, id string) (source.Source, error) {
	if _, err := s.ForStaff(ctx, template); err != nil {
		return source.Source{}, err
	}
	return s.places().See(ctx, template, id, s.Clock.Now())
}

// GiftForm is who is to have a coupon: people by their ids, or the team of a camp.
type GiftForm struct {
	Key     string // chosen once by the client: nobody gets two by it
	Members []string
	Camp    string
	Team    string
}

// MaxGift is how many people get a gift at once.
const MaxGift = 100

// Given says what became of a gift.
type Given struct {
	Given   int
	Limited int // had as many as one may have
	Unknown []string
}

// Give gives a coupon each. It goes on after a crash if it is asked again with the same key. Returns ErrOut once the stock
// is gone; those before have theirs.
func (s *Service) Give(ctx context.Context, template string, f GiftForm) (g Given, err error) {
	t, err := s.ForStaff(ctx, template)
	if err == nil {
		err = t.MayGive(s.Clock.Now())
	}
	if err != nil {
		return g, fmt.Errorf("template %s: %w", template, err)
	}
	if !plain(f.Key) {
		return g, domain.Invalid("key", "页面已过期，请刷新后再试")
	}
	people, err := s.gifted(ctx, f)
	if err != nil {
		return g, err
	}
	known, err := s.Members.Cards(ctx, people)
	if err != nil {
		return g, err
	}
	for _, id := range people {
		if _, ok := known[id]; !ok {
			g.Unknown = append(g.Unknown, id)
			continue
		}
		switch err := s.give(ctx, t, id, "gift-"+f.Key); {
		case errors.Is(err, ErrLimit):
			g.Limited++
		case err != nil:
			return g, err
		default:
			g.Given++
		}
	}
	return g, nil
}

// give gives one person one coupon for a cause.
func (s *Service) give(ctx context.Context, t Template, to, cause string) error {
	by := domain.ActorFrom(ctx).Member
	for {
		n, err := s.free(ctx, t, to, cause)
		if err != nil {
			return err
		}
		c, err := s.issue(ctx, t, to, n, ByGift, cause, by)
		if err != nil || c.Cause == cause {
			return err
		}
	}
}

// gifted lists who is meant.
func (s *Service) gifted(ctx context.Context, f GiftForm) ([]string, error) {
	if f.Camp == "" {
		var check domain.Check
		check.That(len(f.Members) > 0, "members", "请填写学员编号，或选择一个小组")
		check.That(len(f.Members) <= MaxGift, "members", fmt.Sprintf("一次最多送给 %d 人", MaxGift))
		for _, id := range f.Members {
			check.That(plain(id), "members", "学员编号无效")
		}
		return f.Members, check.Err()
	}
	if _, err := s.Camps.ForStaff(ctx, f.Camp, domain.RightCampView); err != nil {
		return nil, err
	}
	if !domain.ValidID(f.Team) {
		return nil, domain.Invalid("team", "请选择小组")
	}
	places, next, err := s.Teams.InTeam(ctx, f.Camp, f.Team, domain.Page{Limit: MaxGift})
	if err != nil {
		return nil, err
	}
	if len(places) == 0 || next != "" {
		return nil, domain.Invalid("team", choose(next != "", fmt.Sprintf("小组超过 %d 人，请分成几次送", MaxGift), "这个小组还没有人"))
	}
	return membersOf(places), nil
}

func membersOf(places []team.Place) []string {
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = p.Member
	}
	return ids
}
