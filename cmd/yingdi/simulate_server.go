package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/handlers/console"
	"yingdi/jobs"
	"yingdi/season"
	"yingdi/season/audit"
	"yingdi/storage/fake"
)

// stage is the product with its clock, its workers and WeChat's stand-in in the hands of a season.
type stage struct {
	*dev
	died map[string]time.Time // when a job was first seen dead, by the season's clock; zero once it was tried again
}

// runStage runs until ctx ends. set, if not nil, changes the stage before the first request.
func runStage(ctx context.Context, addr, folder, level string, at time.Time, set func(*stage), ready func()) error {
	standing := &clock{}
	standing.Set(at)
	listener, err := listen(addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	d, err := wireDev(ctx, devOptions{
		Addr: addr, Data: folder, Clock: standing, Pace: hurry, Log: config.Log{Level: level, Format: "text"},
	}, listener.Addr().(*net.TCPAddr))
	if err != nil {
		return err
	}
	d.services.Wallets.Rules.ApproveAbove = season.DecideAbove // a season's sums are small, and staff shall see some of them
	s := &stage{dev: d, died: map[string]time.Time{}}
	if set != nil {
		set(s)
	}
	handler, err := s.handler()
	if err != nil {
		return errors.Join(err, d.close())
	}
	return errors.Join(d.run(ctx, listener, handler, true, ready), d.close())
}

// silent is a log level above all: a season makes so much go wrong that a terminal would show nothing else.
const silent = "error+4"

// hurry is for workers whose clock stands: there is never anything to wait for.
func hurry(o *jobs.Options) {
	o.Poll, o.Glance, o.StopWithin = 10*time.Millisecond, 15*time.Millisecond, 5*time.Second
}

func (s *stage) handler() (http.Handler, error) {
	h, err := s.dev.handler()
	if err != nil {
		return nil, err
	}
	e := h.(*echo.Echo)
	e.POST(season.PathClock, s.moveClock)
	e.POST(season.PathSettle, s.settle)
	e.POST(season.PathStaff, s.openFor)
	return e, nil
}

func (s *stage) moveClock(c echo.Context) error {
	if err := s.moveTo(c.FormValue("at")); err != nil {
		return err
	}
	return c.NoContent(http.StatusOK)
}

func (s *stage) moveTo(typed string) error {
	at, err := time.Parse(time.RFC3339Nano, typed)
	if err != nil {
		return domain.Invalid("at", "RFC 3339")
	}
	s.clock.Set(at)
	return nil
}

// settle lets everything happen that is owed by an instant: periodic work, events, pushes, and what follows from them.
func (s *stage) settle(c echo.Context) error {
	if err := s.moveTo(c.FormValue("at")); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := errors.Join(s.tryAgain(ctx), s.ticker.Tick(ctx)); err != nil {
		return err
	}
	for accepted := 1; accepted > 0; accepted = s.wechat.Deliver(ctx) + s.pay.Deliver(ctx) {
		if err := s.queue.Drain(ctx); err != nil {
			return err
		}
	}
	done := season.Settled{Dead: []audit.DeadJob{}}
	for _, p := range s.wechat.Pushes() {
		if p.State == fake.Waiting {
			done.Waiting++
		}
	}
	for _, n := range s.pay.Notices() {
		if n.State == fake.Waiting && n.Due.Sub(s.clock.Now()) < soon {
			done.Waiting++
		}
	}
	dead, err := s.queue.Dead(ctx, 1000)
	for _, job := range dead {
		if _, known := s.died[job.ID]; !known {
			s.died[job.ID] = s.clock.Now()
		}
		done.Dead = append(done.Dead, audit.DeadJob{ID: job.ID, Kind: job.Kind, Document: job.Document, Error: job.Error})
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, done)
}

// soon is what a step waits for; WeChat Pay waits ever longer after each refusal, and what comes later comes later.
const soon = 2 * time.Minute

// tryAgain gives jobs that died while the clock stood still the try that they would have had later: a queue whose clock
// runs tries for more than an hour.
func (s *stage) tryAgain(ctx context.Context) error {
	var failures []error
	for id, at := range s.died {
		if at.IsZero() || s.clock.Now().Sub(at) < time.Hour {
			continue
		}
		s.died[id] = time.Time{}
		if err := s.queue.Retry(ctx, id); !errors.Is(err, domain.ErrNotFound) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// openFor signs somebody who has logged in at the mini-program in to the console, as an admin if so asked.
func (s *stage) openFor(c echo.Context) error {
	ctx := c.Request().Context()
	member, err := s.services.Members.ByOpenID(ctx, s.wechat.OpenID(c.FormValue("as")))
	if err != nil {
		return err
	}
	if c.FormValue("admin") == "true" {
		if _, err := s.services.Members.MakeAdmin(domain.WithActor(ctx, domain.SystemActor), member); err != nil {
			return err
		}
	}
	cookie, err := s.services.Sessions.OpenConsole(ctx, member)
	if err != nil {
		return err
	}
	console.SetCookie(c, cookie, false)
	return c.NoContent(http.StatusOK)
}

// inside is a server in this process.
type inside struct {
	addr, folder string
	set          func(*stage)

	end  context.CancelFunc
	done chan error
}

func (i *inside) start(ctx context.Context, at time.Time) error {
	ctx, i.end = context.WithCancel(ctx)
	i.done = make(chan error, 1)
	ready := make(chan struct{})
	go func() { i.done <- runStage(ctx, i.addr, i.folder, silent, at, i.set, func() { close(ready) }) }()
	select {
	case <-ready:
		return nil
	case err := <-i.done:
		return err
	}
}

func (i *inside) kill() error { return errors.New("a server in this process cannot be killed") }

func (i *inside) stop() error {
	i.end()
	return <-i.done
}

// outside is a server in a process of its own. It ends when its standard input does, so that it never outlives us.
type outside struct {
	addr, folder string
	env          []string // besides our own

	process *exec.Cmd
	input   io.Closer
}

func simulateServerCommand() *cobra.Command {
	c := &cobra.Command{Use: "simulate-server", Hidden: true, Args: cobra.NoArgs}
	addr, folder, at := c.Flags().String("addr", "", ""), c.Flags().String("data", "", ""), c.Flags().String("at", "", "")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		standing, err := time.Parse(time.RFC3339Nano, *at)
		if err != nil {
			return err
		}
		ctx, end := context.WithCancel(cmd.Context())
		go func() {
			_, _ = io.Copy(io.Discard, cmd.InOrStdin())
			end()
		}()
		return runStage(ctx, *addr, *folder, "warn", standing, nil, func() {})
	}
	return c
}

func (o *outside) start(ctx context.Context, at time.Time) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(o.folder, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	o.process = exec.Command(program, "simulate-server", "--addr", o.addr, "--data", o.folder, "--at", at.Format(time.RFC3339Nano))
	o.process.Env = append(os.Environ(), o.env...)
	o.process.Stdout, o.process.Stderr = log, log
	if o.input, err = o.process.StdinPipe(); err != nil {
		return err
	}
	if err := o.process.Start(); err != nil {
		return err
	}
	return o.await(ctx)
}

// await polls until the server answers.
func (o *outside) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+o.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(errors.New("the server does not start; see server.log in the folder of --keep"), ctx.Err())
		}
	}
}

func (o *outside) kill() error {
	err := o.process.Process.Kill()
	_ = o.process.Wait() // it was killed, and says so
	return err
}

func (o *outside) stop() error {
	err := o.input.Close()
	return errors.Join(err, o.process.Wait())
}
