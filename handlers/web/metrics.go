package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts requests by the template of their route, so that no id and no path of a stranger becomes a label.
type Metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// NewMetrics registers the metrics.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yingdi_http_requests_total", Help: "Requests answered.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "yingdi_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "method"}),
	}
	registry.MustRegister(m.requests, m.seconds)
	return m
}

// start begins to time a request; done counts it and tells how long it took.
func (m *Metrics) start(c echo.Context) (done func() time.Duration) {
	timer := prometheus.NewTimer(prometheus.ObserverFunc(func(seconds float64) {
		route, method := Route(c), verb(c)
		m.requests.WithLabelValues(route, method, strconv.Itoa(c.Response().Status)).Inc()
		m.seconds.WithLabelValues(route, method).Observe(seconds)
	}))
	return timer.ObserveDuration
}

// Route is the template that the request was routed by, such as /api/v1/camps/:camp.
func Route(c echo.Context) string {
	if c.Path() == "" {
		return "none"
	}
	return c.Path()
}

var verbs = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func verb(c echo.Context) string {
	if slices.Contains(verbs, c.Request().Method) {
		return c.Request().Method
	}
	return "other"
}
