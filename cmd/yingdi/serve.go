package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/handlers"
	"yingdi/handlers/web"
)

func serveCommand() *cobra.Command {
	c := &cobra.Command{Use: "serve", Short: "Serve the API, the console and WeChat's callbacks, and work on jobs", Args: cobra.NoArgs}
	path := configFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		loaded, err := load(*path)
		if err != nil {
			return err
		}
		a, err := wire(cmd.Context(), loaded, &clock{}, logger(loaded.Log))
		if err != nil {
			return err
		}
		e, err := a.echo()
		if err != nil {
			return errors.Join(err, a.close())
		}
		return errors.Join(a.run(cmd.Context(), e, loaded.Workers > 0, nil), a.close())
	}
	return c
}

// echo is everything that answers HTTP.
func (a *app) echo() (*echo.Echo, error) {
	e, err := handlers.New(a.services, handlers.Options{
		TrustedProxies: a.config.TrustedProxies, HTTPS: strings.HasPrefix(a.config.URL, "https:"),
		MediaOrigin: mediaOrigin(a.config), Limits: limits(a.config.Limits), Metrics: a.registry,
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

// run listens, serves, and works on jobs if it shall, until ctx ends; then it takes nothing new and lets what it has
// accepted finish. ready, if not nil, is called once requests are answered.
func (a *app) run(ctx context.Context, handler http.Handler, work bool, ready func(net.Addr)) error {
	listener, err := net.Listen("tcp", a.config.Addr)
	if err != nil {
		return fmt.Errorf("addr %s: %w (is another yingdi running?)", a.config.Addr, err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	a.startJobs(ctx, work)
	a.log.Info("serving", "addr", listener.Addr().String(), "version", version, "documents", a.config.Documents,
		"queue", a.config.Queue, "media", a.config.Media, "workers", a.config.Workers)
	if ready != nil {
		ready(listener.Addr())
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = nil
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err = errors.Join(err, server.Shutdown(stopping))
	a.stopJobs()
	a.log.Info("stopped")
	return err
}
