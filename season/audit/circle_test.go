package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yingdi/season/audit"
)

const (
	kept, redone, madeUp, taken, hidden, erased = "k:may:t:2027-03-01", "k:may:h:2027-03-01", "k:may:t:2027-02-28", "k:ned:t:2027-03-01", "k:ned:h:2027-03-01", "k:old:t:2027-03-01"
)

// addCircle adds a small camp to a good season: may did everything right, ned deleted something and had something
// hidden, pia waits, and old was forgotten.
func (s *season) addCircle(t *testing.T) {
	t.Helper()
	camp := audit.Camp{ID: "k", Start: "2027-02-28", End: "2027-03-02", Seats: 2}
	camp.Calendar.Zone, camp.Calendar.CutOff = "Asia/Shanghai", 2
	joined := at(t, "2027-02-27 20:00")
	s.Camps = append(s.Camps, camp)
	s.Members = append(s.Members,
		audit.Member{ID: "may", Person: "h4"}, audit.Member{ID: "ned", Person: "h5"}, audit.Member{ID: "pia", Person: "h6"}, audit.Member{ID: "old"})
	s.Enrolments = append(s.Enrolments,
		audit.Enrolment{ID: "k:may", Camp: "k", Member: "may", State: "active", ActiveAt: joined},
		audit.Enrolment{ID: "k:ned", Camp: "k", Member: "ned", State: "offered", QueuedAt: joined},
		audit.Enrolment{ID: "k:pia", Camp: "k", Member: "pia", State: "waiting", QueuedAt: joined.Add(time.Hour)},
		audit.Enrolment{ID: "k:old", Camp: "k", Member: "old", State: "left"})
	s.Counters["seats:k"] = 2
	work := func(id, member, day, text string) audit.Checkin {
		return audit.Checkin{ID: id, Camp: "k", Member: member, Day: day, Text: text, State: "visible", SubmittedAt: at(t, "2027-03-01 09:00")}
	}
	again := work(redone, "may", "2027-03-01", "再写")
	again.Redos, again.Submissions = 1, append(again.Submissions, struct {
		Text string `json:"text"`
	}{"初稿"})
	late := work(madeUp, "may", "2027-02-28", "补")
	late.MadeUp = true
	gone := work(taken, "ned", "2027-03-01", "")
	gone.State = "deleted"
	veiled := work(hidden, "ned", "2027-03-01", "藏")
	veiled.State = "hidden"
	empty := work(erased, "old", "2027-03-01", "")
	empty.State = "hidden"
	s.Facts.Checkins = append(s.Facts.Checkins, work(kept, "may", "2027-03-01", "写"), again, late, gone, veiled, empty)
	s.Facts.Reviews = append(s.Facts.Reviews, audit.Review{ID: redone, Learner: "may", State: "released", Round: 2})
	c := audit.Case{ID: "checkin_" + hidden, Target: hidden, State: "decided", Heard: []string{"may"}}
	c.Rulings = append(c.Rulings, struct {
		Verdict  string    `json:"verdict"`
		Before   string    `json:"before"`
		UndoneAt time.Time `json:"undone_at"`
	}{Verdict: "hide", Before: "visible"})
	s.Cases = []audit.Case{c}
	s.Quizzes = []audit.Quiz{{ID: "q", Reveal: "close", Days: 2, Attempts: 1}, {ID: "r", Reveal: "after", Days: 1, Attempts: 1}}
	s.Tasks = append(s.Tasks, audit.Task{ID: "t", Camp: "k", Kind: "checkin", Day: "2027-03-01"}, audit.Task{ID: "tq", Camp: "k", Day: "2027-03-01", Quiz: "q"}, audit.Task{ID: "tr", Camp: "k", Day: "2027-03-01", Quiz: "r"})
	ended := at(t, "2027-03-01 09:10")
	tried := audit.Attempt{ID: "a", Camp: "k", Pass: 60, Quiz: "q", Member: "may", State: "finished", StartedAt: ended, GraceAt: ended, FinishedAt: ended, Mark: 200}
	tried.Entries = append(tried.Entries, struct {
		Kind   string `json:"kind"`
		Full   int64  `json:"full"`
		Answer struct {
			Text string `json:"text"`
		} `json:"answer"`
	}{Kind: "fill_in", Full: 200})
	tried.Entries[0].Answer.Text = "对"
	failed := tried
	failed.ID, failed.Quiz, failed.Mark, failed.Entries = "b", "r", 0, slices.Clone(tried.Entries)
	failed.Entries[0].Kind = "single"
	s.Attempts = []audit.Attempt{tried, failed}
	s.Peeks = []audit.Peek{
		{Quiz: "q", Member: "may", Attempt: "a", Start: "2027-02-28", At: at(t, "2027-03-03 01:59")},
		{Quiz: "q", Member: "may", Attempt: "a", Start: "2027-02-28", At: at(t, "2027-03-03 02:00"), Leaks: true},
		{Quiz: "r", Member: "may", Start: "2027-02-28", At: at(t, "2027-03-01 09:09")},
		{Quiz: "r", Member: "may", Attempt: "b", Start: "2027-02-28", At: at(t, "2027-03-01 09:10"), Leaks: true},
	}
	s.addCourse(t)
	s.Deletions = []audit.Deletion{{ID: "old", State: "done"}}
	for _, id := range []string{"may:2027-03-01", "may:2027-02-28", "ned:2027-03-01"} {
		member, day, _ := strings.Cut(id, ":")
		s.Cards = append(s.Cards, audit.Card{ID: "k:" + id, Camp: "k", Member: member, Day: day, State: "ready"})
		s.Files["card/k/"+member+"/"+day+".jpg"] = 9
	}
	s.Promises.People = append(s.Promises.People, audit.Person{Name: "May", Member: "may"}, audit.Person{Name: "Old", Member: "old", Nickname: "老友"})
	s.Circle = audit.Circle{
		Password: "对", Tries: []audit.Try{{ID: "a", Quiz: "q", Member: "may", Words: "对"}, {ID: "b", Quiz: "r", Member: "may"}},
		Camp: "k", Course: "g", Seats: 2, Quota: 1, Window: 2, End: at(t, "2027-03-20 09:00"),
		Fellows: []audit.Fellow{
			{Name: "May", Member: "may", State: "active", Works: []audit.Work{
				{ID: kept, Text: "写"}, {ID: redone, Text: "再写", Earlier: []string{"初稿"}, Redone: 1, Homework: true, Passed: true}, {ID: madeUp, Text: "补"},
			}},
			{Name: "Ned", Member: "ned", State: "waiting", Works: []audit.Work{{ID: taken, Text: "删", Deleted: true}, {ID: hidden, Text: "藏", Ruled: "hidden"}}},
			{Name: "Pia", Member: "pia", State: "waiting"},
			{Name: "Old", Member: "old", State: "active", Gone: true, AskedAt: at(t, "2027-03-01 09:00"), Works: []audit.Work{{ID: erased, Text: "老友写的"}}},
		},
	}
}

