package moderation

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/notice"
)

// Scope is where somebody looks for cases: everywhere, in organisers, or in camps.
type Scope struct {
	All        bool
	Organisers []string
	Camps      []string
}

// Filter is what of it.
type Filter struct {
	State     State // empty: open
	Kind      Kind  // empty: all
	Organiser string
	Camp      string
}

// Row is one case of a list.
type Row struct {
	Case
	Subject Subject
	Gone    bool // what it was about is no longer there
	Writer  member.Card
	Where   string // title of the camp
}

// View is a case with its evidence.
type View struct {
	Row
	Files    []media.View
	Reports  []Report // without who made them
	Offences int64    // of the author, here
	Staff    map[string]member.Card
}

func (c Case) place() domain.Place { return domain.Place{Organiser: c.Organiser, Camp: c.Camp} }

// may returns domain.ErrNotFound to those who may not moderate there. What belongs to no organiser is the platform's.
func may(actor domain.Actor, at domain.Place) error {
	if err := actor.MustBeMember(); err != nil && !actor.System {
		return err
	}
	if at == (domain.Place{}) && !actor.Has(domain.RightOperate, at) || !actor.Has(domain.RightModerate, at) {
		return domain.ErrNotFound
	}
	return nil
}

// scope is where the acting person looks: as the filter says, or everywhere that they may, organisers before camps.
func scope(actor domain.Actor, f Filter) (Scope, error) {
	if err := actor.Must(domain.RightModerate, domain.Place{}); err != nil {
		return Scope{}, err
	}
	organisers, all := actor.Within(domain.RightModerate, domain.ScopeOrganiser)
	camps, _ := actor.Within(domain.RightModerate, domain.ScopeCamp)
	switch {
	case f.Camp != "":
		return Scope{Camps: []string{f.Camp}}, actor.Must(domain.RightModerate, domain.Place{Organiser: f.Organiser, Camp: f.Camp})
	case f.Organiser != "":
		return Scope{Organisers: []string{f.Organiser}}, actor.Must(domain.RightModerate, domain.Place{Organiser: f.Organiser})
	case all:
		return Scope{All: true}, nil
	case len(organisers) > 0:
		return Scope{Organisers: organisers}, nil
	}
	return Scope{Camps: camps}, nil
}

func (s *Service) scope(ctx context.Context, f Filter) (Scope, error) {
	if f.Camp != "" {
		camps, err := s.Camps.Many(ctx, []string{f.Camp})
		if err != nil {
			return Scope{}, err
		}
		f.Organiser = camps[f.Camp].Organiser
	}
	return scope(domain.ActorFrom(ctx), f)
}

// Queue lists cases to those who may decide them: the longest open first, or the last decided first.
func (s *Service) Queue(ctx context.Context, f Filter, page domain.Page) ([]Row, domain.Cursor, error) {
	if f.State == "" {
		f.State = Open
	}
	in, err := s.scope(ctx, f)
	if err != nil {
		return nil, "", err
	}
	cases, next, err := s.Store.Cases(ctx, in, f, page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.rows(ctx, cases)
	return rows, next, err
}

// Waiting counts what waits for the acting person.
func (s *Service) Waiting(ctx context.Context) (int64, error) {
	in, err := scope(domain.ActorFrom(ctx), Filter{})
	if err != nil {
		return 0, err
	}
	return s.Store.CountOpen(ctx, in)
}

// rows joins cases with what they are about, their authors and their camps, in one round trip each.
func (s *Service) rows(ctx context.Context, cases []Case) ([]Row, error) {
	subjects, err := s.subjects(ctx, cases...)
	if err != nil {
		return nil, err
	}
	var people, places []string
	for _, c := range cases {
		people, places = append(people, c.Author), append(places, c.Camp)
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return nil, err
	}
	camps, err := s.Camps.Many(ctx, places)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(cases))
	for i, c := range cases {
		subject, there := subjects[c.ID]
		rows[i] = Row{Case: c, Subject: subject, Gone: !there, Writer: cards[c.Author], Where: camps[c.Camp].Title}
	}
	return rows, nil
}

