package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

// Checkins keeps what was handed in.
type Checkins struct{ *Collection[checkin.Checkin] }

// Likes keeps who likes what.
type Likes struct{ *Collection[checkin.Like] }

// Comments keeps what people say.
type Comments struct{ *Collection[checkin.Comment] }

// NewCheckins declares the collections. feed is the camp of those that its learners may see, queue the camp and house
// the organiser of those that wait for a review, counted the camp of those that count and learner their camp and author,
// shown the check-in of comments that may be seen, liked the check-in of likes that stand, veil and veil_house the camp and
// the organiser of what others do not see, veiled its time.
func NewCheckins(ctx context.Context, db *DB) (checkins Checkins, likes Likes, comments Comments, err error) {
	when := func(ok bool, value any) any {
		if !ok {
			return nil
		}
		return value
	}
	if checkins.Collection, err = NewCollection(ctx, db, "checkin", Keys[checkin.Checkin]{
		"owned":      func(d *checkin.Checkin) any { return d.Member },
		"camp":       func(c *checkin.Checkin) any { return c.Camp },
		"member":     func(c *checkin.Checkin) any { return c.Member },
		"day":        func(c *checkin.Checkin) any { return string(c.Day) },
		"task":       func(c *checkin.Checkin) any { return c.Task },
		"at":         func(c *checkin.Checkin) any { return c.SubmittedAt },
		"feed":       func(c *checkin.Checkin) any { return when(c.Public(), c.Camp) },
		"chosen":     func(c *checkin.Checkin) any { return when(c.Public() && c.Featured(), c.Camp) },
		"veil":       func(c *checkin.Checkin) any { return when(c.Veiled(), c.Camp) },
		"veil_house": func(c *checkin.Checkin) any { return when(c.Veiled(), c.Organiser) },
		"veiled":     func(c *checkin.Checkin) any { return when(c.Veiled(), c.SubmittedAt) },
		"there":      func(c *checkin.Checkin) any { return when(c.State != checkin.Deleted, c.Camp) },
		"counted":    func(c *checkin.Checkin) any { return when(c.Counts(), c.Camp) },
		"learner":    func(c *checkin.Checkin) any { return when(c.Counts(), learner(c.Camp, c.Member)) },
		"made":       func(c *checkin.Checkin) any { return c.MadeUp },
		"queue":      func(c *checkin.Checkin) any { return when(c.Waits(), c.Camp) },
		"house":      func(c *checkin.Checkin) any { return when(c.Waits(), c.Organiser) },
		"unsettled":  func(c *checkin.Checkin) any { return when(c.Unsettled(), c.Camp) },
		"homework":   func(c *checkin.Checkin) any { return when(c.Homework && c.Waits(), learner(c.Camp, c.Member)) },
		"turn":       func(c *checkin.Checkin) any { return string(c.Turn()) },
		"since":      func(c *checkin.Checkin) any { return c.HandedAt() },
	}, ofPerson, Index{Name: "member", Fields: []string{"camp", "member", "day"}}, Index{Name: "there", Fields: []string{"there", "day", "task"}},
		Index{Name: "unsettled", Fields: []string{"unsettled", "day"}}, Index{Name: "homework", Fields: []string{"homework", "day", "task"}},
		Index{Name: "counted", Fields: []string{"counted", "day", "task"}},
		Index{Name: "learner", Fields: []string{"learner", "day", "at", "made"}},
		Index{Name: "feed", Fields: []string{"feed", "at"}}, Index{Name: "chosen", Fields: []string{"chosen", "at"}},
		Index{Name: "veil", Fields: []string{"veil", "at"}}, Index{Name: "veil_house", Fields: []string{"veil_house", "at"}}, Index{Name: "veiled", Fields: []string{"veiled"}},
		Index{Name: "waiting", Fields: []string{"queue", "since"}}, Index{Name: "waiting_task", Fields: []string{"queue", "task", "since"}}, Index{Name: "waiting_turn", Fields: []string{"queue", "turn", "since"}},
		Index{Name: "waiting_house", Fields: []string{"house", "since"}}); err != nil {
		return
	}
	if likes.Collection, err = NewCollection(ctx, db, "like", Keys[checkin.Like]{
		"owned": func(d *checkin.Like) any { return d.Member },
		"liked": func(l *checkin.Like) any { return when(l.On, l.Checkin) },
		"at":    func(l *checkin.Like) any { return l.At },
	}, ofPerson, Index{Name: "liked_at", Fields: []string{"liked", "at"}}); err != nil {
		return
	}
	comments.Collection, err = NewCollection(ctx, db, "comment", Keys[checkin.Comment]{
		"owned":      func(d *checkin.Comment) any { return d.Member },
		"shown":      func(c *checkin.Comment) any { return when(c.State == checkin.Visible, c.Checkin) },
		"under":      func(c *checkin.Comment) any { return when(c.State != checkin.Deleted, c.Checkin) },
		"veil":       func(c *checkin.Comment) any { return when(c.Veiled(), c.Camp) },
		"veil_house": func(c *checkin.Comment) any { return when(c.Veiled(), c.Organiser) },
		"veiled":     func(c *checkin.Comment) any { return when(c.Veiled(), c.At) },
		"at":         func(c *checkin.Comment) any { return c.At },
	}, ofPerson, Index{Name: "shown", Fields: []string{"shown", "at"}}, Index{Name: "under", Fields: []string{"under", "at"}},
		Index{Name: "veil", Fields: []string{"veil", "at"}}, Index{Name: "veil_house", Fields: []string{"veil_house", "at"}}, Index{Name: "veiled", Fields: []string{"veiled"}})
	return
}

