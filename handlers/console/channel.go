package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/export"
	"yingdi/domain/stats"
)

func channelsPath(organiser string) string { return organiserPath(organiser) + "/channels" }

func channelPath(c channel.Channel) string { return channelsPath(c.Organiser) + "/" + c.ID }

func channelRange(c echo.Context) channel.Range {
	return channel.Range{From: domain.Day(c.QueryParam("from")), To: domain.Day(c.QueryParam("to")), First: c.QueryParam("by") == "first"}
}

func (h *console) channelFrame(c echo.Context, title string) (Frame, error) {
	id := c.Param("organiser")
	names, err := h.Organisers.Names(c.Request().Context(), []string{id})
	crumbs := []Crumb{{"活动", Root + "/campaigns"}, {names[id] + "的渠道", channelsPath(id)}}
	return Frame{Title: title, Section: sectionCampaigns, Crumbs: crumbs}, err
}

// channelDays is which days a page of channels shows, and whom they count for.
type channelDays struct {
	Span  span
	First bool
	Plain string // the days as a query, without whom they count for
	Query string
}

func (h *console) channelDays(c echo.Context, base string, r channel.Range, wrong Faults) channelDays {
	d := channelDays{First: r.First, Span: spanOf(c, base, stats.Range{From: r.From, To: r.To}, homeCalendar.Day(h.now()), "最近")}
	d.Span.Picks, d.Span.Faults = d.Span.Picks[:3], wrong
	q := url.Values{"from": {string(r.From)}, "to": {string(r.To)}}
	d.Plain = q.Encode()
	if r.First {
		q.Set("by", "first")
		for i := range d.Span.Picks {
			d.Span.Picks[i].Path += "&by=first"
		}
	}
	d.Query = q.Encode()
	return d
}

type channelRow struct{ channel.Row }

// Times is the net income for each yuan that was spent.
func (r channelRow) Times() string {
	times, ok := r.Return()
	if !ok {
		return "–"
	}
	return strconv.FormatFloat(times, 'f', 2, 64)
}

type channelsView struct {
	Frame
	channelDays
	Organiser string
	Rows      []channelRow
	MayTake   bool
	Follow    string
}

func (h *console) listChannels(c echo.Context) error {
	ctx, id, r := c.Request().Context(), c.Param("organiser"), channelRange(c)
	status, wrong := http.StatusOK, Faults{}
	report, err := h.Channels.List(ctx, id, r, after(c, 50))
	if err != nil {
		if wrong, status, err = faults(err, "from", "to"); err == nil {
			report, err = h.Channels.List(ctx, id, channel.Range{First: r.First}, after(c, 50))
		}
	}
	if err != nil {
		return err
	}
	v := &channelsView{Organiser: id, MayTake: domain.ActorFrom(ctx).Has(domain.RightExport, domain.Place{Organiser: id})}
	if v.Frame, err = h.channelFrame(c, "渠道"); err != nil {
		return err
	}
	v.Crumbs = v.Crumbs[:1]
	v.channelDays = h.channelDays(c, channelsPath(id), report.Range, wrong)
	for _, row := range report.Rows {
		v.Rows = append(v.Rows, channelRow{row})
	}
	if report.Next != "" {
		v.Follow = channelsPath(id) + "?" + v.Query + "&after=" + url.QueryEscape(string(report.Next))
	}
	return h.page(c, status, "channel/list", v)
}

