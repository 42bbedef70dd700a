package session

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yingdi/domain"
	"yingdi/domain/domaintest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestTokensAreGenuineOrNothing(t *testing.T) {
	t.Parallel()
	sealer := domaintest.Sealer()
	own := derive(sealer, purposeAccess, "n1", 3).String()
	parsed, err := parseToken(purposeAccess, own)
	if err != nil || !parsed.genuine(sealer) || parsed.session != "n1" || parsed.generation != 3 {
		t.Fatalf("%+v, %v", parsed, err)
	}
	parts := strings.Split(own, ".")
	for name, forged := range map[string]string{
		"another session":    strings.Replace(own, "n1", "n2", 1),
		"another generation": strings.Join([]string{parts[0], parts[1], "4", parts[3]}, "."),
		"another mac":        own[:len(own)-1] + map[bool]string{true: "0", false: "1"}[own[len(own)-1] == '1'],
		"no mac":             strings.Join(parts[:3], ".") + ".",
		"another purpose":    "r" + own[1:],
		"a negative number":  strings.Join([]string{parts[0], parts[1], "-3", parts[3]}, "."),
		"a long one":         own + strings.Repeat("0", 200),
		"too many parts":     own + ".x",
		"nothing":            "",
		"an odd session":     strings.Replace(own, "n1", "n1/..", 1),
	} {
		if parsed, err := parseToken(purposeAccess, forged); err == nil && parsed.genuine(sealer) {
			t.Errorf("%s was taken", name)
		}
	}
	if parsed, err := parseToken(purposeRefresh, "r"+own[1:]); err != nil || parsed.genuine(sealer) {
		t.Errorf("an access token passes as a refresh token: %v", err)
	}
}

func TestWhatATokenOpens(t *testing.T) {
	t.Parallel()
	mini := Session{Kind: Mini, Generation: 5, RotatedAt: noon, Until: noon.Add(RefreshLife)}
	console := Session{Kind: Console, RotatedAt: noon, Until: noon.Add(ConsoleLife)}
	revoked := mini
	revoked.revoke("sign-out", noon)
	for name, c := range map[string]struct {
		session    Session
		generation int
		after      time.Duration
		want       bool
	}{
		"the current token":                          {mini, 5, AccessLife - 1, true},
		"the current token at its end":               {mini, 5, AccessLife, false},
		"the one before, right after a refresh":      {mini, 4, RefreshGrace - 1, true},
		"the one before, later":                      {mini, 4, RefreshGrace, false},
		"an older one":                               {mini, 3, 0, false},
		"one that was never given":                   {mini, 6, 0, false},
		"a revoked session's":                        {revoked, 5, 0, false},
		"a console session that is in use":           {console, 0, ConsoleIdle - 1, true},
		"a console session that was left alone":      {console, 0, ConsoleIdle, false},
		"a console session at the end of its life ":  {Session{Kind: Console, RotatedAt: noon, Until: noon}, 0, 0, false},
		"a mini-program session past its refreshing": {Session{Kind: Mini, RotatedAt: noon, Until: noon}, 0, 0, false},
	} {
		if got := c.session.admits(c.generation, noon.Add(c.after)); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change         func(*Session)
		generation     int
		after          time.Duration
		want           error
		reused         bool
		wantGeneration int
	}{
		"the current token moves on":            {nil, 5, time.Hour, nil, false, 6},
		"a day before the end":                  {nil, 5, RefreshLife - 24*time.Hour, nil, false, 6},
		"after the end":                         {nil, 5, RefreshLife, ErrExpired, false, 5},
		"twice at once":                         {nil, 4, RefreshGrace - 1, domain.ErrSame, false, 5},
		"the one before, later":                 {nil, 4, RefreshGrace, nil, true, 5},
		"an old one at once":                    {nil, 3, 0, nil, true, 5},
		"a revoked session stays so":            {func(s *Session) { s.revoke("x", noon) }, 5, 0, ErrExpired, false, 5},
		"a console session has no such thing":   {func(s *Session) { s.Kind = Console }, 5, 0, ErrExpired, false, 5},
		"a token that is ahead of the database": {nil, 6, 0, nil, true, 5},
	} {
		s := Session{Kind: Mini, Generation: 5, RotatedAt: noon, Until: noon.Add(RefreshLife)}
		if c.change != nil {
			c.change(&s)
		}
		was := s.RevokedAt.IsZero()
		reused, err := s.Refresh(c.generation, noon.Add(c.after))
		if !errors.Is(err, c.want) || reused != c.reused || s.Generation != c.wantGeneration {
			t.Errorf("%s: reused %v, %v, generation %d", name, reused, err, s.Generation)
		}
		if was && s.RevokedAt.IsZero() == c.reused {
			t.Errorf("%s: revoked at %v", name, s.RevokedAt)
		}
	}
}

