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
	"yingdi/domain/camp"
	"yingdi/domain/groupbuy"
	"yingdi/domain/product"
)

func groupbuysPath(organiser string) string { return organiserPath(organiser) + "/groupbuys" }

func groupbuyPath(c groupbuy.Campaign) string { return groupbuysPath(c.Organiser) + "/" + c.ID }

// groupbuyFrame is what the pages of an organiser's group-buys share.
func (h *console) groupbuyFrame(c echo.Context, title string) (Frame, error) {
	id := c.Param("organiser")
	names, err := h.Organisers.Names(c.Request().Context(), []string{id})
	crumbs := []Crumb{{"活动", Root + "/campaigns"}, {names[id] + "的拼团", groupbuysPath(id)}}
	return Frame{Title: title, Section: sectionCampaigns, Crumbs: crumbs}, err
}

type groupbuysView struct {
	Frame
	Organiser string
	State     groupbuy.State
	States    []groupbuy.State
	Rows      []groupbuy.Campaign
	Titles    map[string]string // of the camps
	Hours     hours
	Follow    string
}

func (h *console) listGroupbuys(c echo.Context) error {
	ctx, id, state := c.Request().Context(), c.Param("organiser"), groupbuy.State(c.QueryParam("state"))
	list, next, err := h.Groupbuys.List(ctx, id, state, after(c, 30))
	if err != nil {
		return err
	}
	v := &groupbuysView{Organiser: id, State: state, States: groupbuy.States, Rows: list, Hours: h.hoursOf(homeCalendar)}
	if v.Frame, err = h.groupbuyFrame(c, "拼团"); err != nil {
		return err
	}
	v.Crumbs = v.Crumbs[:1]
	camps := make([]string, len(list))
	for i, in := range list {
		camps[i] = in.Camp
	}
	if v.Titles, err = h.Camps.Titles(ctx, camps); err != nil {
		return err
	}
	if next != "" {
		v.Follow = groupbuysPath(id) + "?" + url.Values{"state": {string(state)}, "after": {string(next)}}.Encode()
	}
	return h.page(c, http.StatusOK, "groupbuy/list", v)
}

// groupbuyForm is a campaign as it was typed.
type groupbuyForm struct {
	ID        string `form:"id"`
	Version   string `form:"version"`
	Title     string `form:"title"`
	Seat      string `form:"seat"` // camp/offer
	Size      string `form:"size"`
	Leader    string `form:"leader"`
	Member    string `form:"member"`
	Hours     string `form:"hours"`
	PerPerson string `form:"per_person"`
	Coupons   string `form:"coupons"`
	EndsAt    string `form:"ends_at"`
	Do        string `form:"do"`

	PerNetwork string `form:"per_network"` // nothing for any number
	PerDevice  string `form:"per_device"`
}

var groupbuyFields = []string{"title", "camp", "offer", "size", "leader", "member", "hours", "per_person", "per_network", "per_device", "ends_at"}

// price reads an amount; one that was left out is none at all, which the rules refuse.
func price(typed string) domain.Fen {
	if typed == "" {
		return -1
	}
	return amount(typed)
}

