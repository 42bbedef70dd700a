// Package notify receives what other parties tell us of their own accord: WeChat's pushes and WeChat Pay's notices.
package notify

import (
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/handlers/web"
)

// maxPush bounds a push; WeChat's are a few kilobytes.
const maxPush = 64 << 10

// Mount adds the callbacks to e. Nobody signs in here: what comes is verified by its signature.
func Mount(e *echo.Echo, s *web.Services) {
	g := e.Group("/notify", web.Within(web.RequestLife), web.Bounded(maxPush))
	g.GET("/wechat", func(c echo.Context) error { return echoed(c, s) })
	g.POST("/wechat", func(c echo.Context) error { return received(c, s) })
	g.POST("/wechatpay", func(c echo.Context) error { return paid(c, s) })
}

// echoed answers WeChat's check of the address, made when it is entered in WeChat's own console.
func echoed(c echo.Context, s *web.Services) error {
	text, err := s.Receiver.Echo(c.QueryParams(), s.Clock.Now())
	if err != nil {
		return err
	}
	return c.String(http.StatusOK, text)
}

// received writes a push down and only then says that all is well; without that word WeChat sends it again.
func received(c echo.Context, s *web.Services) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	push, err := s.Receiver.Receive(c.QueryParams(), body, s.Clock.Now())
	if err != nil {
		return err
	}
	if err := s.Pushes.Receive(c.Request().Context(), push); err != nil {
		return err
	}
	return c.String(http.StatusOK, "success")
}
