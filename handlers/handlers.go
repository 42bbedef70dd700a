// Package handlers puts everything that answers HTTP under one roof.
package handlers

import (
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"yingdi/domain"
	"yingdi/handlers/api"
	"yingdi/handlers/console"
	"yingdi/handlers/notify"
	"yingdi/handlers/share"
	"yingdi/handlers/web"
	"yingdi/templates"
)

// Options is what the handlers need besides the services.
type Options struct {
	TrustedProxies []string             // networks (CIDR) whose X-Forwarded-For is believed
	HTTPS          bool                 // people reach us by HTTPS
	Limits         web.Limits           // zero: web.DefaultLimits
	Metrics        *prometheus.Registry // shown at /metrics, with our own added; nil: a new one
	MetricsToken   string               // lets others than this machine itself read /metrics
	MediaOrigin    string               // scheme://host of the media store where it is not this server itself
}

// New builds the router. Its error is about the options.
func New(s *web.Services, o Options) (*echo.Echo, error) {
	address, err := web.ClientAddress(o.TrustedProxies)
	if err != nil {
		return nil, err
	}
	if o.Limits == (web.Limits{}) {
		o.Limits = web.DefaultLimits
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = address
	e.HTTPErrorHandler = web.HandleError
	e.Use(web.Observe(s.Log, domain.NewIDs(s.Clock), web.NewMetrics(o.Metrics)), web.Headers(o.HTTPS))

	probes(e, s, o.Metrics, o.MetricsToken)
	e.GET("/", func(c echo.Context) error { return c.Redirect(http.StatusFound, console.Root) })
	e.Group("/static", web.Cached).StaticFS("/", templates.Static())
	api.Mount(e, s, o.Limits)
	notify.Mount(e, s)
	share.Mount(e, s, o.Limits)
	console.Mount(e, s, console.Options{Secure: o.HTTPS, MediaOrigin: o.MediaOrigin, Limits: o.Limits})
	return e, nil
}

// Health answers only probes and metrics, for a process that serves nobody.
func Health(s *web.Services, metrics *prometheus.Registry, token string) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = web.HandleError
	e.Use(web.Observe(s.Log, domain.NewIDs(s.Clock), web.NewMetrics(metrics)))
	probes(e, s, metrics, token)
	return e
}

func probes(e *echo.Echo, s *web.Services, metrics *prometheus.Registry, token string) {
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", func(c echo.Context) error { return ready(c, s) }, web.Within(web.ProbeLife))
	e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(metrics, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelError),
	})), web.Insiders(token))
}

// ready answers 503 while something that this process needs does not answer; what it is stands in the log.
func ready(c echo.Context, s *web.Services) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		return &notReady{err}
	}
	return c.String(http.StatusOK, "ready\n")
}

// notReady answers as unavailable, whatever the reason is.
type notReady struct{ error }

func (n *notReady) Unwrap() []error { return []error{domain.ErrUnavailable, n.error} }
