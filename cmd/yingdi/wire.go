package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	goredis "github.com/redis/go-redis/v9"

	"yingdi/config"
	"yingdi/domain"
	mediadomain "yingdi/domain/media"
	"yingdi/domain/reminder"
	"yingdi/domain/schedule"
	"yingdi/handlers/web"
	"yingdi/jobs"
	"yingdi/storage"
	"yingdi/storage/media"
	"yingdi/storage/mongo"
	"yingdi/storage/preview"
	"yingdi/storage/redis"
	"yingdi/storage/sqlite"
	"yingdi/storage/wechat"
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
	previews  *preview.Tools
	wechat    *wechat.Client
	merchant  merchant
	ids       domain.IDs
	sealer    *domain.Sealer
	vaults    []domain.Vault // collections with something sealed in them
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
		{"wechat", a.joinWeChat}, {"pay", a.joinPay}, {"services", a.joinServices},
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

// documentsFile lies in the data folder, where documents are embedded.
const documentsFile = "yingdi.db"

func (a *app) joinDocuments(ctx context.Context) error {
	var engine storage.Engine
	var err error
	if a.config.Documents == "mongo" {
		engine, err = mongo.Open(ctx, a.config.Mongo.URI, a.config.Mongo.Database)
	} else if err = os.MkdirAll(a.config.Data, 0o750); err == nil {
		engine, err = sqlite.Open(ctx, filepath.Join(a.config.Data, documentsFile))
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
	a.previews = preview.New(ctx, preview.Options{PDFToPPM: a.config.Preview.PDFToPPM, Soffice: a.config.Preview.Soffice})
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
