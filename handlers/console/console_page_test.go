package console

import (
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/invitation"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/organiser"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
	"yingdi/domain/risk"
	"yingdi/domain/session"
	"yingdi/domain/study"
	"yingdi/domain/team"
	"yingdi/domain/today"
	"yingdi/handlers/web"
)

// now is noon of the camp's third day in Shanghai.
var now = time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC)

// parsed is the console with its pages, which are parsed but once.
var parsed = sync.OnceValue(func() *console { return newConsole(&web.Services{}, Options{}) })

const hostile = `</textarea><script>alert(1)</script>" onmouseover="x`

// sample makes views in which every text is the given one.
type sample struct{ text string }

func (s sample) camp() camp.Camp {
	return camp.Camp{
		Doc: domain.Doc{ID: "camp1"}, Organiser: "org1", Title: s.text, Intro: s.text, Cover: "m1",
		Calendar: domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2},
		Start:    "2026-11-19", End: "2026-12-09", EnrolBy: "2026-11-30", Seats: 60, State: camp.Published,
	}
}

func (s sample) frame() Frame {
	return Frame{
		Title: s.text, CSRF: "token", Section: sectionCamps, Crumbs: []Crumb{{s.text, "/console/camps"}},
		Flash: &web.Flash{Kind: web.FlashDone, Text: s.text}, Me: s.card(), MayOrganise: true, MayOperate: true,
	}
}

func (s sample) campFrame() campFrame {
	shanghai := time.FixedZone("CST", 8*3600)
	return campFrame{
		Frame: s.frame(), Camp: s.camp(), Phase: camp.PhaseRunning, Tab: tabToday, Waiting: 3, MayEdit: true, MayReview: true,
		Hours: hours{shanghai, now},
	}
}

func (s sample) card() member.Card { return member.Card{ID: "member1", Nickname: s.text} }

func (s sample) files() []media.View {
	return []media.View{
		{ID: "m1", Kind: media.Image, URL: "/media/m1", ThumbURL: "/media/t1", Verdict: media.Rejected},
		{ID: "m2", Kind: media.Audio, URL: "/media/m2", Verdict: media.InReview}, {ID: "m3", Kind: media.Video, URL: "/media/m3"}, {ID: "m4", Kind: media.Image},
	}
}

func (s sample) entry(state checkin.State) checkin.Entry {
	return checkin.Entry{
		Checkin: checkin.Checkin{
			Doc: domain.Doc{ID: "camp1:member1:task1:2026-11-21"}, Camp: "camp1", Member: "member1", Day: "2026-11-21", Text: s.text,
			State: state, Reason: s.text, Audience: checkin.ToTeachers, SubmittedAt: now.Add(-time.Hour), EditedAt: now,
		},
		Author: s.card(), Files: s.files(),
	}
}

// shown is one block of each kind, with a file and without.
func (s sample) shown() []lesson.Shown {
	list := []lesson.Shown{{Block: lesson.Block{Kind: lesson.TextBlock, Text: s.text}}}
	for _, kind := range []lesson.ParagraphKind{lesson.Plain, lesson.Heading, lesson.Bullet, lesson.Numbered, lesson.Quote} {
		list[0].Paragraphs = append(list[0].Paragraphs, lesson.Paragraph{Kind: kind, Number: 1, Spans: []lesson.Span{{Text: s.text}, {Text: s.text, Bold: true, Link: "https://a.cn"}}})
	}
	for _, file := range append(s.files(), media.View{ID: "m5", Kind: media.Document, URL: "/media/m5", Name: s.text, ContentType: media.PDF, Size: 3 << 20, ThumbURL: "/media/t5", Pages: []string{"/media/p1", "/media/p2"}},
		media.View{ID: "m6", Kind: media.Document, URL: "/media/m6", Name: s.text, ContentType: media.Word, Size: 3 << 20, Undrawable: true}) {
		for _, kind := range lesson.BlockKinds {
			if kind.Holds() == file.Kind {
				list = append(list, lesson.Shown{Block: lesson.Block{Kind: kind, Text: s.text, Media: file.ID}, File: file})
			}
		}
	}
	return append(list, lesson.Shown{Block: lesson.Block{Kind: lesson.PictureBlock}}, lesson.Shown{Block: lesson.Block{Kind: lesson.LinkBlock, Text: s.text, URL: "https://a.cn/" + s.text}, Host: "a.cn"})
}

