package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// parts asks everything that this process needs, all at once, and returns what each answered.
func (a *app) parts(ctx context.Context) map[string]error {
	asked := map[string]func(context.Context) error{
		"documents": a.db.Ping, "media": a.bucket.Ping,
		"queue": func(ctx context.Context) error { return a.redis.Ping(ctx).Err() },
	}
	answers := make(map[string]error, len(asked))
	var mu sync.Mutex
	var asking sync.WaitGroup
	for name, ping := range asked {
		asking.Go(func() {
			err := ping(ctx)
			mu.Lock()
			defer mu.Unlock()
			answers[name] = err
		})
	}
	asking.Wait()
	return answers
}

// ready is nil when everything that this process needs answers.
func (a *app) ready(ctx context.Context) error {
	var failures []error
	for name, err := range a.parts(ctx) {
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(failures...)
}

// health shows in the metrics what runs here and which of its parts answer.
type health struct{ *app }

// scrapeLife is how long the parts have to answer when the metrics are read.
const scrapeLife = 3 * time.Second

var (
	partDesc  = prometheus.NewDesc("yingdi_part_up", "1 if the part answers, 0 if not: documents, queue, media.", []string{"part"}, nil)
	buildDesc = prometheus.NewDesc("yingdi_build_info", "Always 1; the label tells the version that runs.", []string{"version"}, nil)
)

func (health) Describe(to chan<- *prometheus.Desc) {
	to <- partDesc
	to <- buildDesc
}

func (h health) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLife)
	defer cancel()
	for name, err := range h.parts(ctx) {
		up := 1.0
		if err != nil {
			up = 0
		}
		to <- prometheus.MustNewConstMetric(partDesc, prometheus.GaugeValue, up, name)
	}
	to <- prometheus.MustNewConstMetric(buildDesc, prometheus.GaugeValue, 1, version)
}
