package fake

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"yingdi/domain"
)

// Verdict of a content check: Suggest is pass, review or risky.
type Verdict struct {
	Suggest string `json:"suggest"`
	Label   int    `json:"label"`
}

// The words that the fake minds, in texts, in the addresses of media and in the names of people.
var words = []struct {
	word string
	Verdict
}{
	{"[risky]", Verdict{"risky", 20006}},
	{"赌博", Verdict{"risky", 20006}},
	{"代开发票", Verdict{"risky", 20008}},
	{"违规", Verdict{"risky", 21000}},
	{"[review]", Verdict{"review", 21000}},
	{"加微信", Verdict{"review", 10001}},
	{"待审", Verdict{"review", 21000}},
}

func judge(texts ...string) (Verdict, string) {
	all := strings.Join(texts, "\n")
	for _, w := range words {
		if strings.Contains(all, w.word) {
			return w.Verdict, w.word
		}
	}
	return Verdict{"pass", 100}, ""
}

// NextVerdict decides the next media check that is asked for; calls add up.
func (w *WeChat) NextVerdict(v Verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.verdicts = append(w.verdicts, v)
}

// active refuses who is unknown, or was not in the mini-program for two hours.
func (w *WeChat) active(openid string) (*Person, int) {
	p, ok := w.people[openid]
	switch {
	case !ok:
		return nil, 40003
	case w.now().Sub(p.Seen) > activeFor:
		return nil, 61010
	}
	return p, 0
}

func (w *WeChat) checkText(r request) any {
	var in struct {
		OpenID  string `json:"openid"`
		Scene   int    `json:"scene"`
		Version int    `json:"version"`
		Content string `json:"content"`
	}
	if !r.decode(&in) || in.Version != 2 || in.Content == "" {
		return refuse(47001)
	}
	if in.Scene < 1 || in.Scene > 4 {
		return refuse(40129)
	}
	if utf8.RuneCountInString(in.Content) > 2500 {
		return refuse(45002)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, code := w.active(in.OpenID); code != 0 {
		return refuse(code)
	}
	v, word := judge(in.Content)
	return object{
		"errcode": 0, "errmsg": "ok", "trace_id": "fake-" + domain.Secret(), "result": v,
		"detail": []object{{"strategy": "content_model", "errcode": 0, "suggest": v.Suggest, "label": v.Label, "prob": 90, "keyword": word}},
	}
}

// checkDelay passes between a media check and its push.
const checkDelay = 2 * time.Second

func (w *WeChat) checkMedia(r request) any {
	var in struct {
		OpenID  string `json:"openid"`
		Scene   int    `json:"scene"`
		Version int    `json:"version"`
		URL     string `json:"media_url"`
		Type    int    `json:"media_type"`
	}
	if !r.decode(&in) || in.Version != 2 || in.URL == "" || in.Type < 1 || in.Type > 2 {
		return refuse(47001)
	}
	if in.Scene < 1 || in.Scene > 4 {
		return refuse(40129)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p, code := w.active(in.OpenID)
	if code != 0 {
		return refuse(code)
	}
	v, _ := judge(in.URL, p.Name)
	if len(w.verdicts) > 0 {
		v, w.verdicts = w.verdicts[0], w.verdicts[1:]
	}
	trace := "fake-" + domain.Secret()
	push := Push{Kind: "wxa_media_check", OpenID: p.OpenID, Trace: trace, Verdict: v, Due: w.now().Add(checkDelay)}
	if w.opts.Fetch != nil {
		push.Media = in.URL
	}
	w.tell(push)
	return object{"errcode": 0, "errmsg": "ok", "trace_id": trace}
}

const maxMedia = 10 << 20

// look downloads what a check is about, and says why there can be no verdict: zero if there can.
func (w *WeChat) look(ctx context.Context, url string) (errcode int) {
	const unreachable, tooLarge = -1008, -1009
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return unreachable
	}
	resp, err := w.opts.Fetch.Do(req)
	if err != nil {
		return unreachable
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxMedia+1))
	switch {
	case err != nil || resp.StatusCode != http.StatusOK || n == 0:
		return unreachable
	case n > maxMedia:
		return tooLarge
	}
	return 0
}