func (h *console) channelSheet(c echo.Context) error {
	file, err := h.Channels.Sheet(c.Request().Context(), c.Param("organiser"), channelRange(c))
	if err != nil {
		return h.refused(c, channelsPath(c.Param("organiser")), err)
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="channels.xlsx"`)
	return c.Blob(http.StatusOK, export.ContentType, file)
}

// channelForm is a channel as it was typed.
type channelForm struct {
	ID      string `form:"id"`
	Version string `form:"version"`
	Name    string `form:"name"`
	Tag     string `form:"tag"`
	Note    string `form:"note"`
	Welcome string `form:"welcome"`
	Camp    string `form:"camp"`
}

type channelFormView struct {
	Frame
	Organiser string
	Form      channelForm
	Camps     []campChoice
	Faults    Faults
}

func (h *console) newChannel(c echo.Context) error {
	return h.channelForm(c, http.StatusOK, channelForm{ID: h.Channels.IDs.New()}, Faults{})
}

// channelOf is the channel of an address, which names the organiser, too.
func (h *console) channelOf(c echo.Context) (channel.Channel, error) {
	ch, err := h.Channels.ForStaff(c.Request().Context(), c.Param("channel"))
	if err == nil && ch.Organiser != c.Param("organiser") {
		err = fmt.Errorf("channel %s: %w", ch.ID, domain.ErrNotFound)
	}
	return ch, err
}

func (h *console) editChannel(c echo.Context) error {
	ch, err := h.channelOf(c)
	if err != nil {
		return err
	}
	return h.channelForm(c, http.StatusOK, channelForm{
		ID: ch.ID, Version: strconv.Itoa(ch.Version), Name: ch.Name, Tag: ch.Tag, Note: ch.Note, Welcome: ch.Welcome, Camp: ch.Camp,
	}, Faults{})
}

func (h *console) channelForm(c echo.Context, status int, f channelForm, wrong Faults) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: id}); err != nil {
		return err
	}
	title := "新建渠道"
	if f.Version != "" {
		title = "修改渠道"
	}
	v := &channelFormView{Organiser: id, Form: f, Faults: wrong}
	var err error
	if v.Frame, err = h.channelFrame(c, title); err != nil {
		return err
	}
	if v.Camps, err = h.campsToLead(c, f.Camp); err != nil {
		return err
	}
	return h.page(c, status, "channel/form", v)
}

// campsToLead are the organiser's newest camps that a channel can lead to.
func (h *console) campsToLead(c echo.Context, chosen string) (list []campChoice, err error) {
	camps, _, err := h.Camps.OfOrganiser(c.Request().Context(), c.Param("organiser"), domain.Page{Limit: domain.MaxPage})
	for _, in := range camps {
		if in.ID == chosen || in.State != camp.Closed && in.Archived.IsZero() {
			list = append(list, campChoice{in, in.ID == chosen})
		}
	}
	return list, err
}

func (h *console) saveChannel(c echo.Context) error {
	var f channelForm
	if err := bind(c, &f); err != nil {
		return err
	}
	version := 0
	if f.Version != "" {
		version = number(f.Version)
	}
	ch, err := h.Channels.Save(c.Request().Context(), c.Param("organiser"), f.ID, version, channel.Form{
		Name: line(f.Name), Tag: line(f.Tag), Note: line(f.Note), Welcome: text(f.Welcome), Camp: f.Camp,
	})
	if err != nil {
		wrong, status, err := faults(err, "name", "tag", "note", "welcome", "camp")
		if err != nil {
			return err
		}
		return h.channelForm(c, status, f, wrong)
	}
	return h.done(c, channelPath(ch), "已保存")
}

func (h *console) turnChannel(c echo.Context) error {
	ch, err := h.channelOf(c)
	if err != nil {
		return err
	}
	if _, err = h.Channels.Turn(c.Request().Context(), ch.ID, c.FormValue("to") == "off"); err != nil {
		return h.refused(c, channelPath(ch), err)
	}
	return h.done(c, channelPath(ch), map[bool]string{true: "已停用，不再计入这个渠道", false: "已重新启用"}[c.FormValue("to") == "off"])
}

// channelCode is the mini-program code of a channel, to look at or to keep.
func (h *console) channelCode(c echo.Context) error {
	ch, err := h.channelOf(c)
	if err != nil {
		return err
	}
	_, code, err := h.Channels.CodeFor(c.Request().Context(), ch.ID, c.QueryParam("camp"))
	return sendPicture(c, code, err, "channel-code.jpg", c.QueryParam("save") != "")
}

// channelPoster is a poster of a camp with the code of a channel.
func (h *console) channelPoster(c echo.Context) error {
	ch, err := h.channelOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	scene, code, err := h.Channels.CodeFor(ctx, ch.ID, c.QueryParam("camp"))
	if err == nil && scene.Camp == "" {
		err = domain.ErrNotFound
	}
	if err != nil {
		return err
	}
	poster, err := h.Signcards.Poster(ctx, scene.Camp, code)
	return sendPicture(c, poster, err, "channel-poster.jpg", true)
}

func sendPicture(c echo.Context, jpeg []byte, err error, name string, save bool) error {
	if err != nil {
		return err
	}
	if save {
		c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	}
	return c.Blob(http.StatusOK, "image/jpeg", jpeg)
}

var errNoCode = []error{camp.ErrNotPublished, domain.ErrNotFound}

// addressOf is the link by which a channel leads to a camp; empty if it cannot.
func (h *console) addressOf(c echo.Context, ch channel.Channel, campID string) (address string, poster bool, err error) {
	scene, err := h.Channels.SceneFor(c.Request().Context(), ch.ID, campID)
	for _, none := range errNoCode {
		if errors.Is(err, none) {
			return "", false, nil
		}
	}
	if err != nil {
		return "", false, err
	}
	return h.Channels.Address(scene.ID), scene.Camp != "", nil
}
