package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	goredis "github.com/redis/go-redis/v9"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/checkin"
	"yingdi/domain/enrolment"
	"yingdi/domain/form"
	"yingdi/domain/idempotency"
	"yingdi/domain/invitation"
	"yingdi/domain/lesson"
	mediadomain "yingdi/domain/media"
	"yingdi/domain/member"
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
	"yingdi/domain/team"
	"yingdi/domain/today"
	"yingdi/handlers/web"
	"yingdi/jobs"
	"yingdi/storage"
	"yingdi/storage/media"
	"yingdi/storage/mongo"
	"yingdi/storage/password"
	"yingdi/storage/redis"
	"yingdi/storage/sheet"
	"yingdi/storage/sqlite"
	"yingdi/storage/wechat"
	"yingdi/templates/card"
)

// app is the whole product in one process, joined from top to bottom.
type app struct {
	config   config.Config
	clock    *clock
	log      *slog.Logger
	registry *prometheus.Registry

	db        *storage.DB
	redis     goredis.UniversalClient
	bucket    mediadomain.Bucket
	folder    *media.Folder // nil unless the media lie in a folder
	wechat    *wechat.Client
	sealer    *domain.Sealer
	services  *web.Services
	schedule  *schedule.Service
	reminders *reminder.Service
	queue     *jobs.Queue
	ticker    *jobs.Scheduler
	stop      context.CancelFunc // ends relay, workers and scheduler
	running   sync.WaitGroup

	pace    func(*jobs.Options) // of the workers, where time is not what it was
	closers []func() error
}

// wire builds everything that the configuration names and starts nothing.
func wire(ctx context.Context, c config.Config, clock *clock, log *slog.Logger) (*app, error) {
	return wireAt(ctx, c, clock, log, nil)
}

// wireAt is wire for workers whose time is not what it was.
func wireAt(ctx context.Context, c config.Config, clock *clock, log *slog.Logger, pace func(*jobs.Options)) (*app, error) {
	a := &app{config: c, clock: clock, log: log, registry: prometheus.NewRegistry(), pace: pace}
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), health{a})
	for _, part := range []struct {
		name string
		join func(context.Context) error
	}{
		{"secrets", a.joinSecrets}, {"documents", a.joinDocuments}, {"queue", a.joinQueue}, {"media", a.joinMedia},
		{"wechat", a.joinWeChat}, {"services", a.joinServices},
		{"jobs", a.joinJobs},
	} {
		if err := part.join(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", part.name, err), a.close())
		}
	}
	return a, nil
}

