package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/organiser"
	"yingdi/domain/privacy"
	"yingdi/domain/review"
	"yingdi/domain/stats"
)

// term is a camp of a week that began today, in which two days can be made up.
func (s *site) term(t *testing.T, teacher string) camp.Camp {
	t.Helper()
	studio, err := s.services.Organisers.Create(domain.WithActor(t.Context(), domain.SystemActor), organiser.Form{Name: "晨光阅读"}, teacher)
	if err != nil {
		t.Fatal(err)
	}
	ctx := s.as(t, teacher)
	calendar := domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}
	today := calendar.Day(s.clock.Now())
	c, err := s.services.Camps.Open(ctx, studio.ID, camp.Form{
		Title: "七天晨读", Calendar: calendar, Start: today, End: today.Add(6), EnrolBy: today.Add(6), Seats: 100,
		MakeUps: camp.MakeUps{Quota: 2, Days: 3},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Days() {
		task, err := s.services.Lessons.Add(ctx, c.ID, lesson.Form{Day: today.Add(i), Title: "读一段"})
		if err != nil {
			t.Fatal(err)
		}
		s.vars[fmt.Sprint("task", i)] = task.ID
	}
	if c, err = s.services.Camps.Publish(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	s.vars["camp"] = c.ID
	return c
}

// counted lets the counts that are owed be made.
func (s *site) counted(t *testing.T, settle func()) {
	t.Helper()
	settle()
	s.clock.Set(s.clock.Now().Add(time.Minute))
	if err := s.services.Stats.Work(domain.WithActor(t.Context(), domain.SystemActor)); err != nil {
		t.Fatal(err)
	}
}

func TestATeacherReadsTheNumbersOfTheCamp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	s.term(t, teacher)
	settle := s.works(t)
	an, _, _ := s.signIn(t, "an")
	bo, _, _ := s.signIn(t, "bo")
	s.tell(t, an, []step{
		{name: "an enrols", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "and hands in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task0}","text":"读完了"}`, status: 201, keep: map[string]string{"checkin": "id"}},
	})
	s.tell(t, bo, []step{{name: "bo enrols", request: "POST /camps/{camp}/enrolments", status: 201}})
	settle()
	s.reviewed(t, teacher, s.vars["checkin"], review.Form{Text: "很好"})
	s.counted(t, settle)
	phone, _, _ := s.signIn(t, "teacher")
	s.tell(t, phone, []step{
		{name: "today", request: "GET /camps/{camp}/statistics", status: 200, want: `{"counted_at":"*","from":"2026-03-01","to":"2026-03-01","learners":2,"completion":0.5,
			"reviewers":[{"reviewer":{"nickname":"*"},"reviews":1,"median":0}],
			"days":[{"enrolled":2,"joined":2,"due":2,"done":1,"made_up":0,"active":1,"reviews":1,"received":0}]}`},
		{name: "a day that is none", request: "GET /camps/{camp}/statistics?from=yesterday", status: 422},
		{name: "backwards", request: "GET /camps/{camp}/statistics?from=2026-03-02&to=2026-03-01", status: 422},
		{name: "too much at once", request: "GET /camps/{camp}/statistics?from=2026-03-02&to=2036-03-01", status: 422},
	})
	s.clock.Set(s.clock.Now().Add(24 * time.Hour))
	an, _, _ = s.signIn(t, "an")
	bo, _, _ = s.signIn(t, "bo")
	phone, _, _ = s.signIn(t, "teacher")
	s.tell(t, bo, []step{{name: "bo makes it up", request: "POST /camps/{camp}/checkins", body: `{"task":"{task0}","text":"补上","make_up":true}`, status: 201}})
	s.tell(t, an, []step{{name: "an leaves", request: "DELETE /camps/{camp}/place", status: 200}})
	s.counted(t, settle)
	s.tell(t, phone, []step{{name: "the day after", request: "GET /camps/{camp}/statistics", status: 200, want: `{"learners":1,
		"days":[{"enrolled":2,"due":2,"done":2,"made_up":1,"active":1},{"enrolled":1,"left":1,"due":1,"done":0,"active":1}]}`}})
}

// A week of twelve learners who come, hand in, make up, delete and go, and of a teacher who hides and shows; the workers
// are stopped and started in between and the queue is lost. Then the numbers are what a rebuild gives, and what the
// check-ins themselves say.
func TestTheNumbersOfALivelyWeekAreThoseOfARebuild(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c := s.term(t, teacher)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	dice := rand.New(rand.NewPCG(7, 11))
	var handed []string
	for day := range 7 {
		s.clock.Set(start.Add(time.Duration(day) * 24 * time.Hour))
		var tokens []string
		for i := range 12 {
			token, _, _ := s.signIn(t, fmt.Sprint("learner", i))
			tokens = append(tokens, token)
		}
		s.startJobs(system, true)
		for range 60 {
			s.clock.Set(s.clock.Now().Add(time.Minute))
			token := tokens[dice.IntN(len(tokens))]
			switch dice.IntN(9) {
			case 0:
				s.do(t, "POST /api/v1/camps/{camp}/enrolments", token, "")
			case 1, 2, 3, 4:
				w := s.do(t, "POST /api/v1/camps/{camp}/checkins", token, s.fill(t, fmt.Sprintf(`{"task":"{task%d}","text":"读完了"}`, day)))
				handed = append(handed, idOf(t, w.Code, w.Body.Bytes())...)
			case 5:
				w := s.do(t, "POST /api/v1/camps/{camp}/checkins", token, s.fill(t, fmt.Sprintf(`{"task":"{task%d}","text":"补","make_up":true}`, max(0, day-1))))
				handed = append(handed, idOf(t, w.Code, w.Body.Bytes())...)
			case 6:
				if dice.IntN(3) == 0 {
					s.do(t, "DELETE /api/v1/camps/{camp}/place", token, "")
				}
			case 7:
				if n := len(handed); n > 0 {
					s.do(t, "DELETE /api/v1/checkins/"+handed[dice.IntN(n)], token, "") // mostly somebody else's
				}
			case 8:
				if n := len(handed); n > 0 {
					_, _ = s.services.Checkins.Hide(s.as(t, teacher), handed[dice.IntN(n)], "不合适")
				}
			}
			if dice.IntN(10) == 0 {
				_ = s.services.Stats.Work(system)
			}
		}
		s.stopJobs() // whatever is under way
		if err := s.redis.FlushAll(system).Err(); err != nil {
			t.Fatal(err)
		}
	}
	settle := s.works(t)
	if err := s.queue.Sweep(system, s.clock.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.counted(t, settle)
	s.counted(t, settle)
	running, err := s.figures(t, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.services.Stats.Rebuild(system, c.ID, func(string) {}); err != nil {
		t.Fatal(err)
	}
	rebuilt, err := s.figures(t, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rebuilt, running); diff != "" {
		t.Errorf("(-rebuilt +running)\n%s", diff)
	}
	s.compareWithCheckins(t, c, rebuilt, handed)
}

func idOf(t *testing.T, status int, body []byte) []string {
	t.Helper()
	if status != http.StatusCreated {
		return nil
	}
	var made struct{ ID string }
	if err := json.Unmarshal(body, &made); err != nil {
		t.Fatal(err)
	}
	return []string{made.ID}
}

// figures is everything that a camp's numbers say, as its teacher is shown it.
func (s *site) figures(t *testing.T, campID string) (stats.View, error) {
	t.Helper()
	v, err := s.services.Stats.OfCamp(domain.WithActor(t.Context(), domain.SystemActor), campID, stats.Range{})
	v.CountedAt = time.Time{}
	return v, err
}

// compareWithCheckins counts by a rule of its own: each day's learners, here now, with a check-in of this stay that counts.
func (s *site) compareWithCheckins(t *testing.T, c camp.Camp, v stats.View, handed []string) {
	t.Helper()
	found, err := s.services.Checkins.Many(t.Context(), handed)
	if err != nil {
		t.Fatal(err)
	}
	done, here := map[domain.Day]map[string]bool{}, 0
	for _, checkin := range found {
		e, err := s.services.Enrolments.Of(t.Context(), c.ID, checkin.Member)
		if err != nil {
			t.Fatal(err)
		}
		from, to, _ := e.Stayed(c.Calendar)
		if !checkin.Counts() || checkin.Day < from || to != "" && checkin.Day >= to {
			continue
		}
		if done[checkin.Day] == nil {
			done[checkin.Day] = map[string]bool{}
		}
		done[checkin.Day][checkin.Member] = true
	}
	for _, row := range v.Rows {
		if here += row.Done; row.Done != len(done[row.Day.Day]) {
			t.Errorf("%s: %d done, want %d", row.Day.Day, row.Done, len(done[row.Day.Day]))
		}
	}
	if here == 0 || v.Total.MadeUp == 0 {
		t.Errorf("a week without check-ins or make-ups proves nothing: %+v", v.Total)
	}
}

func TestTheNumbersOfACampThatHasEndedFollowWhenSomebodyIsForgotten(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c := s.term(t, teacher)
	settle := s.works(t)
	system := domain.WithActor(t.Context(), domain.SystemActor)
	an, _, _ := s.signIn(t, "an")
	s.tell(t, an, []step{
		{name: "an enrols", request: "POST /camps/{camp}/enrolments", status: 201},
		{name: "and hands in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task0}","text":"读完了"}`, status: 201, keep: map[string]string{"checkin": "id"}},
	})
	settle()
	s.reviewed(t, teacher, s.vars["checkin"], review.Form{Text: "很好"})
	s.counted(t, settle)
	s.clock.Set(s.clock.Now().Add(20 * 24 * time.Hour))
	s.counted(t, settle)
	before, err := s.figures(t, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	an, _, _ = s.signIn(t, "an")
	s.tell(t, an, []step{{name: "an goes", request: "POST /me/deletion", status: 200}})
	s.clock.Set(s.clock.Now().Add(privacy.Grace))
	if err := s.services.Privacy.Sweep(system); err != nil {
		t.Fatal(err)
	}
	s.counted(t, settle)
	running, err := s.figures(t, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.services.Stats.Rebuild(system, c.ID, func(string) {}); err != nil {
		t.Fatal(err)
	}
	rebuilt, err := s.figures(t, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rebuilt, running); diff != "" {
		t.Errorf("(-rebuilt +running)\n%s", diff)
	}
	if cmp.Equal(before, rebuilt) {
		t.Error("being forgotten changed no number, so nothing is proved")
	}
}
