package notify

import (
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/handlers/web"
)

// paid writes a payment notice down and only then says that all is well; without that word WeChat Pay repeats it for a
// day. Probes and forgeries are refused, and nobody learns why.
func paid(c echo.Context, s *web.Services) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	notice, err := s.PayReceiver.Receive(ctx, c.Request().Header, body)
	if err != nil {
		return err
	}
	if err := s.Payments.Receive(ctx, notice); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