// close releases what wire took, the last first.
func (a *app) close() error {
	var failures []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		failures = append(failures, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(failures...)
}

func (a *app) onClose(f func() error) { a.closers = append(a.closers, f) }

func (a *app) joinSecrets(context.Context) error {
	masters := make([][]byte, len(a.config.Secrets.Master))
	for i, s := range a.config.Secrets.Master {
		masters[i] = []byte(s)
	}
	var err error
	a.sealer, err = domain.NewSealer([]byte(a.config.Secrets.Hash), masters...)
	return err
}

func (a *app) joinDocuments(ctx context.Context) error {
	var engine storage.Engine
	var err error
	if a.config.Documents == "mongo" {
		engine, err = mongo.Open(ctx, a.config.Mongo.URI, a.config.Mongo.Database)
	} else if err = os.MkdirAll(a.config.Data, 0o750); err == nil {
		engine, err = sqlite.Open(ctx, filepath.Join(a.config.Data, "yingdi.db"))
	}
	if err != nil {
		return err
	}
	a.db = storage.NewDB(engine)
	a.onClose(engine.Close)
	return nil
}

func (a *app) joinQueue(ctx context.Context) error {
	if a.config.Queue == "redis" {
		var err error
		a.redis, err = redis.Open(ctx, a.config.Redis.URL)
		if err == nil {
			a.onClose(a.redis.Close)
		}
		return err
	}
	embedded, err := redis.StartEmbedded()
	if err != nil {
		return err
	}
	a.redis = embedded.Client
	a.onClose(embedded.Close)
	return nil
}

func (a *app) joinMedia(ctx context.Context) error {
	var err error
	if a.config.Media == "s3" {
		s := a.config.S3
		a.bucket, err = media.NewS3(ctx, media.Options{
			Endpoint: s.Endpoint, PublicURL: s.PublicURL, Region: s.Region, Bucket: s.Bucket,
			AccessKey: s.AccessKey, SecretKey: s.SecretKey,
		}, a.clock)
		return err
	}
	key := []byte(a.sealer.Hash("media.folder", "signing"))
	a.folder, err = media.NewFolder(filepath.Join(a.config.Data, "media"), a.config.URL+"/media", key, a.clock)
	if err != nil {
		return err
	}
	a.bucket = a.folder
	a.onClose(a.folder.Close)
	return nil
}

func (a *app) joinWeChat(context.Context) error {
	w := a.config.WeChat
	var err error
	a.wechat, err = wechat.New(wechat.Options{
		AppID: w.AppID, AppSecret: w.AppSecret, Token: w.Token, EncodingAESKey: w.AESKey, Redis: a.redis, BaseURL: w.BaseURL,
	})
	return err
}

// stores are the collections, one a feature.
type stores struct {
	members     storage.Members
	sessions    storage.Sessions
	tickets     storage.Tickets
	credentials storage.Credentials
	organisers  storage.Organisers
	media       storage.Media
	camps       storage.Camps
	invitations storage.Invitations
	tasks       storage.Tasks
	scenes      storage.Scenes
	forms       storage.Forms
	asked       storage.FormVersions
	enrolments  storage.Enrolments
	boards      storage.Boards
	places      storage.Places
	plans       storage.Plans
	quizzes     storage.Quizzes
	questions   storage.Questions
	attempts    storage.Attempts
	regrades    storage.Regrades
	checkins    storage.Checkins
	likes       storage.Likes
	comments    storage.Comments
	thresholds  storage.Thresholds
	reviews     storage.Reviews
	signcards   storage.Signcards
	notices     storage.Notices
	credits     storage.Credits
	settings    storage.NoticeSettings
	pushes      storage.Pushes
	answers     storage.Answers
	slots       storage.Slots
}

func openStores(ctx context.Context, db *storage.DB) (s stores, err error) {
	var failures []error
	note := func(err error) { failures = append(failures, err) }
	s.members, err = storage.NewMembers(ctx, db)
	note(err)
	s.sessions, s.tickets, s.credentials, err = storage.NewSessions(ctx, db)
	note(err)
	s.organisers, err = storage.NewOrganisers(ctx, db)
	note(err)
	s.media, err = storage.NewMedia(ctx, db)
	note(err)
	s.camps, err = storage.NewCamps(ctx, db)
	note(err)
	s.invitations, err = storage.NewInvitations(ctx, db)
	note(err)
	s.tasks, err = storage.NewTasks(ctx, db)
	note(err)
	s.scenes, err = storage.NewScenes(ctx, db)
	note(err)
	s.forms, s.asked, err = storage.NewForms(ctx, db)
	note(err)
	s.enrolments, err = storage.NewEnrolments(ctx, db)
	note(err)
	s.boards, s.places, s.plans, err = storage.NewTeams(ctx, db)
	note(err)
	s.quizzes, s.questions, s.attempts, s.regrades, err = storage.NewQuizzes(ctx, db)
	note(err)
	s.checkins, s.likes, s.comments, err = storage.NewCheckins(ctx, db)
	note(err)
	s.thresholds, err = storage.NewThresholds(ctx, db)
	note(err)
	s.reviews, err = storage.NewReviews(ctx, db)
	note(err)
	s.signcards, err = storage.NewSigncards(ctx, db)
	note(err)
	s.notices, s.credits, s.settings, err = storage.NewNotices(ctx, db)
	note(err)
	s.pushes, err = storage.NewPushes(ctx, db)
	note(err)
	s.answers, err = storage.NewAnswers(ctx, db)
	note(err)
	s.slots, err = storage.NewSlots(ctx, db)
	note(err)
	return s, errors.Join(failures...)
}

func (a *app) joinServices(ctx context.Context) error {
	at, err := openStores(ctx, a.db)
	if err != nil {
		return err
	}
	renderer, err := card.New(card.Fonts())
	if err != nil {
		return err
	}
	ids := domain.NewIDs(a.clock)

	members := &member.Service{Store: at.members, WeChat: a.wechat, Sealer: a.sealer, IDs: ids, Clock: a.clock}
	sessions := &session.Service{
		Store: at.sessions, Tickets: at.tickets, Credentials: at.credentials, Members: members, WeChat: a.wechat,
		Passwords: password.New(), Sealer: a.sealer, IDs: ids, Clock: a.clock,
	}
	organisers := &organiser.Service{Store: at.organisers, Members: members, IDs: ids, Clock: a.clock}
	files := &mediadomain.Service{
		Store: at.media, Bucket: a.bucket, WeChat: a.wechat, Members: members, Thumbs: media.NewThumbs(), IDs: ids, Clock: a.clock,
	}
	members.Pictures = files
	camps := &camp.Service{Store: at.camps, Staff: organisers, Seats: a.db, Pictures: files, IDs: ids, Clock: a.clock}
	invitations := &invitation.Service{
		Store: at.invitations, Organisers: organisers, Camps: camps, Members: members, IDs: ids, Clock: a.clock,
	}
	lessons := &lesson.Service{Store: at.tasks, Camps: camps, Media: files, IDs: ids, Clock: a.clock}
	camps.Tasks = lessons
	channels := &channel.Service{Store: at.scenes, Sealer: a.sealer}
	forms := &form.Service{Store: at.forms, Versions: at.asked, Camps: camps, Sealer: a.sealer, Clock: a.clock}
	enrolments := &enrolment.Service{Store: at.enrolments, Seats: a.db, Camps: camps, Forms: forms, Clock: a.clock}
	teams := &team.Service{
		Boards: at.boards, Store: at.places, Plans: at.plans, Camps: camps, Enrolments: enrolments, Members: members, IDs: ids, Clock: a.clock,
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
		Enrolments: enrolments, Members: members, Sheets: sheet.Excel{}, IDs: ids, Clock: a.clock,
	}
	lessons.Quizzes = quizzes
	checkins := &checkin.Service{
		Store: at.checkins, Likes: at.likes, Comments: at.comments, Camps: camps, Tasks: lessons, Enrolments: enrolments,
		Media: files, Members: members, WeChat: a.wechat, IDs: ids, Clock: a.clock,
	}
	a.reminders = &reminder.Service{
		Camps: camps, Tasks: lessons, Enrolments: enrolments, Checkins: checkins, Notices: notices, Clock: a.clock,
	}
	notices.Errands = a.reminders
	reviews := &review.Service{
		Store: at.reviews, Camps: camps, Tasks: lessons, Checkins: checkins, Members: members, Notices: notices, Clock: a.clock,
	}
	signcards := &signcard.Service{
		Store: at.signcards, Bucket: a.bucket, WeChat: a.wechat, Scenes: channels, Checkins: checkins, Camps: camps,
		Members: members, Files: files, Renderer: renderer, Clock: a.clock,
	}
	a.schedule = &schedule.Service{Store: at.slots, Clock: a.clock}
	a.services = &web.Services{
		Members: members, Sessions: sessions, Organisers: organisers, Media: files, Camps: camps, Invitations: invitations, Lessons: lessons,
		Channels: channels, Forms: forms, Enrolments: enrolments, Teams: teams, Notices: notices, Quizzes: quizzes, Checkins: checkins, Reviews: reviews, Signcards: signcards,
		Risks: &risk.Service{
			Store: at.thresholds, Checkins: at.checkins, Camps: camps, Tasks: lessons, Enrolments: enrolments, Members: members, Clock: a.clock,
		},
		Today: &today.Service{
			Camps: camps, Tasks: lessons, Enrolments: enrolments, Quizzes: quizzes, Checkins: checkins, Reviews: reviews, Media: files, Members: members,
			Teams: teams, Notices: at.notices, Clock: a.clock,
		},
		Pushes:      &push.Service{Store: at.pushes, Media: files, Notices: notices, Sealer: a.sealer, Clock: a.clock},
		Idempotency: &idempotency.Service{Store: at.answers, Sealer: a.sealer, Clock: a.clock},
		Receiver:    a.wechat, Codes: a.wechat, Ready: a.ready, Clock: a.clock, Log: a.log,
		Limiter: &redis.Limiter{Client: a.redis, Clock: a.clock},
	}
	return nil
}

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

func (a *app) joinJobs(context.Context) error {
	s := a.services
	services := jobs.Services{
		Organisers: s.Organisers, Media: s.Media, Camps: s.Camps, Invitations: s.Invitations, Lessons: s.Lessons, Enrolments: s.Enrolments, Teams: s.Teams, Quizzes: s.Quizzes, Checkins: s.Checkins,
		Signcards: s.Signcards, Reviews: s.Reviews, Notices: s.Notices, Pushes: s.Pushes, Sessions: s.Sessions,
		Idempotency: s.Idempotency, Schedule: a.schedule, Reminders: a.reminders,
	}
	o := jobs.Options{
		Redis: a.redis, Outbox: a.db, Consumers: jobs.Consumers(services), Unheard: jobs.Unheard,
		Clock: a.clock, Log: a.log, Metrics: a.registry, Workers: a.config.Workers,
	}
	if a.pace != nil {
		a.pace(&o)
	}
	var err error
	if a.queue, err = jobs.New(o); err != nil {
		return err
	}
	a.ticker = &jobs.Scheduler{Slots: a.schedule, Table: jobs.Table(services), Log: a.log}
	a.db.OnWrite(a.queue.Post)
	s.Jobs = a.queue
	return nil
}
