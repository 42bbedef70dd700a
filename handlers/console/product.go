package console

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/product"
)

func pricePath(camp string) string { return campPath(camp) + "/price" }

// priceForm is a price list as it is being built: one entry in each list for each kind of seat, for each early-bird price,
// which says whose it is, and for each step of the refund policy.
type priceForm struct {
	Version string   `form:"version"`
	ID      []string `form:"id"`
	Kind    []string `form:"kind"`
	Name    []string `form:"name"`
	Price   []string `form:"price"`
	Of      []string `form:"of"`
	Early   []string `form:"early"`
	Until   []string `form:"until"`
	Part    []string `form:"part"`
	Off     []string `form:"off"`
	Day     []string `form:"day"`
	Percent []string `form:"percent"`
	Do      string   `form:"do"`
}

// priceRow is one kind of seat, as it was typed.
type priceRow struct {
	ID, Kind, Name, Price, Part, Off string
	Windows                          []windowRow
}

// windowRow is an early-bird price, as it was typed.
type windowRow struct{ Early, Until string }

// policyRow is one step of the refund policy, as it was typed.
type policyRow struct{ Day, Percent string }

type priceRows struct {
	Offers []priceRow
	Policy []policyRow
}

// rows reads what was typed; lists that do not match are cut to what does.
func (f priceForm) rows() (r priceRows) {
	for i := range min(len(f.ID), len(f.Kind), len(f.Name), len(f.Price), len(f.Part), len(f.Off), product.MaxOffers) {
		r.Offers = append(r.Offers, priceRow{ID: f.ID[i], Kind: f.Kind[i], Name: line(f.Name[i]), Price: line(f.Price[i]), Part: line(f.Part[i]), Off: f.Off[i]})
	}
	for k := range min(len(f.Of), len(f.Early), len(f.Until), product.MaxOffers*product.MaxWindows) {
		if i, err := strconv.Atoi(f.Of[k]); err == nil && 0 <= i && i < len(r.Offers) {
			r.Offers[i].Windows = append(r.Offers[i].Windows, windowRow{line(f.Early[k]), f.Until[k]})
		}
	}
	for i := range min(len(f.Day), len(f.Percent), product.MaxSteps) {
		r.Policy = append(r.Policy, policyRow{line(f.Day[i]), line(f.Percent[i])})
	}
	return r
}

// rearrange does what a button of the builder says; it reports whether it was one.
func (r *priceRows) rearrange(do string) bool {
	what, which, _ := strings.Cut(do, "-")
	which, of, _ := strings.Cut(which, "-")
	i, _ := strconv.Atoi(which)
	k, _ := strconv.Atoi(of)
	there := 0 <= i && i < len(r.Offers)
	switch {
	case what == "add" && len(r.Offers) < product.MaxOffers:
		r.Offers = append(r.Offers, priceRow{Kind: string(product.Paid)})
	case what == "remove" && there:
		r.Offers = slices.Delete(r.Offers, i, i+1)
	case what == "early" && there && len(r.Offers[i].Windows) < product.MaxWindows:
		r.Offers[i].Windows = append(r.Offers[i].Windows, windowRow{})
	case what == "late" && there && 0 <= k && k < len(r.Offers[i].Windows):
		r.Offers[i].Windows = slices.Delete(r.Offers[i].Windows, k, k+1)
	case what == "step" && len(r.Policy) < product.MaxSteps:
		r.Policy = append(r.Policy, policyRow{})
	case what == "drop" && 0 <= i && i < len(r.Policy):
		r.Policy = slices.Delete(r.Policy, i, i+1)
	default:
		return what != "save"
	}
	return true
}

// amount reads yuan; what cannot be read is an amount that every bound refuses.
func amount(typed string) domain.Fen {
	if typed == "" {
		return 0
	}
	f, err := domain.ParseYuan(typed)
	if err != nil {
		return -1
	}
	return f
}

const minutes = "2006-01-02T15:04"

func (r priceRows) form(in camp.Camp) product.Form {
	f := product.Form{}
	for _, o := range r.Offers {
		offer := product.Offer{
			ID: o.ID, Kind: product.Kind(o.Kind), Title: o.Name, Price: amount(o.Price), Part: amount(o.Part), Off: o.Off == "yes",
		}
		for _, w := range o.Windows {
			if w == (windowRow{}) {
				continue
			}
			early := product.Window{Price: amount(w.Early)}
			if until, err := time.ParseInLocation(minutes, w.Until, in.Calendar.Location()); err == nil {
				early.Until = until.UTC()
			}
			offer.EarlyBird = append(offer.EarlyBird, early)
		}
		f.Offers = append(f.Offers, offer)
	}
	for _, s := range r.Policy {
		f.Policy.Steps = append(f.Policy.Steps, product.Step{Day: whole(s.Day), Percent: number(s.Percent)})
	}
	return f
}

