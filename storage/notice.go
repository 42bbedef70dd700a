package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// Notices keeps what people were told.
type Notices struct{ *Collection[notice.Notice] }

// Credits keeps how many messages people agreed to.
type Credits struct{ *Collection[notice.Credit] }

// NoticeSettings keeps how people want to be told.
type NoticeSettings struct{ *Collection[notice.Setting] }

// NewNotices declares the collections. member is whose inbox has it, unread the same while it was not opened, camp the
// camp that it is about, asked whom WeChat was asked to send it to.
func NewNotices(ctx context.Context, db *DB) (notices Notices, credits Credits, settings NoticeSettings, err error) {
	when := func(ok bool, value string) any {
		if !ok {
			return nil
		}
		return value
	}
	if notices.Collection, err = NewCollection(ctx, db, "notice", Keys[notice.Notice]{
		"owned":  func(d *notice.Notice) any { return d.Member },
		"member": func(n *notice.Notice) any { return when(!n.CalledOff, n.Member) },
		"unread": func(n *notice.Notice) any { return when(!n.CalledOff && n.ReadAt.IsZero(), n.Member) },
		"camp":   func(n *notice.Notice) any { return orNil(n.Camp) },
		"person": func(n *notice.Notice) any { return n.Member },
		"result": func(n *notice.Notice) any { return n.Result() },
		"asked":  func(n *notice.Notice) any { return when(!n.SentAt.IsZero(), n.Member) },
		"at":     func(n *notice.Notice) any { return n.At },
		"sent":   func(n *notice.Notice) any { return n.SentAt },
		"wake":   func(n *notice.Notice) any { return n.WakeAt },
	}, ofPerson, Index{Name: "member", Fields: []string{"member", "at"}}, Index{Name: "unread", Fields: []string{"unread", "at"}},
		Index{Name: "camp", Fields: []string{"camp", "at"}}, Index{Name: "person", Fields: []string{"camp", "person", "at"}},
		Index{Name: "result", Fields: []string{"camp", "result", "at"}}, Index{Name: "asked", Fields: []string{"asked", "sent"}},
		Index{Name: "at", Fields: []string{"at"}}, Index{Name: "wake", Fields: []string{"wake"}}); err != nil {
		return
	}
	if credits.Collection, err = NewCollection(ctx, db, "credit", Keys[notice.Credit]{}); err != nil {
		return
	}
	settings.Collection, err = NewCollection(ctx, db, "notice_setting", Keys[notice.Setting]{})
	return
}

// InCamp implements today.Notices.
func (s Notices) InCamp(ctx context.Context, camp, member string, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(ctx, By("person").Equal(camp, member).Descending(), page)
}

// ByMember implements notice.Store.
func (s Notices) ByMember(ctx context.Context, member string, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// CountUnread implements notice.Store.
func (s Notices) CountUnread(ctx context.Context, member string, from time.Time) (int64, error) {
	return s.Count(ctx, By("unread").Equal(member).Range(from, nil))
}

// OfCamp implements notice.Store.
func (s Notices) OfCamp(ctx context.Context, camp string, f notice.Filter, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	q := By("camp").Equal(camp)
	switch {
	case f.Member != "":
		q = By("person").Equal(camp, f.Member)
	case f.Result != "":
		q = By("result").Equal(camp, f.Result)
	}
	return s.Find(ctx, q.Descending(), page)
}

// Asleep implements notice.Store.
func (s Notices) Asleep(ctx context.Context, before time.Time, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// Old implements notice.Store.
func (s Notices) Old(ctx context.Context, before time.Time, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(ctx, By("at").Range(nil, before), page)
}

// Asked implements notice.Store.
func (s Notices) Asked(ctx context.Context, member string, from time.Time, page domain.Page) ([]notice.Notice, domain.Cursor, error) {
	return s.Find(ctx, By("asked").Equal(member).Range(from, nil).Descending(), page)
}

var (
	_ notice.Store        = Notices{}
	_ notice.CreditStore  = Credits{}
	_ notice.SettingStore = NoticeSettings{}
)
