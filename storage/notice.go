package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// Notices keeps what people were told.
type Notices struct{ *Collection[notice.Notice] }

// Credits keeps how many messages people agreed to.
type Credits struct{ *Collection[notice.Credit] }

// NewNotices declares the collections.
func NewNotices(ctx context.Context, db *DB) (notices Notices, credits Credits, err error) {
	if notices.Collection, err = NewCollection(ctx, db, "notice", Keys[notice.Notice]{
		"member": func(n *notice.Notice) any { return n.Member },
		"at":     func(n *notice.Notice) any { return n.At },
		"camp": func(n *notice.Notice) any {
			if n.Camp == "" {
				return nil
			}
			return n.Camp
		},
		"unread": func(n *notice.Notice) any {
			if !n.ReadAt.IsZero() {
				return nil
			}
			return n.Member
		},
	}, Index{Name: "member", Fields: []string{"member", "at"}}, Index{Name: "unread", Fields: []string{"unread"}},
		Index{Name: "camp", Fields: []string{"camp", "member", "at"}}); err != nil {
		return
	}
	credits.Collection, err = NewCollection(ctx, db, "credit", Keys[notice.Credit]{})
	return
}

// InCamp implements today.Notices.
func (s Notices) InCamp(ctx context.Context, camp, member string, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(ctx, By("camp").Equal(camp, member).Descending(), page)
}

// ByMember implements notice.Store.
func (s Notices) ByMember(ctx context.Context, member string, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// CountUnread implements notice.Store.
func (s Notices) CountUnread(ctx context.Context, member string) (int64, error) {
	return s.Count(ctx, By("unread").Equal(member))
}

var (
	_ notice.Store       = Notices{}
	_ notice.CreditStore = Credits{}
)
