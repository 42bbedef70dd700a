package web

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/labstack/echo/v4"
)

// Flash is one sentence that the next page shows once.
type Flash struct {
	Kind FlashKind `json:"k"`
	Text string    `json:"t"`
}

// FlashKind decides how a flash looks.
type FlashKind string

// The kinds.
const (
	FlashDone    FlashKind = "success"
	FlashRefused FlashKind = "danger"
)

const (
	cookieFlash = "yingdi_flash"
	flashLife   = time.Minute
	maxFlash    = 600 // characters
)

// SetFlash keeps a sentence for the next page.
func (k Cookies) SetFlash(c echo.Context, f Flash) {
	if r := []rune(f.Text); len(r) > maxFlash {
		f.Text = string(r[:maxFlash])
	}
	raw, err := json.Marshal(f)
	if err != nil {
		panic("web: flash: " + err.Error())
	}
	k.Set(c, cookieFlash, base64.RawURLEncoding.EncodeToString(raw), flashLife)
}

// TakeFlash returns what was kept, and makes the browser forget it; nil if there is nothing, or nothing readable.
func (k Cookies) TakeFlash(c echo.Context) *Flash {
	kept := k.Get(c, cookieFlash)
	if kept == "" {
		return nil
	}
	k.Drop(c, cookieFlash)
	var f Flash
	raw, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil || json.Unmarshal(raw, &f) != nil || (f.Kind != FlashDone && f.Kind != FlashRefused) {
		return nil
	}
	return &f
}
