package share

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

// picturesFresh is how long pictures may be kept.
const picturesFresh = time.Hour

func (h *share) jpeg(c echo.Context, picture []byte) error {
	if len(picture) == 0 {
		return domain.ErrNotFound
	}
	keep(c, picturesFresh)
	return c.Blob(http.StatusOK, "image/jpeg", picture)
}

// picture of the camp that the scene is about; previews show it.
func (h *share) picture(c echo.Context) error {
	v, err := h.resolve(c)
	if err != nil {
		return err
	}
	if v.Camp == nil {
		return domain.ErrNotFound
	}
	in := v.Camp.Camp
	picture, err, _ := h.pictures.Do(in.ID, func() (any, error) { return h.Signcards.Window(context.WithoutCancel(c.Request().Context()), in) })
	if err != nil {
		return err
	}
	return h.jpeg(c, picture.([]byte))
}

// avatar of whoever shared.
func (h *share) avatar(c echo.Context) error {
	v, err := h.resolve(c)
	if err != nil {
		return err
	}
	if v.Sharer == nil {
		return domain.ErrNotFound
	}
	ctx := c.Request().Context()
	m, err := h.Members.Get(ctx, v.Scene.Member)
	if err != nil {
		return err
	}
	picture, err := h.Media.Avatar(ctx, m.Avatar)
	if err != nil {
		return err
	}
	return h.jpeg(c, picture)
}

// code of the mini-program that leads where the page does.
func (h *share) code(c echo.Context) error {
	v, err := h.resolve(c)
	if err != nil {
		return err
	}
	if v.Over != "" {
		return domain.ErrNotFound
	}
	picture, err, _ := h.codes.Do(v.Scene.ID, func() (any, error) { return h.Channels.Code(context.WithoutCancel(c.Request().Context()), v.Scene) })
	if err != nil {
		return err
	}
	return h.jpeg(c, picture.([]byte))
}
