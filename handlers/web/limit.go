package web

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// Rule is how often something may be done. It counts per person where somebody is signed in, else per address.
type Rule struct {
	Name    string
	Count   int
	Window  time.Duration
	Address bool // counts per address even for those who are signed in
}

// Limits are all rules.
type Limits struct {
	SignIn  Rule // every way to sign in, and renewing a session
	Visit   Rule // what can be looked at without signing in
	Read    Rule
	Write   Rule
	Upload  Rule // announcing and completing files
	Comment Rule
}

// DefaultLimits are made for people, with room for a quick one.
var DefaultLimits = Limits{
	SignIn:  Rule{Name: "sign-in", Count: 60, Window: time.Minute, Address: true},
	Visit:   Rule{Name: "visit", Count: 600, Window: time.Minute},
	Read:    Rule{Name: "read", Count: 600, Window: time.Minute},
	Write:   Rule{Name: "write", Count: 120, Window: time.Minute},
	Upload:  Rule{Name: "upload", Count: 240, Window: time.Minute},
	Comment: Rule{Name: "comment", Count: 40, Window: time.Minute},
}

// Hold refuses what exceeds the rule and says when to come back. When the limiter itself does not answer, people go on
// working: what must never be guessed (passwords, one-time codes) is locked by its own document.
func Hold(limiter Limiter, log *slog.Logger, rule Rule) echo.MiddlewareFunc {
	var away atomic.Bool // said once, not by every request
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ctx := c.Request().Context()
			ok, retry, err := limiter.Allow(ctx, rule.key(c), rule.Count, rule.Window)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				if away.CompareAndSwap(false, true) {
					log.LogAttrs(ctx, slog.LevelError, "limiter does not answer; nobody is held back",
						slog.String("rule", rule.Name), slog.Any("error", err))
				}
			case away.CompareAndSwap(true, false):
				log.LogAttrs(ctx, slog.LevelInfo, "limiter answers again", slog.String("rule", rule.Name))
			}
			if !ok && err == nil {
				return &retryError{fmt.Errorf("rule %s: %w", rule.Name, domain.ErrTooMany), max(retry, time.Second)}
			}
			return next(c)
		}
	}
}

func (r Rule) key(c echo.Context) string {
	if actor := domain.ActorFrom(c.Request().Context()); actor.Member != "" && !r.Address {
		return r.Name + ":m:" + actor.Member
	}
	return r.Name + ":a:" + network(c.RealIP())
}

// network is what counts as one address: a whole /64 of IPv6, as one customer has at least that many.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// ClientAddress finds the address of the client behind proxies, given by their networks (CIDR). Without any, the
// connection's own address counts and no header is believed.
func ClientAddress(proxies []string) (echo.IPExtractor, error) {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, proxy := range proxies {
		_, network, err := net.ParseCIDR(proxy)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q is no network such as 10.0.0.0/8", proxy)
		}
		trust = append(trust, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(trust...), nil
}