// addCourse adds a course of two levels. May has done the first, by which the second has opened; it was open to her since.
func (s *season) addCourse(t *testing.T) {
	t.Helper()
	camp := audit.Camp{ID: "g", Kind: "course", Start: "2027-02-25", End: "2199-12-31", Seats: 9}
	camp.Calendar.Zone, camp.Calendar.CutOff = "Asia/Shanghai", 2
	joined, done := at(t, "2027-02-27 20:00"), at(t, "2027-03-01 09:00")
	s.Camps = append(s.Camps, camp)
	s.Tasks = append(s.Tasks, audit.Task{ID: "g1", Camp: "g", Level: "x"}, audit.Task{ID: "g2", Camp: "g", Level: "y"})
	s.Enrolments = append(s.Enrolments, audit.Enrolment{ID: "g:may", Camp: "g", Member: "may", State: "active", ActiveAt: joined})
	s.Courses = []audit.Course{{ID: "g", Levels: []audit.Level{
		{ID: "x"}, {ID: "y", Rule: audit.Rule{Op: "any", Of: []audit.Rule{{Op: "days", N: 30}, {Op: "all", Of: []audit.Rule{{Op: "level", ID: "x"}, {Op: "checkins", N: 1}}}}}},
	}}}
	s.Facts.Checkins = append(s.Facts.Checkins, audit.Checkin{ID: "g:may:g1", Camp: "g", Member: "may", Task: "g1", Day: "2027-03-01", State: "visible", SubmittedAt: done})
	s.Cards = append(s.Cards, audit.Card{ID: "g:may:2027-03-01", Camp: "g", Member: "may", Day: "2027-03-01", State: "ready"})
	s.Files["card/g/may/2027-03-01.jpg"] = 9
	p := audit.Progress{Camp: "g", Member: "may"}
	p.Levels = append(p.Levels, []struct {
		Level    string    `json:"level"`
		Opened   time.Time `json:"opened"`
		Finished time.Time `json:"finished"`
	}{{"x", joined, done}, {Level: "y", Opened: done}}...)
	s.Progress = []audit.Progress{p}
	first, all := audit.Badge{ID: "b1", Camp: "g"}, audit.Badge{ID: "b2", Camp: "g"}
	first.Earn.What, first.Earn.Level, all.Earn.What = "level", "x", "course"
	s.Badges, s.Awards = []audit.Badge{first, all}, []audit.Award{{Badge: "b1", Camp: "g", Member: "may"}}
	s.Maps = []audit.Map{{Member: "may", Open: []string{"x"}}, {Member: "may", Open: []string{"x", "y"}, Badges: []string{"b1"}}}
}