// open returns a case to somebody who may decide it. What was taken down before there were cases has none: it gets one.
func (s *Service) open(ctx context.Context, id string) (Case, error) {
	c, err := s.Store.Get(ctx, id)
	if err == nil {
		err = may(domain.ActorFrom(ctx), c.place())
	} else if errors.Is(err, domain.ErrNotFound) {
		c, err = s.late(ctx, id)
	}
	if err != nil {
		return Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	return c, nil
}

// View returns a case with its evidence.
func (s *Service) View(ctx context.Context, id string) (View, error) {
	c, err := s.open(ctx, id)
	if err != nil {
		return View{}, err
	}
	rows, err := s.rows(ctx, []Case{c})
	if err != nil {
		return View{}, err
	}
	v := View{Row: rows[0]}
	found, err := s.Media.Many(ctx, v.Subject.Media)
	if err != nil {
		return View{}, err
	}
	if v.Files, err = s.Media.Views(ctx, found, v.Subject.Media, true); err != nil {
		return View{}, err
	}
	if v.Reports, _, err = s.Reports.OnCase(ctx, id, domain.Page{Limit: 20}); err != nil {
		return View{}, err
	}
	for i := range v.Reports {
		v.Reports[i].Reporter, v.Reports[i].ID = "", ""
	}
	v.Reporters = nil
	var staff []string
	for _, r := range c.Rulings {
		staff = append(staff, r.By)
		if r.UndoneBy != "" {
			staff = append(staff, r.UndoneBy)
		}
	}
	if v.Staff, err = s.Members.Cards(ctx, staff); err != nil {
		return View{}, err
	}
	v.Offences, err = s.Store.CountOffences(ctx, c.Author, s.within(ctx, c))
	return v, err
}

// within is the organiser that somebody's record is shown of: to the platform's admins all of it.
func (s *Service) within(ctx context.Context, c Case) string {
	if domain.ActorFrom(ctx).Has(domain.RightOperate, domain.Place{}) {
		return ""
	}
	return c.Organiser
}

// Record lists what was decided against the author of a case, the newest first.
func (s *Service) Record(ctx context.Context, caseID string, page domain.Page) ([]Row, domain.Cursor, error) {
	c, err := s.open(ctx, caseID)
	if err != nil {
		return nil, "", err
	}
	cases, next, err := s.Store.Offences(ctx, c.Author, s.within(ctx, c), page)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.rows(ctx, cases)
	return rows, next, err
}

// Decide settles a case. version is of the content that was looked at: ErrChanged if it is another by now.
func (s *Service) Decide(ctx context.Context, id string, v Verdict, reason string, version int) error {
	if err := Check(v, reason); err != nil {
		return err
	}
	c, err := s.open(ctx, id)
	if err != nil {
		return err
	}
	found, err := s.subjects(ctx, c)
	if err != nil {
		return err
	}
	subject, there := found[id]
	if there && subject.Version != version {
		return fmt.Errorf("case %s: %w", id, ErrChanged)
	}
	before := subject.Standing
	switch {
	case !there:
		before = Gone
	case before == Pending:
		before = Hidden // nobody would look at it again otherwise
	}
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	if _, err := s.Store.Update(ctx, id, func(c *Case) error {
		return c.rule(Ruling{Verdict: v, Reason: reason, Version: version, Before: before, By: actor.Member, At: now})
	}); err != nil {
		return err
	}
	return s.settle(ctx, id)
}

// Seen is a case as somebody saw it.
type Seen struct {
	Case    string
	Version int
}

// DecideMany settles cases alike, and returns how many were; one that was refused does not stop the others.
func (s *Service) DecideMany(ctx context.Context, seen []Seen, v Verdict, reason string) (done int, err error) {
	if len(seen) > MaxBulk {
		return 0, domain.Invalid("case", fmt.Sprintf("一次最多处理 %d 条", MaxBulk))
	}
	for _, one := range seen {
		if fault := s.Decide(ctx, one.Case, v, reason, one.Version); fault != nil {
			err = fault
			continue
		}
		done++
	}
	return done, err
}

// DecideCheckin settles the case of a check-in, and opens one if there is none: for staff who come upon it elsewhere.
// A version below 0 is whatever stands there now.
func (s *Service) DecideCheckin(ctx context.Context, id string, v Verdict, reason string, version int) error {
	if err := Check(v, reason); err != nil {
		return err
	}
	found, err := s.lookCheckins(ctx, []string{id})
	if err != nil {
		return err
	}
	subject, ok := found[id]
	if !ok {
		return fmt.Errorf("check-in %s: %w", id, domain.ErrNotFound)
	}
	if err := domain.ActorFrom(ctx).Must(domain.RightModerate, domain.Place{Organiser: subject.Organiser, Camp: subject.Camp}); err != nil {
		return err
	}
	if err := s.raise(ctx, Checkin, id, s.unruled); err != nil {
		return err
	}
	if version < 0 {
		version = subject.Version
	}
	return s.Decide(ctx, ID(Checkin, id), v, reason, version)
}

// Undo takes the newest ruling back: what it was about stands as before, and the case waits again.
func (s *Service) Undo(ctx context.Context, id string, n int) error {
	if _, err := s.open(ctx, id); err != nil {
		return err
	}
	actor, now := domain.ActorFrom(ctx), s.Clock.Now()
	if _, err := s.Store.Update(ctx, id, func(c *Case) error { return c.undo(n, actor.Member, now) }); err != nil {
		return err
	}
	return s.settle(ctx, id)
}

// settle puts the newest ruling into effect, and looks again whether it still is the newest: of several who decide at
// once the last to write wins everywhere.
func (s *Service) settle(ctx context.Context, id string) error {
	for {
		c, err := s.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := s.put(ctx, c); err != nil {
			return fmt.Errorf("case %s: %w", id, err)
		}
		again, err := s.Store.Get(ctx, id)
		if err != nil || again.Count == c.Count && again.Last().Undone() == c.Last().Undone() {
			return err
		}
	}
}

// Ruled makes sure that a decision is in effect and tells the author. For jobs, after EventRuled.
func (s *Service) Ruled(ctx context.Context, id string) error {
	if err := s.settle(ctx, id); err != nil {
		return err
	}
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if c.Kind == Profile && c.Standing() != Visible { // cards that were drawn before show it
		if err := s.Cards.RedrawPerson(ctx, c.Target); err != nil {
			return fmt.Errorf("cards of member %s: %w", c.Target, err)
		}
	}
	found, err := s.subjects(ctx, c)
	if err != nil {
		return err
	}
	where := page(c.Kind, found[id].Checkin)
	hidden := false
	for _, r := range c.Rulings {
		told := notice.Notice{Doc: domain.Doc{ID: fmt.Sprintf("moderation_%s_%d", id, r.N)}, At: r.At, Body: r.Reason}
		switch {
		case r.Verdict == Hide:
			told.Title = "你的" + names[c.Kind] + "被隐藏了"
		case r.Verdict == Reject:
			told.Title = "你的" + names[c.Kind] + "没有通过审核"
		case r.Verdict == Warn:
			told.Title = "老师提醒你注意" + names[c.Kind] + "的内容"
		case hidden:
			told.Title, told.Body = "你的"+names[c.Kind]+"恢复显示了", "老师重新看过，其他人可以看到了"
		}
		hidden = r.Verdict == Hide || r.Verdict == Reject
		if err := s.tell(ctx, c, told, where); err != nil {
			return err
		}
		if r.Undone() && r.Verdict.Against() {
			hidden = false
			if err := s.tell(ctx, c, notice.Notice{
				Doc: domain.Doc{ID: told.ID + "_undone"}, At: r.UndoneAt, Title: "对你" + names[c.Kind] + "的处理已撤销", Body: "老师会重新查看",
			}, where); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) tell(ctx context.Context, c Case, n notice.Notice, where string) error {
	if n.Title == "" || c.Author == "" {
		return nil
	}
	n.Member, n.Camp, n.Kind, n.Page = c.Author, c.Camp, notice.ContentRuled, where
	return s.Notices.Tell(ctx, n)
}
