package share

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode/utf8"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/channel"
	"yingdi/domain/product"
)

// campView is a camp as its page and those of its campaigns show it.
type campView struct {
	camp.Camp
	Organiser string // its name
	When      string
	Until     string // until when one can enrol, or why not
	Left      int64  // seats; of a course they matter little
	Price     *price // nil if it is free
	Open      bool   // whether one can enrol
}

// price is the lowest of the seats on sale.
type price struct {
	Now, Regular domain.Fen
	Several      bool // there are dearer ones
	Until        string
}

// fewSeats is from how many seats on a page says how many are left.
const fewSeats = 50

var funcs = template.FuncMap{"paragraphs": paragraphs, "initial": initial}

// paragraphs of a text, at most so many characters of it.
func paragraphs(text string, most int) []string {
	var list []string
	for line := range strings.SplitSeq(excerpt(text, most), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// excerpt is the beginning of a text.
func excerpt(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most])) + "…"
}

// initial stands for somebody without a picture.
func initial(name string) string {
	first, _ := utf8.DecodeRuneInString(name)
	return string(first)
}

// about fills in the camp of a page. A draft does not exist; one that is over is told so.
func (h *share) about(ctx context.Context, v *view) error {
	c, err := h.Camps.Get(ctx, v.Scene.Camp)
	if err != nil {
		return err
	}
	now := h.Clock.Now()
	names, err := h.Organisers.Names(ctx, []string{c.Organiser})
	if err != nil {
		return err
	}
	taken, err := h.Camps.Taken(ctx, c.ID)
	if err != nil {
		return err
	}
	list, err := h.Products.Of(ctx, c.ID)
	if err != nil {
		return err
	}
	v.Camp = &campView{
		Camp: c, Organiser: names[c.Organiser], When: when(c), Left: max(0, int64(c.Seats)-taken), Price: lowest(c, list.Sold(), now),
		Open: c.MayEnrol(now) == nil,
	}
	v.Camp.Until = until(c, v.Camp.Left, now)
	v.Picture = true
	switch c.Phase(now) {
	case camp.PhaseClosed, camp.PhaseArchived, camp.PhaseEnded, camp.PhaseClosing:
		v.Over = "这个训练营已经结束"
	}
	return nil
}

func when(c camp.Camp) string {
	switch {
	case c.Kind == camp.KindCourse:
		return "随时开始，按自己的节奏闯关"
	case c.Pace == camp.PaceRolling:
		return fmt.Sprintf("报名后开始，共 %d 天", c.Days())
	}
	return fmt.Sprintf("%s – %s，共 %d 天", c.Start.Chinese(), c.End.Chinese(), c.Days())
}

func until(c camp.Camp, left int64, now time.Time) string {
	err := c.MayEnrol(now)
	switch {
	case errors.Is(err, camp.ErrEnrolNotYet):
		return c.EnrolFrom.Chinese() + "开始报名"
	case err != nil:
		return "报名已截止"
	case left == 0:
		return "名额已满，可以候补"
	case c.Kind == camp.KindCourse:
		return ""
	case left <= fewSeats:
		return fmt.Sprintf("%s截止报名，还剩 %d 个名额", c.EnrolBy.Chinese(), left)
	}
	return c.EnrolBy.Chinese() + "截止报名"
}

func lowest(c camp.Camp, offers []product.Offer, now time.Time) *price {
	var p *price
	for _, o := range offers {
		at, window := o.At(now)
		if p == nil || at < p.Now {
			several := p != nil
			if p = (&price{Now: at, Regular: o.Price, Several: several}); window != nil {
				p.Until = c.Calendar.Day(window.Until.Add(-time.Second)).Chinese()
			}
			continue
		}
		p.Several = p.Several || at > p.Now
	}
	if p == nil || p.Now == 0 && !p.Several {
		return nil
	}
	return p
}

// camp fills in the page of a camp.
func (h *share) camp(ctx context.Context, v *view) error {
	if err := h.about(ctx, v); err != nil {
		return err
	}
	c := v.Camp
	v.Template = string(channel.ToCamp)
	v.Title, v.Text, v.Action = c.Title, c.Organiser+" · "+c.When, "打开小程序报名"
	if !c.Open {
		v.Action = "打开小程序看看"
	}
	if intro := paragraphs(c.Intro, 60); len(intro) > 0 {
		v.Text += "。" + intro[0]
	}
	return nil
}