func (s sample) blocks() []blockView {
	views := blockViews(s.shown(), nil, nil)
	views[0].Fault = s.text
	return views
}

func (s sample) task() lesson.Task {
	return lesson.Task{Doc: domain.Doc{ID: "task1"}, Camp: "camp1", Day: "2026-11-21", Title: s.text, Content: s.text, Media: []string{"m1"}}
}

func (s sample) review() review.Review {
	return review.Review{State: review.Reopened, Round: 2, Draft: review.Mark{Text: s.text}, Released: review.Mark{Text: s.text, Points: 90}, ReleasedAt: now, Audit: []review.Change{{Act: review.ActReleased, At: now}, {Act: review.ActUndone, At: now}}}
}

func (s sample) summary(step today.Step) today.Summary {
	return today.Summary{Camp: s.camp(), Phase: camp.PhaseRunning, Day: "2026-11-21", DayN: 3, Enrolled: 12, Handed: 7, Waiting: 3, Tasks: 21, Step: step}
}

// notices is one of each fate.
func (s sample) notices() []noticeRow {
	var entries []notice.Entry
	add := func(n notice.Notice) {
		n.Title, n.Kind, n.At = s.text, notice.Reminder, now
		entries = append(entries, notice.Entry{Notice: n, To: s.card()})
	}
	for _, reason := range notice.Reasons {
		add(notice.Notice{Outcome: notice.Refused, Reason: reason})
	}
	add(notice.Notice{Outcome: notice.Due})
	add(notice.Notice{Outcome: notice.Waiting, Reason: notice.QuietHours, WakeAt: now})
	add(notice.Notice{Outcome: notice.Sent, Delivery: notice.Delivered})
	add(notice.Notice{Outcome: notice.Sent, Delivery: "failed " + s.text})
	return noticeRows(entries)
}

func (s sample) faults(names ...string) Faults {
	f := Faults{Whole: s.text, fields: map[string]string{}}
	for _, name := range names {
		f.fields[name] = s.text
	}
	return f
}

