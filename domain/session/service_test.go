package session_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/member"
	"yingdi/domain/session"
	"yingdi/domain/wechat"
)

type sessions struct {
	*domaintest.Store[session.Session]
}

func (s sessions) Ended(_ context.Context, before time.Time, page domain.Page) ([]session.Session, domain.Cursor, error) {
	return s.Find(func(d session.Session) bool { return d.Until.Before(before) }, nil, page)
}

type tickets struct {
	*domaintest.Store[session.Ticket]
}

func (s tickets) Ended(_ context.Context, before time.Time, page domain.Page) ([]session.Ticket, domain.Cursor, error) {
	return s.Find(func(d session.Ticket) bool { return d.Until.Before(before) }, nil, page)
}

// members knows people by their openid.
type members struct {
	*domaintest.Store[member.Member]
}

func (m members) Recognise(ctx context.Context, who wechat.Identity) (member.Member, error) {
	return m.Get(ctx, who.OpenID)
}

func (m members) SignOutEverywhere(ctx context.Context) error {
	_, err := m.Update(ctx, domain.ActorFrom(ctx).Member, func(d *member.Member) error { d.Epoch++; return nil })
	return err
}

// weChat takes the openid for the code.
type weChat struct{}

func (weChat) Login(_ context.Context, code string) (wechat.Identity, error) {
	if code == "used" {
		return wechat.Identity{}, wechat.ErrCodeUsed
	}
	return wechat.Identity{OpenID: code}, nil
}

// passwords hashes by turning round; its one-time code is the number of the half minute.
type passwords struct{ looks *atomic.Int64 }

func (passwords) Hash(p string) (string, error) { return "hash of " + p, nil }

func (p passwords) Verify(hash, password string) bool {
	p.looks.Add(1)
	return hash == "hash of "+password
}

func (passwords) NewTOTP(account string) (secret, address string, err error) {
	return "secret", "otpauth://totp/" + account, nil
}

func (passwords) Step(secret, code string, now time.Time) (int64, bool) {
	step := now.Unix() / 30
	return step, secret == "secret" && code == codeAt(now)
}

func codeAt(now time.Time) string { return now.Format("150405")[:4] + "00" }

type world struct {
	*session.Service
	sessions sessions
	tickets  tickets
	members  members
	clock    *domaintest.Clock
	power    *domaintest.Power
	looks    *atomic.Int64
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-01T01:00:00Z"), looks: &atomic.Int64{}}
	w.sessions, w.tickets = sessions{domaintest.NewStore[session.Session](w.power)}, tickets{domaintest.NewStore[session.Ticket](w.power)}
	w.members = members{domaintest.NewStore[member.Member](w.power)}
	w.Service = &session.Service{
		Store: w.sessions, Tickets: w.tickets, Credentials: domaintest.NewStore[session.Credential](w.power), Members: w.members,
		WeChat: weChat{}, Passwords: passwords{w.looks}, Sealer: domaintest.Sealer(), IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	teacher := domain.Grant{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher}
	for _, m := range []member.Member{
		{Doc: domain.Doc{ID: "ann"}, State: member.Active}, {Doc: domain.Doc{ID: "bob"}, State: member.Active},
		{Doc: domain.Doc{ID: "teacher"}, State: member.Active, Grants: []domain.Grant{teacher}},
		{Doc: domain.Doc{ID: "second"}, State: member.Active, Grants: []domain.Grant{teacher}},
		{Doc: domain.Doc{ID: "blocked"}, State: member.Blocked, Grants: []domain.Grant{teacher}},
	} {
		if err := w.members.Insert(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w world) signIn(t testing.TB, name string) session.Tokens {
	t.Helper()
	tokens, m, err := w.SignIn(t.Context(), name)
	if err != nil || m.ID != name {
		t.Fatalf("%s: %v", m.ID, err)
	}
	return tokens
}

func (w world) as(t testing.TB, name string) context.Context {
	t.Helper()
	m, err := w.members.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: m.Grants})
}

func TestAMiniProgramSessionLivesByRefreshing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tokens := w.signIn(t, "ann")
	for range 60 { // a day and more
		actor, err := w.Authenticate(t.Context(), tokens.Access)
		if err != nil || actor.Member != "ann" || actor.Console || actor.Session == "" || tokens.ExpiresIn != session.AccessLife {
			t.Fatalf("%+v, %v", actor, err)
		}
		w.clock.Add(session.AccessLife)
		if _, err := w.Authenticate(t.Context(), tokens.Access); !errors.Is(err, session.ErrExpired) {
			t.Fatalf("an old access token: %v", err)
		}
		if tokens, err = w.Renew(t.Context(), tokens.Refresh); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.Add(session.RefreshLife)
	if _, err := w.Renew(t.Context(), tokens.Refresh); !errors.Is(err, session.ErrExpired) {
		t.Errorf("after a month away: %v", err)
	}
}

func TestTwentyRefreshesAtOnceGiveTheSameTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tokens := w.signIn(t, "ann")
	w.clock.Add(time.Hour)
	var all [20]session.Tokens
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			var err error
			if all[i], err = w.Renew(t.Context(), tokens.Refresh); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, got := range all {
		if got != all[0] || got == tokens {
			t.Fatalf("got %+v and %+v", got, all[0])
		}
	}
	if _, err := w.Authenticate(t.Context(), all[0].Access); err != nil {
		t.Error(err)
	}
}

func TestAnOldRefreshTokenRevokesTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stolen := w.signIn(t, "ann")
	other := w.signIn(t, "ann")
	fresh, err := w.Renew(t.Context(), stolen.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Add(session.RefreshGrace)
	if _, err := w.Renew(t.Context(), stolen.Refresh); !errors.Is(err, session.ErrReused) {
		t.Errorf("got %v", err)
	}
	if _, err := w.Renew(t.Context(), fresh.Refresh); !errors.Is(err, session.ErrExpired) {
		t.Errorf("the session goes on: %v", err)
	}
	if _, err := w.Authenticate(t.Context(), fresh.Access); !errors.Is(err, session.ErrExpired) {
		t.Errorf("the session goes on: %v", err)
	}
	if _, err := w.Authenticate(t.Context(), other.Access); err != nil {
		t.Errorf("another phone of theirs: %v", err)
	}
}

func TestWhatEndsASession(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*testing.T, world, domain.Actor) error{
		"signing out": func(t *testing.T, w world, a domain.Actor) error { return w.SignOut(domain.WithActor(t.Context(), a)) },
		"signing out everywhere": func(t *testing.T, w world, a domain.Actor) error {
			return w.members.SignOutEverywhere(domain.WithActor(t.Context(), a))
		},
		"being blocked": func(t *testing.T, w world, _ domain.Actor) error {
			_, err := w.members.Update(t.Context(), "ann", func(m *member.Member) error { m.State = member.Blocked; return nil })
			return err
		},
		"the sweeper, a day after its end": func(_ *testing.T, w world, _ domain.Actor) error {
			w.clock.Add(session.RefreshLife + 25*time.Hour)
			return w.Sweep(context.Background())
		},
	} {
		w := newWorld(t)
		tokens := w.signIn(t, "ann")
		actor, err := w.Authenticate(t.Context(), tokens.Access)
		if err != nil {
			t.Fatal(err)
		}
		if err := end(t, w, actor); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Authenticate(t.Context(), tokens.Access); err == nil || got.Member != "" {
			t.Errorf("after %s: %+v", name, got)
		}
		if got, err := w.Renew(t.Context(), tokens.Refresh); err == nil || got.Access != "" {
			t.Errorf("after %s: %+v", name, got)
		}
	}
	w := newWorld(t)
	if err := w.SignOut(t.Context()); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody signs out: %v", err)
	}
	if _, _, err := w.SignIn(t.Context(), "used"); !errors.Is(err, wechat.ErrCodeUsed) {
		t.Errorf("got %v", err)
	}
}

