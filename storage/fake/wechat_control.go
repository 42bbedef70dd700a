package fake

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed wechat_control.html
var wechatSections string

var wechatPage = section(wechatSections)

// Control is the page on which a developer plays everybody's phone, mounted under prefix, such as /dev/wechat. Its
// forms are an interface for programs too: the same POSTs answer in JSON to who accepts application/json.
//
//	POST login {name} → {code, openid}     POST phone {name, phone} → {code}     POST visit {who}
//	POST grant {who, template, n}          POST decline, switch-off {who, template}   POST revoke {who}
//	POST verdict {suggest}                 POST fault {path, code, mode, times, seconds}   POST push-fault {fault}
//	POST deliver → {accepted}              GET sent, pushes, people → lists
func (w *WeChat) Control(prefix string) http.Handler {
	acts := map[string]act{}
	for name, do := range wechatActs {
		acts[name] = func(r *http.Request) (object, string) { return do(w, r) }
	}
	return control{
		page: wechatPage, view: func(base string) any { return w.controlView(base) }, acts: acts,
		lists: map[string]func() any{
			"sent": func() any { return w.Sent() }, "pushes": func() any { return w.Pushes() }, "people": func() any { return w.People() },
		},
	}.under(prefix)
}

var wechatActs = map[string]func(*WeChat, *http.Request) (answer object, fault string){
	"login": func(w *WeChat, r *http.Request) (object, string) {
		name, fault := field(r, "name", 64)
		if fault != "" {
			return nil, fault
		}
		return object{"code": w.LoginCode(name), "openid": w.OpenID(name)}, ""
	},
	"phone": func(w *WeChat, r *http.Request) (object, string) {
		name, fault := field(r, "name", 64)
		phone, fault2 := field(r, "phone", 20)
		if fault+fault2 != "" {
			return nil, fault + fault2
		}
		return object{"code": w.PhoneCode(name, phone)}, ""
	},
	"visit":  onPerson((*WeChat).Visit),
	"revoke": onPerson((*WeChat).Revoke),
	"grant": onTemplate(func(w *WeChat, r *http.Request, who, template string) {
		n, _ := strconv.Atoi(r.FormValue("n"))
		w.Grant(who, template, min(max(n, 1), 100))
	}),
	"decline":    onTemplate(func(w *WeChat, _ *http.Request, who, template string) { w.Decline(who, template) }),
	"switch-off": onTemplate(func(w *WeChat, _ *http.Request, who, template string) { w.SwitchOff(who, template) }),
	"verdict": func(w *WeChat, r *http.Request) (object, string) {
		v, ok := map[string]Verdict{"pass": {"pass", 100}, "review": {"review", 21000}, "risky": {"risky", 20002}}[r.FormValue("suggest")]
		if !ok {
			return nil, "suggest 应为 pass、review 或 risky"
		}
		w.NextVerdict(v)
		return object{}, ""
	},
	"fault": injectFault,
	"push-fault": func(w *WeChat, r *http.Request) (object, string) {
		f := PushFault(r.FormValue("fault"))
		if !slices.Contains(PushFaults, f) {
			return nil, "没有这种推送故障"
		}
		w.InjectPush(f)
		return object{}, ""
	},
	"deliver": func(w *WeChat, r *http.Request) (object, string) {
		return object{"accepted": w.Deliver(r.Context())}, ""
	},
}

func injectFault(w *WeChat, r *http.Request) (object, string) {
	f := Fault{Path: r.FormValue("path")}
	if _, ok := endpoints[f.Path]; !ok && f.Path != "" {
		return nil, "没有这个接口"
	}
	f.Code, _ = strconv.Atoi(r.FormValue("code"))
	f.Times, _ = strconv.Atoi(r.FormValue("times"))
	f.Times = min(max(f.Times, 1), 1000)
	seconds, _ := strconv.Atoi(r.FormValue("seconds"))
	switch r.FormValue("mode") {
	case "", "code":
		if f.Code == 0 {
			return nil, "请填写 errcode"
		}
	case "hang":
		f.Code, f.Hang = 0, true
	case "lost":
		f.Code, f.Lost = 0, true
	case "down":
		f.Code, f.Down = 0, true
	case "slow":
		f.Code, f.Slow = 0, time.Duration(min(max(seconds, 1), 60))*time.Second
	default:
		return nil, "没有这种故障"
	}
	w.Inject(f)
	return object{}, ""
}

