package camp_test

import (
	"errors"
	"testing"

	"yingdi/domain/camp"
)

func TestACampThatLearnersPaidForKeepsItsDays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*camp.Form)
		want   error
	}{
		"its start":              {func(f *camp.Form) { f.Start = f.Start.Add(1) }, camp.ErrPinned},
		"its end":                {func(f *camp.Form) { f.End = f.End.Add(1) }, camp.ErrPinned},
		"its zone":               {func(f *camp.Form) { f.Calendar.Zone = "Asia/Tokyo" }, camp.ErrPinned},
		"fewer make-ups":         {func(f *camp.Form) { f.MakeUps.Quota-- }, camp.ErrPinned},
		"shorter make-ups":       {func(f *camp.Form) { f.MakeUps.Days-- }, camp.ErrPinned},
		"fewer closing days":     {func(f *camp.Form) { f.Closing-- }, camp.ErrPinned},
		"more make-ups are fine": {func(f *camp.Form) { f.MakeUps.Quota++; f.Closing++ }, nil},
		"and so is another name": {func(f *camp.Form) { f.Title = "晨读营 第二期" }, nil},
	} {
		f := form()
		f.MakeUps, f.Closing = camp.MakeUps{Quota: 2, Days: 3}, 3
		in := camp.Camp{State: camp.Draft}
		if err := in.Apply(f, at("2026-02-01", 0)); err != nil {
			t.Fatal(err)
		}
		in.Pinned = true
		c.change(&f)
		if err := in.Apply(f, at("2026-02-01", 0)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
