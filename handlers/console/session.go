package console

import (
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/session"
	"yingdi/handlers/web"
)

// cookieTicket ties a sign-in by scanning to the browser that began it.
const cookieTicket = "yingdi_ticket"

// signInPage is where the mini-program confirms a sign-in.
const signInPage = "pages/signin/signin"

type signInForm struct {
	Login    string `form:"login"`
	Password string `form:"password"`
	Code     string `form:"code"`
	Next     string `form:"next"`
}

type signInView struct {
	Frame
	Form   signInForm
	Faults Faults
}

func (h *console) showSignIn(c echo.Context) error {
	if domain.ActorFrom(c.Request().Context()).Member != "" {
		return redirect(c, Root)
	}
	return h.page(c, http.StatusOK, "session/signin", &signInView{Frame: Frame{Title: "登录"}, Form: signInForm{Next: inside(c.QueryParam("next"))}})
}

func (h *console) signIn(c echo.Context) error {
	var f signInForm
	if err := bind(c, &f); err != nil {
		return err
	}
	cookie, err := h.Sessions.SignInWithPassword(c.Request().Context(), line(f.Login), f.Password, strings.ReplaceAll(line(f.Code), " ", ""))
	if err == nil {
		SetCookie(c, cookie, h.cookies.Secure)
		return redirect(c, inside(f.Next))
	}
	if !errors.Is(err, session.ErrPassword) && !errors.Is(err, session.ErrLocked) {
		return err
	}
	problem := web.NewProblem(err)
	v := &signInView{Frame: Frame{Title: "登录"}, Form: signInForm{Login: f.Login, Next: inside(f.Next)}, Faults: Faults{Whole: problem.Detail}}
	return h.page(c, problem.Status, "session/signin", v)
}

func (h *console) signOut(c echo.Context) error {
	if err := h.Sessions.SignOut(c.Request().Context()); err != nil {
		return err
	}
	h.cookies.Drop(c, web.CookieSession)
	return h.done(c, Root+"/signin", "你已退出登录")
}

// codeView is the code to scan and how far its sign-in has come.
type codeView struct {
	Frame
	Picture template.URL
	State   session.TicketState // "" once it can no longer be used
	Next    string
}

// beginCode starts a sign-in by scanning.
func (h *console) beginCode(c echo.Context) error {
	ctx := c.Request().Context()
	scene, browser, err := h.Sessions.BeginTicket(ctx, where(c))
	if err != nil {
		return err
	}
	code, err := h.Codes.QR(ctx, scene, signInPage)
	if err != nil {
		return err
	}
	h.cookies.Set(c, cookieTicket, scene+"."+browser, session.TicketLife)
	v := &codeView{
		Picture: template.URL("data:" + http.DetectContentType(code) + ";base64," + base64.StdEncoding.EncodeToString(code)),
		State:   session.TicketWaiting, Next: inside(c.FormValue("next")),
	}
	v.CSRF = web.CSRFToken(c)
	return h.pages.Send(c, http.StatusOK, "session/signin", "code", v)
}

// awaitCode is the browser asking how its sign-in stands.
func (h *console) awaitCode(c echo.Context) error {
	scene, browser, _ := strings.Cut(h.cookies.Get(c, cookieTicket), ".")
	v := &codeView{Next: inside(c.QueryParam("next"))}
	v.CSRF = web.CSRFToken(c)
	state, cookie, err := h.Sessions.RedeemTicket(c.Request().Context(), scene, browser)
	if errors.Is(err, session.ErrNotStaff) {
		state, err = session.TicketRefused, nil
	}
	if err != nil && !errors.Is(err, session.ErrTicket) {
		return err
	}
	if cookie != "" {
		h.cookies.Drop(c, cookieTicket)
		SetCookie(c, cookie, h.cookies.Secure)
		return redirect(c, v.Next)
	}
	v.State = state
	return h.pages.Send(c, http.StatusOK, "session/signin", "wait", v)
}

// inside returns the address if it is one of the console's own, else the front page: a link must not lead through the
// sign-in to somebody else's site.
func inside(next string) string {
	if strings.HasPrefix(next, Root+"/") && !strings.HasPrefix(next, Root+"/signin") && !strings.ContainsAny(next, "\\\r\n") {
		return next
	}
	return Root
}

// where says which browser asks, in words that its owner knows it by.
func where(c echo.Context) string {
	agent := c.Request().UserAgent()
	first := func(otherwise string, names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return otherwise
	}
	browser := first("浏览器", [2]string{"Edg", "Edge"}, [2]string{"Firefox", "Firefox"}, [2]string{"MicroMessenger", "微信"},
		[2]string{"Chrome", "Chrome"}, [2]string{"Safari", "Safari"})
	system := first("电脑", [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Android", "Android"},
		[2]string{"Windows", "Windows"}, [2]string{"Mac OS", "Mac"}, [2]string{"Linux", "Linux"})
	return system + " 上的 " + browser + "（" + c.RealIP() + "）"
}
