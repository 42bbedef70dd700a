package season

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"yingdi/season/audit"
)

// learner is one person and their phones.
type learner struct {
	*season
	name   string
	member string
	seat   Seat
	phones []phone
	keys   int
}

// phone holds one session.
type phone struct{ access, refresh string }

const api = "/api/v1"

// key is one that this person has not used yet.
func (l *learner) key() string {
	l.keys++
	return fmt.Sprintf("%s-%d", l.member, l.keys)
}

// ask sends a request to the API, and tells whether the answer is one of those that the rules allow.
func (l *learner) ask(ctx context.Context, k call, statuses ...int) (answer, bool, error) {
	k.path = api + k.path
	if k.token == "" && len(l.phones) > 0 {
		k.token = l.phones[0].access
	}
	a, err := l.client.do(ctx, k)
	if err != nil {
		return a, false, err
	}
	return a, l.book.expect(a, k, statuses...), nil
}

// login signs in on one phone. A code is good for one try: whatever goes wrong, the next try takes another one.
func (l *learner) login(ctx context.Context, phoneN int) error {
	for range enough {
		code, err := l.loginCode(ctx, l.name)
		if err != nil {
			return err
		}
		k := call{method: http.MethodPost, path: api + "/sessions", json: map[string]string{"code": code}, once: true}
		a, err := l.client.do(ctx, k)
		if err != nil {
			return err
		}
		if a.status != http.StatusCreated {
			ok := a.status == http.StatusServiceUnavailable || a.status == http.StatusTooManyRequests || a.code() == "wechat_code_used" ||
				l.options.Kills > 0 && a.code() == "wechat_code_invalid"
			if !l.book.check(ok, "POST /sessions was answered with %d %s", a.status, a.code()) {
				return nil
			}
			if err := pause(ctx, 5*time.Millisecond); err != nil {
				return err
			}
			continue
		}
		l.book.expect(a, k, http.StatusCreated)
		var in struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
			Expires int    `json:"expires_in"`
			Member  struct{ ID string }
		}
		if err := a.into(&in); err != nil {
			return err
		}
		l.book.check(in.Expires > 0, "a session of no time was opened")
		l.book.check(l.member == "" || l.member == in.Member.ID, "%s is now member %s", l.member, in.Member.ID)
		l.member = in.Member.ID
		for len(l.phones) <= phoneN {
			l.phones = append(l.phones, phone{})
		}
		l.phones[phoneN] = phone{in.Access, in.Refresh}
		l.book.count("logins", 1)
		return nil
	}
	return fmt.Errorf("%s cannot sign in: %w", l.name, errNoAnswer)
}

// renew goes on with a session whose access token has ended. Where the server was away after it had renewed one and
// before it had said so, the old token is an old one now; the mini-program signs in anew, which nobody sees.
func (l *learner) renew(ctx context.Context, phoneN int) error {
	old := l.phones[phoneN]
	expected := []int{http.StatusOK}
	if l.options.Kills > 0 {
		expected = append(expected, http.StatusUnauthorized)
	}
	a, ok, err := l.ask(ctx, call{
		method: http.MethodPost, path: "/sessions/refresh", json: map[string]string{"refresh_token": old.refresh},
	}, expected...)
	switch {
	case err != nil || !ok:
		return err
	case a.status == http.StatusUnauthorized:
		return l.login(ctx, phoneN)
	}
	var in struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := a.into(&in); err != nil {
		return err
	}
	l.book.check(in.Access != old.access && in.Refresh != old.refresh, "a session of %s was not renewed", l.member)
	l.phones[phoneN] = phone{in.Access, in.Refresh}
	l.book.count("renewals", 1)
	return nil
}

// arrive signs in for the first time and says what to call them.
func (l *learner) arrive(ctx context.Context) error {
	if err := l.login(ctx, 0); err != nil {
		return err
	}
	nickname := l.name + "🌱"
	_, ok, err := l.ask(ctx, call{method: http.MethodPatch, path: "/me", json: map[string]string{"nickname": nickname}}, http.StatusOK)
	if err != nil || !ok {
		return err
	}
	l.book.write(func(p *audit.Promises) {
		p.People = append(p.People, audit.Person{Name: l.name, Member: l.member, Nickname: nickname})
	})
	return nil
}

// enrol asks for a seat, twice at once, and tells whether there was one.
func (l *learner) enrol(ctx context.Context) (got bool, err error) {
	k := call{method: http.MethodPost, path: "/camps/" + l.camp + "/enrolments", key: l.key()}
	answers, err := l.twice(ctx, k, k, http.StatusCreated, http.StatusConflict)
	if err != nil {
		return false, err
	}
	got = answers[0].status == http.StatusCreated
	if got {
		l.book.same(answers[0].body, answers[1].body, "the enrolment of "+l.member)
		l.book.count("enrolments", 1)
	} else {
		l.book.refused(answers[0], k, http.StatusConflict, "camp_full")
		l.book.check(answers[1].status == http.StatusConflict, "%s was refused a seat and then got it", l.member)
		l.book.count("refused_enrolments", 1)
	}
	l.book.write(func(p *audit.Promises) {
		p.Asked++
		for i := range p.People {
			if p.People[i].Member == l.member {
				p.People[i].Enrolled = got
			}
		}
	})
	return got, nil
}

// twice sends two requests at once.
func (l *learner) twice(ctx context.Context, a, b call, statuses ...int) (answers [2]answer, err error) {
	other := make(chan error, 1)
	go func() {
		var err error
		answers[1], _, err = l.ask(ctx, b, statuses...)
		other <- err
	}()
	answers[0], _, err = l.ask(ctx, a, statuses...)
	if failed := <-other; err == nil {
		err = failed
	}
	return answers, err
}
