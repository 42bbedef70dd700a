package review

import (
	"testing"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/member"
)

func TestNeighboursOnTheDesk(t *testing.T) {
	t.Parallel()
	var queue []Row
	for _, id := range []string{"a", "b", "c", "d"} {
		row := Row{Checkin: checkin.Checkin{Doc: domain.Doc{ID: id}}}
		if id == "c" {
			row.Holder = member.Card{ID: "tom"}
		}
		queue = append(queue, row)
	}
	for id, want := range map[string][2]string{"a": {"", "b"}, "b": {"a", "d"}, "d": {"c", ""}, "answered": {"", "a"}} {
		if previous, next := beside(queue, id); previous != want[0] || next != want[1] {
			t.Errorf("beside %s: %q and %q, want %q", id, previous, next, want)
		}
	}
	if previous, next := beside(nil, "a"); previous != "" || next != "" {
		t.Errorf("beside nothing: %q and %q", previous, next)
	}
}
