package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/product"
	"yingdi/domain/risk"
	"yingdi/domain/signcard"
	"yingdi/domain/team"
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
	prices := product.Form{Policy: product.Policy{Steps: []product.Step{{Day: 3, Percent: 100}}}, Offers: []product.Offer{{
		Kind: product.Paid, Title: "标准席位", Price: 99_00, EarlyBird: []product.Window{
			{Until: s.clock.Now().Add(-40 * 24 * time.Hour), Price: 59_00}, {Until: s.clock.Now().Add(24 * time.Hour), Price: 79_00},
		},
	}}}
	if _, err := s.services.Products.Save(s.as(t, s.vars["teacher"]), c.ID, 0, prices); err != nil {
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
	overview, err := s.services.Teams.View(teacher, made.ID, team.Look{}, domain.Page{})
	for _, line := range overview.Teams {
		names = append(names, line.Name)
		if before, err := s.services.Teams.View(teacher, old.ID, team.Look{}, domain.Page{}); err != nil || line.Size > 0 || line.ID == before.Teams[0].ID {
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
	shifted := func(hours int) time.Time { return s.clock.Now().Add(time.Duration(31*24+hours) * time.Hour) }
	prices, err := s.services.Products.Of(teacher, made.ID)
	if err != nil || len(prices.Offers) != 1 || prices.Offers[0].Price != 99_00 || len(prices.Policy.Steps) != 1 {
		t.Errorf("prices: %+v, %v", prices, err)
	} else if diff := cmp.Diff([]product.Window{{Until: shifted(24), Price: 79_00}}, prices.Offers[0].EarlyBird); diff != "" {
		t.Errorf("early birds, of which one is over: %s", diff)
	}
	_, shelf, _, err := s.services.Lessons.Library(teacher, made.ID, domain.Page{})
	if err != nil || len(shelf) != 1 || shelf[0].Title != "书单" || !shelf[0].VisibleAt.Equal(s.clock.Now().Add((31+2)*24*time.Hour)) {
		t.Errorf("materials: %+v, %v", shelf, err)
	}
}
