package main

import (
	"regexp"
	"testing"

	"yingdi/domain"
	"yingdi/domain/camp"
)

func TestATeacherBuildsACourseOnTheConsole(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	v.see(t, "/console/camps/new?kind=course", 200, "新建闯关课")
	v.submit(t, "/console/camps", values("organiser", s.vars["organiser"], "kind", "course", "title", "吉他闯关课", "zone", "Asia/Shanghai", "cut_off", "0", "seats", "50"), "闯关课已经建好", "还没有关卡")
	in, _, err := s.services.Camps.Mine(domain.WithActor(t.Context(), domain.SystemActor), camp.Filter{}, domain.Page{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range in {
		if c.Title == "吉他闯关课" {
			s.vars["course"] = c.ID
		}
	}
	const levels = "/console/camps/{course}/levels"
	v.see(t, levels+"/new", 200, "添加关卡", "一开始就开放")
	v.submit(t, levels+"/new", values("title", "认识吉他", "join", "all", "cond_0", "", "n_0", ""), "关卡已保存", "认识吉他", "还没有任务")
	first := regexp.MustCompile(`id="level-([0-9a-z]+)"`).FindStringSubmatch(v.page)
	if len(first) != 2 {
		t.Fatal("the first level is not on the page")
	}
	s.vars["level"] = first[1]
	v.submit(t, "/console/camps/{course}/tasks", values("level", first[1], "title", "认识六根弦", "quiz", ""), "任务已添加", "认识六根弦")
	v.post(t, levels+"/new", values("title", "弹唱", "join", "all", "cond_0", "level:"+first[1], "n_0", "", "act", "row-0"), 200, "完成「认识吉他」", "第 1 组第 2 个条件")
	v.post(t, levels+"/new", values("title", "弹唱", "join", "all", "cond_0", "days", "n_0", "很久"), 422, `value="很久"`, "天数应在 1 到 365 之间")
	v.submit(t, levels+"/new", values("title", "弹唱", "join", "all", "cond_0", "level:"+first[1], "n_0", ""), "关卡已保存", "完成「认识吉他」")
	v.post(t, levels+"/{level}", values("title", "认识吉他", "join", "all", "cond_0", "level:"+first[1], "n_0", ""), 409, "永远无法解锁")
	v.submit(t, "/console/camps/{course}/badges", values("name", "入门", "what", "level", "level", first[1], "n", ""), "徽章已保存", "完成「认识吉他」")
	v.submit(t, "/console/camps/{course}/publish", values(), "已发布")
	v.see(t, "/console/camps/{course}", 200, "一直开放")
	v.see(t, levels+"?level={level}", 200, "现在没有学员在这一关")
	v.see(t, "/console/organisers/{organiser}/badges", 200, "还没有徽章")
}
