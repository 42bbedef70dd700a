package storage

import (
	"context"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/order"
	"yingdi/domain/review"
	"yingdi/domain/stats"
)

// Figures keeps the camps' numbers.
type Figures struct {
	*Collection[stats.Figures]
}

// NewFigures declares the collection. due is when the next count may begin, last the last day with a number.
func NewFigures(ctx context.Context, db *DB) (Figures, error) {
	c, err := NewCollection(ctx, db, "stats", Keys[stats.Figures]{
		"due":       func(f *stats.Figures) any { return f.DueAt },
		"organiser": func(f *stats.Figures) any { return f.Organiser },
		"last":      func(f *stats.Figures) any { return string(f.Last) },
	}, Index{Name: "due", Fields: []string{"due"}}, Index{Name: "organiser", Fields: []string{"organiser", "last"}})
	return Figures{c}, err
}

// Due implements stats.Store.
func (s Figures) Due(ctx context.Context, before time.Time, page domain.Page) ([]stats.Figures, domain.Cursor, error) {
	return s.Find(ctx, By("due").Range(nil, before), page)
}

// Since implements stats.Store.
func (s Figures) Since(ctx context.Context, organiser string, day domain.Day, page domain.Page) ([]stats.Figures, domain.Cursor, error) {
	return s.Find(ctx, By("organiser").Equal(organiser).Range(string(day), nil).Descending(), page)
}

// Facts are the collections that statistics are counted from.
type Facts struct {
	Enrolments Enrolments
	Checkins   Checkins
	Progresses Progresses
	Reviews    Reviews
	Attempts   Attempts
	Notices    Notices
	Orders     Orders
}

// Stays implements stats.Facts.
func (f Facts) Stays(ctx context.Context, camp string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return f.Enrolments.Find(ctx, By("stay").Equal(camp), page)
}

// StaysOf implements stats.Facts.
func (f Facts) StaysOf(ctx context.Context, camp string, members []string) (map[string]enrolment.Enrolment, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = enrolment.ID(camp, m)
	}
	return f.Enrolments.GetMany(ctx, ids)
}

// Marks implements stats.Facts.
func (f Facts) Marks(ctx context.Context, camp string, members []string) (map[string][]checkin.Mark, error) {
	who := make([]any, len(members))
	for i, m := range members {
		who[i] = learner(camp, m)
	}
	marks := make(map[string][]checkin.Mark, len(members))
	for e, err := range f.Checkins.Entries(ctx, By("learner").In(who...)) {
		if err != nil {
			return nil, err
		}
		_, member, _ := strings.Cut(e.Fields["learner"].(string), ":")
		marks[member] = append(marks[member], markOf(e))
	}
	return marks, nil
}

// Progress implements stats.Facts.
func (f Facts) Progress(ctx context.Context, camp string, members []string) (map[string]course.Progress, error) {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = course.ProgressID(camp, m)
	}
	found, err := f.Progresses.GetMany(ctx, ids)
	progress := make(map[string]course.Progress, len(found))
	for _, p := range found {
		progress[p.Member] = p
	}
	return progress, err
}

// EachReview implements stats.Facts.
func (f Facts) EachReview(ctx context.Context, camp string, told func(review.Review)) error {
	for r, err := range f.Reviews.Each(ctx, By("released").Equal(camp).Range(time.UnixMicro(1), nil)) {
		if err != nil {
			return err
		}
		told(r)
	}
	return nil
}

// EachPass implements stats.Facts: in the index the first pass of a learner comes before the others.
func (f Facts) EachPass(ctx context.Context, camp string, told func(at time.Time)) error {
	last := ""
	for e, err := range f.Attempts.Entries(ctx, By("passed").Equal(camp)) {
		if err != nil {
			return err
		}
		if passer, _ := e.Fields["passer"].(string); passer != last {
			last = passer
			told(instant(e.Fields["ended"]))
		}
	}
	return nil
}

// EachMessage implements stats.Facts.
func (f Facts) EachMessage(ctx context.Context, camp string, told func(at time.Time, result string)) error {
	for e, err := range f.Notices.Entries(ctx, By("result").Equal(camp)) {
		if err != nil {
			return err
		}
		told(instant(e.Fields["at"]), e.Fields["result"].(string))
	}
	return nil
}

// EachOrder implements stats.Facts.
func (f Facts) EachOrder(ctx context.Context, camp string, told func(order.Order)) error {
	for o, err := range f.Orders.Each(ctx, By("camp").Equal(camp)) {
		if err != nil {
			return err
		}
		told(o)
	}
	return nil
}

// instant is what an index holds of one.
func instant(v any) time.Time {
	micro, _ := v.(int64)
	return time.UnixMicro(micro).UTC()
}

var (
	_ stats.Store = Figures{}
	_ stats.Facts = Facts{}
)
