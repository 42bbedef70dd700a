package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
)

// DecideAppeal answers a learner's appeal about a day, by decision of the camp's staff, before the list is computed.
func (s *Service) DecideAppeal(ctx context.Context, campID, memberID string, day domain.Day, grant bool, answer string) (Member, error) {
	var check domain.Check
	check.That(day.Valid(), "day", "日期不正确")
	check.Line("answer", "答复", answer, 2, MaxAnswer)
	if err := check.Err(); err != nil {
		return Member{}, err
	}
	what := "不计入 " + string(day)
	if grant {
		what = "计入 " + string(day)
	}
	return s.judgeMember(ctx, campID, memberID, ActAppeal, what, func(m *Member, by string) error {
		return m.Decide(day, grant, answer, by, s.Clock.Now())
	})
}

// Disqualify takes a learner out of those who can win, with a reason that they are shown; with none it lets them in again.
func (s *Service) Disqualify(ctx context.Context, campID, memberID, reason string, off bool) (Member, error) {
	var bar *Bar
	what := "恢复资格"
	if off {
		var check domain.Check
		check.Line("reason", "原因", reason, 2, MaxAnswer)
		if err := check.Err(); err != nil {
			return Member{}, err
		}
		bar, what = &Bar{Reason: reason, At: s.Clock.Now()}, "取消资格"
	}
	return s.judgeMember(ctx, campID, memberID, ActBar, what, func(m *Member, by string) error {
		if bar != nil {
			bar.By = by
		}
		return m.Disqualify(bar)
	})
}

// judgeMember changes how a member stands while the list can still be changed, and writes into the log who did. Nobody
// judges themselves.
func (s *Service) judgeMember(ctx context.Context, campID, memberID string, act ActKind, what string, change func(m *Member, by string) error) (Member, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit); err != nil {
		return Member{}, err
	}
	by := domain.ActorFrom(ctx).Member
	if by == memberID {
		return Member{}, fmt.Errorf("pool %s: %w", campID, ErrOwn)
	}
	p, err := s.Store.Get(ctx, campID)
	if err == nil {
		err = p.judging()
	}
	if err != nil {
		return Member{}, fmt.Errorf("pool %s: %w", campID, err)
	}
	m, err := s.People.Get(ctx, ID(campID, memberID))
	if err == nil {
		err = change(&m, by) // what is refused, or is so already, is nothing for the log
	}
	if errors.Is(err, domain.ErrSame) {
		return m, nil
	}
	if err != nil {
		return Member{}, fmt.Errorf("member %s of pool %s: %w", memberID, campID, err)
	}
	if _, err := s.Store.Update(ctx, campID, func(p *Pool) error {
		if err := p.judging(); err != nil {
			return err
		}
		p.noteOf(memberID, act, by, what, s.Clock.Now())
		return nil
	}); err != nil {
		return Member{}, fmt.Errorf("pool %s: %w", campID, err)
	}
	m, err = s.People.Update(ctx, ID(campID, memberID), func(m *Member) error { return change(m, by) })
	if err != nil {
		err = fmt.Errorf("member %s of pool %s: %w", memberID, campID, err)
	}
	return m, err
}

// judging refuses what comes when the list can no longer be changed.
func (p Pool) judging() error {
	switch {
	case p.Computing():
		return ErrComputing
	case p.State != Open && p.State != Locked && p.State != Closing:
		return ErrState
	}
	return nil
}

// List lists a pool's members to the camp's staff; an empty state means all.
func (s *Service) List(ctx context.Context, campID string, state MemberState, page domain.Page) ([]Member, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightCampView); err != nil {
		return nil, "", err
	}
	return s.People.OfCamp(ctx, campID, state, page)
}

// Stuck lists the members whose payout waits for a person.
func (s *Service) Stuck(ctx context.Context, campID string, page domain.Page) ([]Member, domain.Cursor, error) {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney); err != nil {
		return nil, "", err
	}
	return s.People.AtStage(ctx, campID, StageParked, page)
}

// PayAgain looks anew how a member's payout stands, after a person has helped elsewhere. It never pays twice.
func (s *Service) PayAgain(ctx context.Context, campID, memberID string) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney); err != nil {
		return err
	}
	if _, err := s.People.Update(ctx, ID(campID, memberID), func(m *Member) error {
		if m.Own.Help == m.Gain.Help && m.Own.Help == (Help{}) {
			return domain.ErrSame
		}
		m.Own.Help, m.Gain.Help = Help{}, Help{}
		return nil
	}); err != nil {
		return err
	}
	if err := s.Pay(ctx, ID(campID, memberID)); err != nil {
		return err
	}
	return s.noted(ctx, campID, ActPayAgain, memberID)
}

// Helped notes what a person did about a payout that the machine cannot make, such as a transfer by hand.
func (s *Service) Helped(ctx context.Context, campID, memberID, outcome string) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney); err != nil {
		return err
	}
	var check domain.Check
	check.Line("outcome", "处理结果", outcome, 2, 100)
	if err := check.Err(); err != nil {
		return err
	}
	by := domain.ActorFrom(ctx).Member
	if _, err := s.People.Update(ctx, ID(campID, memberID), func(m *Member) error { return m.help(by, outcome, s.Clock.Now()) }); err != nil {
		return err
	}
	return s.noted(ctx, campID, ActHelp, memberID)
}

func (s *Service) noted(ctx context.Context, campID string, kind ActKind, member string) error {
	by := domain.ActorFrom(ctx).Member
	_, err := s.Store.Update(ctx, campID, func(p *Pool) error { p.noteOf(member, kind, by, "", s.Clock.Now()); return nil })
	return err
}

// Waiting lists the pools that wait for a person, of all organisers whose money the acting person may see: those whose list
// is to be signed, and those that have not moved for too long where only the machine has something to do.
func (s *Service) Waiting(ctx context.Context, page domain.Page) ([]Pool, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	list, next, err := s.Store.Halting(ctx, organisers, page)
	return slices.DeleteFunc(list, func(p Pool) bool { return !p.waits(s.Clock.Now()) }), next, err
}

// Helpless lists the members whom the machine cannot pay, of all organisers whose money the acting person may see.
func (s *Service) Helpless(ctx context.Context, page domain.Page) ([]Member, domain.Cursor, error) {
	organisers, err := domain.ActorFrom(ctx).Organisers(domain.RightMoney)
	if err != nil {
		return nil, "", err
	}
	return s.People.Helpless(ctx, organisers, page)
}

// Report is a pool in numbers, for its staff.
type Report struct {
	View
	Settlement Settlement // zero until there is a list
	Groups     map[MemberState]Group
	Stages     map[Stage]int64
}

// Report returns the pool and where it stands.
func (s *Service) Report(ctx context.Context, campID string) (Report, error) {
	v, err := s.ForStaff(ctx, campID)
	if err != nil || !v.Exists() {
		return Report{View: v}, err
	}
	r := Report{View: v}
	if r.Groups, err = s.People.Groups(ctx, campID); err != nil {
		return r, err
	}
	if !v.Pool.State.Frozen() {
		return r, nil
	}
	if r.Settlement, err = s.Settlements.Get(ctx, campID); err != nil {
		return r, err
	}
	r.Stages, err = s.People.Stages(ctx, campID)
	return r, err
}
