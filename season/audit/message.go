package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// told: every release of a review, and every check-in that was rejected or chosen, is in its author's inbox once, and nothing else is.
func told(t *trial, f *finding) {
	byID := map[string]Notice{}
	for _, n := range t.Notices {
		byID[n.ID] = n
	}
	causes := map[string]bool{}
	for _, r := range t.Facts.Reviews {
		for round := 1; round <= r.Round; round++ {
			id := fmt.Sprintf("review_%s_%d", r.ID, round)
			n, ok := byID[id]
			f.expect(ok && n.Member == r.Learner, "release %d of the review of %s told nobody", round, r.ID)
			causes[id] = true
		}
		f.expect(t.checkins[r.ID].Reviewed == (r.State == "released"), "check-in %s stands wrongly in the review queue", r.ID)
	}
	for _, c := range t.Facts.Checkins { // what the machine has rejected, its author hears of
		if c.State != "rejected" {
			continue
		}
		id := "moderation_checkin_" + c.ID + "_auto1"
		f.expect(byID[id].Member == c.Member, "the author of %s does not know that it was rejected", c.ID)
		causes[id] = true
	}
	for _, id := range t.Wall.Featured {
		prefix, told := "featured_"+id+"_", 0
		for _, n := range t.Notices {
			if n.Member == t.checkins[id].Member && strings.HasPrefix(n.ID, prefix) {
				causes[n.ID] = true
				told++
			}
		}
		f.expect(told == 1, "the author of %s, which was chosen, was told so %d times", id, told)
	}
	t.growthTold(byID, causes, f)
	t.welcomed(byID, causes, f)
	f.checked = len(causes)
	for _, n := range t.Notices {
		f.expect(causes[n.ID] || n.Kind == "reminder" || strings.HasPrefix(n.ID, "transfer:") || n.Camp != t.Camp && n.Camp != "", "notice %s has no cause", n.ID)
	}
}

// reminded: on each day with a task those are reminded, once, who had handed in nothing by the evening, and nobody else.
func reminded(t *trial, f *finding) {
	if len(t.Camps) == 0 {
		return
	}
	camp := t.Camps[0]
	first, any := map[[2]string]time.Time{}, map[[2]string]bool{} // by member and day: when something was handed in
	for _, k := range t.Facts.Checkins {
		key := [2]string{k.Member, k.Day}
		if at := first[key]; k.State != "rejected" && (at.IsZero() || k.SubmittedAt.Before(at)) {
			first[key] = k.SubmittedAt
		}
		any[key] = true
	}
	place := map[string]bool{}
	for _, e := range t.Enrolments {
		place[e.Member] = place[e.Member] || e.State == "active"
	}
	told := map[[2]string]bool{}
	for _, n := range t.Notices {
		if n.Kind != "reminder" {
			continue
		}
		day, err := dayAt(n.At, camp.Calendar.Zone, camp.Calendar.CutOff)
		key := [2]string{n.Member, day}
		told[key] = true
		f.expect(err == nil && n.ID == "remind:"+camp.ID+":"+n.Member+":"+day, "reminder %s is of another day", n.ID)
		f.expect(place[n.Member] && slices.Contains(t.taskDays, day), "reminder %s asks for what there is not", n.ID)
		at := first[key]
		f.expect(at.IsZero() || at.After(n.At.Add(-time.Minute)), "reminder %s came after the check-in", n.ID)
	}
	for member, enrolled := range place {
		for _, day := range t.taskDays {
			f.expect(!enrolled || any[[2]string{member, day}] || told[[2]string{member, day}], "%s was not reminded on %s", member, day)
		}
	}
}

// gated are the reasons for which the product itself sends nothing, and takes no consent.
var gated = []string{"no_credit", "quiet_hours", "capped", "done", "too_late", "left_camp", "no_wechat", "switched_off"}

// messages: every notice was sent once, or not at all for a reason that the ledger bears out.
func messages(t *trial, f *finding) {
	sent := map[string]int{} // by page
	for _, l := range t.Ledger.Lines {
		if l.Sent != nil {
			sent[l.Sent.Page]++
		}
	}
	least, most, interrupted := map[string]int{}, map[string]int{}, 0
	for _, n := range t.Notices {
		switch {
		case n.Outcome == "sent":
			least[n.Page]++
			most[n.Page]++
		case n.Outcome != "refused":
			f.expect(false, "notice %s is still %s", n.ID, n.Outcome)
		case n.Reason == "interrupted": // it may have arrived
			interrupted++
			most[n.Page]++
		default:
			f.expect(slices.Contains(gated, n.Reason) || n.Reason == "no_consent" && t.Kills > 0, "notice %s was not sent: %q", n.ID, n.Reason)
		}
	}
	f.checked = len(t.Notices)
	for page := range sent {
		f.expect(sent[page] <= most[page], "%d messages for %d notices lead to %s", sent[page], most[page], page)
	}
	for page, n := range least {
		f.expect(sent[page] >= n, "%d messages for %d notices lead to %s", sent[page], n, page)
	}
	excused := t.Faults["/cgi-bin/message/subscribe/send"] + t.Kills*workers
	f.expect(interrupted <= excused, "%d notices were interrupted and %d interruptions happened", interrupted, excused)
}

// workers is how many jobs a kill can interrupt at most.
const workers = 32

// consents: nobody gets a message more than they agreed to, and what is left is what the product thinks is left.
func consents(t *trial, f *finding) {
	left := map[string]int{}
	for _, l := range t.Ledger.Lines {
		if l.Consents != 0 {
			left[l.Person] += l.Consents
			f.expect(left[l.Person] >= 0, "%s got a message that they had not agreed to", t.Ledger.Names[l.Person])
		}
	}
	members := map[string]string{}
	for _, p := range t.Promises.People {
		members[p.Name] = p.Member
	}
	want := map[string]int{}
	for _, p := range t.Ledger.Pushes {
		if p.State == "accepted" {
			for _, item := range p.Items {
				if item.Status == "accept" {
					want[members[t.Ledger.Names[p.Person]]]++
				}
			}
		}
	}
	f.checked = len(want)
	for _, n := range t.Notices {
		if n.Outcome == "sent" || n.Outcome == "refused" && !slices.Contains(gated, n.Reason) {
			want[n.Member]--
		}
	}
	for _, gone := range t.gone() {
		delete(want, gone.Member)
	}
	got := map[string]int{}
	for _, c := range t.Credits {
		member, _, _ := strings.Cut(c.ID, ":")
		got[member] += c.Count
	}
	for member, n := range want {
		if n != got[member] {
			f.wrong = append(f.wrong, fmt.Sprintf("%s has a credit of %d and it should be %d", member, got[member], n))
		}
	}
	slices.Sort(f.wrong)
}
