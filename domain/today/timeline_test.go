package today

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/notice"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/team"
)

func TestATimelineTellsTheNewestFirst(t *testing.T) {
	t.Parallel()
	at := func(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }
	entry := func(id string, hour int) Chapter {
		return Chapter{Entry: checkin.Entry{Checkin: checkin.Checkin{Doc: domain.Doc{ID: id}, SubmittedAt: at(hour)}}, Task: "晨读"}
	}
	reviewed := entry("a", 2)
	reviewed.Review = review.Review{Round: 1, ReleasedAt: at(8)}
	sat := []quiz.Attempt{{State: quiz.Finished, Title: "周测", Mark: 250, Entries: []quiz.Entry{{Full: 400}}, FinishedAt: at(5)}, {State: quiz.InProgress}, {State: quiz.Abandoned}}
	got := timeline(Story{Entries: []Chapter{entry("b", 6), reviewed}}, sat,
		[]team.Change{{Name: "清晨组", At: at(3)}, {At: at(7)}}, []notice.Notice{{Title: "老师点评了你的打卡", At: at(8)}})
	want := []Moment{
		{at(8), MomentMessage, "老师点评了你的打卡", ""}, {at(8), MomentReview, "晨读", "a"}, {at(7), MomentTeam, "", ""},
		{at(6), MomentCheckin, "晨读", "b"}, {at(5), MomentQuiz, "周测（2.5 / 4 分）", ""}, {at(3), MomentTeam, "清晨组", ""}, {at(2), MomentCheckin, "晨读", "a"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
