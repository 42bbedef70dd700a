package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	jobs     *prometheus.CounterVec
	overflow prometheus.Counter
	oldest   prometheus.Gauge
}

func newMetrics(to prometheus.Registerer, q *Queue) (metrics, error) {
	m := metrics{
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yingdi_jobs_total", Help: "Tries of jobs by kind and result: done, failed (it will be tried again), dead.",
		}, []string{"kind", "result"}),
		overflow: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "yingdi_outbox_overflow_total", Help: "Events that found no room on their way to the queue and waited for the sweeper.",
		}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "yingdi_outbox_oldest_seconds", Help: "Age of the oldest overdue event that still waits for a consumer.",
		}),
	}
	for _, c := range []prometheus.Collector{m.jobs, m.overflow, m.oldest, depth{q}} {
		if err := to.Register(c); err != nil {
			return m, fmt.Errorf("metrics of the queue: %w", err)
		}
	}
	return m, nil
}

var depthDesc = prometheus.NewDesc("yingdi_queue_jobs", "Jobs in the queue by lane and state.", []string{"lane", "state"}, nil)

// depth looks into the queue when it is asked. Of a queue that does not answer there is nothing to tell.
type depth struct{ *Queue }

// glance is how long the queue has to answer, before somebody who reads all the metrics tires of waiting.
const glance = 2 * time.Second

func (depth) Describe(to chan<- *prometheus.Desc) { to <- depthDesc }

func (d depth) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), glance)
	defer cancel()
	if d.Redis.Ping(ctx).Err() != nil {
		return
	}
	used, err := usedLanes(d.inspector)
	if err != nil {
		to <- prometheus.NewInvalidMetric(depthDesc, err)
		return
	}
	for _, lane := range used {
		info, err := d.inspector.GetQueueInfo(string(lane))
		if err != nil {
			to <- prometheus.NewInvalidMetric(depthDesc, err)
			return
		}
		for state, n := range map[string]int{
			"waiting": info.Pending, "running": info.Active, "retrying": info.Retry, "dead": info.Archived,
		} {
			to <- prometheus.MustNewConstMetric(depthDesc, prometheus.GaugeValue, float64(n), string(lane), state)
		}
	}
}