// found finds a check-in of the facts.
func (s *season) found(id string) *audit.Checkin {
	for i := range s.Facts.Checkins {
		if s.Facts.Checkins[i].ID == id {
			return &s.Facts.Checkins[i]
		}
	}
	panic(id)
}

func circleSpoilt() map[string]violation {
	return map[string]violation{
		"a card of a day of which nothing is left": {"cards", func(s *season) {
			s.found(taken).Day, s.Circle.Fellows[1].Works[0].Deleted = "2027-02-28", true
			s.Cards = append(s.Cards, audit.Card{ID: "k:ned:2027-02-28", Camp: "k", Member: "ned", Day: "2027-02-28", State: "ready"})
			s.Files["card/k/ned/2027-02-28.jpg"] = 9
		}},
		"a card that was withdrawn from a day that counts": {"cards", func(s *season) { s.Cards[3].State = "withdrawn" }},
		"a card of a day of which all is gone":             {"cards", func(s *season) { s.found(hidden).State = "deleted" }},
		"a withdrawn card that keeps its picture": {"cards", func(s *season) {
			s.found(hidden).State, s.Cards[5].State = "deleted", "withdrawn"
		}},
		"a message at night": {"messages-allowed", func(s *season) { s.Notices[0].SentAt = s.Notices[0].SentAt.Add(4 * time.Hour) }},
		"a reminder to one who wants none": {"messages-allowed", func(s *season) {
			s.Notices[0].Kind, s.Hushed = "reminder", []string{"ann"}
		}},
		"more messages than a day has room for": {"messages-allowed", func(s *season) {
			for range 5 {
				s.Notices = append(s.Notices, s.Notices[0])
			}
		}},
		"a ranking in another order":             {"ranking", func(s *season) { s.Ranking[0].Member = "bob" }},
		"a ranking that counts wrong":            {"ranking", func(s *season) { s.Ranking[0].Days = 3 }},
		"a ranking without somebody":             {"ranking", func(s *season) { s.Ranking = nil }},
		"a level opened before its rule was met": {"unlocks", func(s *season) { s.Progress[0].Levels[1].Opened = s.Progress[0].Levels[0].Opened }},
		"a level that should be open":            {"unlocks", func(s *season) { s.Progress[0].Levels = s.Progress[0].Levels[:1] }},
		"a level that opened twice": {"unlocks", func(s *season) {
			s.Progress[0].Levels = append(s.Progress[0].Levels, s.Progress[0].Levels[1])
		}},
		"a level finished before all was done":  {"unlocks", func(s *season) { s.Progress[0].Levels[0].Finished = s.Progress[0].Levels[0].Opened }},
		"a level that was locked again":         {"unlocks", func(s *season) { s.Maps = append(s.Maps, s.Maps[0]) }},
		"a level that only the map shows open":  {"unlocks", func(s *season) { s.Maps[1].Open = append(s.Maps[1].Open, "z") }},
		"a badge twice":                         {"badges-once", func(s *season) { s.Awards = append(s.Awards, s.Awards[0]) }},
		"a badge shown twice":                   {"badges-once", func(s *season) { s.Maps[1].Badges = []string{"b1", "b1"} }},
		"a badge that was earned and not given": {"badges-once", func(s *season) { s.Awards, s.Maps[1].Badges = nil, nil }},
		"a badge that was lost":                 {"badges-once", func(s *season) { s.Awards, s.Facts.Checkins = nil, s.Facts.Checkins[:9] }},
		"a badge for nothing": {"badges-once", func(s *season) {
			s.Awards = append(s.Awards, audit.Award{Badge: "b2", Camp: "g", Member: "may"})
		}},
		"more seats are taken than there are": {"places", func(s *season) { s.Enrolments[5].State, s.Counters["seats:k"] = "active", 3 }},
		"the counter of a circle is off":      {"places", func(s *season) { s.Counters["seats:k"] = 1 }},
		"somebody waits beside a free seat":   {"places", func(s *season) { s.Enrolments[4].State, s.Counters["seats:k"] = "lapsed", 1 }},
		"somebody is offered a seat before others": {"places", func(s *season) {
			s.Enrolments[4].QueuedAt = s.Enrolments[5].QueuedAt.Add(time.Minute)
		}},
		"a place that is another than was told":        {"places", func(s *season) { s.Circle.Fellows[0].State = "left" }},
		"a seat of somebody who was forgotten":         {"places", func(s *season) { s.Enrolments[6].State = "active" }},
		"too many days made up":                        {"make-ups", func(s *season) { s.Circle.Quota = 0 }},
		"a day made up too late":                       {"make-ups", func(s *season) { s.Circle.Window = 0 }},
		"a day made up before it was over":             {"make-ups", func(s *season) { s.found(kept).MadeUp = true }},
		"a work is gone":                               {"works-kept", func(s *season) { s.Facts.Checkins = s.Facts.Checkins[:3] }},
		"a work says something else":                   {"works-kept", func(s *season) { s.found(kept).Text = "别的" }},
		"a work that nobody handed in":                 {"works-kept", func(s *season) { s.Circle.Fellows[0].Works = nil }},
		"a deleted work still says something":          {"works-kept", func(s *season) { s.found(taken).Text = "删" }},
		"a deleted work came back":                     {"works-kept", func(s *season) { s.found(taken).State = "visible" }},
		"what was handed in before a return is gone":   {"works-kept", func(s *season) { s.found(redone).Submissions = nil }},
		"a work was done again and never returned":     {"works-kept", func(s *season) { s.Facts.Reviews[1].Round = 0 }},
		"a homework has not passed though it was told": {"works-kept", func(s *season) { s.Facts.Reviews[1].State = "reopened" }},
		"hidden content is shown":                      {"moderation", func(s *season) { s.found(hidden).State = "visible" }},
		"a decision is not in its case":                {"moderation", func(s *season) { s.Cases[0].Rulings = nil }},
		"one person's report counts twice":             {"moderation", func(s *season) { s.Cases[0].Heard = []string{"may", "may"} }},
		"answers before the quiz has closed":           {"answers-in-time", func(s *season) { s.Peeks[0].Leaks = true }},
		"answers before the attempt is over":           {"answers-in-time", func(s *season) { s.Peeks[2].Leaks = true }},
		"no answers when their time has come":          {"answers-in-time", func(s *season) { s.Peeks[1].Leaks = false }},
		"answers to one whose quiz closes later":       {"answers-in-time", func(s *season) { s.Peeks[1].Start = "2027-03-01" }},
		"an attempt that never ends":                   {"attempts", func(s *season) { s.Attempts[0].State = "in_progress" }},
		"an attempt that ended too late":               {"attempts", func(s *season) { s.Attempts[0].FinishedAt = s.Attempts[0].GraceAt.Add(time.Second) }},
		"an attempt too many":                          {"attempts", func(s *season) { s.Quizzes[0].Attempts = 0 }},
		"an attempt that is gone":                      {"attempts", func(s *season) { s.Attempts = s.Attempts[1:] }},
		"an attempt that nobody began":                 {"attempts", func(s *season) { s.Circle.Tries = s.Circle.Tries[1:] }},
		"an answer that was kept is another":           {"attempts", func(s *season) { s.Circle.Tries[0].Words = "错" }},
		"points for nothing":                           {"attempts", func(s *season) { s.Attempts[1].Mark = 100 }},
		"a deletion that never ended":                  {"forgotten", func(s *season) { s.Deletions[0].State = "asked" }},
		"a row that says who somebody was":             {"forgotten", func(s *season) { s.Traces = []audit.Trace{{Who: "Old", Table: "notice", Row: "n"}} }},
		"a member who still has a name":                {"forgotten", func(s *season) { s.Members[6].Nickname = "老友" }},
		"a day of the circle without a card":           {"cards", func(s *season) { s.Cards = s.Cards[:3] }},
		"a card of somebody who was forgotten":         {"forgotten", func(s *season) { s.Files["card/k/old/2027-03-01.jpg"] = 9 }},
	}
}
