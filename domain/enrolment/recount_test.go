package enrolment_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/enrolment"
)

// pagedCamps serves camps two at a time.
type pagedCamps struct {
	enrolment.Camps
	ids []string
}

func (p pagedCamps) OpenCamps(_ context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	from := 0
	if page.After != "" {
		from = slices.Index(p.ids, string(page.After)) + 1
	}
	var camps []camp.Camp
	for _, id := range p.ids[from:min(from+2, len(p.ids))] {
		camps = append(camps, camp.Camp{Doc: domain.Doc{ID: id}})
	}
	if from+2 >= len(p.ids) {
		return camps, "", nil
	}
	return camps, domain.Cursor(p.ids[from+1]), nil
}

// countedSeats notes which counters were recounted, and fails for one of them.
type countedSeats struct {
	enrolment.Seats
	counted []string
	broken  string
}

func (c *countedSeats) Recount(_ context.Context, counter string, _ func([]string) (int64, error)) (int64, error) {
	c.counted = append(c.counted, counter)
	if counter == c.broken {
		return 0, errors.New("no answer")
	}
	return 0, nil
}

func TestEveryPublishedCampIsRecountedThoughOneFails(t *testing.T) {
	t.Parallel()
	var ids, want []string
	for i := range 5 {
		ids = append(ids, fmt.Sprint("c", i))
		want = append(want, camp.SeatCounter(ids[i]))
	}
	seats := &countedSeats{broken: want[1]}
	err := (&enrolment.Service{Camps: pagedCamps{ids: ids}, Seats: seats}).RecountAll(t.Context())
	if !slices.Equal(seats.counted, want) {
		t.Errorf("recounted %v, want %v", seats.counted, want)
	}
	if err == nil || !strings.Contains(err.Error(), "camp c1") {
		t.Errorf("error %v, want the camp that failed", err)
	}
}
