package audit_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"yingdi/season/audit"
)

// at is an instant of the wall clock in Shanghai.
func at(t *testing.T, wall string) time.Time {
	t.Helper()
	place, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	instant, err := time.ParseInLocation("2006-01-02 15:04", wall, place)
	if err != nil {
		t.Fatal(err)
	}
	return instant.UTC()
}

// season is one in which ann and bob handed in on two days, ann with a picture, and everything went well.
type season struct {
	audit.Facts
	audit.Promises
}

const first, second, third = "c:ann:t1:2027-03-01", "c:ann:t2:2027-03-02", "c:bob:t1:2027-03-01"

func good(t *testing.T) *season {
	t.Helper()
	camp := audit.Camp{ID: "c", Start: "2027-03-01", End: "2027-03-02", Seats: 2}
	camp.Calendar.Zone, camp.Calendar.CutOff = "Asia/Shanghai", 2
	review := audit.Review{ID: first, Learner: "ann", Reviewer: "tea", State: "released", Round: 1, ReleasedAt: at(t, "2027-03-01 20:00")}
	review.Judged.HandedAt = at(t, "2027-03-01 09:00")
	review.Released.Text, review.Released.Points = "很好", 90
	accept := audit.Push{ID: "1", Kind: "subscribe_msg_popup_event", Person: "o-ann", State: "accepted"}
	accept.Items = append(accept.Items, struct {
		Template string `json:"template"`
		Status   string `json:"status"`
	}{"review", "accept"})
	page := "pages/checkin/checkin?id=" + first
	s := &season{Facts: audit.Facts{
		Camps:   []audit.Camp{camp},
		Tasks:   []audit.Task{{ID: "t1", Camp: "c", Kind: "checkin", Day: "2027-03-01"}, {ID: "t2", Camp: "c", Kind: "checkin", Day: "2027-03-02"}},
		Members: []audit.Member{{ID: "ann", Person: "h1", Nickname: "安"}, {ID: "bob", Person: "h2"}, {ID: "eve", Person: "h3"}},
		Enrolments: []audit.Enrolment{
			{ID: "c:ann", Camp: "c", Member: "ann", State: "active", ActiveAt: at(t, "2027-02-27 20:00")},
			{ID: "c:bob", Camp: "c", Member: "bob", State: "active", ActiveAt: at(t, "2027-02-27 20:00")},
			{ID: "c:eve", Camp: "c", Member: "eve", State: "refused"},
		},
		Checkins: []audit.Checkin{
			{ID: first, Camp: "c", Member: "ann", Task: "t1", Day: "2027-03-01", Text: "一", State: "visible", Likes: 1, Comments: 1, Reviewed: true, SubmittedAt: at(t, "2027-03-01 09:00")},
			{ID: second, Camp: "c", Member: "ann", Task: "t2", Day: "2027-03-02", Text: "二 #晨光", Media: []string{"m"}, State: "visible", SubmittedAt: at(t, "2027-03-03 01:59")},
			{ID: third, Camp: "c", Member: "bob", Task: "t1", Day: "2027-03-01", Text: "三", State: "rejected", SubmittedAt: at(t, "2027-03-01 20:00")},
		},
		Likes:    []audit.Like{{Checkin: first, Member: "bob", On: true}},
		Comments: []audit.Comment{{ID: "k", Checkin: first, Member: "bob", Text: "真好", State: "visible"}},
		Reviews:  []audit.Review{review},
		Cards: []audit.Card{
			{ID: "c:ann:2027-03-01", Camp: "c", Member: "ann", Day: "2027-03-01", State: "ready"},
			{ID: "c:ann:2027-03-02", Camp: "c", Member: "ann", Day: "2027-03-02", State: "ready"},
			{ID: "c:bob:2027-03-01", Camp: "c", Member: "bob", Day: "2027-03-01", State: "ready"},
		},
		Notices: []audit.Notice{
			{ID: "review_" + first + "_1", Member: "ann", Camp: "c", Page: page, At: at(t, "2027-03-01 20:30"), Outcome: "sent", SentAt: at(t, "2027-03-01 20:30")},
			{ID: "moderation_checkin_" + third + "_auto1", Member: "bob", Camp: "c", Kind: "content_ruled", At: at(t, "2027-03-01 20:01"), Outcome: "refused", Reason: "no_credit"},
			{ID: "remind:c:bob:2027-03-02", Member: "bob", Camp: "c", Kind: "reminder", At: at(t, "2027-03-02 20:00"), Outcome: "refused", Reason: "no_credit"},
			{ID: "featured_" + first + "_9", Member: "ann", Camp: "c", Kind: "checkin_featured", At: at(t, "2027-03-01 21:00"), Outcome: "refused", Reason: "no_credit"},
		},
		Credits:  []audit.Credit{{ID: "ann:review", Count: 0}},
		Media:    []audit.Media{{ID: "m", Owner: "ann", Kind: "image", Size: 5, State: "ready", Verdict: "passed", Thumb: true, Refs: []string{"checkin_" + second}}},
		Counters: map[string]int64{"seats:c": 2, "seats:g": 1},
		Files: map[string]int64{
			"card/c/ann/2027-03-01.jpg": 9, "card/c/ann/2027-03-02.jpg": 9, "card/c/bob/2027-03-01.jpg": 9, "media/m": 5, "thumb/m": 2,
		},
		Ledger: audit.Ledger{
			Names: map[string]string{"o-ann": "Ann"},
			Lines: []audit.Line{
				{Person: "o-ann", Template: "review", Consents: 1}, {Person: "o-ann", Template: "review", Consents: -1},
				{Sent: &audit.Sent{Kind: "subscribe", Person: "o-ann", Page: page}},
			},
			Pushes: map[string]audit.Push{"1": accept, "2": {ID: "2", Kind: "wxa_media_check", State: "accepted"}},
		},
	}, Promises: audit.Promises{
		Camp: "c", Seats: 2, Asked: 3,
		People: []audit.Person{{Name: "Ann", Member: "ann", Nickname: "安", Enrolled: true}, {Name: "Bob", Member: "bob", Enrolled: true}, {Name: "Eve", Member: "eve"}},
		Handed: []audit.Handed{
			{ID: first, Member: "ann", Task: "t1", Day: "2027-03-01", Text: "一", Topics: []string{"每日一句"}, Streak: 1, At: at(t, "2027-03-01 09:00")},
			{ID: second, Member: "ann", Task: "t2", Day: "2027-03-02", Text: "二 #晨光", Media: []string{"m"}, Streak: 2, At: at(t, "2027-03-03 01:59")},
			{ID: third, Member: "bob", Task: "t1", Day: "2027-03-01", Text: "三", Streak: 1, At: at(t, "2027-03-01 20:00")},
		},
		Likes:     []audit.Like{{Checkin: first, Member: "bob", On: true}},
		Said:      []audit.Comment{{ID: "k", Checkin: first, Member: "bob", Text: "真好"}},
		Marks:     []audit.Mark{{Checkin: first, Text: "很好", Points: 90, Round: 1}},
		Uploads:   []audit.Upload{{ID: "m", Member: "ann", Accepted: true, Used: true}, {ID: "x", Member: "ann"}},
		Calendars: []audit.Calendar{{Member: "ann", Today: "2027-03-05", Streak: 2, Done: []string{"2027-03-01", "2027-03-02"}}, {Member: "bob", Today: "2027-03-05"}},
		Ranking:   []audit.Ranked{{Rank: 1, Member: "ann", Days: 2, Streak: 2}},
		Refused:   []string{"太晚了"},
		Answers:   9, Replays: 1,
	}}
	s.addCircle(t)
	s.addShop(t)
	s.addPrize(t)
	s.addGrowth(t)
	s.addFunnel(t)
	s.addNumbers(t)
	return s
}

