package review

import (
	"testing"

	"yingdi/domain"
	"yingdi/domain/checkin"
)

func TestNeighboursOnTheDesk(t *testing.T) {
	t.Parallel()
	var queue []checkin.Entry
	for _, id := range []string{"a", "b", "c"} {
		queue = append(queue, checkin.Entry{Checkin: checkin.Checkin{Doc: domain.Doc{ID: id}}})
	}
	for id, want := range map[string][2]string{"a": {"", "b"}, "b": {"a", "c"}, "c": {"b", ""}, "answered": {"", "a"}} {
		if previous, next := beside(queue, id); previous != want[0] || next != want[1] {
			t.Errorf("beside %s: %q and %q, want %q", id, previous, next, want)
		}
	}
	if previous, next := beside(nil, "a"); previous != "" || next != "" {
		t.Errorf("beside nothing: %q and %q", previous, next)
	}
}
