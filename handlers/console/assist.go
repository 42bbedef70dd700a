package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/camp"
)

func assistsPath(organiser string) string { return organiserPath(organiser) + "/assists" }

func assistPath(c assist.Campaign) string { return assistsPath(c.Organiser) + "/" + c.ID }

// assistFrame is what the pages of an organiser's assists share.
func (h *console) assistFrame(c echo.Context, title string) (Frame, error) {
	id := c.Param("organiser")
	names, err := h.Organisers.Names(c.Request().Context(), []string{id})
	crumbs := []Crumb{{"活动", Root + "/campaigns"}, {names[id] + "的助力", assistsPath(id)}}
	return Frame{Title: title, Section: sectionCampaigns, Crumbs: crumbs}, err
}

type assistsView struct {
	Frame
	Organiser string
	State     assist.State
	States    []assist.State
	Rows      []assist.Campaign
	Camps     map[string]camp.Camp
	Hours     hours
	Follow    string
}

func (h *console) listAssists(c echo.Context) error {
	id, state := c.Param("organiser"), assist.State(c.QueryParam("state"))
	list, camps, next, err := h.Assists.List(c.Request().Context(), id, state, after(c, 30))
	if err != nil {
		return err
	}
	v := &assistsView{Organiser: id, State: state, States: assist.States, Rows: list, Camps: camps, Hours: h.hoursOf(homeCalendar)}
	if v.Frame, err = h.assistFrame(c, "助力"); err != nil {
		return err
	}
	v.Crumbs = v.Crumbs[:1]
	if next != "" {
		v.Follow = assistsPath(id) + "?" + url.Values{"state": {string(state)}, "after": {string(next)}}.Encode()
	}
	return h.page(c, http.StatusOK, "assist/list", v)
}

// assistForm is a campaign as it was typed.
type assistForm struct {
	ID         string `form:"id"`
	Version    string `form:"version"`
	Title      string `form:"title"`
	Seat       string `form:"seat"` // camp/offer
	Floor      string `form:"floor"`
	Helpers    string `form:"helpers"`
	Hours      string `form:"hours"`
	Lock       string `form:"lock"`
	Coupons    string `form:"coupons"`
	PerPerson  string `form:"per_person"`
	Quota      string `form:"quota"`
	PerNetwork string `form:"per_network"`
	PerDevice  string `form:"per_device"`
	EndsAt     string `form:"ends_at"`
	Do         string `form:"do"`
}

var assistFields = []string{
	"title", "camp", "offer", "floor", "helpers", "hours", "lock", "per_person", "quota", "per_network", "per_device", "ends_at",
}

func (f assistForm) form() assist.Form {
	in, offer, _ := strings.Cut(f.Seat, "/")
	return assist.Form{
		Camp: in, Title: line(f.Title), EndsAt: minute(f.EndsAt),
		Terms: assist.Terms{
			Offer: offer, Floor: price(line(f.Floor)), Helpers: number(f.Helpers), Hours: number(f.Hours), Lock: number(f.Lock), Coupons: f.Coupons != "",
		},
		Limits: assist.Limits{PerPerson: number(f.PerPerson), Quota: number(f.Quota), PerNetwork: number(f.PerNetwork), PerDevice: number(f.PerDevice)},
	}
}

func assistTyped(c assist.Campaign) assistForm {
	return assistForm{
		ID: c.ID, Version: strconv.Itoa(c.Version), Title: c.Title, Seat: c.Camp + "/" + c.Terms.Offer, Floor: c.Terms.Floor.Yuan(),
		Helpers: strconv.Itoa(c.Terms.Helpers), Hours: strconv.Itoa(c.Terms.Hours), Lock: strconv.Itoa(c.Terms.Lock), Coupons: ticked(c.Terms.Coupons),
		PerPerson: strconv.Itoa(c.Limits.PerPerson), Quota: strconv.Itoa(c.Limits.Quota), PerNetwork: strconv.Itoa(c.Limits.PerNetwork),
		PerDevice: strconv.Itoa(c.Limits.PerDevice), EndsAt: typedMinute(c.EndsAt),
	}
}

type assistFormView struct {
	Frame
	Organiser string
	Form      assistForm
	Fixed     bool // it has begun: what it promises stays
	Seats     []seatChoice
	Says      string // its terms in words; empty while they cannot be said
	Faults    Faults
}

func (h *console) newAssist(c echo.Context) error {
	return h.assistForm(c, http.StatusOK, assistForm{
		ID: h.Coupons.IDs.New(), Helpers: "5", Hours: "24", Lock: "48", PerPerson: "1", Quota: "3", PerNetwork: "30", PerDevice: "1",
		EndsAt: typedMinute(h.now().AddDate(0, 0, 7).Truncate(time.Hour)),
	}, false, Faults{})
}

// assist is the campaign that the address names.
func (h *console) assist(c echo.Context) (assist.Campaign, error) {
	in, err := h.Assists.ForStaff(c.Request().Context(), c.Param("assist"))
	if err == nil && in.Organiser != c.Param("organiser") {
		err = fmt.Errorf("campaign %s: %w", in.ID, domain.ErrNotFound)
	}
	return in, err
}

func (h *console) editAssist(c echo.Context) error {
	in, err := h.assist(c)
	if err != nil {
		return err
	}
	return h.assistForm(c, http.StatusOK, assistTyped(in), in.State != assist.Draft, Faults{})
}

func (h *console) assistForm(c echo.Context, status int, f assistForm, fixed bool, wrong Faults) error {
	id := c.Param("organiser")
	if err := domain.ActorFrom(c.Request().Context()).Must(domain.RightCampaign, domain.Place{Organiser: id}); err != nil {
		return err
	}
	v := &assistFormView{Organiser: id, Form: f, Fixed: fixed, Faults: wrong}
	title := "新建助力"
	if f.Version != "" {
		title = "修改助力"
	}
	var err error
	if v.Frame, err = h.assistFrame(c, title); err != nil {
		return err
	}
	if v.Seats, err = h.seats(c, id); err != nil {
		return err
	}
	if form := f.form(); form.Check(h.now()) == nil || fixed {
		v.Says = form.Terms.Sentence()
	}
	return h.page(c, status, "assist/form", v)
}

func (h *console) saveAssist(c echo.Context) error {
	var f assistForm
	if err := bind(c, &f); err != nil {
		return err
	}
	version, fixed := 0, c.FormValue("fixed") != ""
	if f.Version != "" {
		version = number(f.Version)
	}
	if f.Do == "preview" {
		wrong := Faults{}
		if err := f.form().Check(h.now()); err != nil {
			wrong, _, _ = faults(err, assistFields...)
		}
		return h.assistForm(c, http.StatusOK, f, fixed, wrong)
	}
	saved, err := h.Assists.Save(c.Request().Context(), c.Param("organiser"), f.ID, version, f.form())
	if err != nil {
		wrong, status, err := faults(err, assistFields...)
		if err != nil {
			return err
		}
		return h.assistForm(c, status, f, fixed, wrong)
	}
	return h.done(c, assistPath(saved), "已保存")
}
