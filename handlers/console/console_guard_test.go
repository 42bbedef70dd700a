package console

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
)

func answered(t *testing.T, contentType string, next echo.HandlerFunc) (*httptest.ResponseRecorder, error) {
	t.Helper()
	r, w := httptest.NewRequest(http.MethodGet, "/console", nil), httptest.NewRecorder()
	r.Header.Set(echo.HeaderContentType, contentType)
	return w, parsed().answer(next)(echo.New().NewContext(r, w))
}

func TestEveryErrorGetsAPage(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk full at /var/lib")
	for _, c := range []struct {
		err    error
		status int
		shows  string
	}{
		{domain.ErrForbidden, 403, "你没有权限这样做"}, {echo.ErrNotFound, 404, "没有找到"}, {domain.ErrTooMany, 429, "操作太频繁"},
		{broken, 500, "服务器出错了"},
	} {
		w, err := answered(t, "", func(echo.Context) error { return c.err })
		if err != nil || w.Code != c.status || !strings.Contains(w.Body.String(), c.shows) || strings.Contains(w.Body.String(), "disk full") {
			t.Errorf("%v: %d, %v: %s", c.err, w.Code, err, w.Body)
		}
	}
	if w, err := answered(t, echo.MIMEApplicationJSON, func(echo.Context) error { return broken }); !errors.Is(err, broken) || w.Body.Len() > 0 {
		t.Errorf("a script got a page: %v %s", err, w.Body)
	}
}

func TestAPanicGetsAPageAndGoesOn(t *testing.T) {
	t.Parallel()
	r, w := httptest.NewRequest(http.MethodGet, "/console", nil), httptest.NewRecorder()
	defer func() {
		if fell := recover(); fell != "boom" {
			t.Errorf("whoever logs saw %v", fell)
		}
		if w.Code != 500 || !strings.Contains(w.Body.String(), "服务器出错了") || strings.Contains(w.Body.String(), "boom") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}()
	_ = parsed().answer(func(echo.Context) error { panic("boom") })(echo.New().NewContext(r, w))
}
