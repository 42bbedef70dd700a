package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
)

func TestATeacherReviewsHomeworkOnTheConsole(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	v.submit(t, "/console/camps/{camp}/tasks", values("day", "2026-03-01", "title", "背诵", "quiz", "homework",
		"criterion", "流利", "criterion_points", "60", "criterion_note", "不停顿", "criterion", "感情", "criterion_points", "40", "criterion_note", ""), "任务已添加")
	plan, err := s.services.Lessons.OfDay(s.as(t, s.vars["teacher"]), s.vars["camp"], "2026-03-01")
	if err != nil || len(plan) != 2 || plan[1].Kind != lesson.KindHomework || plan[1].Rubric.Total() != 100 {
		t.Fatalf("%+v, %v", plan, err)
	}
	v.see(t, "/console/camps/{camp}/tasks/"+plan[1].ID, 200, `value="homework" selected`, `value="流利"`, "不停顿")
	handed, _, err := s.services.Checkins.Submit(s.as(t, s.vars["learner"]), s.vars["camp"], plan[1].ID, checkin.Form{Text: "背了一遍"})
	if err != nil {
		t.Fatal(err)
	}
	s.vars["homework"] = handed.ID
	desk, at := "/console/camps/{camp}/reviews", "/console/camps/{camp}/reviews/{homework}"
	v.see(t, desk+"?turn=homework", 200, "背了一遍", "合计", "作业", "通过")
	v.post(t, at, values("score", "61", "score", "30", "do", "release"), http.StatusUnprocessableEntity, "“流利”应在 0 到 60 分之间", `value="61"`)
	v.post(t, at+"/draft", values("score", "50", "score", "", "text", "前半很好"), http.StatusNoContent)
	v.see(t, at, 200, `value="50"`, "前半很好")
	v.submit(t, at, values("reason", "后半再背一遍", "until", "2026-03-03T20:00", "do", "return"), "已退回")
	v.submit(t, at+"/undo", values(), "已撤销", "后半再背一遍", `value="2026-03-03T20:00"`)
	v.submit(t, at, values("reason", "后半再背一遍", "until", "2026-03-03T20:00", "do", "return"), "已退回")
	v.see(t, at, 200, "撤销发布", "后半再背一遍", "3月3日 20:00 前")
	s.clock.Set(s.clock.Now().Add(time.Minute))
	v.post(t, at+"/undo", values(), http.StatusSeeOther)
	v.see(t, at, 200, "已经过了撤销时间", "修改点评")
	if _, err := s.services.Reviews.HandInAgain(s.as(t, s.vars["learner"]), handed.ID, checkin.Form{Text: "又背了一遍"}); err != nil {
		t.Fatal(err)
	}
	v.see(t, desk+"?turn=redo", 200, "又背了一遍", "之前交过 1 次", "背了一遍", "请重做")
	v.submit(t, at+"?turn=redo", values("score", "55", "score", "30", "text", "进步了", "seen", "2", "do", "release"), "点评已发布", "其余的不符合筛选条件")
	v.see(t, at, 200, "85 分", "流利 55/60", "修改记录")
	s.clock.Set(s.clock.Now().Add(time.Minute))
	if err := s.services.Reviews.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	passed, err := s.services.Reviews.PassedHomework(t.Context(), s.vars["camp"], s.vars["learner"])
	if _, ok := passed[plan[1].ID]; err != nil || !ok {
		t.Errorf("%v, %v", passed, err)
	}
	v.see(t, "/console/camps/{camp}/latency?days=7", 200, "点评数", "不到 1 分钟")
	v.see(t, "/console/camps/{camp}/latency?days=31", 422)
}

func TestTwoTeachersShareTheQueue(t *testing.T) {
	t.Parallel()
	s := studio(t)
	_, tea := s.person(t, "tea")
	s.appoint(t, s.vars["organiser"], tea, s.vars["camp"], "reviewer")
	v, w := s.staff(t, s.vars["teacher"]), s.staff(t, tea)
	at := "/console/camps/{camp}/reviews/{checkin}"
	v.see(t, "/console/reviews", 200, "《学而》", "所有训练营", "21 天晨读")
	v.see(t, "/console/reviews?camp={camp}&turn=first", http.StatusSeeOther)
	v.see(t, "/console/reviews?camp=a/b", 200, "《学而》")
	w.see(t, "/console/camps/{camp}/reviews", 200, "正由其他老师点评")
	w.see(t, at, 200, "正在点评这一条")
	w.post(t, at, values("text", "好", "do", "release"), http.StatusConflict, "另一位老师正在点评这一条")
	w.post(t, at+"/draft", values("text", "好"), http.StatusConflict, "另一位老师正在点评这一条")
	s.clock.Set(s.clock.Now().Add(11 * time.Minute))
	w.see(t, "/console/camps/{camp}/reviews", 200, `name="text"`)
	v.post(t, at, values("text", "好", "do", "release"), http.StatusConflict, "另一位老师正在点评这一条")
	w.submit(t, at, values("text", "好", "do", "release"), "点评已发布", "都点评完了")
	v.see(t, "/console/camps/{camp}/reviews?team=x:", 422)
	v.see(t, "/console/camps/{camp}/reviews?days=2", 200, "都点评完了")
}

func TestFrequentRemarksOnTheConsole(t *testing.T) {
	t.Parallel()
	s := studio(t)
	v := s.staff(t, s.vars["teacher"])
	at := "/console/camps/{camp}/remarks"
	v.see(t, at, 200, "系统自带", "完成得很认真")
	v.post(t, at, values("text", strings.Repeat("好", 201)), http.StatusUnprocessableEntity, "不能超过 200 个字")
	v.submit(t, at, values("text", "读得很稳"), "已添加", "读得很稳", "用过 0 次")
	v.see(t, "/console/camps/{camp}/reviews", 200, `data-remark="读得很稳"`, `data-key="1"`)
}