// Feed implements checkin.Store.
func (s Checkins) Feed(ctx context.Context, camp string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, By("feed").Equal(camp).Descending(), page)
}

// Featured implements checkin.Store.
func (s Checkins) Featured(ctx context.Context, camp string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, By("chosen").Equal(camp).Descending(), page)
}

// Veiled implements checkin.Store.
func (s Checkins) Veiled(ctx context.Context, in checkin.Where, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, veiled(in), page)
}

// Veiled implements checkin.CommentStore.
func (s Comments) Veiled(ctx context.Context, in checkin.Where, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	if len(in.Organisers) > 0 {
		in.Organisers = append([]string{""}, in.Organisers...) // those of an earlier version
	}
	return s.Find(ctx, veiled(in), page)
}

func veiled(in checkin.Where) Query {
	switch {
	case in.All:
		return By("veiled").Range(time.Unix(0, 0), nil).Descending()
	case len(in.Organisers) > 0:
		return amongst(By("veil_house"), in.Organisers[:min(len(in.Organisers), MaxIn)]).Descending()
	}
	return amongst(By("veil"), append([]string{}, in.Camps[:min(len(in.Camps), MaxIn)]...)).Descending()
}

// OfMember implements checkin.Store.
func (s Checkins) OfMember(ctx context.Context, camp, member string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(camp, member).Descending(), page)
}

// waiting is the query over the index that serves it; what no index holds, the caller looks at itself.
func waiting(w checkin.Waiting) Query {
	q := By("waiting").Equal(w.Camp)
	switch {
	case w.Camp == "":
		q = By("waiting_house").Equal(w.Organiser)
	case w.Task != "":
		q = By("waiting_task").Equal(w.Camp, w.Task)
	case w.Turn != "":
		q = By("waiting_turn").Equal(w.Camp, string(w.Turn))
	}
	if !w.Before.IsZero() {
		q = q.Range(nil, w.Before)
	}
	return q
}

// Queue implements checkin.Store.
func (s Checkins) Queue(ctx context.Context, w checkin.Waiting, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(ctx, waiting(w), page)
}

