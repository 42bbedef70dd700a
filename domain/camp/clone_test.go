package camp_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
)

// thing is what some feature keeps of a camp.
type thing struct {
	domain.Doc
	Camp string
}

// copying gives the world two features with three things each.
func (w *world) copying(t testing.TB, from string) *domaintest.Store[thing] {
	t.Helper()
	things := domaintest.NewStore[thing](w.power)
	for _, feature := range []string{"a", "b"} {
		var mine []string
		for _, n := range []string{"1", "2", "3"} {
			id := feature + n
			mine = append(mine, id)
			if err := things.Insert(t.Context(), thing{domain.Doc{ID: id}, from}); err != nil {
				t.Fatal(err)
			}
		}
		w.Copiers = append(w.Copiers, camp.Copier{Name: feature, CopyTo: func(ctx context.Context, _, to camp.Camp) error {
			for _, id := range mine {
				if err := things.Insert(ctx, thing{domain.Doc{ID: camp.CopyID(to.ID, id)}, to.ID}); err != nil && !errors.Is(err, domain.ErrExists) {
					return err
				}
			}
			return nil
		}})
	}
	return things
}

func TestANewTermIsTheOldOneSoManyDaysLater(t *testing.T) {
	t.Parallel()
	w := newWorld()
	old := w.term(t, func(f *camp.Form) { f.Pace, f.NextDay, f.Intro = camp.PacePersonal, true, "每天一段" })
	w.clock.Set(at("2026-04-01", 0))
	boss := actor(t, "boss", of("o1", domain.RoleOwner))
	if _, err := w.Archive(boss, old.ID); err == nil {
		t.Error("archived before its end")
	}
	made, err := w.Clone(boss, old.ID, "k1", camp.Term{Title: "第二期", Start: "2026-05-01"}) // 61 days later
	if err != nil {
		t.Fatal(err)
	}
	want := old
	want.Title, want.Start, want.End, want.EnrolFrom, want.EnrolBy = "第二期", "2026-05-01", "2026-05-21", "2026-04-22", "2026-05-10"
	want.State, want.Copy = camp.Draft, &camp.Copy{From: old.ID}
	ignored := cmpopts.IgnoreFields(camp.Camp{}, "Doc", "CreatedAt", "Published", "TurnAt", "TurnedTo", "Told", "CallAt")
	if diff := cmp.Diff(want, made, ignored); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{camp.EventFace, camp.EventCloned}, w.store.Events(made.ID)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	again, err := w.Clone(boss, old.ID, "k1", camp.Term{Title: "第二期", Start: "2026-05-01"})
	if err != nil || again.ID != made.ID || len(w.store.Store.All(nil)) != 2 {
		t.Errorf("a second tap: %s, %v", again.ID, err)
	}
	if other, err := w.Clone(boss, old.ID, "k2", camp.Term{Title: "第三期", Start: "2026-05-01"}); err != nil || other.ID == made.ID {
		t.Errorf("another: %s, %v", other.ID, err)
	}
	if _, err := w.Publish(boss, made.ID); !errors.Is(err, camp.ErrCopying) {
		t.Errorf("published before its content came: %v", err)
	}
}

func TestWhoMayClone(t *testing.T) {
	t.Parallel()
	w := newWorld()
	old := w.term(t, nil)
	term := camp.Term{Title: "第二期", Start: "2026-05-01"}
	for name, c := range map[string]struct {
		grants []domain.Grant
		term   camp.Term
		want   error
	}{
		"a learner":                {nil, term, domain.ErrForbidden},
		"a stranger":               {[]domain.Grant{of("o2", domain.RoleOwner)}, term, domain.ErrForbidden},
		"a reviewer":               {[]domain.Grant{in("o1", old.ID, domain.RoleReviewer)}, term, domain.ErrForbidden},
		"one who may open no camp": {[]domain.Grant{in("o1", old.ID, domain.RoleTeacher)}, term, domain.ErrForbidden},
		"into the past":            {[]domain.Grant{of("o1", domain.RoleOwner)}, camp.Term{Title: "第二期", Start: "2026-01-01"}, domain.ErrInvalid},
		"without a title":          {[]domain.Grant{of("o1", domain.RoleOwner)}, camp.Term{Start: "2026-05-01"}, domain.ErrInvalid},
	} {
		if _, err := w.Clone(actor(t, "x", c.grants...), old.ID, "k", c.term); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	teacher := actor(t, "tea", of("o1", domain.RoleTeacher), in("o1", old.ID, domain.RoleTeacher))
	if made, err := w.Clone(teacher, old.ID, "k", term); err != nil || w.founders[made.ID] != "tea" {
		t.Errorf("its teacher: %v, founders %v", err, w.founders)
	}
}

func TestACopyIsWholeAfterACrashAtAnyWrite(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld()
			old := w.term(t, nil)
			things := w.copying(t, old.ID)
			boss := actor(t, "boss", of("o1", domain.RoleOwner))
			term := camp.Term{Title: "第二期", Start: "2026-05-01"}
			w.power.Cut(n, done)
			made, err := w.Clone(boss, old.ID, "k", term)
			if err == nil {
				err = w.Carry(t.Context(), made.ID)
			}
			died := w.power.Restore()
			if !died && (err != nil || n != 11) {
				t.Errorf("%d writes: %v", n-1, err)
			}
			made, err = w.Clone(boss, old.ID, "k", term)
			for range 2 { // the event comes again
				if err == nil {
					err = w.Carry(t.Context(), made.ID)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			made, err = w.store.Get(t.Context(), made.ID)
			copies := things.All(func(d thing) bool { return d.Camp == made.ID })
			if err != nil || len(copies) != 6 || made.Copying() || len(w.store.Store.All(nil)) != 2 {
				t.Errorf("cut at %d, done %v: %d copies, %v", n, done, len(copies), err)
			}
			if _, err := w.Publish(boss, made.ID); err != nil {
				t.Errorf("cut at %d: %v", n, err)
			}
			if !died {
				break
			}
		}
	}
}
