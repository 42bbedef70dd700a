// Package share serves the pages that people share: one small page of HTML for each kind of scene, made for WeChat's
// browser, with what a preview needs and a way into the mini-program. A feature has one file here, one template in
// templates/share, and a line in kinds.
package share

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/singleflight"

	"yingdi/domain"
	"yingdi/domain/channel"
	"yingdi/handlers/web"
	"yingdi/templates"
)

// Fresh is how long a page may be kept: seats and countdowns on it must not be old.
const Fresh = 30 * time.Second

type share struct {
	*web.Services
	pages *web.Pages
	style template.CSS
	csp   string

	links, codes, pictures singleflight.Group // a link that somebody shares is opened by many at once, and all of them wait for one answer
}

// kinds says who fills in the page of which kind of scene.
func (h *share) kinds() map[channel.Kind]func(context.Context, *view) error {
	return map[channel.Kind]func(context.Context, *view) error{
		channel.ToCamp:    h.camp,
		channel.ToGroup:   h.group,
		channel.ToAssist:  h.assist,
		channel.ToInvite:  h.invite,
		channel.ToChannel: h.offers,
	}
}

// Mount serves the pages. It panics if a template is broken, which a test would have found.
func Mount(e *echo.Echo, s *web.Services, l web.Limits) {
	h := newShare(s)
	g := e.Group(channel.Root, h.answer, web.Within(web.RequestLife), web.Visitor, web.Hold(s.Limiter, s.Log, l.Visit))
	g.GET("/:scene", h.show)
	g.GET("/:scene/picture.jpg", h.picture)
	g.GET("/:scene/avatar.jpg", h.avatar)
	g.GET("/:scene/code.jpg", h.code)
}

// pages are those that the build embedded, read once.
var pages = sync.OnceValue(func() *web.Pages {
	pages, err := web.ParsePages(templates.Share(), funcs)
	if err != nil {
		panic(err)
	}
	return pages
})

func newShare(s *web.Services) *share {
	style, err := fs.ReadFile(templates.Share(), "layout/share.css")
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(style)
	return &share{
		Services: s, pages: pages(), style: template.CSS(style), //nolint:gosec // our own file
		csp: "default-src 'none'; img-src 'self' data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}
}

// view is a page. A feature fills in Title, Text and Action, Over if it is over, and Own for its template.
type view struct {
	Scene    channel.Scene
	Template string
	Title    string // of the preview and of the page
	Text     string // of the preview
	Action   string // what the button says
	Over     string // why there is nothing to go to any more; then there is no button
	Picture  bool   // whether there is a picture
	Camp     *campView
	Sharer   *sharer
	Own      any

	Status int
	Self   string // addresses, whole
	Link   string // into the mini-program; empty while WeChat gives none
	Style  template.CSS
}

// sharer is all that a page tells of whoever shared it.
type sharer struct {
	Nickname string
	Avatar   bool
}

// scene of the address, or domain.ErrNotFound.
func (h *share) scene(c echo.Context) (channel.Scene, error) {
	id := c.Param("scene")
	if !domain.ValidID(id) || len(id) > 32 {
		return channel.Scene{}, domain.ErrNotFound
	}
	return h.Channels.Resolve(c.Request().Context(), id)
}

// resolve makes the view of a page, without the way into the mini-program.
func (h *share) resolve(c echo.Context) (*view, error) {
	ctx := c.Request().Context()
	scene, err := h.scene(c)
	if err != nil {
		return nil, err
	}
	fill, ok := h.kinds()[scene.Kind]
	if !ok {
		return nil, domain.ErrNotFound
	}
	v := &view{Scene: scene, Template: string(scene.Kind), Status: http.StatusOK, Self: h.Channels.Address(scene.ID), Style: h.style}
	if err := fill(ctx, v); err != nil {
		return nil, err
	}
	if v.Over != "" {
		v.Status = http.StatusGone
		return v, nil
	}
	v.Sharer, err = h.sharer(ctx, scene.Member)
	return v, err
}

func (h *share) sharer(ctx context.Context, id string) (*sharer, error) {
	if id == "" {
		return nil, nil
	}
	m, err := h.Members.Get(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if m.MayEnter() == nil {
		card := m.Card()
		return &sharer{Nickname: card.Nickname, Avatar: card.Avatar != ""}, nil
	}
	return nil, nil
}

func (h *share) show(c echo.Context) error {
	v, err := h.resolve(c)
	if err != nil {
		return err
	}
	if v.Over == "" {
		link, err, _ := h.links.Do(v.Scene.ID, func() (any, error) { return h.Channels.Link(context.WithoutCancel(c.Request().Context()), v.Scene) })
		if err != nil && !errors.Is(err, channel.ErrNotYet) {
			web.Note(c, err) // the page goes on without: it has the code
		}
		v.Link = link.(string)
	}
	if _, err := h.Channels.Visit(c.Request().Context(), v.Scene.ID); err != nil {
		web.Note(c, err) // somebody uncounted, and nobody kept out
	}
	keep(c, Fresh)
	return h.send(c, v)
}

func (h *share) send(c echo.Context, v *view) error {
	header := c.Response().Header()
	header.Set(echo.HeaderContentSecurityPolicy, h.csp)
	header.Set("X-Robots-Tag", "noindex")
	return h.pages.Send(c, v.Status, v.Template, "", v)
}

// keep lets everybody on the way keep the answer for so long.
func keep(c echo.Context, life time.Duration) {
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age="+strconv.Itoa(int(life.Seconds())))
}
