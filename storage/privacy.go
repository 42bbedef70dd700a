package storage

import (
	"context"
	"errors"
	"time"

	"yingdi/domain"
	"yingdi/domain/privacy"
)

// ofPerson is the index by which a collection finds everything that belongs to a person; its key is "owned".
var ofPerson = Index{Name: "owned", Fields: []string{"owned"}}

// OfPerson implements privacy.Of for collections with the index ofPerson.
func (c *Collection[T]) OfPerson(ctx context.Context, member string, page domain.Page) ([]T, domain.Cursor, error) {
	return c.Find(ctx, By(ofPerson.Name).Equal(member), page)
}

// Under implements privacy.Of for collections whose ids begin with the member's.
func (c *Collection[T]) Under(ctx context.Context, member string, page domain.Page) ([]T, domain.Cursor, error) {
	return c.Find(ctx, By(IDIndex.Name).Range(member+":", member+";"), page)
}

// Single implements privacy.Of for collections whose id is the member's.
func (c *Collection[T]) Single(ctx context.Context, member string, _ domain.Page) ([]T, domain.Cursor, error) {
	doc, err := c.Get(ctx, member)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, "", nil
	}
	return []T{doc}, "", err
}

// Collections lists the names of all collections that were declared.
func (db *DB) Collections() []string {
	db.mu.Lock()
	defer db.mu.Unlock()
	names := make([]string, 0, len(db.boxes))
	for name := range db.boxes {
		names = append(names, name)
	}
	return names
}

// Consents keeps who agreed to what.
type Consents struct {
	*Collection[privacy.Consent]
}

// Deletions keeps who wants to be forgotten.
type Deletions struct {
	*Collection[privacy.Deletion]
}

// Downloads keeps copies of people's data while they last.
type Downloads struct {
	*Collection[privacy.Download]
}

// NewPrivacy declares the collections.
func NewPrivacy(ctx context.Context, db *DB) (consents Consents, deletions Deletions, downloads Downloads, err error) {
	if consents.Collection, err = NewCollection(ctx, db, "consent", Keys[privacy.Consent]{}); err != nil {
		return
	}
	if deletions.Collection, err = NewCollection(ctx, db, "deletion", Keys[privacy.Deletion]{
		"state": func(d *privacy.Deletion) any { return string(d.State) },
		"at":    func(d *privacy.Deletion) any { return d.At },
		"due": func(d *privacy.Deletion) any {
			if d.State != privacy.Asked && d.State != privacy.Settling {
				return nil
			}
			return d.DueAt
		},
	}, Index{Name: "state", Fields: []string{"state", "at"}}, Index{Name: "due", Fields: []string{"due"}}); err != nil {
		return
	}
	downloads.Collection, err = NewCollection(ctx, db, "download", Keys[privacy.Download]{
		"until": func(d *privacy.Download) any { return d.Until },
	}, byUntil)
	return
}

// Due implements privacy.DeletionStore.
func (s Deletions) Due(ctx context.Context, before time.Time, page domain.Page) ([]privacy.Deletion, domain.Cursor, error) {
	return s.Find(ctx, By("due").Range(nil, before), page)
}

// InState implements privacy.DeletionStore.
func (s Deletions) InState(ctx context.Context, state privacy.State, page domain.Page) ([]privacy.Deletion, domain.Cursor, error) {
	return s.Find(ctx, By("state").Equal(string(state)).Descending(), page)
}

// Ended implements privacy.DownloadStore.
func (s Downloads) Ended(ctx context.Context, before time.Time, page domain.Page) ([]privacy.Download, domain.Cursor, error) {
	return ended(ctx, s.Collection, before, page)
}

var (
	_ privacy.ConsentStore  = Consents{}
	_ privacy.DeletionStore = Deletions{}
	_ privacy.DownloadStore = Downloads{}
)