func (s *season) broken() (names []string) {
	for _, inv := range audit.Check(s.Facts, s.Promises) {
		if !inv.OK {
			names = append(names, inv.Name)
		}
	}
	return names
}

func TestAGoodSeasonHolds(t *testing.T) {
	t.Parallel()
	s := good(t)
	for _, inv := range audit.Check(s.Facts, s.Promises) {
		if !inv.OK {
			t.Errorf("%s: %s", inv.Name, inv.Detail)
		}
	}
}

// violation is something that went wrong, and the invariant that must see it.
type violation struct {
	invariant string
	spoil     func(*season)
}

func TestEveryBrokenPromiseIsCaught(t *testing.T) {
	t.Parallel()
	caught, spoilt := map[string]bool{}, circleSpoilt()
	maps.Copy(spoilt, numbersSpoilt())
	maps.Copy(spoilt, moneySpoilt())
	maps.Copy(spoilt, poolSpoilt())
	maps.Copy(spoilt, growthSpoilt())
	maps.Copy(spoilt, walletSpoilt())
	maps.Copy(spoilt, funnelSpoilt())
	for name, c := range map[string]violation{
		"an unexpected answer":             {"answers-expected", func(s *season) { s.Unexpected = []string{"500"} }},
		"a repetition answered otherwise":  {"replays-equal", func(s *season) { s.Different = []string{"a comment"} }},
		"a check-in is gone":               {"acknowledged-kept", func(s *season) { s.Facts.Checkins = s.Facts.Checkins[:2] }},
		"a check-in says something else":   {"acknowledged-kept", func(s *season) { s.Facts.Checkins[0].Text = "别的" }},
		"a picture fell out of a check-in": {"acknowledged-kept", func(s *season) { s.Facts.Checkins[1].Media = nil }},
		"a review is gone":                 {"acknowledged-kept", func(s *season) { s.Facts.Reviews = nil }},
		"a review gives other points":      {"acknowledged-kept", func(s *season) { s.Facts.Reviews[0].Released.Points = 10 }},
		"a comment is gone":                {"acknowledged-kept", func(s *season) { s.Facts.Comments = nil }},
		"a like is gone":                   {"acknowledged-kept", func(s *season) { s.Facts.Likes = nil }},
		"a check-in that nobody handed in": {"nothing-unasked", func(s *season) { s.Handed = s.Handed[:2] }},
		"a refused text is there":          {"nothing-unasked", func(s *season) { s.Refused = append(s.Refused, "一") }},
		"a comment that nobody made":       {"nothing-unasked", func(s *season) { s.Said = nil }},
		"a like that nobody gave":          {"nothing-unasked", func(s *season) { s.Promises.Likes = nil }},
		"a review that nobody released":    {"nothing-unasked", func(s *season) { s.Marks = nil }},
		"two check-ins of one day":         {"one-checkin-per-day", func(s *season) { s.again() }},
		"a check-in of another day":        {"days-by-calendar", func(s *season) { s.Facts.Checkins[1].Day = "2027-03-03" }},
		"a check-in after the day's end":   {"days-by-calendar", func(s *season) { s.Facts.Checkins[1].SubmittedAt = s.Facts.Checkins[1].SubmittedAt.Add(time.Minute) }},
		"a streak that was answered wrong": {"streaks", func(s *season) { s.Handed[1].Streak = 1 }},
		"a calendar with a wrong streak":   {"streaks", func(s *season) { s.Calendars[0].Streak = 3 }},
		"a calendar counts a rejected day": {"streaks", func(s *season) { s.Calendars[1].Done = []string{"2027-03-01"} }},
		"a day without a card":             {"cards", func(s *season) { s.Cards = s.Cards[1:] }},
		"a card that was never drawn":      {"cards", func(s *season) { s.Cards[0].State = "failed" }},
		"a card without a picture":         {"cards", func(s *season) { delete(s.Files, "card/c/ann/2027-03-01.jpg") }},
		"a card for nothing":               {"cards", func(s *season) { s.Cards[2].Day = "2027-03-02" }},
		"a picture of no card":             {"cards", func(s *season) { s.Files["card/c/eve/2027-03-01.jpg"] = 9 }},
		"a review that nobody was told of": {"reviews-told", func(s *season) { s.Notices = nil }},
		"a reminder that never came":       {"reminders", func(s *season) { s.Notices = s.Notices[:2] }},
		"a reminder of one who had handed in": {"reminders", func(s *season) {
			s.Notices[2].ID, s.Notices[2].Member, s.Notices[2].At = "remind:c:ann:2027-03-01", "ann", s.Notices[2].At.Add(-24*time.Hour)
		}},
		"a rejected check-in whose author was not told": {"reviews-told", func(s *season) { s.Notices = slices.Delete(s.Notices, 1, 2) }},
		"a notice without a cause": {"reviews-told", func(s *season) {
			s.Notices = append(s.Notices, audit.Notice{ID: "x", Outcome: "refused", Reason: "no_credit"})
		}},
		"a reviewed check-in waits for review": {"reviews-told", func(s *season) { s.Facts.Checkins[0].Reviewed = false }},
		"a message sent twice":                 {"messages-once", func(s *season) { s.Ledger.Lines = append(s.Ledger.Lines, s.Ledger.Lines[2]) }},
		"a message that was never sent":        {"messages-once", func(s *season) { s.Ledger.Lines = s.Ledger.Lines[:2] }},
		"a notice on its way for ever":         {"messages-once", func(s *season) { s.Notices[0].Outcome = "sending" }},
		"an interruption that nobody caused":   {"messages-once", func(s *season) { s.Notices[0].Outcome, s.Notices[0].Reason = "refused", "interrupted" }},
		"a message without consent":            {"consents-conserved", func(s *season) { s.Ledger.Lines = s.Ledger.Lines[1:] }},
		"a consent that was counted twice":     {"consents-conserved", func(s *season) { s.Credits[0].Count = 1 }},
		"a like counted twice":                 {"effects-once", func(s *season) { s.Facts.Checkins[0].Likes = 2 }},
		"a comment not counted":                {"effects-once", func(s *season) { s.Facts.Checkins[0].Comments = 0 }},
		"a comment made twice":                 {"effects-once", func(s *season) { s.sayAgain() }},
		"a check-in never looked at":           {"effects-once", func(s *season) { s.Facts.Checkins[0].State = "pending" }},
		"one learner too many":                 {"seats", func(s *season) { s.Enrolments[2].State = "active" }},
		"a learner turned away from a seat":    {"seats", func(s *season) { s.Enrolments[1].State = "refused" }},
		"a counter that is off":                {"seats", func(s *season) { s.Counters["seats:c"] = 3 }},
		"a seat still being taken":             {"seats", func(s *season) { s.Underway = []string{"c:eve"} }},
		"a picture that was never judged":      {"media", func(s *season) { s.Facts.Media[0].Verdict = "waiting" }},
		"a picture that is gone":               {"media", func(s *season) { s.Facts.Media = nil }},
		"a picture whose bytes are gone":       {"media", func(s *season) { delete(s.Files, "media/m") }},
		"a picture without a thumbnail":        {"media", func(s *season) { s.Facts.Media[0].Thumb = false }},
		"a spoilt file that was kept":          {"media", func(s *season) { s.Facts.Media[0].ID = "x" }},
		"an orphan":                            {"media", func(s *season) { s.Facts.Media[0].Refs = nil }},
		"a file of nothing":                    {"media", func(s *season) { s.Files["thumb/y"] = 2 }},
		"a verdict that went missing":          {"media", func(s *season) { s.Facts.Media[0].Verdict = "review" }},
		"a person who is two members":          {"one-member-per-person", func(s *season) { s.Members[1].Person = "h1" }},
		"a member with another name":           {"one-member-per-person", func(s *season) { s.Members[0].Nickname = "恩" }},
		"a member whose avatar is lost":        {"one-member-per-person", func(s *season) { s.Promises.People[0].Avatar = "a" }},
		"an event that nobody heard":           {"outbox-empty", func(s *season) { s.Outbox = []audit.Event{{ID: "e", Type: "checkin:submitted"}} }},
		"a job that died for no reason":        {"no-dead-jobs", func(s *season) { s.Dead = []audit.DeadJob{{ID: "e/signcard", Kind: "checkin:submitted/signcard"}} }},
	} {
		spoilt[name] = c
	}
	for name, c := range spoilt {
		s := good(t)
		c.spoil(s)
		if broken := s.broken(); !slices.Contains(broken, c.invariant) {
			t.Errorf("%s: caught as %v, want %s", name, broken, c.invariant)
		}
		caught[c.invariant] = true
	}
	for _, inv := range audit.Check(audit.Facts{}, audit.Promises{}) {
		if !caught[inv.Name] {
			t.Errorf("nothing here breaks %s", inv.Name)
		}
	}
}

// again stores a second check-in of a day under another id.
func (s *season) again() {
	c := s.Facts.Checkins[0]
	c.ID += "-2"
	s.Facts.Checkins = append(s.Facts.Checkins, c)
	h := s.Handed[0]
	h.ID = c.ID
	s.Handed = append(s.Handed, h)
}

// sayAgain stores a comment a second time, counted as one more, as a repeated request would.
func (s *season) sayAgain() {
	c := s.Facts.Comments[0]
	c.ID = "k2"
	s.Facts.Comments = append(s.Facts.Comments, c)
	s.Facts.Checkins[0].Comments = 2
}
