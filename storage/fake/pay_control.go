package fake

import (
	_ "embed"
	"net/http"
	"slices"
	"strconv"

	"yingdi/domain"
)

//go:embed pay_control.html
var paySections string

var payPage = section(paySections)

// Control is the page on which a developer plays everybody's wallet, mounted under prefix, such as /dev/pay. Its forms
// are an interface for programs too: the same POSTs answer in JSON to who accepts application/json.
//
//	POST pay {number}   POST anyway {number, amount}   POST shut {number}
//	POST settle {number, state}   POST confirm {number, refused}   POST lapse {number}
//	POST fault {path, mode, code, times}   POST notice-fault {fault}   POST deliver
//	GET trades, refunds, transfers, notices → lists
func (p *Pay) Control(prefix string) http.Handler {
	acts := map[string]act{}
	for name, do := range payActs {
		acts[name] = func(r *http.Request) (object, string) { return object{}, do(p, r) }
	}
	return control{
		page: payPage, view: func(base string) any { return p.controlView(base) }, acts: acts,
		lists: map[string]func() any{
			"trades": func() any { return p.Trades() }, "refunds": func() any { return p.Refunds() },
			"transfers": func() any { return p.Transfers() }, "notices": func() any { return p.Notices() },
		},
	}.under(prefix)
}

var payActs = map[string]func(*Pay, *http.Request) (fault string){
	"pay":  func(p *Pay, r *http.Request) string { return p.Pay(r.FormValue("number")) },
	"shut": func(p *Pay, r *http.Request) string { return p.Shut(r.FormValue("number")) },
	"anyway": func(p *Pay, r *http.Request) string {
		amount, err := strconv.ParseInt("0"+r.FormValue("amount"), 10, 64)
		if err != nil || amount > 100_000_00 {
			return "金额不正确"
		}
		return p.PayAnyway(r.FormValue("number"), domain.Fen(amount))
	},
	"settle":  func(p *Pay, r *http.Request) string { return p.Settle(r.FormValue("number"), r.FormValue("state")) },
	"confirm": func(p *Pay, r *http.Request) string { return p.Confirm(r.FormValue("number"), r.FormValue("refused")) },
	"lapse":   func(p *Pay, r *http.Request) string { return p.Lapse(r.FormValue("number")) },
	"deliver": func(p *Pay, r *http.Request) string { p.Deliver(r.Context()); return "" },
	"notice-fault": func(p *Pay, r *http.Request) string {
		f := PushFault(r.FormValue("fault"))
		if !slices.Contains(PayFaults, f) {
			return "没有这种通知故障"
		}
		p.InjectNotice(f)
		return ""
	},
	"fault": func(p *Pay, r *http.Request) string {
		f := PayFault{Path: r.FormValue("path"), Times: 1}
		switch r.FormValue("mode") {
		case "lost":
			f.Lost = true
		case "down":
			f.Down = true
		case "unsigned":
			f.Unsigned = true
		case "held":
			f.Held = true
		case "code":
			f.Status, f.Code = http.StatusForbidden, r.FormValue("code")
			if f.Code == "" {
				return "请填写错误码"
			}
		default:
			return "没有这种故障"
		}
		p.Inject(f)
		return ""
	},
}

type payView struct {
	Base       string
	Trades     []PayTrade
	Refunds    []PayRefund
	Transfers  []PayTransfer
	Notices    []PayNotice
	Balance    string
	PayFaults  []PushFault
	FaultNames map[PushFault]string
}

func (p *Pay) controlView(base string) payView {
	return payView{
		Base: base, Trades: newest(p.Trades()), Refunds: newest(p.Refunds()), Transfers: newest(p.Transfers()),
		Notices: newest(p.Notices()), Balance: p.Balance().String(), PayFaults: PayFaults,
		FaultNames: map[PushFault]string{
			Drop: "丢失", Duplicate: "重复", Reorder: "乱序", Delay: "迟到十分钟", BadSignature: "签名错误", Stale: "一小时前的签名",
			Probe: "签名探测", Malformed: "缺少内容",
		},
	}
}
