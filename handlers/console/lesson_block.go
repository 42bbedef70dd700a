package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

// blockView is a block in the editor. Its inputs are named by its key, so that the order of the blocks is that of the
// page, and a block without one of them is still one block.
type blockView struct {
	Key   string
	Fault string
	lesson.Shown
}

// Held is the block's file, if it has one to show.
func (b blockView) Held() []media.View {
	if b.File.ID == "" {
		return nil
	}
	return []media.View{b.File}
}

const maxKey = 20

// blocksOf reads the blocks of a posted form, and their keys.
func blocksOf(form url.Values) (blocks []lesson.Block, keys []string) {
	for _, key := range form["block"] {
		if len(key) > maxKey || len(blocks) > lesson.MaxBlocks {
			continue
		}
		b := lesson.Block{Kind: lesson.BlockKind(form.Get("kind_" + key)), Media: form.Get("media_" + key), URL: strings.TrimSpace(form.Get("url_" + key))}
		if b.Text = line(form.Get("text_" + key)); b.Kind == lesson.TextBlock {
			b.Text = text(form.Get("text_" + key))
		}
		if b == (lesson.Block{Kind: b.Kind}) { // nothing was put into it
			continue
		}
		blocks, keys = append(blocks, b), append(keys, key)
	}
	return blocks, keys
}

// blockViews prepares the editor; keys may be nil. err is why the blocks were refused.
func blockViews(shown []lesson.Shown, keys []string, err error) []blockView {
	views := make([]blockView, len(shown))
	for i, s := range shown {
		views[i] = blockView{Key: strconv.Itoa(i), Shown: s}
		if keys != nil {
			views[i].Key = keys[i]
		}
	}
	var refused *domain.Error
	if errors.As(err, &refused) {
		for _, f := range refused.Fields {
			var i int
			if n, _ := fmt.Sscanf(f.Name, "blocks[%d].", &i); n == 1 && i < len(views) {
				views[i].Fault = f.Message
			}
		}
	}
	return views
}

// empties is a block of each kind to start from.
func empties() []blockView {
	list := make([]blockView, len(lesson.BlockKinds))
	for i, kind := range lesson.BlockKinds {
		list[i] = blockView{Key: "KEY", Shown: lesson.Shown{Block: lesson.Block{Kind: kind}}}
	}
	return list
}

type previewView struct {
	campFrame
	Heading string
	Body    []lesson.Shown
}

// previewTask shows what is in the editor as a learner would see it.
func (h *console) previewTask(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	blocks, _ := blocksOf(form)
	o, err := h.Lessons.Preview(c.Request().Context(), c.Param("camp"), form.Get("task"), blocks)
	if err != nil {
		return err
	}
	v := &previewView{h.campFrame(c, o.Camp, tabTasks), line(form.Get("title")), o.Body}
	v.Title = "预览"
	return h.page(c, http.StatusOK, "lesson/preview", v)
}
