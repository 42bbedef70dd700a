package main

import (
	"context"
	"errors"
	"time"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/checkin"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/idempotency"
	"yingdi/domain/invitation"
	"yingdi/domain/lesson"
	mediadomain "yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/moderation"
	"yingdi/domain/notice"
	"yingdi/domain/organiser"
	"yingdi/domain/push"
	"yingdi/domain/quiz"
	"yingdi/domain/reminder"
	"yingdi/domain/review"
	"yingdi/domain/risk"
	"yingdi/domain/schedule"
	"yingdi/domain/session"
	"yingdi/domain/signcard"
	"yingdi/domain/study"
	"yingdi/domain/team"
	"yingdi/domain/today"
	"yingdi/handlers/web"
	"yingdi/storage/media"
	"yingdi/storage/password"
	"yingdi/storage/redis"
	"yingdi/storage/sheet"
	"yingdi/templates/card"
)

func (a *app) joinServices(ctx context.Context) error {
	at, err := openStores(ctx, a.db)
	if err != nil {
		return err
	}
	renderer, err := card.New()
	if err != nil {
		return err
	}
	ids := domain.NewIDs(a.clock)
	a.ids = ids

	members := &member.Service{Store: at.members, WeChat: a.wechat, Sealer: a.sealer, IDs: ids, Clock: a.clock}
	sessions := &session.Service{
		Store: at.sessions, Tickets: at.tickets, Credentials: at.credentials, Members: members, WeChat: a.wechat,
		Passwords: password.New(), Sealer: a.sealer, IDs: ids, Clock: a.clock,
	}
	organisers := &organiser.Service{Store: at.organisers, Members: members, IDs: ids, Clock: a.clock}
	files := &mediadomain.Service{
		Store: at.media, Bucket: a.bucket, WeChat: a.wechat, Members: members, Thumbs: media.NewThumbs(), Previews: a.previews, IDs: ids, Clock: a.clock,
	}
	members.Pictures = files
	camps := &camp.Service{Store: at.camps, Staff: organisers, Seats: a.db, Pictures: files, IDs: ids, Clock: a.clock}
	invitations := &invitation.Service{
		Store: at.invitations, Organisers: organisers, Camps: camps, Members: members, IDs: ids, Clock: a.clock,
	}
	lessons := &lesson.Service{
		Store: at.tasks, Arrangements: at.arrangements, MaterialStore: at.materials, Imports: at.imports, Camps: camps, Media: files, Sheets: sheet.Excel{},
		IDs: ids, Clock: a.clock,
	}
	camps.Tasks = lessons
	channels := &channel.Service{Store: at.scenes, WeChat: a.wechat, Bucket: a.bucket, Files: files, URL: a.config.URL, Sealer: a.sealer, Clock: a.clock}
	forms := &form.Service{Store: at.forms, Versions: at.asked, Camps: camps, Sealer: a.sealer, Clock: a.clock}
	enrolments := &enrolment.Service{Store: at.enrolments, Seats: a.db, Camps: camps, Forms: forms, Clock: a.clock}
	teams := &team.Service{
		Boards: at.boards, Store: at.places, Plans: at.plans, Camps: camps, Enrolments: enrolments, Replies: forms, Members: members,
		Sheets: sheet.Excel{}, IDs: ids, Clock: a.clock,
	}
	notices := &notice.Service{
		Store: at.notices, Credits: at.credits, Settings: at.settings, WeChat: a.wechat, Members: members, Camps: camps,
		Places: enrolments, Templates: messageTemplates(a.config.WeChat.Templates), Clock: a.clock,
	}
	if notices.Limits, err = messageLimits(a.config.Messages); err != nil {
		return err
	}
	quizzes := &quiz.Service{
		Store: at.quizzes, Questions: at.questions, Attempts: at.attempts, Regrades: at.regrades, Camps: camps, Tasks: lessons,
		Enrolments: enrolments, Members: members, Notices: notices, Media: files, Sheets: sheet.Excel{}, IDs: ids, Clock: a.clock,
	}
	lessons.Quizzes = quizzes
	camps.Copiers = []camp.Copier{{Name: "form", CopyTo: forms.CopyTo}, {Name: "quizzes", CopyTo: quizzes.CopyTo}, {Name: "tasks", CopyTo: lessons.CopyTo}}
	checkins := &checkin.Service{
		Store: at.checkins, Likes: at.likes, Comments: at.comments, Standings: at.standings, Walls: at.walls, Tags: at.tags, Topics: at.topics, Notices: notices, Camps: camps, Tasks: lessons, Enrolments: enrolments,
		Media: files, Members: members, WeChat: a.wechat, IDs: ids, Clock: a.clock,
	}
	moderations := &moderation.Service{
		Store: at.cases, Reports: at.reports, Reporters: at.reporters, Checkins: checkins, Veils: checkins, Media: files, Members: members, Camps: camps,
		Notices: notices, Clock: a.clock,
	}
	a.reminders = &reminder.Service{
		Camps: camps, Tasks: lessons, Enrolments: enrolments, Checkins: checkins, Notices: notices, Clock: a.clock,
	}
	notices.Errands = a.reminders
	reviews := &review.Service{
		Store: at.reviews, Remarks: at.remarks, Camps: camps, Tasks: lessons, Teams: teams, Checkins: checkins, Members: members,
		Media: files, Notices: notices, IDs: ids, Clock: a.clock, Undoable: undoable,
	}
	studies := &study.Service{
		Store: at.marks, Camps: camps, Tasks: lessons, Enrolments: enrolments, Checkins: checkins, Quizzes: quizzes, Reviews: reviews,
		Forms: forms, Media: files, Members: members, Clock: a.clock,
	}
	courses := &course.Service{
		Store: at.courses, Progresses: at.progresses, Badges: at.badges, Awards: at.awards, Camps: camps, Tasks: lessons, Places: at.enrolments, Enrolments: enrolments,
		Checkins: checkins, Quizzes: quizzes, Marks: studies, Reviews: reviews, Members: members, Pictures: files, Notices: notices, IDs: ids, Clock: a.clock,
	}
	lessons.Places, studies.Levels = enrolments, courses
	camps.Courses, lessons.Levels, quizzes.Levels, checkins.Levels = courses, courses, courses, courses
	signcards := &signcard.Service{
		Store: at.signcards.Cards, Libraries: at.signcards.Libraries, TemplateStore: at.signcards.Templates, Settings: at.signcards.Settings,
		Redraws: at.signcards.Redraws, Invites: at.signcards.Invites, Fronts: at.signcards.Fronts, Organisers: organisers, Enrolments: enrolments,
		IDs: ids, Bucket: a.bucket, WeChat: a.wechat, Scenes: channels, Checkins: checkins, Camps: camps,
		Members: members, Files: files, Renderer: renderer, Clock: a.clock,
	}
	moderations.Cards = signcards
	a.vaults = sealed(at)
	private := a.joinPrivacy(at, members, files, enrolments, studies, signcards)
	a.schedule = &schedule.Service{Store: at.slots, Clock: a.clock}
	a.services = &web.Services{
		Members: members, Sessions: sessions, Organisers: organisers, Media: files, Camps: camps, Invitations: invitations, Lessons: lessons,
		Moderation: moderations,
		Channels:   channels, Forms: forms, Enrolments: enrolments, Teams: teams, Notices: notices, Quizzes: quizzes, Checkins: checkins, Reviews: reviews, Studies: studies, Courses: courses, Signcards: signcards,
		Risks: &risk.Service{
			Store: at.thresholds, Checkins: at.checkins, Camps: camps, Tasks: lessons, Enrolments: enrolments, Courses: courses, Members: members, Clock: a.clock,
		},
		Today: &today.Service{
			Camps: camps, Tasks: lessons, Enrolments: enrolments, Courses: courses, Quizzes: quizzes, Studies: studies, Checkins: checkins, Reviews: reviews, Media: files, Members: members,
			Teams: teams, Notices: at.notices, Clock: a.clock,
		},
		Exports: &export.Service{
			Store: at.exports, Books: sheet.Books{}, Bucket: a.bucket, Camps: camps, Tasks: at.tasks, Members: members, Enrolments: enrolments,
			Teams: teams, Replies: forms, Checkins: at.checkins, Reviews: reviews, Quizzes: at.quizzes, Attempts: at.attempts, Orders: at.orders, IDs: ids, Clock: a.clock,
		},
		Privacy:     private,
		Pushes:      &push.Service{Store: at.pushes, Media: files, Notices: notices, Accounts: private, Sealer: a.sealer, Clock: a.clock},
		Idempotency: &idempotency.Service{Store: at.answers, Sealer: a.sealer, Clock: a.clock},
		Receiver:    a.wechat, Codes: a.wechat, Ready: a.ready, Clock: a.clock, Log: a.log,
		Limiter: &redis.Limiter{Client: a.redis, Clock: a.clock},
	}
	camps.Copiers = append(camps.Copiers, camp.Copier{Name: "materials", CopyTo: lessons.CopyMaterials}, camp.Copier{Name: "teams", CopyTo: teams.CopyTo},
		camp.Copier{Name: "risks", CopyTo: a.services.Risks.CopyTo}, camp.Copier{Name: "cards", CopyTo: signcards.CopyTo})
	a.joinMoney(at, camps)
	a.joinCoupons(at, camps)
	a.joinGroupbuys(at, camps)
	a.joinReferrals(at, camps)
	a.joinAssists(at, camps)
	a.joinStats(at)
	a.joinChannels(at, camps)
	return nil
}

// undoable is how long a review can be taken back before the learner hears of it.
const undoable = 30 * time.Second

// messageTemplates keeps those that the organiser has configured.
func messageTemplates(configured map[string]config.Template) map[notice.Kind]notice.Template {
	kept := map[notice.Kind]notice.Template{}
	for kind, t := range configured {
		if t.ID != "" {
			kept[notice.Kind(kind)] = notice.Template{ID: t.ID, Title: t.Title, Body: t.Body, Time: t.Time}
		}
	}
	return kept
}

func messageLimits(m config.Messages) (notice.Limits, error) {
	from, err := notice.ParseClock(m.QuietFrom)
	to, err2 := notice.ParseClock(m.QuietTo)
	return notice.Limits{
		PerDay: m.PerDay, Quiet: notice.Quiet{From: from, To: to}, Keep: time.Duration(m.KeepDays) * 24 * time.Hour,
	}, errors.Join(err, err2)
}
