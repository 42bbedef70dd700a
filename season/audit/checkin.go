package audit

import (
	"slices"
	"strings"
)

// kept: whatever was acknowledged is there, as it was acknowledged.
func kept(t *trial, f *finding) {
	for _, h := range t.Handed {
		c, ok := t.checkins[h.ID]
		f.expect(ok, "check-in %s was acknowledged and is gone", h.ID)
		f.expect(!ok || c.Member == h.Member && c.Task == h.Task && c.Day == h.Day && c.Text == h.Text && slices.Equal(c.Media, h.Media),
			"check-in %s is not what was acknowledged", h.ID)
	}
	reviews := map[string]Review{}
	for _, r := range t.Facts.Reviews {
		reviews[r.ID] = r
	}
	for _, m := range t.Marks {
		r, ok := reviews[m.Checkin]
		f.expect(ok, "the review of %s was released and is gone", m.Checkin)
		f.expect(!ok || r.Round > m.Round || r.State == "released" && r.Released.Text == m.Text && r.Released.Points == m.Points && r.Round == m.Round,
			"the review of %s is not what was released", m.Checkin)
	}
	said := map[string]bool{}
	for _, c := range t.Facts.Comments {
		said[c.ID] = true
	}
	for _, c := range t.Said {
		f.expect(said[c.ID], "comment %s was acknowledged and is gone", c.ID)
	}
	liked := likesOf(t.Facts.Likes)
	for _, l := range t.Promises.Likes {
		f.expect(liked[[2]string{l.Checkin, l.Member}] == l.On, "the like of %s by %s is not as acknowledged", l.Checkin, l.Member)
	}
}

func likesOf(likes []Like) map[[2]string]bool {
	on := map[[2]string]bool{}
	for _, l := range likes {
		on[[2]string{l.Checkin, l.Member}] = l.On
	}
	return on
}

// unasked: nothing is there that nobody was told of, and what was refused has left no trace.
func unasked(t *trial, f *finding) {
	handed, said, marked := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, h := range t.Handed {
		handed[h.ID] = true
	}
	for _, c := range t.Said {
		said[c.ID] = true
	}
	for _, m := range t.Marks {
		marked[m.Checkin] = true
	}
	for _, c := range t.Facts.Checkins {
		f.expect(handed[c.ID], "check-in %s was never acknowledged", c.ID)
	}
	for _, c := range t.Facts.Comments {
		f.expect(said[c.ID], "comment %s was never acknowledged", c.ID)
	}
	for _, r := range t.Facts.Reviews {
		f.expect(marked[r.ID] || r.State != "released", "the review of %s was never acknowledged", r.ID)
	}
	acknowledged := likesOf(t.Promises.Likes)
	for _, l := range t.Facts.Likes {
		_, ok := acknowledged[[2]string{l.Checkin, l.Member}]
		f.expect(ok, "the like of %s by %s was never acknowledged", l.Checkin, l.Member)
	}
	refused := map[string]bool{}
	for _, text := range t.Refused {
		refused[text] = true
	}
	for _, c := range t.Facts.Checkins {
		f.expect(!refused[c.Text] || c.Text == "", "check-in %s holds a text that was refused", c.ID)
	}
}

// oneADay: a person hands in once for a task on a day, whatever the ids say.
func oneADay(t *trial, f *finding) {
	seen := map[string]string{}
	for _, c := range t.Facts.Checkins {
		key := strings.Join([]string{c.Camp, c.Member, c.Task, c.Day}, ":")
		f.expect(seen[key] == "", "check-ins %s and %s are of one day", seen[key], c.ID)
		f.expect(c.ID == key, "check-in %s is of %s", c.ID, key)
		seen[key] = c.ID
	}
}

// days: the day is the camp's, by the instant at which it was handed in, and its task's.
func days(t *trial, f *finding) {
	camps, taskDay, at := map[string]Camp{}, map[string]string{}, map[string]Handed{}
	for _, c := range t.Camps {
		camps[c.ID] = c
	}
	for _, task := range t.Tasks {
		taskDay[task.ID] = task.Day
	}
	for _, h := range t.Handed {
		at[h.ID] = h
	}
	for _, c := range t.Facts.Checkins {
		camp := camps[c.Camp]
		day, err := dayAt(c.SubmittedAt, camp.Calendar.Zone, camp.Calendar.CutOff)
		f.expect(err == nil && c.Day == day, "check-in %s is of %s by the calendar", c.ID, day)
		f.expect(c.Day == taskDay[c.Task] && c.Day >= camp.Start && c.Day <= camp.End, "check-in %s is not on its task's day", c.ID)
		h, ok := at[c.ID]
		if !ok {
			continue
		}
		day, err = dayAt(h.At, camp.Calendar.Zone, camp.Calendar.CutOff)
		f.expect(err == nil && c.Day == day, "check-in %s was handed in on %s by the season's clock", c.ID, day)
	}
}