// Whoever steals a refresh token: as soon as both the thief and the owner have used it, nobody is signed in.
func TestAStolenRefreshTokenEndsTheSessionForBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Session{Kind: Mini, RotatedAt: noon, Until: noon.Add(RefreshLife)}
		now, held := noon, [2]int{}
		for range rapid.IntRange(2, 12).Draw(t, "steps") {
			now = now.Add(RefreshGrace + time.Duration(rapid.IntRange(0, 3600).Draw(t, "wait"))*time.Second)
			who := rapid.IntRange(0, 1).Draw(t, "who")
			if reused, err := s.Refresh(held[who], now); err == nil && !reused {
				held[who] = s.Generation
			}
		}
		if held[0] > 0 && held[1] > 0 {
			t.Fatalf("both moved on: %v", held)
		}
	})
}

func TestTicketMoves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ticket Ticket
		to     TicketState
		who    string
		after  time.Duration
		from   TicketState
		want   error
	}{
		"scan":                              {Ticket{State: TicketWaiting}, TicketScanned, "ann", 0, TicketWaiting, nil},
		"scan again":                        {Ticket{State: TicketScanned, Member: "ann"}, TicketScanned, "ann", 0, TicketWaiting, domain.ErrSame},
		"scanned by another":                {Ticket{State: TicketScanned, Member: "ann"}, TicketScanned, "bob", 0, TicketWaiting, ErrTicket},
		"confirm":                           {Ticket{State: TicketScanned, Member: "ann"}, TicketConfirmed, "ann", 0, TicketScanned, nil},
		"confirm what another has scanned":  {Ticket{State: TicketScanned, Member: "ann"}, TicketConfirmed, "bob", 0, TicketScanned, ErrTicket},
		"confirm what was never scanned":    {Ticket{State: TicketWaiting}, TicketConfirmed, "ann", 0, TicketScanned, ErrTicket},
		"confirm after a no":                {Ticket{State: TicketRefused, Member: "ann"}, TicketConfirmed, "ann", 0, TicketScanned, ErrTicket},
		"confirm what was used":             {Ticket{State: TicketUsed, Member: "ann"}, TicketConfirmed, "ann", 0, TicketScanned, ErrTicket},
		"a no":                              {Ticket{State: TicketScanned, Member: "ann"}, TicketRefused, "ann", 0, TicketScanned, nil},
		"a no after the yes":                {Ticket{State: TicketConfirmed, Member: "ann"}, TicketRefused, "ann", 0, TicketScanned, ErrTicket},
		"confirm when the code has expired": {Ticket{State: TicketScanned, Member: "ann"}, TicketConfirmed, "ann", TicketLife, TicketScanned, ErrTicket},
		"scan again when it has expired":    {Ticket{State: TicketScanned, Member: "ann"}, TicketScanned, "ann", TicketLife, TicketWaiting, ErrTicket},
	} {
		c.ticket.Until = noon.Add(TicketLife)
		before := c.ticket
		err := c.ticket.move(c.to, c.who, noon.Add(c.after), c.from)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v", name, err)
		}
		if err == nil && (c.ticket.State != c.to || c.ticket.Member != c.who) || err != nil && c.ticket.State != before.State {
			t.Errorf("%s: got %+v", name, c.ticket)
		}
	}
}

func TestEachFailureFromTheFifthOnLocksForTwiceAsLong(t *testing.T) {
	t.Parallel()
	var c Credential
	for i, want := range []time.Duration{0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60} {
		c.failed(noon)
		locked := !c.LockedTo.IsZero()
		if locked != (want > 0) || locked && c.LockedTo.Sub(noon) != want*time.Minute {
			t.Errorf("failure %d locks until %s", i+1, c.LockedTo)
		}
	}
	c.Failures = 1 << 40
	if c.failed(noon); c.LockedTo.Sub(noon) != time.Hour {
		t.Errorf("locked for %s", c.LockedTo.Sub(noon))
	}
}

func TestLoginsAndPasswordsAreBounded(t *testing.T) {
	t.Parallel()
	const good = "a long password"
	for name, c := range map[string]struct {
		login, password string
		ok              bool
	}{
		"fine":                            {"admin", good, true},
		"capitals":                        {"Admin-1_x", good, true},
		"a short name":                    {"a", good, false},
		"a long name":                     {strings.Repeat("a", 33), good, false},
		"a name of odd signs":             {"ad min", good, false},
		"a name of two parts":             {"ad:min", good, false},
		"a short password":                {"admin", "elevenchars", false},
		"a long password":                 {"admin", strings.Repeat("x", 129), false},
		"the name in the password":        {"admin", "my Admin password", false},
		"a Chinese password of 12 signs":  {"admin", "一二三四五六七八九十十一", true},
		"a password with a control sign ": {"admin", good + "\x00", false},
	} {
		if err := CheckLogin(c.login, c.password); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
