package checkin_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/media"
)

var noon = time.Date(2026, 3, 5, 4, 0, 0, 0, time.UTC)

func TestFormIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form checkin.Form
		want error
	}{
		"words":                      {checkin.Form{Text: "读完了"}, nil},
		"a picture alone":            {checkin.Form{Media: []string{"m1"}}, nil},
		"a picture with blank words": {checkin.Form{Text: " \n", Media: []string{"m1"}}, nil},
		"nothing":                    {checkin.Form{}, checkin.ErrEmpty},
		"nothing but blanks":         {checkin.Form{Text: " \u3000\r\n\t"}, checkin.ErrEmpty},
		"3000 characters":            {checkin.Form{Text: strings.Repeat("读", 3000)}, nil},
		"3001 characters":            {checkin.Form{Text: strings.Repeat("读", 3001)}, domain.ErrInvalid},
		"an emoji is a character":    {checkin.Form{Text: strings.Repeat("🎉", 3000)}, nil},
		"a zero byte":                {checkin.Form{Text: "读\x00"}, domain.ErrInvalid},
		"nine files":                 {checkin.Form{Media: strings.Split("abcdefghi", "")}, nil},
		"ten files":                  {checkin.Form{Media: strings.Split("abcdefghij", "")}, domain.ErrInvalid},
		"the same file twice":        {checkin.Form{Media: []string{"m1", "m1"}}, domain.ErrInvalid},
		"a file that is none":        {checkin.Form{Media: []string{"../x"}}, domain.ErrInvalid},
		"for the teachers":           {checkin.Form{Text: "读", Audience: checkin.ToTeachers}, nil},
		"for the world":              {checkin.Form{Text: "读", Audience: "world"}, domain.ErrInvalid},
	} {
		if err := c.form.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for text, ok := range map[string]bool{"好": true, " ": false, strings.Repeat("好", 500): true, strings.Repeat("好", 501): false, "好\x1b": false} {
		if err := checkin.CheckComment(text); (err == nil) != ok {
			t.Errorf("comment %q: %v", text, err)
		}
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	type verdicts = []media.Verdict
	for name, c := range map[string]struct {
		text  media.Verdict
		files verdicts
		want  checkin.State
	}{
		"words that pass":                        {media.Passed, nil, checkin.Visible},
		"words and files that pass":              {media.Passed, verdicts{media.Passed, media.Passed}, checkin.Visible},
		"a file that still waits":                {media.Passed, verdicts{media.Passed, media.Waiting}, checkin.Pending},
		"a file that nobody knows anything of":   {media.Passed, verdicts{""}, checkin.Pending},
		"words that nobody knows anything of":    {"", nil, checkin.Pending},
		"words that somebody must look at":       {media.InReview, verdicts{media.Passed}, checkin.Hidden},
		"a file that somebody must look at":      {media.Passed, verdicts{media.InReview}, checkin.Hidden},
		"doubt before what still waits":          {media.InReview, verdicts{media.Waiting}, checkin.Hidden},
		"words that are refused":                 {media.Rejected, verdicts{media.Passed}, checkin.Rejected},
		"a file that is refused":                 {media.Passed, verdicts{media.Passed, media.Rejected}, checkin.Rejected},
		"a no goes before doubt and before what": {media.InReview, verdicts{media.Waiting, media.Rejected}, checkin.Rejected},
	} {
		d := checkin.Checkin{State: checkin.Pending, Version: 2}
		if err := d.Decide(1, c.text, c.files, noon); !errors.Is(err, domain.ErrSame) || d.State != checkin.Pending {
			t.Errorf("%s, of an older version: %s, %v", name, d.State, err)
		}
		err := d.Decide(2, c.text, c.files, noon)
		if d.State != c.want || err != nil && !errors.Is(err, domain.ErrSame) {
			t.Errorf("%s: %s, %v", name, d.State, err)
		}
		if d.State != checkin.Pending {
			if err := d.Decide(2, media.Passed, nil, noon); !errors.Is(err, domain.ErrSame) || d.State != c.want {
				t.Errorf("%s, decided again: %s, %v", name, d.State, err)
			}
		}
	}
}

// Nothing becomes visible that has not passed whole, in whatever order the verdicts come.
func TestNothingIsShownThatHasNotPassedWhole(t *testing.T) {
	t.Parallel()
	every := []media.Verdict{media.Waiting, media.Passed, media.InReview, media.Rejected, ""}
	rapid.Check(t, func(t *rapid.T) {
		d := checkin.Checkin{State: checkin.Pending, Version: 1}
		for range rapid.IntRange(1, 8).Draw(t, "looks") {
			text := rapid.SampledFrom(every).Draw(t, "text")
			files := rapid.SliceOfN(rapid.SampledFrom(every), 0, 4).Draw(t, "files")
			version, before := rapid.IntRange(1, 2).Draw(t, "version"), d.State
			_ = d.Decide(version, text, files, noon)
			passed := text == media.Passed && !slices.ContainsFunc(files, func(v media.Verdict) bool { return v != media.Passed })
			if before == checkin.Pending && d.State == checkin.Visible && (!passed || version != 1) {
				t.Fatalf("shown by %q and %q", text, files)
			}
			if before != checkin.Pending && d.State != before {
				t.Fatalf("%s became %s", before, d.State)
			}
		}
	})
}

func TestEdit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state checkin.State
		now   time.Time
		want  error
	}{
		"what is pending":              {checkin.Pending, noon, nil},
		"what is visible":              {checkin.Visible, noon, nil},
		"what a person must look at":   {checkin.Hidden, noon, nil},
		"what was rejected stays":      {checkin.Rejected, noon, checkin.ErrEditOver},
		"the last moment of its day":   {checkin.Visible, noon.Add(time.Hour - 1), nil},
		"the first moment of the next": {checkin.Visible, noon.Add(time.Hour), checkin.ErrEditOver},
	} {
		d := checkin.Checkin{State: c.state, Version: 3, Text: "旧", TextPassed: true, EditUntil: noon.Add(time.Hour)}
		err := d.Edit(checkin.Form{Text: "新"}, c.now)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (d.State != checkin.Pending || d.Version != 4 || d.TextPassed || d.Text != "新" || d.Audience != checkin.ToCamp || len(d.Outbox) != 1) {
			t.Errorf("%s: %+v", name, d)
		}
		if err != nil && (d.Text != "旧" || d.State != c.state || len(d.Outbox) != 0) {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestAPersonsWord(t *testing.T) {
	t.Parallel()
	d := checkin.Checkin{State: checkin.Hidden, Reason: "x"}
	if err := d.Show(0, noon); err != nil || d.State != checkin.Visible || d.Reason != "" || !d.Counts() {
		t.Errorf("%+v, %v", d, err)
	}
	if err := d.Show(0, noon); !errors.Is(err, domain.ErrSame) {
		t.Errorf("shown twice: %v", err)
	}
	for _, reason := range []string{"", " ", strings.Repeat("x", 101), "两\n行"} {
		if err := d.Hide(reason, noon); !errors.Is(err, domain.ErrInvalid) || d.State != checkin.Visible {
			t.Errorf("reason %q: %v", reason, err)
		}
	}
	if err := d.Hide("与任务无关", noon); err != nil || d.State != checkin.Rejected || d.Counts() || d.Public() {
		t.Errorf("%+v, %v", d, err)
	}
	if err := d.Hide("与任务无关", noon); !errors.Is(err, domain.ErrSame) {
		t.Errorf("hidden twice: %v", err)
	}
}

func TestWhatIsPublicAndWhatCounts(t *testing.T) {
	t.Parallel()
	for _, state := range []checkin.State{checkin.Pending, checkin.Visible, checkin.Hidden, checkin.Rejected, checkin.Deleted} {
		for _, audience := range []checkin.Audience{checkin.ToCamp, checkin.ToTeachers} {
			d := checkin.Checkin{State: state, Audience: audience}
			if d.Public() != (state == checkin.Visible && audience == checkin.ToCamp) || d.Counts() != (state != checkin.Rejected && state != checkin.Deleted) {
				t.Errorf("%s for %s: public %v, counts %v", state, audience, d.Public(), d.Counts())
			}
		}
	}
}

func days(n int) (list []domain.Day) {
	for i := range n {
		list = append(list, domain.Day("2026-03-01").Add(i))
	}
	return list
}

func TestStreak(t *testing.T) {
	t.Parallel()
	// One letter a day from 1 March: x done, . scheduled and not done, space not scheduled, X done though not scheduled.
	for name, c := range map[string]struct {
		days  string
		today int // counted from 0
		want  int
	}{
		"nothing yet":                              {".....", 0, 0},
		"today":                                    {"x....", 0, 1},
		"today is not over":                        {"xx...", 2, 2},
		"yesterday was missed":                     {"xx...", 3, 0},
		"and begun again":                          {"xx.x.", 3, 1},
		"days without a task do not break it":      {"x  x.", 3, 2},
		"not even many":                            {"xx      ", 7, 2},
		"the future does not count":                {"xxxxx", 1, 2},
		"all of it":                                {"xxxxx", 4, 5},
		"after the camp":                           {"xxxxx", 9, 5},
		"after the camp, the last one missed":      {"xxxx.", 9, 0},
		"a day whose task is gone counts no more":  {"xXx", 2, 2},
		"the first day was missed":                 {".xx", 2, 2},
		"nothing was ever scheduled":               {"   ", 2, 0},
		"today has no task and yesterday was done": {"xx  ", 2, 2},
	} {
		scheduled, done := []domain.Day{}, map[domain.Day]bool{}
		for i, letter := range c.days {
			day := domain.Day("2026-03-01").Add(i)
			if letter == 'x' || letter == '.' {
				scheduled = append(scheduled, day)
			}
			if letter == 'x' || letter == 'X' {
				done[day] = true
			}
		}
		if got := checkin.Streak(scheduled, done, domain.Day("2026-03-01").Add(c.today)); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

// The naive model walks back day by day.
func TestStreakAgreesWithWhoCountsOnTheirFingers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := days(40)
		isScheduled, done := map[domain.Day]bool{}, map[domain.Day]bool{}
		scheduled := []domain.Day{}
		for _, d := range all {
			if rapid.IntRange(0, 3).Draw(t, "scheduled") > 0 {
				isScheduled[d] = true
				scheduled = append(scheduled, d)
			}
			done[d] = rapid.IntRange(0, 5).Draw(t, "done") > 0
		}
		today := all[0].Add(rapid.IntRange(-2, 45).Draw(t, "today"))
		want := 0
		for d := today; d >= all[0]; d = d.Add(-1) {
			if !isScheduled[d] || d == today && !done[d] {
				continue
			}
			if !done[d] {
				break
			}
			want++
		}
		if got := checkin.Streak(scheduled, done, today); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	})
}

// The day is fixed by the camp's calendar when it is written: travel, summer time and a second phone change nothing.
func TestStreakLostByTimeZoneDSTOrTwoDevices(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"America/New_York", "Europe/Berlin", "Pacific/Chatham", "Asia/Shanghai"} {
		for _, cutOff := range []int{0, 2, 3} {
			calendar := domain.Calendar{Zone: zone, CutOff: cutOff}
			for _, first := range []domain.Day{"2026-03-01", "2026-03-25", "2026-09-20", "2026-10-20", "2026-03-31"} {
				scheduled, done, ids := []domain.Day{}, map[domain.Day]bool{}, map[string]bool{}
				for i := range 14 { // handed in at the last moment of one day, at the first of the next, and on two phones
					day := first.Add(i)
					at := calendar.Start(day)
					if i%2 == 0 {
						at = calendar.End(day).Add(-time.Second)
					}
					for _, device := range []*time.Location{time.UTC, time.FixedZone("ahead", 14*3600)} {
						handedIn := calendar.Day(at.In(device))
						ids[checkin.ID("c", "m", "t", handedIn)] = true
						done[handedIn] = true
					}
					scheduled = append(scheduled, day)
				}
				if got := checkin.Streak(scheduled, done, first.Add(13)); got != 14 || len(ids) != 14 {
					t.Errorf("%s cut off at %d from %s: streak %d, %d check-ins", zone, cutOff, first, got, len(ids))
				}
			}
		}
	}
}