// whole reads a day, which may lie before the first and so be below zero.
func whole(typed string) int {
	n, err := strconv.Atoi(typed)
	if err != nil {
		return -1_000_000
	}
	return n
}

func priceRowsOf(p product.Product, in camp.Camp) (r priceRows) {
	for _, o := range p.Offers {
		row := priceRow{ID: o.ID, Kind: string(o.Kind), Name: o.Title, Price: o.Price.Yuan()}
		for _, w := range o.EarlyBird {
			row.Windows = append(row.Windows, windowRow{w.Price.Yuan(), w.Until.In(in.Calendar.Location()).Format(minutes)})
		}
		if o.Part > 0 {
			row.Part = o.Part.Yuan()
		}
		if o.Off {
			row.Off = "yes"
		}
		r.Offers = append(r.Offers, row)
	}
	for _, s := range p.Policy.Steps {
		r.Policy = append(r.Policy, policyRow{strconv.Itoa(s.Day), strconv.Itoa(s.Percent)})
	}
	return r
}

type priceView struct {
	campFrame
	Rows    priceRows
	Version int
	Saved   product.Product
	Kinds   []product.Kind
	Faults  Faults
	Dirty   bool
	MaySet  bool
	Sells   bool // the deployment has a merchant

	ClosedOn    []domain.Platform // nobody can pay for such a camp there
	MostWindows int
}

func (h *console) showPrice(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := h.Products.ForStaff(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	in, err := h.Camps.Get(ctx, p.ID)
	if err != nil {
		return err
	}
	return h.price(c, http.StatusOK, in, p, priceRowsOf(p, in), p.Version, Faults{}, false)
}

func (h *console) price(c echo.Context, status int, in camp.Camp, saved product.Product, r priceRows, version int, wrong Faults, dirty bool) error {
	v := &priceView{
		campFrame: h.campFrame(c, in, tabMoney), Rows: r, Version: version, Saved: saved, Faults: wrong, Dirty: dirty,
		Kinds:  []product.Kind{product.Paid, product.Scholarship, product.Free},
		MaySet: domain.ActorFrom(c.Request().Context()).Has(domain.RightPrice, in.Place()), Sells: h.Sells, MostWindows: product.MaxWindows,
	}
	v.ClosedOn = h.Orders.ClosedOn(in.Kind)
	v.Title, v.Sub = "价格", subPrice
	return h.page(c, status, "product/price", v)
}

func (h *console) savePrice(c echo.Context) error {
	ctx := c.Request().Context()
	var f priceForm
	if err := bind(c, &f); err != nil {
		return err
	}
	saved, err := h.Products.ForStaff(ctx, c.Param("camp"))
	if err != nil {
		return err
	}
	in, err := h.Camps.Get(ctx, saved.ID)
	if err != nil {
		return err
	}
	rows, version := f.rows(), number(f.Version)
	if rows.rearrange(f.Do) {
		return h.price(c, http.StatusOK, in, saved, rows, version, Faults{}, true)
	}
	if _, err := h.Products.Save(ctx, in.ID, version, rows.form(in)); err != nil {
		wrong, status, err := rowFaults(err)
		if err != nil {
			return err
		}
		return h.price(c, status, in, saved, rows, version, wrong, true)
	}
	return h.done(c, pricePath(in.ID), "价格已保存，之后的订单按新的价格；已有的订单不变")
}

// rowFaults is faults for a builder, which shows them beside their inputs by their full names, such as offers[1].price.
func rowFaults(err error) (Faults, int, error) {
	f, status, other := faults(err)
	var refusal *domain.Error
	if other != nil || !errors.As(err, &refusal) || len(refusal.Fields) == 0 {
		return f, status, other
	}
	f.Whole = "请检查标出的地方"
	for _, field := range refusal.Fields {
		f.fields[field.Name] = field.Message
	}
	return f, status, nil
}

var platformNames = map[domain.Platform]string{domain.IOS: "iOS", domain.Android: "安卓", domain.Other: "其他设备"}

var productKinds = map[product.Kind]string{product.Free: "免费", product.Paid: "付费", product.Scholarship: "奖学金"}

func offerField(i int, name string) string { return fmt.Sprintf("offers[%d].%s", i, name) }
