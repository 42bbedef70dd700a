package coupon

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/order"
	"yingdi/domain/product"
	"yingdi/domain/source"
)

// Template is what coupons are made of: what each of them takes off, who gets one, and how many there are.
type Template struct {
	domain.Doc
	Organiser  string    `json:"organiser"`
	Title      string    `json:"title"`
	Terms      Terms     `json:"terms"`
	Public     bool      `json:"public,omitempty"` // shown to everybody, to be claimed; otherwise by code or as a gift
	Stock      int       `json:"stock"`            // how many can be given out
	PerPerson  int       `json:"per_person"`
	PerNetwork int       `json:"per_network"` // how many can be claimed from one network address
	PerDevice  int       `json:"per_device"`
	State      State     `json:"state"`
	Version    int       `json:"version"` // counted by each change
	CreatedAt  time.Time `json:"created_at"`
	ChangedAt  time.Time `json:"changed_at"`
	ChangedBy  string    `json:"changed_by"`
}

// State of a template.
type State string

// draft → active → paused → active; active | paused → ended. Nothing is given out but by an active one. What was given out
// keeps its promise whatever becomes of the template.
const (
	Draft  State = "draft"
	Active State = "active"
	Paused State = "paused"
	Ended  State = "ended"
)

// States in the order in which staff look at them.
var States = []State{Active, Paused, Draft, Ended}

// Terms is the promise that a coupon carries.
type Terms struct {
	Off       domain.Fen `json:"off,omitempty"`     // so much off
	Percent   int        `json:"percent,omitempty"` // or this many percent of the tuition
	Cap       domain.Fen `json:"cap,omitempty"`     // of a percentage; 0 without
	Over      domain.Fen `json:"over,omitempty"`    // the price must reach this
	EarlyBird bool       `json:"early_bird,omitempty"`
	Free      bool       `json:"free,omitempty"`    // may make the seat free
	Returns   bool       `json:"returns,omitempty"` // comes back when the order is refunded whole
	Camps     []string   `json:"camps,omitempty"`   // for these only
	Tags      []string   `json:"tags,omitempty"`    // or for those with one of these tags; neither: all of the organiser's
	From      domain.Day `json:"from,omitempty"`
	Until     domain.Day `json:"until,omitempty"` // its last day
	Days      int        `json:"days,omitempty"`  // or so many days after the one on which it was got
}

// Limits of a template.
const (
	MaxStock     = 100_000
	MaxPerPerson = 20
	MaxCamps     = 50
	MaxDays      = 366
)

// calendar in which a coupon's days are counted; it belongs to no camp.
var calendar = domain.Calendar{Zone: "Asia/Shanghai"}

// Form is what staff can say about a template.
type Form struct {
	Title      string
	Terms      Terms
	Public     bool
	Stock      int
	PerPerson  int
	PerNetwork int
	PerDevice  int
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.Line("title", "名称", f.Title, 2, 20)
	f.Terms.check(&check)
	check.Range("stock", "发放数量", f.Stock, 1, MaxStock)
	check.Range("per_person", "每人最多领取", f.PerPerson, 1, MaxPerPerson)
	check.Range("per_network", "同一网络最多领取", f.PerNetwork, 1, source.Max)
	check.Range("per_device", "同一设备最多领取", f.PerDevice, 1, source.Max)
	return check.Err()
}

func (t Terms) check(check *domain.Check) {
	if t.Percent == 0 {
		check.That(t.Off >= 1 && t.Off <= product.MaxPrice, "off", "减多少应在 ¥0.01 到 "+product.MaxPrice.String()+" 之间")
		check.That(t.Cap == 0, "cap", "只有按比例的优惠券可以设置最多减多少")
	} else {
		check.Range("percent", "减的百分比", t.Percent, 1, 100)
		check.That(t.Off == 0, "off", "减固定金额和按比例减只能选一种")
		check.That(t.Cap >= 0 && t.Cap <= product.MaxPrice, "cap", "最多减多少应在 ¥0.00 到 "+product.MaxPrice.String()+" 之间")
	}
	check.That(t.Over >= 0 && t.Over <= product.MaxPrice, "over", "使用门槛应在 ¥0.00 到 "+product.MaxPrice.String()+" 之间")
	check.That(len(t.Camps) <= MaxCamps, "camps", fmt.Sprintf("最多选 %d 个训练营", MaxCamps))
	for _, id := range t.Camps {
		check.That(plain(id), "camps", "训练营编号无效")
	}
	camp.CheckTags(check, t.Tags)
	if t.Days != 0 {
		check.Range("days", "有效天数", t.Days, 1, MaxDays)
		check.That(t.From == "" && t.Until == "", "until", "固定日期和领取后的天数只能选一种")
		return
	}
	check.That(t.Until.Valid(), "until", "请填写有效期的最后一天，或领取后的有效天数")
	check.That(t.From == "" || t.From.Valid() && t.From <= t.Until, "from", "开始日期不能晚于最后一天")
}

