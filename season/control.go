package season

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yingdi/season/audit"
)

// Where the server of a season is told what no client could tell it. It offers these paths to nobody else.
const (
	PathClock  = "/dev/season/clock"  // POST at=…: the clock stands there from now on
	PathSettle = "/dev/season/settle" // POST at=…: what is owed by then happens; answers Settled
	PathStaff  = "/dev/season/staff"  // POST as=…, admin=true: the console's cookie for somebody who has logged in
	pathLogin  = "/dev/login-code"
	pathWeChat = "/dev/wechat"
)

// Settled is how things stand after a step.
type Settled struct {
	Waiting int             `json:"waiting"` // pushes of WeChat's that have not arrived yet
	Dead    []audit.DeadJob `json:"dead"`
}

func (s *season) setClock(ctx context.Context, at time.Time) error {
	s.now.Store(&at)
	return s.control(ctx, PathClock, url.Values{"at": {at.Format(time.RFC3339Nano)}}, nil)
}

// settle lets everything happen that is owed. WeChat takes a few seconds for most of what it tells, and ten minutes for
// what is delayed.
func (s *season) settle(ctx context.Context) error {
	var done Settled
	for step := range 12 {
		if err := s.control(ctx, PathSettle, url.Values{"at": {s.now.Load().Format(time.RFC3339Nano)}}, &done); err != nil {
			return err
		}
		if done.Waiting == 0 {
			s.dead = done.Dead
			return nil
		}
		further := 10 * time.Second
		if step%4 == 3 {
			further = 11 * time.Minute
		}
		later := s.now.Load().Add(further)
		s.now.Store(&later)
	}
	return fmt.Errorf("%d pushes never arrived", done.Waiting)
}

func (s *season) control(ctx context.Context, path string, form url.Values, into any) error {
	a, err := s.client.do(ctx, call{method: http.MethodPost, path: path, form: form})
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, a.status, a.body)
	}
	if into == nil {
		return nil
	}
	return a.into(into)
}

// loginCode is what wx.login gives somebody's mini-program.
func (s *season) loginCode(ctx context.Context, name string) (string, error) {
	a, err := s.client.do(ctx, call{method: http.MethodGet, path: pathLogin + "?" + url.Values{"as": {name}}.Encode()})
	if err != nil {
		return "", err
	}
	var in struct{ Code string }
	return in.Code, a.into(&in)
}

// visit opens somebody's mini-program.
func (s *season) visit(ctx context.Context, name string) error {
	return s.control(ctx, pathWeChat+"/visit", url.Values{"who": {name}}, nil)
}

// agree lets somebody accept messages.
func (s *season) agree(ctx context.Context, name string, n int) error {
	return s.control(ctx, pathWeChat+"/grant", url.Values{"who": {name}, "template": {s.options.Template}, "n": {strconv.Itoa(n)}}, nil)
}

// inject makes WeChat misbehave.
func (s *season) inject(ctx context.Context, f Fault) error {
	s.book.write(f.note)
	if f.Push != "" {
		return s.control(ctx, pathWeChat+"/push-fault", url.Values{"fault": {f.Push}}, nil)
	}
	return s.control(ctx, pathWeChat+"/fault", url.Values{"path": {f.Path}, "mode": {f.Mode}, "code": {f.Code}, "seconds": {"1"}}, nil)
}