func TestSigningInByScanning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scene, browser, err := w.BeginTicket(t.Context(), strings.Repeat("窗", 200))
	if err != nil || !domain.ValidID(scene) || len(scene) > 32 || strings.Contains(scene, browser) {
		t.Fatalf("%s, %v", scene, err)
	}
	redeem := func(want session.TicketState, wantErr error) string {
		t.Helper()
		state, cookie, err := w.RedeemTicket(t.Context(), scene, browser)
		if state != want || !errors.Is(err, wantErr) {
			t.Fatalf("got %s, %v", state, err)
		}
		return cookie
	}
	redeem(session.TicketWaiting, nil)
	if _, err := w.ConfirmTicket(w.as(t, "teacher"), scene); !errors.Is(err, session.ErrTicket) {
		t.Errorf("confirmed without having been shown: %v", err)
	}
	for who, want := range map[string]error{"ann": session.ErrNotStaff, "": domain.ErrUnauthenticated} {
		ctx := t.Context()
		if who != "" {
			ctx = w.as(t, who)
		}
		if _, err := w.ScanTicket(ctx, scene); !errors.Is(err, want) {
			t.Errorf("%q: %v", who, err)
		}
	}
	shown, err := w.ScanTicket(w.as(t, "teacher"), scene)
	if err != nil || len([]rune(shown.Where)) != 80 {
		t.Fatalf("%+v, %v", shown, err)
	}
	redeem(session.TicketScanned, nil)
	if _, err := w.ConfirmTicket(w.as(t, "second"), scene); !errors.Is(err, session.ErrTicket) {
		t.Errorf("a second person: %v", err)
	}
	for range 2 {
		if _, err := w.ConfirmTicket(w.as(t, "teacher"), scene); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := w.RedeemTicket(t.Context(), scene, domain.Secret()); !errors.Is(err, session.ErrTicket) {
		t.Errorf("another browser that saw the code: %v", err)
	}
	cookie := redeem(session.TicketUsed, nil)
	actor, err := w.AuthenticateConsole(t.Context(), cookie)
	if err != nil || actor.Member != "teacher" || !actor.Console || !actor.Has(domain.RightReview, domain.Place{Organiser: "o1", Camp: "c1"}) {
		t.Errorf("%+v, %v", actor, err)
	}
	if got := redeem(session.TicketUsed, nil); got != "" {
		t.Errorf("the same code signs in again: %s", got)
	}
	if _, err := w.Authenticate(t.Context(), cookie); !errors.Is(err, session.ErrExpired) {
		t.Errorf("the console's cookie opens the mini-program: %v", err)
	}
	if _, err := w.AuthenticateConsole(t.Context(), w.signIn(t, "teacher").Access); !errors.Is(err, session.ErrExpired) {
		t.Errorf("the mini-program's token opens the console: %v", err)
	}
	if _, _, err := w.RedeemTicket(t.Context(), "nothere", browser); !errors.Is(err, session.ErrTicket) {
		t.Errorf("got %v", err)
	}
	if _, err := w.ScanTicket(w.as(t, "teacher"), "nothere"); !errors.Is(err, session.ErrTicket) {
		t.Errorf("got %v", err)
	}
}

func TestAConfirmedCodeOpensOneSessionHoweverOftenItIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scene, browser, err := w.BeginTicket(t.Context(), "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	teacher := w.as(t, "teacher")
	if _, err := w.ScanTicket(teacher, scene); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ConfirmTicket(teacher, scene); err != nil {
		t.Fatal(err)
	}
	var opened atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, cookie, _ := w.RedeemTicket(t.Context(), scene, browser); cookie != "" {
				opened.Add(1)
			}
		})
	}
	wg.Wait()
	if n := opened.Load(); n != 1 || len(w.sessions.All(nil)) != 1 {
		t.Errorf("%d cookies, %d sessions", n, len(w.sessions.All(nil)))
	}
}

func TestACodeThatExpiredSignsNobodyIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scene, browser, err := w.BeginTicket(t.Context(), "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	teacher := w.as(t, "teacher")
	if _, err := w.ScanTicket(teacher, scene); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ConfirmTicket(teacher, scene); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(session.TicketLife)
	if _, _, err := w.RedeemTicket(t.Context(), scene, browser); !errors.Is(err, session.ErrTicket) {
		t.Errorf("got %v", err)
	}
	w.clock.Add(25 * time.Hour)
	if err := w.Sweep(t.Context()); err != nil || len(w.tickets.All(nil)) != 0 {
		t.Errorf("%d tickets left, %v", len(w.tickets.All(nil)), err)
	}
}

func TestAConsoleSessionLastsWhileItIsUsedButNotForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie, err := w.OpenConsole(t.Context(), "teacher")
	if err != nil {
		t.Fatal(err)
	}
	for passed := time.Duration(0); passed < session.ConsoleLife; passed += session.ConsoleIdle - time.Minute {
		if _, err := w.AuthenticateConsole(t.Context(), cookie); err != nil {
			t.Fatalf("after %s: %v", passed, err)
		}
		w.clock.Add(session.ConsoleIdle - time.Minute)
	}
	w.clock.Add(time.Hour)
	if _, err := w.AuthenticateConsole(t.Context(), cookie); !errors.Is(err, session.ErrExpired) {
		t.Errorf("after a week: %v", err)
	}
	for who, want := range map[string]error{"ann": session.ErrNotStaff, "blocked": member.ErrBlocked, "ghost": domain.ErrNotFound} {
		if cookie, err := w.OpenConsole(t.Context(), who); !errors.Is(err, want) || cookie != "" {
			t.Errorf("%s: %q, %v", who, cookie, err)
		}
	}
}

const password = "correct horse battery"

func withLogin(t *testing.T) world {
	w := newWorld(t)
	if _, err := w.SetCredential(t.Context(), "Root", password, "teacher"); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w world) try(t testing.TB, login, pass, code string) error {
	t.Helper()
	cookie, err := w.SignInWithPassword(t.Context(), login, pass, code)
	if (cookie != "") != (err == nil) {
		t.Fatalf("cookie %q, %v", cookie, err)
	}
	return err
}

