package lesson

import (
	"testing"

	"yingdi/domain"
	"yingdi/domain/camp"
)

func TestTheNextEmptyDay(t *testing.T) {
	t.Parallel()
	c := camp.Camp{Start: "2026-03-02", End: "2026-03-05"}
	for _, at := range []struct {
		today     domain.Day
		scheduled []domain.Day
		want      domain.Day
	}{
		{"2026-02-01", nil, "2026-03-02"},
		{"2026-02-01", []domain.Day{"2026-03-02", "2026-03-04"}, "2026-03-03"},
		{"2026-03-04", []domain.Day{"2026-03-02"}, "2026-03-04"},
		{"2026-03-04", []domain.Day{"2026-03-04", "2026-03-05"}, ""},
		{"2026-04-01", nil, ""},
	} {
		if got := firstEmpty(c, at.scheduled, at.today); got != at.want {
			t.Errorf("on %s with %v: %q, want %q", at.today, at.scheduled, got, at.want)
		}
	}
}