// full is every page with something in every place of it.
func (s sample) full() map[string][]view {
	task, open := s.task(), &review.Open{
		Entry: s.entry(checkin.Hidden), Task: s.task(), Streak: 3, Done: 3, Review: s.review(), Writing: true, People: map[string]member.Card{"": s.card()}, Remarks: []review.Remark{{ID: "r1", Text: s.text}}, Previous: "a", Next: "b",
		Camp: s.camp(), Before: []checkin.Entry{s.entry(checkin.Visible)}, Ahead: s.files(), Told: []review.Said{
			{Past: review.Past{Mark: review.Mark{Text: s.text, Return: &review.Return{Reason: s.text, Until: now}}}},
			{Past: review.Past{Mark: review.Mark{Text: s.text, Points: 9, Scores: []review.Score{{Title: s.text, Most: 10, Points: 9}}}}, Files: s.files()},
		},
	}
	var steps []today.Summary
	for _, step := range []today.Step{
		today.StepTasks, today.StepPublish, today.StepReview, today.StepDay, today.StepInvite, today.StepClose, today.StepNone,
	} {
		steps = append(steps, s.summary(step))
	}
	draft := s.campFrame()
	draft.Camp.State, draft.Phase = camp.Draft, camp.PhaseDraft
	typed := campForm{Organiser: "org1", Title: s.text, Intro: s.text, Zone: s.text, CutOff: s.text, Start: s.text, End: s.text, EnrolBy: s.text, Seats: s.text, Silent: "1", Starting: "1", Remind: "1", RemindAt: s.text}
	story := today.Story{
		Camp: s.camp().For(0, now), Member: s.card(), Place: enrolment.Enrolment{ActiveAt: now, Reply: &form.Reply{Version: 2, Consent: 1, At: now}},
		Timeline: []today.Moment{{At: now, Kind: today.MomentTeam}, {At: now, Kind: today.MomentMessage, Text: s.text}},
		Reply:    []form.Asked{{Field: form.Field{Label: s.text}, Values: []string{s.text, s.text}}, {}},
		Progress: checkin.Progress{Scheduled: []domain.Day{"2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"}, Done: map[domain.Day]bool{"2026-11-19": true}, Today: "2026-11-21"},
		Entries:  []today.Chapter{{Entry: s.entry(checkin.Rejected), Task: s.text, Review: s.review()}, {Entry: s.entry(checkin.Visible)}},
	}
	pages := map[string][]view{
		"console/error":   {&errorView{Frame: s.frame(), Status: 500, Message: s.text, Hint: s.text, Request: s.text}},
		"session/signin":  {&signInView{Frame{Title: s.text, Bare: true}, signInForm{Login: s.text, Next: s.text}, s.faults()}},
		"today/dashboard": {&dashboardView{s.frame(), steps, 3, true, true}},
		"today/board": {&boardView{
			campFrame: s.campFrame(), Today: "2026-11-21", Before: "2026-11-20", After: "2026-11-22", Follow: "/console?after=x",
			Board: today.Board{
				Camp: s.camp(), Day: "2026-11-21", DayN: 3, Enrolled: 12, Tasks: []lesson.Task{task, task}, Counts: checkin.Counts{ByTask: map[string]int64{"task1": 7}, Day: 7, Waiting: 3},
				Learners: []today.Learner{{Member: s.card(), Cells: []today.Cell{{Task: task, Checkin: s.entry(checkin.Visible).Checkin}, {Task: task}}, All: true}},
			},
		}},
		"today/learner": {&learnerView{s.campFrame(), story, weeks(story), 1, []string{s.text}, "/console?after=x", s.notices(), []string{s.text}}},
		"enrolment/waiting": {&waitingView{
			campFrame: s.campFrame(), List: enrolment.List{Taken: 3, Waiting: 1}, Follow: "/console?after=x",
			Offers: []waitingRow{{enrolment.Enrolment{Member: "m1", ExpiresAt: now}, s.card()}}, Queue: []waitingRow{{enrolment.Enrolment{Member: "m2", QueuedAt: now}, s.card()}},
		}},
		"camp/list":      {&campListView{s.frame(), []campRow{{s.camp(), camp.PhaseRunning, s.text}}, true, "/console?after=x", false, true, camp.PhaseArchived}},
		"camp/show":      {&campView{s.campFrame(), today.Overview{Summary: s.summary(today.StepReview), Cover: s.files()}, 2, true, true, true, "k1", "2026-12-01"}, &campView{draft, today.Overview{Summary: s.summary(today.StepPublish)}, 0, false, true, false, "", ""}},
		"camp/form":      {&campFormView{s.frame(), camp.Camp{}, typed, s.faults(campFields...), s.files(), []organiser.Organiser{{Name: s.text}, {Name: s.text}}, zonesWith(s.text), false}, &campFormView{s.frame(), s.camp(), typed, s.faults(campFields...), nil, nil, zonesWith("Asia/Shanghai"), true}},
		"organiser/list": {&organiserListView{s.frame(), []organiser.Organiser{{Doc: domain.Doc{ID: "org1"}, Name: s.text, Intro: s.text}}, "/console?after=x", true}},
		"organiser/form": {&organiserFormView{s.frame(), organiserForm{s.text, s.text, s.text}, s.faults("name", "intro", "owner")}},
		"organiser/show": {&organiserView{
			Frame: s.frame(), Organiser: organiser.Organiser{Doc: domain.Doc{ID: "org1"}, Name: s.text, Intro: s.text}, Roles: organiserRoles, Hours: s.campFrame().Hours,
			Staff: []organiser.Colleague{{Post: organiser.Post{Member: "member1", Camp: "camp1", Role: domain.RoleTeacher, Since: now}, Card: s.card()}, {}},
			Camps: map[string]string{"camp1": s.text}, Form: staffForm{s.text, s.text, "owner"}, Faults: s.faults("member", "camp", "role"),
		}},
		"lesson/list": {&planView{s.campFrame(), lesson.Plan{Camp: s.camp(), Today: "2026-11-21", Empty: "2026-11-22", Days: []lesson.PlannedDay{{Day: "2026-11-21", DayN: 3, Tasks: []lesson.Task{task}}, {Day: "2026-11-20", DayN: 2, Begun: true}}}}},
		"risk/list": {&riskView{
			campFrame: s.campFrame(), Form: riskForm{s.text, s.text, s.text}, Faults: s.faults("missed", "quiet", "never"), Follow: "/console?after=x",
			Risk: risk.View{Looked: 3, Learners: []risk.Learner{{Member: s.card(), Last: "2026-11-19", Reasons: []risk.Reason{{Kind: risk.Missed, Days: 3}, {Kind: risk.Quiet, Days: 5}}}, {Member: s.card(), Reasons: []risk.Reason{{Kind: risk.Never, Days: 2}}}}},
		}},
		"lesson/import": {
			&taskImportView{campFrame: s.campFrame(), Last: lesson.Import{State: lesson.Previewed, Seed: s.text, Rows: []lesson.Planned{{Day: "2026-11-21", Title: s.text, Text: s.text}}}, Rows: []domain.RowFault{{Row: 2, Message: s.text}}, Faults: s.faults("file")},
			&taskImportView{campFrame: s.campFrame(), Last: lesson.Import{State: lesson.Applying}},
			&taskImportView{campFrame: s.campFrame(), Last: lesson.Import{State: lesson.Imported, At: now, Skipped: []domain.RowFault{{Row: 2, Message: s.text}}}},
		},
		"export/list":  {&exportsView{campFrame: s.campFrame(), List: s.exports(), Live: true, Kinds: export.Kinds, Form: exportForm{"marks", s.text, s.text}, Faults: s.faults("kind", "from", "to"), Follow: "/console?after=x"}},
		"export/audit": {&auditView{Frame: s.frame(), List: s.exports(), Hours: s.campFrame().Hours, Follow: "/console?after=x"}},
		"form/builder": {&builderView{
			campFrame: s.campFrame(), Based: 2, Saved: form.Version{Number: 2, SavedAt: now}, Types: form.Types, Faults: s.faults("consent"), Dirty: true,
			Draft: form.Draft{Consent: s.text, Fields: []form.Field{{ID: "f1", Type: form.Single, Label: s.text, Required: true, Options: []string{s.text, s.text}}, {ID: "f2"}}},
		}},
		"invitation/list": {
			&invitationsView{
				campFrame: s.campFrame(), OfCamp: true, Base: "/console/camps/camp1/invitations", Place: s.text, Roles: invitation.Roles("camp1"),
				Form: inviteForm{"reviewer", s.text, s.text, s.text}, Faults: s.faults("role", "uses", "life", "note"), Follow: "/console?after=x",
				Link: s.text, Picture: "data:image/jpeg;base64,AAAA",
				Rows: []invitation.Row{{
					Invitation: invitation.Invitation{Doc: domain.Doc{ID: "i1"}, Role: domain.RoleReviewer, Note: s.text, Uses: 2, CreatedAt: now, Until: now},
					State:      invitation.Open, Host: s.card(), Guests: []member.Card{s.card()},
				}, {State: invitation.Revoked}},
			},
			&invitationsView{campFrame: s.campFrame(), Place: s.text},
		},
		"team/board": {&teamsView{
			campFrame: s.campFrame(), Name: s.text, Faults: s.faults("name", "file"), Sizes: []teamSize{{s.text, 3, 2, 1}}, Fields: []form.Field{{ID: "f1", Label: s.text}}, Rows: []domain.RowFault{{Row: 2, Message: s.text}}, Follow: "/console?after=x",
			Teams: team.View{
				Camp: s.camp(), Look: team.Look{Team: "t1"}, Teams: []team.Sized{{Team: team.Team{ID: "t1", Name: s.text}, Size: 3}}, None: 1,
				Learners: []team.Learner{{Member: s.card(), Team: team.Team{ID: "t1", Name: s.text}}, {Member: s.card()}},
				Plan:     team.Plan{State: team.Applying, Seed: s.text, Moves: []team.Move{{Member: "m", Team: "t1"}}},
			},
		}},
		"lesson/form": {&taskView{s.campFrame(), "task1", taskForm{Day: s.text, Title: s.text, Ask: s.text, Visible: s.text}, s.blocks(), empties(), s.faults(taskFields...), false, []quiz.Quiz{s.quiz()}, []course.Level{s.level()}}, &taskView{campFrame: s.campFrame(), Begun: true}},
		"course/levels": {&levelsView{
			campFrame: s.campFrame(), Follow: "/console?after=x",
			Editor: course.Editor{Camp: s.camp(), Levels: []course.EditorLevel{
				{Level: s.level(), Sentence: s.text, Tasks: []lesson.Task{s.task()}}, {Level: s.level(), Sentence: s.text, Fault: s.text},
			}},
			Where: course.Where{
				Camp: s.camp(), Levels: []course.Count{{Level: s.level(), Learners: 2}}, Enrolled: 5, Waiting: 3, At: s.level(), Learners: []course.Peer{{Member: s.card()}},
			},
		}, &levelsView{campFrame: s.campFrame()}},
		"course/level": {&levelView{
			campFrame: s.campFrame(), Level: "l1", Form: levelForm{Title: s.text, Intro: s.text, Join: "any"}, Sentence: s.text, Faults: s.faults(levelFields...), Empty: true,
			Groups: []ruleGroup{{"any", []ruleRow{{"level:l2", ""}, {"days", "7"}}}, {"all", []ruleRow{{}}}}, Choices: []condGroup{{s.text, []cond{{"level:l2", s.text}}}},
		}, &levelView{campFrame: s.campFrame()}},
		"course/badges": {&badgesView{
			campFrame: s.campFrame(), Base: "/console/camps/c1/badges", InCamp: true, Levels: []course.Level{s.level()}, Faults: s.faults(badgeFields...),
			Badges: []course.Owned{{Badge: course.Badge{Name: s.text}, Sentence: s.text, Given: 3}}, Badge: "b1", Form: badgeForm{Name: s.text, N: s.text},
		}, &badgesView{Base: "/console/organisers/o1/badges"}},
		"lesson/preview":  {&previewView{s.campFrame(), s.text, s.shown()}},
		"lesson/material": {&materialsView{s.campFrame(), []shelved{{Shelved: lesson.Shelved{Material: lesson.Material{Title: s.text, VisibleAt: now}, File: s.files()[0]}, Typed: s.text, Later: true}}, "/console?after=x"}},
		"course/matrix":   {&travelView{campFrame: s.campFrame(), Matrix: course.Matrix{Levels: []course.Level{s.level(), s.level()}, Learners: []course.Traveller{{Member: s.card(), Levels: []course.Stage{{State: course.Finished}, {State: course.Open, Tasks: 2}}}, {Member: s.card(), Finished: now}}}, Follow: "/console?after=x"}},
		"study/matrix":    {&matrixView{s.campFrame(), study.Matrix{From: "2026-11-16", To: "2026-11-22", Tasks: []lesson.Task{s.task()}, Learners: []study.Learner{{Member: s.card(), Done: []bool{true, false}, Count: 1}}}, "2026-11-09", "2026-11-23", "/console?after=x"}},
		"study/answers":   {&answersView{s.campFrame(), study.Replies{Task: s.task(), Given: []study.Given{{Member: s.card(), At: now, Asked: []form.Asked{{Field: form.Field{Label: s.text}, Values: []string{s.text}}}}}}, "/console?after=x"}},
		"review/desk": {
			&deskView{
				campFrame: s.campFrame(), Desk: review.Desk{
					Camp: s.camp(), Waiting: 3, Open: open, Tasks: []lesson.Task{s.task()}, Teams: []team.Team{{ID: "t1", Name: s.text}}, More: "more",
					Queue: []review.Row{
						{Checkin: s.entry(checkin.Hidden).Checkin, Author: s.card(), Title: s.text},
						{Checkin: checkin.Checkin{Redos: 1, Homework: true}, Author: s.card(), Title: s.text, Holder: s.card()}, {Own: true},
					},
				},
				Form: reviewForm{Text: s.text, Points: s.text, Reason: s.text, Until: s.text}, Scores: []scoreRow{{s.text, s.text, s.text, 10}}, Files: s.files(),
				Faults: s.faults(reviewFields...), Just: &released{"c1:m1:t1:2026-11-21", "camp1", s.text, true}, Query: "?turn=redo", Ages: []int{1}, All: true,
			},
			&deskView{campFrame: s.campFrame(), Desk: review.Desk{Open: &review.Open{Entry: s.entry(checkin.Visible), Camp: s.camp(), Holder: s.card()}}},
		},
		"review/remarks": {&remarksView{s.campFrame(), []review.Remark{{ID: "r1", Text: s.text, Uses: 3}, {ID: "r2", Text: s.text, Ours: true}, {Text: s.text, Ours: true}}, s.text, s.faults("text"), true}},
		"review/latency": {&latencyView{s.campFrame(), review.Latency{Reviewers: []review.Pace{{Reviewer: "member1", Days: []review.DayWaits{{Day: "2026-11-21"}}}}, People: map[string]member.Card{"member1": s.card()}}, 7, []int{1, 7}}},
		"notice/list":    {&noticesView{s.campFrame(), s.notices(), results, notice.Filter{Member: "member1", Result: notice.QuietHours}, "/console?after=x"}},
		"jobs/list":      {&jobsView{s.frame(), []domain.DeadJob{{ID: s.text, Kind: s.text, Document: s.text, Error: s.text, FailedAt: now, Tries: 3}}, hours{time.UTC, now}}},
	}
	maps.Copy(pages, s.quizPages())
	maps.Copy(pages, s.cardPages())
	maps.Copy(pages, s.moderationPages())
	maps.Copy(pages, s.feedPages())
	maps.Copy(pages, s.privacyPages())
	maps.Copy(pages, s.moneyPages())
	maps.Copy(pages, s.poolPages())
	maps.Copy(pages, s.couponPages())
	maps.Copy(pages, s.channelPages())
	maps.Copy(pages, s.groupbuyPages())
	maps.Copy(pages, s.assistPages())
	maps.Copy(pages, s.referralPages())
	maps.Copy(pages, s.statsPages())
	return pages
}

