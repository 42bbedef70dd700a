package audit_test

import (
	"testing"

	"yingdi/season/audit"
)

// addNumbers adds what staff and learners were shown in the end: the wall of the large camp, and everybody's numbers.
func (s *season) addNumbers(t *testing.T) {
	t.Helper()
	s.Wall = audit.Wall{
		Pins: []string{first}, Chosen: []string{first}, Featured: []string{first}, Offered: []string{"晨光", "每日一句", "别的"},
		Seen: audit.Look{
			Feed: []string{first, second}, Pins: []string{first}, Chosen: []string{first}, Topics: map[string]int{"晨光": 1, "每日一句": 1, "别的": 0},
			About: map[string][]string{"晨光": {second}, "每日一句": {first}},
		},
	}
	end := at(t, "2027-03-20 09:00")
	days := func(change func(d []audit.DayCount)) []audit.DayCount {
		var list []audit.DayCount
		for _, day := range []string{"2027-02-27", "2027-02-28", "2027-03-01", "2027-03-02", "2027-03-03"} {
			list = append(list, audit.DayCount{Day: day, Enrolled: 1})
		}
		list[0].Joined = 1
		change(list)
		return list
	}
	s.Promises.Statistics = []audit.Statistics{
		{
			Camp: "c", At: end, From: "2027-02-27", To: "2027-03-03", Learners: 2, Completed: []int{1, 0, 0, 0, 0, 1}, Streaks: []int{1, 1, 0, 0, 0, 0},
			Reviewers: []audit.Speed{{Member: "tea", Reviews: 1, Median: 660, Slowness: 660}},
			Days: days(func(d []audit.DayCount) {
				for i := range d {
					d[i].Enrolled = 2
				}
				d[0].Joined = 2
				d[2] = audit.DayCount{Day: d[2].Day, Enrolled: 2, Due: 2, Done: 1, Active: 1, Reviews: 1, Median: 660, Slowness: 660, Sent: 1, Unsent: 2}
				d[3] = audit.DayCount{Day: d[3].Day, Enrolled: 2, Due: 2, Done: 1, Active: 1, Unsent: 1}
			}),
		},
		{
			Camp: "k", At: end, From: "2027-02-27", To: "2027-03-03", Learners: 1, Completed: []int{0, 0, 0, 0, 0, 1}, Streaks: []int{0, 1, 0, 0, 0, 0},
			Days: days(func(d []audit.DayCount) {
				d[2].Due, d[2].Done, d[2].Active, d[2].Passed = 1, 1, 1, 1
			}),
		},
		{
			Camp: "g", At: end, From: "2027-02-27", To: "2027-03-03", Learners: 1, Completed: []int{0, 0, 0, 1, 0, 0}, Streaks: []int{0, 1, 0, 0, 0, 0},
			Levels: []audit.LevelCount{{Opened: 1, Finished: 1}, {Opened: 1}},
			Days:   days(func(d []audit.DayCount) { d[2].Active = 1 }),
		},
		{
			Camp: "m", At: end, From: "2027-02-27", To: "2027-03-03", Learners: 3, Completed: make([]int, 6), Streaks: []int{3, 0, 0, 0, 0, 0},
			Days: days(func(d []audit.DayCount) {
				for i := range d {
					d[i].Enrolled = 3
				}
				d[0] = audit.DayCount{Day: d[0].Day}
				d[1].Joined, d[1].Received = 3, 750
				d[2].Returned = 280
			}),
		},
		{
			Camp: "z", At: end, From: "2027-02-27", To: "2027-03-03", Learners: 4, Completed: []int{0, 0, 0, 2, 0, 2}, Streaks: []int{0, 4, 0, 0, 0, 0},
			Days: days(func(d []audit.DayCount) {
				d[0] = audit.DayCount{Day: d[0].Day}
				d[1] = audit.DayCount{Day: d[1].Day, Enrolled: 5, Joined: 5, Received: 1000}
				d[2] = audit.DayCount{Day: d[2].Day, Enrolled: 5, Due: 5, Done: 4, Active: 4, Returned: 353}
				d[3] = audit.DayCount{Day: d[3].Day, Enrolled: 4, Left: 1, Due: 4, Done: 2, Active: 2}
				d[4].Enrolled = 4
			}),
		},
		{
			Camp: "w", At: end, From: "2027-02-27", To: "2027-03-03", Learners: 4, Completed: make([]int, 6), Streaks: []int{4, 0, 0, 0, 0, 0},
			Days: days(func(d []audit.DayCount) {
				for i := range d {
					d[i].Enrolled = 4
				}
				d[0] = audit.DayCount{Day: d[0].Day}
				d[1].Joined, d[1].Received = 4, 620
				d[2].Returned = 150
			}),
		},
	}
	s.House = audit.House{From: "2027-02-27", To: "2027-03-03", Series: map[string][]int64{
		"收款": {0, 2370, 0, 0, 0}, "退款": {0, 0, 783, 0, 0}, "在营": {4, 16, 16, 15, 15}, "新报名": {4, 12, 0, 0, 0}, "退出": {0, 0, 0, 1, 0}, "活跃": {0, 0, 7, 3, 0},
		"按时完成": {0, 0, 6, 3, 0}, "没有完成": {0, 0, 2, 3, 0}, "点评数": {0, 0, 1, 0, 0}, "测评及格": {0, 0, 1, 0, 0}, "已发出": {0, 0, 1, 0, 0}, "没有发": {0, 0, 2, 1, 0},
	}}
}

