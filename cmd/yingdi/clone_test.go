package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/risk"
	"yingdi/domain/signcard"
)

// furnish sets in a camp what a new term takes over beside its content: teams, thresholds, cards, and a material for later.
func (s *site) furnish(t *testing.T, c camp.Camp) {
	t.Helper()
	token, _, _ := s.signIn(t, "teacher")
	teacher := s.as(t, s.vars["teacher"])
	for _, name := range []string{"一组", "二组"} {
		if _, err := s.services.Teams.Add(teacher, c.ID, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.services.Risks.Set(teacher, c.ID, risk.Thresholds{Missed: 2, Quiet: 9, Never: 1}); err != nil {
		t.Fatal(err)
	}
	if err := s.services.Signcards.SaveSetting(teacher, c.ID, signcard.SettingForm{Pictures: signcard.FromBoth, Sayings: signcard.FromOwn, Tag: "春"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.services.Lessons.AddMaterial(teacher, c.ID, s.upload(t, token), "书单", s.clock.Now().Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// takenOver looks for all that in the new term, which starts 31 days later.
func (s *site) takenOver(t *testing.T, old, made camp.Camp) {
	t.Helper()
	teacher := s.as(t, s.vars["teacher"])
	var names []string
	overview, err := s.services.Teams.View(teacher, made.ID, "", domain.Page{})
	for _, line := range overview.Teams {
		names = append(names, line.Name)
		if before, err := s.services.Teams.View(teacher, old.ID, "", domain.Page{}); err != nil || line.Size > 0 || line.ID == before.Teams[0].ID {
			t.Errorf("team %+v, %v", line, err)
		}
	}
	if diff := cmp.Diff([]string{"一组", "二组"}, names); err != nil || diff != "" {
		t.Errorf("teams: %v %s", err, diff)
	}
	thresholds, err := s.services.Risks.Of(teacher, made.ID)
	if thresholds.Missed != 2 || thresholds.Quiet != 9 || thresholds.Never != 1 || err != nil {
		t.Errorf("thresholds: %+v, %v", thresholds, err)
	}
	cards, err := s.services.Signcards.OfCamp(teacher, made.ID)
	want := signcard.Setting{Pictures: signcard.FromBoth, Sayings: signcard.FromOwn, Tag: "春"}
	if diff := cmp.Diff(want, cards.Setting, cmpopts.IgnoreTypes(domain.Doc{})); err != nil || diff != "" {
		t.Errorf("cards: %v %s", err, diff)
	}
	_, shelf, _, err := s.services.Lessons.Library(teacher, made.ID, domain.Page{})
	if err != nil || len(shelf) != 1 || shelf[0].Title != "书单" || !shelf[0].VisibleAt.Equal(s.clock.Now().Add((31+2)*24*time.Hour)) {
		t.Errorf("materials: %+v, %v", shelf, err)
	}
}