// bare is every page with nothing in it.
func bare() map[string][]view {
	empty := campFrame{Camp: sample{"营"}.camp(), Hours: hours{time.UTC, now}}
	found := empty
	found.Find = "小"
	pages := map[string][]view{
		"console/error": {&errorView{Status: 404}}, "session/signin": {&signInView{}},
		"today/dashboard": {&dashboardView{}, &dashboardView{MayOpen: true}},
		"today/board":     {&boardView{campFrame: empty}, &boardView{campFrame: empty, Paged: true}},
		"today/learner":   {&learnerView{campFrame: empty}}, "enrolment/waiting": {&waitingView{campFrame: empty}, &waitingView{campFrame: empty, Paged: true}}, "camp/list": {&campListView{}, &campListView{Phase: camp.PhaseEnded}, &campListView{Paged: true}, &campListView{MayOpen: true}},
		"camp/show": {&campView{campFrame: empty}}, "camp/form": {&campFormView{}}, "organiser/list": {&organiserListView{}},
		"organiser/form": {&organiserFormView{}}, "organiser/show": {&organiserView{}}, "lesson/list": {&planView{campFrame: empty}},
		"export/list":   {&exportsView{campFrame: empty}},
		"lesson/import": {&taskImportView{campFrame: empty}},
		"export/audit":  {&auditView{}},
		"lesson/form":   {&taskView{campFrame: empty}}, "course/levels": {&levelsView{campFrame: empty}}, "course/level": {&levelView{campFrame: empty}}, "course/matrix": {&travelView{campFrame: empty}}, "course/badges": {&badgesView{campFrame: empty}},
		"lesson/preview": {&previewView{campFrame: empty}}, "review/desk": {&deskView{campFrame: empty}, &deskView{campFrame: empty, Desk: review.Desk{Open: &review.Open{Entry: checkin.Entry{Checkin: checkin.Checkin{Day: "2026-11-19"}}, Mine: true}}}, &deskView{All: true}, &deskView{All: true, Desk: review.Desk{Camps: []camp.Camp{sample{"营"}.camp()}}}},
		"lesson/material": {&materialsView{campFrame: empty}}, "study/matrix": {&matrixView{campFrame: empty}}, "study/answers": {&answersView{campFrame: empty}},
		"review/remarks": {&remarksView{campFrame: empty}}, "review/latency": {&latencyView{campFrame: empty}},
		"team/board":      {&teamsView{campFrame: empty}, &teamsView{campFrame: found}, &teamsView{campFrame: found, Follow: "/console?after=x"}},
		"invitation/list": {&invitationsView{campFrame: empty}}, "form/builder": {&builderView{campFrame: empty}},
		"risk/list": {&riskView{campFrame: empty}, &riskView{campFrame: empty, Risk: risk.View{Phase: camp.PhaseRunning}}},
		"jobs/list": {&jobsView{}}, "notice/list": {&noticesView{campFrame: empty}, &noticesView{campFrame: empty, Filter: notice.Filter{Result: notice.Done}}},
	}
	maps.Copy(pages, bareQuizPages(empty))
	maps.Copy(pages, bareCardPages(empty))
	maps.Copy(pages, bareModerationPages())
	maps.Copy(pages, bareFeedPages(empty))
	pages["privacy/list"] = []view{&privacyView{}}
	maps.Copy(pages, bareMoneyPages(empty))
	maps.Copy(pages, barePoolPages(empty))
	maps.Copy(pages, bareCouponPages())
	maps.Copy(pages, bareChannelPages())
	maps.Copy(pages, bareGroupbuyPages())
	maps.Copy(pages, bareAssistPages())
	maps.Copy(pages, bareReferralPages())
	maps.Copy(pages, bareStatsPages(empty))
	return pages
}