// minute reads an instant as the browser's field gives it, in the time that the console is in.
func minute(typed string) time.Time {
	at, err := time.ParseInLocation(minutes, typed, homeCalendar.Location())
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func typedMinute(at time.Time) string { return at.In(homeCalendar.Location()).Format(minutes) }

func (f groupbuyForm) form() groupbuy.Form {
	in, offer, _ := strings.Cut(f.Seat, "/")
	return groupbuy.Form{Camp: in, Title: line(f.Title), EndsAt: minute(f.EndsAt), Terms: groupbuy.Terms{
		Offer: offer, Size: number(f.Size), Leader: price(line(f.Leader)), Member: price(line(f.Member)), Hours: number(f.Hours),
		PerPerson: number(f.PerPerson), Coupons: f.Coupons != "",
	}, Limits: groupbuy.Limits{PerNetwork: limit(f.PerNetwork), PerDevice: limit(f.PerDevice)}}
}

// limit reads a bound that may be left out.
func limit(typed string) int {
	if line(typed) == "" {
		return 0
	}
	return number(typed)
}

func typedLimit(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func groupbuyTyped(c groupbuy.Campaign) groupbuyForm {
	return groupbuyForm{
		ID: c.ID, Version: strconv.Itoa(c.Version), Title: c.Title, Seat: c.Camp + "/" + c.Terms.Offer, Size: strconv.Itoa(c.Terms.Size),
		Leader: c.Terms.Leader.Yuan(), Member: c.Terms.Member.Yuan(), Hours: strconv.Itoa(c.Terms.Hours), PerPerson: strconv.Itoa(c.Terms.PerPerson),
		Coupons: ticked(c.Terms.Coupons), EndsAt: typedMinute(c.EndsAt), PerNetwork: typedLimit(c.Limits.PerNetwork), PerDevice: typedLimit(c.Limits.PerDevice),
	}
}

// seatChoice is a kind of seat that can be sold to groups.
type seatChoice struct{ Value, Text string }

type groupbuyFormView struct {
	Frame
	Organiser string
	Form      groupbuyForm
	Fixed     bool // it has begun: what it promises stays
	Seats     []seatChoice
	Says      string // its terms in words; empty while they cannot be said
	Faults    Faults
}

func (h *console) newGroupbuy(c echo.Context) error {
	return h.groupbuyForm(c, http.StatusOK, groupbuyForm{
		ID: h.Coupons.IDs.New(), Size: "3", Hours: "24", PerPerson: "1", PerNetwork: "30", PerDevice: "2", EndsAt: typedMinute(h.now().AddDate(0, 0, 7).Truncate(time.Hour)),
	}, false, Faults{})
}

func (h *console) editGroupbuy(c echo.Context) error {
	in, err := h.groupbuy(c)
	if err != nil {
		return err
	}
	return h.groupbuyForm(c, http.StatusOK, groupbuyTyped(in), in.State != groupbuy.Draft, Faults{})
}

// groupbuy is the campaign that the address names.
func (h *console) groupbuy(c echo.Context) (groupbuy.Campaign, error) {
	in, err := h.Groupbuys.ForStaff(c.Request().Context(), c.Param("groupbuy"))
	if err == nil && in.Organiser != c.Param("organiser") {
		err = fmt.Errorf("campaign %s: %w", in.ID, domain.ErrNotFound)
	}
	return in, err
}

func (h *console) groupbuyForm(c echo.Context, status int, f groupbuyForm, fixed bool, wrong Faults) error {
	ctx, id := c.Request().Context(), c.Param("organiser")
	if err := domain.ActorFrom(ctx).Must(domain.RightCampaign, domain.Place{Organiser: id}); err != nil {
		return err
	}
	v := &groupbuyFormView{Organiser: id, Form: f, Fixed: fixed, Faults: wrong}
	title := "新建拼团"
	if f.Version != "" {
		title = "修改拼团"
	}
	var err error
	if v.Frame, err = h.groupbuyFrame(c, title); err != nil {
		return err
	}
	if v.Seats, err = h.seats(c, id); err != nil {
		return err
	}
	if form := f.form(); form.Check(h.now()) == nil || fixed {
		v.Says = form.Terms.Sentence()
	}
	return h.page(c, status, "groupbuy/form", v)
}

// seats are the kinds of seat of the organiser's newest camps that can be sold to groups.
func (h *console) seats(c echo.Context, organiser string) (list []seatChoice, err error) {
	ctx := c.Request().Context()
	camps, _, err := h.Camps.OfOrganiser(ctx, organiser, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(camps))
	for i, in := range camps {
		ids[i] = in.ID
	}
	lists, err := h.Products.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, in := range camps {
		if in.State == camp.Closed || !in.Archived.IsZero() || !h.now().Before(in.EnrolUntil()) {
			continue
		}
		for _, o := range lists[in.ID].Offers {
			if o.Kind == product.Paid && !o.Off {
				list = append(list, seatChoice{in.ID + "/" + o.ID, in.Title + " · " + o.Title + "，原价 " + o.Price.String()})
			}
		}
	}
	return list, nil
}

func (h *console) saveGroupbuy(c echo.Context) error {
	var f groupbuyForm
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
			wrong, _, _ = faults(err, groupbuyFields...)
		}
		return h.groupbuyForm(c, http.StatusOK, f, fixed, wrong)
	}
	saved, err := h.Groupbuys.Save(c.Request().Context(), c.Param("organiser"), f.ID, version, f.form())
	if err != nil {
		wrong, status, err := faults(err, groupbuyFields...)
		if err != nil {
			return err
		}
		return h.groupbuyForm(c, status, f, fixed, wrong)
	}
	return h.done(c, groupbuyPath(saved), "已保存")
}
