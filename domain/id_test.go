package domain_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/domaintest"
)

func TestIDsAreShortUniqueAndInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	clock := domaintest.NewClock("2026-03-01T00:00:00Z")
	ids := domain.NewIDs(clock)
	seen, last := map[string]bool{}, ""
	for range 1000 {
		id := ids.New()
		if len(id) != 24 || !domain.ValidID(id) || seen[id] || id[:9] < last {
			t.Fatalf("id %s after %s", id, last)
		}
		seen[id], last = true, id[:9]
		clock.Add(time.Millisecond)
	}
	if a, b := domain.Secret(), domain.Secret(); a == b || len(a) != 32 || !domain.ValidID(a) {
		t.Errorf("secrets %s and %s", a, b)
	}
}

func TestKeyRefusesWhatWouldGiveTwoThingsOneID(t *testing.T) {
	t.Parallel()
	if got := domain.Key("camp", "member", "2026-03-01"); got != "camp:member:2026-03-01" {
		t.Errorf("got %s", got)
	}
	for _, parts := range [][]string{{"a", ""}, {"", "a"}, {"a:b", "c"}, {"a", ":"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q made an id", parts)
				}
			}()
			domain.Key(parts...)
		}()
	}
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`[a-z0-9_-]{1,8}`)
		a, b := rapid.SliceOfN(part, 1, 4).Draw(t, "a"), rapid.SliceOfN(part, 1, 4).Draw(t, "b")
		same := strings.Join(a, "\x00") == strings.Join(b, "\x00")
		if (domain.Key(a...) == domain.Key(b...)) != same || !domain.ValidID(domain.Key(a...)) {
			t.Fatalf("%q and %q", a, b)
		}
	})
}

func TestValidID(t *testing.T) {
	t.Parallel()
	for id, ok := range map[string]bool{
		"a": true, "a:b": true, "A-b_9:2026-03-01": true, strings.Repeat("a", 160): true,
		"": false, ":": false, "a:": false, ":a": false, "a::b": false, "a b": false, "a/b": false, "..": false, "a.b": false,
		"一": false, "a\n": false, "a'": false, "a$b": false, "a\x00": false, strings.Repeat("a", 161): false,
	} {
		if domain.ValidID(id) != ok {
			t.Errorf("%q: want %v", id, ok)
		}
	}
}

func TestARequestThatRunsAgainMakesItsThingOnce(t *testing.T) {
	t.Parallel()
	ids := domain.NewIDs(domaintest.NewClock("2026-03-01T00:00:00Z"))
	once := domain.WithRequest(t.Context(), "ann|k1|r")
	first := domain.OnceID(once, ids)
	if again := domain.OnceID(once, ids); again != first || !domain.ValidID(first) {
		t.Errorf("%s, then %s", first, again)
	}
	if other := domain.OnceID(domain.WithRequest(t.Context(), "ann|k2|r"), ids); other == first {
		t.Error("another request got the same id")
	}
	if a, b := domain.OnceID(t.Context(), ids), domain.OnceID(t.Context(), ids); a == b {
		t.Error("without a name each is new")
	}
}
