package domain_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yingdi/domain"
)

type stone struct{ domain.Doc }

// shelf lists n stones, two to a page, and fails when asked for the page that begins at broken.
func shelf(n, broken int) func(domain.Page) ([]stone, domain.Cursor, error) {
	return func(page domain.Page) (found []stone, next domain.Cursor, err error) {
		at, _ := strconv.Atoi(string(page.After))
		if broken > 0 && at == broken {
			return nil, "", domain.ErrUnavailable
		}
		for ; at < n && len(found) < 2; at++ {
			found = append(found, stone{domain.Doc{ID: strconv.Itoa(at)}})
		}
		if at < n {
			next = domain.Cursor(strconv.Itoa(at))
		}
		return found, next, nil
	}
}

func TestAWalkSeesEverythingOnceAndTellsWhereItBroke(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		n, broken int
		want      string
	}{
		"nothing":             {0, 0, ""},
		"less than a page":    {1, 0, "0"},
		"pages that are full": {4, 0, "0 1 2 3"},
		"a last short page":   {5, 0, "0 1 2 3 4"},
		"a page that fails":   {6, 2, "0 1 failed"},
	} {
		var seen []string
		for s, err := range domain.Each(shelf(tc.n, tc.broken)) {
			if err != nil {
				seen = append(seen, "failed")
				continue
			}
			seen = append(seen, s.ID)
		}
		if got := strings.Join(seen, " "); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestARoundGoesOnAfterAFailureAndNamesIt(t *testing.T) {
	t.Parallel()
	var seen []string
	err := domain.Round(t.Context(), "stone", shelf(6, 4), func(s stone) error {
		seen = append(seen, s.ID)
		if s.ID == "1" {
			return domain.ErrConflict
		}
		return nil
	})
	if !slices.Equal(seen, []string{"0", "1", "2", "3"}) {
		t.Errorf("saw %v", seen)
	}
	if !errors.Is(err, domain.ErrConflict) || !errors.Is(err, domain.ErrUnavailable) || !strings.Contains(err.Error(), "stone 1: ") {
		t.Errorf("failed with %v, want both failures and the name of the stone", err)
	}
	if err := domain.Round(t.Context(), "stone", shelf(5, 0), func(stone) error { return nil }); err != nil {
		t.Errorf("a round of five: %v", err)
	}
}

func TestARoundEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancel(t.Context())
	var seen int
	err := domain.Round(ctx, "stone", shelf(6, 0), func(stone) error {
		seen++
		end()
		return nil
	})
	if seen != 2 || !errors.Is(err, context.Canceled) {
		t.Errorf("saw %d, %v, want the page that was read and no more", seen, err)
	}
}

func TestASieveGoesOnUntilItHasAPageOrLookedEnough(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		n, broken, limit, most int
		want                   string
		next                   domain.Cursor
	}{
		"a list of nothing":             {0, 0, 2, 100, "", ""},
		"all that there is":             {7, 0, 5, 100, "0 3 6", ""},
		"a page of it":                  {20, 0, 2, 100, "0 3", "4"},
		"what is rare is not sought on": {90, 0, 50, 6, "0 3", "6"},
		"a page that fails":             {20, 4, 5, 100, "", ""},
	} {
		got, next, err := domain.Sift(domain.Page{Limit: tc.limit}, tc.most, shelf(tc.n, tc.broken), func(found []stone) (kept []string, err error) {
			for _, s := range found {
				if n, _ := strconv.Atoi(s.ID); n%3 == 0 {
					kept = append(kept, s.ID)
				}
			}
			return kept, nil
		})
		if strings.Join(got, " ") != tc.want || next != tc.next || (err != nil) != (tc.broken > 0) {
			t.Errorf("%s: %v, next %q, %v", name, got, next, err)
		}
	}
}
