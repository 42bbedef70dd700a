package form

import (
	"context"
	"errors"

	"yingdi/domain"
	"yingdi/domain/camp"
)

// Store keeps what camps ask now.
type Store interface{ domain.Documents[Form] }

// Versions keeps what they asked before.
type Versions interface {
	domain.Documents[Version]
	domain.Many[Version]
}

// Camps is what this feature needs of domain/camp.
type Camps interface {
	Get(ctx context.Context, id string) (camp.Camp, error)
	ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error)
}

// Service holds the use cases.
type Service struct {
	Store    Store
	Versions Versions
	Camps    Camps
	Sealer   *domain.Sealer
	Clock    domain.Clock
}

func (s *Service) current(ctx context.Context, campID string) (Version, error) {
	f, err := s.Store.Get(ctx, campID)
	if errors.Is(err, domain.ErrNotFound) {
		return Version{}, nil
	}
	return f.Current, err
}

// Current returns what a camp asks now; a version that asks nothing if it has no form.
func (s *Service) Current(ctx context.Context, campID string) (Version, error) {
	if _, err := s.Camps.Get(ctx, campID); err != nil {
		return Version{}, err
	}
	return s.current(ctx, campID)
}

// ForStaff returns a camp with what it asks now to those who may change it.
func (s *Service) ForStaff(ctx context.Context, campID string) (camp.Camp, Version, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return in, Version{}, err
	}
	v, err := s.current(ctx, campID)
	return in, v, err
}

// Save makes the draft what the camp asks from now on. based is the number of the version that the editor saw; returns
// ErrEdited if it is no longer the current one.
func (s *Service) Save(ctx context.Context, campID string, d Draft, based int) (Version, error) {
	in, was, err := s.ForStaff(ctx, campID)
	if err != nil {
		return Version{}, err
	}
	if err := d.Check(); err != nil {
		return Version{}, err
	}
	// First: were the current version replaced before it is kept, answers would be left without their questions.
	if was.Number > 0 {
		kept := was
		kept.Doc = domain.Doc{ID: VersionID(campID, was.Number)}
		if err := s.Versions.Insert(ctx, kept); err != nil && !errors.Is(err, domain.ErrExists) {
			return Version{}, err
		}
	}
	change := func(f *Form) error { return f.Save(d, based, domain.ActorFrom(ctx).Member, s.Clock.Now()) }
	f, err := s.Store.Update(ctx, campID, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return f.Current, err
	}
	f = Form{Doc: domain.Doc{ID: campID}, Organiser: in.Organiser}
	if err := change(&f); errors.Is(err, domain.ErrSame) {
		return Version{}, nil
	} else if err != nil {
		return Version{}, err
	}
	if err = s.Store.Insert(ctx, f); errors.Is(err, domain.ErrExists) {
		err = ErrEdited
	}
	return f.Current, err
}

// Reply checks what somebody sends with their enrolment and seals it for it; nil if the camp asks nothing. Returns
// ErrChanged if they were shown another version, and ErrConsent if they have not agreed. domain/enrolment calls it.
func (s *Service) Reply(ctx context.Context, campID, enrolment string, g Given) (*Reply, error) {
	v, err := s.current(ctx, campID)
	if err != nil {
		return nil, err
	}
	answers, err := v.Check(g)
	if err != nil || !v.Asks() {
		return nil, err
	}
	sealed, err := seal(s.Sealer, enrolment, answers)
	return &Reply{Version: v.Number, Consent: v.ConsentNo, Sealed: sealed, At: s.Clock.Now()}, err
}

// Open returns what was answered, with the questions as they stood then. Unless all may be seen, the answers are masked.
// Whoever calls it has checked who asks.
func (s *Service) Open(ctx context.Context, campID, enrolment string, r *Reply, all bool) ([]Asked, error) {
	if r == nil {
		return nil, nil
	}
	v, err := s.current(ctx, campID)
	if err == nil && v.Number != r.Version {
		v, err = s.Versions.Get(ctx, VersionID(campID, r.Version))
	}
	if err != nil {
		return nil, err
	}
	answers, err := open(s.Sealer, enrolment, r.Sealed)
	if err != nil {
		return nil, err
	}
	return v.Show(answers, all), nil
}

// Fill checks answers to a form that is no camp's own, such as a task's, and seals them for whatever ref names. An input at
// fault is named answers.f1.
func (s *Service) Fill(ref string, fields []Field, answers []Answer) (sealed string, err error) {
	kept, err := Version{Fields: fields}.Check(Given{Answers: answers})
	if err != nil {
		return "", err
	}
	return seal(s.Sealer, ref, kept)
}

// Filled opens what Fill has sealed. Unless all may be seen, the answers are masked. Whoever calls it has checked who asks.
func (s *Service) Filled(ref string, fields []Field, sealed string, all bool) ([]Asked, error) {
	answers, err := open(s.Sealer, ref, sealed)
	if err != nil {
		return nil, err
	}
	return Version{Fields: fields}.Show(answers, all), nil
}
