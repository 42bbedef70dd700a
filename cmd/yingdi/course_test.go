package main

import (
	"strings"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/course"
	"yingdi/domain/lesson"
	"yingdi/domain/notice"
)

// course opens and publishes a course of two levels with a task each, the second after the first, and names them all.
func (s *site) course(t testing.TB, organiser string) camp.Camp {
	t.Helper()
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	in, err := s.services.Camps.Open(ctx, organiser, camp.Form{
		Kind: camp.KindCourse, Title: "吉他闯关", Calendar: domain.Calendar{Zone: "Asia/Shanghai"}, Seats: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.services.Courses.Add(ctx, in.ID, course.Form{Title: "认识吉他"})
	if err != nil {
		t.Fatal(err)
	}
	level := first.Levels[0].ID
	second, err := s.services.Courses.Add(ctx, in.ID, course.Form{Title: "第一首歌", Rule: course.Rule{Op: course.OpLevel, ID: level}})
	if err != nil {
		t.Fatal(err)
	}
	s.vars["course"], s.vars["level"], s.vars["locked"] = in.ID, level, second.Levels[1].ID
	for name, at := range map[string]string{"course_first": level, "course_second": s.vars["locked"]} {
		task, err := s.services.Lessons.Add(ctx, in.ID, lesson.Form{Level: at, Title: name})
		if err != nil {
			t.Fatal(err)
		}
		s.vars[name] = task.ID
	}
	if in, err = s.services.Camps.Publish(ctx, in.ID); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestATeacherMovesLevelsAndChangesBadgesInTheConsole(t *testing.T) {
	t.Parallel()
	s := studio(t)
	s.course(t, s.vars["organiser"])
	v := s.staff(t, s.vars["teacher"])
	order := func(first, second string) {
		t.Helper()
		v.see(t, "/console/camps/{course}/levels", 200)
		if a, b := strings.Index(v.page, "<h2>"+first), strings.Index(v.page, "<h2>"+second); a < 0 || b < a {
			t.Errorf("%s comes at %d, %s at %d", first, a, second, b)
		}
	}
	order("认识吉他", "第一首歌")
	v.post(t, "/console/camps/{course}/levels/{level}/move", values("to", "1"), 303)
	order("第一首歌", "认识吉他")
	v.submit(t, "/console/camps/{course}/badges", values("name", "毕业", "what", "course"), "徽章已保存", "完成整门闯关课")
	badges, _, err := s.services.Courses.BadgesOf(domain.WithActor(t.Context(), domain.SystemActor), domain.Place{Camp: s.vars["course"]})
	if err != nil || len(badges) != 1 {
		t.Fatalf("%+v, %v", badges, err)
	}
	s.vars["badge"] = badges[0].ID
	v.see(t, "/console/camps/{course}/badges/{badge}", 200, "修改徽章", `value="毕业"`)
	v.post(t, "/console/camps/{course}/badges/{badge}", values("name", "", "what", "streak", "n", "1"), 422, "修改徽章", "徽章名称不能为空", "连续天数应在 2 到 1000 之间")
	v.submit(t, "/console/camps/{course}/badges/{badge}", values("name", "结业", "what", "checkins", "n", "3"), "徽章已保存", "结业", "累计打卡 3 天")
	v.see(t, "/console/organisers/{organiser}/badges/{badge}", 404)
	v.see(t, "/console/camps/{course}/progress", 200, "还没有可以看的进度")
	learner, _, _ := s.signIn(t, "lily")
	s.tell(t, learner, []step{
		{name: "enrols", request: "POST /camps/{course}/enrolments", status: 201},
		{name: "does the first", request: "POST /camps/{course}/checkins", body: `{"task":"{course_first}","text":"学会了"}`, status: 201},
		{name: "her tasks are those of open levels", request: "GET /camps/{course}/tasks", status: 200},
	})
	v.see(t, "/console/camps/{course}/progress", 200, "1 / 2 关", "已完成")
	v.see(t, "/console/camps/{course}/risk", 200, "这里没有需要关注的学员")
	s.clock.Set(s.clock.Now().Add(6 * 24 * time.Hour))
	v = s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/{course}/risk", 200, "已经 6 天没有动静")
	system := domain.WithActor(t.Context(), domain.SystemActor)
	if err := s.services.Stats.Rebuild(system, s.vars["course"], func(string) {}); err != nil {
		t.Fatal(err)
	}
	v.see(t, "/console/camps/{course}/stats", 200, "各关进度", "认识吉他", "完成度分布", "完成整门课")
	s.vars["material"] = "nothing"
	v.post(t, "/console/camps/{course}/materials/{material}", values("title", "课件"), 404)
	v.post(t, "/console/camps/{course}/materials", values("visible", "whenever"), 303)
}

func TestALearnerGoesThroughACourse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, boss := s.person(t, "boss")
	c, _ := s.running(t, boss, 10)
	in := s.course(t, c.Organiser)
	ctx := domain.WithActor(t.Context(), domain.SystemActor)
	if _, err := s.services.Courses.SaveBadge(ctx, in.Place(), "", course.BadgeForm{Name: "毕业", Earn: course.Earn{What: course.ForCourse}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lily", "tom"} {
		who, _, _ := s.signIn(t, name)
		s.tell(t, who, []step{
			{name: "a map only for those who are in", request: "GET /camps/{course}/levels", status: 403},
			{name: "enrols", request: "POST /camps/{course}/enrolments", status: 201},
			{name: "the map", request: "GET /camps/{course}/levels", status: 200},
			{name: "the locked level's task", request: "POST /camps/{course}/checkins", body: `{"task":"{course_second}","text":"早了"}`, status: 409},
			{name: "today is the first level", request: "GET /camps/{course}/today", status: 200},
			{name: "who else is here", request: "GET /camps/{course}/peers", status: 200},
			{name: "the first", request: "POST /camps/{course}/checkins", body: `{"task":"{course_first}","text":"学会了"}`, status: 201},
			{name: "the same again", request: "POST /camps/{course}/checkins", body: `{"task":"{course_first}","text":"再来"}`, status: 200},
			{name: "the next level is open at once", request: "GET /camps/{course}/levels/{locked}", status: 200},
			{name: "the second", request: "POST /camps/{course}/checkins", body: `{"task":"{course_second}","text":"学会了"}`, status: 201},
		})
	}
	for _, p := range s.storedProgress(t, in.ID) {
		if err := s.services.Courses.Heard(ctx, in.ID, p); err != nil {
			t.Fatal(err)
		}
		if err := s.services.Courses.Announce(ctx, course.ProgressID(in.ID, p)); err != nil {
			t.Fatal(err)
		}
	}
	lily, _, _ := s.signIn(t, "lily")
	s.tell(t, lily, []step{
		{name: "the badge", request: "GET /me/badges", status: 200, want: `{"items":[{"id":"*","name":"毕业","picture":"","why":"完成整门闯关课","camp":"{course}","at":"*"}],"next":""}`},
	})
	who := domain.WithActor(t.Context(), domain.Actor{Member: s.storedProgress(t, in.ID)[0]})
	m, err := s.services.Courses.Map(who, in.ID)
	if err != nil || m.Finished.IsZero() || m.Levels[1].State != course.Finished || m.Levels[1].Done != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	told, _, _, err := s.services.Notices.Inbox(who, domain.Page{Limit: 10})
	if err != nil || len(told) != 1 || told[0].Kind != notice.LevelUnlocked {
		t.Errorf("told %+v, %v", told, err)
	}
}

// storedProgress lists who has a progress in the course.
func (s *site) storedProgress(t testing.TB, campID string) []string {
	t.Helper()
	list, _, err := s.services.Enrolments.OfCamp(domain.WithActor(t.Context(), domain.SystemActor), campID, domain.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	members := make([]string, len(list))
	for i, e := range list {
		members[i] = e.Member
	}
	return members
}
