package quiz

import (
	"context"
	"slices"

	"yingdi/domain/camp"
	"yingdi/domain/lesson"
)

// Standings tells how these tasks' quizzes stand for a learner, by quiz. Camp and tasks are as the learner lives them.
// Whoever calls it has checked who asks.
func (s *Service) Standings(ctx context.Context, in camp.Own, memberID string, tasks []lesson.Task) (map[string]Standing, error) {
	all, err := s.StandingsOf(ctx, []Seat{{in, memberID, tasks}})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Seat is a learner with tasks of a camp, both as the learner lives them.
type Seat struct {
	In     camp.Own
	Member string
	Tasks  []lesson.Task
}

// tries are the ids of all attempts that the learner can have at the quizzes.
func (s Seat) tries(quiz string) []string {
	ids := make([]string, MaxAttempts)
	for n := range ids {
		ids[n] = AttemptID(s.In.ID, s.Member, quiz, n+1)
	}
	return ids
}

// StandingsOf is Standings for several learners, in as many round trips. Whoever calls it has checked who asks.
func (s *Service) StandingsOf(ctx context.Context, seats []Seat) ([]map[string]Standing, error) {
	standings := make([]map[string]Standing, len(seats))
	var ids, attempts []string
	for i, seat := range seats {
		standings[i] = map[string]Standing{}
		for _, t := range seat.Tasks {
			if t.Quiz != "" {
				ids, attempts = append(ids, t.Quiz), append(attempts, seat.tries(t.Quiz)...)
			}
		}
	}
	if len(ids) == 0 {
		return standings, nil
	}
	slices.Sort(ids)
	quizzes, err := s.Store.GetMany(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	found, err := s.Attempts.GetMany(ctx, attempts)
	if err != nil {
		return nil, err
	}
	for i, seat := range seats {
		for _, t := range seat.Tasks {
			q, ok := quizzes[t.Quiz]
			if !ok {
				continue
			}
			list := there(found, seat.tries(t.Quiz))
			standings[i][q.ID] = stand(q, WindowOf(seat.In, t, q.Settings), ofStay(seat.In, list), s.Clock.Now())
		}
	}
	return standings, nil
}

// there returns those of the attempts that there are, in the order of the ids.
func there(found map[string]Attempt, ids []string) (list []Attempt) {
	for _, id := range ids {
		if a, ok := found[id]; ok {
			list = append(list, a)
		}
	}
	return list
}

// OfMember lists what a learner made of these tasks' quizzes. Whoever calls it has checked who asks.
func (s *Service) OfMember(ctx context.Context, in camp.Own, memberID string, tasks []lesson.Task) ([]Attempt, error) {
	seat := Seat{In: in, Member: memberID}
	var ids []string
	for _, t := range tasks {
		if t.Quiz != "" {
			ids = append(ids, seat.tries(t.Quiz)...)
		}
	}
	found, err := s.Attempts.GetMany(ctx, ids)
	return there(found, ids), err
}

// CountDone counts, by quiz, the learners who have finished it. Whoever calls it has checked who asks.
func (s *Service) CountDone(ctx context.Context, quizzes []string) (map[string]int64, error) {
	counts := map[string]int64{}
	for _, id := range quizzes {
		n, err := s.Attempts.CountFirst(ctx, id)
		if err != nil {
			return nil, err
		}
		counts[id] = n
	}
	return counts, nil
}
