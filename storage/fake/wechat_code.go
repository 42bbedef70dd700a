package fake

import (
	"bytes"
	"image/jpeg"
	"net/url"
	"regexp"
	"strings"

	"github.com/skip2/go-qrcode"

	"yingdi/domain"
)

var sceneAlphabet = regexp.MustCompile("^[0-9A-Za-z!#$&'()*+,/:;=?@\\-._~]{1,32}$")

func (w *WeChat) drawCode(r request) any {
	var in struct {
		Scene string `json:"scene"`
		Page  string `json:"page"`
		Check *bool  `json:"check_path"`
		Width int    `json:"width"`
	}
	if !r.decode(&in) {
		return refuse(47001)
	}
	if !sceneAlphabet.MatchString(in.Scene) {
		return refuse(40169)
	}
	if strings.ContainsAny(in.Page, "?&") || strings.HasPrefix(in.Page, "/") || in.Check == nil || *in.Check {
		return refuse(41030) // this mini-program was never released: no page of it exists
	}
	if in.Width == 0 {
		in.Width = 430
	}
	code, err := qrcode.New(w.CodeText(in.Scene, in.Page), qrcode.Medium)
	if err != nil {
		return refuse(-1)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, code.Image(min(max(in.Width, 280), 1280)), &jpeg.Options{Quality: 90}); err != nil {
		return refuse(-1)
	}
	return picture(out.Bytes())
}

// CodeText is what a scanner reads from the code for this scene and page.
func (w *WeChat) CodeText(scene, page string) string {
	return w.opts.Links + "?" + url.Values{"scene": {scene}, "page": {page}}.Encode()
}

func (w *WeChat) makeLink(r request) any {
	var in struct {
		Path     string `json:"path"`
		Query    string `json:"query"`
		Type     int    `json:"expire_type"`
		Interval int    `json:"expire_interval"`
	}
	if !r.decode(&in) || len(in.Query) > 1024 {
		return refuse(47001)
	}
	if strings.HasPrefix(in.Path, "/") || strings.Contains(in.Path, "?") {
		return refuse(41030)
	}
	if in.Type == 1 && (in.Interval < 1 || in.Interval > 30) {
		return refuse(47001)
	}
	link := url.Values{"page": {in.Path}, "query": {in.Query}, "t": {domain.Secret()[:12]}}
	return object{"errcode": 0, "errmsg": "ok", "url_link": "https://wxaurl.invalid/open?" + link.Encode()}
}
