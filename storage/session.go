package storage

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/session"
)

// Sessions keeps sign-ins.
type Sessions struct{ *Collection[session.Session] }

// Tickets keeps sign-ins by scanning that are under way.
type Tickets struct{ *Collection[session.Ticket] }

// Credentials keeps passwords, by login name.
type Credentials struct {
	*Collection[session.Credential]
}

// NewSessions declares the collections.
func NewSessions(ctx context.Context, db *DB) (sessions Sessions, tickets Tickets, credentials Credentials, err error) {
	if sessions.Collection, err = NewCollection(ctx, db, "session", Keys[session.Session]{
		"owned": func(d *session.Session) any { return d.Member },
		"until": func(s *session.Session) any { return s.Until },
	}, ofPerson, byUntil); err != nil {
		return
	}
	if tickets.Collection, err = NewCollection(ctx, db, "ticket", Keys[session.Ticket]{
		"until": func(t *session.Ticket) any { return t.Until },
	}, byUntil); err != nil {
		return
	}
	credentials.Collection, err = NewCollection(ctx, db, "credential", Keys[session.Credential]{
		"owned": func(d *session.Credential) any { return d.Member },
	}, ofPerson)
	return
}

// Ended implements session.Store.
func (s Sessions) Ended(ctx context.Context, before time.Time, page domain.Page) ([]session.Session, domain.Cursor, error) {
	return ended(ctx, s.Collection, before, page)
}

// Ended implements session.TicketStore.
func (s Tickets) Ended(ctx context.Context, before time.Time, page domain.Page) ([]session.Ticket, domain.Cursor, error) {
	return ended(ctx, s.Collection, before, page)
}

var (
	_ session.Store           = Sessions{}
	_ session.TicketStore     = Tickets{}
	_ session.CredentialStore = Credentials{}
)
