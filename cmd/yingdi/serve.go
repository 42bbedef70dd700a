package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/handlers"
	"yingdi/handlers/web"
	"yingdi/storage/redis"
)

func serveCommand() *cobra.Command {
	c := &cobra.Command{Use: "serve", Short: "Serve the API, the console and WeChat's callbacks, and work on jobs", Args: cobra.NoArgs}
	path := configFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		loaded, err := load(*path)
		if err != nil {
			return err
		}
		return launch(cmd.Context(), loaded, loaded.Workers > 0, (*app).echo)
	}
	return c
}

// launch takes the address first, so that a process that cannot have it leaves nothing behind; then it joins the product
// and runs it until ctx ends.
func launch(ctx context.Context, c config.Config, work bool, handler func(*app) (*echo.Echo, error)) error {
	log := logger(c.Log)
	redis.LogTo(log)
	listener, err := listen(c.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	a, err := wire(ctx, c, &clock{}, log)
	if err != nil {
		return err
	}
	e, err := handler(a)
	if err != nil {
		return errors.Join(err, a.close())
	}
	return errors.Join(a.run(ctx, listener, e, work, nil), a.close())
}

// listen takes an address, or says what to do about one that cannot be had.
func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is taken, perhaps by another yingdi. Stop that one, or listen elsewhere: YINGDI_ADDR=127.0.0.1:8081", addr)
	case err != nil:
		return nil, fmt.Errorf("the address %s cannot be listened on: %w. Choose another: YINGDI_ADDR=127.0.0.1:8081", addr, err)
	}
	return listener, nil
}

// echo is everything that answers HTTP.
func (a *app) echo() (*echo.Echo, error) {
	e, err := handlers.New(a.services, handlers.Options{
		TrustedProxies: a.config.TrustedProxies, HTTPS: strings.HasPrefix(a.config.URL, "https:"),
		MediaOrigin: mediaOrigin(a.config), Limits: limits(a.config.Limits), Metrics: a.registry, MetricsToken: a.config.Metrics.Token,
	})
	if err != nil {
		return nil, err
	}
	if a.folder != nil {
		e.Any("/media/*", echo.WrapHandler(a.folder.Handler("/media", a.log)))
	}
	return e, nil
}

// mediaOrigin is where the console's pages may load pictures from, if not from this server.
func mediaOrigin(c config.Config) string {
	if c.Media != "s3" {
		return ""
	}
	if c.S3.PublicURL != "" {
		return c.S3.PublicURL
	}
	return c.S3.Endpoint
}

// limits spreads what an admin sets over what there is to limit.
func limits(c config.Limits) web.Limits {
	l := web.DefaultLimits
	l.SignIn.Count, l.Visit.Count, l.Read.Count = c.SignIn, c.Read, c.Read
	l.Write.Count, l.Upload.Count, l.Comment.Count = c.Write, 2*c.Write, max(1, c.Write/3)
	return l
}

// patience is how long accepted requests and running jobs get to finish.
const patience = 25 * time.Second

// run serves, and works on jobs if it shall, until ctx ends; then it takes nothing new and lets what it has accepted
// finish. ready, if not nil, is called once requests are answered.
func (a *app) run(ctx context.Context, listener net.Listener, handler http.Handler, work bool, ready func()) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	a.startJobs(ctx, work)
	a.log.Info("serving", "addr", listener.Addr().String(), "version", version, "documents", a.config.Documents,
		"queue", a.config.Queue, "media", a.config.Media, "workers", a.config.Workers)
	if ready != nil {
		ready()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		a.log.Info("stopping")
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if server.Shutdown(stopping) != nil {
		err = errors.Join(err, fmt.Errorf("requests that took longer than %s were cut off", patience), server.Close())
	}
	a.stopJobs()
	a.log.Info("stopped")
	return err
}