// CountQueue implements checkin.Store.
func (s Checkins) CountQueue(ctx context.Context, w checkin.Waiting) (int64, error) {
	return s.Count(ctx, waiting(w))
}

// learner in a camp, as a key.
func learner(camp, member string) string { return camp + ":" + member }

// Marks implements checkin.Store.
func (s Checkins) Marks(ctx context.Context, camp, member string) ([]checkin.Mark, error) {
	var marks []checkin.Mark
	for e, err := range s.Entries(ctx, By("learner").Equal(learner(camp, member))) {
		if err != nil {
			return nil, err
		}
		marks = append(marks, markOf(e))
	}
	return marks, nil
}

func markOf(e Entry) checkin.Mark {
	return checkin.Mark{
		Day: domain.Day(e.Fields["day"].(string)), At: time.UnixMicro(e.Fields["at"].(int64)).UTC(), MadeUp: e.Fields["made"] == int64(1),
	}
}

// CountDay implements checkin.Store.
func (s Checkins) CountDay(ctx context.Context, camp, task string, day domain.Day) (int64, error) {
	return s.Count(ctx, By("counted").Equal(camp, string(day), task))
}

// CountDays implements checkin.Store.
func (s Checkins) CountDays(ctx context.Context, camp string, day domain.Day) (int64, error) {
	return s.Count(ctx, By("counted").Equal(camp, string(day)))
}

// CountOn implements checkin.LikeStore.
func (s Likes) CountOn(ctx context.Context, id string) (int64, error) {
	return s.Count(ctx, By("liked_at").Equal(id))
}

// OfCheckin implements checkin.LikeStore.
func (s Likes) OfCheckin(ctx context.Context, id string, until time.Time, page domain.Page) ([]checkin.Like, domain.Cursor, error) {
	return s.Find(ctx, By("liked_at").Equal(id).Range(nil, until.Add(time.Microsecond)), page)
}

// OfCheckin implements checkin.CommentStore.
func (s Comments) OfCheckin(ctx context.Context, id string, until time.Time, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	return s.Find(ctx, By("under").Equal(id).Range(nil, until.Add(time.Microsecond)), page)
}

// Shown implements checkin.CommentStore.
func (s Comments) Shown(ctx context.Context, id string, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	return s.Find(ctx, By("shown").Equal(id), page)
}

// CountShown implements checkin.CommentStore.
func (s Comments) CountShown(ctx context.Context, id string) (int64, error) {
	return s.Count(ctx, By("shown").Equal(id))
}

// Standings keeps how learners stand.
type Standings struct {
	*Collection[checkin.Standing]
}

// NewStandings declares the collection. Whoever has no rank is in no ranking.
func NewStandings(ctx context.Context, db *DB) (Standings, error) {
	c, err := NewCollection(ctx, db, "standing", Keys[checkin.Standing]{
		"owned": func(d *checkin.Standing) any { return d.Member },
		"camp":  func(s *checkin.Standing) any { return s.Camp },
		"rank": func(s *checkin.Standing) any {
			if rank := s.Rank(); rank != "" {
				return rank
			}
			return nil
		},
	}, ofPerson, Index{Name: "rank", Fields: []string{"camp", "rank"}})
	return Standings{c}, err
}

// Ranking implements checkin.StandingStore.
func (s Standings) Ranking(ctx context.Context, camp string, page domain.Page) ([]checkin.Standing, domain.Cursor, error) {
	return s.Find(ctx, By("rank").Equal(camp).Range("", nil), page)
}

// CountBefore implements checkin.StandingStore.
func (s Standings) CountBefore(ctx context.Context, camp, rank string) (int64, error) {
	return s.Count(ctx, By("rank").Equal(camp).Range(nil, rank))
}

var (
	_ checkin.StandingStore = Standings{}
	_ checkin.Store         = Checkins{}
	_ checkin.LikeStore     = Likes{}
	_ checkin.CommentStore  = Comments{}
)
