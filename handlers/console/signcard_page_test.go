package console

import (
	"yingdi/domain"
	"yingdi/domain/media"
	"yingdi/domain/signcard"
)

// cardPages is every page about sign-cards.
func (s sample) cardPages() map[string][]view {
	label := signcard.Label{Season: signcard.Spring, Tags: []string{s.text}}
	shelf := signcard.Shelf{Views: map[string]media.View{"m1": s.files()[0]}}
	pictures := []signcard.Picture{{ID: "m1", Label: label, State: signcard.Ready}, {ID: "m2", State: signcard.Pending}, {ID: "m3", State: signcard.Failed}}
	sayings := []signcard.Entry{{ID: "s1", Saying: signcard.Saying{Text: s.text, Author: s.text}, Label: label}}
	template := signcard.Template{Doc: domain.Doc{ID: "t1"}, Name: s.text, Versions: []signcard.Version{{}}}
	gone := template
	gone.ArchivedAt = now
	frame := s.campFrame().Frame
	form := cardForm{Text: s.text, Tags: s.text}
	at := rowsOf(signcard.DefaultDesign(), s.faults(designFields()...))
	redraw := signcard.Redraw{Doc: domain.Doc{ID: "r1"}, State: signcard.Running, Total: 100, Done: 40, Failed: 1}
	done, cancelled := redraw, redraw
	done.State, cancelled.State = signcard.Done, signcard.Cancelled
	camp := func(r *signcard.Redraw) *campCardsView {
		return &campCardsView{
			campFrame: s.campFrame(), Form: cardSettingForm{"t1", "own", "both", s.text}, Faults: s.faults("template", "tag"), MayKeep: true,
			Cards: signcard.CampCards{Templates: []signcard.Template{template}, Pictures: 3, Sayings: 4, Tags: []string{s.text}, Redraw: r},
			Front: signcard.FrontLinks{Cover: "/cover.jpg", Share: "/share.jpg"},
		}
	}
	return map[string][]view{
		"signcard/library": {
			&libraryView{Frame: frame, Organiser: "o1", Kind: "pictures", Shelf: shelf, Pictures: pictures, Defaults: signcard.Pictures, Live: true, Form: form, Media: s.files(), Faults: s.faults("media", "tags"), Follow: "/console"},
			&libraryView{Frame: frame, Organiser: "o1", Kind: "pictures", Shelf: shelf, Pictures: pictures, Archived: true},
			&libraryView{Frame: frame, Organiser: "o1", Kind: "sayings", Sayings: sayings, Form: form, Faults: s.faults("sayings", "tags")},
			&libraryView{Frame: frame, Organiser: "o1", Kind: "templates", Templates: []signcard.Template{template, gone}},
		},
		"signcard/template": {&templateView{
			Frame: frame, Organiser: "o1", Template: template, Version: 1, Name: s.text, Paper: s.text, Logo: s.files()[:1], Rows: at, Pictures: signcard.Pictures, Faults: s.faults(designFields()...),
		}},
		"signcard/camp": {camp(&redraw), camp(&done), camp(&cancelled), camp(nil)},
	}
}

// bareCardPages is every page about sign-cards with nothing in it.
func bareCardPages(empty campFrame) map[string][]view {
	return map[string][]view{
		"signcard/library":  {&libraryView{Kind: "pictures"}, &libraryView{Kind: "sayings"}, &libraryView{Kind: "templates"}},
		"signcard/template": {&templateView{Rows: rowsOf(signcard.Design{}, Faults{})}}, "signcard/camp": {&campCardsView{campFrame: empty}},
	}
}