// Spans is from when until when a coupon of these terms holds that is got at an instant.
func (t Terms) Spans(got time.Time) (from, until time.Time) {
	if t.Days > 0 {
		return got, calendar.End(calendar.Day(got).Add(t.Days))
	}
	if t.From != "" {
		from = calendar.Start(t.From)
	}
	return from, calendar.End(t.Until)
}

// Covers reports whether a coupon of the organiser holds for a camp.
func (t Terms) Covers(organiser string, c camp.Camp) bool {
	if c.Organiser != organiser {
		return false
	}
	return len(t.Camps) == 0 && len(t.Tags) == 0 || slices.Contains(t.Camps, c.ID) ||
		slices.ContainsFunc(t.Tags, func(tag string) bool { return slices.Contains(c.Tags, tag) })
}

// priced is the coupon as a price takes it.
func (t Terms) priced(id, title string, until time.Time) order.Coupon {
	return order.Coupon{
		ID: id, Text: title, Off: t.Off, Percent: t.Percent, Cap: t.Cap, Over: t.Over, EarlyBird: t.EarlyBird, Free: t.Free, Until: until,
	}
}

// Short says what a coupon takes off.
func (t Terms) Short() string {
	var s strings.Builder
	if t.Over > 0 {
		s.WriteString("满 " + t.Over.String() + " ")
	}
	if t.Percent == 0 {
		return s.String() + "减 " + t.Off.String()
	}
	fmt.Fprintf(&s, "减 %d%%", t.Percent)
	if t.Cap > 0 {
		s.WriteString("，最多 " + t.Cap.String())
	}
	return s.String()
}

// Sentence says in plain words what a coupon does; titles names the camps.
func (t Terms) Sentence(titles map[string]string) string {
	parts := []string{t.Short()}
	switch {
	case len(t.Camps) == 0 && len(t.Tags) == 0:
		parts = append(parts, "机构的所有训练营都能用")
	default:
		var where []string
		for _, id := range t.Camps {
			where = append(where, "“"+titles[id]+"”")
		}
		for _, tag := range t.Tags {
			where = append(where, "带标签“"+tag+"”的训练营")
		}
		parts = append(parts, "只能用于"+strings.Join(where, "、"))
	}
	parts = append(parts, choose(t.EarlyBird, "可以和早鸟价一起用", "不和早鸟价一起用，学员自动得到更便宜的一种"))
	parts = append(parts, "只减学费，不减进入奖学金池的部分", choose(t.Free, "够减时可以免费入营", "至少要付 ¥0.01"))
	parts = append(parts, t.Valid(), choose(t.Returns, "订单全额退款后，券退回给学员", "用掉以后不再退回"))
	return strings.Join(parts, "；") + "。"
}

// Valid says for how long a coupon holds.
func (t Terms) Valid() string {
	switch {
	case t.Days > 0:
		return fmt.Sprintf("领取后 %d 天内有效", t.Days)
	case t.From != "":
		return t.From.Chinese() + "到" + t.Until.Chinese() + "有效"
	}
	return t.Until.Chinese() + "前（含当天）有效"
}

func choose(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// Apply changes the template. Once anything can have been given out, what a coupon promises stays, and only how many there
// are and who gets one changes.
func (t *Template) Apply(f Form, by string, now time.Time) error {
	if err := f.Check(); err != nil {
		return err
	}
	switch {
	case t.State == Ended:
		return ErrEnded
	case t.State != Draft && !t.Terms.equal(f.Terms):
		return ErrPromised
	}
	t.Title, t.Terms, t.Public, t.Stock, t.PerPerson, t.PerNetwork, t.PerDevice = f.Title, f.Terms, f.Public, f.Stock, f.PerPerson, f.PerNetwork, f.PerDevice
	t.Version, t.ChangedAt, t.ChangedBy = t.Version+1, now, by
	return nil
}

func (t Terms) equal(o Terms) bool {
	if !slices.Equal(t.Camps, o.Camps) || !slices.Equal(t.Tags, o.Tags) {
		return false
	}
	t.Camps, t.Tags, o.Camps, o.Tags = nil, nil, nil, nil
	return fmt.Sprint(t) == fmt.Sprint(o)
}

// Turn takes the template to another state.
func (t *Template) Turn(to State, by string, now time.Time) error {
	switch {
	case t.State == to:
		return domain.ErrSame
	case t.State == Ended:
		return ErrEnded
	case to == Active && t.Terms.Days == 0 && !now.Before(calendar.End(t.Terms.Until)):
		return ErrExpired
	case to == Draft || to == Paused && t.State != Active:
		return domain.ErrConflict
	}
	t.State, t.ChangedAt, t.ChangedBy, t.Version = to, now, by, t.Version+1
	return nil
}

// MayGive says why nothing of the template can be given out now, or nil.
func (t Template) MayGive(now time.Time) error {
	switch {
	case t.State == Draft:
		return domain.ErrNotFound
	case t.State == Paused:
		return ErrPaused
	case t.State == Ended, t.Terms.Days == 0 && !now.Before(calendar.End(t.Terms.Until)):
		return ErrEnded
	}
	return nil
}

// StockCounter is the name of the bounded counter of coupons given out.
func StockCounter(template string) string { return domain.Key("coupons", template) }