func allPages(t *testing.T, h *console, views map[string][]view) map[string]string {
	t.Helper()
	rendered := map[string]string{}
	for name, list := range views {
		for _, v := range list {
			page, err := h.pages.Render(name, "", v)
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			rendered[name] += string(page)
		}
	}
	for _, name := range h.pages.Names() {
		if rendered[name] == "" {
			t.Errorf("page %s is rendered by no test", name)
		}
	}
	return rendered
}

var (
	inline = regexp.MustCompile(`(?i)<script[^>]*>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:`)
	forms  = regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`)
	inputs = regexp.MustCompile(`<(?:input|textarea|select)[^>]*\sid="([^"]+)"`)
)

func TestEveryPageRenders(t *testing.T) {
	t.Parallel()
	h := parsed()
	for kind, views := range map[string]map[string][]view{
		"full": sample{"晨读 & 打卡"}.full(), "empty": bare(), "long": sample{strings.Repeat("很长的名字", 120)}.full(),
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for name, page := range allPages(t, h, views) {
				if found := inline.FindString(page); found != "" {
					t.Errorf("%s: the content policy would refuse %q", name, found)
				}
				for _, form := range forms.FindAllString(page, -1) {
					if !strings.Contains(form, `name="csrf"`) {
						t.Errorf("%s: a form without its token: %.80s", name, form)
					}
				}
				for _, id := range inputs.FindAllStringSubmatch(page, -1) {
					if !strings.Contains(page, `for="`+id[1]+`"`) {
						t.Errorf("%s: the input %s has no label", name, id[1])
					}
				}
				if strings.Contains(page, "<no value>") || strings.Contains(page, "ZgotmplZ") {
					t.Errorf("%s: something could not be shown", name)
				}
			}
		})
	}
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	h := parsed()
	for name, page := range allPages(t, h, sample{hostile}.full()) {
		if strings.Contains(page, "<script>") || strings.Contains(page, `" onmouseover`) {
			t.Errorf("%s: a person's text became markup", name)
		}
		if !strings.Contains(html.UnescapeString(page), hostile) {
			t.Errorf("%s: the text is not shown as it was typed", name)
		}
	}
}

