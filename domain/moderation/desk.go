package moderation

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/member"
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
