package storagetest

import (
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
	"yingdi/storage"
)

var veilTests = tests{
	"what others do not see is listed by camp, by organiser and in all, until it is shown or empty": func(s *suite, t *testing.T) {
		checkins, _, comments, err := storage.NewCheckins(t.Context(), s.db(t))
		must(t, err)
		states := []checkin.State{checkin.Hidden, checkin.Visible, checkin.Rejected, checkin.Pending, checkin.Deleted, checkin.Hidden}
		for i, state := range states {
			camp, house := "c1", "o1"
			at := noon.Add(time.Duration(i) * time.Hour)
			if i == len(states)-1 {
				camp, house, at = "c2", "o2", at.Add(-4*time.Hour)
			}
			must(t, checkins.Insert(t.Context(), checkin.Checkin{Doc: doc(fmt.Sprint("k", i)), Camp: camp, Organiser: house, State: state, SubmittedAt: at}))
			must(t, comments.Insert(t.Context(), checkin.Comment{Doc: doc(fmt.Sprint("s", i)), Camp: camp, Organiser: house, State: state, At: at}))
		}
		must(t, comments.Insert(t.Context(), checkin.Comment{Doc: doc("old"), Camp: "c1", State: checkin.Hidden, At: noon})) // and says not whose it is
		list := func(in checkin.Where) []string {
			return append(pagesOf(t, 1, func(p domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
				return checkins.Veiled(t.Context(), in, p)
			}),
				pagesOf(t, 1, func(p domain.Page) ([]checkin.Comment, domain.Cursor, error) {
					return comments.Veiled(t.Context(), in, p)
				})...)
		}
		same(t, list(checkin.Where{Camps: []string{"c1"}}), []string{"k2", "k0", "s2", "s0", "old"})
		same(t, list(checkin.Where{Camps: []string{"c1", "c2"}}), []string{"k5", "k2", "k0", "s5", "s2", "s0", "old"})
		same(t, list(checkin.Where{Organisers: []string{"o1"}}), []string{"k2", "k0", "s2", "s0", "old"})
		same(t, list(checkin.Where{Organisers: []string{"o2"}}), []string{"k5", "s5", "old"})
		same(t, list(checkin.Where{All: true}), []string{"k2", "k5", "k0", "s2", "s5", "s0", "old"}) // not organiser by organiser
		same(t, list(checkin.Where{}), []string{})
		_, err = checkins.Update(t.Context(), "k2", func(c *checkin.Checkin) error { return c.Forget() })
		must(t, err)
		_, err = comments.Update(t.Context(), "s0", func(c *checkin.Comment) error { c.State = checkin.Visible; return nil })
		must(t, err)
		same(t, list(checkin.Where{Camps: []string{"c1"}}), []string{"k0", "s2", "old"})
		same(t, list(checkin.Where{All: true}), []string{"k5", "k0", "s2", "s5", "old"})
	},
	"documents without a preview are listed by type until they have one": func(s *suite, t *testing.T) {
		files, err := storage.NewMedia(t.Context(), s.db(t))
		must(t, err)
		for id, m := range map[string]media.Media{
			"a": {}, "b": {}, "word": {ContentType: media.Word}, "picture": {Kind: media.Image, ContentType: "image/png"},
			"drawn": {Pages: 2}, "broken": {Undrawable: true}, "bad": {State: media.Bad},
		} {
			m.Doc = doc(id)
			if m.Kind == "" {
				m.Kind = media.Document
			}
			if m.ContentType == "" {
				m.ContentType = media.PDF
			}
			if m.State == "" {
				m.State = media.Ready
			}
			must(t, files.Insert(t.Context(), m))
		}
		undrawn := func() []string {
			return pagesOf(t, 1, func(p domain.Page) ([]media.Media, domain.Cursor, error) {
				return files.Undrawn(t.Context(), media.PDF, p)
			})
		}
		same(t, undrawn(), []string{"a", "b"})
		_, err = files.Update(t.Context(), "a", func(m *media.Media) error { m.Pages = 1; return nil })
		must(t, err)
		same(t, undrawn(), []string{"b"})
	},
}
