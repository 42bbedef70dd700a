package audit

import "strings"

// effects: what was counted is what there is to count, and what was said is there once.
func effects(t *trial, f *finding) {
	likes, comments := map[string]int{}, map[string]int{}
	for _, l := range t.whole.Likes {
		if l.On {
			likes[l.Checkin]++
		}
	}
	said := map[[3]string]int{}
	for _, c := range t.whole.Comments {
		if c.State == "visible" {
			comments[c.Checkin]++
		}
		f.expect(c.State != "pending", "comment %s was never looked at", c.ID)
		if c.Text == "" { // forgotten
			continue
		}
		said[[3]string{c.Checkin, c.Member, c.Text}]++
	}
	for key, n := range said {
		f.expect(n == 1, "%s said the same under %s %d times", key[1], key[0], n)
	}
	for _, c := range t.whole.Checkins {
		f.expect(c.Likes == likes[c.ID], "check-in %s shows %d likes and has %d", c.ID, c.Likes, likes[c.ID])
		f.expect(c.Comments == comments[c.ID], "check-in %s shows %d comments and has %d", c.ID, c.Comments, comments[c.ID])
		f.expect(c.State != "pending", "check-in %s was never looked at", c.ID)
	}
}

// seats: nobody beyond them, nobody turned away while there was one, and the counter agrees with the places.
func seats(t *trial, f *finding) {
	active := map[string]bool{}
	for _, e := range t.Enrolments {
		f.expect(e.State == "active" || e.State == "refused", "enrolment %s is still %s", e.ID, e.State)
		if e.Camp == t.Camp && e.State == "active" {
			f.expect(!active[e.Member], "%s has two places", e.Member)
			active[e.Member] = true
		}
	}
	f.expect(len(active) == min(t.Seats, t.Asked), "%d places are taken; there are %d and %d asked", len(active), t.Seats, t.Asked)
	f.expect(t.Counters["seats:"+t.Camp] == int64(len(active)), "the counter says %d of %d places", t.Counters["seats:"+t.Camp], len(active))
	f.expect(len(t.Underway) == 0, "counters still remember %s", strings.Join(t.Underway, ", "))
	for _, p := range t.Promises.People {
		f.expect(active[p.Member] == p.Enrolled, "%s was told %v about their place and has %v", p.Member, p.Enrolled, active[p.Member])
	}
	f.checked = len(active)
}

// media: what was taken in is there and was judged; what nothing uses is gone, and so is every file of it.
func media(t *trial, f *finding) {
	docs := map[string]Media{}
	unjudged := 0
	for _, m := range t.Facts.Media {
		docs[m.ID] = m
		f.expect(len(m.Refs) > 0, "file %s is used by nothing and still there", m.ID)
		f.expect(m.State == "ready" && m.Verdict != "waiting", "file %s is %s, its verdict %s", m.ID, m.State, m.Verdict)
		f.expect(t.Files["media/"+m.ID] == m.Size && m.Size > 0, "file %s has %d bytes of %d", m.ID, t.Files["media/"+m.ID], m.Size)
		f.expect(m.Kind != "image" || m.Thumb && t.Files["thumb/"+m.ID] > 0, "picture %s has no thumbnail", m.ID)
		if m.Verdict == "review" {
			unjudged++
		}
	}
	for _, u := range t.Uploads {
		_, there := docs[u.ID]
		f.expect(there == (u.Accepted && u.Used), "file %s of %s: accepted %v, used %v, there %v", u.ID, u.Member, u.Accepted, u.Used, there)
	}
	lost := 0
	for _, p := range t.Ledger.Pushes {
		if p.Kind == "wxa_media_check" && p.State != "accepted" {
			lost++
		}
	}
	f.expect(unjudged <= lost, "%d files still wait for a person and %d verdicts were lost", unjudged, lost)
	for _, place := range []string{"media/", "thumb/"} {
		for name := range t.under(place) {
			_, ok := docs[name]
			f.expect(ok, "the file %s%s belongs to nothing", place, name)
		}
	}
	for _, place := range []string{"incoming/", ".staging/"} {
		f.expect(t.Kills > 0 && place == ".staging/" || len(t.under(place)) == 0, "%d files are left in %s", len(t.under(place)), place)
	}
	f.checked = len(t.Facts.Media)
}

// people: whoever has logged in, however often and wherever, is one member.
func people(t *trial, f *finding) {
	members, seen := map[string]Member{}, map[string]bool{}
	for _, m := range t.Members {
		members[m.ID] = m
		f.expect(m.Person == "" || !seen[m.Person], "member %s is a second one of the same person", m.ID)
		seen[m.Person] = true
	}
	gone := t.gone()
	for _, p := range t.Promises.People {
		if _, ok := gone[p.Member]; ok {
			continue
		}
		m, ok := members[p.Member]
		f.expect(ok, "member %s is gone", p.Member)
		f.expect(p.Nickname == "" || m.Nickname == p.Nickname, "member %s is not called what was confirmed", p.Member)
		f.expect(m.Avatar == p.Avatar, "member %s does not have the avatar that was confirmed", p.Member)
	}
	f.checked = len(t.Promises.People)
}

// outbox: every event has reached all who must hear of it.
func outbox(t *trial, f *finding) {
	f.checked = t.Collections
	for _, e := range t.Outbox {
		f.wrong = append(f.wrong, e.Collection+" "+e.Document+" still holds "+e.Type)
	}
}

// capacity: of no camp more seats are held than there are, whether somebody sits on them, was offered them or has yet to
// pay; and the counter agrees.
func capacity(t *trial, f *finding) {
	held := map[string]int{}
	for _, e := range t.whole.Enrolments {
		if e.State == "active" || e.State == "offered" || e.State == "held" {
			held[e.Camp]++
		}
	}
	for _, c := range t.whole.Camps {
		f.expect(held[c.ID] <= c.Seats, "%d seats of %s are held and there are %d", held[c.ID], c.ID, c.Seats)
		f.expect(t.Counters["seats:"+c.ID] == int64(held[c.ID]), "the counter of %s says %d and %d are held", c.ID, t.Counters["seats:"+c.ID], held[c.ID])
	}
}

// deadJobs: none, however much went wrong: whatever a job cannot do it leaves to a person, and what passes it waits for.
func deadJobs(t *trial, f *finding) {
	for _, d := range t.Dead {
		f.expect(false, "%s of %s is dead: %s", d.Kind, d.Document, d.Error)
	}
	f.checked = len(t.Dead)
}
