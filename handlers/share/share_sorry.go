package share

import (
	"net/http"
	"path"

	"github.com/labstack/echo/v4"

	"yingdi/handlers/web"
)

var sorry = map[int][2]string{
	http.StatusNotFound:            {"没有找到这个页面", "链接可能不完整，或者活动还没有公开。可以请分享给你的人再发一次。"},
	http.StatusTooManyRequests:     {"看得太快了", "请稍等一会儿，再刷新页面。"},
	http.StatusServiceUnavailable:  {"暂时打不开", "请稍等一会儿，再刷新页面。"},
	http.StatusInternalServerError: {"页面出错了", "我们已经记录了这个错误，请稍后再试。"},
}

// answer turns errors into pages; whoever asked for a picture needs none.
func (h *share) answer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if err == nil || c.Response().Committed || path.Ext(c.Path()) != "" {
			return err
		}
		web.Note(c, err)
		problem := web.NewProblem(err)
		for name, values := range problem.GetHeaders() {
			c.Response().Header()[name] = values
		}
		said, ok := sorry[problem.Status]
		if !ok {
			said = [2]string{problem.Title, problem.Detail}
		}
		return h.send(c, &view{Template: "sorry", Title: said[0], Text: said[1], Status: problem.Status, Style: h.style})
	}
}
