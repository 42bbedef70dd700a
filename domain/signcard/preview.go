package signcard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync"

	"yingdi/domain"
)

// Preview is what a template is tried with.
type Preview struct {
	Design  Design
	Logo    string // media id
	Picture string // of the default library or the organiser's own; "" is the first default one
	Long    bool   // with a long saying, a long nickname and large numbers
}

// PreviewTemplate draws a card by a design that may not have been saved. Returns what is wrong with the design.
func (s *Service) PreviewTemplate(ctx context.Context, organiser string, p Preview) ([]byte, error) {
	if err := s.keeper(ctx, organiser); err != nil {
		return nil, err
	}
	if err := p.Design.Check(); err != nil {
		return nil, err
	}
	sheet := Sheet{
		Design: p.Design, Picture: Pictures[0], Saying: Sayings[33].Text, Author: Sayings[33].Author, Nickname: "小满",
		Camp: "二十一天晨读训练营", Day: domain.Calendar{Zone: "Asia/Shanghai"}.Day(s.Clock.Now()), DayN: 5, Total: 21, Streak: 5, QR: sampleCode(),
	}
	if p.Long {
		sheet.Saying = "生活不是等待暴风雨过去，而是学会在雨中起舞。每天读一点书，走一点路，写几行字，一年之后你会感谢没有放弃的自己。"
		sheet.Author, sheet.Nickname, sheet.Camp = "一位不愿留下姓名的朋友在清晨写道", "爱读书的王小二🌸和他的好朋友们🎹一起努力", "零基础学钢琴：从识谱到完整弹奏一首你喜欢的曲子"
		sheet.DayN, sheet.Total, sheet.Streak = 128, 365, 128
	}
	if p.Logo != "" {
		var err error
		if sheet.Logo, err = s.tryLogo(ctx, organiser, p.Logo); err != nil {
			return nil, err
		}
	}
	if err := s.pictureFor(ctx, organiser, p.Picture, &sheet); err != nil {
		return nil, err
	}
	return s.Renderer.Render(ctx, sheet)
}

// tryLogo reads a logo of the acting person's own, or one that a template of the organiser's has.
func (s *Service) tryLogo(ctx context.Context, organiser, id string) ([]byte, error) {
	if !domain.ValidID(id) {
		return nil, ErrLogo
	}
	if err := s.checkLogo(ctx, "", id); err != nil {
		list, _, other := s.TemplateStore.OfOrganiser(ctx, organiser, domain.Page{Limit: MaxTemplates})
		if other != nil || !slices.ContainsFunc(list, func(t Template) bool { return t.shows(id) }) {
			return nil, errors.Join(err, other)
		}
	}
	return s.logo(ctx, id)
}

func (s *Service) pictureFor(ctx context.Context, organiser, name string, sheet *Sheet) error {
	switch {
	case name == "":
		return nil
	case slices.Contains(Pictures, name):
		sheet.Picture = name
		return nil
	}
	library, err := s.library(ctx, organiser)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(library.Pictures, func(p Picture) bool { return p.ID == name && p.State == Ready }) {
		return fmt.Errorf("picture %s: %w", name, domain.ErrNotFound)
	}
	sheet.Picture, sheet.Photo = name, s.photo(organiser, name)
	return nil
}

// PreviewCamp draws the card that the acting person would get in a camp today.
func (s *Service) PreviewCamp(ctx context.Context, campID string) ([]byte, error) {
	in, err := s.Camps.ForStaff(ctx, campID, domain.RightCampEdit)
	if err != nil {
		return nil, err
	}
	actor, day := domain.ActorFrom(ctx), in.Calendar.Day(s.Clock.Now())
	if err := actor.MustBeMember(); err != nil {
		return nil, err
	}
	who, err := s.Members.Get(ctx, actor.Member)
	if err != nil {
		return nil, err
	}
	c, err := s.choose(ctx, in, actor.Member, day)
	if err != nil {
		return nil, err
	}
	design, logo, err := s.style(ctx, c.Template, c.Version)
	if err != nil {
		return nil, err
	}
	sheet := Sheet{
		Design: design, Logo: logo, Picture: c.Picture, Saying: c.Saying.Text, Author: c.Saying.Author, Nickname: who.Card().Nickname,
		Camp: in.Title, Day: day, DayN: min(5, in.Days()), Total: in.Days(), Streak: min(5, in.Days()), QR: sampleCode(),
	}
	if c.Own {
		sheet.Photo = s.photo(in.Organiser, c.Picture)
	}
	return s.Renderer.Render(ctx, sheet)
}

// sampleCode looks like a code and leads nowhere.
var sampleCode = sync.OnceValue(func() []byte {
	const modules, scale = 29, 8
	m := image.NewGray(image.Rect(0, 0, modules*scale, modules*scale))
	for y := range modules {
		for x := range modules {
			dark := hash("sample", fmt.Sprint(x, y))%2 == 0
			for _, corner := range []image.Point{{}, {X: modules - 7}, {Y: modules - 7}} { // the three eyes
				if dx, dy := x-corner.X, y-corner.Y; dx >= -1 && dx <= 7 && dy >= -1 && dy <= 7 {
					ring := max(abs(dx-3), abs(dy-3))
					dark = ring != 2 && ring < 4
				}
			}
			for i := range scale * scale {
				m.SetGray(x*scale+i%scale, y*scale+i/scale, color.Gray{map[bool]uint8{true: 20, false: 255}[dark]})
			}
		}
	}
	var w bytes.Buffer
	if err := png.Encode(&w, m); err != nil {
		panic("signcard: " + err.Error()) // memory takes everything
	}
	return w.Bytes()
})

func abs(n int) int { return max(n, -n) }
