package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/pool"
	"yingdi/season/audit"
)

// provesFaults plants faults into the data that a season with a settled pool left, one at a time: what a season says of its
// folder in the end finds each, by the command whose matter it is, and names the document.
func (s *site) provesFaults(t *testing.T, in []audit.Pool, task string, day domain.Day) {
	t.Helper()
	camp, set := in[0].ID, s.settlement(t, in[0].ID)
	an, orders := s.id(t, "an"), map[string]string{}
	for line, err := range pool.Lines(t.Context(), s.services.Pools.Sheets, set) {
		if err != nil {
			t.Fatal(err)
		}
		orders[line.Member] = line.Order
	}
	const books, list = "admin-audit", "verify-pool"
	for name, fault := range map[string]struct {
		collection, id, was, is string
		found                   []string
	}{
		"a refund that is a fen more":           {"order", orders[an], `"amount":10000,"state":"succeeded"`, `"amount":10001,"state":"succeeded"`, []string{books}},
		"a payment of which a fen is gone":      {"order", orders[an], `"amount":19900,"state":"succeeded"`, `"amount":19899,"state":"succeeded"`, []string{books}},
		"a promise of another part":             {"order", orders[an], `"part":10000`, `"part":9999`, []string{books, list}},
		"a gain that is a fen more":             {"pool_sheet", pool.SheetID(camp, set.Run, 0), `"gain":9000`, `"gain":9001`, []string{books, list}},
		"a list that somebody was taken out of": {"pool_settlement", camp, `"members":4`, `"members":3`, []string{books, list}},
		"a member who gets another sum":         {"pool_member", pool.ID(camp, an), `"gain":{"amount":9000`, `"gain":{"amount":8999`, []string{books, list}},
		"a transfer of another sum":             {"transfer", pool.PayoutID(camp, an, 1), `"amount":9000`, `"amount":9001`, []string{books}},
	} {
		record, err := s.db.Engine.Get(t.Context(), fault.collection, fault.id)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		planted := bytes.Replace(record.Body, []byte(fault.was), []byte(fault.is), 1)
		if bytes.Equal(planted, record.Body) {
			t.Errorf("%s cannot be planted into %s", name, record.Body)
			continue
		}
		s.put(t, fault.collection, fault.id, planted)
		s.proves(t, in, name, fault.found, fault.id, an, camp)
		s.put(t, fault.collection, fault.id, record.Body)
	}
	handedIn := func(state checkin.State) {
		t.Helper()
		if _, err := s.services.Checkins.Store.Update(t.Context(), checkin.ID(camp, an, task, day), func(c *checkin.Checkin) error {
			c.State = state
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	handedIn(checkin.Deleted)
	s.proves(t, in, "a day that was taken back", []string{list}, an)
	handedIn(checkin.Visible)
	s.proves(t, in, "nothing any more", nil)
}

// proves expects the proofs that find a fault, and that each says where it is.
func (s *site) proves(t *testing.T, in []audit.Pool, fault string, found []string, where ...string) {
	t.Helper()
	var broken []string
	for _, inv := range prove(t.Context(), s.config, s.app, in) {
		if inv.OK {
			continue
		}
		broken = append(broken, inv.Name)
		if !slices.ContainsFunc(where, func(id string) bool { return strings.Contains(inv.Detail, id) }) {
			t.Errorf("%s: %s does not say where: %s", fault, inv.Name, inv.Detail)
		}
	}
	if !slices.Equal(broken, found) {
		t.Errorf("%s is found by %v, want %v", fault, broken, found)
	}
}

func (s *site) settlement(t *testing.T, camp string) pool.Settlement {
	t.Helper()
	set, err := s.services.Pools.Settlements.Get(t.Context(), camp)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// A command that cannot even look is no command that found all well.
func TestAProofThatCannotBeMadeIsNone(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	lost := b.config
	lost.Data = t.TempDir() + "/nowhere"
	for _, inv := range prove(t.Context(), lost, b.app, []audit.Pool{{ID: "gone", State: "settled"}}) {
		if inv.OK || inv.Detail == "" {
			t.Errorf("%s: %v %q", inv.Name, inv.OK, inv.Detail)
		}
	}
	if _, err := b.services.Pools.Verify(t.Context(), "gone"); !errors.Is(err, domain.ErrNotFound) {
		t.Error(err)
	}
}
