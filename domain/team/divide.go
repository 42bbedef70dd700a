package team

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
)

// Preview draws up a division without doing it. Answers decide only for those who may see them.
func (s *Service) Preview(ctx context.Context, campID string, ask Ask) (Plan, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return Plan{}, err
	}
	known := ask.Method == AtRandom || ask.Method == ByArrival || ask.Method.Answered()
	if !known {
		return Plan{}, domain.Invalid("method", "请选择分配方式")
	}
	if ask.Method.Answered() {
		if err := domain.ActorFrom(ctx).Must(domain.RightPersonal, in.Place()); err != nil {
			return Plan{}, err
		}
	}
	b, err := s.board(ctx, campID)
	if err != nil {
		return Plan{}, err
	}
	if len(b.Teams) == 0 {
		return Plan{}, fmt.Errorf("camp %s: %w", campID, ErrNoTeams)
	}
	list, sizes, err := s.toPlace(ctx, b, ask.All)
	if err != nil {
		return Plan{}, err
	}
	if len(list) == 0 {
		return Plan{}, fmt.Errorf("camp %s: %w", campID, ErrNobody)
	}
	p := s.plan(ctx, campID, ask.Method)
	p.All = ask.All
	learners, teams := make([]string, len(list)), make([]string, len(b.Teams))
	for i, e := range list {
		learners[i] = e.Member
	}
	for i, t := range b.Teams {
		teams[i] = t.ID
	}
	switch {
	case ask.Method.Answered():
		p.Field = ask.Field
		said, err := s.answers(ctx, campID, ask.Field, list)
		if err != nil {
			return Plan{}, err
		}
		if learners = Alike(learners, said); ask.Method == Spread {
			p.Moves = Deal(learners, said, teams, sizes)
		} else {
			p.Moves = Divide(learners, teams, sizes)
		}
	case ask.Method == AtRandom:
		p.Moves = Divide(Shuffle(learners, p.Seed), teams, sizes)
	default:
		p.Moves = Divide(learners, teams, sizes)
	}
	return p, s.keep(ctx, p)
}

// plan of the acting person that says nothing yet.
func (s *Service) plan(ctx context.Context, campID string, m Method) Plan {
	by := doer(ctx)
	return Plan{Doc: domain.Doc{ID: PlanID(campID, by)}, Camp: campID, By: by, Method: m, Seed: s.IDs.New(), State: Previewed, At: s.Clock.Now()}
}

func (s *Service) keep(ctx context.Context, p Plan) error {
	err := s.Plans.Insert(ctx, p)
	if errors.Is(err, domain.ErrExists) {
		_, err = s.Plans.Update(ctx, p.ID, func(old *Plan) error { return old.Replace(p) })
	}
	return err
}

// answers of these learners to one field, by learner.
func (s *Service) answers(ctx context.Context, campID, field string, list []enrolment.Enrolment) (map[string]string, error) {
	h, err := s.Replies.History(ctx, campID)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(h.Fields, func(f form.Field) bool { return f.ID == field && Decides(f) }) {
		return nil, domain.Invalid("field", "请选择按报名表的哪个问题分组")
	}
	said := map[string]string{}
	for _, e := range list {
		answers, err := s.Replies.Answers(h, e.ID, e.Reply, form.Shown{Texts: true})
		if err != nil {
			return nil, err
		}
		said[e.Member] = likeness(answers[field])
	}
	return said, nil
}

// Decides reports whether learners can be divided by what they answer to the field.
func Decides(f form.Field) bool {
	return f.Type.Choice() || f.Type == form.City || f.Type == form.Number || f.Type == form.Text
}

// Fields lists what learners can be divided by, to those who may see the answers; nothing to others.
func (s *Service) Fields(ctx context.Context, campID string) ([]form.Field, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil || !domain.ActorFrom(ctx).Has(domain.RightPersonal, in.Place()) {
		return nil, err
	}
	h, err := s.Replies.History(ctx, campID)
	return slices.DeleteFunc(slices.Clone(h.Fields), func(f form.Field) bool { return !Decides(f) }), err
}

// toPlace lists, in the order of their enrolment, the learners whom a plan is to place, and how large the teams are without
// them.
func (s *Service) toPlace(ctx context.Context, b Board, all bool) (learners []enrolment.Enrolment, sizes map[string]int, err error) {
	sizes = map[string]int{}
	err = s.everybody(ctx, b, func(e enrolment.Enrolment, in Team) error {
		if in.ID != "" && !all {
			sizes[in.ID]++
			return nil
		}
		if learners = append(learners, e); len(learners) > MaxPlanned {
			return fmt.Errorf("camp %s: %w", b.ID, ErrTooMany)
		}
		return nil
	})
	return learners, sizes, err
}

// everybody walks through the learners of a camp in the order of their enrolment, with the teams that they are in.
func (s *Service) everybody(ctx context.Context, b Board, do func(enrolment.Enrolment, Team) error) error {
	for list, err := range domain.Pages(func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return s.Enrolments.OfCamp(ctx, b.ID, page)
	}) {
		if err != nil {
			return err
		}
		places, err := s.placesOf(ctx, b.ID, list)
		if err != nil {
			return err
		}
		for _, e := range list {
			in, _ := b.Find(places[e.Member].Team)
			if err := do(e, in); err != nil {
				return err
			}
		}
	}
	return nil
}

// Apply carries out the acting person's plan, which the seed names; asking again changes nothing.
func (s *Service) Apply(ctx context.Context, campID, seed string) (Plan, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Plan{}, err
	}
	return s.Plans.Update(ctx, PlanID(campID, doer(ctx)), func(p *Plan) error {
		return p.Apply(seed, s.Clock.Now())
	})
}

// noteEvery is after how many moves a plan's progress is written down.
const noteEvery = 100

// Carry does what a plan says, from where it was left. For jobs, after EventApplied. Whoever was moved by hand since the
// plan was applied stays where they were put, and a team that is gone gets nobody.
func (s *Service) Carry(ctx context.Context, planID string) error {
	p, err := s.Plans.Get(ctx, planID)
	if err != nil || p.State != Applying {
		return err
	}
	b, err := s.found(ctx, p)
	if err != nil {
		return err
	}
	for i := p.Moved; i < len(p.Moves); i++ {
		if to, ok := b.Find(p.Moves[i].Team); ok || p.Moves[i].Team == "" {
			if err := s.move(ctx, p.Camp, p.Moves[i].Member, func(at *Place) error { return at.follow(to, p.By, p.AppliedAt) }); err != nil {
				return err
			}
		}
		if done := i + 1; done%noteEvery == 0 || done == len(p.Moves) {
			if _, err := s.Plans.Update(ctx, planID, func(q *Plan) error { return q.Progress(p.Seed, done) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// found makes the teams that the plan brings along. One whose name somebody has given to another meanwhile is not made, and
// gets nobody.
func (s *Service) found(ctx context.Context, p Plan) (Board, error) {
	if len(p.Fresh) == 0 {
		return s.board(ctx, p.Camp)
	}
	return s.write(ctx, p.Camp, func(b *Board) error {
		before := len(b.Teams)
		for _, t := range p.Fresh {
			if _, had := b.Find(t.ID); !had {
				_ = b.Add(t)
			}
		}
		if len(b.Teams) == before {
			return domain.ErrSame
		}
		return nil
	})
}

// follow is a plan's move, which gives way to what a person did after it.
func (p *Place) follow(to Team, by string, applied time.Time) error {
	if p.Since.After(applied) {
		return domain.ErrSame
	}
	return p.Move(to, by, applied)
}
