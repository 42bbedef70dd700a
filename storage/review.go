package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/review"
)

// Reviews keeps reviews, by the id of their check-in.
type Reviews struct{ *Collection[review.Review] }

// Remarks keeps frequent remarks.
type Remarks struct{ *Collection[review.Remarks] }

// NewReviews declares the collections. held is who has it on their desk, settle until when the release can be undone,
// passed the camp:learner of homework that is passed.
func NewReviews(ctx context.Context, db *DB) (reviews Reviews, remarks Remarks, err error) {
	if reviews.Collection, err = NewCollection(ctx, db, "review", Keys[review.Review]{
		"owned":  func(r *review.Review) any { return r.Learner },
		"camp":   func(r *review.Review) any { return r.Camp },
		"at":     func(r *review.Review) any { return r.ReleasedAt },
		"held":   func(r *review.Review) any { return orNil(r.Claim.By) },
		"settle": func(r *review.Review) any { return r.SettleAt },
		"passed": func(r *review.Review) any {
			if _, ok := r.Passed(time.Time{}); !ok || !r.Homework {
				return nil
			}
			return r.Camp + ":" + r.Learner
		},
	}, ofPerson, Index{Name: "released", Fields: []string{"camp", "at"}}, Index{Name: "held", Fields: []string{"held"}},
		Index{Name: "settle", Fields: []string{"settle"}}, Index{Name: "passed", Fields: []string{"passed"}}); err != nil {
		return
	}
	remarks.Collection, err = NewCollection(ctx, db, "remark", Keys[review.Remarks]{})
	return
}

// HeldBy implements review.Store.
func (s Reviews) HeldBy(ctx context.Context, reviewer string, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(ctx, By("held").Equal(reviewer), page)
}

// Unsettled implements review.Store.
func (s Reviews) Unsettled(ctx context.Context, before time.Time, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(ctx, By("settle").Range(nil, before), page)
}

// ReleasedSince implements review.Store.
func (s Reviews) ReleasedSince(ctx context.Context, camp string, from time.Time, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(ctx, By("released").Equal(camp).Range(from, nil), page)
}

// PassedBy implements review.Store.
func (s Reviews) PassedBy(ctx context.Context, camp, learner string, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(ctx, By("passed").Equal(domain.Key(camp, learner)), page)
}

var (
	_ review.Store       = Reviews{}
	_ review.RemarkStore = Remarks{}
)
