package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// Bearer makes the holder of the request's access token the actor. Without a token nobody acts; a token that opens
// nothing is refused, so that the client renews it instead of being taken for nobody.
func Bearer(authenticate func(ctx context.Context, access string) (domain.Actor, error)) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			header := c.Request().Header.Get(echo.HeaderAuthorization)
			if header == "" {
				SetActor(c, domain.Actor{Network: network(c.RealIP()), Device: device(c), Platform: platform(c)})
				return next(c)
			}
			scheme, token, _ := strings.Cut(header, " ")
			if !strings.EqualFold(scheme, "Bearer") {
				return domain.ErrUnauthenticated
			}
			actor, err := authenticate(c.Request().Context(), strings.TrimSpace(token))
			if err != nil {
				return err
			}
			actor.Network, actor.Device, actor.Platform = network(c.RealIP()), device(c), platform(c)
			SetActor(c, actor)
			return next(c)
		}
	}
}

// HeaderDevice is where a client names the device that it runs on, by an id of its own making.
const HeaderDevice = "Yingdi-Device"

func device(c echo.Context) string {
	if id := c.Request().Header.Get(HeaderDevice); domain.ValidID(id) && len(id) <= 64 {
		return id
	}
	return ""
}

// HeaderPlatform is where a client says what its phone runs: ios, android or other.
const HeaderPlatform = "Yingdi-Platform"

// platform is what the client says, or else what its User-Agent looks like, which WeChat sends with every request.
func platform(c echo.Context) domain.Platform {
	switch said := domain.Platform(c.Request().Header.Get(HeaderPlatform)); said {
	case domain.IOS, domain.Android, domain.Other:
		return said
	}
	agent := c.Request().UserAgent()
	switch {
	case strings.Contains(agent, "iPhone"), strings.Contains(agent, "iPad"):
		return domain.IOS
	case strings.Contains(agent, "Android"):
		return domain.Android
	}
	return domain.Other
}

// SetActor makes actor the one who acts in the rest of the request.
func SetActor(c echo.Context, actor domain.Actor) {
	c.SetRequest(c.Request().WithContext(domain.WithActor(c.Request().Context(), actor)))
}

// Member refuses requests that nobody has signed in for.
func Member(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := domain.ActorFrom(c.Request().Context()).MustBeMember(); err != nil {
			return err
		}
		return next(c)
	}
}

// Visitor makes whoever opens a page without signing in known by where they come from and by what they look with.
func Visitor(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		SetActor(c, domain.Actor{Network: network(c.RealIP()), Device: domain.HashToken(c.Request().UserAgent())})
		return next(c)
	}
}