func TestASignInByScanningShowsWhereItStands(t *testing.T) {
	t.Parallel()
	h := parsed()
	for state, want := range map[session.TicketState]string{
		session.TicketWaiting: "用微信扫一扫", session.TicketScanned: "已扫码", session.TicketRefused: "没有成功", "": "已过期",
	} {
		block, err := h.pages.Render("session/signin", "wait", &codeView{State: state, Next: Root})
		if err != nil || !strings.Contains(string(block), want) {
			t.Errorf("%q shows %s, %v", state, block, err)
		}
		asksAgain := state == session.TicketWaiting || state == session.TicketScanned
		if strings.Contains(string(block), "every 2s") != asksAgain {
			t.Errorf("%q: asks again %v, want %v", state, !asksAgain, asksAgain)
		}
	}
	code, err := h.pages.Render("session/signin", "code", &codeView{Picture: "data:image/jpeg;base64,AAAA", State: session.TicketWaiting})
	if err != nil || !strings.Contains(string(code), `src="data:image/jpeg;base64,AAAA"`) {
		t.Errorf("%s, %v", code, err)
	}
}

func TestEveryIconIsInTheFont(t *testing.T) {
	t.Parallel()
	h := parsed()
	used := regexp.MustCompile(`class="ti ti-([a-z0-9-]+)`)
	var names []string
	for _, page := range allPages(t, h, sample{"a"}.full()) {
		for _, m := range used.FindAllStringSubmatch(page, -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	known := iconNames(t)
	for _, name := range slices.Compact(names) {
		if known != nil && !known[name] {
			t.Errorf("there is no icon %s", name)
		}
	}
}

func TestEveryNoIsExplainedInPlainChinese(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, reason := range notice.Reasons {
		f := fateOf(notice.Notice{Outcome: notice.Refused, Reason: reason})
		if f.Why == "" || strings.Contains(f.Why, "_") || seen[f.Why] {
			t.Errorf("%s is shown as %q", reason, f.Why)
		}
		seen[f.Why] = true
	}
	for kind := range notice.Kinds {
		if noticeKinds[kind] == "" {
			t.Errorf("%s has no name", kind)
		}
	}
}
