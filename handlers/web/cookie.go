package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Cookies are the console's. Over HTTPS they carry the __Host- prefix, so that no other host or path can set them;
// over plain HTTP, which is for development only, browsers would refuse that.
type Cookies struct{ Secure bool }

// CookieSession is the name of the cookie that signs a browser in to the console.
const CookieSession = "yingdi_console"

func (k Cookies) name(name string) string {
	if k.Secure {
		return "__Host-" + name
	}
	return name
}

// Get returns the value of a cookie, "" if there is none.
func (k Cookies) Get(c echo.Context, name string) string {
	cookie, err := c.Cookie(k.name(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Set hands the browser a cookie that scripts cannot read and other sites cannot make it send with a form.
func (k Cookies) Set(c echo.Context, name, value string, life time.Duration) {
	k.write(c, name, value, int(life.Seconds()))
}

// Drop makes the browser forget a cookie.
func (k Cookies) Drop(c echo.Context, name string) { k.write(c, name, "", -1) }

func (k Cookies) write(c echo.Context, name, value string, age int) {
	c.SetCookie(&http.Cookie{
		Name: k.name(name), Value: value, Path: "/", MaxAge: age,
		Secure: k.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