func TestSigningInWithPasswordAndCode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		login, password, code string
		want                  error
	}{
		"all right":         {"root", password, "", nil},
		"capitals":          {"ROOT", password, "", nil},
		"a wrong password":  {"root", password + "x", "", session.ErrPassword},
		"a wrong code":      {"root", password, "000001", session.ErrPassword},
		"an unknown login":  {"nobody", password, "", session.ErrPassword},
		"no login":          {"", password, "", session.ErrPassword},
		"an odd login":      {"ro/ot", password, "", session.ErrPassword},
		"a huge password":   {"root", strings.Repeat("x", 513), "", session.ErrPassword},
		"a huge login name": {strings.Repeat("r", 65), password, "", session.ErrPassword},
	} {
		w := withLogin(t)
		if c.code == "" {
			c.code = codeAt(w.clock.Now())
		}
		if err := w.try(t, c.login, c.password, c.code); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := withLogin(t)
	if _ = w.try(t, "nobody", password, "000000"); w.looks.Load() != 1 {
		t.Errorf("an unknown login is told by how quickly it is refused: %d looks at a hash", w.looks.Load())
	}
}

func TestAOneTimeCodeOpensOnce(t *testing.T) {
	t.Parallel()
	w := withLogin(t)
	code := codeAt(w.clock.Now())
	var opened atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := w.try(t, "root", password, code); err == nil {
				opened.Add(1)
			} else if !errors.Is(err, session.ErrPassword) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("the code opened %d times", n)
	}
	w.clock.Add(time.Minute)
	if err := w.try(t, "root", password, codeAt(w.clock.Now())); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestFiveFailuresLockAndTimeUnlocks(t *testing.T) {
	t.Parallel()
	w := withLogin(t)
	for range 5 {
		if err := w.try(t, "root", "wrong", "000000"); !errors.Is(err, session.ErrPassword) {
			t.Fatal(err)
		}
	}
	right := func() error { return w.try(t, "root", password, codeAt(w.clock.Now())) }
	if err := right(); !errors.Is(err, session.ErrLocked) {
		t.Errorf("locked: %v", err)
	}
	w.clock.Add(time.Minute)
	if err := w.try(t, "root", "wrong", "000000"); !errors.Is(err, session.ErrPassword) {
		t.Errorf("one more try: %v", err)
	}
	w.clock.Add(time.Minute)
	if err := right(); !errors.Is(err, session.ErrLocked) {
		t.Errorf("locked for twice as long: %v", err)
	}
	w.clock.Add(time.Minute)
	if err := right(); err != nil {
		t.Errorf("unlocked: %v", err)
	}
	w.clock.Add(time.Minute)
	if err := w.try(t, "root", "wrong", "000000"); !errors.Is(err, session.ErrPassword) {
		t.Errorf("a success forgets the failures: %v", err)
	}
	w.clock.Add(time.Minute)
	if err := right(); err != nil {
		t.Errorf("a success forgets the failures: %v", err)
	}
}

func TestFiftyGuessesAtOnceAreFive(t *testing.T) {
	t.Parallel()
	w := withLogin(t)
	var looked atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if err := w.try(t, "root", "wrong", "000000"); errors.Is(err, session.ErrPassword) {
				looked.Add(1)
			}
		})
	}
	wg.Wait()
	if n := looked.Load(); n != 5 {
		t.Errorf("%d guesses were answered", n)
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	w := withLogin(t)
	if _, err := w.SetCredential(t.Context(), "root", password, "second"); !errors.Is(err, domain.ErrExists) {
		t.Errorf("somebody else's login: %v", err)
	}
	if _, err := w.SetCredential(t.Context(), "other", "short", "second"); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a short password: %v", err)
	}
	cookie, err := w.SignInWithPassword(t.Context(), "root", password, codeAt(w.clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if address, err := w.ResetCredential(t.Context(), "ROOT", "another long one"); err != nil || !strings.HasPrefix(address, "otpauth:") {
		t.Errorf("%q, %v", address, err)
	}
	if _, err := w.AuthenticateConsole(t.Context(), cookie); !errors.Is(err, session.ErrExpired) {
		t.Errorf("a reset leaves whoever knew the old password signed in: %v", err)
	}
	w.clock.Add(time.Minute)
	if err := w.try(t, "root", password, codeAt(w.clock.Now())); !errors.Is(err, session.ErrPassword) {
		t.Errorf("the old password: %v", err)
	}
	if err := w.try(t, "root", "another long one", codeAt(w.clock.Now().Add(0))); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if _, err := w.ResetCredential(t.Context(), "nobody", password); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	for login, want := range map[string]bool{"ROOT": true, "nobody": false} {
		if got, err := w.HasLogin(t.Context(), login); got != want || err != nil {
			t.Errorf("%s: %v, %v", login, got, err)
		}
	}
}