func numbersSpoilt() map[string]violation {
	shown := func(change func(*audit.DayCount)) violation {
		return violation{"statistics", func(s *season) { change(&s.Promises.Statistics[0].Days[2]) }}
	}
	return map[string]violation{
		"a pin that fell down":              {"wall", func(s *season) { s.Wall.Seen.Pins = nil }},
		"a pin that nobody put up":          {"wall", func(s *season) { s.Wall.Seen.Pins = append(s.Wall.Seen.Pins, second) }},
		"a choice that nobody made":         {"wall", func(s *season) { s.Wall.Seen.Chosen = append(s.Wall.Seen.Chosen, second) }},
		"a choice that is not shown":        {"wall", func(s *season) { s.Wall.Seen.Chosen = nil }},
		"a feed with a gap":                 {"wall", func(s *season) { s.Wall.Seen.Feed = s.Wall.Seen.Feed[1:] }},
		"a feed that shows something twice": {"wall", func(s *season) { s.Wall.Seen.Feed = append(s.Wall.Seen.Feed, first) }},
		"a topic that counts wrong":         {"wall", func(s *season) { s.Wall.Seen.Topics["晨光"] = 2 }},
		"a topic that is not offered":       {"wall", func(s *season) { delete(s.Wall.Seen.Topics, "别的") }},
		"a topic without its check-in":      {"wall", func(s *season) { s.Wall.Seen.About["每日一句"] = nil }},
		"a topic that nobody wrote about":   {"wall", func(s *season) { s.Wall.Seen.Topics["天气"] = 0 }},
		"a choice that nobody was told of":  {"reviews-told", func(s *season) { s.Notices = s.Notices[:3] }},
		"a choice that was told twice": {"reviews-told", func(s *season) {
			again := s.Notices[3]
			again.ID += "0"
			s.Notices = append(s.Notices, again)
		}},

		"learners are miscounted":                    {"statistics", func(s *season) { s.Promises.Statistics[0].Learners = 3 }},
		"a completion in the wrong step":             {"statistics", func(s *season) { s.Promises.Statistics[0].Completed = []int{1, 0, 0, 0, 1, 0} }},
		"a course's wrong completion":                {"statistics", func(s *season) { s.Promises.Statistics[2].Completed = make([]int, 6) }},
		"a course's learner at risk":                 {"statistics", func(s *season) { s.Promises.Statistics[2].Days[4].AtRisk = 1 }},
		"a streak in the wrong step":                 {"statistics", func(s *season) { s.Promises.Statistics[1].Streaks = []int{0, 0, 1, 0, 0, 0} }},
		"a reviewer who was not so fast":             {"statistics", func(s *season) { s.Promises.Statistics[0].Reviewers[0].Median = 60 }},
		"a level that nobody is said to have opened": {"statistics", func(s *season) { s.Promises.Statistics[2].Levels[1].Opened = 0 }},
		"a course that nobody is through with":       {"statistics", func(s *season) { s.Promises.Statistics[2].Finished = 1 }},
		"a reviewer is left out":                     {"statistics", func(s *season) { s.Promises.Statistics[0].Reviewers = nil }},
		"a camp without numbers":                     {"statistics", func(s *season) { s.Promises.Statistics = s.Promises.Statistics[:2] }},
		"a day is left out":                          {"statistics", func(s *season) { s.Promises.Statistics[0].Days = s.Promises.Statistics[0].Days[:4] }},
		"an organiser with another sum":              {"statistics", func(s *season) { s.House.Series["活跃"][2] = 6 }},
		"an organiser is shown no sum":               {"statistics", func(s *season) { delete(s.House.Series, "点评数") }},
		"somebody enrolled too many":                 shown(func(d *audit.DayCount) { d.Enrolled = 3 }),
		"somebody joined whom none knows":            shown(func(d *audit.DayCount) { d.Joined = 1 }),
		"somebody left who did not":                  shown(func(d *audit.DayCount) { d.Left = 1 }),
		"a task was due to nobody":                   shown(func(d *audit.DayCount) { d.Due = 3 }),
		"a day was done by nobody":                   shown(func(d *audit.DayCount) { d.Done = 2 }),
		"a day was made up by nobody":                shown(func(d *audit.DayCount) { d.MadeUp = 1 }),
		"nobody was active":                          shown(func(d *audit.DayCount) { d.Active = 0 }),
		"nobody was in danger":                       shown(func(d *audit.DayCount) { d.AtRisk = 1 }),
		"a quiz was passed by nobody":                shown(func(d *audit.DayCount) { d.Passed = 1 }),
		"a review is not counted":                    shown(func(d *audit.DayCount) { d.Reviews = 0 }),
		"a review took longer":                       shown(func(d *audit.DayCount) { d.Slowness = 600 }),
		"a message is not counted":                   shown(func(d *audit.DayCount) { d.Sent = 0 }),
		"a refusal is not counted":                   shown(func(d *audit.DayCount) { d.Unsent = 1 }),
		"money that never came":                      shown(func(d *audit.DayCount) { d.Received = 100 }),

		"more seats are held than there are": {"capacity", func(s *season) {
			s.Enrolments = append(s.Enrolments, audit.Enrolment{ID: "c:dan", Camp: "c", Member: "dan", State: "held"})
			s.Counters["seats:c"] = 3
		}},
		"a held seat that no counter knows": {"capacity", func(s *season) {
			s.Enrolments = append(s.Enrolments, audit.Enrolment{ID: "g:dan", Camp: "g", Member: "dan", State: "held"})
		}},
	}
}
