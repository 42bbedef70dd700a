package storage

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/signcard"
)

// Signcards keeps what is known of cards; their pictures are in the bucket.
type Signcards struct{ *Collection[signcard.Card] }

// CardLibraries keeps what organisers add to the default libraries.
type CardLibraries struct{ *Collection[signcard.Library] }

// CardTemplates keeps templates in all their versions.
type CardTemplates struct{ *Collection[signcard.Template] }

// CardSettings keeps what camps chose.
type CardSettings struct{ *Collection[signcard.Setting] }

// Redraws keeps redraws.
type Redraws struct{ *Collection[signcard.Redraw] }

// InviteCards keeps invite cards.
type InviteCards struct{ *Collection[signcard.Invite] }

// Fronts keeps covers that were drawn.
type Fronts struct{ *Collection[signcard.Front] }

// CardStores are the collections around sign-cards.
type CardStores struct {
	Cards     Signcards
	Libraries CardLibraries
	Templates CardTemplates
	Settings  CardSettings
	Redraws   Redraws
	Invites   InviteCards
	Fronts    Fronts
}

// NewSigncards declares the collections. running is the camp or the person of a redraw that is going on, of which there
// is one at a time.
func NewSigncards(ctx context.Context, db *DB) (s CardStores, err error) {
	if s.Cards.Collection, err = NewCollection(ctx, db, "signcard", Keys[signcard.Card]{
		"camp":   func(c *signcard.Card) any { return c.Camp },
		"member": func(c *signcard.Card) any { return c.Member },
	}, Index{Name: "camp", Fields: []string{"camp"}}, Index{Name: "member", Fields: []string{"member"}}); err != nil {
		return
	}
	if s.Libraries.Collection, err = NewCollection(ctx, db, "cardlibrary", Keys[signcard.Library]{}); err != nil {
		return
	}
	if s.Templates.Collection, err = NewCollection(ctx, db, "cardtemplate", Keys[signcard.Template]{
		"organiser": func(t *signcard.Template) any { return t.Organiser },
		"at":        func(t *signcard.Template) any { return t.CreatedAt },
	}, Index{Name: "organiser", Fields: []string{"organiser", "at"}}); err != nil {
		return
	}
	if s.Settings.Collection, err = NewCollection(ctx, db, "cardsetting", Keys[signcard.Setting]{}); err != nil {
		return
	}
	if s.Redraws.Collection, err = NewCollection(ctx, db, "cardredraw", Keys[signcard.Redraw]{
		"scope": func(r *signcard.Redraw) any { return r.Scope },
		"at":    func(r *signcard.Redraw) any { return r.At },
		"running": func(r *signcard.Redraw) any {
			if r.State != signcard.Running {
				return nil
			}
			return r.Scope
		},
	}, Index{Name: "scope", Fields: []string{"scope", "at"}}, Index{Name: "running", Fields: []string{"running"}, Unique: true}); err != nil {
		return
	}
	if s.Invites.Collection, err = NewCollection(ctx, db, "invitecard", Keys[signcard.Invite]{
		"owned": func(i *signcard.Invite) any { return i.Member },
	}, ofPerson); err != nil {
		return
	}
	s.Fronts.Collection, err = NewCollection(ctx, db, "campfront", Keys[signcard.Front]{})
	return
}

// OfCamp implements signcard.Store.
func (s Signcards) OfCamp(ctx context.Context, camp string, page domain.Page) ([]signcard.Card, domain.Cursor, error) {
	return s.Find(ctx, By("camp").Equal(camp), page)
}

// OfMember implements signcard.Store.
func (s Signcards) OfMember(ctx context.Context, member string, page domain.Page) ([]signcard.Card, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member), page)
}

// CountCamp implements signcard.Store.
func (s Signcards) CountCamp(ctx context.Context, camp string) (int64, error) {
	return s.Count(ctx, By("camp").Equal(camp))
}

// CountMember implements signcard.Store.
func (s Signcards) CountMember(ctx context.Context, member string) (int64, error) {
	return s.Count(ctx, By("member").Equal(member))
}

// OfOrganiser implements signcard.TemplateStore.
func (s CardTemplates) OfOrganiser(ctx context.Context, organiser string, page domain.Page) ([]signcard.Template, domain.Cursor, error) {
	return s.Find(ctx, By("organiser").Equal(organiser).Descending(), page)
}

// OfScope implements signcard.RedrawStore.
func (s Redraws) OfScope(ctx context.Context, scope string, page domain.Page) ([]signcard.Redraw, domain.Cursor, error) {
	return s.Find(ctx, By("scope").Equal(scope).Descending(), page)
}

var (
	_ signcard.Store         = Signcards{}
	_ signcard.LibraryStore  = CardLibraries{}
	_ signcard.TemplateStore = CardTemplates{}
	_ signcard.SettingStore  = CardSettings{}
	_ signcard.RedrawStore   = Redraws{}
	_ signcard.InviteStore   = InviteCards{}
	_ signcard.FrontStore    = Fronts{}
)
