package fake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sent is a message that reached somebody.
type Sent struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"` // subscribe, or custom for a customer service message
	OpenID   string            `json:"openid"`
	Name     string            `json:"name"`
	Template string            `json:"template,omitempty"`
	Page     string            `json:"page,omitempty"`
	Values   map[string]string `json:"values"`
	At       time.Time         `json:"at"`
}

// Sent lists every message that reached somebody, oldest first.
func (w *WeChat) Sent() []Sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent)
}

// Grant lets the person, by name or openid, accept n messages of the template in the subscribe dialog, one tap each.
func (w *WeChat) Grant(who, template string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.person(who)
	for range n {
		w.note(fact{Person: p.OpenID, Template: template, Consents: 1})
		w.tell(Push{Kind: "subscribe_msg_popup_event", OpenID: p.OpenID, Items: []Item{{Template: template, Status: "accept"}}})
	}
}

// Decline lets the person refuse the template in the subscribe dialog.
func (w *WeChat) Decline(who, template string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.person(who)
	w.tell(Push{Kind: "subscribe_msg_popup_event", OpenID: p.OpenID, Items: []Item{{Template: template, Status: "reject"}}})
}

// SwitchOff lets the person stop the template in the mini-program's settings; consents that were left are gone.
func (w *WeChat) SwitchOff(who, template string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.person(who)
	w.note(fact{Person: p.OpenID, Template: template, Consents: -p.Consents[template]})
	w.tell(Push{Kind: "subscribe_msg_change_event", OpenID: p.OpenID, Items: []Item{{Template: template, Status: "reject"}}})
}

// Revoke lets the person withdraw their authorisation.
func (w *WeChat) Revoke(who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.person(who)
	for template, n := range p.Consents {
		w.note(fact{Person: p.OpenID, Template: template, Consents: -n})
	}
	w.tell(Push{Kind: "user_authorization_revoke", OpenID: p.OpenID})
}

func (w *WeChat) sendSubscribed(r request) any {
	var in struct {
		To       string `json:"touser"`
		Template string `json:"template_id"`
		Page     string `json:"page"`
		Data     map[string]struct {
			Value any `json:"value"`
		} `json:"data"`
	}
	if !r.decode(&in) {
		return refuse(47001)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.people[in.To]
	if !ok {
		return refuse(40003)
	}
	at := slices.IndexFunc(w.opts.Templates, func(t Template) bool { return t.ID == in.Template })
	if at < 0 {
		return refuse(40037)
	}
	if strings.HasPrefix(in.Page, "/") {
		return refuse(41030)
	}
	values := map[string]string{}
	for keyword, v := range in.Data {
		values[keyword] = fmt.Sprint(v.Value)
	}
	if fault := w.opts.Templates[at].fault(values); fault != "" {
		return refuse(47003, fault)
	}
	if p.Consents[in.Template] <= 0 {
		return refuse(43101)
	}
	w.note(fact{Person: p.OpenID, Template: in.Template, Consents: -1})
	id := w.deliverMessage(Sent{Kind: "subscribe", OpenID: p.OpenID, Name: p.Name, Template: in.Template, Page: in.Page, Values: values})
	w.tell(Push{Kind: "subscribe_msg_sent_event", OpenID: p.OpenID,
		Items: []Item{{Template: in.Template, Message: id, Code: "0", Status: "success"}}})
	return object{"errcode": 0, "errmsg": "ok", "msgid": json.Number(id)}
}

func (w *WeChat) deliverMessage(s Sent) (id string) {
	s.At = w.now()
	s.ID = strconv.Itoa(3_000_000_000_000_000_000 + len(w.sent) + 1)
	w.note(fact{Sent: &s})
	return s.ID
}

// fault says what is wrong with the values, in WeChat's words, or nothing.
func (t Template) fault(values map[string]string) string {
	for _, k := range t.Keywords {
		value, ok := values[k.Name]
		switch {
		case !ok || value == "":
			return "data." + k.Name + ".value is empty"
		case !fits(k.Name, value):
			return "data." + k.Name + ".value invalid"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(t.Keywords, func(k Keyword) bool { return k.Name == name }) {
			return "data." + name + " is not in the template"
		}
	}
	return ""
}

const customWindow = 48 * time.Hour

func (w *WeChat) sendCustom(r request) any {
	var in struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	if !r.decode(&in) || in.Type == "" || in.Type == "text" && in.Text.Content == "" {
		return refuse(47001)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.people[in.To]
	switch {
	case !ok:
		return refuse(40003)
	case w.now().Sub(p.Seen) > customWindow:
		return refuse(45015)
	}
	w.deliverMessage(Sent{Kind: "custom", OpenID: p.OpenID, Name: p.Name, Values: map[string]string{in.Type: in.Text.Content}})
	return refuse(0)
}
