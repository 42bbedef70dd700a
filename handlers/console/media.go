package console

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"yingdi/domain/media"
	"yingdi/handlers/web"
)

type announcement struct {
	Kind        media.Kind `json:"kind"`
	ContentType string     `json:"content_type"`
	Name        string     `json:"name"`
	Size        int64      `json:"size"`
}

type begun struct {
	ID     string     `json:"id"`
	Upload media.Form `json:"upload"`
}

type uploaded struct {
	ID    string     `json:"id"`
	Kind  media.Kind `json:"kind"`
	Name  string     `json:"name"`
	URL   string     `json:"url"`
	Thumb string     `json:"thumb,omitempty"`
}

// beginMedia hands a page's script the form with which it sends a file straight to storage.
func (h *console) beginMedia(c echo.Context) error {
	var a announcement
	decoder := json.NewDecoder(c.Request().Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		return web.ErrMalformed
	}
	m, form, err := h.Media.Begin(c.Request().Context(), media.Announcement(a))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, begun{m.ID, form})
}

// completeMedia takes in what was sent and says how to show it.
func (h *console) completeMedia(c echo.Context) error {
	ctx := c.Request().Context()
	m, err := h.Media.Complete(ctx, c.Param("media"))
	if err != nil {
		return err
	}
	views, err := h.Media.Own(ctx, []string{m.ID})
	if err != nil {
		return err
	}
	answer := uploaded{ID: m.ID, Kind: m.Kind, Name: m.Name}
	for _, v := range views {
		answer.URL, answer.Thumb = v.URL, v.ThumbURL
	}
	return c.JSON(http.StatusOK, answer)
}