// streaks: what learners were told of their streaks, and what their calendars say in the end.
func streaks(t *trial, f *finding) {
	for _, h := range t.Handed {
		want := t.streakOn(h.Member, h.Day)
		before := want
		if c := t.checkins[h.ID]; c.State == "rejected" { // it counted until somebody looked, which may have been at once
			t.byDay[[2]string{h.Member, h.Day}] = true
			before = t.streakOn(h.Member, h.Day)
			delete(t.byDay, [2]string{h.Member, h.Day})
		}
		f.expect(h.Streak == want || h.Streak == before, "check-in %s was answered with a streak of %d and it is %d", h.ID, h.Streak, want)
	}
	for _, c := range t.Calendars {
		want := t.streakOn(c.Member, c.Today)
		f.expect(c.Streak == want, "the calendar of %s ends with a streak of %d and it is %d", c.Member, c.Streak, want)
		var done []string
		for _, day := range t.taskDays {
			if t.byDay[[2]string{c.Member, day}] {
				done = append(done, day)
			}
		}
		f.expect(slices.Equal(c.Done, done), "the calendar of %s has other days than the check-ins", c.Member)
	}
}

// cards: every day on which somebody handed in has its card, drawn, and no other day has one. Once all of a day was
// deleted its card is withdrawn.
func cards(t *trial, f *finding) {
	asked, deleted, kept, current := t.cardDays()
	drawn, files, gone := map[[3]string]bool{}, map[string]bool{}, t.gone()
	for _, c := range t.whole.Cards {
		key := [3]string{c.Camp, c.Member, c.Day}
		f.expect(!drawn[key], "%s has two cards on %s", c.Member, c.Day)
		drawn[key] = true
		if c.State == "withdrawn" {
			f.expect(deleted[key] && !current[key], "card %s is withdrawn and its day is not", c.ID)
			continue
		}
		f.expect(c.State == "ready", "card %s is %s", c.ID, c.State)
		f.expect(kept[key], "card %s is still there and nothing of its day is", c.ID)
		f.expect(t.Files["card/"+cardFile(c)] > 0, "card %s has no picture", c.ID)
		files[cardFile(c)] = true
	}
	for key := range asked {
		_, left := gone[key[1]]
		f.expect(drawn[key] || left || deleted[key] && !current[key], "%s handed in on %s and has no card", key[1], key[2])
	}
	f.checked = len(asked)
	for key := range drawn {
		f.expect(asked[key], "%s has a card on %s and no check-in", key[1], key[2])
	}
	for name := range t.under("card/") {
		f.expect(files[name], "the file card/%s belongs to no card", name)
	}
}

// cardDays are the days, by camp and member, on which something was handed in, something was deleted, something was not,
// and something counts of the present stay.
func (t *trial) cardDays() (asked, deleted, kept, current map[[3]string]bool) {
	asked, deleted, kept, current = map[[3]string]bool{}, map[[3]string]bool{}, map[[3]string]bool{}, map[[3]string]bool{}
	places, joined := camps(t.whole.Camps), map[[2]string]string{}
	for _, e := range t.whole.Enrolments {
		in := places[e.Camp].Calendar
		if day, err := dayAt(e.ActiveAt, in.Zone, in.CutOff); err == nil {
			joined[[2]string{e.Camp, e.Member}] = day
		}
	}
	for _, c := range t.whole.Checkins {
		key := [3]string{c.Camp, c.Member, c.Day}
		asked[key], kept[key] = true, kept[key] || c.State != "deleted"
		switch c.State {
		case "deleted":
			deleted[key] = true
		case "rejected":
		default:
			current[key] = current[key] || c.Day >= joined[[2]string{c.Camp, c.Member}]
		}
	}
	return asked, deleted, kept, current
}

func cardFile(c Card) string { return c.Camp + "/" + c.Member + "/" + c.Day + ".jpg" }
