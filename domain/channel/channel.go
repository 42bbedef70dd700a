package channel

import (
	"slices"
	"time"

	"yingdi/domain"
	"yingdi/domain/product"
)

// Channel is a way by which people come to an organiser: a poster at a school, an account that recommends it, a fair.
type Channel struct {
	domain.Doc
	Organiser string    `json:"organiser"`
	Name      string    `json:"name"`
	Tag       string    `json:"tag,omitempty"` // that staff see on whoever came by it
	Note      string    `json:"note,omitempty"`
	Welcome   string    `json:"welcome,omitempty"` // told once to each who comes by it
	Camp      string    `json:"camp,omitempty"`    // to which its own code leads; empty: to all that the organiser offers
	Stopped   bool      `json:"stopped,omitempty"` // its codes still lead somewhere, and nobody is counted any more
	Spends    []Spend   `json:"spends,omitempty"`
	Version   int       `json:"version"` // counted by each change of the form
	CreatedAt time.Time `json:"created_at"`
	ChangedAt time.Time `json:"changed_at"`
	ChangedBy string    `json:"changed_by"`
}

// Spend is money that was paid for a channel on a day, entered by hand. An entry never changes: one that was wrong is struck
// out, and stays to be seen.
type Spend struct {
	ID     string     `json:"id"`
	Day    domain.Day `json:"day"`
	Amount domain.Fen `json:"amount"`
	Note   string     `json:"note,omitempty"`
	At     time.Time  `json:"at"`
	By     string     `json:"by"`
	VoidAt time.Time  `json:"void_at,omitzero"`
	VoidBy string     `json:"void_by,omitempty"`
	Why    string     `json:"why,omitempty"` // it was struck out
}

// Limits of channels.
const (
	MaxChannels = 500 // of an organiser
	MaxSpends   = 400 // of a channel
)

// The refusals of this feature.
var (
	ErrFull       = domain.Refusal(domain.KindConflict, "channels_full", "渠道数量已达上限，请停用并改名重用不再需要的渠道")
	ErrSpendsFull = domain.Refusal(domain.KindConflict, "channel_spends_full", "这个渠道的花费记录太多了，请新建一个渠道")
	ErrVoid       = domain.Refusal(domain.KindConflict, "channel_spend_void", "这笔花费已经作废")
)

// calendar in which the days of channels are counted; they belong to no camp.
var calendar = domain.Calendar{Zone: "Asia/Shanghai"}

// Form is what staff can say about a channel.
type Form struct {
	Name    string
	Tag     string
	Note    string
	Welcome string
	Camp    string
}

// Check bounds the form.
func (f Form) Check() error {
	var check domain.Check
	check.Line("name", "名称", f.Name, 2, 20)
	check.Line("tag", "标签", f.Tag, 0, 10)
	check.Line("note", "备注", f.Note, 0, 100)
	check.Text("welcome", "欢迎语", f.Welcome, 0, 200)
	check.That(f.Camp == "" || domain.ValidID(f.Camp), "camp", "训练营编号无效")
	return check.Err()
}

func (c *Channel) apply(f Form, by string, now time.Time) {
	c.Name, c.Tag, c.Note, c.Welcome, c.Camp = f.Name, f.Tag, f.Note, f.Welcome, f.Camp
	c.Version, c.ChangedAt, c.ChangedBy = c.Version+1, now, by
}

// turn stops the channel or lets it go on.
func (c *Channel) turn(stopped bool, by string, now time.Time) error {
	if c.Stopped == stopped {
		return domain.ErrSame
	}
	c.Stopped, c.ChangedAt, c.ChangedBy = stopped, now, by
	c.Version++
	return nil
}

// Code is where the channel's own code leads.
func (c Channel) Code() Target {
	if c.Camp != "" {
		return c.To(c.Camp)
	}
	return Target{Kind: ToChannel, Channel: c.ID}
}

// To is how the channel leads to a camp.
func (c Channel) To(camp string) Target { return Target{Kind: ToCamp, Camp: camp, Channel: c.ID} }

// SpendForm is an entry as staff make it. Key was chosen by the client, so that a click that comes twice enters once.
type SpendForm struct {
	Key    string
	Day    domain.Day
	Amount domain.Fen
	Note   string
}

// Check bounds the entry.
func (f SpendForm) Check(now time.Time) error {
	var check domain.Check
	check.That(domain.ValidID(f.Key) && len(f.Key) <= 64, "key", "页面已过期，请刷新后再试")
	check.That(f.Day.Valid() && f.Day <= calendar.Day(now) && f.Day >= calendar.Day(now).Add(-3*366), "day", "请选择今天或过去三年内的日期")
	check.That(f.Amount >= 1 && f.Amount <= 100*product.MaxPrice, "amount", "金额应在 ¥0.01 到 "+(100*product.MaxPrice).String()+" 之间")
	check.Line("note", "说明", f.Note, 0, 60)
	return check.Err()
}

func (c *Channel) spend(f SpendForm, by string, now time.Time) error {
	switch {
	case slices.ContainsFunc(c.Spends, func(s Spend) bool { return s.ID == f.Key }):
		return domain.ErrSame
	case len(c.Spends) >= MaxSpends:
		return ErrSpendsFull
	}
	c.Spends = append(c.Spends, Spend{ID: f.Key, Day: f.Day, Amount: f.Amount, Note: f.Note, At: now, By: by})
	return nil
}

func (c *Channel) void(id, why, by string, now time.Time) error {
	at := slices.IndexFunc(c.Spends, func(s Spend) bool { return s.ID == id })
	switch {
	case at < 0:
		return domain.ErrNotFound
	case !c.Spends[at].VoidAt.IsZero():
		return ErrVoid
	}
	s := &c.Spends[at]
	s.VoidAt, s.VoidBy, s.Why = now, by, why
	return nil
}

// Spent is what the channel cost from one day to another, both included; an empty one is no bound.
func (c Channel) Spent(from, to domain.Day) (sum domain.Fen) {
	for _, s := range c.Spends {
		if s.VoidAt.IsZero() && s.Day >= from && (to == "" || s.Day <= to) {
			sum += s.Amount
		}
	}
	return sum
}
