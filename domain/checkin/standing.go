package checkin

import (
	"context"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
	"yingdi/domain/member"
)

// Standing is how a learner stands among the others of a camp: a projection of their marks, equal to counting them anew.
// It has the id camp:member.
type Standing struct {
	domain.Doc
	Camp   string `json:"camp"`
	Member string `json:"member"`
	Tally
	Holds []Hold `json:"holds,omitempty"` // make-ups under way
	Turn  int    `json:"turn,omitempty"`  // counts changes of Holds
}

// StandingID of a learner in a camp.
func StandingID(camp, member string) string { return domain.Key(camp, member) }

// TieRule says how learners are ranked. No two have the same rank.
const TieRule = "先比打卡天数，再比最长连续天数，再比谁先达到；都相同时按编号排列"

// Rank sorts the standings of a camp as TieRule says, the first first; empty for whoever has done nothing.
func (st Standing) Rank() string {
	if st.Done == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%04d-%016x-%s", 9999-st.Done, 9999-st.Best, st.ReachedAt.UnixMicro(), st.Member)
}

// StandingStore keeps standings.
type StandingStore interface {
	domain.Documents[Standing]
	// Ranking lists those of a camp who have a rank, the first first.
	Ranking(ctx context.Context, camp string, page domain.Page) ([]Standing, domain.Cursor, error)
	// CountBefore counts those of a camp whose rank comes before the given one.
	CountBefore(ctx context.Context, camp, rank string) (int64, error)
}

// Weigh brings the standing of a check-in's author up to the facts. For jobs, after EventSubmitted, EventDeleted and
// EventWeighed.
func (s *Service) Weigh(ctx context.Context, id string) error {
	c, err := s.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	in, err := s.Camps.Get(ctx, c.Camp)
	if err != nil {
		return err
	}
	return s.weigh(ctx, in, c.Member)
}

// weigh counts again after it has written, so that of several who do this at once the last to write is right.
func (s *Service) weigh(ctx context.Context, in camp.Camp, memberID string) error {
	id := StandingID(in.ID, memberID)
	p, err := s.Progress(ctx, in, memberID)
	for err == nil {
		_, err = s.Standings.Update(ctx, id, func(st *Standing) error {
			if st.Tally == p.Tally {
				return domain.ErrSame
			}
			st.Tally = p.Tally
			return nil
		})
		if errors.Is(err, domain.ErrNotFound) {
			err = s.Standings.Insert(ctx, Standing{Doc: domain.Doc{ID: id}, Camp: in.ID, Member: memberID, Tally: p.Tally})
			if errors.Is(err, domain.ErrExists) {
				err = nil
				continue
			}
		}
		if err != nil {
			break
		}
		written := p.Tally
		if p, err = s.Progress(ctx, in, memberID); p.Tally == written {
			break
		}
	}
	return err
}

// WeighAll brings the standings of everybody in every published camp up to the facts: those of a camp that ran before
// there was a ranking, and those that moved with the camp's tasks. For jobs. A camp that fails does not stop the others.
func (s *Service) WeighAll(ctx context.Context) error {
	return domain.Round(ctx, "standings of camp", func(page domain.Page) ([]camp.Camp, domain.Cursor, error) {
		return s.Camps.OpenCamps(ctx, page)
	}, func(in camp.Camp) error { return s.weighCamp(ctx, in) })
}

func (s *Service) weighCamp(ctx context.Context, in camp.Camp) error {
	for e, err := range domain.Each(func(page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
		return s.Enrolments.OfCamp(ctx, in.ID, page)
	}) {
		if err == nil {
			err = s.weigh(ctx, in, e.Member)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Ranked is one learner of a ranking.
type Ranked struct {
	Standing
	Rank   int // 1 is the first
	Person member.Card
	Mine   bool
}

// Ranking is a page of a camp's learners in the order of TieRule.
type Ranking struct {
	List []Ranked
	Next domain.Cursor
	Me   *Ranked // the acting learner; nil for staff and for whoever has done nothing yet
}

// Ranking returns the learners of a camp who have done something, the first first, to its learners and its staff.
func (s *Service) Ranking(ctx context.Context, campID string, page domain.Page) (Ranking, error) {
	if err := s.mayLook(ctx, campID); err != nil {
		return Ranking{}, err
	}
	list, next, err := s.Standings.Ranking(ctx, campID, page)
	if err != nil {
		return Ranking{}, err
	}
	r := Ranking{Next: next, List: make([]Ranked, len(list))}
	me := domain.ActorFrom(ctx).Member
	people := []string{me}
	for _, st := range list {
		people = append(people, st.Member)
	}
	cards, err := s.Members.Cards(ctx, people)
	if err != nil {
		return Ranking{}, err
	}
	var before int64
	if len(list) > 0 {
		if before, err = s.Standings.CountBefore(ctx, campID, list[0].Rank()); err != nil {
			return Ranking{}, err
		}
	}
	for i, st := range list {
		r.List[i] = Ranked{st, int(before) + i + 1, cards[st.Member], st.Member == me}
	}
	r.Me, err = s.myRank(ctx, campID, cards[me])
	return r, err
}

func (s *Service) myRank(ctx context.Context, campID string, me member.Card) (*Ranked, error) {
	mine, err := s.Standings.Get(ctx, StandingID(campID, domain.ActorFrom(ctx).Member))
	if errors.Is(err, domain.ErrNotFound) || err == nil && mine.Rank() == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	before, err := s.Standings.CountBefore(ctx, campID, mine.Rank())
	return &Ranked{mine, int(before) + 1, me, true}, err
}