func field(r *http.Request, name string, max int) (value, fault string) {
	value = strings.TrimSpace(r.FormValue(name))
	if value == "" || len([]rune(value)) > max {
		return "", name + " 不能为空，也不能太长。"
	}
	return value, ""
}

func onPerson(do func(w *WeChat, who string)) func(*WeChat, *http.Request) (object, string) {
	return func(w *WeChat, r *http.Request) (object, string) {
		who, fault := field(r, "who", 64)
		if fault == "" {
			do(w, who)
		}
		return object{}, fault
	}
}

func onTemplate(do func(w *WeChat, r *http.Request, who, template string)) func(*WeChat, *http.Request) (object, string) {
	return func(w *WeChat, r *http.Request) (object, string) {
		who, fault := field(r, "who", 64)
		template, fault2 := field(r, "template", 64)
		if fault+fault2 == "" {
			do(w, r, who, template)
		}
		return object{}, fault + fault2
	}
}

type controlView struct {
	Base       string
	People     []Person
	Codes      []issuedCode
	Sent       []sentView
	Pushes     []Push
	Waiting    int
	Templates  []Template
	Paths      []string
	PushFaults []PushFault
	Faults     []string
	Verdicts   []Verdict
	Titles     map[string]string
	Names      map[string]string
	States     map[string]string
	FaultNames map[PushFault]string
}

type issuedCode struct {
	Code, Name, State string
	Expires           time.Time
}

type sentView struct {
	Sent
	Title string
	Rows  [][2]string
}

func (w *WeChat) controlView(base string) controlView {
	v := controlView{
		Base: base, People: w.People(), Pushes: newest(w.Pushes()), Templates: w.opts.Templates,
		PushFaults: PushFaults, Titles: map[string]string{}, Names: map[string]string{},
		States: map[string]string{Waiting: "等待", Accepted: "已接收", GivenUp: "已放弃", Lost: "丢失"},
		FaultNames: map[PushFault]string{
			Drop: "丢失", Duplicate: "重复", Reorder: "乱序", Delay: "迟到十分钟", BadSignature: "signature 错误",
			BadMsgSignature: "msg_signature 错误", Plaintext: "明文", Stale: "一小时前的签名",
		},
	}
	for path := range endpoints {
		v.Paths = append(v.Paths, path)
	}
	slices.Sort(v.Paths)
	for _, t := range v.Templates {
		v.Titles[t.ID] = t.Title
	}
	for _, p := range v.People {
		v.Names[p.OpenID] = p.Name
	}
	for _, s := range newest(w.Sent()) {
		v.Sent = append(v.Sent, w.sentView(s))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	v.Waiting, v.Verdicts = len(w.waiting), slices.Clone(w.verdicts)
	for _, f := range w.faults {
		raw, _ := json.Marshal(f)
		v.Faults = append(v.Faults, string(raw))
	}
	for _, f := range w.pushed {
		v.Faults = append(v.Faults, "push: "+string(f))
	}
	for name, c := range w.codes {
		state := "可用"
		if c.used {
			state = "已使用"
		} else if w.now().After(c.expires) {
			state = "已过期"
		}
		v.Codes = append(v.Codes, issuedCode{name, w.people[c.openid].Name, state, c.expires})
	}
	slices.SortFunc(v.Codes, func(a, b issuedCode) int {
		if c := b.Expires.Compare(a.Expires); c != 0 {
			return c
		}
		return strings.Compare(a.Code, b.Code)
	})
	v.Codes = v.Codes[:min(len(v.Codes), 8)]
	return v
}

func (w *WeChat) sentView(s Sent) sentView {
	v := sentView{Sent: s, Title: "客服消息"}
	for _, t := range w.opts.Templates {
		if t.ID == s.Template {
			v.Title = t.Title
			for _, k := range t.Keywords {
				v.Rows = append(v.Rows, [2]string{k.Label, s.Values[k.Name]})
			}
		}
	}
	if v.Rows == nil {
		for kind, text := range s.Values {
			v.Rows = append(v.Rows, [2]string{kind, text})
		}
	}
	return v
}
